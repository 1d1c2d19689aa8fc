"""A file that appears when it is whole: until then the old one, or none, stays in its place.

The new file grows under a hidden name in the same folder and then takes the place in one step.
Whatever ends the writing, an error, Ctrl-C or a signal that Python sees, the hidden file goes
with it. Only after a kill is it left; the next picture saved in the folder removes it.
"""

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from viewer.errors import FileError

if sys.platform != "win32":
    import fcntl

STANDARD = Path("-")
"""The name of standard output."""

_PREFIX, _SUFFIX = ".prospero-", ".part"


class Output:
    """A file being written. Every failure is a `FileError` that names the target.

    `part` is where it lies meanwhile, for another process that writes it.
    """

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
    part = place.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
    _sweep(place.parent)
    try:
        with reported(path):
            descriptor = _create(part, place if force else None)
        try:
            yield Output(descriptor, path, part)
            with reported(path):
                os.fsync(descriptor)
        finally:
            with reported(path):
                os.close(descriptor)
        with reported(path):
            _move(part, place, force)
    finally:
        with suppress(OSError):
            part.unlink()


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


def exists(path: Path) -> FileError:
    """The error for a target that would be overwritten."""
    return FileError(f"{path}: exists already (--force replaces it)")


def _kind(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _create(part: Path, like: Path | None) -> int:
    """Creates the hidden file, locked for as long as it is open."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        descriptor = os.open(part, flags, 0o666)
        try:
            _lock(descriptor)
            if os.fstat(descriptor).st_nlink:
                if sys.platform != "win32" and like is not None and like.exists():
                    os.fchmod(descriptor, like.stat().st_mode & 0o777)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        # Another process took it for a left one, in the instant before it was locked.
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Marks a hidden file as being written, until it is closed or its process is gone."""
    if sys.platform != "win32":
        with suppress(OSError):  # a folder without locks: nothing is swept there either
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def _sweep(folder: Path) -> None:
    """Removes the hidden files of processes that were killed: those that nobody has locked."""
    with suppress(OSError):
        for part in list(folder.glob(f"{_PREFIX}*{_SUFFIX}")):
            with suppress(OSError):
                _remove_if_left(part)


def _remove_if_left(part: Path) -> None:
    if sys.platform == "win32":
        part.unlink()  # refused while it is open
        return
    descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()
    finally:
        os.close(descriptor)


def _move(part: Path, place: Path, force: bool) -> None:
    """Gives the finished file its name, in one step."""
    if force:
        part.replace(place)
    else:
        try:
            # Unlike a rename, a new link never takes the place of a file.
            os.link(part, place)
        except FileExistsError:
            raise
        except OSError:
            _claim(part, place)
    _settle(place.parent)


def _claim(part: Path, place: Path) -> None:
    """The same where the file system has no links (FAT): an empty file, made only where none is,
    holds the name for an instant."""
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    try:
        part.replace(place)
    except BaseException:
        place.unlink()
        raise


def _settle(folder: Path) -> None:
    """Has the new name outlast a power cut, where folders can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
