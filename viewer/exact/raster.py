"""Squares of whole pixels, for a block of a picture: so that a pixel's place in one is exact.

A block is covered by a root square of 2**n pixels a side whose upper left pixel is the block's.
Squares are split until what is left are 8 x 8 pixels; these are the children of such a square, and
their centres are whole eighths of it, which no rounding can move.
"""

from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

import numpy as np
from flint import fmpz
from numpy.typing import NDArray

from viewer.sign.masks import Floats, Mask, pack
from viewer.sign.tiles import Anchor
from viewer.view import Block, Grid

Numbers = NDArray[np.signedinteger[Any]]

OCTAVES = 3
"""A square is split in 8 x 8, at most."""
SMALLEST = 2**OCTAVES
"""Pixels along a side of the smallest squares."""


class Raster(NamedTuple):
    """The squares over a block. Columns and rows of squares count from the root's lower left
    corner, as tiles do; i and j are pixels of the picture, j down."""

    grid: Grid
    block: Block
    octaves: int

    @staticmethod
    def of(grid: Grid, block: Block) -> "Raster":
        """The smallest root, of at least 8 pixels a side."""
        longest = max(block.width, block.height)
        return Raster(grid, block, max(OCTAVES, (longest - 1).bit_length()))

    @property
    def side(self) -> int:
        """Pixels along a side of the root."""
        return 1 << self.octaves

    def factors(self) -> tuple[int, ...]:
        """How the root is split, level by level; the children of the last are pixels."""
        coarse, rest = divmod(self.octaves, OCTAVES)
        octaves = [OCTAVES] * (coarse - 1) + [rest] * (rest > 0) + [OCTAVES]
        return tuple([1 << number for number in octaves])

    def anchor(self) -> Anchor:
        """The root's square, exactly. A pixel's centre is in the middle of its own."""
        i, j, _, _ = self.block
        grid, half = self.grid, self.grid.half
        return Anchor(
            grid.view.x + (2 * i + self.side - grid.width) * half,
            grid.view.y - (2 * j + self.side - grid.height) * half,
            self.side * half,
        )

    def centre(self, axis: Numbers, pixels: int) -> Floats:
        """Where the squares of so many pixels at some columns, or rows, have their centres: the
        root spans [-1, 1]. Exact, since they are whole parts of it and these a power of two."""
        return (2 * axis.astype(np.float64) + 1) * (pixels / self.side) - 1

    def wanted(self, column: Numbers, row: Numbers, k: int, pixels: int) -> Mask:
        """Of squares at these places the masks of those of their k x k children, of so many
        pixels a side, that have a pixel of the block."""
        each = np.arange(k)
        left = (column[:, np.newaxis] * k + each) * pixels
        top = self.side - (row[:, np.newaxis] * k + each + 1) * pixels
        across, down = left < self.block.width, top < self.block.height
        return pack(down[:, :, np.newaxis] & across[:, np.newaxis, :])

    def pixel(self, column: int, row: int) -> tuple[int, int]:
        """The i and j of a pixel, from its column and row as a square."""
        return self.block.i + column, self.block.j + self.side - 1 - row


class Point(NamedTuple):
    """A point, exactly: (x / unit, y / unit)."""

    x: fmpz
    y: fmpz
    unit: fmpz


class Centres(NamedTuple):
    """The centres of a grid's pixels, exactly, as whole numbers of `unit`-ths: that of pixel
    (0, 0) is at (x, y), and the next ones are two steps to the right, or down."""

    x: fmpz
    y: fmpz
    step: fmpz
    unit: fmpz

    @staticmethod
    def of(grid: Grid) -> "Centres":
        """All of a grid."""
        half = grid.half
        left = grid.view.x - (grid.width - 1) * half
        top = grid.view.y + (grid.height - 1) * half
        return Centres(*common(left, top, half))

    def at(self, i: int, j: int) -> Point:
        """One of them."""
        return Point(self.x + 2 * i * self.step, self.y - 2 * j * self.step, self.unit)


def common(*values: Fraction) -> list[fmpz]:
    """Numerators over the least common denominator, and that."""
    unit = lcm(*[value.denominator for value in values])
    return [*(fmpz(value.numerator * (unit // value.denominator)) for value in values), fmpz(unit)]
