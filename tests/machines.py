"""Machines that a program may run on: float64, float32, and float32 as drivers may have it.

GLSL leaves the rounding mode open, may flush subnormals to zero, and promises little for most
functions. `computed` runs one op as such a machine might, on arrays.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.program import Op, Program

Array = NDArray[Any]

NORMAL = np.float32(2.0**-126)
EXACT = (
    *("neg", "abs", "floor", "ceil", "round", "not", "min", "max", "compare", "and", "or"),
    "mod",  # ours, with no promise by the driver; it has its own law
)


def ulp(r: Array) -> Any:
    """The distance of floats next to `r` (`np.spacing` of the largest one is infinite)."""
    return np.spacing(np.minimum(abs(r), np.float32(2.0**127)))


# By how much a result may be off: of the result r and the operands. GLSL 4.60 section 4.7.1, and
# Vulkan 1.3, "Precision and Operation of SPIR-V Instructions", for those that GLSL leaves open.
DRIFT: Mapping[str, Callable[..., Any]] = {
    "div": lambda r, *a: 2.5 * ulp(r),
    "recip": lambda r, *a: 2.5 * ulp(r),
    "sqrt": lambda r, *a: 4.5 * ulp(r),
    "exp": lambda r, a: (3 + 2 * abs(a)) * ulp(r),
    "ln": lambda r, a: np.where(abs(a - 1.25) <= 0.75, 2.0**-21, 3 * ulp(r)),
    "sin": lambda r, a: np.where(abs(a) <= np.pi, 2.0**-11, 0),
    "cos": lambda r, a: np.where(abs(a) <= np.pi, 2.0**-11, 0),
    "tan": lambda r, a: np.where(abs(a) <= np.pi, _tangent_drift(a), 0),
    "asin": lambda r, a: 4096 * ulp(r),
    "acos": lambda r, a: 4096 * ulp(r),
    "atan": lambda r, a: 4096 * ulp(r),
    "atan2": lambda r, *a: 4096 * ulp(r),
}


def _tangent_drift(a: Array) -> Any:
    """It is the quotient of sin and cos."""
    s, c = abs(np.sin(a.astype(np.float64))), abs(np.cos(a.astype(np.float64)))
    drift = (s + 2.0**-11) / (c - 2.0**-11) - s / c
    return np.where(c > 2.0**-10, drift, 0)


class Machine(NamedTuple):
    """`way` is -1 or 1 for results that are all as low or as high as may be, 0 for the nearest."""

    name: str
    dtype: Any
    way: int = 0
    flush: bool = False


MACHINES = (
    Machine("float64", np.float64),
    Machine("float32", np.float32),
    Machine("float32 down", np.float32, -1),
    Machine("float32 up", np.float32, 1),
    Machine("float32 flushed", np.float32, 0, True),
    Machine("float32 down, flushed", np.float32, -1, True),
    Machine("float32 up, flushed", np.float32, 1, True),
)


def computed(op: Op, args: list[Array], machine: Machine) -> Array:
    """The op on operands of the machine's type."""
    assert op.point is not None
    if machine.flush:
        args = [_flushed(arg) for arg in args]
    result: Array = op.point(*args)
    if machine.way and op.name not in EXACT:
        exact = op.point(*[arg.astype(np.float64) for arg in args])
        result = _directed(op, result, exact, args, machine.way)
    return _flushed(result) if machine.flush else result


def _flushed(a: Array) -> Array:
    return np.where(abs(a) < NORMAL, a * 0, a)


def _directed(op: Op, result: Array, exact: Array, args: list[Array], way: int) -> Array:
    """Rounded one way, and off as far as the driver may be, but not across zero."""
    toward = np.float32(way * np.inf)
    beyond = result < exact if way > 0 else result > exact
    moved = np.where(beyond & np.isfinite(exact), np.nextafter(result, toward), result)
    if op.name in DRIFT:
        off = (moved + way * DRIFT[op.name](moved, *args)).astype(np.float32)
        moved = np.where(np.isfinite(exact) & (exact != 0) & np.isfinite(moved), off, moved)
    if op.name not in ("ln", "sin", "cos", "tan"):  # whose errors are absolute
        moved = np.where(np.sign(moved) * np.sign(exact) < 0, np.float32(0), moved)
    if op.name in ("sin", "cos"):
        moved = np.clip(moved, np.float32(-1), np.float32(1))
    return moved


def run(program: Program, point: Mapping[str, Array], machine: Machine) -> list[Array]:
    """Every value of a program at points: arrays of one shape for x, y and z."""
    values: list[Array] = []
    with np.errstate(all="ignore"):
        for op, args, value, _ in program.instrs:
            if value is not None:
                constant = np.full_like(point["x"], _rounded(value, machine.dtype), machine.dtype)
                values.append(_flushed(constant) if machine.flush else constant)
            elif op.variable is not None:
                given = point[op.variable].astype(machine.dtype)
                values.append(_flushed(given) if machine.flush else given)
            else:
                values.append(computed(op, [values[arg] for arg in args], machine))
    return values


def _rounded(value: Decimal, dtype: Any) -> Any:
    return dtype(float(value))
