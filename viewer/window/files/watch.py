"""Follows one file however it is saved, and never hands on a half-written one.

The path is looked at with `stat` 16 times a second, and 50 times in the minute after a save, since
who saves once will save again. It is not subscribed to: looking sees saves in place, by
rename, by deleting and making anew, through a symlink and by turning the symlink elsewhere, on
local and on network file systems, with one rule and no thread. A look takes 20 microseconds, and
the idle window as a whole 0.9 % of a core (measured); a subscription has to follow the folders of
the path and of what it links to, and still needs the same rule, because its news come while the
file is being written.

The rule: what was read counts only if the file was not written in the 100 ms before, and still
looks the same afterwards. (A quarter of all prefixes of a program are programs, so looking at the
contents cannot tell.) Earlier than that there is a guess, so that work on it can begin.
"""

from __future__ import annotations

import stat
import time
from math import inf
from pathlib import Path
from typing import NamedTuple

from viewer.errors import FileError
from viewer.program.parse import read_bytes

INTERVAL = 0.06
"""Seconds between two looks at a file that nothing happens to."""

LATELY, LATELY_INTERVAL = 60.0, 0.02
"""Seconds after a save, and between two looks then."""

CLOSE_INTERVAL = 0.01
"""Seconds between two looks at a file that is being saved."""

QUIET = 0.1
"""Seconds that the file must have looked the same before it is read."""

EARLY = 0.005
"""Seconds after which what it says is likely what it will say: a guess, see `glimpse`."""

PATIENCE = 0.5
"""Seconds before trouble is told: a file is gone for a moment while some editors save it."""

SETTLED = 2.0
"""A file last written so many seconds before the first look is read without waiting."""


class Look(NamedTuple):
    """What tells one saved state of a file from another without reading it."""

    device: int
    inode: int
    mode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    """Where the system has it, also that of a change whose date was set back."""


class Watch:
    """The states of one file, each told once, in order; `poll` never blocks on anything."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told: Look | None = None
        self._nothing_told = True
        self._guessed: Look | None = None
        self._seen = look(path)
        self._looked = time.monotonic()
        self._since = -inf if _settled(self._seen) else self._looked

    @property
    def interval(self) -> float:
        """Seconds until the next look is due."""
        if not self._is_told(self._seen):
            return CLOSE_INTERVAL
        return LATELY_INTERVAL if self._looked - self._since < LATELY else INTERVAL

    def poll(self, now: float) -> bytes | FileError | None:
        """The file's new contents or the new trouble with it, or None where nothing is new.

        `now`: the time of `time.monotonic()`, in seconds.
        """
        seen = look(self.path)
        if seen != self._seen:
            self._seen, self._since = seen, now - _age(seen, now - self._looked)
        self._looked = now
        if self._is_told(seen):
            return None
        quiet = now - self._since
        if quiet < (QUIET if seen else PATIENCE):
            return None
        news = self._read()
        if look(self.path) != seen:
            return None  # the next look starts the quiet window anew
        if isinstance(news, FileError) and quiet < PATIENCE:
            return None  # an editor may hold the file for itself while it saves
        self._told, self._nothing_told = seen, False
        return news

    def glimpse(self, now: float) -> bytes | None:
        """What the next news will be, most likely, as soon as that can be guessed; once."""
        likely = self._seen is not None and now - self._since >= EARLY
        if self._guessed == self._seen or not likely or self._is_told(self._seen):
            return None
        self._guessed = self._seen
        found = self._read()
        return found if isinstance(found, bytes) else None

    def _is_told(self, seen: Look | None) -> bool:
        return seen == self._told and not self._nothing_told

    def _read(self) -> bytes | FileError:
        try:
            return read_bytes(self.path)
        except FileError as error:
            return error


def look(path: Path) -> Look | None:
    """How the file at the end of `path` (links followed) looks now; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    dates = found.st_mtime_ns, found.st_ctime_ns
    return Look(found.st_dev, found.st_ino, found.st_mode, found.st_size, *dates)


def _age(seen: Look | None, most: float) -> float:
    """Seconds since a file was written that was another `most` seconds ago: by its date, where that
    can be true, else 0."""
    age = 0.0 if seen is None else time.time() - seen.mtime_ns / 1e9
    return age if 0 < age < most else 0.0


def _settled(seen: Look | None) -> bool:
    if seen is None or not stat.S_ISREG(seen.mode):
        return True
    return time.time() - seen.mtime_ns / 1e9 > SETTLED
