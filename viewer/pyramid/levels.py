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
"""Pixels a side of a tile; those at the right and the bottom end with the picture."""
SPAN = 4
"""Tiles a side of a batch: together as many pixels as engines are asked for at once."""
BATCH = TILE * SPAN
"""Pixels a side of a batch."""
SHEET = 2**19
"""Pixels a side of a sheet, at most."""


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
        size = self.size(batch.level)
        corner = batch.column * BATCH, batch.row * BATCH
        left, upper = (at // SHEET * SHEET for at in corner)
        width, height = min(SHEET, size[0] - left), min(SHEET, size[1] - upper)
        i, j = corner[0] - left, corner[1] - upper
        block = Block(i, j, min(BATCH, width - i), min(BATCH, height - j))
        return self._sheet(batch.level, Block(left, upper, width, height)), block

    def _sheet(self, level: int, part: Block) -> Grid:
        pixel = self.scale(level)
        x = self.left + (part.i + Fraction(part.width, 2)) * pixel
        y = self.upper - (part.j + Fraction(part.height, 2)) * pixel
        zoom = 2 / (min(part.width, part.height) * pixel)
        return Grid(View(x, y, zoom), part.width, part.height, self.z)


def tiles(batch: Batch, block: Block) -> Iterator[tuple[int, int, Block]]:
    """Column and row of each of a batch's tiles, and which pixels of the block are the tile's."""
    for j in range(0, block.height, TILE):
        for i in range(0, block.width, TILE):
            column, row = batch.column * SPAN + i // TILE, batch.row * SPAN + j // TILE
            width, height = min(TILE, block.width - i), min(TILE, block.height - j)
            yield column, row, Block(i, j, width, height)
