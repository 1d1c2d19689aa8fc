"""Stepping through files: what folders come to, and what is next while they come and go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import FileError
from viewer.window.files.listed import EVERY, Files, Folders, listed, names_of, natural, opened

A, B, C, D = (Path(f"{name}.vm") for name in "abcd")

names = st.lists(st.sampled_from("abcdefg"), unique=True)


def paths_of(found: list[str]) -> tuple[Path, ...]:
    return tuple(Path(f"{name}.vm") for name in sorted(found))


@given(names.filter(bool), st.lists(st.one_of(st.integers(-9, 9), names)))
def test_whatever_comes_and_goes_the_next_is_the_next(
    first: list[str], events: list[int | list[str]]
) -> None:
    """Files are in order here, so that the one after any is known without counting."""
    files = Files.of(paths_of(first))
    for event in events:
        before = files
        if isinstance(event, list):
            files = files.relisted(paths_of(event))
            assert files.current == before.current
            assert files.paths == paths_of(event)
            assert files.there == (files.current in files.paths)
        elif event == 0 or not files.paths:
            files = files.stepped(event)
        else:
            way = 1 if event > 0 else -1
            files = files.stepped(way)
            after = [path for path in files.paths if path > before.current]
            ahead = [path for path in files.paths if path < before.current]
            if way > 0:
                assert files.current == (after[0] if after else files.paths[0])
            else:
                assert files.current == (ahead[-1] if ahead else files.paths[-1])
        if files.there:
            assert files.paths[files.index] == files.current
        many = files.there and len(files.paths) > 1
        assert files.position == (f"{files.index + 1} of {len(files.paths)}" if many else "")


def test_steps_back_and_forth_are_the_same_file() -> None:
    files = Files.of((A, B, C))
    assert [files.stepped(n).current for n in range(-3, 4)] == [A, B, C, A, B, C, A]
    assert files.stepped(1).position == "2 of 3"
    assert Files.of((A,)).position == ""


def test_people_count_naturally() -> None:
    wanted = ["a.vm", "A1.vm", "a2.vm", "a10.vm", "b.vm", "Ü.vm"]
    assert [path.name for path in sorted(map(Path, reversed(wanted)), key=natural)] == wanted


def test_folders_mean_their_programs_and_each_is_there_once(tmp_path: Path) -> None:
    for name in ("2.vm", "10.vm", "9.vm", "1.vm", ".#1.vm", "notes.txt", "x.VM"):
        (tmp_path / name).touch()
    (tmp_path / "folder.vm").mkdir()
    (tmp_path / "lost.vm").symlink_to(tmp_path / "nowhere")
    one = tmp_path / "2.vm"
    assert [path.name for path in listed([one, tmp_path])] == ["2.vm", "1.vm", "9.vm", "10.vm"]
    assert opened((tmp_path,)).current.name == "1.vm"
    assert listed([tmp_path / "folder.vm"]) == ()
    with pytest.raises(FileError, match=r"found no program in that folder"):
        opened((tmp_path / "folder.vm",))


def test_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.vm").touch()
    named = (tmp_path, tmp_path / "other.txt")
    folders = Folders(named)
    now = EVERY
    assert folders.poll(now) is None
    (tmp_path / "b.vm").touch()
    assert folders.poll(now + EVERY / 2) is None  # it is not asked that often
    assert folders.poll(now := now + EVERY) == (
        tmp_path / "a.vm",
        tmp_path / "b.vm",
        tmp_path / "other.txt",
    )
    assert folders.poll(now := now + EVERY) is None
    (tmp_path / "a.vm").unlink()
    assert folders.poll(now := now + EVERY) == (tmp_path / "b.vm", tmp_path / "other.txt")
    (tmp_path / "b.vm").rename(tmp_path / "c.vm")
    os.utime(tmp_path, (1, 1))
    assert folders.poll(now := now + EVERY) == (tmp_path / "c.vm", tmp_path / "other.txt")
    (tmp_path / "c.vm").unlink()
    tmp_path.rmdir()
    assert folders.poll(now := now + EVERY) == (tmp_path / "other.txt",)


def test_names_that_several_have_come_with_their_folder() -> None:
    paths = [Path(name) for name in ("/a/x.vm", "/a/y.vm", "/b/x.vm", "z.vm")]
    assert names_of(paths, paths) == ["a/x.vm", "y.vm", "b/x.vm", "z.vm"]
    assert names_of(paths[:1], paths) == ["a/x.vm"]


def test_without_folders_nothing_is_looked_at(tmp_path: Path) -> None:
    folders = Folders((tmp_path / "a.vm",))
    assert folders.paths == (tmp_path / "a.vm",)
    assert folders.poll(1e9) is None
