"""Balls of FLINT (a midpoint and a radius that holds what was rounded) and other numbers."""

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from math import inf, nextafter

from flint import arb, fmpq

ZERO, ONE = arb(0), arb(1)
ANYTHING = arb(0, inf)
"""Nothing is known of it but that it is a number."""

_DIGITS = Context(prec=25, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LONGEST = 20_000
"""Digits of an exponent past which a constant is not written out: it is worked out as a power."""


def ball(value: Decimal | Fraction) -> arb:
    """The smallest ball of the working precision about an exact number."""
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    whole = int(Decimal((sign, digits, 0)))  # of more digits than Python makes an int of text
    if abs(exponent) > _LONGEST:
        return arb(whole) * arb(10) ** exponent
    if exponent < 0:
        return arb(fmpq(whole, 10**-exponent))
    return arb(whole * 10**exponent)


def upward(size: arb) -> float:
    """A float64 that is no smaller than a ball without sign, infinite where that is unbounded."""
    found = float(size.abs_upper())
    return nextafter(found, inf) if found == found else inf


def size_of(value: arb) -> Decimal:
    """The absolute value of a ball's midpoint, to 25 digits, of any exponent."""
    mantissa, exponent = abs(value).mid().man_exp()
    power = _DIGITS.power(Decimal(2), Decimal(int(exponent)))
    return _DIGITS.multiply(Decimal(int(mantissa)), power)
