"""Where a picture or an outline may go, for every format: nothing that is there is harmed."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.picture.shapes import DISC
from viewer.cli import main
from viewer.picture.formats.table import ENDINGS, OUTLINES

OLD = b"the old file"
EVERY = (*ENDINGS, *OUTLINES)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a program in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "disc.vm").write_text(DISC.text())
    return tmp_path


def render(*arguments: str) -> int:
    return main(["render", *arguments, "--size", "8", "--engine", "blocks"])


def found(folder: Path) -> dict[str, object]:
    """What lies in a folder and below: links as such, files by what is in them."""
    return {
        str(path.relative_to(folder)): (
            path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None
        )
        for path in folder.rglob("*")
    }


def program(folder: Path, name: str) -> str:
    """A program with a picture's name."""
    (folder / name).write_text(DISC.text())
    return name


def linked(link: Callable[[str, str], None], folder: Path, name: str) -> str:
    """Another name of the program."""
    link("disc.vm", str(folder / name))
    return "disc.vm"


def made(make: Callable[[Path], object], folder: Path, name: str) -> str:
    """Something else of that name."""
    make(folder / name)
    return "disc.vm"


@pytest.mark.parametrize("ending", EVERY)
@pytest.mark.parametrize(
    ("prepare", "name", "line"),
    [
        (program, "a{}", "is the program itself, expected another name"),
        (
            lambda *at: linked(os.symlink, *at),
            "a{}",
            "is the program itself, expected another name",
        ),
        (lambda *at: linked(os.link, *at), "a{}", "is the program itself, expected another name"),
        (lambda *at: made(Path.mkdir, *at), "a{}", "found a directory, expected a file"),
        (lambda *at: made(os.mkfifo, *at), "a{}", "found a device or a pipe, expected a file"),
        (
            lambda *at: made(lambda path: path.symlink_to("/dev/null"), *at),
            "a{}",
            "found a device or a pipe, expected a file",
        ),
        (
            lambda *at: made(lambda path: path.symlink_to(path), *at),
            "a{}",
            "too many levels of symbolic links",
        ),
        (lambda *_: "disc.vm", "none/a{}", "there is no folder "),
        (lambda *_: "disc.vm", "disc.vm/a{}", "not a directory"),
        (lambda *_: "disc.vm", 300 * "a" + "{}", "file name too long"),
        (lambda *_: "disc.vm", "a\0{}", "not a possible file name"),
    ],
)
def test_a_place_that_even_force_must_not_write_to(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    ending: str,
    prepare: Callable[[Path, str], str],
    name: str,
    line: str,
) -> None:
    target = name.format(ending)
    source = prepare(folder, target)
    before = found(folder)
    assert render(source, "-o", target, "--force") == 1
    out, said = capsys.readouterr()
    assert (out, said.count("\n")) == ("", 1)
    assert line in said
    assert found(folder) == before


@pytest.mark.parametrize("ending", EVERY)
def test_a_file_that_is_there_is_replaced_by_force_alone(folder: Path, ending: str) -> None:
    path = folder / f"a{ending}"
    path.write_bytes(OLD)
    path.chmod(0o604)
    assert render("disc.vm", "-o", path.name) == 1
    assert found(folder) == {"disc.vm": DISC.text().encode(), path.name: OLD}
    assert render("disc.vm", "-o", path.name, "--force") == 0
    assert set(found(folder)) == {"disc.vm", path.name}
    assert path.read_bytes() != OLD
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@pytest.mark.parametrize("ending", EVERY)
@pytest.mark.parametrize("there", [False, True])
def test_a_link_stays_and_what_it_names_is_written(folder: Path, ending: str, there: bool) -> None:
    (folder / "there").mkdir()
    real, other = folder / "there" / f"real{ending}", folder / "there" / "other"
    if there:
        real.write_bytes(OLD)
        os.link(real, other)
    (folder / f"a{ending}").symlink_to(real)
    assert render("disc.vm", "-o", f"a{ending}", *["--force"] * there) == 0
    names = {"disc.vm", "there", f"there/real{ending}", f"a{ending}", *["there/other"] * there}
    assert set(found(folder)) == names
    assert (folder / f"a{ending}").readlink() == real
    # A file with two names is not written into: the other name keeps the old one.
    assert not there or (other.read_bytes(), real.read_bytes() == OLD) == (OLD, False)


@pytest.mark.parametrize("ending", EVERY)
@pytest.mark.parametrize(
    "name",
    ["-a", "a b", "ä\u2028", "\udcff", ".a", "%d", "a.vm", 240 * "a", "~", "$HOME", "*", "NUL"],
)
def test_any_other_name_will_do(folder: Path, ending: str, name: str) -> None:
    target = f"{name}{ending.upper()}"
    assert render("disc.vm", f"--output={target}") == 0
    assert set(found(folder)) == {"disc.vm", target}


@pytest.mark.parametrize("name", ["", ".", "..", "/", "folder/", ".png", "folder/.svg"])
def test_what_is_no_name_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (folder / "folder").mkdir()
    assert render("disc.vm", f"--output={name}", "--force") == 2
    out, said = capsys.readouterr()
    assert (out, said.count("\n")) == ("", 1)
    assert "without an ending" in said, shlex.quote(name)
    assert set(found(folder)) == {"disc.vm", "folder"}
