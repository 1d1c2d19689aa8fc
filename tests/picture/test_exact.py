"""`prospero render --exact`: the picture, and the line that says what was in doubt."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from viewer.cli import main
from viewer.errors import UsageError
from viewer.picture.api import render
from viewer.program import parse
from viewer.view import View

DIAGONAL = "x var-x\ny var-y\nr sub x y"
ZERO = "x var-x\na sin x\nb cos x\nc square a\nd square b\ne add c d\nf const 1\nr sub e f"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two programs, to run the command in."""
    (tmp_path / "diagonal.vm").write_text(DIAGONAL)
    (tmp_path / "zero.vm").write_text(ZERO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ("diagonal.vm --size 31", "decided again: 31 pixels, undecided: none"),
        ("diagonal.vm --size 1", "decided again: 1 pixel, undecided: none"),
        ("diagonal.vm --size 31 --engine exact", "decided again: 31 pixels, undecided: none"),
        ("diagonal.vm --size 31 --aa 3", "decided again: 93 samples, undecided: none"),
        (
            "diagonal.vm --size 1100 --center 1e-9,0 --zoom 1e300",
            "decided again: 0 pixels, undecided: none",
        ),
        ("zero.vm --size 4x3", "decided again: 0 pixels, undecided: 12 pixels (first at 0,0)"),
        (
            "zero.vm --size 3x2",
            "decided again: 2 pixels, undecided: 4 pixels (first at 0,0)",
        ),
    ],
)
def test_one_line_says_what_was_in_doubt(
    folder: Path, capfd: pytest.CaptureFixture[str], options: str, line: str
) -> None:
    assert main(["render", *options.split(), "-o", "a.png", "--exact"]) == 0
    out, err = capfd.readouterr()
    assert err == line + "\n"
    assert out.startswith("a.png: ")
    assert "engine exact" in out


def test_without_it_nothing_is_said(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    options = "diagonal.vm -o a.png --size 31 --engine blocks"
    assert main(["render", *options.split()]) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("more", ["--engine blocks", "--mode iso", "--pixels field -o a.npy"])
def test_what_exactness_cannot_do_is_refused(
    folder: Path, capfd: pytest.CaptureFixture[str], more: str
) -> None:
    assert main(f"render diagonal.vm -o a.png --exact {more}".split()) == 2
    assert "exact" in capfd.readouterr().err
    assert {path.name for path in folder.iterdir()} == {"diagonal.vm", "zero.vm"}


def test_every_sample_is_exact(folder: Path) -> None:
    """Of a pixel on a diagonal 3 of 9 samples are on it, and so outside, and 3 below."""
    options = "diagonal.vm -o a.png --size 30 --exact --aa 3"
    assert main(["render", *options.split()]) == 0
    with Image.open(folder / "a.png") as image:
        found = np.asarray(image)
    assert set(np.fliplr(found).diagonal().tolist()) == {round(255 * 3 / 9)}
    assert set(np.unique(found).tolist()) == {0, 85, 255}


def test_the_function_has_it_as_an_engine() -> None:
    program = parse(DIAGONAL.encode())
    found = render(program, View(base=Fraction(10) ** 80), (9, 9), engine="exact")
    assert int((found == 255).sum()) == 36
    with pytest.raises(UsageError):
        render(program, View(), (9, 9), engine="exactly")
