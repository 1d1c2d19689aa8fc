"""exp, ln, sin, cos, atan and what comes of them, by integers alone.

A function of a real number a / 2^bits takes the int `a` and returns two ints (low, high): its value
lies between low / 2^bits and high / 2^bits for certain.

Sums are kept with `GUARD` more bits, and their result is rounded outwards by one of the caller's
units, which is 2^72 of the sum's. No sum here has 2^20 terms; each is off by less than 2^4 units
(by its own divisions, and by the term before, whose error only shrinks); what is cut off of a sum
is smaller than its last terms; and no step afterwards makes more than 2^10 of an error. That is
2^34 units: a law compares with mpmath all the same.
"""

import math
from functools import lru_cache

Ends = tuple[int, int]

GUARD = 72
_COARSE = 512
"""Constants are worked out to multiples of so many bits, and kept."""


def exp(a: int, bits: int) -> Ends:
    """Never below 0."""
    size = max(0, abs(a).bit_length() - bits)
    times = (a << GUARD + size) // _constant("ln2", bits + GUARD + size)
    if times < -bits:
        return 0, 1
    work = bits + GUARD + max(0, times)  # a result of many bits before the point needs as many here
    ln2 = _constant("ln2", work + size)
    times, rest = divmod(a << work + size - bits, ln2)
    rest >>= size
    total = term = 1 << work
    count = 1
    while term:
        term = (term * rest >> work) // count
        total += term
        count += 1
    low, high = _outwards(_scaled(total, times), work - bits)
    return max(0, low), high


def ln(a: int, bits: int) -> Ends:
    """Of a number above 0."""
    work, octaves = bits + GUARD, a.bit_length() - bits
    mantissa = _scaled(a, work - bits - octaves)  # from 1/2 to 1
    if mantissa < 3 << work - 2:
        mantissa, octaves = 2 * mantissa, octaves - 1  # from 3/4 to 3/2
    one, size = 1 << work, abs(octaves).bit_length()
    ratio = (abs(mantissa - one) << work) // (mantissa + one)
    half = _odd_powers(ratio, ratio * ratio >> work, work, 1)  # artanh, half the logarithm
    half = half if mantissa >= one else -half
    return _outwards(2 * half + (octaves * _constant("ln2", work + size) >> size), GUARD)


def sin(a: int, bits: int) -> Ends:
    return _wave(a, bits, 0)


def cos(a: int, bits: int) -> Ends:
    return _wave(a, bits, 1)


def atan(a: int, bits: int) -> Ends:
    angle = _angle(abs(a), 1 << bits, bits + GUARD)
    return _outwards(angle if a >= 0 else -angle, GUARD)


def asin(a: int, bits: int) -> Ends:
    """Of a number from -1 to 1."""
    return _outwards(_arc(a, bits), GUARD)


def acos(a: int, bits: int) -> Ends:
    """Of a number from -1 to 1."""
    return _outwards(_constant("half_pi", bits + GUARD) - _arc(a, bits), GUARD)


def atan2(y: int, x: int, bits: int) -> Ends:
    """The angle of a point that is not the origin, from -pi, not included, to pi."""
    angle = _angle(abs(y), abs(x), bits + GUARD)
    if x < 0:
        angle = 2 * _constant("half_pi", bits + GUARD) - angle
    return _outwards(angle if y >= 0 else -angle, GUARD)


def pi(bits: int) -> Ends:
    return _outwards(2 * _constant("half_pi", bits + GUARD), GUARD)


def _outwards(value: int, shift: int) -> Ends:
    return (value >> shift) - 1, (value >> shift) + 2


def _scaled(value: int, octaves: int) -> int:
    return value << octaves if octaves >= 0 else value >> -octaves


def _wave(a: int, bits: int, quarters: int) -> Ends:
    """sin of a number and so many quarters of a turn."""
    work, size = bits + GUARD, max(0, abs(a).bit_length() - bits)
    times, rest = divmod(a << GUARD + size, _constant("half_pi", work + size))
    rest >>= size
    quarters += times
    square = rest * rest >> work
    term = total = 1 << work if quarters % 2 else rest
    count, way = 1 if quarters % 2 else 2, 1
    while term:
        term = (term * square >> work) // (count * (count + 1))
        count, way = count + 2, -way
        total += way * term
    return _outwards(-total if quarters % 4 >= 2 else total, GUARD)


def _arc(a: int, bits: int) -> int:
    """asin, to GUARD more bits: the angle of (sqrt(1 - a^2), a)."""
    across = math.isqrt((1 << 2 * bits) - a * a << 2 * GUARD)
    angle = _angle(abs(a) << GUARD, across, bits + GUARD)
    return angle if a >= 0 else -angle


def _angle(y: int, x: int, work: int) -> int:
    """atan of y / x, neither below 0 and not both 0."""
    if y > x:
        return _constant("half_pi", work) - _angle(x, y, work)
    ratio, one = (y << work) // x, 1 << work
    for _ in range(3):  # half the angle: tan(t / 2) = tan t / (1 + sqrt(1 + tan^2 t))
        ratio = (ratio << work) // (one + math.isqrt(one * one + ratio * ratio))
    return _odd_powers(ratio, ratio * ratio >> work, work, -1) << 3


def _odd_powers(ratio: int, square: int, work: int, sign: int) -> int:
    """ratio + sign * ratio^3 / 3 + ratio^5 / 5 + sign * ..., the ratio from 0 to 1/2."""
    total = power = ratio
    count, way = 3, sign
    while power:
        power = power * square >> work
        total += way * (power // count)
        count, way = count + 2, way * sign
    return total


@lru_cache(maxsize=64)
def _kept(name: str, bits: int) -> int:
    work = bits + GUARD

    def of(part: int, sign: int) -> int:
        return _odd_powers((1 << work) // part, (1 << work) // (part * part), work, sign)

    if name == "ln2":
        return 2 * of(3, 1) >> GUARD
    return 8 * of(5, -1) - 2 * of(239, -1) >> GUARD  # Machin's


def _constant(name: str, bits: int) -> int:
    """ln2 or half_pi in units of 2^-bits, rounded down, or one less."""
    coarse = -(-bits // _COARSE) * _COARSE
    return _kept(name, coarse) >> coarse - bits
