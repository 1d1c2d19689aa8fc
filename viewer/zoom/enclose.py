"""The field at one point, as closely as asked: rational where it is, else a ball that holds it.

A value is a fraction (`fmpq`) as long as the operations are rational and it is not too long, and
then a ball (`arb`): a midpoint and a radius that hold what it is over the reals. FLINT's balls are
rigorous (F. Johansson, "Arb: Efficient Arbitrary-Precision Midpoint-Radius Interval Arithmetic",
2017), and give NaN where they cannot exclude that a function has no value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from flint import arb, fmpq, fmpz

from viewer.program import Program
from viewer.zoom.balls import ANYTHING

Value = arb | fmpq
LONGEST = 20_000
"""Bits of a fraction's numerator or denominator; a longer one goes on as a ball."""


class Enclosed(NamedTuple):
    """value: None where it surely does not exist.   sure: whether it surely does, if not None.
    pole: it surely has none, or two, but floats have; no precision will tell more."""

    value: Value | None
    sure: bool = True
    pole: bool = False

    def below(self) -> bool | None:
        """Whether there is a value below zero; None where this does not tell."""
        if self.value is None or self.value >= 0:
            return False
        return True if self.value < 0 and self.sure else None


def enclose(program: Program, point: Mapping[str, Value], numbers: Mapping[int, Value]) -> Enclosed:
    """The field at a point, in FLINT's current precision.

    `numbers` are the program's constants, by index. Given as balls, those and the coordinates make
    all values balls: quicker, but never exact.
    """
    values: list[Value] = []
    sure, pole = True, False
    for index, (op, args, _, _) in enumerate(program.instrs):
        if index in numbers:
            values.append(numbers[index])
            continue
        if op.variable is not None:
            values.append(point[op.variable])
            continue
        value = applied(op.name, [values[arg] for arg in args])
        if value is None:  # and so is all that is made of it
            return Enclosed(None)
        if isinstance(value, arb) and value.is_nan():
            sure, value = False, ANYTHING
            pole = pole or (op.name in POLES and POLES[op.name](*[values[arg] for arg in args]))
        values.append(value)
    return Enclosed(values[-1], sure, pole)


def applied(name: str, operands: Sequence[Value]) -> Value | None:
    """An operation on values that there are: exact where it can be; NaN where a function may have
    no value, None where it has none."""
    if name in CHOSEN:
        chosen = CHOSEN[name](*operands)
        if chosen is not None:
            return chosen
    if all(isinstance(operand, fmpq) for operand in operands):
        exact = RATIONAL[name](*operands)
        if exact is not None and exact.height_bits() <= LONGEST:
            return exact
    return BALLS[name](*[arb(operand) for operand in operands])


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


CHOSEN: Mapping[str, Callable[[Value, Value], Value | None]] = {
    "min": lambda a, b: a if a <= b else b if b <= a else None,
    "max": lambda a, b: a if a >= b else b if b >= a else None,
    "and": lambda a, b: b if a != 0 else a if a == 0 else None,
    "or": lambda a, b: a if a != 0 else b if a == 0 else None,
}
"""Choices that are clear: the operand itself, which may be a fraction."""

RATIONAL: Mapping[str, Callable[..., fmpq | None]] = {
    "neg": lambda a: -a,
    "abs": abs,
    "recip": lambda a: _ONE / a if a else None,
    "sqrt": _root,
    "square": lambda a: a * a,
    "floor": lambda a: fmpq(a.floor()),
    "ceil": lambda a: fmpq(a.ceil()),
    "round": _rounded,
    "exp": _only(_ZERO, _ONE),
    "ln": _only(_ONE, _ZERO),
    "sin": _only(_ZERO, _ZERO),
    "cos": _only(_ZERO, _ONE),
    "tan": _only(_ZERO, _ZERO),
    "asin": _only(_ZERO, _ZERO),
    "acos": _only(_ONE, _ZERO),
    "atan": _only(_ZERO, _ZERO),
    "not": lambda a: _flag(a == 0),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b if b else None,
    "atan2": lambda y, x: _ZERO if y == 0 and x > 0 else None,
    "mod": _rest,
    "compare": lambda a, b: _flag(a > b) - _flag(a < b),
}
"""By opcode: the value of fractions, or None where it is none."""


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


BALLS: Mapping[str, Callable[..., arb | None]] = {
    "neg": lambda a: -a,
    "abs": abs,
    "recip": lambda a: 1 / a,
    "sqrt": _sqrt,
    "square": lambda a: a * a,
    "floor": arb.floor,
    "ceil": arb.ceil,
    "round": _round,
    "exp": arb.exp,
    "ln": _ln,
    "sin": arb.sin,
    "cos": arb.cos,
    "tan": arb.tan,
    "asin": _asin,
    "acos": _acos,
    "atan": arb.atan,
    "not": _not,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "min": arb.min,
    "max": arb.max,
    "atan2": _atan2,
    "mod": _mod,
    "compare": _order,
    "and": lambda a, b: b.union(arb(0)),
    "or": arb.union,
}
"""By opcode: a ball that holds the value; NaN where there may be none, None where there is none."""

POLES: Mapping[str, Callable[..., bool]] = {
    "recip": lambda a: bool(a == 0),
    "ln": lambda a: bool(a == 0),
    "div": lambda a, b: bool(b == 0),
    "atan2": lambda y, x: bool(y == 0 and (x < 0 or x == 0)),
}
"""By opcode: whether the reals surely have no value, or no single one, where floats have."""
