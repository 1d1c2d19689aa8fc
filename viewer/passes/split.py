"""The root's min or max as several programs, each with the box outside which it does not matter.

A shape is mostly a union: `min(a, min(b, ...))` of parts that are small. A point is inside the
union where one of the parts is negative, so each part need only be drawn where its bounds allow
it to be negative, and parts that are close together can share a program. For a `max` at the root
the same holds of the outside. (Found by running into it: see also Keeter 2020, where the same
bounds cut a program down tile by tile.)
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.passes.bounds import DOMAIN
from viewer.passes.cells import AXES, Cells, Layers, domain_cells, domain_edges, reachable
from viewer.program import Instr, Program
from viewer.program.interval import Bound

_WORK = 2**23
"""Bounds computed in one round: the size of the cells follows from it."""
_ROUNDS = 4
"""Rounds of ever finer cells; each starts from the extent that the one before it found."""
_WORTH = 0.75
"""A split must save at least a quarter of the operations per pixel of the extent."""
_GROWTH = 2.0
"""The pieces may hold this many times the program's operations together (compile time)."""


class Box(NamedTuple):
    """A closed rectangle in model units, y up."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def area(self) -> float:
        return max(0.0, self.x1 - self.x0) * max(0.0, self.y1 - self.y0)


class Piece(NamedTuple):
    """A program, and the box outside which it cannot change the picture (None: everywhere)."""

    program: Program
    box: Box | None


class Split(NamedTuple):
    """Pieces of one program, with the same picture as the whole for |x|, |y|, |z| <= DOMAIN.

    "min": a point is inside where it is inside any piece. "max": a point is outside where it is
    outside any piece. There may be no piece at all: then nothing is inside, or everything.
    """

    combine: Literal["min", "max"]
    pieces: tuple[Piece, ...]


def split(program: Program, pieces: int) -> Split:
    """At most `pieces` pieces of about the same number of operations.

    A single one where the root is neither min nor max, where a value may be NaN (it would have
    to show through every other piece), or where the parts are not apart, so that nothing is won.
    """
    whole = Split("min", (Piece(program, None),))
    root = program.instrs[program.root].op
    if pieces < 2 or root.name not in ("min", "max"):
        return whole
    combine: Literal["min", "max"] = "min" if root.name == "min" else "max"
    operands = _operands(program)
    regions = _regions(program, operands, combine)
    if regions is None:
        return whole
    mattering = [row for row, box in enumerate(regions.boxes) if box.area >= 0 and box.x0 <= box.x1]
    weights = _weights(program, operands)
    while pieces > 1:
        groups = _groups(mattering, regions.boxes, weights, regions.extent, pieces)
        found = tuple(
            Piece(_join(program, [operands[row] for row in group]), _hull(group, regions.boxes))
            for group in groups
        )
        if _worth_it(program, found, regions.extent):
            return Split(combine, found)
        pieces //= 2
    return whole
