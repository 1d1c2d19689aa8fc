"""Programs in float64 at a few awkward points, each value an array, and nothing clever."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.program import OPS, Program

Array = NDArray[Any]

POINTS = (
    np.array([0.0, -0.0, 1.0, -2.5, 0.1, 1e-310, 1e300, math.pi]),
    np.array([0.0, 1.0, -0.0, 0.5, 0.1, 3.0, -1e300, -1.0]),
    np.array([0.0, 0.0, 0.25, -1.0, 0.1, 0.0, 1e10, 1.5]),
)


def point_of(name: str) -> Callable[..., Any]:
    point = OPS[name].point
    assert point is not None
    return point


def evaluated(found: Program) -> Array:
    """The field at POINTS in float64."""
    return every_value(found)[-1]


def every_value(found: Program) -> list[Array]:
    """One array a value and nothing clever."""
    coordinates = dict(zip("xyz", POINTS, strict=True))
    values: list[Array] = []
    with np.errstate(all="ignore"):
        for op, args, value, _ in found.instrs:
            if value is not None:
                values.append(np.full(len(POINTS[0]), float(value)))
            elif op.variable is not None:
                values.append(coordinates[op.variable])
            else:
                values.append(point_of(op.name)(*[values[arg] for arg in args]))
    return values
