"""A film of a zoom: no frame is out of step with those before it, wherever an anchor moves.

Four frames make a factor of three. So every frame has a third of its columns and rows in common
with the one four later, point by point, and there the two are the same picture. And each frame,
scaled, foretells the next: what differs is less than a line of pixels along the edge, which is what
a step of one pixel would make.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import ROOT
from tests.deep.pixels import CASES, Look, named
from tests.deep.places import Place, places, shape_of
from tests.engines import running
from viewer.engines.exact import Exact
from viewer.engines.registry import Row
from viewer.gpu.stage import Stage
from viewer.passes import optimise
from viewer.program import read

Mask = NDArray[np.bool_]

SIDE = 60
STEPS = (Fraction(1), Fraction(4, 3), Fraction(16, 9), Fraction(64, 27))
STARS = {"dreams": 2, "jellyfish": 0}
"""What films are of: a place of each, a corner and an arc."""


def zoom_of(frame: int) -> Fraction:
    """From 81 on, so that about one edge is in sight."""
    return 81 * Fraction(3) ** (frame // 4) * STEPS[frame % 4]


def frames(row: Row, name: str, numbers: Sequence[int]) -> Iterator[tuple[Look, Mask]]:
    """A film of a place, in its middle all the time."""
    path = ROOT / "assets" / f"{name}.vm"
    place = star(name)
    with running(row, read(path)) as engine:
        for number in numbers:
            look = Look(shape_of(path), place, zoom_of(number), SIDE, central=True)
            yield look, engine.inside(look.grid, look.grid.whole)


def star(name: str) -> Place:
    return places(ROOT / "assets" / f"{name}.vm", 1, STARS.get(name, 0))[-1]


def out_of_step(look: Look, inside: Mask, later: Mask) -> list[tuple[int, int]]:
    """Pixels that are not what the same points are three times larger, nor within a thousandth of
    the larger picture's pixel of the edge."""
    reach = SIDE // 3
    here = inside[reach : 2 * reach, reach : 2 * reach]  # column i is column 3 * i - (SIDE - 1)
    there = later[1::3, 1::3]
    found = []
    for j, i in np.argwhere(here != there):
        larger = look._replace(zoom=look.zoom * 3).near()
        if not larger.on_edge(3 * int(i) + 1, 3 * int(j) + 1):
            found.append((int(i) + reach, int(j) + reach))
    return found


def surprise(before: Mask, after: Mask, factor: float) -> float:
    """The pixels that a picture `factor` times larger does not share with the scaled one, for each
    pixel along its edge."""
    middle = (SIDE - 1) / 2
    source = np.rint(middle + (np.arange(SIDE) - middle) / factor).astype(int)
    foretold = before[np.ix_(source, source)]
    length = (after[:, 1:] != after[:, :-1]).sum() + (after[1:] != after[:-1]).sum()
    return float((foretold != after).sum() / max(1, length))


def check(row: Row, name: str, count: int, stride: int = 1) -> None:
    """A film of so many frames; with a stride, groups of five with gaps between them."""
    numbers = [stride * (n // 5) * 4 + n % 5 for n in range(count)] if stride > 1 else range(count)
    film: dict[int, tuple[Look, Mask]] = {}
    for number, frame in zip(numbers, frames(row, name, numbers), strict=True):
        film[number] = frame
        look, inside = frame
        assert inside.any() and not inside.all()
        if number - 4 in film:
            wrong = out_of_step(*film[number - 4], inside)
            assert not wrong, f"{look.grid.view}: {wrong}"
        if number - 1 in film:
            factor = float(look.zoom / film[number - 1][0].zoom)
            assert surprise(film[number - 1][1], inside, factor) < 0.75, look.grid.view


FILMS = [(row, path.stem) for row, path in CASES if path.stem in STARS and row.name != "exact"]
"""`exact` decides each pixel on its own: there is nothing that could jump."""


@pytest.mark.gl
@pytest.mark.parametrize(("row", "name"), FILMS, ids=named)
def test_no_frame_jumps(row: Row, name: str) -> None:
    check(row, name, 60, stride=7)


def check_window(name: str, numbers: Sequence[int]) -> None:
    """Frames as a window draws them, whose squares and tiles serve many frames: each is that of
    `exact`, but for pixels within a thousandth of one from the edge."""
    program = optimise(read(ROOT / "assets" / f"{name}.vm"))
    exact, stage = Exact(program), Stage(program)
    try:
        for number in numbers:
            look = Look(shape_of(ROOT / "assets" / f"{name}.vm"), star(name), zoom_of(number), SIDE)
            stage.whole(look.grid)
            right = exact.inside(look.grid, look.grid.whole)
            unlike = np.argwhere((stage.read() > 127) != right)
            look = look.near() if len(unlike) else look
            wrong = [(int(i), int(j)) for j, i in unlike if not look.on_edge(int(i), int(j))]
            assert not wrong, f"{look.grid.view}: {wrong}"
    finally:
        stage.close()


@pytest.mark.gl
@pytest.mark.parametrize("name", STARS)
def test_a_window_s_frames_are_right(name: str) -> None:
    check_window(name, [*range(12), *range(200, 212)])


@pytest.mark.slow
@pytest.mark.gl
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", [*STARS, "frost", "gears"])
def test_all_frames_of_a_window_are_right(name: str) -> None:
    check_window(name, range(500))


@pytest.mark.slow
@pytest.mark.gl
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("row", "name"), FILMS, ids=named)
def test_no_frame_of_a_long_film_jumps(row: Row, name: str) -> None:
    check(row, name, 500)
