"""What moving costs at zoom 1e9000, counted: fractions of so many digits are slow."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from tests.steps import divisors_sought
from viewer.flight import Flight
from viewer.view import View

SIZE = (1024, 768)
HERE = View(Fraction(1, 3), Fraction(1, 7), Fraction(10) ** 9000).zoomed(0.25, (300, 200), SIZE)
MOVES: dict[str, Callable[[View], View]] = {
    "drag": lambda view: view.panned(17, -12.5, SIZE),
    "wheel": lambda view: view.zoomed(0.25, (123.5, 77.5), SIZE),
    "wheel back": lambda view: view.zoomed(-0.25, (123.5, 77.5), SIZE),
    "box": lambda view: view.boxed((100, 120), (300, 200), SIZE),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_move_and_its_frames_seek_hardly_a_divisor(move: Callable[[View], View]) -> None:
    assert divisors_sought(lambda: move(HERE)) <= 1
    flight = Flight(HERE, move(HERE))
    assert divisors_sought(lambda: flight.octaves) == 0
    assert divisors_sought(lambda: flight.at(0.3)) == 0
