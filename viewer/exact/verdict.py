"""What exact decisions say of a block of a picture, and the picture while it is decided."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.exact.raster import SMALLEST, Numbers, Raster
from viewer.sign.masks import Mask, unpack

Flags = NDArray[np.bool_]


class Verdict(NamedTuple):
    """inside: bool (height, width), row 0 at the top.
    again: how many pixels were in doubt in floating point, and so worked out again, exactly.
    undecided: those of them that were not decided even then, (i, j) in the picture."""

    inside: Flags
    again: int
    undecided: tuple[tuple[int, int], ...] = ()


class Canvas:
    """A block being decided, square by square (see `Raster`)."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        block = raster.block
        down, across = -(-block.height // SMALLEST), -(-block.width // SMALLEST)
        self._cells = np.zeros((down, SMALLEST, across, SMALLEST), np.bool_)

    def fill(self, column: Numbers, row: Numbers, pixels: int) -> None:
        """Squares of so many pixels a side that are inside, (n,) each."""
        units = pixels // SMALLEST
        left, top = column * units, self._raster.side // SMALLEST - (row + 1) * units
        if units == 1:
            self._cells[top, :, left, :] = True
        else:
            for i, j in zip(left.tolist(), top.tolist(), strict=True):
                self._cells[j : j + units, :, i : i + units, :] = True

    def draw(self, column: Numbers, row: Numbers, inside: Mask) -> None:
        """The smallest squares: masks (n,) of their pixels that are inside."""
        top = self._raster.side // SMALLEST - 1 - row
        flags = unpack(inside).reshape(-1, SMALLEST, SMALLEST)
        self._cells[top, :, column, :] = flags[:, ::-1, :]

    def picture(self) -> Flags:
        """The block as it is now."""
        down, _, across, _ = self._cells.shape
        block = self._raster.block
        whole = self._cells.reshape(down * SMALLEST, across * SMALLEST)
        return whole[: block.height, : block.width].copy()
