"""Intervals: what a value can be over a box, for many boxes at once.

An interval holds the result over the reals and the result of every engine, float32 with any
rounding mode and flushed subnormals included: bounds are float32 and each operation pads them
outwards. Float64 bounds would not do (see the law in `tests/test_interval.py`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bound = NDArray[np.float32]

NORMAL = np.finfo(np.float32).smallest_normal
LARGEST = np.finfo(np.float32).max
ULP = 2.0**-23
INF = np.float32(np.inf)


@dataclass(frozen=True, slots=True)
class Interval:
    """Arrays of float32 bounds, of one shape or broadcastable.

    Made by `given`, `make` or `exact` only.

    Two NaN bounds mean "anything, NaN included"; bounds that are numbers promise that the value
    is not NaN. A single NaN bound does not occur: `make` is where that is guarded.
    """

    lower: Bound
    upper: Bound

    @staticmethod
    def exact(lower: Any, upper: Any) -> "Interval":
        """Bounds that no rounding can leave, as for `min`, `neg`, or a given box."""
        low, high = np.asarray(lower, np.float32), np.asarray(upper, np.float32)
        unknown = np.isnan(low) | np.isnan(high)
        if unknown.any():
            low, high = np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)
        return Interval(low.astype(np.float32, copy=False), high.astype(np.float32, copy=False))

    @staticmethod
    def given(lower: Any, upper: Any) -> "Interval":
        """Bounds of what a program starts from: a coordinate or a constant.

        A machine may take a number below the smallest normal one for zero, so zero is inside
        wherever such a number is. Every op keeps that.
        """
        low, high = np.asarray(lower, np.float32), np.asarray(upper, np.float32)
        return Interval.exact(
            np.where((low > 0) & (low < NORMAL), np.float32(0), low),
            np.where((high < 0) & (high > -NORMAL), np.float32(0), high),
        )

    @staticmethod
    def make(lower: Any, upper: Any, ulps: float = 1.0, absolute: float = 0.0) -> "Interval":
        """Computed bounds, padded by `ulps` units in the last place and `absolute`.

        A bound of exactly zero stays: rounding never crosses zero, and a sum that is exactly
        zero is exact. An underflow is told by the zero's sign, and padded.
        """
        low, high = np.asarray(lower, np.float32), np.asarray(upper, np.float32)
        return Interval.exact(_down(low, ulps, absolute), -_down(-high, ulps, absolute))

    @staticmethod
    def anything(shape: tuple[int, ...] = ()) -> "Interval":
        """Nothing is known, not even that it is a number."""
        unknown = np.full(shape, np.nan, np.float32)
        return Interval(unknown, unknown)

    @property
    def maybe_nan(self) -> NDArray[np.bool_]:
        """Where nothing is known."""
        return np.isnan(self.lower)

    def unless(self, condition: Any) -> "Interval":
        """The same, but "anything" where `condition` holds."""
        if not np.any(condition):
            return self
        return Interval.exact(np.where(condition, np.nan, self.lower), self.upper)

    def has_zero(self) -> NDArray[np.bool_]:
        """Whether zero is inside (False where the bounds are NaN)."""
        return (self.lower <= 0) & (self.upper >= 0)

    def magnitude(self) -> Bound:
        """The largest absolute value."""
        return np.maximum(np.abs(self.lower), np.abs(self.upper))


def _down(bound: Bound, ulps: float, absolute: float) -> Bound:
    """A number surely at or below what any engine computes where the exact result is `bound`."""
    start = bound
    if ulps != 1.0 or absolute != 0.0:
        # An infinity may be an overflow by less than the padding.
        wide = np.minimum(bound.astype(np.float64), LARGEST)
        # Below the smallest normal number the last place no longer shrinks.
        start = (wide - (np.abs(wide) + NORMAL) * (ulps * ULP) - absolute).astype(np.float32)
    padded, bits, size = np.empty_like(start), start.view(np.int32), np.abs(start)
    # As `nextafter` in a tenth of the time: on either side of zero more bits are further from it.
    np.add(bits, ~(bits >> 31) | 1, out=padded.view(np.int32))
    odd = ~((size > NORMAL) & (size < INF))
    if odd.any():
        padded[odd] = _down_odd(bound[odd], start[odd], absolute)
    return padded


def _down_odd(bound: Bound, start: Bound, absolute: float) -> Bound:
    """The number before `start`, where that is small, infinite or none."""
    padded = np.where(np.isneginf(bound), bound, np.nextafter(start, -INF))
    if absolute == 0.0:
        padded = np.where((bound == 0) & ~np.signbit(bound), bound, padded)
        padded = np.where((bound == 0) & np.signbit(bound), -NORMAL, padded)
    return np.where((padded > 0) & (padded < NORMAL), np.float32(0), padded)
