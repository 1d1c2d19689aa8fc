"""One float64 at a time with `math`, infinities and NaN included."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from tests.oracle.reals import halves_away
from tests.oracle.text import Nodes


def value(nodes: Nodes, x: float, y: float, z: float = 0.0) -> float:
    """The field in float64, NaN and infinities as DESIGN has them."""
    point = {"var-x": x, "var-y": y, "var-z": z}
    values: list[float] = []
    for word, args, number in nodes:
        if number is not None:
            values.append(nearest(number))
        elif word in point:
            values.append(point[word])
        else:
            values.append(call(word, *[values[arg] for arg in args]))
    return values[-1]


def nearest(number: Fraction) -> float:
    """The float64 nearest to a fraction, infinite where it is too large."""
    try:
        return number.numerator / number.denominator  # rounded once, for ints of any size
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def call(word: str, *operands: float) -> float:
    """One opcode on floats. NaN in gives NaN out."""
    if any(math.isnan(operand) for operand in operands):
        return math.nan
    return FLOAT[word](*operands)


def _over(a: float, b: float) -> float:
    if b == 0:
        return math.nan if a == 0 else math.copysign(math.inf, a) * math.copysign(1, b)
    return a / b


def _times(a: float, b: float) -> float:
    return a * b


def _domain(function: Callable[[float], float]) -> Callable[[float], float]:
    """`math` raises where IEEE has NaN."""

    def guarded(a: float) -> float:
        try:
            return function(a)
        except ValueError:
            return math.nan

    return guarded


def _f_exp(a: float) -> float:
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def _f_ln(a: float) -> float:
    return -math.inf if a == 0 else math.nan if a < 0 else math.log(a)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    def rounded(a: float) -> float:
        return math.copysign(float(function(a)), a) if math.isfinite(a) else a

    return rounded


def _f_mod(a: float, b: float) -> float:
    if b == 0 or math.isinf(a):
        return math.nan
    if math.isinf(b):
        return abs(b) if a < 0 else a
    size = Fraction(abs(b))
    return nearest(Fraction(a) - size * math.floor(Fraction(a) / size))


FLOAT: Mapping[str, Callable[..., float]] = {
    "neg": lambda a: -a,
    "abs": abs,
    "recip": lambda a: _over(1.0, a),
    "sqrt": _domain(math.sqrt),
    "square": lambda a: a * a,
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "round": _whole(lambda a: int(halves_away(Fraction(a)))),
    "exp": _f_exp,
    "ln": _f_ln,
    "sin": _domain(math.sin),
    "cos": _domain(math.cos),
    "tan": _domain(math.tan),
    "asin": _domain(math.asin),
    "acos": _domain(math.acos),
    "atan": math.atan,
    "not": lambda a: float(a == 0),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": _times,
    "div": _over,
    "min": lambda a, b: a if a <= b else b,
    "max": lambda a, b: a if a >= b else b,
    "atan2": math.atan2,
    "mod": _f_mod,
    "compare": lambda a, b: float((a > b) - (a < b)),
    "and": lambda a, b: a if a == 0 else b,
    "or": lambda a, b: a if a != 0 else b,
}
