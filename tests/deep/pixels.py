"""What an engine draws at places, pixel by pixel against the oracle."""

import random
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.conftest import model_paths
from tests.deep.oracle import Shape
from tests.deep.places import Place
from viewer.engines.registry import ENGINES, Row
from viewer.view import Grid, View

Mask = NDArray[np.bool_]

PURE = ("dreams", "hello", "prospero", "quarter")
"""The models that are formulas over quadratics: what `tiles` draw at any depth."""
CASES: list[tuple[Row, Path]] = [
    (row, path)
    for row in ENGINES
    for path in model_paths()
    if row.digits == "exact" and (row.name != "tiles" or path.stem in PURE)
]
"""The engines that are right at any depth, with the models for which they are."""


def named(value: Row | Path | str) -> str:
    """What a test's id calls it."""
    return value.stem if isinstance(value, Path) else getattr(value, "name", str(value))


NEAR = Fraction(1, 1000)
"""Pixels from the edge within which a picture may be wrong."""
ORIGIN = Fraction(0)
AROUND = [way for way in product((-1, 0, 1), repeat=2) if way != (0, 0)]


class Look(NamedTuple):
    """A square picture of `side` pixels of a shape with a place near its middle."""

    shape: Shape
    place: Place
    zoom: Fraction
    side: int
    central: bool = False

    @property
    def grid(self) -> Grid:
        """What an engine draws: the place is 1/5 and 1/7 of the picture off its centre, unless it
        is to be central."""
        x, y = self._centre()
        return Grid(View(x, y, self.zoom), self.side, self.side)

    def near(self) -> "Look":
        """The same, of the shape as it is here."""
        return self._replace(shape=self.shape.near(*self._centre(), 2 / self.zoom))

    def sign(
        self, i: int, j: int, right: Fraction = ORIGIN, up: Fraction = ORIGIN
    ) -> int | float | None:
        """Of the point that many pixels from a pixel's centre."""
        pixel = 2 / (self.side * self.zoom)
        x, y = self._centre()
        return self.shape.sign(
            x + (Fraction(2 * i + 1 - self.side, 2) + right) * pixel,
            y - (Fraction(2 * j + 1 - self.side, 2) - up) * pixel,
        )

    def wrong(self, inside: Mask, count: int, near: Fraction = NEAR) -> list[tuple[int, int]]:
        """Of about so many pixels, half of them next to an edge, those that are of the wrong sign
        with no point of the right one within `near` pixels."""
        found = []
        for i, j in self._sample(inside, count):
            right = (self.sign(i, j) == -1) == bool(inside[j, i])
            if not right and not (near and self.on_edge(i, j, near)):
                found.append((i, j))
        return found

    def on_edge(self, i: int, j: int, near: Fraction = NEAR) -> bool:
        """Whether there are points inside and outside within that many pixels of a pixel's centre:
        of that and of others around it, at several distances, as parts may be thinner."""
        here = self.sign(i, j) == -1
        return any(
            (self.sign(i, j, near * dx / part, near * dy / part) == -1) != here
            for part in (1, 4, 16, 64)
            for dx, dy in AROUND
        )

    def _centre(self) -> tuple[Fraction, Fraction]:
        off = Fraction(0) if self.central else 2 / self.zoom
        return self.place.x + off / 5, self.place.y - off / 7

    def _sample(self, inside: Mask, count: int) -> list[tuple[int, int]]:
        dice = random.Random(count)
        edges = np.zeros_like(inside)
        across, down = inside[:, 1:] != inside[:, :-1], inside[1:] != inside[:-1]
        edges[:, 1:] |= across
        edges[:, :-1] |= across
        edges[1:] |= down
        edges[:-1] |= down
        there = [(int(i), int(j)) for j, i in np.argwhere(edges)]
        anywhere = [
            (dice.randrange(self.side), dice.randrange(self.side)) for _ in range(count // 2)
        ]
        return dice.sample(there, min(len(there), count // 2)) + anywhere
