"""What is read of a program ahead is what is read of it in time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path

import pytest

from tests.conftest import ROOT
from viewer.errors import ParseError
from viewer.gpu import background
from viewer.gpu.background import GivenUpError
from viewer.gpu.tiled import Slice
from viewer.sign.atlas import sheet
from viewer.view import Grid, View
from viewer.window.files.reading import Ahead, read

DISC = b"x var-x\ny var-y\na square x\nb square y\nc add a b\nr const 0.5\nd sub c r\n"
GRID = Grid(View(), 64, 48)
FILE = Path("disc.vm")


def missing(plane: Slice) -> object:
    """The squares of the grid that are not there."""
    return plane._atlas.missing(sheet(GRID, GRID.whole).squares())


def test_what_was_expected_is_taken_once() -> None:
    ahead = Ahead()
    ahead.expect(FILE, DISC, GRID)
    ahead.expect(FILE, DISC, GRID)
    first = ahead.take(FILE, DISC, GRID).result()
    assert first.data == DISC
    assert first.shape == (FILE, 7, 7, False)
    assert ahead.take(FILE, DISC, GRID).result() is not first


def test_what_comes_instead_is_read_anew() -> None:
    ahead = Ahead()
    ahead.expect(FILE, DISC[: DISC.index(b"r const")], GRID)
    assert ahead.take(FILE, DISC, GRID).result().data == DISC
    ahead.expect(FILE, DISC, GRID)
    assert ahead.take(Path("other.vm"), DISC, GRID).result().shape.path == Path("other.vm")


def test_what_is_no_more_expected_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is taken is read to its end, whatever is expected next."""
    works: list[Callable[[], object]] = []

    def hold(work: Callable[[], object]) -> Future[object]:
        works.append(work)
        return Future()

    monkeypatch.setattr(background, "in_background", hold)
    ahead, other = Ahead(), DISC.replace(b"0.5", b"0.25")
    ahead.expect(FILE, DISC, GRID)
    ahead.take(FILE, other, GRID)
    ahead.expect(FILE, DISC, GRID)
    with pytest.raises(GivenUpError):
        works[0]()
    assert [getattr(work(), "data", None) for work in works[1:]] == [other, DISC]


def test_what_is_wrong_is_told_where_it_is_taken() -> None:
    ahead = Ahead()
    ahead.expect(FILE, DISC[:-2], GRID)
    with pytest.raises(ParseError, match=r"disc\.vm:7:"):
        ahead.take(FILE, DISC[:-2], GRID).result()


def test_the_tiles_of_the_first_picture_are_there() -> None:
    data = (ROOT / "assets" / "dreams.vm").read_bytes()
    plane = read(FILE, data, GRID).plane
    assert plane.exact
    assert not missing(plane)


def test_tiles_of_another_height_are_left_for_later() -> None:
    found = read(FILE, DISC, Grid(View(), 64, 48, z=Fraction(1)))
    assert found.plane.z == 0
    assert missing(found.plane)
