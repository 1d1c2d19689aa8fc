"""`glsl` and `glsl-whole`: straight-line fragment shaders, on a context without a window."""

from contextlib import AbstractContextManager
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from viewer.gpu.offscreen import Offscreen
from viewer.program import Program
from viewer.view import Block, Grid


class Glsl(AbstractContextManager["Glsl"]):
    """The program split at its root's min or max, or (`whole`) as one shader. float32.

    Coordinates come from whole pixel positions, so a picture is the same however it is cut into
    blocks. Raises NoDeviceError when made where there is no GL, DrawError when drawing fails.
    """

    def __init__(self, program: Program, whole: bool = False) -> None:
        self._screen = Offscreen(program, pieces=1 if whole else None)

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        """Whether the value is below zero, shape (block.height, block.width), row 0 at the top."""
        return np.asarray(self._screen.draw(grid, block, field=False) != 0)

    def field(self, grid: Grid, block: Block) -> NDArray[np.floating[Any]]:
        """The value in float32, of the same shape, by one unsplit shader."""
        return self._screen.draw(grid, block, field=True)

    def close(self) -> None:
        """Gives the context back. Nothing may be drawn afterwards."""
        self._screen.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
