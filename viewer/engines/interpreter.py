"""`interpreter`: bytecode and a loop in one fixed fragment shader; nothing is compiled."""

from contextlib import AbstractContextManager
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from viewer.gpu.context import standalone
from viewer.gpu.interpreter import Interpreter as Machine
from viewer.program import Program
from viewer.view import Block, Grid


class Interpreter(AbstractContextManager["Interpreter"]):
    """float32, on a context without a window.

    Raises NoDeviceError when made where there is no GL, DrawError when drawing fails.
    """

    def __init__(self, program: Program) -> None:
        self._ctx = standalone()
        with self._ctx:
            self._machine = Machine(self._ctx, program)

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        """Whether the value is below zero, shape (block.height, block.width), row 0 at the top."""
        with self._ctx:
            return np.asarray(self._machine.read(grid, block, field=False) < 0)

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """The value in float32, of the same shape."""
        with self._ctx:
            return self._machine.read(grid, block, field=True)

    def close(self) -> None:
        """Gives the context back. Nothing may be drawn afterwards."""
        with self._ctx:
            self._machine.release()
        self._ctx.release()

    def __exit__(self, *_: object) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self
