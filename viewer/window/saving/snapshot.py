"""The picture on the screen, for whoever asks for it: as soon as it is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.view import Grid
from viewer.window.session import Session
from viewer.window.show.compiler import Compiler
from viewer.window.show.looks import Looks
from viewer.window.show.screen import Screen

Pixels = NDArray[np.uint8]
"""Greys, shape (height, width), or red, green and blue, (height, width, 3); row 0 at the top."""
Take = Callable[[Session, Pixels, float], Session]
"""What to do with a picture."""


class _Asked(NamedTuple):
    grid: Grid
    looks: Looks
    version: int
    take: Take


class Snapshot:
    """One picture at a time. Nobody waits for it; who goes on before it is there is told so."""

    def __init__(self, screen: Screen, compiler: Compiler) -> None:
        self._screen, self._compiler = screen, compiler
        self._asked: _Asked | None = None

    def ask(self, session: Session, take: Take, now: float) -> Session:
        """The picture of this session is wanted, in the place of what was asked for before."""
        self._asked = _Asked(session.grid, session.looks, self._compiler.version, take)
        return self.due(session, now)

    def due(self, session: Session, now: float) -> Session:
        """Hands over what was asked for, once it is there."""
        if (asked := self._asked) is None:
            return session
        same = session.grid, session.looks, self._compiler.version
        if same != asked[:3]:
            self._asked = None
            return session.told("no picture was taken: the view changed before it was there", now)
        if not self._screen.ready(session, self._compiler):
            return session
        self._asked = None
        return asked.take(session, self._screen.picture(session, self._compiler), now)
