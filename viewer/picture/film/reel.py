"""Which frames of a film are whole: a journal, so that one that was stopped is gone on with.

    .prospero-zoom.mp4.film/journal      what is filmed, and a line for each whole frame
    .prospero-zoom.mp4.film/000001.png   of a video, until it is finished
    f0001.png                            of a film whose frames are files of their own

Frames come one after the other. A line is written when its frame is on the disk: what it says holds
after a power cut as well. Of one that was cut off itself nothing is believed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from viewer.errors import FileError
from viewer.picture.begun import KEPT, short
from viewer.picture.hidden import own_part
from viewer.picture.lock import lock
from viewer.picture.target import reported

_VERSION = 1
_JOURNAL = "journal"


class Reel:
    """The frames of a film, numbered from 1. `done` of them are whole; `resumed` says whether
    another run has begun it."""

    def __init__(self, path: Path, folder: Path, journal: BinaryIO) -> None:
        self.folder = folder
        self._path, self._journal = path, journal
        with reported(path):
            journal.seek(0)
            text = journal.read()
        self.asked, self.done, self._length = _read(text)
        self.resumed = True

    def begin(self, asked: Mapping[str, str]) -> None:
        """Forgets all frames: another film is asked for."""
        self.asked, self.done, self._length = asked, 0, 0
        self.resumed = False
        self._add({"prospero": _VERSION, "of": self._path.name, "asked": dict(asked)})
        self.sweep(lambda _: False)

    def note(self, number: int) -> None:
        """Says that a frame is whole."""
        self._add({"frame": number})
        self.done = number

    def forget(self) -> None:
        """Removes the journal, and the frames of a video, in an order that is never mistaken for
        frames that are there."""
        with suppress(OSError):
            self._journal.truncate(0)
        with suppress(OSError):
            (self.folder / _JOURNAL).unlink()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sweep(self, keep: Callable[[Path], bool]) -> None:
        """Removes other files than those, and the journal, from the folder."""
        with reported(self._path):
            for file in list(self.folder.iterdir()):
                if file.name != _JOURNAL and not keep(file):
                    file.unlink()

    def _add(self, value: Mapping[str, object]) -> None:
        line = json.dumps(value).encode("ascii") + b"\n"
        with reported(self._path):
            self._journal.truncate(self._length)  # of what was cut off
            self._journal.write(line)
            self._journal.flush()
            os.fsync(self._journal.fileno())
        self._length += len(line)


def folder_of(path: Path) -> Path:
    """Where the journal of a film lies, and the frames of a video."""
    return own_part(Path(os.path.realpath(path))).with_suffix(".film")


def frames_begun(path: Path) -> int | None:
    """How many frames of a film that was stopped are whole; None where none was begun."""
    with suppress(OSError, ValueError):
        asked, done, _ = _read((folder_of(path) / _JOURNAL).read_bytes())
        return done if asked else None
    return None


@contextmanager
def opened(
    path: Path, asked: Mapping[str, str], *, hidden: bool, force: bool, resume: bool
) -> Iterator[Reel]:
    """The frames of the film that will be `path`; `asked` is everything that they follow from.

    With `resume` those that are there are gone on with, and refused where something else was asked
    for. Without they are refused as well, and with `force` forgotten. When the block ends it is
    forgotten what was there, unless it ends by an error and there is something to go on with:
    `hidden` frames are none where the disk may be to blame. Raises `FileError`.
    """
    folder = folder_of(path)
    with reported(path):
        folder.mkdir(exist_ok=True)
        journal = open(folder / _JOURNAL, "a+b")  # noqa: PTH123, SIM115  (closed below)
    with journal:
        try:
            lock(journal.fileno())
        except BlockingIOError:
            raise FileError(f"{path}: another process is filming it") from None
        reel = Reel(path, folder, journal)
        if reel.done:
            _check(path, reel, asked, force, resume)
        try:
            if resume and reel.asked == asked:
                reel.sweep(lambda file: file.suffix == ".png")  # no video that was in the making
            else:
                reel.begin(asked)
            yield reel
        except BaseException as error:
            if reel.done and not (hidden and isinstance(error, FileError)):
                error.add_note(KEPT)
            else:
                reel.forget()
            raise
        reel.forget()


def _check(path: Path, reel: Reel, asked: Mapping[str, str], force: bool, resume: bool) -> None:
    if not resume and not force:
        raise FileError(
            f"{path}: was begun and is not finished (--resume goes on, --force begins anew)"
        )
    for name in sorted({*asked, *reel.asked}):
        was, now = (short(what.get(name, "")) for what in (reel.asked, asked))
        if resume and reel.asked.get(name) != asked.get(name):
            raise FileError(
                f"{path}: was begun with {name} {was}, found {now}"
                " (--force without --resume begins anew)"
            )


def _read(text: bytes) -> tuple[Mapping[str, str], int, int]:
    """What a journal says: what was asked for, the whole frames, the length of all that is good."""
    lines = text.splitlines(keepends=True)
    first = _value(lines[0]) if lines else {}
    asked = first.get("asked")
    if first.get("prospero") != _VERSION or not isinstance(asked, dict):
        return {}, 0, 0
    done, length = 0, len(lines[0])
    for line in lines[1:]:
        if _value(line).get("frame") != done + 1:
            break
        done, length = done + 1, length + len(line)
    return asked, done, length


def _value(line: bytes) -> dict[str, object]:
    """A line's; empty where it is cut off or is no such thing."""
    try:
        value = json.loads(line) if line.endswith(b"\n") else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
