"""Whatever fails or stops the writing: the old file or the whole new one, and nothing else."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.picture.saved import BIG, OLD, failing, is_whole, keep, names
from tests.picture.shapes import Dots, speckles
from viewer.errors import DrawError, FileError
from viewer.picture import begun
from viewer.picture.save import Keep
from viewer.view import Grid, View


@pytest.mark.parametrize("force", [False, True])
def test_the_bytes_are_on_the_disk_before_the_name_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    path, seen = tmp_path / "a.pgm", []
    synchronise = os.fsync

    def fsync(descriptor: int) -> None:
        synchronise(descriptor)
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        seen.append((kind, os.fstat(descriptor).st_size if kind == "file" else 0, path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    keep(path, force=force)
    assert seen == [("file", path.stat().st_size, False), ("folder", 0, True)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc of Linux")
def test_what_the_journal_says_is_on_the_disk_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synchronised, said = tmp_path / "a.tif", [0], []
    fsync, write = os.fsync, os.write

    def ends(descriptor: int, ending: str) -> bool:
        return Path(f"/proc/self/fd/{descriptor}").readlink().suffix == ending

    def watched_fsync(descriptor: int) -> None:
        size = os.fstat(descriptor).st_size if ends(descriptor, ".part") else 0
        fsync(descriptor)
        synchronised.append(size)

    def watched_write(descriptor: int, data: bytes) -> int:
        if ends(descriptor, ".journal"):
            said.append(json.loads(bytes(data).splitlines()[-1])["bytes"])
            assert said[-1] <= max(synchronised)
        return write(descriptor, data)

    monkeypatch.setattr(begun, "EVERY", 0.0)
    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "write", watched_write)
    keep(path, BIG, keep=Keep("dots"), progress=lambda *_: time.sleep(0.05))
    assert said


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    monkeypatch.setattr(os, "link", failing(os.link, 1, errno.EPERM))
    keep(tmp_path / "a.png", force=force)
    assert is_whole(tmp_path / "a.png")
    assert names(tmp_path) == ["a.png"]


def test_drawing_waits_for_a_slow_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Dots(speckles)
    ahead: list[int] = []
    write = os.write

    def slow_write(descriptor: int, data: bytes) -> int:
        time.sleep(0.02)
        ahead.append(len(engine.asked) - len(ahead))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", slow_write)
    keep(tmp_path / "a.pgm", Grid(View(), 10**6, 20), engine=engine)  # a strip is a row
    assert len(ahead) == 1 + 20
    assert max(ahead) <= 2


def test_a_name_that_was_held_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", failing(os.link, 1, errno.EPERM))
    monkeypatch.setattr(os, "replace", failing(os.replace, 1, errno.EIO))
    with pytest.raises(FileError) as caught:
        keep(tmp_path / "a.png")
    assert str(caught.value) == f"{tmp_path / 'a.png'}: input/output error"
    assert names(tmp_path) == []


@pytest.mark.parametrize("links", [False, True])
def test_a_file_that_came_while_drawing_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", failing(os.link, 1, errno.EPERM))
    path = tmp_path / "a.png"
    engine = Dots(lambda i, j: (path.write_bytes(OLD) > 0) & speckles(i, j))
    with pytest.raises(FileError) as caught:
        keep(path, engine=engine)
    assert str(caught.value) == f"{path}: exists already (--force replaces it)"
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("error", [DrawError("lost"), KeyboardInterrupt(), SystemExit(143)])
@pytest.mark.parametrize("place", ["engine", "progress"])
def test_whatever_ends_the_drawing_leaves_the_old_file(
    tmp_path: Path, error: BaseException, place: str
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    path = tmp_path / "a.png"
    path.write_bytes(OLD)
    engine = Dots(speckles if place == "progress" else fail)
    with pytest.raises(type(error)):
        keep(path, BIG, engine=engine, force=True, progress=fail if place == "progress" else None)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["a.png"]


def test_an_engine_s_own_error_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    def fail(*_: Any) -> Any:
        raise OSError(errno.EIO, "the device is gone")

    with pytest.raises(OSError, match="the device is gone"):
        keep(tmp_path / "a.png", engine=Dots(fail))
    assert names(tmp_path) == []
