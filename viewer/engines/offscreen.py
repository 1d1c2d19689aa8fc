"""The engines that draw on a GL context without a window: one class, a painter each."""

from contextlib import AbstractContextManager
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from viewer.engines.greys import greys_of
from viewer.gpu.offscreen import Offscreen
from viewer.view import Block, Grid


class OffscreenEngine(AbstractContextManager["OffscreenEngine"]):
    """A painter as an engine.

    Coordinates come from whole pixel positions, so a picture is the same however it is cut into
    blocks. Making one raises NoDeviceError where there is no GL, drawing may raise DrawError.
    """

    def __init__(self, screen: Offscreen) -> None:
        self._screen = screen

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        return np.asarray(self._screen.draw(grid, block, field=False) != 0)

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        return self._screen.draw(grid, block, field=True)

    def greys(self, grid: Grid, block: Block, samples: int) -> NDArray[np.uint8]:
        return greys_of(self._screen.program, self.inside, grid, block, samples)

    def prepare(self) -> None:
        self._screen.prepare()

    def redraw(self, grid: Grid) -> None:
        self._screen.redraw(grid)

    def operations(self, grid: Grid) -> float:
        return self._screen.operations(grid)

    def close(self) -> None:
        self._screen.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
