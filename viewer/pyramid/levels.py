"""The levels of a pyramid as grids, exactly: every level has samples of its own.

    level 0      1 pixel
    ...          each with twice as many pixels a side as the one before, rounded up
    level `top`  width x height pixels

A level is cut into tiles of `TILE` pixels, and tiles are drawn in batches of `SPAN` x `SPAN`. Its
upper left corner is the picture's, so that a pixel covers 2 x 2 of the next level, to the end.
Batches lie on sheets: grids of at most `SHEET` pixels a side, since engines have coordinates for so
many. A level of up to that many pixels is one sheet: its tiles are parts of one picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from viewer.view import Block, Grid, View

TILE = 256
"""Pixels a side that a tile has to itself; those at the right and the bottom end with the picture.
"""
OVERLAP = 1
"""Pixels that a tile has of its neighbours, on each side: who scales tiles sees no seam then."""
SPAN = 4
"""Tiles a side of a batch: together as many pixels as engines are asked for at once."""
BATCH = TILE * SPAN
"""Pixels a side of a batch."""
SHEET = 2**19
"""Pixels a side of a sheet, at most, and the overlap."""


class Batch(NamedTuple):
    """Some tiles of a level: those of `column` and `row`, counted in batches."""

    level: int
    column: int
    row: int


@dataclass(frozen=True)
class Pyramid:
    """A picture of `width` x `height` pixels and all that is coarser.

    `left` and `upper` are the model point of its upper left corner, `pixel` the side of a pixel of
    the finest level in model units; `z` is the height of the slice.
    """

    left: Fraction
    upper: Fraction
    pixel: Fraction
    width: int
    height: int
    z: Fraction = Fraction(0)

    @staticmethod
    def of(grid: Grid) -> "Pyramid":
        """The one whose finest level is a grid of pixel centres."""
        half = grid.half
        left, upper = grid.view.x - grid.width * half, grid.view.y + grid.height * half
        return Pyramid(left, upper, 2 * half, grid.width, grid.height, grid.z)

    @property
    def top(self) -> int:
        """The finest level."""
        return (max(self.width, self.height) - 1).bit_length()

    def deeper(self, levels: int) -> "Pyramid":
        """The same with so many more levels."""
        scale = 2**levels
        size = self.width * scale, self.height * scale
        return Pyramid(self.left, self.upper, self.pixel / scale, *size, self.z)

    def size(self, level: int) -> tuple[int, int]:
        """Width and height of a level in pixels."""
        shift = self.top - level
        return -(-self.width >> shift), -(-self.height >> shift)

    def scale(self, level: int) -> Fraction:
        """The side of a level's pixel in model units."""
        return self.pixel * (1 << (self.top - level))

    def position(self, x: Fraction, y: Fraction, level: int) -> tuple[Fraction, Fraction]:
        """Where a model point is on a level, in pixels from its upper left corner, y down."""
        scale = self.scale(level)
        return (x - self.left) / scale, (self.upper - y) / scale

    def batches(self, level: int) -> Iterator[Batch]:
        """All of a level, row by row."""
        width, height = self.size(level)
        for row in range(-(-height // BATCH)):
            for column in range(-(-width // BATCH)):
                yield Batch(level, column, row)

    def place(self, batch: Batch) -> tuple[Grid, Block]:
        """The sheet that a batch lies on, and which of its pixels are the batch's."""
        width, height = self.size(batch.level)
        columns, rows = _span(batch.column, BATCH, width), _span(batch.row, BATCH, height)
        across = _span(batch.column * BATCH // SHEET, SHEET, width)
        down = _span(batch.row * BATCH // SHEET, SHEET, height)
        sheet = Block(across[0], down[0], across[1] - across[0], down[1] - down[0])
        i, j = columns[0] - sheet.i, rows[0] - sheet.j
        block = Block(i, j, columns[1] - columns[0], rows[1] - rows[0])
        return self._sheet(batch.level, sheet), block

    def sheet(self) -> Grid:
        """The first sheet of the finest level: no other has smaller pixels, or is larger by
        more than a pixel."""
        return self.place(Batch(self.top, 0, 0))[0]

    def tiles(self, batch: Batch) -> Iterator[tuple[int, int, Block]]:
        """Column and row of each of a batch's tiles, and which pixels of the batch are its own."""
        width, height = self.size(batch.level)
        left, top = _span(batch.column, BATCH, width)[0], _span(batch.row, BATCH, height)[0]
        columns, rows = (
            range(first * SPAN, min((first + 1) * SPAN, -(-side // TILE)))
            for first, side in ((batch.column, width), (batch.row, height))
        )
        for row in rows:
            j, end = _span(row, TILE, height)
            for column in columns:
                i, stop = _span(column, TILE, width)
                yield column, row, Block(i - left, j - top, stop - i, end - j)

    def _sheet(self, level: int, part: Block) -> Grid:
        pixel = self.scale(level)
        x = self.left + (part.i + Fraction(part.width, 2)) * pixel
        y = self.upper - (part.j + Fraction(part.height, 2)) * pixel
        zoom = 2 / (min(part.width, part.height) * pixel)
        return Grid(View(x, y, zoom), part.width, part.height, self.z)


def _span(index: int, side: int, end: int) -> tuple[int, int]:
    """From which pixel to which the squares of a level go that have `side` pixels to themselves."""
    return max(0, index * side - OVERLAP), min(end, (index + 1) * side + OVERLAP)
