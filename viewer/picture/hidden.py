"""Hidden files beside a target, in which it grows until it is whole.

    .prospero-6d0c4a8f3b5e7192.part     of a file that is gone with its process
    .prospero-big.png.part              of one that another process may go on with
    .prospero-big.png.journal           and what is done of that: see `picture.begun`

A part is locked while its process lives. One without a journal that nobody has locked was left by
a kill; who writes to the folder next removes it.
"""

import errno
import os
import secrets
import stat
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from viewer.picture.lock import lock

if sys.platform != "win32":
    import fcntl

_PREFIX, _PART, _JOURNAL = ".prospero-", ".part", ".journal"
_LONGEST = 200
"""Bytes of a target's name that is used as it is: file systems allow 255."""
READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
WRITE = READ | os.O_WRONLY
"""How hidden files are opened: their names are known to others, who might put a link there."""


def new_part(place: Path) -> Path:
    """A name that no other process takes."""
    return place.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_PART}")


def own_part(place: Path) -> Path:
    """The name that every process takes for that target."""
    name = place.name
    if len(os.fsencode(name)) > _LONGEST:
        name = sha256(os.fsencode(name)).hexdigest()
    return place.with_name(f"{_PREFIX}{name}{_PART}")


def journal_of(part: Path) -> Path:
    """Where the journal of a part lies."""
    return part.with_suffix(_JOURNAL)


def create(part: Path, like: Path | None = None) -> int:
    """Creates a part, locked for as long as the descriptor is open, with the permissions of the
    file `like` where that is there. Raises `OSError`."""
    while True:
        descriptor = os.open(part, WRITE | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            lock(descriptor, wait=True)
            if os.fstat(descriptor).st_nlink:
                if sys.platform != "win32" and like is not None and like.exists():
                    os.fchmod(descriptor, like.stat().st_mode & 0o777)
                return descriptor
        except BaseException:
            remove(part)
            os.close(descriptor)
            raise
        # Another process took it for a left one, in the instant before it was locked.
        os.close(descriptor)


def take(part: Path) -> int | None:
    """Opens a part that was left, and locks it; None where there is none. Raises `BlockingIOError`
    where its process lives, or `OSError`, also for what is no part of ours."""
    try:
        descriptor = os.open(part, WRITE)
    except FileNotFoundError:
        return None
    try:
        lock(descriptor)
        found = os.fstat(descriptor)
        ours = sys.platform == "win32" or found.st_uid == os.geteuid()
        if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and ours:
            return descriptor
        raise OSError(errno.EPERM, f"{part.name} is another's, expected no such file")
    except BaseException:
        os.close(descriptor)
        raise


def remove(part: Path) -> None:
    """Removes a part and its journal, in an order that never leaves a part that seems whole."""
    for path in (journal_of(part), part):
        with suppress(OSError):
            path.unlink()


def sweep(folder: Path) -> None:
    """Removes what processes that were killed left, and nobody can go on with."""
    hidden: list[Path] = []
    with suppress(OSError), os.scandir(folder) as entries:
        hidden = [folder / entry.name for entry in entries if entry.name.startswith(_PREFIX)]
    for path in hidden:
        with suppress(OSError):
            if path.suffix == _PART and (path.lstat().st_nlink > 1 or not _is_begun(path)):
                _remove_left(path)
            elif path.suffix == _JOURNAL and not os.path.lexists(path.with_suffix(_PART)):
                path.unlink()


def _remove_left(part: Path) -> None:
    """Removes a part whose process is gone. Raises `OSError` where it lives or none is there, or
    where the folder knows no locks: nothing tells there that it was left."""
    if sys.platform == "win32":
        part.unlink()  # refused while it is open
        journal_of(part).unlink(missing_ok=True)
        return
    descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove(part)
    finally:
        os.close(descriptor)


def move(part: Path, place: Path, force: bool) -> None:
    """Gives the finished file its name, in one step. Raises `OSError`."""
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
    settle(place.parent)


def settle(folder: Path) -> None:
    """Has new names outlast a power cut, where folders can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_begun(part: Path) -> bool:
    """Whether there is a journal with something in it."""
    try:
        return journal_of(part).lstat().st_size > 0
    except FileNotFoundError:
        return False


def _claim(part: Path, place: Path) -> None:
    """The same where the file system has no links (FAT): an empty file, made only where none is,
    holds the name for an instant."""
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    try:
        part.replace(place)
    except BaseException:
        place.unlink()
        raise
