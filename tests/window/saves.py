"""How editors and other programs save a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic_ns, sleep


def in_place(path: Path, data: bytes) -> None:
    with path.open("r+b") as file:
        file.write(data)
        file.truncate()


def slowly(path: Path, data: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), 1000):
            file.write(data[start : start + 1000])
            sleep(0.03)


def by_rename(path: Path, data: bytes) -> None:
    new = path.with_name(".new")
    new.write_bytes(data)
    new.replace(path)


def by_backup(path: Path, data: bytes) -> None:
    """As vim does with `backupcopy=no`: the old file is moved away, a new one is written."""
    path.rename(path.with_name(path.name + "~"))
    sleep(0.02)
    slowly(path, data)


def deleted_and_recreated(path: Path, data: bytes) -> None:
    path.unlink()
    sleep(0.15)
    path.write_bytes(data)


def through_a_symlink(path: Path, data: bytes) -> None:
    if not path.is_symlink():
        target = path.with_name("target")
        path.rename(target)
        path.symlink_to(target)
    by_rename(path.resolve(), data)


def by_turning_a_symlink(path: Path, data: bytes) -> None:
    target = path.with_name(f"state{monotonic_ns()}")
    target.write_bytes(data)
    link = path.with_name(".link")
    link.symlink_to(target)
    link.replace(path)


def with_an_old_date(path: Path, data: bytes) -> None:
    """As `cp -p`, a checkout or a restored backup: the new contents are older than the old."""
    by_rename(path, data)
    os.utime(path, (1_000_000_000, 1_000_000_000))


Save = Callable[[Path, bytes], None]
SAVES: list[Save] = [
    in_place,
    slowly,
    by_rename,
    by_backup,
    deleted_and_recreated,
    through_a_symlink,
    by_turning_a_symlink,
    with_an_old_date,
]
