"""How many pixels of deep pictures have the wrong sign, with `--exact` and without.

Without it a picture is compared with that of `exact` at every pixel, and where they differ it is
told how near the edge is. With it, pixels next to an edge are worked out once more, each on its
own and by nothing but balls of growing precision.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import NDArray

from viewer.bench.places import Place
from viewer.engines import registry
from viewer.engines.exact import Exact
from viewer.exact.decide import Decider
from viewer.program import Program
from viewer.view import Grid, View

Flags = NDArray[np.bool_]

SIDE = 256
"""Pixels a side."""
ZOOMS = tuple(Fraction(10) ** exponent for exponent in (3, 15, 30, 100, 300))
"""At each place."""
NEAR = Fraction(1, 1000)
"""Pixels."""
CHECKED = 64
"""Pixels of a picture that are worked out once more, at most."""


@dataclass
class Count:
    """Of pixels. `wrong`: of `pixels`, the sign is wrong. `beyond`: of those, there is no point of
    the right sign within `NEAR`. `wrong_exact`: of the `checked` next to edges in exact pictures.
    `again`: those that floating point left in doubt there. `undecided`: of those, no precision
    told."""

    pixels: int = 0
    wrong: int = 0
    beyond: int = 0
    checked: int = 0
    wrong_exact: int = 0
    again: int = 0
    undecided: int = 0
    engine: str = ""


def count(program: Program, places: list[Place]) -> Iterator[Count]:
    """The same count, one more picture in it each time. Raises `NoDeviceError`, `DrawError`."""
    found, exact = Count(), Exact(program)
    grid = Grid(places[0].view(ZOOMS[-1]), SIDE, SIDE)
    row, engine, _ = registry.choose(program, grid)
    found.engine = row.name
    try:
        for place, zoom in product(places, ZOOMS):
            grid = replace(grid, view=place.view(zoom))
            right = exact.inside(grid, grid.whole)
            wrong = np.argwhere(engine.inside(grid, grid.whole) != right)
            found.pixels += right.size
            found.wrong += len(wrong)
            found.beyond += sum(not _on_edge(program, grid, int(i), int(j)) for j, i in wrong)
            _check(program, grid, right, found)
            found.again, found.undecided = exact.tally.again, exact.tally.undecided
            yield found
    finally:
        engine.close()


def _check(program: Program, grid: Grid, inside: Flags, found: Count) -> None:
    decider = Decider(program, grid)
    edge = np.argwhere(inside[:, 1:] != inside[:, :-1]).tolist()
    for j, left in random.Random(1).sample(edge, min(CHECKED // 2, len(edge))):
        for i in (left, left + 1):
            found.checked += 1
            found.wrong_exact += decider.decide(i, j)[0] != bool(inside[j, i])


def _on_edge(program: Program, grid: Grid, i: int, j: int) -> bool:
    """Whether both signs are found within `NEAR` pixels of a pixel's centre: at that and eight
    points around it, at several distances, as parts may be thinner."""
    x, y = grid.view.model_at((i + 0.5, j + 0.5), grid.size)
    signs = set()
    for part in (1, 4, 16, 64):
        zoom = part / (3 * NEAR * grid.half)
        decider = Decider(program, Grid(View(x, y, zoom), 3, 3, grid.z))
        signs |= {decider.decide(*point)[0] for point in product(range(3), repeat=2)}
    return len(signs) == 2
