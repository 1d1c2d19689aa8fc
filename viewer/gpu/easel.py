"""Where the picture is painted: a canvas that is kept from frame to frame.

A picture takes as many turns as it needs, each of about a budget of seconds, with events handled
in between. What is not painted yet is the last whole picture, moved and scaled to where it would
be now.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.errors import ViewerError
from viewer.gpu.overlay import Canvas, Overlay
from viewer.gpu.painter import Painter, Sketcher
from viewer.view import Block, Grid, Size

if TYPE_CHECKING:
    import moderngl

ANALYSIS = 0.008
"""Seconds of work on tiles in a turn, so that a frame stays within a sixtieth of a second."""

BUDGET = 0.04
"""Seconds of painting between two looks at the events; drivers may kill a draw of half a second."""

FIRST = 2**26
"""Operations times pixels in a program's first strip, before anything is measured."""


class Picture(NamedTuple):
    """What decides the pixels: the program (by a count of those shown) and the grid."""

    version: int
    grid: Grid


class Easel:
    """Paints one picture after the other."""

    def __init__(self, ctx: moderngl.Context, overlay: Overlay) -> None:
        self._ctx, self._overlay = ctx, overlay
        self._canvas, self._last = Canvas(ctx), Canvas(ctx)
        self._last_grid: Grid | None = None
        self._pixels_a_second = 1.0
        self.picture: Picture | None = None
        self.row = 0
        """Rows that are painted, from the top."""
        self.turn = 0
        """Counts the turns of painting."""
        self.seconds = 0.0
        """What this picture took so far."""

    @property
    def whole(self) -> bool:
        """Whether the picture is complete."""
        return self.picture is not None and self.row == self.picture.grid.height

    @property
    def size(self) -> Size | None:
        """The canvas's size, once it has one."""
        return self._canvas.size

    @property
    def texture(self) -> moderngl.Texture:
        """The canvas, RGBA8, first row lowest."""
        return self._canvas.texture

    def paint(self, wanted: Picture, painter: Painter | None, operations: int = 1) -> bool:
        """Goes on with a picture for about BUDGET seconds; whether more is to be done. Without a
        painter it is black. `operations` are the program's. Raises ViewerError, and then counts
        the picture as done: trying again would only fail again."""
        if self.picture is None or wanted.version != self.picture.version:
            self._pixels_a_second = FIRST / operations / BUDGET
        if wanted != self.picture:
            if self.picture is not None and self.whole:
                self._canvas, self._last = self._last, self._canvas
                self._last_grid = self.picture.grid
            self.picture, self.row, self.seconds = wanted, 0, 0.0
        try:
            if not self.whole:
                self._go_on(wanted.grid, painter)
        except ViewerError:
            self.row = wanted.grid.height
            raise
        return not self.whole

    def read(self) -> NDArray[np.uint8]:
        """The picture's brightness, shape (height, width), row 0 at the top."""
        return self._canvas.read()

    def release(self) -> None:
        """Gives the GL objects back."""
        self._canvas.release()
        self._last.release()

    def _go_on(self, grid: Grid, painter: Painter | None) -> None:
        self.turn += 1
        target = self._canvas.sized(grid.size)
        if painter is None:
            target.clear()
            self.row = grid.height
        elif isinstance(painter, Sketcher):
            self._sketch(painter, grid, target)
        else:
            self._strips(painter, grid, target)

    def _sketch(self, painter: Sketcher, grid: Grid, target: moderngl.Framebuffer) -> None:
        """The whole picture, or what can be had of it in time over the last one."""
        start = time.perf_counter()
        target.viewport = (0, 0, *grid.size)
        if painter.ready(grid, ANALYSIS):
            painter.draw(grid, grid.whole, target, flip=False)
            self.row = grid.height
        else:
            self._stand_in(grid, target)
            painter.sketch(grid, target)
        self._ctx.finish()
        self.seconds += time.perf_counter() - start

    def _strips(self, painter: Painter, grid: Grid, target: moderngl.Framebuffer) -> None:
        """Rows from the top; what is below them is the last picture's, put there first."""
        if self.row == 0 and grid.width * grid.height > self._pixels_a_second * BUDGET:
            self._stand_in(grid, target)
        left = BUDGET
        while self.row < grid.height and left > 0:
            rows = max(1, int(self._pixels_a_second * left / grid.width))
            rows = min(rows, grid.height - self.row)
            start = time.perf_counter()
            block = Block(0, self.row, grid.width, rows)
            target.viewport = (0, grid.height - self.row - rows, grid.width, rows)
            painter.draw(grid, block, target, flip=False)
            self._ctx.finish()
            seconds = max(time.perf_counter() - start, 1e-6)
            self._pixels_a_second = grid.width * rows / seconds
            self.row += rows
            self.seconds += seconds
            left -= seconds

    def _stand_in(self, grid: Grid, target: moderngl.Framebuffer) -> None:
        target.viewport = (0, 0, *grid.size)
        target.clear()
        box = grid.place_of(self._last_grid) if self._last_grid and self._last.size else None
        if box is not None:
            self._overlay.show(self._last.texture, target, box)
