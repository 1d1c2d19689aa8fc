"""Every opcode on ranges of numbers, in integers: fixed point, rounded outwards.

A value is a pair (low, high) for a real number from low / 2^bits to high / 2^bits, or

    UNKNOWN   a number or none: a pole, the end of a domain, or too large to be written down
    NAN       no number, for certain: sqrt(-1)

A pair is a promise that the value is a number. NaN runs through every operation, so that one pair
is no reason to forget about the other operand: `UNKNOWN` in is `UNKNOWN` out.
"""

import enum
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from tests.deep import series


class Odd(enum.Enum):
    UNKNOWN = "unknown"
    NAN = "nan"


UNKNOWN: Final = Odd.UNKNOWN
NAN: Final = Odd.NAN
Pair = tuple[int, int]
Value = Pair | Odd

LONGEST = 100_000
"""Bits of a number that are still worked with."""


def fixed(number: Fraction, bits: int) -> Pair:
    """An exact number as a range of one unit or none."""
    low, rest = divmod(number.numerator << bits, number.denominator)
    return low, low + (rest > 0)


def whole(low: int, high: int, bits: int) -> Pair:
    return low << bits, high << bits


def neg(bits: int, a: Pair) -> Value:
    return -a[1], -a[0]


def absolute(bits: int, a: Pair) -> Value:
    low, high = a
    if low >= 0:
        return a
    return (-high, -low) if high <= 0 else (0, max(-low, high))


def recip(bits: int, a: Pair) -> Value:
    low, high = a
    if low <= 0 <= high:
        return UNKNOWN
    one = 1 << 2 * bits
    return one // high, -(-one // low)


def square(bits: int, a: Pair) -> Value:
    low, high = a
    if low < 0:
        low, high = (-high, -low) if high <= 0 else (0, max(-low, high))
    if high.bit_length() > LONGEST:
        return UNKNOWN
    return low * low >> bits, -(-high * high >> bits)


def sqrt(bits: int, a: Pair) -> Value:
    low, high = a
    if low < 0:
        return NAN if high < 0 else UNKNOWN
    high <<= bits
    root = math.isqrt(high)
    return math.isqrt(low << bits), root + (root * root < high)


def floor(bits: int, a: Pair) -> Value:
    return whole(a[0] >> bits, a[1] >> bits, bits)


def ceil(bits: int, a: Pair) -> Value:
    return whole(-(-a[0] >> bits), -(-a[1] >> bits), bits)


def rounded(bits: int, a: Pair) -> Value:
    """Halves go away from zero."""
    half = 1 << bits - 1
    low, high = ((end + half >> bits) if end >= 0 else -(-end + half >> bits) for end in a)
    return whole(low, high, bits)


def _rising(function: Callable[[int, int], Pair]) -> Callable[[int, Pair], Value]:
    def applied(bits: int, a: Pair) -> Value:
        low = function(a[0], bits)
        return low[0], (low if a[0] == a[1] else function(a[1], bits))[1]

    return applied


def exp(bits: int, a: Pair) -> Value:
    return UNKNOWN if a[1] >> bits > LONGEST // 2 else _rising(series.exp)(bits, a)


def ln(bits: int, a: Pair) -> Value:
    if a[0] <= 0:
        return NAN if a[1] < 0 else UNKNOWN
    return _rising(series.ln)(bits, a)


def _wave(function: Callable[[int, int], Pair]) -> Callable[[int, Pair], Value]:
    """sin and cos: no steeper than 1, and from -1 to 1."""

    def applied(bits: int, a: Pair) -> Value:
        middle, one = a[0] + a[1] >> 1, 1 << bits
        reach = a[1] - middle
        low, high = function(middle, bits)
        return max(low - reach, -one), min(high + reach, one)

    return applied


sin, cos = _wave(series.sin), _wave(series.cos)


def tan(bits: int, a: Pair) -> Value:
    below = recip(bits, _pair(cos(bits, a)))
    return UNKNOWN if isinstance(below, Odd) else mul(bits, _pair(sin(bits, a)), below)


def _within_one(value: Callable[[int, int], Pair], way: int) -> Callable[[int, Pair], Value]:
    def applied(bits: int, a: Pair) -> Value:
        (low, high), one = a, 1 << bits
        if low > one or high < -one:
            return NAN
        if low < -one or high > one:
            return UNKNOWN
        ends = a[::way]
        return value(ends[0], bits)[0], value(ends[1], bits)[1]

    return applied


def logical_not(bits: int, a: Pair) -> Value:
    if not a[0] <= 0 <= a[1]:
        return 0, 0
    return whole(a[0] == a[1], 1, bits)


def add(bits: int, a: Pair, b: Pair) -> Value:
    return a[0] + b[0], a[1] + b[1]


def sub(bits: int, a: Pair, b: Pair) -> Value:
    return a[0] - b[1], a[1] - b[0]


def mul(bits: int, a: Pair, b: Pair) -> Value:
    if a[0].bit_length() + a[1].bit_length() + b[0].bit_length() + b[1].bit_length() > LONGEST:
        return UNKNOWN
    if a[0] >= 0 and b[0] >= 0:
        return a[0] * b[0] >> bits, -(-a[1] * b[1] >> bits)
    corners = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    return min(corners) >> bits, -(-max(corners) >> bits)


def div(bits: int, a: Pair, b: Pair) -> Value:
    low, high = b
    if low <= 0 <= high:
        return UNKNOWN
    tops = a[0] << bits, a[1] << bits
    return (
        min(top // end for top in tops for end in b),
        max(-(-top // end) for top in tops for end in b),
    )


def minimum(bits: int, a: Pair, b: Pair) -> Value:
    return min(a[0], b[0]), min(a[1], b[1])


def maximum(bits: int, a: Pair, b: Pair) -> Value:
    return max(a[0], b[0]), max(a[1], b[1])


def atan2(bits: int, y: Pair, x: Pair) -> Value:
    """Between those of the corners, but for the cut, where all angles count, and the origin."""
    if x[0] <= 0 and y[0] <= 0 <= y[1]:
        if x[1] >= 0:
            return UNKNOWN
        if y[0] < 0:
            half_turn = series.pi(bits)[1]
            return -half_turn, half_turn
    corners = [series.atan2(t, s, bits) for t in y for s in x]
    return min(low for low, _ in corners), max(high for _, high in corners)


def mod(bits: int, a: Pair, b: Pair) -> Value:
    """What is left of `a` above the multiples of |b|."""
    size = _pair(absolute(bits, b))
    if size[0] == 0:
        return NAN if size[1] == 0 else UNKNOWN
    times = [end // part for end in a for part in size]
    if min(times) != max(times):
        return 0, size[1]
    taken = [times[0] * part for part in size]
    return max(0, a[0] - max(taken)), min(size[1], a[1] - min(taken))


def compare(bits: int, a: Pair, b: Pair) -> Value:
    orders = [(s > t) - (s < t) for s, t in ((a[0], b[1]), (a[1], b[0]))]
    return whole(min(orders), max(orders), bits)


def logical_and(bits: int, a: Pair, b: Pair) -> Value:
    if not a[0] <= 0 <= a[1]:
        return b
    return a if a[0] == a[1] else (min(0, b[0]), max(0, b[1]))


def logical_or(bits: int, a: Pair, b: Pair) -> Value:
    if not a[0] <= 0 <= a[1]:
        return a
    return b if a[0] == a[1] else (min(a[0], b[0]), max(a[1], b[1]))


def _pair(value: Value) -> Pair:
    assert not isinstance(value, Odd)
    return value


UNARY: Mapping[str, Callable[[int, Pair], Value]] = {
    "neg": neg,
    "abs": absolute,
    "recip": recip,
    "square": square,
    "sqrt": sqrt,
    "floor": floor,
    "ceil": ceil,
    "round": rounded,
    "exp": exp,
    "ln": ln,
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "asin": _within_one(series.asin, 1),
    "acos": _within_one(series.acos, -1),
    "atan": _rising(series.atan),
    "not": logical_not,
}
BINARY: Mapping[str, Callable[[int, Pair, Pair], Value]] = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "div": div,
    "min": minimum,
    "max": maximum,
    "atan2": atan2,
    "mod": mod,
    "compare": compare,
    "and": logical_and,
    "or": logical_or,
}
