"""Exact numbers to floating point, rounded once."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from math import inf
from numbers import Rational
from typing import Any, NamedTuple, cast

import numpy as np

NUMBER = re.compile(rb"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""The grammar of a constant: ASCII only, unlike `float()`, which takes `1_000` and `١`."""

_FINER = 64
"""Binary places of a unit to which numbers are told apart."""
_LONG = 2**13
"""Bits of whole numbers from which on FLINT divides sooner, the way there and back included."""


def decimal(text: bytes) -> Decimal | None:
    """The exact number that `text` spells, or None where it is not in the grammar.

    An exponent too large for any arithmetic (past 10^18) is not a number here either.
    """
    if not NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.decode("ascii"))
    except InvalidOperation:
        return None


def nearest(value: Decimal | Fraction, dtype: Any) -> Any:
    """The number of `dtype` (float32 or float64) nearest to `value`, ties to even.

    A value too large for the type becomes an infinity, one too small a zero. `float()` rounds
    correctly, but a second rounding to float32 goes wrong where the first one landed exactly
    between two float32 numbers; only there is the exact value consulted.
    """
    double = _float(value)
    if np.dtype(dtype) == np.float64:
        return np.float64(double)
    with np.errstate(over="ignore", under="ignore"):
        single = np.float32(double)
        if float(single) == double or _float_exact(double, value):
            return single
        # Rounding has infinity stand where the next number would.
        here = float(single) if np.isfinite(single) else np.copysign(2.0**128, double)
        other = np.nextafter(single, np.float32(np.copysign(np.inf, double - here)))
    if double - here != float(other) - double:
        return single
    low, high = sorted((single, other))
    return high if Fraction(value) > Fraction(double) else low


@lru_cache(maxsize=96)
def places(value: Fraction, bits: int) -> int:
    """So many binary places of a number, rounded down: `floor(value * 2**bits)`.

    Sums and products of fractions find common divisors, which takes longer than all else where
    numbers have as many digits as a deep view. Whole numbers need none.
    """
    return quotient(value.numerator << bits, value.denominator)


def quotient(a: int, b: int, times: int = 1) -> int:
    """`a * times // b`, b above zero; of long numbers in a tenth of the time that Python takes."""
    if not b & (b - 1):
        return a * times >> b.bit_length() - 1
    if b.bit_length() < _LONG or a.bit_length() + times.bit_length() < _LONG:
        return a * times // b
    from flint import fmpz  # half of what shows no deep view need not wait for it

    return int(fmpz(a) * times // b)


def tens(value: Fraction, digits: int) -> int:
    """So many decimal places of a number, the nearest: `value * 10**digits` as a whole number."""
    return (quotient(2 * value.numerator, value.denominator, 10**digits) + 1) // 2


def digits_of(value: int) -> str:
    """A whole number of any length, not below 0, in decimal: Python refuses to write one of more
    than 4300 digits."""
    if value.bit_length() < _LONG:
        return str(value)
    from flint import fmpz

    return str(fmpz(value))


class _Lowest(NamedTuple):
    """A ratio in its lowest terms, which `Fraction` takes as it is."""

    numerator: int
    denominator: int


Rational.register(_Lowest)


def plus(value: Fraction, units: int, bits: int) -> Fraction:
    """`value + units / 2**bits`, exactly; `bits` is not below 0. A sum of fractions would look for
    a common divisor: here that can only be a power of two."""
    odd, twos = _without_twos(value.denominator)
    most = max(twos, bits)
    rest, found = _without_twos((value.numerator << most - twos) + (units * odd << most - bits))
    if not rest:
        return Fraction(0)
    both = min(found, most)
    return Fraction(cast(Rational, _Lowest(rest << found - both, odd << most - both)))


def scaled(units: int, exponent: int) -> Fraction:
    """`units * 2**exponent`, exactly."""
    if exponent >= 0:
        return Fraction(units << exponent)
    return plus(Fraction(0), units, -exponent)


def doubled(value: Fraction, times: int) -> Fraction:
    """`value * 2**times`, exactly, and without looking for a divisor; `times` is not below 0."""
    spare = min(times, _without_twos(value.denominator)[1])
    parts = _Lowest(value.numerator << times - spare, value.denominator >> spare)
    return Fraction(cast(Rational, parts))


def _without_twos(value: int) -> tuple[int, int]:
    """An odd number and the power of two that make up a whole number; of 0, 0 and -1."""
    twos = (value & -value).bit_length() - 1
    return value >> max(0, twos), twos


def ratio(a: Fraction, b: Fraction, bits: int = 0) -> float:
    """a / b / 2**bits, rounded once; b is above zero. Infinite where that is too large."""
    try:
        return (a.numerator * b.denominator) / ((a.denominator * b.numerator) << bits)
    except OverflowError:
        return inf if a > 0 else -inf


def apart(a: Fraction, b: Fraction, unit: Fraction) -> float:
    """The difference of two numbers in units, to 2^-60 of one, rounded once."""
    bits = max(0, unit.denominator.bit_length() - unit.numerator.bit_length() + _FINER)
    return ratio(Fraction(places(a, bits) - places(b, bits)), unit, bits)


def _float(value: Decimal | Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _float_exact(double: float, value: Decimal | Fraction) -> bool:
    """Whether `value` is `double` itself, so that rounding `double` rounds only once."""
    return value == (Decimal(double) if isinstance(value, Decimal) else Fraction(double))
