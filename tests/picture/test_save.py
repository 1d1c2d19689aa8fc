"""Where a picture is saved, under which name, and with what in it."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.picture.saved import BIG, GRID, OLD, is_whole, keep, names, old_file
from tests.picture.shapes import Dots, speckles
from viewer.errors import FileError, UsageError
from viewer.picture import begun
from viewer.picture.formats.table import FORMATS
from viewer.picture.save import Keep, check_target, next_free
from viewer.picture.target import whole_file
from viewer.view import Grid, View

KEEPS = [None, Keep("dots"), Keep("dots", resume=True)]
PART = ".prospero-0123456789abcdef.part"


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


@pytest.mark.parametrize("ending", [row.endings[0] for row in FORMATS])
@pytest.mark.parametrize("kept", KEEPS)
def test_a_folder_that_must_not_be_written_to(ending: str, kept: Keep | None) -> None:
    with old_file(f"a{ending}") as path:
        keep(path, force=True, keep=kept)  # another user may be unable to read our modules
    with old_file(f"a{ending}") as path, another_user(path.parent):
        for name in (path.name, f"b{ending}"):
            target = path.with_name(name)
            with pytest.raises(FileError) as caught:
                keep(target, force=True, keep=kept)
            assert str(caught.value) == f"{target}: permission denied"
        assert names(path.parent) == [path.name]
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


@pytest.mark.parametrize("ending", [row.endings[0] for row in FORMATS])
@pytest.mark.parametrize("kept", KEEPS)
def test_a_vanished_folder_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, kept: Keep | None
) -> None:
    monkeypatch.setattr(begun, "EVERY", 0.0)
    folder = tmp_path / "gone"
    folder.mkdir()

    def vanish(done: int, _: int) -> None:
        if done > 256:
            shutil.rmtree(folder, ignore_errors=True)

    path = folder / f"a{ending}"
    with pytest.raises(FileError) as caught:
        keep(path, BIG, keep=kept, progress=vanish)
    assert str(caught.value) == f"{path}: no such file or directory"
    assert names(tmp_path) == []


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


def test_what_is_replaced_in_a_file_leaves_its_end_where_it_is(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a", force=False) as output:
        output.write(b"abcdef")
        output.write(b"XY", at=1)
        output.write(b"g")
    assert (tmp_path / "a").read_bytes() == b"aXYdefg"
