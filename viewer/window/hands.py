"""What hands do in time: keys that are held, and clicks that come in pairs. The clock is given."""

from __future__ import annotations

REPEAT_AFTER = 0.3
REPEAT_EVERY = 0.04
"""Seconds before a held key repeats, and between two repeats."""
PAIR_SECONDS = 0.35
PAIR_DISTANCE = 5.0
"""Of two clicks that are a double one: the longest time between, and the way in window units."""

Point = tuple[float, float]


class Held:
    """The keys that are down and repeat."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}

    def press(self, trigger: str, now: float) -> None:
        """It is down from now on."""
        self._due[trigger] = now + REPEAT_AFTER

    def release(self, trigger: str) -> None:
        """It is up, whatever modifiers were let go or pressed before it."""
        self._due = {held: due for held, due in self._due.items() if _key(held) != _key(trigger)}

    def clear(self) -> None:
        """None is down, as far as will be known."""
        self._due = {}

    def due(self, now: float) -> list[str]:
        """Those that repeat now."""
        found = [trigger for trigger, due in self._due.items() if now >= due]
        for trigger in found:
            self._due[trigger] = max(self._due[trigger] + REPEAT_EVERY, now)
        return found


class Clicks:
    """Tells the second click of a double one from others."""

    def __init__(self) -> None:
        self._last: tuple[Point, float] | None = None

    def second(self, at: Point, now: float) -> bool:
        """Whether a press at this place, in window units, completes a pair. A third one is a first
        one again."""
        last, self._last = self._last, (at, now)
        if last is None or now - last[1] > PAIR_SECONDS:
            return False
        if max(abs(a - b) for a, b in zip(at, last[0], strict=True)) > PAIR_DISTANCE:
            return False
        self._last = None
        return True


def _key(trigger: str) -> str:
    return trigger.rpartition("+")[2]
