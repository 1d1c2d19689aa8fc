"""Pictures worked out pixel by pixel in exact numbers, and places where they are hard."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tests import oracle
from viewer.view import Grid, View

Flags = NDArray[np.bool_]
Point = tuple[Fraction, Fraction]


def centre(grid: Grid, i: int, j: int) -> Point:
    """Of a pixel: the shorter side of the picture has 2 / zoom."""
    step = 2 / grid.view.zoom / min(grid.size)
    x = grid.view.x + step * Fraction(2 * i + 1 - grid.width, 2)
    return x, grid.view.y - step * Fraction(2 * j + 1 - grid.height, 2)


def expected(text: str, grid: Grid) -> tuple[Flags, Flags]:
    """Which pixels are inside over the reals, and which of them the oracle could decide."""
    nodes = oracle.read(text)
    inside, known = np.zeros((2, grid.height, grid.width), np.bool_)
    for j in range(grid.height):
        for i in range(grid.width):
            sign = oracle.sign(nodes, *centre(grid, i, j), grid.z)
            known[j, i] = sign is not None
            inside[j, i] = sign is not None and not math.isnan(sign) and sign < 0
    return inside, known


def edge(inside: Callable[[Grid], Flags], bits: int) -> Point:
    """A point on a shape's edge to so many bits, by what draws its pictures: between two pixels of
    a coarse one that differ, of all such places neither first nor last."""

    def at(x: Fraction, y: Fraction) -> bool:
        return bool(inside(Grid(View(x, y), 1, 1))[0, 0])

    grid = Grid(View(base=Fraction(9, 10)), 48, 48)
    coarse = inside(grid)
    places = np.argwhere(coarse[:, 1:] != coarse[:, :-1])
    j, i = places[len(places) // 3].tolist()
    (low, y), (high, _) = centre(grid, i, j), centre(grid, i + 1, j)
    side = at(low, y)
    for _ in range(bits):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle, y) == side else (low, middle)
    return low, y
