"""What could not be drawn, told once, and when it is worth asking the driver again."""

from __future__ import annotations

from viewer.errors import ViewerError
from viewer.view import Grid
from viewer.window.session import Session

RETRY = 0.25
"""Seconds until what the driver refused twice is tried again."""


class Undrawn:
    """The last refusal, while nothing else could be drawn. Times are seconds of the caller's
    clock."""

    def __init__(self) -> None:
        self._last: tuple[ViewerError, Grid] | None = None
        self._due = 0.0

    def left(self, session: Session, now: float) -> float:
        """Seconds until the session's picture is worth another try: none where it is another."""
        same = self._last is not None and self._last[1] == session.grid
        return max(0.0, self._due - now) if same else 0.0

    def refused(self, session: Session, error: ViewerError, now: float) -> Session:
        """The picture could not be drawn; the same error is not told again."""
        again = self._last is not None and str(error) == str(self._last[0])
        self._due = now + RETRY if again else 0.0
        session = session if again else session.failed(error)
        self._last = session.problem or error, session.grid
        return session

    def drawn(self, session: Session) -> Session:
        """A picture could be drawn: where it is another one, what was told of the last is over."""
        if self._last is None or self._last[1] == session.grid:
            return session
        told, self._last = self._last[0], None
        return session.mended() if session.problem is told else session
