"""A shape that is the same at every depth by construction is drawn the same at every depth.

`assets/frost.vm` says where: the view 0.98,0 at zoom 2.5^k is one picture, and so is 0.7,0.28 at
zoom 2 * 2.5^k, mirrored about the rising diagonal where k is odd. The shape ends at 2.5^-112, so
that down to level 90 less than a thousandth of a thousandth of a pixel is missing.
"""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import ROOT
from tests.deep.oracle import Shape
from tests.deep.pixels import CASES
from tests.engines import running
from viewer.engines.engine import Engine
from viewer.engines.registry import Row
from viewer.program import read
from viewer.view import Grid, View

Mask = NDArray[np.bool_]

PATH = ROOT / "assets" / "frost.vm"
SIDE = 96
ROWS = [row for row, path in CASES if path == PATH]
LEVELS = (1, 18, 45, 90)
TIP = Fraction("0.98"), Fraction(0), Fraction(100, 47)
"""Centre, and a zoom at which the picture lies in the part that repeats."""
SIDEWAYS = Fraction("0.7"), Fraction("0.28"), Fraction(5)


@pytest.fixture(params=ROWS, ids=lambda row: row.name)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    row: Row = request.param
    with running(row, read(PATH)) as made:
        yield made


def level(engine: Engine, where: tuple[Fraction, Fraction, Fraction], k: int) -> Mask:
    """The picture at a level, turned as that at level 0 is."""
    x, y, zoom = where
    grid = Grid(View(x, y, zoom * Fraction(5, 2) ** k), SIDE, SIDE)
    inside = engine.inside(grid, grid.whole)
    return inside[::-1, ::-1].T if where is SIDEWAYS and k % 2 else inside


def unlike(engine: Engine, where: tuple[Fraction, Fraction, Fraction], k: int) -> list[str]:
    """The pixels of a level that are not those of level 0, but for any on the edge itself: to
    within a thousandth of a pixel, by the oracle at level 0."""
    first, here = level(engine, where, 0), level(engine, where, k)
    x, y, zoom = where
    pixel = 2 / (SIDE * zoom)
    wrong = []
    for j, i in np.argwhere(first != here):
        across, up = Fraction(2 * int(i) + 1 - SIDE, 2), Fraction(SIDE - 1 - 2 * int(j), 2)
        shape = _shape().near(x + across * pixel, y + up * pixel, pixel)
        around = {
            shape.sign(x + (across + dx) * pixel, y + (up + dy) * pixel) == -1
            for dx in (-_NEAR, 0, _NEAR)
            for dy in (-_NEAR, 0, _NEAR)
        }
        if len(around) == 1:
            wrong.append(f"{i},{j}")
    return wrong


_NEAR = Fraction(1, 1000)


def _shape() -> Shape:
    return Shape.read(PATH.read_text(encoding="ascii"))


def check(engine: Engine, levels: range | tuple[int, ...]) -> None:
    for where in (TIP, SIDEWAYS):
        first = level(engine, where, 0)
        assert first.any() and not first.all()
        for k in levels:
            assert not unlike(engine, where, k), f"level {k} about {where[0]},{where[1]}"


@pytest.mark.gl
def test_every_level_is_the_first(engine: Engine) -> None:
    check(engine, LEVELS)


@pytest.mark.slow
@pytest.mark.gl
@pytest.mark.timeout(3600)
def test_all_levels_are_the_first(engine: Engine) -> None:
    check(engine, range(1, 91))


def test_the_oracle_sees_the_same_levels() -> None:
    """What the header says, at some points, by whole numbers."""
    shape = _shape()
    for where in (TIP, SIDEWAYS):
        x, y, zoom = where
        for n in range(12):
            across, up = (Fraction((n * step) % 19 - 9, 10) / zoom for step in (7, 11))
            there = shape.sign(x + across, y + up)
            for k in (1, 30, 90):
                dx, dy = (up, across) if where is SIDEWAYS and k % 2 else (across, up)
                little = Fraction(2, 5) ** k
                assert shape.sign(x + dx * little, y + dy * little) == there
