"""A file that appears when it is whole: until then the old one, or none, stays in its place.

The new file grows under a hidden name in the same folder and then takes the place in one step.
Whatever ends the writing, an error, Ctrl-C or a signal that Python sees, the hidden file goes
with it. Only after a kill is it left; the next file saved in the folder removes it. For pictures
that are gone on with after all that see `picture.begun`.
"""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from viewer.errors import ExistsError, FileError
from viewer.picture import hidden
from viewer.picture.journal import Journal

STANDARD = Path("-")
"""The name of standard output."""


class Output:
    """A file being written. Every failure is a `FileError` that names the target.

    `part` is where it lies meanwhile, for another process that writes it; `before` is what is there
    from another run, where one goes on with that (see `picture.begun`).
    """

    before: Journal | None = None

    def __init__(self, descriptor: int, path: Path, part: Path) -> None:
        self._descriptor, self._path, self.part = descriptor, path, part

    def write(self, data: bytes, at: int | None = None) -> None:
        """Adds all of `data` to the file, or replaces what lies `at` an offset. Not buffered: what
        is written is not written again by closing."""
        rest = memoryview(data)
        with reported(self._path):
            if at is not None:
                os.lseek(self._descriptor, at, os.SEEK_SET)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            if at is not None:
                os.lseek(self._descriptor, 0, os.SEEK_END)

    def note(self, rows: int, notes: Sequence[int]) -> None:
        """Is told what the piece that was just written adds: see `formats.header.Piece`."""

    def finish(self, place: Path, *, force: bool) -> None:
        """Has all of it be on the disk, and gives it its name."""
        with reported(self._path):
            os.fsync(self._descriptor)
            if sys.platform == "win32":
                self.close()  # an open file keeps its name
            # Elsewhere it stays open, and locked: what has no lock is swept.
            hidden.move(self.part, place, force)

    def close(self) -> None:
        """Closes it. What was not synchronised by then is not wanted."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with suppress(OSError):
                os.close(descriptor)


def standard_output() -> Output:
    """Where other programs take it from: for whom nothing has to appear at once."""
    descriptor = sys.stdout.fileno()
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(descriptor, os.O_BINARY)
    return Output(descriptor, STANDARD, STANDARD)


def opened(path: Path, *, force: bool) -> AbstractContextManager[Output]:
    """Standard output for `-`, else a `whole_file`."""
    return nullcontext(standard_output()) if path == STANDARD else whole_file(path, force=force)


@contextmanager
def whole_file(path: Path, *, force: bool) -> Iterator[Output]:
    """Opens a file that takes the place of `path` when the block ends without an error.

    Without `force` a file at `path` is refused, even one that came while the block ran. A symlink
    is followed: the file that it points at is replaced. A replaced file's permissions are kept,
    else they are as the umask says. Raises `FileError`.
    """
    place = Path(os.path.realpath(path))
    part = hidden.new_part(place)
    hidden.sweep(place.parent)
    try:
        with reported(path):
            output = Output(hidden.create(part, place if force else None), path, part)
        try:
            yield output
            output.finish(place, force=force)
        finally:
            output.close()
    finally:
        hidden.remove(part)


def check_place(path: Path, *, source: Path | None = None, force: bool = False) -> None:
    """Refuses at once what `whole_file` would refuse in the end, and to overwrite `source`.

    Raises `FileError`.
    """
    if path == STANDARD:
        if sys.stdout.isatty():
            raise FileError("-: standard output is a terminal, expected a file or a pipe")
        return
    with reported(path):
        found = _kind(path)
        if found is None:
            folder = Path(os.path.realpath(path)).parent
            if not folder.is_dir():
                raise FileError(f"{path}: there is no folder {folder}")
            return
        if stat.S_ISDIR(found.st_mode):
            raise FileError(f"{path}: found a directory, expected a file")
        if not stat.S_ISREG(found.st_mode):
            raise FileError(f"{path}: found a device or a pipe, expected a file")
        same = source and _kind(source)
        if same and os.path.samestat(found, same):
            raise FileError(f"{path}: is the program itself, expected another name")
        if not force:
            raise exists(path)


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turns an `OSError` into a `FileError` of one line about `path`."""
    try:
        yield
    except FileExistsError:
        raise exists(path) from None
    except OSError as error:
        raise FileError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except ValueError:
        raise FileError(f"{str(path)!r}: not a possible file name") from None


def exists(path: Path) -> ExistsError:
    """The error for a target that would be overwritten."""
    return ExistsError(f"{path}: exists already (--force replaces it)")


def _kind(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
