"""`--progress`: what another program reads while a picture is drawn, and `check`, which it asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from viewer.errors import ViewerError
from viewer.picture.command import check

DISC = "x var-x\ny var-y\nxx square x\nyy square y\ns add xx yy\nr const 0.5\nd sub s r\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "disc.vm"
    path.write_text(DISC, encoding="utf-8")
    return path


def prospero(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "viewer", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def test_rows_are_told_as_they_are_done(file: Path) -> None:
    target = file.with_suffix(".png")
    process = prospero("render", file, "-o", target, "--size=1500", "--aa=2", "--progress")
    told, errors = process.communicate()
    *lines, last = told.splitlines()
    rows = [tuple(map(int, line.split())) for line in lines]
    assert (errors, process.returncode) == ("", 0)
    assert {rows_in_all for _, rows_in_all in rows} == {1500}
    assert [done for done, _ in rows] == sorted({done for done, _ in rows})
    assert rows[0][0] == 0
    assert rows[-1][0] == 1500
    assert last.startswith(f"{target}: 1500 x 1500 pixels")


def test_when_its_reader_goes_so_does_the_picture(file: Path) -> None:
    target = file.with_suffix(".png")
    with prospero("render", file, "-o", target, "--size=16384", "--progress") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0 16384\n"
        process.stdout.close()
        assert process.wait(30) == 1
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("a.png", "", ""),
        ("a.svg", "--aa=4 --exact --palette=safe", ""),
        ("a.npy", "", ""),
        ("a.npy", "--aa=4", "a field has one sample a pixel, expected no --aa"),
        ("a.npy", "--exact", "the engine exact knows only what is inside"),
        ("a.png", "--exact --mode=iso", "the engine exact knows only what is inside"),
        ("a.svg", "--mode=iso", "an outline is filled and has no pixels"),
        ("a.pgm", "--palette=safe", "pgm holds no colours, expected png"),
        ("a.png", "--size=12x", "bad size '12x', expected N or WxH"),
        ("a.png", "--size=9999999", "bad size 9999999x9999999"),
        ("a.png", "--samples=2", "unrecognized arguments: --samples=2"),
        ("disc.vm", "", "disc.vm: found ending '.vm'"),
        ("no/a.png", "", "there is no folder"),
    ],
)
def test_what_is_refused_without_a_program(
    file: Path, name: str, arguments: str, reason: str
) -> None:
    words = [str(file), "-o", str(file.parent / name), *arguments.split()]
    file.unlink()  # it is not read
    try:
        check(words)
    except ViewerError as error:
        assert reason, error
        assert reason in str(error)
        assert "\n" not in str(error)
    else:
        assert not reason
