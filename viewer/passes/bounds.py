"""Interval evaluation: bounds of the values of a program over many boxes at once."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from viewer.passes.values import values
from viewer.program import Op, Program
from viewer.program.interval import Interval
from viewer.program.number import nearest

DOMAIN = 2.0**20
"""Coordinates up to here, in model units, count as ordinary. Past it, an engine that was built
on bounds over the domain must not rely on them."""


def bounds(program: Program, x: Interval, y: Interval, z: Interval) -> Iterator[Interval]:
    """Yields the bounds of each value, in order, over boxes of the given coordinates.

    The coordinates broadcast together; constants have shape (). A value's bounds are dropped
    here after its last use, so a caller that keeps none needs memory for a few only.
    """

    def apply(index: int, op: Op, operands: Sequence[Interval]) -> Interval:
        assert op.interval is not None
        return op.interval(*operands)

    return values(program, {"x": x, "y": y, "z": z}, constant, apply)


def root_bounds(program: Program, x: Interval, y: Interval, z: Interval) -> Interval:
    """The bounds of the field over boxes."""
    result = Interval.anything()
    for result in bounds(program, x, y, z):  # noqa: B007 - the last one is wanted
        pass
    return result


def constant(value: Decimal) -> Interval:
    """Bounds of a constant: what it is over the reals and rounded to float32 or float64."""
    single = nearest(value, np.float32)
    if float(single) == value:
        return Interval.given(single, single)
    return Interval.make(single, single)
