"""A cover of a picture: rectangles of pixels that are inside, and such that a few tests decide.

Patches know no pixels; here they meet a grid. What no rectangle covers is outside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.program.number import apart, ratio
from viewer.sign.atlas import Atlas, Sheet, Square, sheet
from viewer.sign.layout import Ints, Layout
from viewer.sign.patch import NO_CORNERS, UNITS, Patch
from viewer.sign.refine import inside_at
from viewer.view import Block, Grid

Floats = NDArray[np.float64]

_WHOLE = np.array([[0.0, 0.0, UNITS, UNITS]])
_NOTHING = np.empty((0, 4), np.int32)


class Tests(NamedTuple):
    """m rectangles with n tests each.

    rectangle: int32 (m, 4), i, j, width, height in the picture's pixels.
    start: float32 (m, 4), u and v at the centre of the rectangle's first pixel (i, j), and what
        they grow by from pixel to pixel (v falls, since j grows downwards).
    coefficients: float32 (m, n, 6), in u and v.   table: uint32 (m, words of 2**n bits).
    """

    rectangle: Ints
    start: NDArray[np.float32]
    coefficients: NDArray[np.float32]
    table: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Cover:
    """ground: int32 (patches, 4), what is covered at all: outside, but for what follows.
    inside: int32 (flats, 4), rectangles.   rest: int32 (m, 4), rectangles that another engine
    has to draw.   tests: by how many there are in a rectangle."""

    ground: Ints
    inside: Ints
    rest: Ints
    tests: dict[int, Tests]


def cover(layout: Layout, atlas: Atlas, grid: Grid, block: Block, samples: int = 1) -> Cover:
    """The cover of a block, with whatever the atlas has to make for it. See `sheet` for `samples`:
    tiles then own samples, not pixels, and a pixel on an edge between tiles is theirs together."""
    wanted = sheet(grid, block, samples)
    atlas.make(wanted.squares())
    return assemble(layout, atlas, grid, block, wanted, wanted.squares())


def assemble(
    layout: Layout, atlas: Atlas, grid: Grid, block: Block, wanted: Sheet, there: Iterable[Square]
) -> Cover:
    """The cover of a block by those squares of a sheet that the atlas has."""
    patches = ((atlas.patch(square), offset_of(square, wanted)) for square in there)
    return put_together(layout, Scale.of(grid, block, wanted), patches)


def put_together(layout: Layout, scale: "Scale", patches: Iterable[tuple[Patch, Floats]]) -> Cover:
    """The cover of a scale's block by patches, each moved by some units."""
    inside: list[Ints] = []
    ground, flats, rest = [NO_CORNERS], [NO_CORNERS], [NO_CORNERS]
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for patch, offset in patches:
        ground.append(_WHOLE + offset)
        flats.append(patch.inside + offset)
        rest.append(patch.rest + offset)
        for n, group in patch.groups.items():
            groups.setdefault(n, []).append((group.corner + offset, *group[1:]))
        if patch.rich is not None:
            inside.append(_decided(layout, patch, scale, patch.rich_corner + offset))
    inside.append(scale.rectangles(np.concatenate(flats)))
    tests = {}
    for n, found in groups.items():
        corner, coefficients, table = (np.concatenate(part) for part in zip(*found, strict=True))
        rectangle = scale.rectangles(corner)
        seen = _seen(rectangle)
        if seen.any():
            start = scale.starts(corner[seen], rectangle[seen]).astype(np.float32)
            tests[n] = Tests(rectangle[seen], start, coefficients[seen], table[seen])
    return Cover(
        visible(scale.rectangles(np.concatenate(ground))),
        visible(np.concatenate(inside)),
        visible(scale.rectangles(np.concatenate(rest))),
        tests,
    )


def offset_of(square: Square, wanted: Sheet) -> Floats:
    """What has to be added to rectangles in a square's units, for those of a sheet."""
    column, row = square.x - wanted.columns.start, square.y - wanted.rows.start
    return np.array([UNITS * column, UNITS * row, 0.0, 0.0])


class Scale(NamedTuple):
    """From units, counted from the lower left corner of a sheet, to pixels of a grid's block.

    x, y: float64, where that corner is on the screen, in pixels, y down; pixel i is sampled at
    i + 0.5. unit: pixels.
    """

    block: Block
    x: float
    y: float
    unit: float

    @staticmethod
    def of(grid: Grid, block: Block, wanted: Sheet) -> "Scale":
        """Positions are told apart before they are rounded."""
        pixel = 2 * grid.half
        first = Square(wanted.root, wanted.level, wanted.columns.start, wanted.rows.start)
        left, bottom = first.corner()
        x = grid.width / 2 + apart(left, grid.view.x, pixel)
        y = grid.height / 2 - apart(bottom, grid.view.y, pixel)
        return Scale(block, x, y, ratio(first.anchor().half, grid.half) / UNITS)

    def rectangles(self, corner: Floats) -> Ints:
        """The pixels of the block that are sampled in rectangles, int32 (n, 4). Those that share
        an edge share no pixel and leave none out: both compute the edge from the same number."""
        i, j, width, height = self.block
        x, y, wide, high = corner.T
        left = _first(self.x + x * self.unit, i, width)
        right = _first(self.x + (x + wide) * self.unit, i, width)
        top = _first(self.y - (y + high) * self.unit, j, height)
        bottom = _first(self.y - y * self.unit, j, height)
        return np.stack([left, top, right - left, bottom - top], axis=1)

    def starts(self, corner: Floats, rectangle: Ints) -> Floats:
        """float64 (n, 4): u and v at each rectangle's first pixel, and their steps."""
        x, y, wide, high = corner.T * (self.unit / 2)
        u = (rectangle[:, 0] + 0.5 - (self.x + 2 * x + wide)) / wide
        v = (self.y - 2 * y - high - (rectangle[:, 1] + 0.5)) / high
        return np.stack([u, v, 1 / wide, -1 / high], axis=1)


def _seen(rectangle: Ints) -> NDArray[np.bool_]:
    """Which rectangles have a pixel."""
    return np.asarray((rectangle[:, 2] > 0) & (rectangle[:, 3] > 0))


def visible(rectangle: Ints) -> Ints:
    """The rectangles that have a pixel."""
    return rectangle[_seen(rectangle)]


def _first(edge: Floats, start: int, count: int) -> Ints:
    """The first pixel that is sampled at or after an edge, clipped."""
    return np.clip(np.ceil(edge - 0.5), start, start + count).astype(np.int32)


def _decided(layout: Layout, patch: Patch, scale: Scale, corner: Floats) -> Ints:
    """The pixels of a patch's rich squares that are inside, as rectangles of one pixel."""
    assert patch.rich is not None
    rectangle = scale.rectangles(corner)
    start = scale.starts(corner, rectangle)
    found = [_NOTHING]
    steps = np.arange(ceil(scale.unit) + 1)  # the finest squares' side is one unit
    windows = [steps[first : first + 8] for first in range(0, len(steps), 8)]
    for rows, columns in product(windows, windows):
        u = start[:, 0:1] + start[:, 2:3] * columns
        v = start[:, 1:2] + start[:, 3:4] * rows
        tile, row, column = np.nonzero(inside_at(layout, patch.rich, u, v))
        row, column = row + rows[0], column + columns[0]
        kept = (column < rectangle[tile, 2]) & (row < rectangle[tile, 3])
        tile, row, column = tile[kept], row[kept], column[kept]
        ones = np.ones(len(tile), np.int32)
        i, j = rectangle[tile, 0] + column, rectangle[tile, 1] + row
        found.append(np.stack([i, j, ones, ones], axis=1).astype(np.int32))
    return np.concatenate(found)
