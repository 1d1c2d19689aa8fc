"""A saved picture is the old file or the whole new one, and nothing else is left lying about."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.picture.shapes import DISC, Dots, speckles
from viewer.errors import DrawError, FileError, UsageError, ViewerError
from viewer.picture import check_target, next_free, render_rows, save
from viewer.view import Grid, View

GRID = Grid(View(), 300, 200)
BIG = Grid(View(), 4096, 768)  # several strips
OLD = b"the old file"
PART = ".prospero-0123456789abcdef.part"


def keep(path: Path, grid: Grid = GRID, **options: Any) -> None:
    """Saves speckles."""
    save(path, DISC, grid, engine=options.pop("engine", Dots(speckles)), **options)


def is_whole(path: Path, grid: Grid = GRID) -> bool:
    """Whether the file is the picture of speckles, read by Pillow."""
    with Image.open(path) as found:
        return np.array_equal(np.asarray(found), speckled(grid))


@cache
def speckled(grid: Grid) -> NDArray[np.uint8]:
    """The picture of speckles."""
    return np.concatenate(list(render_rows(Dots(speckles), grid)))


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def old_file(name: str = "shot.png") -> Iterator[Path]:
    """The path of an old file in a folder of its own, for laws that try many faults."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(OLD)
        yield path


@pytest.mark.parametrize("name", ["shot.png", "shot.pgm", "shot.ppm"])
@pytest.mark.parametrize("grid", [GRID, BIG, Grid(View(), 1, 1)])
def test_a_picture_is_saved(tmp_path: Path, name: str, grid: Grid) -> None:
    keep(tmp_path / name, grid)
    assert is_whole(tmp_path / name, grid)
    assert names(tmp_path) == [name]


def test_a_picture_knows_its_view(tmp_path: Path) -> None:
    view = View.parse("-0.74,0.1@1e20")
    keep(tmp_path / "a.png", Grid(view, 5, 4))
    with Image.open(tmp_path / "a.png") as found:
        assert found.info["Prospero View"] == "-0.74,0.1@1e20"
        assert found.info["Title"] == "disc.vm"


@pytest.mark.parametrize(("aa", "effort"), [(1, 0), (2, 2)])
def test_greys_are_worth_a_search(tmp_path: Path, aa: int, effort: int) -> None:
    keep(tmp_path / "a.png", aa=aa)
    data = (tmp_path / "a.png").read_bytes()
    # FLEVEL of the zlib header, RFC 1950: 0 the fastest, 2 the default.
    assert data[data.index(b"IDAT") + 5] >> 6 == effort


def test_progress_counts_rows(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    keep(tmp_path / "a.png", BIG, progress=lambda done, rows: told.append((done, rows)))
    assert len(told) == 3
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (BIG.height, BIG.height)


@given(st.sampled_from(["shot.png", "shot.pgm"]), st.sampled_from([GRID, BIG]), st.floats(0, 1.1))
def test_a_full_disk_at_any_byte_leaves_the_old_file(name: str, grid: Grid, share: float) -> None:
    with old_file(name) as path:
        with limited_files(int(share * grid.width * grid.height)):
            try:
                keep(path, grid, force=True)
            except FileError as error:
                assert str(error) == f"{path}: file too large"
        assert path.read_bytes() == OLD or is_whole(path, grid)
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


CLOSE = os.close
CALLS = ("open", "write", "fsync", "fchmod", "link", "replace", "close", "stat", "fstat")


@given(
    st.sampled_from(CALLS),
    st.integers(1, 6),
    st.sampled_from([errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EPERM]),
    st.booleans(),
    st.booleans(),
)
@example("write", 6, errno.ENOSPC, True, True)  # the first strip's
def test_any_failing_call_leaves_the_old_file_or_the_new_one(
    call: str, count: int, number: int, force: bool, there: bool
) -> None:
    with old_file() as path, pytest.MonkeyPatch.context() as patch:
        if not there:
            path.unlink()
        patch.setattr(os, call, failing(getattr(os, call), count, number))
        try:
            keep(path, BIG, force=force)
            saved = True
        except ViewerError as error:
            assert str(error).startswith(f"{path}: ")
            assert "\n" not in str(error)
            saved = False
        patch.undo()
        assert names(path.parent) == ([path.name] if saved or there else [])
        if saved:
            assert is_whole(path, BIG)
        elif there:
            assert path.read_bytes() == OLD


def failing(call: Callable[..., Any], count: int, number: int) -> Callable[..., Any]:
    """The call, failing the count-th time. A close that fails has closed, as on Linux."""
    left = count

    def wrapped(*args: Any, **options: Any) -> Any:
        nonlocal left
        left -= 1
        result = call(*args, **options) if left or call is CLOSE else None
        if left == 0:
            raise OSError(number, os.strerror(number))
        return result

    return wrapped


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


def test_an_existing_file_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    path, engine = tmp_path / "a.png", Dots(speckles)
    path.write_bytes(OLD)
    with pytest.raises(FileError) as caught:
        keep(path, engine=engine)
    assert str(caught.value) == f"{path}: exists already (--force replaces it)"
    assert path.read_bytes() == OLD
    assert engine.asked == []


def refused(path: Path, source: Path | None = None) -> str:
    """The message of a target that even --force does not write to."""
    with pytest.raises(FileError) as caught:
        check_target(path, source=source, force=True)
    return str(caught.value).replace(str(path.parent), "DIR")


def test_what_cannot_be_a_target_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "file").write_bytes(b"")
    assert refused(tmp_path / "folder.png") == "DIR/folder.png: found a directory, expected a file"
    assert refused(tmp_path / "pipe.png") == (
        "DIR/pipe.png: found a device or a pipe, expected a file"
    )
    assert refused(tmp_path / "loop.png") == ("DIR/loop.png: too many levels of symbolic links")
    assert refused(tmp_path / "none" / "a.png") == "DIR/a.png: there is no folder DIR"
    assert refused(tmp_path / "file" / "a.png") == "DIR/a.png: not a directory"
    assert refused(tmp_path / ("a" * 300 + ".png")).endswith("aaa.png: file name too long")
    assert refused(tmp_path / "a\0.png").endswith("not a possible file name")
    with pytest.raises(UsageError):
        check_target(tmp_path / "a.jpg")


def test_the_program_itself_is_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "shape.png"  # a program may have any name
    source.write_bytes(b"x var-x\n")
    (tmp_path / "link.png").symlink_to(source)
    os.link(source, tmp_path / "hard.png")
    for name in ("shape.png", "link.png", "hard.png"):
        assert refused(tmp_path / name, source) == (
            f"DIR/{name}: is the program itself, expected another name"
        )
    check_target(tmp_path / "other.png", source=source)
    check_target(tmp_path / "other.png", source=tmp_path / "none.vm")


def test_a_folder_that_must_not_be_written_to() -> None:
    with old_file("a.png") as path, another_user(path.parent):
        for name in ("a.png", "b.png"):
            target = path.with_name(name)
            with pytest.raises(FileError) as caught:
                keep(target, force=True)
            assert str(caught.value) == f"{target}: permission denied"
        assert names(path.parent) == ["a.png"]
        assert path.read_bytes() == OLD


@contextmanager
def another_user(folder: Path) -> Iterator[None]:
    """A user who may read the folder, not write: root may write everywhere."""
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_a_vanished_folder_is_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()

    def vanish(i: Any, j: Any) -> Any:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        return speckles(i, j)

    with pytest.raises(FileError) as caught:
        keep(folder / "a.png", engine=Dots(vanish))
    assert str(caught.value) == f"{folder / 'a.png'}: no such file or directory"


def test_a_symlink_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.png").write_bytes(OLD)
    (tmp_path / "a.png").symlink_to("there/real.png")
    keep(tmp_path / "a.png", force=True)
    assert (tmp_path / "a.png").is_symlink()
    assert is_whole(tmp_path / "there" / "real.png")
    assert names(tmp_path / "there") == ["real.png"]


def test_a_symlink_to_nothing_yet_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("b.png")
    keep(tmp_path / "a.png")
    assert (tmp_path / "a.png").is_symlink()
    assert is_whole(tmp_path / "b.png")


def test_a_new_file_s_permissions_are_the_umask_s_and_an_old_one_s_are_kept(
    tmp_path: Path,
) -> None:
    before = os.umask(0o027)
    try:
        keep(tmp_path / "a.png")
        (tmp_path / "b.png").touch(0o600)
        keep(tmp_path / "b.png", force=True)
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.png", "b.png")]
    assert modes == [0o640, 0o600]


def test_a_hidden_file_is_removed_only_when_its_process_is_gone(tmp_path: Path) -> None:
    with (tmp_path / PART).open("wb") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        keep(tmp_path / "a.png")
        assert names(tmp_path) == [PART, "a.png"]
    keep(tmp_path / "b.png")
    assert names(tmp_path) == ["a.png", "b.png"]


def test_pictures_may_be_saved_side_by_side(tmp_path: Path) -> None:
    inner = Dots(lambda i, j: np.zeros(np.broadcast(i, j).shape, np.bool_))

    def save_another(i: Any, j: Any) -> Any:
        keep(tmp_path / "inner.png", engine=inner, force=True)
        return speckles(i, j)

    keep(tmp_path / "outer.png", BIG, engine=Dots(save_another))
    assert is_whole(tmp_path / "outer.png", BIG)
    assert names(tmp_path) == ["inner.png", "outer.png"]


def test_the_next_free_name_is_free(tmp_path: Path) -> None:
    path = tmp_path / "shot.v1.png"
    names = []
    for _ in range(3):
        names.append(next_free(path).name)
        keep(next_free(path))
    (tmp_path / "shot.v1-4.png").symlink_to("nowhere")
    assert names == ["shot.v1.png", "shot.v1-2.png", "shot.v1-3.png"]
    assert next_free(path).name == "shot.v1-5.png"
