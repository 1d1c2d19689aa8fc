"""Opening an editor at a line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from viewer.errors import FileError
from viewer.window.files.editor import command, edit

PATH = Path("/a/b.vm")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"VISUAL": "gvim"}, ["gvim", "+7", "/a/b.vm"]),
        ({"VISUAL": "", "EDITOR": "nano -w"}, ["nano", "-w", "+7", "/a/b.vm"]),
        ({"VISUAL": "/usr/bin/code --wait"}, ["/usr/bin/code", "--wait", "-g", "/a/b.vm:7"]),
        ({"VISUAL": "subl", "EDITOR": "vi"}, ["subl", "/a/b.vm:7"]),
        ({"VISUAL": "'my editor' -n"}, ["my editor", "-n", "+7", "/a/b.vm"]),
    ],
)
def test_each_editor_has_its_way_to_a_line(environment: dict[str, str], words: list[str]) -> None:
    assert command(environment, PATH, 7) == words


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "no editor is named, expected one in \\$VISUAL"),
        ({"VISUAL": "'vi"}, "no closing quotation"),
    ],
)
def test_without_an_editor_it_says_so(environment: dict[str, str], message: str) -> None:
    with pytest.raises(FileError, match=message):
        command(environment, PATH, 7)


def test_an_editor_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "editor"
    script.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/seen.part; mv {tmp_path}/seen.part {tmp_path}/seen\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    assert edit(PATH, 3) == f"line 3 in {script}"
    end = time.monotonic() + 20
    while not (tmp_path / "seen").exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert (tmp_path / "seen").read_text() == "+3 /a/b.vm\n"
    monkeypatch.setenv("VISUAL", str(tmp_path / "missing"))
    with pytest.raises(FileError, match="missing: no such file"):
        edit(PATH, 3)
