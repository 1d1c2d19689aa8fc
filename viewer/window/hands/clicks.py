"""What hands do in time: keys that are held, clicks that come in pairs, small turns of a wheel, and
how fast a drag ends. The clock is given."""

from __future__ import annotations

from collections import deque

REPEAT_AFTER = 0.3
REPEAT_EVERY = 0.04
"""Seconds before a held key repeats, and between two repeats."""
PAIR_SECONDS = 0.35
PAIR_DISTANCE = 5.0
"""Of two clicks that are a double one: the longest time between, and the way in window units."""

SWING_SECONDS = 0.1
"""How much of a drag's end says how fast it is."""
SWING_LEAST = 0.04
"""Seconds that this is taken to have been at least: motions may be told late, and then together."""
TURN_PARTS = 256
"""Parts of a wheel's click that are told apart."""
TURN_MOST = 16.0
"""Clicks taken from one event: more is a broken driver, not a hand."""

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


class Turns:
    """Parts of clicks, as trackpads send them, until they are enough to be seen."""

    def __init__(self) -> None:
        self._left = 0.0

    def add(self, clicks: float) -> float:
        """Whole parts that are due, in clicks; what is too little is kept for the next ones."""
        self._left += max(-TURN_MOST, min(TURN_MOST, clicks))
        due = round(self._left * TURN_PARTS) / TURN_PARTS
        self._left -= due
        return due


class Swing:
    """The last motions of a drag."""

    def __init__(self) -> None:
        self._path: deque[tuple[Point, float]] = deque()

    def begin(self, at: Point, now: float) -> None:
        """Something was taken hold of there."""
        self._path.clear()
        self.move(at, now)

    def move(self, at: Point, now: float) -> None:
        """The hand is there now."""
        self._path.append((at, now))
        while now - self._path[0][1] > SWING_SECONDS:
            self._path.popleft()

    def speed(self, now: float) -> Point:
        """Of the hand by now, in units a second; nothing where it has stood still for a while."""
        recent = [(at, then) for at, then in self._path if now - then <= SWING_SECONDS]
        if len(recent) < 2:
            return 0.0, 0.0
        (x0, y0), then = recent[0]
        x, y = recent[-1][0]
        seconds = max(SWING_LEAST, now - then)
        return (x - x0) / seconds, (y - y0) / seconds


def _key(trigger: str) -> str:
    return trigger.rpartition("+")[2]
