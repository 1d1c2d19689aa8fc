"""Interval transfers: bounds of a result from bounds of its operands.

Monotone functions take their bounds from the ends; the others say why theirs hold. `ulps` is
what drivers may be off by: GLSL promises little for the transcendental functions, so theirs are
wide (an absolute 2^-10 for the trigonometric ones).
"""

from typing import Any

import numpy as np

from viewer.program.interval import INF, Interval

SLOPPY = 2.0**-10
"""Absolute error allowed to sin, cos and the inverse functions of a driver."""
LOOSE = 64.0
"""Relative error, in ulps, allowed to exp, ln, division and their kin."""


def _wide(a: Interval) -> tuple[Any, Any]:
    return a.lower.astype(np.float64), a.upper.astype(np.float64)


def _finite(low: Any, high: Any) -> bool:
    """Whether sums or products have bounds everywhere, and so had no infinities to clash."""
    return bool(np.isfinite(low).all() and np.isfinite(high).all())


def neg(a: Interval) -> Interval:
    return Interval.exact(-a.upper, -a.lower)


def absolute(a: Interval) -> Interval:
    return Interval.exact(
        np.where(a.has_zero(), 0, np.minimum(abs(a.lower), abs(a.upper))), a.magnitude()
    )


def square(a: Interval) -> Interval:
    found = absolute(a)
    low, high = found.lower, found.upper
    return Interval.make(low * low, high * high)


def sqrt(a: Interval) -> Interval:
    """Six ulps: GLSL allows `sqrt` 4.5 (it inherits from inversesqrt)."""
    return Interval.make(np.sqrt(a.lower), np.sqrt(a.upper), ulps=6)


def recip(a: Interval) -> Interval:
    return div(Interval.exact(1, 1), a)


def floor(a: Interval) -> Interval:
    return Interval.exact(np.floor(a.lower), np.floor(a.upper))


def ceil(a: Interval) -> Interval:
    return Interval.exact(np.ceil(a.lower), np.ceil(a.upper))


def round_half_away(a: Interval) -> Interval:
    """Within a half of the operand, whichever way halves go."""
    return Interval.exact(np.floor(a.lower), np.ceil(a.upper))


def exp(a: Interval) -> Interval:
    low, high = np.exp(a.lower.astype(np.float64)), np.exp(a.upper.astype(np.float64))
    # A driver computes exp2(x * log2 e): the relative error grows with |x|.
    ulps = LOOSE + 4 * float(np.max(np.nan_to_num(np.minimum(a.magnitude(), 128)), initial=0))
    bounds = Interval.make(low, high, ulps=ulps)
    return Interval.exact(np.maximum(bounds.lower, 0), bounds.upper)


def ln(a: Interval) -> Interval:
    low, high = _wide(a)
    result = Interval.make(np.log(np.abs(low)), np.log(np.abs(high)), ulps=LOOSE, absolute=SLOPPY)
    return result.unless(a.lower < 0)


def _wave(a: Interval, peak: float) -> Interval:
    """Bounds of cos(t - peak): 1 where the box holds peak + 2k pi, -1 half a turn on."""
    low, high = _wide(a)
    ends = np.cos(low - peak), np.cos(high - peak)
    turn = 2 * np.pi

    def holds(top: float) -> Any:
        return np.floor((high - top) / turn + SLOPPY) >= np.ceil((low - top) / turn - SLOPPY)

    upper = np.where(holds(peak), 1.0, np.maximum(*ends))
    lower = np.where(holds(peak + np.pi), -1.0, np.minimum(*ends))
    # Argument reduction in float32 loses its digits with growing arguments.
    lost = a.magnitude() > 256
    result = Interval.make(
        np.where(lost, -1.0, lower), np.where(lost, 1.0, upper), ulps=1.5, absolute=SLOPPY
    )
    return result.unless(~(a.magnitude() < INF))


def sin(a: Interval) -> Interval:
    return _wave(a, np.pi / 2)


def cos(a: Interval) -> Interval:
    return _wave(a, 0.0)


def tan(a: Interval) -> Interval:
    """Monotone between its poles; where a box may hold one, any number but not NaN.

    A driver divides its sin by its cos, whose errors count by the slope, 1 + tan^2.
    """
    low, high = _wide(a)
    branch = np.floor(low / np.pi + 0.5 - SLOPPY)
    below, above = np.tan(low), np.tan(high)
    pole = (branch != np.floor(high / np.pi + 0.5 + SLOPPY)) | (a.magnitude() > 256)
    ends = Interval.make(below - SLOPPY * (1 + below**2), above + SLOPPY * (1 + above**2))
    result = Interval.exact(np.where(pole, -INF, ends.lower), np.where(pole, INF, ends.upper))
    return result.unless(~(a.magnitude() < INF))


def asin(a: Interval) -> Interval:
    return Interval.make(np.arcsin(a.lower), np.arcsin(a.upper), absolute=4 * SLOPPY)


def acos(a: Interval) -> Interval:
    return Interval.make(np.arccos(a.upper), np.arccos(a.lower), absolute=4 * SLOPPY)


def atan(a: Interval) -> Interval:
    return Interval.make(np.arctan(a.lower), np.arctan(a.upper), absolute=4 * SLOPPY)


def logical_not(a: Interval) -> Interval:
    one = (a.lower == 0) & (a.upper == 0)
    return Interval.exact(np.where(one, 1, 0), np.where(a.has_zero(), 1, 0)).unless(a.maybe_nan)


def add(a: Interval, b: Interval) -> Interval:
    low, high = a.lower + b.lower, a.upper + b.upper
    if _finite(low, high):
        return Interval.make(low, high)
    clash = (np.isposinf(a.upper) & np.isneginf(b.lower)) | (
        np.isneginf(a.lower) & np.isposinf(b.upper)
    )
    return Interval.make(low, high).unless(clash)


def sub(a: Interval, b: Interval) -> Interval:
    return add(a, neg(b))


def mul(a: Interval, b: Interval) -> Interval:
    """The extremes are at corners, exact in float64; infinity times zero is NaN."""
    (al, ah), (bl, bh) = _wide(a), _wide(b)
    corners = al * bl, al * bh, ah * bl, ah * bh
    low = np.minimum(np.minimum(corners[0], corners[1]), np.minimum(corners[2], corners[3]))
    high = np.maximum(np.maximum(corners[0], corners[1]), np.maximum(corners[2], corners[3]))
    if _finite(low, high):
        return Interval.make(low, high)
    clash = (a.has_zero() & np.isinf(b.magnitude())) | (b.has_zero() & np.isinf(a.magnitude()))
    return Interval.make(low, high).unless(clash)


def div(a: Interval, b: Interval) -> Interval:
    """Corners, where the divisor keeps clear of zero; else anything (0/0 is NaN)."""
    (al, ah), (bl, bh) = _wide(a), _wide(b)
    corners = al / bl, al / bh, ah / bl, ah / bh
    low = np.minimum(np.minimum(corners[0], corners[1]), np.minimum(corners[2], corners[3]))
    high = np.maximum(np.maximum(corners[0], corners[1]), np.maximum(corners[2], corners[3]))
    # A driver may flush a divisor below the smallest normal number to zero.
    tiny = (b.lower < 2.0**-125) & (b.upper > -(2.0**-125))
    return Interval.make(low, high, ulps=LOOSE).unless(
        tiny | (np.isinf(a.magnitude()) & np.isinf(b.magnitude()))
    )


def minimum(a: Interval, b: Interval) -> Interval:
    return Interval.exact(np.minimum(a.lower, b.lower), np.minimum(a.upper, b.upper))


def maximum(a: Interval, b: Interval) -> Interval:
    return Interval.exact(np.maximum(a.lower, b.lower), np.maximum(a.upper, b.upper))


def atan2(y: Interval, x: Interval) -> Interval:
    """Corners, in the open right half plane; else the whole range."""
    corners = [np.arctan2(t, s) for t in _wide(y) for s in _wide(x)]
    right = x.lower > 0
    low = np.where(right, np.minimum.reduce(np.broadcast_arrays(*corners)), -np.pi)
    high = np.where(right, np.maximum.reduce(np.broadcast_arrays(*corners)), np.pi)
    # GLSL leaves atan(0, 0) undefined, and infinite over infinite too.
    undefined = (x.has_zero() & y.has_zero()) | (np.isinf(x.magnitude()) & np.isinf(y.magnitude()))
    result = Interval.make(low, high, absolute=4 * SLOPPY)
    return result.unless(undefined | x.maybe_nan | y.maybe_nan)


def modulo(a: Interval, b: Interval) -> Interval:
    """From 0 to |b|, widened by what `a - |b| * floor(a / |b|)` loses for a large `a`."""
    slack = a.magnitude().astype(np.float64) * 2.0**-20 + b.magnitude() * 2.0**-20
    top = b.magnitude().astype(np.float64)
    result = Interval.make(-slack, top + slack)
    unsafe = b.has_zero() | b.maybe_nan | ~(a.magnitude() < INF) | ~(b.magnitude() < INF)
    return result.unless(unsafe)


def compare(a: Interval, b: Interval) -> Interval:
    low = np.where(a.lower > b.upper, 1, np.where(a.lower >= b.upper, 0, -1))
    high = np.where(a.upper < b.lower, -1, np.where(a.upper <= b.lower, 0, 1))
    return Interval.exact(low, high).unless(a.maybe_nan | b.maybe_nan)


def logical_and(a: Interval, b: Interval) -> Interval:
    """`b` where the first is not zero, zero where it is, either where it may be."""
    return _either(a, b, Interval.exact(0, 0), a.has_zero(), (a.lower == 0) & (a.upper == 0))


def logical_or(a: Interval, b: Interval) -> Interval:
    """`a` where it is not zero, `b` where it is, either where it may be."""
    return _either(a, a, b, a.has_zero(), (a.lower == 0) & (a.upper == 0)).unless(b.maybe_nan)


def _either(a: Interval, nonzero: Interval, zero: Interval, maybe: Any, surely: Any) -> Interval:
    low = np.where(maybe, np.minimum(nonzero.lower, zero.lower), nonzero.lower)
    high = np.where(maybe, np.maximum(nonzero.upper, zero.upper), nonzero.upper)
    low, high = np.where(surely, zero.lower, low), np.where(surely, zero.upper, high)
    return Interval.exact(low, high).unless(a.maybe_nan | nonzero.maybe_nan)
