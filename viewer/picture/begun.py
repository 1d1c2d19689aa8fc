"""A picture's file that another run goes on with, wherever this one was stopped.

It appears when it is whole, as every file does (see `picture.target`). Until then what is written
lies beside the target with a journal of what is done. Once a strip is, both stay when the process
is killed or interrupted, or when the drawing fails; not when the disk is to blame. They are found
by the target's name, and go when it is finished.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from viewer.errors import ExistsError, FileError
from viewer.picture import hidden
from viewer.picture.journal import Journal, entry, first_line, read
from viewer.picture.target import Output, reported

EVERY = 1.0
"""Seconds from one line of the journal to the next: what is drawn in between is drawn again. Each
has the disk synchronised, which nobody waits for."""
KEPT = "kept"
"""The note on what ended a run, where there is something to go on with."""
_LONGEST = 60
"""Letters of what is quoted."""


class Part(Output):
    """An `Output` with a journal."""

    def __init__(
        self,
        descriptor: int,
        path: Path,
        part: Path,
        asked: Mapping[str, str],
        before: Journal | None = None,
    ) -> None:
        super().__init__(descriptor, path, part)
        self.before = before
        self._first = first_line(path.name, asked)
        self._journal: int | None = None
        self._rows, self._size = (before.rows, before.size) if before else (0, 0)
        self._noted, self._end = self._rows, self._size
        self._notes: list[int] = []
        self._whole = 0
        self._last = time.monotonic()
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        if before:
            os.truncate(descriptor, before.size)
            os.lseek(descriptor, 0, os.SEEK_END)
            self._journal = os.open(hidden.journal_of(part), hidden.WRITE | os.O_APPEND)
            os.truncate(self._journal, before.length)

    def write(self, data: bytes, at: int | None = None) -> None:
        """See `Output`."""
        super().write(data, at)
        self._end += len(data) if at is None else 0

    def note(self, rows: int, notes: Sequence[int]) -> None:
        """Adds a line to the journal, now and then, where rows are whole."""
        self._notes.extend(notes)
        if rows:
            self._rows, self._size, self._whole = self._rows + rows, self._end, len(self._notes)
            idle = self._writing is None or self._writing.done()
            if idle and time.monotonic() - self._last >= EVERY:
                self._start_line()

    def settle(self) -> bool:
        """Has all rows that are whole be in the journal. Returns whether there are any."""
        if self._rows > self._noted:
            self._start_line()
        self._wait()
        return self._noted > 0

    def finish(self, place: Path, *, force: bool) -> None:
        """See `Output`."""
        self._wait()
        super().finish(place, force=force)

    def halt(self) -> None:
        """Adds nothing more to the journal."""
        self._writer.shutdown()

    def close(self) -> None:
        """See `Output`."""
        self.halt()
        journal, self._journal = self._journal, None
        if journal is not None:
            with suppress(OSError):
                os.close(journal)
        super().close()

    def _start_line(self) -> None:
        self._wait()
        line = entry(self._rows, self._size, self._notes[: self._whole])
        self._noted, self._notes, self._last = self._rows, [], time.monotonic()
        self._writing = self._writer.submit(self._add, line)

    def _wait(self) -> None:
        """Until no line is being written. Raises what went wrong."""
        writing, self._writing = self._writing, None
        if writing is not None:
            with reported(self._path):
                writing.result()

    def _add(self, line: bytes) -> None:
        """Has what a line says be on the disk before it is."""
        os.fsync(self._descriptor)
        if self._journal is None:
            flags = hidden.WRITE | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._journal = os.open(hidden.journal_of(self.part), flags, 0o666)
            hidden.settle(self.part.parent)
            line = self._first + line
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(self._journal, rest) :]
        os.fsync(self._journal)


@contextmanager
def begun_file(
    path: Path, asked: Mapping[str, str], *, force: bool, resume: bool
) -> Iterator[Part]:
    """As `whole_file`, but what an unfinished block has written is there to go on with.

    `asked` is everything that the file's bytes follow from. With `resume` what is there is gone on
    with (see `Part.before`), and refused where something else was asked for. Without, it is
    refused as well, and with `force` removed. Raises `FileError`.
    """
    place = Path(os.path.realpath(path))
    part = hidden.own_part(place)
    hidden.sweep(place.parent)
    output = _opened(path, place, asked, force, resume)
    try:
        yield output
        output.finish(place, force=force)
        hidden.remove(part)
    except BaseException as error:
        if _stays(error) and _settled(output):
            error.add_note(KEPT)
        else:
            output.halt()
            hidden.remove(part)
        raise
    finally:
        output.close()


def rows_begun(path: Path) -> int:
    """How many rows of an unfinished picture are there to go on with."""
    with suppress(OSError, ValueError):
        before = _before(hidden.own_part(Path(os.path.realpath(path))))
        return before.rows if before else 0
    return 0


def _opened(path: Path, place: Path, asked: Mapping[str, str], force: bool, resume: bool) -> Part:
    """What is there, or else a new file."""
    part = hidden.own_part(place)
    with reported(path):
        try:
            descriptor = hidden.take(part)
            if descriptor is not None:
                try:
                    if before := _wanted(path, _before(part), asked, force, resume):
                        return Part(descriptor, path, part, asked, before)
                    hidden.remove(part)
                except BaseException:
                    os.close(descriptor)
                    raise
                os.close(descriptor)
            return Part(hidden.create(part, place if force else None), path, part, asked)
        except (BlockingIOError, FileExistsError):
            raise FileError(f"{path}: another process is writing it") from None


def _before(part: Path) -> Journal | None:
    """What is there to go on with of a part that is there."""
    try:
        descriptor = os.open(hidden.journal_of(part), hidden.READ)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return read(file.read(), part.stat().st_size)


def _wanted(
    path: Path, before: Journal | None, asked: Mapping[str, str], force: bool, resume: bool
) -> Journal | None:
    """The same, where it is to be gone on with; None where there is nothing, or it may go."""
    if before is None or (force and not resume):
        return None
    if not resume:
        raise FileError(
            f"{path}: was begun and is not finished (--resume goes on, --force begins anew)"
        )
    for key in sorted({*asked, *before.asked}):
        was, now = (short(what.get(key, "")) for what in (before.asked, asked))
        if before.asked.get(key) != asked.get(key):
            raise FileError(
                f"{path}: was begun with {key} {was}, found {now}"
                " (--force without --resume begins anew)"
            )
    return before


def short(text: str) -> str:
    """For a message: views may have 20,000 digits."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")


def _stays(error: BaseException) -> bool:
    """Whether what is there is any good after that."""
    return not isinstance(error, FileError) or isinstance(error, ExistsError)


def _settled(output: Part) -> bool:
    with suppress(FileError):
        return output.settle()
    return False
