"""Which rows of a picture may have pixels where a program has no value, as bounds tell."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from viewer.passes.cells import nan_possible
from viewer.program import Program
from viewer.sign.coarse import Field, Lattice, between, cuts, rectangles
from viewer.sign.tiles import Anchor
from viewer.view import Grid

DOWN, ACROSS = 24, 16
"""How many cells a picture is cut into."""
PARTS = 32
"""How many a square is cut into along each side."""


def may_be_undefined(program: Program) -> bool:
    """Whether a program may be without a value anywhere near home."""
    return bool(nan_possible(program)[program.root])


def doubtful_rows(program: Program, grid: Grid, field: Field | None = None) -> range:
    """The rows that may have such pixels: none where bounds exclude it, all where they tell
    nothing. Linear in the program, for some hundred boxes. `field`: that of the program, if it is
    there."""
    cells = Lattice.of(grid, DOWN, ACROSS)
    if cells is None:
        return range(grid.height)
    found = (field or Field(program)).over(cells.x, cells.y, (grid.z, grid.z)).maybe_nan
    (doubtful,) = np.nonzero(found.any(axis=1))
    if not len(doubtful):
        return range(0)
    return range(int(cells.rows[doubtful[0]]), int(cells.rows[doubtful[-1] + 1]))


def doubtful_boxes(
    field: Field, square: Anchor, z: tuple[Fraction, Fraction]
) -> NDArray[np.float64]:
    """The boxes of a square that may have points without a value at some height between two: left,
    bottom, right and top in model units, shape (n, 4)."""
    x, y = (cuts(at - square.half, at + square.half, PARTS) for at in (square.x, square.y))
    found = rectangles(field.over(between(x), between(y), z).maybe_nan)
    return np.stack([x[found.left], y[found.top], x[found.right], y[found.bottom]], axis=1).astype(
        np.float64
    )
