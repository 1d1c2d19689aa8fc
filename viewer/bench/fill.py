"""The least that any picture costs: an empty fill, as an engine that draws nothing else."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import ArrayEngine
from viewer.errors import NoDeviceError
from viewer.program import Program
from viewer.view import Grid


class GlFill(ArrayEngine):
    """One colour over the whole picture in RGBA8, by a shader that does nothing else.

    `about` is the driver's name for itself, `context_ms` how long its context took. Raises
    NoDeviceError where there is no GL.
    """

    def __init__(self) -> None:
        from viewer.gpu.fill import Fill

        self._fill = Fill()
        self.about, self.context_ms = self._fill.about, self._fill.context_ms

    def prepare(self) -> None:
        """The shader is there already."""

    def redraw(self, grid: Grid) -> None:
        """Fills a picture of the grid's size, to the end."""
        self._fill.draw(grid.size)

    def close(self) -> None:
        """Gives the context back."""
        self._fill.release()


class NumpyFill(ArrayEngine):
    """The same memory filled by NumPy, where there is no GL."""

    about = "no OpenGL (the empty fill is NumPy's)"
    context_ms = None

    def __init__(self) -> None:
        self._picture: NDArray[Any] = np.empty((0, 0, 4), np.uint8)

    def prepare(self) -> None:
        """There is nothing to compile."""

    def redraw(self, grid: Grid) -> None:
        """Fills a picture of the grid's size."""
        if self._picture.shape[:2] != (grid.height, grid.width):
            self._picture = np.empty((grid.height, grid.width, 4), np.uint8)
        self._picture.fill(255)


def fill(_: Program) -> GlFill | NumpyFill:
    """The fill that this machine can do."""
    try:
        return GlFill()
    except NoDeviceError:
        return NumpyFill()
