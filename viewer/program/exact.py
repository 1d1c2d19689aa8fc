"""Arithmetic on decimals that is exact, or raises."""

import decimal
from collections.abc import Callable
from decimal import Decimal

EXACT = decimal.Context(
    prec=64,
    Emax=10**6,
    Emin=-(10**6),
    traps=[
        decimal.Inexact,
        decimal.InvalidOperation,
        decimal.DivisionByZero,
        decimal.Overflow,
        decimal.Underflow,
        decimal.Subnormal,
    ],
)
"""Arithmetic that is exact in at most 64 digits, or raises `decimal.DecimalException`."""


def remainder(a: Decimal, b: Decimal) -> Decimal:
    """Euclidean: from 0 up to |b|."""
    rest = EXACT.remainder(a, b)
    return EXACT.add(rest, EXACT.abs(b)) if rest < 0 else rest


def integral(rounding: str) -> Callable[[Decimal], Decimal]:
    """To a whole number, in one of the decimal module's ways of rounding."""

    def exact(a: Decimal) -> Decimal:
        # A plain integer below 10^64, or nothing: 1e999999 would be a million digits.
        return EXACT.quantize(a.to_integral_value(rounding), Decimal(1))

    return exact
