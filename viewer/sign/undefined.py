"""Which rows of a picture may have pixels where a program has no value, as bounds tell."""

from __future__ import annotations

import numpy as np

from viewer.passes.bounds import DOMAIN, root_bounds
from viewer.passes.cells import nan_possible
from viewer.program import Program
from viewer.program.interval import Interval
from viewer.program.number import nearest
from viewer.view import Grid

DOWN, ACROSS = 24, 16
"""How many cells a picture is cut into."""
FINEST = 2.0**-20
"""Distances of samples, in model units, below which bounds of float32 tell nothing."""


def may_be_undefined(program: Program) -> bool:
    """Whether a program may be without a value anywhere near home."""
    return bool(nan_possible(program)[program.root])


def doubtful_rows(program: Program, grid: Grid) -> range:
    """The rows that may have such pixels: none where bounds exclude it, all where they tell
    nothing. Linear in the program, for some hundred boxes."""
    whole, block = range(grid.height), grid.whole
    xs, ys = grid.xs(block, np.float32), grid.ys(block, np.float32)
    half = nearest(grid.half, np.float32)
    far = max(np.abs(xs).max(), np.abs(ys).max()) >= DOMAIN
    if far or not np.isfinite(half) or half < FINEST:
        return whole
    rows = np.linspace(0, grid.height, min(DOWN, grid.height) + 1).astype(int)
    columns = np.linspace(0, grid.width, min(ACROSS, grid.width) + 1).astype(int)
    x = Interval.given(xs[columns[:-1]] - half, xs[columns[1:] - 1] + half)
    low, high = ys[rows[1:] - 1] - half, ys[rows[:-1]] + half
    y = Interval.given(low[:, np.newaxis], high[:, np.newaxis])
    z = nearest(grid.z, np.float32)
    found = root_bounds(program, x, y, Interval.given(z, z)).maybe_nan
    cells = np.broadcast_to(found, (len(rows) - 1, len(columns) - 1))
    (doubtful,) = np.nonzero(cells.any(axis=1))
    if not len(doubtful):
        return range(0)
    return range(int(rows[doubtful[0]]), int(rows[doubtful[-1] + 1]))
