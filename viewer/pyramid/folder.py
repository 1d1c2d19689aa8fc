"""The folder of a pyramid: files that are whole, and a journal of what is done.

A file appears when it is whole. Tiles of one colour that are alike are one file with many names
(hard links): a copy to a web server makes files of them, and every reader finds a plain Deep Zoom
folder. The journal says which batches are on disk, so that a run that was stopped, by a power cut
too, goes on from there; what it had drawn since the last entry is drawn again, to the same bytes.
"""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from viewer.errors import FileError
from viewer.picture.lock import lock
from viewer.picture.target import reported
from viewer.pyramid.draw import Tile

JOURNAL = ".prospero-pyramid"
"""The journal's name: a first line that says of what, then a line for each batch."""
EVERY = 2.0
"""Seconds between entries: each has all files written to the disk before."""
_PART = ".part"
_VERSION = "prospero pyramid 1"
_WHOLE = b"whole"

Key = tuple[int, ...]
"""What a batch is known by: its stage, level, column and row."""


class Folder:
    """The folder while it is written. Every failure is a `FileError`."""

    def __init__(self, path: Path, journal: BinaryIO, digest: str, force: bool) -> None:
        self.path = path
        self._journal = journal
        self._links: dict[bytes, Path] = {}
        self._folders: set[Path] = set()
        self._noted: list[bytes] = []
        self._last = time.monotonic()
        self._first = f"{_VERSION} {digest}".encode()
        lines = self._read()
        if lines and lines[0] != self._first:
            if not force:
                raise FileError(f"{path}: holds another pyramid (--force replaces it)")
            self._clear()
            lines = []
        if not lines:
            self._journal.truncate(0)
            self._noted = [self._first]
            self.settle()
        self.whole = _WHOLE in lines
        """Whether all of it is there."""
        self.done: set[Key] = {
            tuple(map(int, line.split())) for line in lines if re.fullmatch(rb"\d+( \d+){3}", line)
        }
        """The batches that are on disk."""

    def keep(self, key: Key, level: Path, tiles: Iterable[Tile]) -> None:
        """Writes the tiles of a batch to the folder of their level, and notes it."""
        with reported(self.path):
            if level not in self._folders:
                (self.path / level).mkdir(parents=True, exist_ok=True)
                self._folders.add(level)
            for tile in tiles:
                place = self.path / level / f"{tile.column}_{tile.row}.png"
                if not (tile.flat and self._linked(tile.data, place)):
                    self._write(place, tile.data)
                    if tile.flat:
                        self._links[tile.data] = place
        self._noted.append(b" ".join(b"%d" % number for number in key))
        if time.monotonic() - self._last > EVERY:
            self.settle()

    def write(self, name: str, data: bytes) -> None:
        """Writes one file."""
        with reported(self.path / name):
            self._write(self.path / name, data)

    def finish(self) -> None:
        """Notes that all is there. The journal, too, is the same then however it came about."""
        self.settle()
        with reported(self.path):
            self._journal.truncate(0)
        self._noted = [self._first, _WHOLE]
        self.settle()

    def settle(self) -> None:
        """Has all that was written be on disk, and then the journal say so."""
        with reported(self.path):
            if sys.platform != "win32":
                os.sync()
            self._journal.seek(0, os.SEEK_END)
            self._journal.write(b"".join(line + b"\n" for line in self._noted))
            self._journal.flush()
            os.fsync(self._journal.fileno())
        self._noted = []
        self._last = time.monotonic()

    def _read(self) -> list[bytes]:
        """The journal's lines; what was written of one more is taken off."""
        with reported(self.path):
            self._journal.seek(0)
            text = self._journal.read()
            end = text.rfind(b"\n") + 1
            self._journal.truncate(end)
            return text[:end].splitlines()

    def _clear(self) -> None:
        """Removes what another pyramid has here, the page first."""
        with reported(self.path):
            (self.path / "index.html").unlink(missing_ok=True)
            for old in [*self.path.glob("*.dzi"), *self.path.glob("*_files")]:
                if old.is_dir() and not old.is_symlink():
                    shutil.rmtree(old)
                else:
                    old.unlink()

    def _linked(self, data: bytes, place: Path) -> bool:
        """Gives a file that is there another name, where there is one and the disk can."""
        if data not in self._links:
            return False
        try:
            os.link(self._links[data], place)
        except OSError:  # no links here, the most there may be of one file, or one from before
            return False
        return True

    def _write(self, place: Path, data: bytes) -> None:
        part = self.path / _PART
        part.write_bytes(data)
        part.replace(place)


@contextmanager
def opened(path: Path, digest: str, *, force: bool = False) -> Iterator[Folder]:
    """The folder for the pyramid that `digest` tells from others; made where there is none.

    Raises `FileError` for a folder with something else in it, or that another process writes to;
    with another pyramid only without `force`, which removes that.
    """
    check(path)
    with reported(path):
        path.mkdir(exist_ok=True)
        journal = open(path / JOURNAL, "a+b")  # noqa: PTH123, SIM115  (closed below)
    with journal:
        try:
            lock(journal.fileno())
        except BlockingIOError:
            raise FileError(f"{path}: another process is writing to it") from None
        folder = Folder(path, journal, digest, force)
        try:
            yield folder
        finally:
            with suppress(OSError):
                (path / _PART).unlink()
            if not folder.whole and folder._noted:
                folder.settle()


def check(path: Path) -> None:
    """Refuses at once a place that is no folder for a pyramid. Raises `FileError`."""
    with reported(path):
        if not os.path.lexists(path):
            parent = path.absolute().parent
            if not parent.is_dir():
                raise FileError(f"{path}: there is no folder {parent}")
        elif not path.is_dir():
            raise FileError(f"{path}: found a file, expected a folder")
        elif not (path / JOURNAL).exists() and any(path.iterdir()):
            raise FileError(f"{path}: holds other files, expected a new folder or an empty one")
