"""A window's picture without the window: frame after frame on an easel, and an empty fill."""

from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.gpu.deep import any_depth
from viewer.gpu.easel import Easel, Picture
from viewer.gpu.fill import Fill
from viewer.gpu.overlay import Canvas, Overlay
from viewer.gpu.painter import Painter
from viewer.gpu.tiled import Tiled
from viewer.program import Program
from viewer.view import Grid


class Stage:
    """Draws as a window does: a turn of the easel a frame, on a context of its own.

    `first_ms` is from the context to the shaders being ready. Raises NoDeviceError and DrawError.
    """

    def __init__(self, program: Program) -> None:
        self._fill = Fill()
        self.about = self._fill.about
        ctx = self._fill.context
        start = perf_counter()
        self._overlay = Overlay(ctx)
        self._easel, self._canvas = Easel(ctx, self._overlay), Canvas(ctx)
        tiled = Tiled(ctx, program)
        self._painter: Painter = tiled if tiled.exact else any_depth(ctx, program)
        self.summary = self._painter.summary
        while self._painter.pending:
            self._painter.compile_next()
        self.ready_ms = (perf_counter() - start) * 1e3
        self._operations = len(program)

    def frame(self, grid: Grid) -> tuple[float, bool]:
        """One turn; the milliseconds that it took, and whether the picture is complete."""
        start = perf_counter()
        more = self._easel.paint(Picture(0, grid), self._painter, self._operations)
        return (perf_counter() - start) * 1e3, not more

    def whole(self, grid: Grid, patience: float = 60.0) -> float:
        """Turns until the picture is complete; the milliseconds that these took. Raises DrawError
        where that is longer than so many seconds."""
        spent, complete = 0.0, False
        while not complete:
            took, complete = self.frame(grid)
            spent += took
            if spent > patience * 1e3:
                raise DrawError(f"no complete picture of {grid.view} in {patience:.0f} s")
        return spent

    def again(self, grid: Grid) -> float:
        """The picture that is complete, drawn once more; its milliseconds."""
        target = self._canvas.sized(grid.size)
        target.viewport = (0, 0, *grid.size)
        start = perf_counter()
        self._painter.draw(grid, grid.whole, target, flip=False)
        self._fill.context.finish()
        return (perf_counter() - start) * 1e3

    def read(self) -> NDArray[np.uint8]:
        """The picture's brightness, shape (height, width), row 0 at the top."""
        return self._easel.read()

    def fill(self, grid: Grid) -> float:
        """One empty fill of the same size; its milliseconds."""
        start = perf_counter()
        self._fill.draw(grid.size)
        return (perf_counter() - start) * 1e3

    def close(self) -> None:
        """Gives the context back."""
        self._easel.release()
        self._canvas.release()
        self._overlay.release()
        self._painter.release()
        self._fill.release()
