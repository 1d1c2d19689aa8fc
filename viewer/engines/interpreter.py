"""`interpreter`: bytecode and a loop in one fixed fragment shader; nothing is compiled."""

from contextlib import AbstractContextManager
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from viewer.gpu.context import standalone
from viewer.gpu.interpreter import Interpreter as Machine
from viewer.gpu.offscreen import Target
from viewer.program import Program
from viewer.view import Block, Grid

SIDE = 2048
"""Pixels along a side of what is drawn into at once; every driver of GL 3.3 has targets of 4096."""


class Interpreter(AbstractContextManager["Interpreter"]):
    """float32, on a context without a window.

    Raises NoDeviceError when made where there is no GL, DrawError when drawing fails.
    """

    def __init__(self, program: Program) -> None:
        self._ctx = standalone()
        with self._ctx:
            self._machine = Machine(self._ctx, program)
        self._target: Target | None = None

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        """Whether the value is below zero, shape (block.height, block.width), row 0 at the top."""
        with self._ctx:
            return np.asarray(self._machine.read(grid, block, field=False) < 0)

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """The value in float32, of the same shape."""
        with self._ctx:
            return self._machine.read(grid, block, field=True)

    def prepare(self) -> None:
        """Nothing is left to do."""

    def redraw(self, grid: Grid) -> None:
        """Draws the whole picture as a window does, to the end, and reads nothing back."""
        with self._ctx:
            for tile in grid.blocks(SIDE, SIDE):
                target = self._sized(tile)
                target.aim(tile, tile)
                self._machine.draw(grid, tile, target.framebuffer, flip=True)
            self._ctx.finish()

    def operations(self, grid: Grid) -> float:
        """How many steps are run at a pixel of the picture, on average."""
        with self._ctx:
            return self._machine.operations(grid)

    def close(self) -> None:
        """Gives the context back. Nothing may be drawn afterwards."""
        with self._ctx:
            if self._target is not None:
                self._target.release()
            self._machine.release()
        self._ctx.release()

    def _sized(self, tile: Block) -> Target:
        """A target that a tile fits in: the last one, or a new one in its place."""
        if self._target is None or not self._target.holds(tile):
            if self._target is not None:
                self._ctx.detect_framebuffer(0).use()
                self._target.release()
            self._target = Target(self._ctx, tile, field=False)
        return self._target

    def __exit__(self, *_: object) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self
