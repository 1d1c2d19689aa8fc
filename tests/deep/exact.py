"""Opcodes on fractions, where the result is a fraction for certain."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

LONGEST = 60_000
"""Bits of an operand that are still worked with."""

ZERO, ONE = Fraction(0), Fraction(1)


def apply(word: str, *operands: Fraction) -> Fraction | None:
    """The opcode's value; None where there is none, or it is no fraction, or a long one."""
    if max(a.numerator.bit_length() + a.denominator.bit_length() for a in operands) > LONGEST:
        return None
    try:
        return TABLE[word](*operands)
    except (ZeroDivisionError, ValueError, KeyError):
        return None


def _sqrt(a: Fraction) -> Fraction | None:
    top, below = math.isqrt(a.numerator), math.isqrt(a.denominator)
    return Fraction(top, below) if top * top == a.numerator and below**2 == a.denominator else None


def _round(a: Fraction) -> Fraction:
    away = Fraction(math.floor(abs(a) + Fraction(1, 2)))
    return away if a > 0 else -away


def _only(at: Fraction, value: Fraction) -> Callable[[Fraction], Fraction | None]:
    """A function with one fraction among its values at fractions."""
    return lambda a: value if a == at else None


TABLE: Mapping[str, Callable[..., Fraction | None]] = {
    "neg": lambda a: -a,
    "abs": abs,
    "recip": lambda a: 1 / a,
    "square": lambda a: a * a,
    "sqrt": _sqrt,
    "floor": lambda a: Fraction(math.floor(a)),
    "ceil": lambda a: Fraction(math.ceil(a)),
    "round": _round,
    "exp": _only(ZERO, ONE),
    "ln": _only(ONE, ZERO),
    "sin": _only(ZERO, ZERO),
    "cos": _only(ZERO, ONE),
    "tan": _only(ZERO, ZERO),
    "asin": _only(ZERO, ZERO),
    "acos": _only(ONE, ZERO),
    "atan": _only(ZERO, ZERO),
    "not": lambda a: Fraction(a == 0),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "min": min,
    "max": max,
    "atan2": lambda y, x: ZERO if y == 0 and x > 0 else None,
    "mod": lambda a, b: a % abs(b),
    "compare": lambda a, b: Fraction((a > b) - (a < b)),
    "and": lambda a, b: a if a == 0 else b,
    "or": lambda a, b: a if a != 0 else b,
}
