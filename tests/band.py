"""The oracle for whole pictures: the field in float64, and how far rounding may move it.

Running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.3): each
value carries a bound on the difference between what any engine of given digits computes and the
value over the reals. A pixel whose field is within that bound of zero is in the *rounding band*:
there an engine may answer either way. Everywhere else it must answer as the reals do.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.oracle import Nodes, nearest

Array = NDArray[np.float64]


class Digits(NamedTuple):
    """How well an engine computes. `unit` is the distance from 1 to the next float: any rounding
    mode is within it. `ulps` and `absolute` are what an operation may be off by beyond that."""

    dtype: Any
    unit: float
    largest: float
    tiny: float
    ulps: Mapping[str, float]
    absolute: Mapping[str, float]


DIGITS: Mapping[str, Digits] = {
    # Every libm in use is within 4 ulps.
    "float64": Digits(
        np.float64,
        2.0**-52,
        float(np.finfo(np.float64).max),
        float(np.finfo(np.float64).smallest_normal),
        dict.fromkeys(("exp", "ln", "sin", "cos", "tan", "asin", "acos", "atan", "atan2"), 4.0),
        {},
    ),
    # GLSL 4.60, 4.7.1, and Vulkan 1.3, "Precision and Operation of SPIR-V Instructions", for
    # those that GLSL leaves open.
    "float32": Digits(
        np.float32,
        2.0**-23,
        float(np.finfo(np.float32).max),
        float(np.finfo(np.float32).smallest_normal),
        {"div": 2.5, "recip": 2.5, "sqrt": 4.5, "exp": 8.0, "ln": 4.0, "mod": 4.0, "tan": 4.0}
        | dict.fromkeys(("atan", "atan2", "asin", "acos"), 64.0),
        {"ln": 2.0**-21, "sin": 2.0**-11, "cos": 2.0**-11, "tan": 2.0**-11, "exp": 0.0}
        | dict.fromkeys(("asin", "acos"), 2.0**-20),
    ),
}


class Band(NamedTuple):
    """The field, and how far from it an engine's may be: infinite where nothing can be said.
    A NaN with an error of 0 is a sure NaN."""

    field: Array
    error: Array


def band(nodes: Nodes, x: Band, y: Band, z: float, digits: Digits) -> Band:
    """The field at points (arrays that broadcast) in float64, with its running error."""
    last = {arg: index for index, node in enumerate(nodes) for arg in node.args}
    point = {"var-x": x, "var-y": y, "var-z": Band(np.array(z), np.array(0.0))}
    live: dict[int, Band] = {}
    with np.errstate(all="ignore"):
        for index, (word, args, number) in enumerate(nodes):
            if number is not None:
                live[index] = _constant(number, digits)
            elif word in point:
                live[index] = point[word]
            else:
                live[index] = _stepped(word, [live[arg] for arg in args], digits)
            for arg in set(args):
                if last[arg] == index:
                    del live[arg]
    return live[len(nodes) - 1]


def _constant(number: Fraction, digits: Digits) -> Band:
    double = nearest(number)
    with np.errstate(over="ignore"):
        single = float(digits.dtype(double))
    same = math.isfinite(single) and Fraction(single) == number
    return Band(np.array(double), np.array(0 if same else digits.unit * abs(double)))


def _stepped(word: str, operands: list[Band], digits: Digits) -> Band:
    fields = [operand.field for operand in operands]
    errors = [operand.error for operand in operands]
    unknown = reduce(np.logical_or, [~np.isfinite(error) for error in errors])
    not_a_number = reduce(np.logical_or, [np.isnan(field) for field in fields])
    field = np.where(not_a_number, np.nan, ARRAY[word](*fields))
    error = SPREAD[word](*fields, *errors)
    if word not in EXACT:
        ulps = 1 + digits.ulps.get(word, 0.0)
        error = error + ulps * digits.unit * abs(field) + digits.absolute.get(word, 0.0)
        # A result that is exactly zero has no last place; one that underflows may be flushed.
        error = np.where(abs(field) + error < digits.tiny, error + digits.tiny, error)
        error = np.where((field == 0) & (error == digits.tiny), 0.0, error)
    error = np.where(not_a_number, 0.0, error)
    lost = unknown | np.isnan(error) | (abs(field) + error > digits.largest)
    return Band(field, np.where(lost, np.inf, error))


EXACT = ("neg", "abs", "floor", "ceil", "round", "not", "min", "max", "compare", "and", "or")


def _a_round(a: Array) -> Array:
    whole: Array = np.trunc(a)
    return whole + np.where(abs(a - whole) >= 0.5, np.copysign(1, a), 0)


def _a_mod(a: Array, b: Array) -> Array:
    size = abs(b)
    rest: Array = np.fmod(a, size)
    return np.where(rest < 0, rest + size, rest)


ARRAY: Mapping[str, Callable[..., Any]] = {
    "neg": lambda a: -a,
    "abs": abs,
    "recip": lambda a: 1 / a,
    "sqrt": np.sqrt,
    "square": lambda a: a * a,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": _a_round,
    "exp": np.exp,
    "ln": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "not": lambda a: np.where(a == 0, 1.0, 0.0),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "min": lambda a, b: np.where(a < b, a, b),
    "max": lambda a, b: np.where(a > b, a, b),
    "atan2": np.arctan2,
    "mod": _a_mod,
    "compare": lambda a, b: np.where(a > b, 1.0, np.where(a < b, -1.0, 0.0)),
    "and": lambda a, b: np.where(a == 0, a, b),
    "or": lambda a, b: np.where(a == 0, b, a),
}


def _jump(function: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    return lambda a, e: function(a + e) - function(a - e)


def _s_recip(a: Array, e: Array) -> Array:
    clear = abs(a) > e
    return np.where(clear, e / (abs(a) * (abs(a) - e)), np.inf)


def _s_div(a: Array, b: Array, ea: Array, eb: Array) -> Array:
    return np.where(abs(b) > eb, (ea + abs(a / b) * eb) / (abs(b) - eb), np.inf)


def _half_line(steepest: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """Of sqrt and ln: surely NaN to the left of zero, unknown about zero."""

    def spread(a: Array, e: Array) -> Array:
        right = (a - e > 0) | ((a == 0) & (e == 0))
        inner = np.where(e == 0, 0.0, steepest(a, e))
        return np.where(right, inner, np.where(a + e < 0, 0.0, np.inf))

    return spread


def _within(function: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """Of asin and acos: surely NaN outside [-1, 1], unknown about its ends."""

    def spread(a: Array, e: Array) -> Array:
        reach = abs(function(np.minimum(abs(a) + e, 1)) - function(abs(a) - e))
        return np.where(abs(a) + e <= 1, reach, np.where(abs(a) - e > 1, 0.0, np.inf))

    return spread


def _s_tan(a: Array, e: Array) -> Array:
    slope = abs(np.cos(a)) - e
    return np.where(slope > 0, e / slope**2, np.inf)


def _s_atan2(y: Array, x: Array, ey: Array, ex: Array) -> Array:
    off = (ex + ey) / np.hypot(x, y)
    across = (x - ex <= 0) & (abs(y) <= ey) & (ey > 0)
    return np.where((off < 1) & ~across, np.arcsin(np.minimum(off, 1)), np.inf)


def _s_mod(a: Array, b: Array, ea: Array, eb: Array) -> Array:
    quotient = a / abs(b)
    spread = _s_div(a, b, ea, eb) + abs(quotient) * 2.0**-21 * (ea + eb > 0)
    times = np.floor(quotient)
    same = (np.floor(quotient - spread) == times) & (np.floor(quotient + spread) == times)
    rounding = (abs(a) + abs(b)) * np.where(ea + eb > 0, 2.0**-20, 2.0**-50)
    return np.where(same, ea + abs(times) * eb + rounding, np.inf)


def _s_choose(least: bool) -> Callable[..., Array]:
    def spread(a: Array, b: Array, ea: Array, eb: Array) -> Array:
        gap = (b - a) if least else (a - b)  # above zero where `a` is chosen
        surely_a, surely_b = gap > ea + eb, -gap > ea + eb
        return np.where(surely_a, ea, np.where(surely_b, eb, np.maximum(ea, eb)))

    return spread


def _s_test(a: Array, e: Array, then: Array | float, other: Array | float, both: Any) -> Array:
    """Of a test whether `a` is zero: the error of each answer, and where it may be either."""
    return np.where(abs(a) > e, other, np.where((a == 0) & (e == 0), then, both))


SPREAD: Mapping[str, Callable[..., Any]] = {
    "neg": lambda a, e: e,
    "abs": lambda a, e: e,
    "recip": _s_recip,
    "sqrt": _half_line(lambda a, e: np.sqrt(a) - np.sqrt(a - e)),
    "square": lambda a, e: 2 * abs(a) * e + e * e,
    "floor": _jump(np.floor),
    "ceil": _jump(np.ceil),
    "round": _jump(_a_round),
    "exp": lambda a, e: np.exp(a) * np.expm1(e),
    "ln": _half_line(lambda a, e: -np.log1p(-e / a)),
    "sin": lambda a, e: e,
    "cos": lambda a, e: e,
    "tan": _s_tan,
    "asin": _within(np.arcsin),
    "acos": _within(np.arccos),
    "atan": lambda a, e: e,
    "not": lambda a, e: _s_test(a, e, 0.0, 0.0, 1.0),
    "add": lambda a, b, ea, eb: ea + eb,
    "sub": lambda a, b, ea, eb: ea + eb,
    "mul": lambda a, b, ea, eb: abs(a) * eb + abs(b) * ea + ea * eb,
    "div": _s_div,
    "min": _s_choose(True),
    "max": _s_choose(False),
    "atan2": _s_atan2,
    "mod": _s_mod,
    "compare": lambda a, b, ea, eb: _s_test(a - b, ea + eb, 0.0, 0.0, 2.0),
    "and": lambda a, b, ea, eb: _s_test(a, ea, 0.0, eb, ea + eb + abs(b)),
    "or": lambda a, b, ea, eb: _s_test(a, ea, eb, ea, ea + eb + abs(b)),
}
