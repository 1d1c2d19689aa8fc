"""When what a change has changed is marked, and how strongly."""

import math

LIGHT_SECONDS = 1.0
"""How long what has changed is marked."""
FULL_SECONDS = 0.3
"""As long it is marked fully, then ever less."""
STRONGEST = 0.85
LEVELS = 20
"""How strong a mark is, in so many levels: a frame each."""
LIGHT_STEP = (LIGHT_SECONDS - FULL_SECONDS) / LEVELS
"""Seconds from one of them to the next."""


class Light:
    """When what has changed is marked, and how strongly. Times are seconds of the caller's."""

    def __init__(self) -> None:
        self._known: object = None
        self._since: float | None = None
        self.on = False

    def look(self, before: object, wanted: bool) -> None:
        """There is this to compare with; where it is new, a mark is wanted or not."""
        if before is not self._known:
            self._known, self._since = before, None
            self.on = before is not None and wanted

    def stop(self) -> None:
        """There is something else to do than to mark."""
        self.on = False

    def seen(self, now: float) -> None:
        """The picture is on the screen: the mark begins, if it has not."""
        if self.on and self._since is None:
            self._since = now

    def strength(self, now: float) -> float:
        """From 0 to 1, in steps; 0 from its end on."""
        if not self.on or self._since is None:
            return 0.0
        passed = now - self._since
        self.on = passed < LIGHT_SECONDS
        part = 1 - max(0.0, passed - FULL_SECONDS) / (LIGHT_SECONDS - FULL_SECONDS)
        return STRONGEST * max(0, math.ceil(part * LEVELS)) / LEVELS
