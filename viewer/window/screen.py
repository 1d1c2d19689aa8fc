"""Draws a session: the picture on a canvas that is kept, and over it the panels.

A frame is drawn only where something in it changed, and the picture only where the program or
its sample points did: the text over it costs a copy of the canvas. A slow program's picture is
drawn in strips, and events are handled in between.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.engines.numpy_gc import NumpyGc
from viewer.errors import ViewerError
from viewer.gpu.overlay import Canvas, Overlay, info
from viewer.view import Block, Grid
from viewer.window.backend import Pyglet
from viewer.window.compiler import Compiler, Made
from viewer.window.overlay import Typesetter
from viewer.window.panels import Panel
from viewer.window.session import Facts, Session
from viewer.window.trace import Trace

BUDGET = 0.04
"""Seconds of drawing between two looks at the events; a driver may kill a draw of half a second."""

FIRST = 2**26
"""Operations times pixels in a program's first strip, before anything is measured."""

VALUE_OPERATIONS = 30_000
"""Above this the value under the cursor would take longer than a frame."""


class Picture(NamedTuple):
    """What decides the pixels of the canvas: the program (by the compiler's count) and the grid."""

    version: int
    grid: Grid


class Screen:
    """The window's contents."""

    def __init__(self, backend: Pyglet) -> None:
        self._backend = backend
        self._ctx = backend.ctx
        self._canvas = Canvas(self._ctx)
        self._overlay = Overlay(self._ctx)
        self._typesetter = Typesetter()
        self.driver = str(info(self._ctx)["GL_RENDERER"])
        self.frames = 0
        self._picture: Picture | None = None
        self._row = 0
        self._pixels_a_second = 0.0
        self._seconds = 0.0
        self._shown: tuple[object, ...] | None = None
        self._drawn: Session | None = None
        self._value: tuple[Picture, Block, float | None] | None = None

    def draw(self, session: Session, compiler: Compiler, trace: Trace) -> bool:
        """Brings the window up to date. Returns whether the picture needs another turn."""
        if session is self._drawn and self._row == session.size[1] and not compiler.busy:
            return False
        unfinished = self._paint(session, compiler, BUDGET)
        self._drawn = session
        facts = self._facts(session, compiler)
        columns = self._typesetter.columns(session.size, session.scale)
        panels = session.panels(facts, columns)
        frame = (self._picture, self._row, session.size, session.scale, panels)
        blank = compiler.shown is None and not panels and self._shown is None
        if frame != self._shown and not blank:
            self._present(session, panels)
            self._shown = frame
            self.frames += 1
            trace(
                "frame",
                view=str(session.view),
                size=session.size,
                picture=compiler.version,
                complete=not (unfinished or compiler.busy or compiler.shown is None),
                milliseconds=round(self._seconds * 1e3, 3),
                problem=str(session.problem or ""),
                message=session.message,
                panels=[panel.text() for panel in panels],
            )
        return unfinished

    def picture(self, session: Session, compiler: Compiler) -> NDArray[np.bool_]:
        """What is inside, shape (height, width), row 0 at the top, without what lies over it."""
        while self._paint(session, compiler, BUDGET):
            pass
        return self._canvas.read() >= 128

    def forget(self) -> None:
        """The window's own pixels are lost; the canvas is not."""
        self._shown = self._drawn = None

    def release(self) -> None:
        """Gives the GL objects back."""
        self._canvas.release()
        self._overlay.release()

    def _paint(self, session: Session, compiler: Compiler, budget: float) -> bool:
        """Draws on the canvas what is missing, for about `budget` seconds; whether more is."""
        wanted = Picture(compiler.version, session.grid)
        if self._picture is None or wanted.version != self._picture.version:
            operations = len(compiler.shown.program) if compiler.shown else 1
            self._pixels_a_second = FIRST / operations / budget
        if wanted != self._picture:
            self._picture, self._row, self._seconds = wanted, 0, 0.0
        grid, shown = session.grid, compiler.shown
        try:
            left = budget
            while self._row < grid.height and left > 0:
                rows, seconds = self._strip(shown, grid, left)
                self._row += rows
                self._seconds += seconds
                left -= seconds
        except ViewerError:
            self._row = grid.height  # trying again would only fail again
            raise
        return self._row < grid.height

    def _strip(self, shown: Made | None, grid: Grid, budget: float) -> tuple[int, float]:
        """Draws as many rows as should take `budget` seconds; how many, and how long it took."""
        target = self._canvas.sized(grid.size)
        if shown is None:
            target.clear()
            return grid.height, 0.0
        rows = max(1, int(self._pixels_a_second * budget / grid.width))
        rows = min(rows, grid.height - self._row)
        start = time.perf_counter()
        block = Block(0, self._row, grid.width, rows)
        target.viewport = (0, grid.height - self._row - rows, grid.width, rows)
        shown.painter.draw(grid, block, target, flip=False)
        self._ctx.finish()
        seconds = max(time.perf_counter() - start, 1e-6)
        self._pixels_a_second = grid.width * rows / seconds
        return rows, seconds

    def _present(self, session: Session, panels: tuple[Panel, ...]) -> None:
        window = self._backend.window
        window.fbo.viewport = (0, 0, *session.size)
        if self._canvas.size == session.size:
            self._overlay.show(self._canvas.texture, window.fbo)
        else:
            window.fbo.clear()  # the driver refused that size
        for image, at in self._typesetter.place(panels, session.size, session.scale):
            self._overlay.draw(image, at, window.fbo)
        self._backend.swap()

    def _facts(self, session: Session, compiler: Compiler) -> Facts:
        shown = compiler.shown
        value = self._value_at(session, shown) if session.hud and shown else None
        engine, exact = (shown.painter.summary, shown.painter.exact) if shown else ("", True)
        return Facts(self._seconds * 1e3, engine, self.driver, value, exact)

    def _value_at(self, session: Session, shown: Made) -> float | None:
        """The program's value at the pixel under the cursor, in float64."""
        if session.cursor is None or len(shown.program) > VALUE_OPERATIONS:
            return None
        assert self._picture is not None
        i, j = (min(int(p), n - 1) for p, n in zip(session.cursor, session.size, strict=True))
        block = Block(max(0, i), max(0, j), 1, 1)
        if self._value is None or self._value[:2] != (self._picture, block):
            value = float(NumpyGc(shown.program).field(session.grid, block)[0, 0])
            self._value = self._picture, block, value
        return self._value[2]
