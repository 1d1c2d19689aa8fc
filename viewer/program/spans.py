"""Spans: what values over the reals can be, in float64, as narrow as rounding allows.

They do for single points what `viewer.program.interval` does for boxes: that one holds what any
engine computes, in float32, which is far too wide to decide a pixel. NumPy's own functions are
taken to be within 4 units in the last place, as `ULPS` says.
"""

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.program import points

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

EPSILON = 2.0**-52
"""Twice what one rounding may be off by."""
ULPS = 8.0
"""Room for the transcendental functions."""
TINY = 2.0**-1022
"""Room for underflow."""
INF = np.inf
_WIDE = (-INF, INF)


class Span(NamedTuple):
    """Bounds of values over the reals, arrays that broadcast. A bound that is infinite, or NaN,
    says nothing.

    maybe, never: where the value may, and where it surely does, not exist; None for nowhere. The
    bounds hold where it does.
    """

    lower: Floats
    upper: Floats
    maybe: Flags | None = None
    never: Flags | None = None

    def widened(self, slack: float) -> "Span":
        """The same, that much further out."""
        return _out(self.lower - slack, self.upper + slack, self.maybe, self.never)

    def below(self) -> Flags:
        """Where the value surely is below zero."""
        found: Flags = (self.upper < 0) & ~_any(self.maybe, self.never)
        return found

    def above(self) -> Flags:
        """Where it surely is not: there it is at least zero, or does not exist."""
        found: Flags = (self.lower >= 0) | _any(self.never)
        return found


def _any(*flags: Flags | None) -> Any:
    known = [flag for flag in flags if flag is not None]
    return reduce(np.logical_or, known) if known else np.False_


def either(a: Flags | None, b: Flags | None) -> Flags | None:
    """Where any is set."""
    if a is None or b is None:
        return b if a is None else a
    return np.asarray(a | b)


def _when(flags: Any) -> Flags | None:
    return np.asarray(flags) if np.any(flags) else None


def _out(
    lower: Any, upper: Any, maybe: Flags | None = None, never: Flags | None = None, ulps: float = 1
) -> Span:
    """Rounded outwards. Sums need no room for underflow, since theirs are exact."""
    unit = ulps * EPSILON
    return Span(lower - np.abs(lower) * unit, upper + np.abs(upper) * unit, maybe, never)


def _tiny(span: Span) -> Span:
    return span._replace(lower=span.lower - TINY, upper=span.upper + TINY)


def _function(lower: Any, upper: Any) -> Span:
    """What a transcendental function gives."""
    return _tiny(_out(lower, upper, ulps=ULPS))


def neg(a: Span) -> Span:
    return Span(-a.upper, -a.lower)


def absolute(a: Span) -> Span:
    return Span(np.maximum(np.maximum(a.lower, -a.upper), 0.0), np.maximum(-a.lower, a.upper))


def square(a: Span) -> Span:
    low, high, _, _ = absolute(a)
    found = _tiny(_out(low * low, high * high))
    return found._replace(lower=np.maximum(found.lower, 0.0))


def add(a: Span, b: Span) -> Span:
    return _out(a.lower + b.lower, a.upper + b.upper)


def sub(a: Span, b: Span) -> Span:
    return _out(a.lower - b.upper, a.upper - b.lower)


def mul(a: Span, b: Span) -> Span:
    """A product of zero and an unknown bound is NaN: unknown."""
    if np.ndim(a.lower) == 0:
        a, b = b, a
    if np.ndim(b.lower) == 0 and b.upper - b.lower <= abs(b.lower) * (2 * EPSILON):
        # A number, as most factors are: one bound, and as much more room as the other needs.
        ends = a.lower * b.lower, a.upper * b.lower
        low, high = ends if b.lower >= 0 else reversed(ends)
        return _tiny(_out(low, high, ulps=4))
    corners = a.lower * b.lower, a.lower * b.upper, a.upper * b.lower, a.upper * b.upper
    return _tiny(_out(reduce(np.minimum, corners), reduce(np.maximum, corners)))


def recip(a: Span) -> Span:
    return div(Span(np.float64(1), np.float64(1)), a)  # type: ignore[arg-type]


def div(a: Span, b: Span) -> Span:
    pole = ~((b.lower > 0) | (b.upper < 0))
    corners = a.lower / b.lower, a.lower / b.upper, a.upper / b.lower, a.upper / b.upper
    found = _tiny(_out(reduce(np.minimum, corners), reduce(np.maximum, corners)))
    return _unbounded(found, pole)


def _unbounded(span: Span, where: Any) -> Span:
    """Nothing is known there, not even that there is a value."""
    if not np.any(where):
        return span
    lower, upper = np.where(where, -INF, span.lower), np.where(where, INF, span.upper)
    return Span(lower, upper, either(span.maybe, np.asarray(where)), span.never)


def sqrt(a: Span) -> Span:
    found = _out(np.sqrt(np.maximum(a.lower, 0.0)), np.sqrt(a.upper))
    return found._replace(maybe=_when(~(a.lower >= 0)), never=_when(a.upper < 0))


def ln(a: Span) -> Span:
    found = _function(np.log(a.lower), np.log(a.upper))
    return found._replace(maybe=_when(~(a.lower > 0)), never=_when(a.upper < 0))


def exp(a: Span) -> Span:
    found = _function(np.exp(a.lower), np.exp(a.upper))
    return found._replace(lower=np.maximum(found.lower, 0.0))


def _wave(a: Span, peak: float) -> Span:
    """Of cos(t - peak): 1 where a span holds peak + 2k pi, -1 half a turn on."""
    turn, size = 2 * np.pi, np.maximum(np.abs(a.lower), np.abs(a.upper))
    doubt = 2.0**-40 + size * 2.0**-48

    def holds(top: float) -> Any:
        last = np.floor((a.upper - top) / turn + doubt)
        return ~(last < np.ceil((a.lower - top) / turn - doubt))

    wave = np.sin if peak else np.cos
    ends = wave(a.lower), wave(a.upper)
    low = np.where(holds(peak + np.pi), -1.0, np.minimum(*ends) - ULPS * EPSILON)
    high = np.where(holds(peak), 1.0, np.maximum(*ends) + ULPS * EPSILON)
    return Span(low, high)


def tan(a: Span) -> Span:
    """Monotone between poles."""
    doubt = 2.0**-40 + np.maximum(np.abs(a.lower), np.abs(a.upper)) * 2.0**-48
    first, last = np.floor(a.lower / np.pi + 0.5 - doubt), np.floor(a.upper / np.pi + 0.5 + doubt)
    return _unbounded(_function(np.tan(a.lower), np.tan(a.upper)), ~(first == last))


def _arc(function: Callable[..., Any], falling: bool) -> Callable[[Span], Span]:
    def arc(a: Span) -> Span:
        ends = np.clip(a.lower, -1.0, 1.0), np.clip(a.upper, -1.0, 1.0)
        low, high = [function(end) for end in (reversed(ends) if falling else ends)]
        outside = (a.lower > 1) | (a.upper < -1)
        inside = (a.lower >= -1) & (a.upper <= 1)
        return _function(low, high)._replace(maybe=_when(~inside), never=_when(outside))

    return arc


def atan2(y: Span, x: Span) -> Span:
    """The extremes are at corners, but where the box may hold the cut or the origin."""
    corners = [np.arctan2(t, s) for t in (y.lower, y.upper) for s in (x.lower, x.upper)]
    found = _function(reduce(np.minimum, corners), reduce(np.maximum, corners))
    clear = (x.lower > 0) | (y.lower > 0) | (y.upper < 0)
    origin = ~(clear | (x.upper < 0))
    whole = np.pi * (1 + EPSILON)
    return Span(
        np.where(clear, found.lower, -whole), np.where(clear, found.upper, whole), _when(origin)
    )


def modulo(a: Span, b: Span) -> Span:
    """From 0 to |b|; where the quotient's whole part is known, what is left of `a`."""
    size = absolute(b)
    quotient = div(a, size)
    times = np.floor(quotient.lower)
    known = times == np.floor(quotient.upper)
    whole = np.where(known, times, 0.0)
    rest = sub(a, mul(size, Span(whole, whole)))
    low = np.where(known, np.maximum(rest.lower, 0.0), 0.0)
    high = np.where(known, np.minimum(rest.upper, size.upper), size.upper)
    return Span(low, high, _when(~(size.lower > 0)), _when(size.upper == 0))


def compare(a: Span, b: Span) -> Span:
    low = np.where(a.lower > b.upper, 1.0, np.where(a.lower >= b.upper, 0.0, -1.0))
    high = np.where(a.upper < b.lower, -1.0, np.where(a.upper <= b.lower, 0.0, 1.0))
    return Span(low, high)


def _zero(a: Span) -> tuple[Flags, Flags]:
    """Where a value surely is zero, and where it surely is not."""
    return (a.lower == 0) & (a.upper == 0), (a.lower > 0) | (a.upper < 0)


def logical_not(a: Span) -> Span:
    yes, no = _zero(a)
    return Span(np.where(yes, 1.0, 0.0), np.where(no, 0.0, 1.0))


def _chosen(a: Span, zero: Span, nonzero: Span) -> Span:
    yes, no = _zero(a)
    low, high = np.fmin(zero.lower, nonzero.lower), np.fmax(zero.upper, nonzero.upper)
    unknown = (np.isnan(zero.lower + nonzero.lower), np.isnan(zero.upper + nonzero.upper))
    low, high = np.where(unknown[0], -INF, low), np.where(unknown[1], INF, high)
    low = np.where(yes, zero.lower, np.where(no, nonzero.lower, low))
    high = np.where(yes, zero.upper, np.where(no, nonzero.upper, high))
    return Span(low, high)


def floor(a: Span) -> Span:
    return Span(np.floor(a.lower), np.floor(a.upper))


def ceil(a: Span) -> Span:
    return Span(np.ceil(a.lower), np.ceil(a.upper))


def round_half_away(a: Span) -> Span:
    return Span(points.round_half_away(a.lower), points.round_half_away(a.upper))


def sin(a: Span) -> Span:
    return _wave(a, np.pi / 2)


def cos(a: Span) -> Span:
    return _wave(a, 0.0)


asin = _arc(np.arcsin, falling=False)
acos = _arc(np.arccos, falling=True)


def atan(a: Span) -> Span:
    return _function(np.arctan(a.lower), np.arctan(a.upper))


def minimum(a: Span, b: Span) -> Span:
    return Span(np.minimum(a.lower, b.lower), np.minimum(a.upper, b.upper))


def maximum(a: Span, b: Span) -> Span:
    return Span(np.maximum(a.lower, b.lower), np.maximum(a.upper, b.upper))


def logical_and(a: Span, b: Span) -> Span:
    return _chosen(a, _NOTHING, b)


def logical_or(a: Span, b: Span) -> Span:
    return _chosen(a, b, a)


_NOTHING = Span(np.float64(0), np.float64(0))  # type: ignore[arg-type]
