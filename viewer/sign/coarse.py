"""Bounds of a program's field over the cells of a picture, and a picture's cover by them alone.

That is quick enough for a slice that moves with every frame: what bounds decide is flat, the rest
is for a shader of the whole program. A slice that rests is worked out in tiles, which takes some
ten times as long and leaves far less.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.passes.bounds import DOMAIN
from viewer.passes.cells import Cells, Layers
from viewer.program import Program
from viewer.program.interval import Bound, Interval
from viewer.program.number import nearest
from viewer.sign.cover import Cover, visible
from viewer.sign.layout import Ints
from viewer.view import Block, Grid

CELLS = 768
"""Cells in a picture, about: what costs is that they are looked at, more than how many they are."""
FINEST = 2.0**-20
"""Distances of samples, in model units, below which bounds of float32 tell nothing."""
FRAMES = 4
"""Frames that bounds should serve while the slice moves."""
THICKEST = Fraction(1, 8)
"""Heights that bounds are taken over together, at most: over more they tell little."""
SLABS = 256
"""Covers of one picture at different heights that are kept: a slice that goes up comes down."""
_NONE = np.empty((0, 4), np.int32)

Indices = NDArray[np.intp]


class Field:
    """Bounds of one program's field. Making one is nothing: it is prepared when it is asked."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._layers: Layers | None = None

    def over(self, x: Interval, y: Interval, z: tuple[Fraction, Fraction]) -> Interval:
        """Over every cell of some columns and rows, and heights from one to another: shape (rows,
        columns)."""
        if self._layers is None:
            self._layers = Layers.of(self._program, [range(len(self._program))])
        shape = len(y.lower), len(x.lower)
        heights = Interval.given(*(nearest(height, np.float32) for height in z))
        corners = []
        for across, down, height in (
            (x.lower, y.lower, heights.lower),
            (x.upper, y.upper, heights.upper),
        ):
            axes = np.broadcast_arrays(across[np.newaxis, :], down[:, np.newaxis], height)
            corners.append(np.array(axes, np.float32).reshape(3, 1, -1))
        found = self._layers.bounds(Cells(*corners), np.array([self._program.root]))
        return Interval(found.lower.reshape(shape), found.upper.reshape(shape))


class Lattice(NamedTuple):
    """The cells of a picture: where its rows and columns are cut, in pixels, and the coordinates
    of the samples in them, half a pixel more on every side."""

    rows: Ints
    columns: Ints
    x: Interval
    y: Interval

    @staticmethod
    def of(grid: Grid, down: int, across: int) -> Lattice | None:
        """None where bounds would tell nothing."""
        if not bounded(grid):
            return None
        half = nearest(grid.half, np.float32)
        xs, ys = (axis(grid.whole, np.float32) for axis in (grid.xs, grid.ys))
        rows, columns = (
            np.linspace(0, count, max(1, min(count, parts)) + 1).astype(np.int32)
            for count, parts in ((grid.height, down), (grid.width, across))
        )
        x = Interval.given(xs[columns[:-1]] - half, xs[columns[1:] - 1] + half)
        y = Interval.given(ys[rows[1:] - 1] - half, ys[rows[:-1]] + half)
        return Lattice(rows, columns, x, y)

    def pixels(self, chosen: NDArray[np.bool_]) -> Ints:
        """Chosen cells as rectangles: left, top, width and height, shape (n, 4)."""
        left, top, right, bottom = rectangles(chosen)
        corner = self.columns[left], self.rows[top]
        size = self.columns[right] - corner[0], self.rows[bottom] - corner[1]
        return np.stack([*corner, *size], axis=1).astype(np.int32)


def bounded(grid: Grid) -> bool:
    """Whether bounds tell anything of a picture: neither far away nor deep down."""
    if (half := grid.half) < FINEST:
        return False
    return max(abs(grid.view.x), abs(grid.view.y)) + max(grid.size) * half < DOMAIN


class Slab(NamedTuple):
    """Heights from one to another."""

    low: Fraction
    high: Fraction

    def holds(self, z: Fraction) -> bool:
        """Whether a height is one of them."""
        return self.low <= z <= self.high


class Coarse:
    """Covers of one program's pictures, near home. For one thread."""

    def __init__(self, program: Program) -> None:
        self._field = Field(program)
        self._height, self._slab = Fraction(0), Slab(Fraction(0), Fraction(0))
        self._known: tuple[Grid, dict[Slab, Cover]] | None = None

    def cover(self, grid: Grid, block: Block) -> Cover:
        """The cover of a block: nothing in it is left to tests."""
        moved, self._height = abs(grid.z - self._height), grid.z
        if not self._slab.holds(grid.z) or self._slab.low == self._slab.high:
            self._slab = _slab(grid.z, moved)
        found, whole = self._covered(grid, self._slab), np.array([block], np.int32)
        return Cover(whole, _clipped(found.inside, block), _clipped(found.rest, block), {})

    def _covered(self, grid: Grid, slab: Slab) -> Cover:
        """That of the picture, wherever in a slab its slice is."""
        plane = replace(grid, z=Fraction(0))
        if self._known is None or self._known[0] != plane:
            self._known = plane, {}
        covers = self._known[1]
        if slab not in covers:
            if len(covers) == SLABS:
                covers.clear()
            covers[slab] = self._bounded(grid, slab)
        return covers[slab]

    def _bounded(self, grid: Grid, slab: Slab) -> Cover:
        whole = np.array([grid.whole], np.int32)
        side = max(1.0, (grid.width * grid.height / CELLS) ** 0.5)
        cells = Lattice.of(grid, round(grid.height / side), round(grid.width / side))
        if cells is None:
            return Cover(whole, _NONE, whole, {})
        found = self._field.over(cells.x, cells.y, slab)
        inside, outside = found.upper < 0, found.lower >= 0
        return Cover(whole, cells.pixels(inside), cells.pixels(~(inside | outside)), {})


def _slab(z: Fraction, moved: Fraction) -> Slab:
    """The heights that bounds are taken over, for a slice that has just been moved so far."""
    if not 0 < moved <= THICKEST:
        return Slab(z, z)
    thick = THICKEST
    while thick >= 2 * FRAMES * moved:
        thick /= 2
    low = z // thick * thick
    return Slab(low, low + thick)


class Rectangles(NamedTuple):
    """Of cells: ends of rows and columns, those at the right and at the bottom excluded; each of
    shape (n,)."""

    left: Indices
    top: Indices
    right: Indices
    bottom: Indices


def rectangles(chosen: NDArray[np.bool_]) -> Rectangles:
    """Chosen cells, shape (rows, columns): neighbours in a row are one, and so are those that begin
    and end alike in rows that follow each other."""
    steps = np.diff(np.pad(chosen, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    (row, first), (_, last) = (np.nonzero(steps == step) for step in (1, -1))
    order = np.lexsort((row, last, first))
    row, first, last = row[order], first[order], last[order]
    begins = np.ones(len(row), np.bool_)
    begins[1:] = (np.diff(row) != 1) | (np.diff(first) != 0) | (np.diff(last) != 0)
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(row))[: len(starts)] - 1
    return Rectangles(first[starts], row[starts], last[starts], row[ends] + 1)


def _clipped(rectangle: Ints, block: Block) -> Ints:
    """What of some rectangles lies in a block."""
    i, j, width, height = rectangle.T
    left, top = np.maximum(i, block.i), np.maximum(j, block.j)
    right = np.minimum(i + width, block.i + block.width)
    bottom = np.minimum(j + height, block.j + block.height)
    return visible(np.stack([left, top, right - left, bottom - top], axis=1).astype(np.int32))


def cuts(low: Fraction, high: Fraction, parts: int) -> Bound:
    """Where a stretch is cut into so many equal parts: shape (parts + 1,)."""
    ends = (nearest(low + (high - low) * n / parts, np.float32) for n in range(parts + 1))
    found: Bound = np.fromiter(ends, np.float32, parts + 1)
    return found


def between(edges: Bound) -> Interval:
    """From each edge to the next one."""
    return Interval.given(edges[:-1], edges[1:])
