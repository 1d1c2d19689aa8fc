"""What moving costs at zoom 1e9000, counted: fractions of so many digits are slow."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from tests.steps import divisors_sought
from viewer.flight import Flight
from viewer.sign.atlas import sheet
from viewer.sign.cover import Scale
from viewer.view import Grid, View
from viewer.window.insight.probing import rows, ruler
from viewer.window.places.minimap import frames
from viewer.window.text.axes import Metrics, axes

SIZE = (1024, 768)
HERE = View(Fraction(1, 3), Fraction(1, 7), Fraction(10) ** 9000).zoomed(0.25, (300, 200), SIZE)
PLACE = HERE.place_at((300.5, 200.5), SIZE)
GRID = Grid(HERE, *SIZE)
PIXEL = 2 * GRID.half

MOVES: dict[str, Callable[[View], View]] = {
    "drag": lambda view: view.panned(17, -12.5, SIZE),
    "wheel": lambda view: view.zoomed(0.25, (123.5, 77.5), SIZE),
    "wheel back": lambda view: view.zoomed(-0.25, (123.5, 77.5), SIZE),
    "box": lambda view: view.boxed((100, 120), (300, 200), SIZE),
}
OVER: dict[str, tuple[Callable[[], object], int]] = {
    "cursor": (lambda: HERE.place_at((123.5, 77.5), SIZE), 0),
    "grid": (lambda: axes(HERE, SIZE, Metrics(8.0, 19)), 0),
    "map": (lambda: frames(HERE, View(), SIZE, (140, 105), 3), 4),
    "probe": (lambda: rows(PLACE, None, PIXEL, pinned=False), 0),
    "tiles": (lambda: Scale.of(GRID, GRID.whole, sheet(GRID, GRID.whole)), 0),
    "ruler": (lambda: ruler((HERE.x, HERE.y), PLACE, PIXEL), 0),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_move_and_its_frames_seek_hardly_a_divisor(move: Callable[[View], View]) -> None:
    assert divisors_sought(lambda: move(HERE)) <= 1
    flight = Flight(HERE, move(HERE))
    assert divisors_sought(lambda: flight.octaves) == 0
    assert divisors_sought(lambda: flight.at(0.3)) == 0


@pytest.mark.parametrize(("told", "most"), OVER.values(), ids=OVER)
def test_what_lies_over_the_picture_seeks_few(told: Callable[[], object], most: int) -> None:
    assert divisors_sought(told) <= most
