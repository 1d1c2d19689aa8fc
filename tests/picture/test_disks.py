"""Disks that fail, for every format: one line, the old file stays, and nothing beside it."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.picture.decode import decoded
from tests.picture.saved import OLD, failing, keep, names, old_file, speckled
from viewer.errors import FileError, ViewerError
from viewer.picture import begun, save
from viewer.picture.formats.table import FORMATS
from viewer.picture.look import look_rows
from viewer.picture.save import Keep
from viewer.view import Grid, View

GRID = Grid(View(), 300, 600)
ENDINGS = [row.endings[0] for row in FORMATS]
FILES = st.sampled_from([f"shot{ending}" for ending in ENDINGS])
KEEPS = st.sampled_from([None, Keep("dots"), Keep("dots", resume=True)])


@pytest.fixture(autouse=True)
def _many_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    """In strips of 109 rows; a line in the journal for each that the disk keeps up with."""
    monkeypatch.setattr(begun, "EVERY", 0.0)
    monkeypatch.setattr(save, "look_rows", partial(look_rows, block=2**15))


@cache
def file_of(name: str) -> bytes:
    """The whole file, as a decoder that is not ours reads it."""
    with old_file(name) as path:
        keep(path, GRID, force=True)
        found = decoded(path.read_bytes())
        assert found.shape == (GRID.height, GRID.width)
        assert path.suffix == ".npy" or np.array_equal(found.astype(bool), speckled(GRID) > 0)
        return path.read_bytes()


@given(FILES, st.floats(0, 1.1), KEEPS)
def test_a_limit_at_any_byte_leaves_the_old_file(
    name: str, share: float, kept: Keep | None
) -> None:
    whole = file_of(name)
    with old_file(name) as path:
        with limited_files(int(share * len(whole))):
            try:
                keep(path, GRID, force=True, keep=kept)
            except FileError as error:
                assert str(error) == f"{path}: file too large"
        assert path.read_bytes() in (OLD, whole)
        assert names(path.parent) == [name]


@contextmanager
def limited_files(size: int) -> Iterator[None]:
    """No file of this process may grow beyond that many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


CALLS = ("open", "write", "fsync", "fchmod", "link", "replace", "close", "stat", "fstat", "lseek")
NUMBERS = [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EPERM, errno.EROFS]


@given(
    FILES,
    st.sampled_from(CALLS),
    st.integers(1, 12),
    st.sampled_from(NUMBERS),
    st.booleans(),
    st.booleans(),
    KEEPS,
)
@example("shot.png", "stat", 9, errno.ENOSPC, True, True, Keep("dots"))
@example("shot.tif", "write", 5, errno.EIO, True, True, Keep("dots"))
def test_any_failing_call_leaves_the_old_file_or_the_new_one(
    name: str, call: str, count: int, number: int, force: bool, there: bool, kept: Keep | None
) -> None:
    whole = file_of(name)
    with old_file(name) as path, pytest.MonkeyPatch.context() as patch:
        if not there:
            path.unlink()
        patch.setattr(os, call, failing(getattr(os, call), count, number))
        try:
            keep(path, GRID, force=force, keep=kept)
            saved = True
        except ViewerError as error:
            assert str(error).startswith(f"{path}: ")
            assert "\n" not in str(error)
            saved = False
        patch.undo()
        assert names(path.parent) == ([name] if saved or there else [])
        if saved:
            assert path.read_bytes() == whole
        elif there:
            assert path.read_bytes() == OLD


@pytest.mark.parametrize(
    ("ending", "kept"), [(".png", None), *((ending, Keep("dots")) for ending in ENDINGS)]
)
def test_every_write_that_fails_leaves_the_old_file(ending: str, kept: Keep | None) -> None:
    whole, count, saved = file_of(f"a{ending}"), 0, False
    while not saved:
        count += 1
        with old_file(f"a{ending}") as path, pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "write", failing(os.write, count, errno.EIO))
            try:
                keep(path, GRID, force=True, keep=kept)
                saved = True
            except FileError as error:
                assert str(error) == f"{path}: input/output error"
            assert path.read_bytes() == (whole if saved else OLD)
            assert names(path.parent) == [path.name]
    assert count > 3


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], int]]:
    """A disk of 64 KB in a folder, where this process may make one, else what seems to be one;
    how many bytes of it are taken."""
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if mount and not subprocess.run([mount, *options], capture_output=True, check=False).returncode:
        try:
            yield lambda: shutil.disk_usage(folder).used
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        return

    def used() -> int:
        return sum(path.stat().st_size for path in folder.iterdir())

    def write(descriptor: int, data: bytes) -> int:
        if used() + len(data) > 2**16:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return WRITE(descriptor, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", write)
        yield used


WRITE = os.write


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("kept", [None, Keep("dots")])
def test_a_full_disk_is_left_as_it_was(tmp_path: Path, ending: str, kept: Keep | None) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder) as used:
        path = folder / f"a{ending}"
        path.write_bytes(OLD)
        before = used()
        grid = Grid(View(), 1000, 4000)
        with pytest.raises(FileError) as caught:
            keep(path, grid, force=True, keep=kept)
        assert str(caught.value) == f"{path}: no space left on device"
        assert path.read_bytes() == OLD
        assert names(folder) == [path.name]
        assert used() == before
