"""What the text over a picture is told of it, asked once for a picture or a turn of painting it.

What takes long is an errand: the value under the cursor follows it as soon as it is known.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import NamedTuple

from viewer.engines.deep import value_at
from viewer.gpu.accuracy import Accuracy
from viewer.gpu.easel import Easel, Picture
from viewer.gpu.painter import Surveyor
from viewer.program import Program
from viewer.sign.survey import Survey
from viewer.view import Block
from viewer.window.errands import Errands
from viewer.window.session import Session
from viewer.window.show.compiler import Made
from viewer.window.text.hud import Facts

VALUE_OPERATIONS = 30_000
"""Above this the value under the cursor would take too long to follow it."""


class Asked:
    """Keeps the last answers."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._surveyed: tuple[tuple[Picture | None, int], Survey | None] | None = None

    def facts(self, session: Session, shown: Made | None, easel: Easel) -> Facts:
        """What the session asks about the program on the screen and the easel that is seen."""
        milliseconds = easel.seconds * 1e3
        if shown is None:
            return Facts(milliseconds, "", "", None, None)
        told = session.hud and len(shown.program) <= VALUE_OPERATIONS
        value = self._value_at(session, shown, easel) if told else None
        accuracy = self._accuracy_of(shown, easel) if told else None
        survey = self._survey(session, shown, easel) if session.tiles else None
        return Facts(milliseconds, shown.engine, "", value, accuracy, survey, told=told)

    def _survey(self, session: Session, shown: Made, easel: Easel) -> Survey | None:
        """What the painter tells of the picture, asked once a turn of painting."""
        key = easel.picture, easel.turn
        if self._surveyed is None or self._surveyed[0] != key:
            painter = shown.painter
            found = painter.survey(session.grid) if isinstance(painter, Surveyor) else None
            self._surveyed = key, found
        return self._surveyed[1]

    def _accuracy_of(self, shown: Made, easel: Easel) -> Accuracy | None:
        """That of the picture, once it is whole."""
        picture = easel.picture
        if picture is None or not easel.whole:
            return None
        tells = shown.painter.accuracy(picture.grid)
        found = self._errands.ask("accuracy", picture, tells)
        return found if isinstance(found, Accuracy) else None

    def _value_at(self, session: Session, shown: Made, easel: Easel) -> Decimal | None:
        """The program's value at the pixel under the cursor: see `engines.deep.value_at`. Until it
        is known, that at the last one in the same picture."""
        picture = easel.picture
        if picture is None or session.cursor is None:
            return None
        i, j = (min(int(p), n - 1) for p, n in zip(session.cursor, session.size, strict=True))
        block = Block(max(0, i), max(0, j), 1, 1)
        work = partial(_valued, shown.program, picture, block)
        self._errands.ask("value", (picture, block), work)
        found = self._errands.latest("value")
        return found.value if isinstance(found, _Valued) and found.picture == picture else None


class _Valued(NamedTuple):
    """A value somewhere in a picture."""

    picture: Picture
    value: Decimal


def _valued(program: Program, picture: Picture, block: Block) -> _Valued:
    """An errand."""
    return _Valued(picture, value_at(program, picture.grid, block))
