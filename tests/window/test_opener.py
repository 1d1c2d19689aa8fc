"""Opening what was saved in the program that the system has for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from viewer.errors import FileError
from viewer.window.files.opener import command, open_file


def test_what_is_run_on_each_system() -> None:
    path = Path("a b.png")
    assert command("linux", path) == ["xdg-open", "a b.png"]
    assert command("freebsd14", path) == ["xdg-open", "a b.png"]
    assert command("darwin", path) == ["open", "a b.png"]
    assert command("win32", path) == []


def test_a_picture_that_is_gone_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is no longer there"):
        open_file(tmp_path / "a.png")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows opens files itself")
def test_a_system_without_an_opener_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.png").touch()
    with pytest.raises(FileError) as caught:
        open_file(tmp_path / "a.png")
    name = command(sys.platform, tmp_path)[0]
    reason = "no such file or directory"
    assert str(caught.value) == f"{name}: {reason}, expected it to open {tmp_path / 'a.png'}"
