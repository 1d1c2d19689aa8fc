"""Values over the reals at one point, as closely as asked: a fraction where they are one, else a
ball that holds them.

A value is a fraction (`fmpq`) as long as the operations are rational and it is not too long, and
then a ball (`arb`): a midpoint and a radius that hold what it is over the reals, in FLINT's
current precision. FLINT's balls are rigorous (F. Johansson, "Arb: Efficient Arbitrary-Precision
Midpoint-Radius Interval Arithmetic", 2017), and give NaN where they cannot exclude that a function
has no value.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flint import arb, fmpq, fmpz

Value = arb | fmpq
LONGEST = 20_000
"""Bits of a fraction's numerator or denominator; a longer one goes on as a ball."""


@dataclass(frozen=True, slots=True)
class Real:
    """An op on such values.

    ball: a ball that holds the value; NaN where there may be none, None where there is none.
    rational: the value of fractions, or None where it is none.
    chosen: of a choice that is clear the operand itself, else None.
    pole: whether the reals surely have no value, or no single one, where floats have.
    """

    ball: Callable[..., arb | None]
    rational: Callable[..., fmpq | None] = lambda *_: None
    chosen: Callable[..., Value | None] = lambda *_: None
    pole: Callable[..., bool] = lambda *_: False

    def __call__(self, *operands: Value) -> Value | None:
        """The value, exact where it can be; None where there is none."""
        chosen = self.chosen(*operands)
        if chosen is not None:
            return chosen
        if all(isinstance(operand, fmpq) for operand in operands):
            exact = self.rational(*operands)
            if exact is not None and exact.height_bits() <= LONGEST:
                return exact
        return self.ball(*[arb(operand) for operand in operands])


_ZERO, _ONE, _HALF = fmpq(0), fmpq(1), fmpq(1, 2)
_UNIT = arb(0, 1)


def _flag(condition: bool) -> fmpq:
    return _ONE if condition else _ZERO


def _only(argument: fmpq, value: fmpq) -> Callable[[fmpq], fmpq | None]:
    """A function of which one rational value is used."""
    return lambda a: value if a == argument else None


def _root(a: fmpq) -> fmpq | None:
    if a < 0:
        return None
    p, q = a.p.isqrt(), a.q.isqrt()
    return fmpq(p, q) if p * p == a.p and q * q == a.q else None


def _rounded(a: fmpq) -> fmpq:
    """Halves away from zero."""
    return fmpq((a + _HALF).floor() if a >= 0 else (a - _HALF).ceil())


def _rest(a: fmpq, b: fmpq) -> fmpq | None:
    size = abs(b)
    return a - size * (a / size).floor() if size else None


def _sqrt(a: arb) -> arb | None:
    return None if a < 0 else a.sqrt()


def _ln(a: arb) -> arb | None:
    return None if a < 0 else a.log()


def _asin(a: arb) -> arb | None:
    return None if a > 1 or a < -1 else a.asin()


def _acos(a: arb) -> arb | None:
    return None if a > 1 or a < -1 else a.acos()


def _round(a: arb) -> arb:
    up, down = (a + _HALF).floor(), (a - _HALF).ceil()
    if a >= 0:
        return up
    return down if a < 0 else up.union(down)


def _atan2(y: arb, x: arb) -> arb:
    """On the cut the reals do not say which of the two angles is meant: zero has no sign."""
    return arb("nan") if y.contains(0) and not x > 0 else arb.atan2(y, x)


def _mod(a: arb, b: arb) -> arb | None:
    if b == 0:
        return None
    size = abs(b)
    times = (a / size).floor()
    if times.is_nan():
        return times
    whole: fmpz | None = times.unique_fmpz()
    # Where the whole part is in doubt, anything from 0 to the size is.
    return size * (_UNIT + 1) / 2 if whole is None else a - size * whole


def _order(a: arb, b: arb) -> arb:
    if a < b or a > b:
        return arb(1 if a > b else -1)
    if a <= b or a >= b:
        return arb(0) if a == b else arb(0).union(arb(1 if a >= b else -1))
    return _UNIT


def _not(a: arb) -> arb:
    return arb(0) if a != 0 else arb(1) if a == 0 else (_UNIT + 1) / 2


NEG = Real(lambda a: -a, rational=lambda a: -a)
ABSOLUTE = Real(abs, rational=abs)
RECIP = Real(
    lambda a: 1 / a, rational=lambda a: _ONE / a if a else None, pole=lambda a: bool(a == 0)
)
SQRT = Real(_sqrt, rational=_root)
SQUARE = Real(lambda a: a * a, rational=lambda a: a * a)
FLOOR = Real(arb.floor, rational=lambda a: fmpq(a.floor()))
CEIL = Real(arb.ceil, rational=lambda a: fmpq(a.ceil()))
ROUND = Real(_round, rational=_rounded)
EXP = Real(arb.exp, rational=_only(_ZERO, _ONE))
LN = Real(_ln, rational=_only(_ONE, _ZERO), pole=lambda a: bool(a == 0))
SIN = Real(arb.sin, rational=_only(_ZERO, _ZERO))
COS = Real(arb.cos, rational=_only(_ZERO, _ONE))
TAN = Real(arb.tan, rational=_only(_ZERO, _ZERO))
ASIN = Real(_asin, rational=_only(_ZERO, _ZERO))
ACOS = Real(_acos, rational=_only(_ONE, _ZERO))
ATAN = Real(arb.atan, rational=_only(_ZERO, _ZERO))
NOT = Real(_not, rational=lambda a: _flag(a == 0))
ADD = Real(lambda a, b: a + b, rational=lambda a, b: a + b)
SUB = Real(lambda a, b: a - b, rational=lambda a, b: a - b)
MUL = Real(lambda a, b: a * b, rational=lambda a, b: a * b)
DIV = Real(
    lambda a, b: a / b, rational=lambda a, b: a / b if b else None, pole=lambda a, b: bool(b == 0)
)
MINIMUM = Real(arb.min, chosen=lambda a, b: a if a <= b else b if b <= a else None)
MAXIMUM = Real(arb.max, chosen=lambda a, b: a if a >= b else b if b >= a else None)
ATAN2 = Real(
    _atan2,
    rational=lambda y, x: _ZERO if y == 0 and x > 0 else None,
    pole=lambda y, x: bool(y == 0 and (x < 0 or x == 0)),
)
MODULO = Real(_mod, rational=_rest)
COMPARE = Real(_order, rational=lambda a, b: _flag(a > b) - _flag(a < b))
AND = Real(lambda a, b: b.union(arb(0)), chosen=lambda a, b: b if a != 0 else a if a == 0 else None)
OR = Real(arb.union, chosen=lambda a, b: a if a != 0 else b if a == 0 else None)
