"""Over the real numbers: exact fractions, and enclosures of growing precision where a result is no
fraction."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath

from tests.oracle.text import Nodes


class UndecidedError(Exception):
    """The enclosure does not say enough: more precision may help, or the point is a pole."""


class Range(NamedTuple):
    """The value is a real number from `low` to `high`; exactly known where they are equal."""

    low: Fraction
    high: Fraction

    @property
    def exact(self) -> bool:
        return self.low == self.high


NAN = None
"""The value of a program at a point where an operation has none, such as sqrt(-1)."""

Real = Range | None
ZERO, ONE = Range(Fraction(0), Fraction(0)), Range(Fraction(1), Fraction(1))
_LONGEST = 20_000  # bits of an exact fraction


def sign(nodes: Nodes, x: Fraction, y: Fraction, z: Fraction = Fraction(0)) -> int | float | None:
    """-1, 0, 1 or NaN as the field is over the reals; None where 2000 bits do not tell."""
    for bits in (100, 400, 2000):
        try:
            result = real(nodes, x, y, z, bits)
        except UndecidedError:
            continue
        if result is NAN:
            return math.nan
        if result.exact or result.low > 0 or result.high < 0:
            return (result.low > 0) - (result.high < 0)
    return None


def real(nodes: Nodes, x: Fraction, y: Fraction, z: Fraction, bits: int = 200) -> Real:
    """An enclosure of the field at a point, or NAN. May raise `UndecidedError`."""
    point = {"var-x": x, "var-y": y, "var-z": z}
    values: list[Real] = []
    for word, args, number in nodes:
        exact = point.get(word, number)
        if exact is not None:
            values.append(Range(exact, exact))
            continue
        operands = [values[arg] for arg in args]
        result = NAN if NAN in operands else REAL[word](bits, *operands)
        values.append(result if result is NAN else _shorter(result, bits))
    return values[-1]


def _shorter(value: Range, bits: int) -> Range:
    """Rounds long ends outwards."""
    low, high = value
    if max(abs(end.numerator).bit_length() + end.denominator.bit_length() for end in value) > (
        _LONGEST if value.exact else 4 * bits
    ):
        low, high = _rounded(low, bits, -1), _rounded(high, bits, 1)
    return Range(low, high)


def _rounded(value: Fraction, bits: int, way: int) -> Fraction:
    size = abs(value.numerator).bit_length() - value.denominator.bit_length()
    unit = Fraction(2) ** (size - bits)
    return (math.floor(value / unit) if way < 0 else math.ceil(value / unit)) * unit


def _by_mpmath(function: Callable[..., Any], bits: int, *values: Fraction) -> Range:
    """A function's value at exact numbers; mpmath promises a few units in the last place."""
    if any(abs(value) > 2**100_000 for value in values):
        raise UndecidedError
    size = max(v.numerator.bit_length() - v.denominator.bit_length() for v in values)
    # The arguments are rounded too: so many bits that no function here (sin of a large number,
    # ln next to 1, acos next to 1) makes more of that than the slack.
    with mpmath.workprec(4 * bits + 40 + max(0, size)):
        result = function(*[mpmath.mpf(v.numerator) / v.denominator for v in values])
        slack = abs(result) * mpmath.mpf(2) ** -bits + mpmath.mpf(2) ** -(2 * bits)
        return Range(_fraction(result - slack), _fraction(result + slack))


def _fraction(value: Any) -> Fraction:
    negative, mantissa, exponent, _ = value._mpf_
    if not mantissa and exponent:
        raise UndecidedError  # an infinity: out of mpmath's range
    result = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -result if negative else result


def _growing(function: Callable[..., Any]) -> Callable[[int, Range], Range]:
    def real(bits: int, a: Range) -> Range:
        low = _by_mpmath(function, bits, a.low)
        return Range(low.low, (low if a.exact else _by_mpmath(function, bits, a.high)).high)

    return real


def _r_sqrt(bits: int, a: Range) -> Real:
    if a.high < 0:
        return NAN
    if a.low < 0:
        raise UndecidedError
    ends = []
    for end, way in ((a.low, 0), (a.high, 1)):
        # sqrt(n / d) = sqrt(n * d) / d, with 2 * bits more digits under the root
        product = end.numerator * end.denominator << 2 * bits
        root = math.isqrt(product)
        inexact = way if root * root != product else 0
        ends.append(Fraction(root + inexact, end.denominator << bits))
    return Range(ends[0], ends[1])


def _r_ln(bits: int, a: Range) -> Real:
    if a.high < 0:
        return NAN
    if a.low <= 0:
        raise UndecidedError
    return ZERO if a == ONE else _growing(mpmath.log)(bits, a)


def _r_exp(bits: int, a: Range) -> Real:
    if a.high > 10**6 or a.low < -(10**6):
        raise UndecidedError
    return ONE if a == ZERO else _growing(mpmath.exp)(bits, a)


def _wave(function: Callable[..., Any]) -> Callable[[int, Range], Range]:
    """sin and cos: no steeper than 1."""

    def real(bits: int, a: Range) -> Range:
        middle, reach = (a.low + a.high) / 2, (a.high - a.low) / 2
        low, high = _by_mpmath(function, bits, middle)
        return Range(max(low - reach, Fraction(-1)), min(high + reach, Fraction(1)))

    return real


def _r_sin(bits: int, a: Range) -> Range:
    return ZERO if a == ZERO else _wave(mpmath.sin)(bits, a)


def _r_cos(bits: int, a: Range) -> Range:
    return ONE if a == ZERO else _wave(mpmath.cos)(bits, a)


def _within_one(function: Callable[..., Any], falling: bool) -> Callable[[int, Range], Real]:
    def real(bits: int, a: Range) -> Real:
        if a.low > 1 or a.high < -1:
            return NAN
        if a.low < -1 or a.high > 1:
            raise UndecidedError
        if a == (ONE if falling else ZERO):
            return ZERO
        if falling:
            return Range(
                _by_mpmath(function, bits, a.high).low, _by_mpmath(function, bits, a.low).high
            )
        return _growing(function)(bits, a)

    return real


def _r_atan(bits: int, a: Range) -> Range:
    return ZERO if a == ZERO else _growing(mpmath.atan)(bits, a)


def _r_atan2(bits: int, y: Range, x: Range) -> Range:
    if y == ZERO and x.low > 0:
        return ZERO
    on_cut = y.low < 0 <= y.high or (y.low == 0 and not y.exact)
    if x.low <= 0 and (on_cut or (x.high >= 0 and y.low <= 0 <= y.high)):
        raise UndecidedError
    corners = [_by_mpmath(mpmath.atan2, bits, t, s) for t in y for s in x]
    return Range(min(corner.low for corner in corners), max(corner.high for corner in corners))


def _hull(*values: Range) -> Range:
    return Range(min(value.low for value in values), max(value.high for value in values))


def _products(a: Range, b: Range) -> Range:
    corners = [s * t for s in a for t in b]
    return Range(min(corners), max(corners))


def _r_recip(bits: int, a: Range) -> Range:
    if a.low <= 0 <= a.high:
        raise UndecidedError  # a pole; the sign of an exact zero is not a thing of the reals
    return Range(1 / a.high, 1 / a.low)


def _r_abs(bits: int, a: Range) -> Range:
    if a.low <= 0 <= a.high:
        return Range(Fraction(0), max(-a.low, a.high))
    return a if a.low > 0 else Range(-a.high, -a.low)


def halves_away(a: Fraction) -> Fraction:
    return Fraction(math.floor(abs(a) + Fraction(1, 2))) * (1 if a > 0 else -1)


def _r_mod(bits: int, a: Range, b: Range) -> Real:
    """What is left of `a` above the multiples of |b|."""
    size = _r_abs(bits, b)
    if size == ZERO:
        return NAN
    if size.low == 0:
        raise UndecidedError
    quotient = _products(a, _r_recip(bits, size))
    times = math.floor(quotient.low)
    if times != math.floor(quotient.high):
        return Range(Fraction(0), size.high)
    rest = _products(size, Range(Fraction(times), Fraction(times)))
    return Range(a.low - rest.high, a.high - rest.low)


def _r_compare(bits: int, a: Range, b: Range) -> Range:
    orders = {(s > t) - (s < t) for s, t in ((a.low, b.high), (a.high, b.low))}
    return Range(Fraction(min(orders)), Fraction(max(orders)))


def _r_not(bits: int, a: Range) -> Range:
    if not a.low <= 0 <= a.high:
        return ZERO
    return ONE if a.exact else _hull(ZERO, ONE)


def _r_and(bits: int, a: Range, b: Range) -> Range:
    if not a.low <= 0 <= a.high:
        return b
    return ZERO if a.exact else _hull(ZERO, b)


def _r_or(bits: int, a: Range, b: Range) -> Range:
    if not a.low <= 0 <= a.high:
        return a
    return b if a.exact else _hull(a, b)


REAL: Mapping[str, Callable[..., Real]] = {
    "neg": lambda bits, a: Range(-a.high, -a.low),
    "abs": _r_abs,
    "recip": _r_recip,
    "sqrt": _r_sqrt,
    "square": lambda bits, a: Range(*(end * end for end in _r_abs(bits, a))),
    "floor": lambda bits, a: Range(Fraction(math.floor(a.low)), Fraction(math.floor(a.high))),
    "ceil": lambda bits, a: Range(Fraction(math.ceil(a.low)), Fraction(math.ceil(a.high))),
    "round": lambda bits, a: Range(halves_away(a.low), halves_away(a.high)),
    "exp": _r_exp,
    "ln": _r_ln,
    "sin": _r_sin,
    "cos": _r_cos,
    "tan": lambda bits, a: _products(_r_sin(bits, a), _r_recip(bits, _r_cos(bits, a))),
    "asin": _within_one(mpmath.asin, falling=False),
    "acos": _within_one(mpmath.acos, falling=True),
    "atan": _r_atan,
    "not": _r_not,
    "add": lambda bits, a, b: Range(a.low + b.low, a.high + b.high),
    "sub": lambda bits, a, b: Range(a.low - b.high, a.high - b.low),
    "mul": lambda bits, a, b: _products(a, b),
    "div": lambda bits, a, b: _products(a, _r_recip(bits, b)),
    "min": lambda bits, a, b: Range(min(a.low, b.low), min(a.high, b.high)),
    "max": lambda bits, a, b: Range(max(a.low, b.low), max(a.high, b.high)),
    "atan2": _r_atan2,
    "mod": _r_mod,
    "compare": _r_compare,
    "and": _r_and,
    "or": _r_or,
}
