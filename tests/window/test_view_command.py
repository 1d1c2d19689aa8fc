"""The options of `prospero view`: which files are opened, and where the first is looked at."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from viewer.errors import FileError
from viewer.resources import assets
from viewer.view import View
from viewer.window.command import Opening, add_options, prepare
from viewer.window.files.listed import opened


def opening(*words: str) -> Opening:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return prepare(parser.parse_args(words))


def test_without_a_file_the_bundled_shapes_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROSPERO_BACKEND", raising=False)
    found = opening()
    assert found.path.name == "dreams.vm"
    assert set(found.named) == set(assets())
    assert len(found.named) == len(assets())
    assert found.resume


def test_several_files_and_folders_are_opened_in_their_order(tmp_path: Path) -> None:
    for name in ("b.vm", "folder/2.vm", "folder/1.vm", "a.vm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    named = [str(tmp_path / name) for name in ("b.vm", "folder", "a.vm")]
    found = opening(*named, "--view", "1,2@3")
    assert found.path == tmp_path / "b.vm"
    assert found.view == View.parse("1,2@3")
    assert not found.resume  # of the first: it is looked at where that is asked for
    assert [path.name for path in opened(found.named).paths] == ["b.vm", "1.vm", "2.vm", "a.vm"]


def test_a_folder_without_programs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"found no program in that folder, expected names with"):
        _ = opening(str(tmp_path)).path
