"""Draws a session: the picture on a canvas that is kept, and over it the panels.

A frame is drawn only where something in it changed, and the picture only where the program or
its sample points did: the text over it costs a copy of the canvas.
"""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray

from viewer.gpu.marks import Marks
from viewer.gpu.overlay import Overlay, info
from viewer.sign.survey import Survey
from viewer.view import Size
from viewer.window.backends import Backend
from viewer.window.errands import Errands
from viewer.window.extras import Extras, Over
from viewer.window.hands.slider import Track
from viewer.window.places.memory import Memory
from viewer.window.session import Session
from viewer.window.show.compiler import Compiler, Made
from viewer.window.show.exactly import Exactly
from viewer.window.show.scene import Scene
from viewer.window.text.facts import Asked
from viewer.window.text.hud import Facts
from viewer.window.text.hud import panels as panels_of
from viewer.window.text.legend import layers
from viewer.window.text.overlay import (
    Hit,
    Placed,
    Room,
    Typesetter,
    box_of,
    em_of,
    uncovered,
)
from viewer.window.trace import Trace


class Screen:
    """The window's contents."""

    def __init__(self, backend: Backend, errands: Errands, memory: Memory) -> None:
        self._backend = backend
        self._ctx = backend.ctx
        self._overlay = Overlay(self._ctx)
        self._exactly, self._exactly_due = Exactly(), math.inf
        self._marks = Marks(self._ctx)
        self._scene = Scene(self._ctx, self._overlay)
        self._typesetter = Typesetter()
        self._extras = Extras(self._typesetter, errands)
        self._memory = memory
        self.driver = str(info(self._ctx)["GL_RENDERER"])
        self.frames = 0
        self._shown: tuple[object, ...] | None = None
        self._over: Over | None = None  # its images are told apart by who they are: they live on
        self._drawn: Session | None = None
        self._made: Made | None = None
        self._asked = Asked(errands)

    def draw(self, session: Session, compiler: Compiler, trace: Trace) -> float:
        """Brings the window up to date. Returns after how many seconds the picture needs another
        turn."""
        same = session is self._drawn and compiler.shown is self._made
        idle = self._exactly_due - time.monotonic()
        if same and self._scene.pause == math.inf and not compiler.busy and idle > 0:
            return idle
        unfinished = self._scene.paint(session, compiler)
        self._correct(session, compiler)
        self._drawn, self._made = session, compiler.shown
        marks = self._memory.pictures() if session.tools.shelf else []
        over = self._extras.over(session, compiler.shown, compiler.version, marks)
        facts = self._facts(session, compiler, over)
        taken = tuple(map(box_of, over.images))
        room = Room(em_of(session.size, session.scale), over.free, over.whole, taken)
        columns, lines = self._typesetter.columns(room), self._typesetter.lines(room)
        panels = panels_of(session, facts, columns, lines)
        placed = self._typesetter.place(panels, room)
        labels = uncovered(self._labels(session, over.free), [*over.images, *placed])
        laid = *labels, *over.images
        images = tuple(id(placed.image) for placed in laid)
        seen = self._scene.key, session.looks
        frame = (seen, session.size, session.scale, session.tools, images, panels)
        blank = compiler.shown is None and not panels and self._shown is None
        if frame != self._shown and not blank:
            self._present(session, facts.survey, over._replace(images=(*laid, *placed)))
            self._shown, self._over = frame, over
            self.frames += 1
            trace(
                "frame",
                view=str(session.view),
                size=session.size,
                picture=compiler.version,
                complete=not (unfinished or compiler.busy or compiler.shown is None),
                milliseconds=round(self._scene.easel.seconds * 1e3, 3),
                problem=str(session.problem or ""),
                message=session.message,
                panels=[panel.text() for panel in panels],
                over=[[*placed.at, *placed.image.shape[1::-1]] for placed in over.images],
                gl=self._ctx.error,
            )
        return min(self._scene.pause, max(0.0, self._exactly_due - time.monotonic()))

    def stop_mark(self) -> None:
        """Marks what has changed no longer: the next change is on its way."""
        self._scene.stop_mark()

    def ready(self, session: Session, compiler: Compiler) -> bool:
        """Whether the picture is there, after one more turn of painting."""
        return not self._scene.paint(session, compiler)

    def picture(self, session: Session, compiler: Compiler) -> NDArray[np.uint8]:
        """The picture that is ready, without what lies over it, row 0 at the top: its greys, shape
        (height, width), where it is filled in, else red, green and blue (height, width, 3)."""
        looks = session.looks
        plain = looks.mode == "fill" and not (looks.wipe and compiler.before)
        greys = self._scene.easel.only_greys() if plain else None
        return self._scene.read(session) if greys is None else greys

    def samples(self, session: Session, compiler: Compiler) -> int:
        """How many samples a side of a pixel has, when all are drawn."""
        return self._scene.samples(session, compiler.shown)

    @property
    def track(self) -> Track | None:
        """Where the slider of the slice is on the screen."""
        return self._over.track if self._over else None

    def mark_at(self, at: tuple[float, float]) -> int | None:
        """The number of the marked place whose picture is on the screen at a pixel."""
        shelf = self._over.shelf if self._over else None
        return shelf.number_at(at) if shelf else None

    def text_at(self, at: tuple[float, float]) -> Hit | None:
        """The text on the screen at a pixel."""
        return self._typesetter.text_at(at)

    def refresh(self) -> None:
        """Something about what lies over the picture has become known."""
        self._drawn = None

    def forget(self) -> None:
        """The window's own pixels are lost; the canvas is not."""
        self._shown = self._drawn = None

    def release(self) -> None:
        """Gives the GL objects back, and ends what is under way."""
        self._exactly.stop()
        self._scene.release()
        self._marks.release()
        self._overlay.release()

    def _correct(self, session: Session, compiler: Compiler) -> None:
        """Puts what is known of the exact picture in the place of what was painted."""
        now, shown = time.monotonic(), compiler.shown
        easel = self._scene.now.fill
        rests = session.exact and easel.whole and not session.moving
        picture = easel.picture if rests and easel is self._scene.easel else None
        for row, greys in self._exactly.ask(picture, shown.program if shown else None, now):
            easel.put(row, greys)
        self._exactly_due = now + self._exactly.pause(now)

    def _present(self, session: Session, survey: Survey | None, over: Over) -> None:
        window = self._ctx.screen
        window.viewport = (0, 0, *session.size)
        self._scene.show(window, session)
        if survey is not None:
            self._marks.draw(layers(survey, session.scale), window)
        self._marks.draw((*self._scene.layers(session), *over.layers), window)
        for image, at in over.images:
            self._overlay.draw(image, at, window)
        self._backend.swap()

    def _labels(self, session: Session, free: Size) -> tuple[Placed, ...]:
        return () if session.help else self._scene.labels(session, self._typesetter, free)

    def _facts(self, session: Session, compiler: Compiler, over: Over) -> Facts:
        facts = self._asked.facts(session, compiler.shown, self._scene.easel)
        return facts._replace(
            driver=self.driver,
            samples=self.samples(session, compiler) ** 2,
            exactness=self._exactly.known,
            probed=over.rows,
            step=self._scene.now.step(session.grid),
            waiting="compiling the colours" if self._scene.now.compiling else "",
            comparable=compiler.before is not None,
        )
