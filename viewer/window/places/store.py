"""Where places are kept: a TOML for each file, in the user's configuration folder.

    ~/.config/prospero-viewer/           (or where the system keeps such things)
        keys.toml                        other keys, see `keyfile`
        places/gears-1f0c5a3e.toml       the places of one file, see `bookmarks`
        places/gears-1f0c5a3e-7d21.png   the picture of a bookmark

Files are replaced whole. Two windows that mark places at once lose none: a change is made to what
the file says at that moment, under a lock. Whatever is wrong with the folder is a `FileError`, to
be told once; the window goes on with what it knows.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from viewer.errors import FileError
from viewer.picture.lock import lock
from viewer.picture.target import reported, whole_file
from viewer.window.places.bookmarks import Bookmark, Places, from_toml, to_toml
from viewer.window.places.history import Spot

PATIENCE = 1.0
"""Seconds to wait for another window that is writing."""
LARGEST = 2**20
"""Bytes of a file that is read."""


def folder() -> Path:
    """The user's configuration folder for this program; it need not exist."""
    import platformdirs

    return platformdirs.user_config_path("prospero-viewer", appauthor=False)


class Store:
    """The places of all files, under one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root / "places"

    def read(self, file: Path) -> Places:
        """What is kept of `file`; nothing where it is new. Raises `FileError`."""
        path = self._path(file)
        with reported(path):
            try:
                with path.open("rb") as source:
                    data = source.read(LARGEST + 1)
            except FileNotFoundError:
                return Places()
        if len(data) > LARGEST:
            raise FileError(f"{path}: found more than {LARGEST} bytes, expected places")
        return from_toml(data, str(path))

    def change(self, file: Path, change: Callable[[Places], Places]) -> Places:
        """Changes what is kept of `file`, as it is by now, and returns that. Raises `FileError`;
        a file that cannot be read is not replaced."""
        with self._alone():
            before = self.read(file)
            after = change(before)
            if after != before:
                text = to_toml(after, os.fsencode(file).decode("utf-8", "backslashreplace"))
                with whole_file(self._path(file), force=True) as output:
                    output.write(text.encode("utf-8"))
            return after

    def mark(self, file: Path, spot: Spot, picture: bytes) -> Places:
        """Marks a place, with its picture, a PNG or nothing. Raises `FileError`."""
        if not picture:
            return self.change(file, lambda places: places.added(Bookmark(spot)))
        path = self._path(file)
        image = path.with_name(f"{path.stem}-{secrets.token_hex(4)}.png")
        with self._alone(), whole_file(image, force=True) as output:
            output.write(picture)
        after = Places()
        try:
            after = self.change(file, lambda places: places.added(Bookmark(spot, image.name)))
        finally:
            if all(mark.picture != image.name for mark in after.bookmarks):
                self._unlink(image)  # not marked, or marked already
        return after

    def unmark(self, file: Path, spot: Spot) -> Places:
        """Takes the mark of a place, and its picture, away. Raises `FileError`."""
        before = self.read(file)
        number = before.number(spot)
        after = self.change(file, lambda places: places.without(spot))
        if number is not None and (picture := before.bookmarks[number - 1].picture):
            self._unlink(self._root / picture)
        return after

    def picture(self, bookmark: Bookmark) -> bytes:
        """The picture of a bookmark; nothing where it is lost."""
        if bookmark.picture:
            with suppress(OSError):
                return (self._root / bookmark.picture).read_bytes()
        return b""

    def _path(self, file: Path) -> Path:
        """Its TOML: the name for people, and of the whole path what makes it unique."""
        whole = os.fsencode(os.path.realpath(file))
        plain = "".join(char if char.isalnum() and char.isascii() else "_" for char in file.stem)
        return self._root / f"{plain[:40]}-{hashlib.sha256(whole).hexdigest()[:12]}.toml"

    def _unlink(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other window changes anything meanwhile."""
        path = self._root / ".lock"
        with reported(path):
            with suppress(FileExistsError):  # what is no folder is told by what is opened in it
                self._root.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _wait_for(descriptor, path)
            yield
        finally:
            os.close(descriptor)  # which unlocks it


def _wait_for(descriptor: int, path: Path) -> None:
    """Where there are no locks, two windows that mark a place in the same instant may lose one."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            lock(descriptor)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise FileError(f"{path}: another window keeps it locked") from None
            time.sleep(0.005)
        else:
            return
