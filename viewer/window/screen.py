"""Draws a session: the picture on a canvas that is kept, and over it the panels.

A frame is drawn only where something in it changed, and the picture only where the program or
its sample points did: the text over it costs a copy of the canvas.
"""

from __future__ import annotations

import math
import time
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from viewer.engines.deep import value_at
from viewer.gpu.accuracy import Accuracy
from viewer.gpu.easel import Easel, Picture
from viewer.gpu.marks import Marks
from viewer.gpu.overlay import Overlay, info
from viewer.gpu.painter import Smoother, Surveyor
from viewer.sign.survey import Survey
from viewer.view import Block
from viewer.window.backends import Backend
from viewer.window.compiler import Compiler, Made
from viewer.window.errands import Errands
from viewer.window.exactly import Exactly
from viewer.window.extras import Extras, Over
from viewer.window.hud import Facts
from viewer.window.hud import panels as panels_of
from viewer.window.insets import inset_size, thumbnail
from viewer.window.legend import layers
from viewer.window.memory import Memory
from viewer.window.overlay import Typesetter
from viewer.window.panels import Panel
from viewer.window.session import Session
from viewer.window.slider import Track
from viewer.window.trace import Trace

VALUE_OPERATIONS = 30_000
"""Above this the value under the cursor would take longer than a frame."""

SAMPLES = 4
"""Samples a side of a pixel where edges are smooth: 16 give 17 greys."""


class Screen:
    """The window's contents."""

    def __init__(self, backend: Backend, errands: Errands, memory: Memory) -> None:
        self._backend = backend
        self._ctx = backend.ctx
        self._overlay = Overlay(self._ctx)
        self._exactly, self._exactly_due = Exactly(), math.inf
        self._marks = Marks(self._ctx)
        self._easel = Easel(self._ctx, self._overlay)
        self._typesetter = Typesetter()
        self._extras = Extras(self._typesetter, errands)
        self._memory = memory
        self.driver = str(info(self._ctx)["GL_RENDERER"])
        self.frames = 0
        self._shown: tuple[object, ...] | None = None
        self._over: Over | None = None  # its images are told apart by who they are: they live on
        self._drawn: Session | None = None
        self._made: Made | None = None
        self._surveyed: tuple[tuple[Picture | None, int], Survey | None] | None = None
        self._value: tuple[Picture | None, Block, Decimal] | None = None
        self._accuracy: tuple[Picture | None, Accuracy] | None = None

    def draw(self, session: Session, compiler: Compiler, trace: Trace) -> float:
        """Brings the window up to date. Returns after how many seconds the picture needs another
        turn."""
        same = session is self._drawn and compiler.shown is self._made
        idle = self._exactly_due - time.monotonic()
        if same and self._easel.whole and not compiler.busy and idle > 0:
            return idle
        unfinished = self._paint(session, compiler)
        self._correct(session, compiler)
        self._drawn, self._made = session, compiler.shown
        marks = self._memory.pictures() if session.tools.shelf else []
        over = self._extras.over(session, compiler.shown, compiler.version, marks)
        facts = self._facts(session, compiler)._replace(probed=over.rows)
        columns = self._typesetter.columns(over.free, session.scale)
        lines = self._typesetter.lines(over.free, session.scale)
        panels = panels_of(session, facts, columns, lines)
        images = tuple(id(placed.image) for placed in over.images)
        picture = self._easel.picture, self._easel.turn
        frame = (picture, session.size, session.scale, session.tools, images, panels)
        blank = compiler.shown is None and not panels and self._shown is None
        if frame != self._shown and not blank:
            self._present(session, panels, facts.survey, over)
            self._shown, self._over = frame, over
            self.frames += 1
            trace(
                "frame",
                view=str(session.view),
                size=session.size,
                picture=compiler.version,
                complete=not (unfinished or compiler.busy or compiler.shown is None),
                milliseconds=round(self._easel.seconds * 1e3, 3),
                problem=str(session.problem or ""),
                message=session.message,
                panels=[panel.text() for panel in panels],
                over=[[*placed.at, *placed.image.shape[1::-1]] for placed in over.images],
                gl=self._ctx.error,
            )
        return min(self._easel.pause, max(0.0, self._exactly_due - time.monotonic()))

    def picture(self, session: Session, compiler: Compiler) -> NDArray[np.uint8]:
        """The picture's greys, shape (height, width), row 0 at the top, without what lies over
        it."""
        while self._paint(session, compiler):
            time.sleep(self._easel.pause)
        return self._easel.read()

    def samples(self, session: Session, compiler: Compiler) -> int:
        """How many samples a side of a pixel has, when all are drawn."""
        shown = compiler.shown
        greys = session.smooth and shown is not None and isinstance(shown.painter, Smoother)
        return SAMPLES if greys else 1

    def thumbnail(self, session: Session) -> bytes:
        """A small PNG of the picture that is on the screen."""
        return thumbnail(self._easel.read(), inset_size(session.size, session.scale))

    @property
    def track(self) -> Track | None:
        """Where the slider of the slice is on the screen."""
        return self._over.track if self._over else None

    def refresh(self) -> None:
        """Something about what lies over the picture has become known."""
        self._drawn = None

    def forget(self) -> None:
        """The window's own pixels are lost; the canvas is not."""
        self._shown = self._drawn = None

    def release(self) -> None:
        """Gives the GL objects back, and ends what is under way."""
        self._exactly.stop()
        self._easel.release()
        self._marks.release()
        self._overlay.release()

    def _paint(self, session: Session, compiler: Compiler) -> bool:
        samples, shown = self.samples(session, compiler), compiler.shown
        wanted = Picture(compiler.version, session.grid, samples)
        if shown is None:
            return self._easel.paint(wanted, None)
        return self._easel.paint(wanted, shown.painter, len(shown.program))

    def _correct(self, session: Session, compiler: Compiler) -> None:
        """Puts what is known of the exact picture in the place of what was painted."""
        now, shown = time.monotonic(), compiler.shown
        rests = session.exact and self._easel.whole and not session.moving
        picture = self._easel.picture if rests else None
        for row, greys in self._exactly.ask(picture, shown.program if shown else None, now):
            self._easel.put(row, greys)
        self._exactly_due = now + self._exactly.pause(now)

    def _present(
        self, session: Session, panels: tuple[Panel, ...], survey: Survey | None, over: Over
    ) -> None:
        window = self._ctx.screen
        window.viewport = (0, 0, *session.size)
        if self._easel.size == session.size:
            self._overlay.show(self._easel.texture, window)
        else:
            window.clear()  # the driver refused that size
        if survey is not None:
            self._marks.draw(layers(survey, session.scale), window)
        self._marks.draw(over.layers, window)
        placed = self._typesetter.place(panels, over.free, session.scale)
        for image, at in (*over.images, *placed):
            self._overlay.draw(image, at, window)
        self._backend.swap()

    def _facts(self, session: Session, compiler: Compiler) -> Facts:
        shown = compiler.shown
        value = self._value_at(session, shown) if session.hud and shown else None
        accuracy = self._accuracy_of(session, shown) if session.hud and shown else None
        engine = shown.engine if shown else ""
        survey = self._survey(session, shown) if session.tiles and shown else None
        samples = self.samples(session, compiler) ** 2
        seconds = self._easel.seconds
        known = self._exactly.known
        return Facts(seconds * 1e3, engine, self.driver, value, accuracy, survey, samples, known)

    def _survey(self, session: Session, shown: Made) -> Survey | None:
        """What the painter tells of the picture, asked once a turn of painting."""
        key = self._easel.picture, self._easel.turn
        if self._surveyed is None or self._surveyed[0] != key:
            painter = shown.painter
            found = painter.survey(session.grid) if isinstance(painter, Surveyor) else None
            self._surveyed = key, found
        return self._surveyed[1]

    def _accuracy_of(self, session: Session, shown: Made) -> Accuracy | None:
        """That of the picture, once it is whole."""
        if not self._easel.whole or len(shown.program) > VALUE_OPERATIONS:
            return None
        if self._accuracy is None or self._accuracy[0] != self._easel.picture:
            self._accuracy = self._easel.picture, shown.painter.accuracy(session.grid)
        return self._accuracy[1]

    def _value_at(self, session: Session, shown: Made) -> Decimal | None:
        """The program's value at the pixel under the cursor: see `engines.deep.value`."""
        if session.cursor is None or len(shown.program) > VALUE_OPERATIONS:
            return None
        i, j = (min(int(p), n - 1) for p, n in zip(session.cursor, session.size, strict=True))
        block = Block(max(0, i), max(0, j), 1, 1)
        if self._value is None or self._value[:2] != (self._easel.picture, block):
            value = value_at(shown.program, session.grid, block)
            self._value = self._easel.picture, block, value
        return self._value[2]
