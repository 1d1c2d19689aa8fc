"""The files that the window steps through: those that were named, and those of named folders.

    prospero b.vm shapes/     ->  b.vm, shapes/2.vm, shapes/10.vm
                                  ]  the next   [  the one before   O  all of them

Which is the next follows from the files alone, so that one that goes away while it is shown leaves
its place to the one behind it.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from viewer.errors import FileError

EVERY = 0.5
"""Seconds between two looks at the folders."""
COARSE = 2.0
"""Seconds that the times of folders may be coarse by: one that changed so lately is read again."""


@dataclass(frozen=True, slots=True)
class Files:
    """The `paths` to step through and the `current` one of them, which is at `index`; where it is
    no longer among them, that is the place of what came behind it."""

    paths: tuple[Path, ...]
    current: Path
    index: int = 0

    @staticmethod
    def of(paths: tuple[Path, ...]) -> Files:
        """The first of them is shown."""
        return Files(paths, paths[0])

    @property
    def there(self) -> bool:
        """Whether the current one is among them."""
        return self.index < len(self.paths) and self.paths[self.index] == self.current

    @property
    def position(self) -> str:
        """`2 of 7`; empty where there is nothing else."""
        many = len(self.paths) > 1 and self.there
        return f"{self.index + 1} of {len(self.paths)}" if many else ""

    def stepped(self, step: int) -> Files:
        """So many files on, around the ends."""
        if not self.paths:
            return self
        behind = step > 0 and not self.there  # what came behind it is at its place already
        return self.at((self.index + step - behind) % len(self.paths))

    def at(self, index: int) -> Files:
        """That one of them is shown."""
        return replace(self, index=index, current=self.paths[index])

    def relisted(self, paths: tuple[Path, ...]) -> Files:
        """They are others by now; what is shown stays."""
        if self.current in paths:
            return replace(self, paths=paths, index=paths.index(self.current))
        # Only what is in a folder goes, and there the order is that of the names.
        beside = [n for n, path in enumerate(paths) if path.parent == self.current.parent]
        here = natural(self.current)
        behind = (n for n in beside if natural(paths[n]) > here)
        last = beside[-1] + 1 if beside else min(self.index, len(paths))
        return replace(self, paths=paths, index=next(behind, last))


class Folders:
    """What files and folders that were named come to, as it changes."""

    def __init__(self, named: tuple[Path, ...]) -> None:
        self._named = named
        self._folders = tuple(path for path in named if path.is_dir())
        self._due = 0.0
        self._states = self._look()
        self.paths = listed(named, self._folders)

    def poll(self, now: float) -> tuple[Path, ...] | None:
        """The files, where they have changed. `now`: the time of `time.monotonic()`."""
        if not self._folders or now < self._due:
            return None
        self._due = now + EVERY
        states = self._look()
        settled = time.time() - COARSE
        if states == self._states and all(state / 1e9 < settled for state in states):
            return None
        self._states = states
        before, self.paths = self.paths, listed(self._named, self._folders)
        return self.paths if self.paths != before else None

    def _look(self) -> tuple[int, ...]:
        return tuple(_changed(folder) for folder in self._folders)


def listed(named: Iterable[Path], folders: Collection[Path] = ()) -> tuple[Path, ...]:
    """The files that were named, and the programs of folders, also of `folders` that were some, by
    their names as people count; each once."""
    found: dict[Path, None] = {}
    for path in named:
        folder = path in folders or path.is_dir()
        found |= dict.fromkeys(_programs(path) if folder else [path])
    return tuple(found)


def opened(named: tuple[Path, ...]) -> Files:
    """The files to begin with. Raises `FileError` where there is none."""
    paths = listed(named)
    if not paths:
        raise FileError(f"{named[0]}: found no program in that folder, expected names with .vm")
    return Files.of(paths)


def names_of(seen: Sequence[Path], paths: Iterable[Path]) -> list[str]:
    """What to call those that are seen: by name alone, but for names that several have."""
    count = Counter(path.name for path in paths)
    return [
        path.name if count[path.name] < 2 else f"{path.parent.name}/{path.name}" for path in seen
    ]


def natural(path: Path) -> tuple[list[str | int], str]:
    """The order in which people count: `a2` before `a10`."""
    parts = re.split(r"([0-9]+)", path.stem.casefold())
    return [int(part) if part.isdecimal() else part for part in parts], path.name


def _programs(folder: Path) -> list[Path]:
    """Those that are in sight: editors keep hidden files beside a program. None where the folder
    cannot be read."""
    try:
        with os.scandir(folder) as entries:
            found = [folder / entry.name for entry in entries if _is_program(entry)]
    except OSError:
        return []
    return sorted(found, key=natural)


def _is_program(entry: os.DirEntry[str]) -> bool:
    return entry.name.endswith(".vm") and not entry.name.startswith(".") and entry.is_file()


def _changed(folder: Path) -> int:
    """When files in it came or went last, in nanoseconds; 0 where it is gone."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
