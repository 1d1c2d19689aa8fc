"""Interval evaluation: bounds of the values of a program over many boxes at once."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from viewer.program import Program
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
    last = program.last_uses()
    coordinates = {"x": x, "y": y, "z": z}
    live: dict[int, Interval] = {}
    with np.errstate(all="ignore"):
        for index, (op, args, value, _) in enumerate(program.instrs):
            if op.variable is not None:
                result = coordinates[op.variable]
            elif value is not None:
                result = constant(value)
            else:
                assert op.interval is not None
                result = op.interval(*[live[arg] for arg in args])
            live[index] = result
            for arg in {*args, index}:
                if last[arg] == index:
                    del live[arg]
            yield result


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
