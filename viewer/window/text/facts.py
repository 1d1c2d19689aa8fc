"""What the text over a picture is told of it, asked once for a picture or a turn of painting it."""

from __future__ import annotations

from decimal import Decimal

from viewer.engines.deep import value_at
from viewer.gpu.accuracy import Accuracy
from viewer.gpu.easel import Easel, Picture
from viewer.gpu.painter import Surveyor
from viewer.sign.survey import Survey
from viewer.view import Block
from viewer.window.session import Session
from viewer.window.show.compiler import Made
from viewer.window.text.hud import Facts

VALUE_OPERATIONS = 30_000
"""Above this the value under the cursor would take longer than a frame."""


class Asked:
    """Keeps the last answers."""

    def __init__(self) -> None:
        self._surveyed: tuple[tuple[Picture | None, int], Survey | None] | None = None
        self._value: tuple[Picture | None, Block, Decimal] | None = None
        self._accuracy: tuple[Picture | None, Accuracy] | None = None

    def facts(self, session: Session, shown: Made | None, easel: Easel) -> Facts:
        """What the session asks about the program on the screen and the easel that is seen."""
        milliseconds = easel.seconds * 1e3
        if shown is None:
            return Facts(milliseconds, "", "", None, None)
        value = self._value_at(session, shown, easel) if session.hud else None
        accuracy = self._accuracy_of(session, shown, easel) if session.hud else None
        survey = self._survey(session, shown, easel) if session.tiles else None
        return Facts(milliseconds, shown.engine, "", value, accuracy, survey)

    def _survey(self, session: Session, shown: Made, easel: Easel) -> Survey | None:
        """What the painter tells of the picture, asked once a turn of painting."""
        key = easel.picture, easel.turn
        if self._surveyed is None or self._surveyed[0] != key:
            painter = shown.painter
            found = painter.survey(session.grid) if isinstance(painter, Surveyor) else None
            self._surveyed = key, found
        return self._surveyed[1]

    def _accuracy_of(self, session: Session, shown: Made, easel: Easel) -> Accuracy | None:
        """That of the picture, once it is whole."""
        if not easel.whole or len(shown.program) > VALUE_OPERATIONS:
            return None
        if self._accuracy is None or self._accuracy[0] != easel.picture:
            self._accuracy = easel.picture, shown.painter.accuracy(session.grid)
        return self._accuracy[1]

    def _value_at(self, session: Session, shown: Made, easel: Easel) -> Decimal | None:
        """The program's value at the pixel under the cursor: see `engines.deep.value`."""
        if session.cursor is None or len(shown.program) > VALUE_OPERATIONS:
            return None
        i, j = (min(int(p), n - 1) for p, n in zip(session.cursor, session.size, strict=True))
        block = Block(max(0, i), max(0, j), 1, 1)
        if self._value is None or self._value[:2] != (easel.picture, block):
            value = value_at(shown.program, session.grid, block)
            self._value = easel.picture, block, value
        return self._value[2]
