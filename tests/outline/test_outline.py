"""Outlines: as near to the edge as was asked for, with sharp corners and few points."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.outline.paths import area, filled, flattened
from tests.picture.shapes import DISC, WAVES
from tests.strategies import shapes
from viewer.engines.blocks import Blocks
from viewer.engines.engine import ArrayEngine
from viewer.passes import optimise
from viewer.picture.outline.edges import Edge, Values
from viewer.picture.outline.fit import Path
from viewer.picture.outline.outline import edge_of, outline
from viewer.picture.outline.quadrics import Quadrics
from viewer.program import Program, parse, read
from viewer.resources import asset
from viewer.view import Block, Grid, View

RING = np.stack([np.cos(a := np.linspace(0, 2 * np.pi, 24, endpoint=False)), np.sin(a)], axis=1)
GRID = Grid(View(), 64, 48)


def program(text: str) -> Program:
    return parse(text.replace(";", "\n").encode(), "test.vm")


def traced(shape: Program, grid: Grid, tolerance: float = 0.1) -> list[Path]:
    with Blocks(shape) as engine:
        return outline(shape, grid, engine, tolerance)


def picture(shape: Program, grid: Grid) -> NDArray[np.bool_]:
    with Blocks(shape) as engine:
        return engine.inside(grid, grid.whole)


def near_an_edge(edge: Edge, points: NDArray[np.float64], radius: float) -> NDArray[np.bool_]:
    """Whether some of the points around each, in three rings, are inside and some are not."""
    around = [edge.inside(points + r * radius * way) for way in RING for r in (0, 0.5, 1)]
    return np.asarray(np.any(around, axis=0) & ~np.all(around, axis=0))


SQUARE = program(
    "x var-x;y var-y;c const 0.1234567;d const -0.31415;h const 0.5;"
    "u sub x c;v sub y d;a abs u;b abs v;m max a b;s sub m h"
)
CROSS = program(  # two crossed bars, turned: corners of both kinds, none on the lattice
    "x var-x;y var-y;p const 0.6;q const 0.8;xp mul x p;yq mul y q;xq mul x q;yp mul y p;"
    "u add xp yq;v sub yp xq;a abs u;b abs v;w const 0.21;l const 0.63;"
    "a1 sub a w;b1 sub b l;one max a1 b1;a2 sub a l;b2 sub b w;two max a2 b2;r min one two"
)
HALVES = program("x var-x;y var-y;n neg x;h const 0.3;k sub x h;m max n k")
ANNULUS = program(
    "x var-x;y var-y;a square x;b square y;q add a b;r sqrt q;c const 0.6;d sub r c;e abs d;"
    "w const 0.2;f sub e w"
)


def pixel(grid: Grid, x: float, y: float) -> tuple[float, float]:
    unit = float(2 * grid.half)
    return grid.width / 2 + x / unit, grid.height / 2 - y / unit


def test_a_square_is_four_lines_and_its_corners_are_exact() -> None:
    (path,) = traced(SQUARE, GRID)
    assert [len(step) for step in path.steps] == [1, 1, 1, 1]
    found = sorted((float(x), float(y)) for ((x, y),) in path.steps)
    c, d, h = 0.1234567, -0.31415, 0.5
    expected = sorted(pixel(GRID, c + i * h, d + j * h) for i in (-1, 1) for j in (-1, 1))
    assert np.abs(np.array(found) - expected).max() < 1e-9


def test_a_cross_has_its_twelve_corners() -> None:
    (path,) = traced(CROSS, GRID)
    assert [len(step) for step in path.steps] == [1] * 12
    corners = np.array([step[0] for step in path.steps])
    turned = [(i * a, j * b) for a, b in ((0.21, 0.63), (0.63, 0.21), (0.21, 0.21))
              for i in (-1, 1) for j in (-1, 1)]  # fmt: skip
    expected = [pixel(GRID, 0.6 * u - 0.8 * v, 0.8 * u + 0.6 * v) for u, v in turned]
    away = np.hypot(*(corners[:, np.newaxis] - np.array(expected)).transpose(2, 0, 1))
    assert away.min(axis=1).max() < 1e-9
    assert away.min(axis=0).max() < 1e-9


def test_a_tip_narrower_than_a_pixel_is_kept() -> None:
    # Between y = x / 20 and y = -x / 20, from x = 0: two pixels long before it is 1/5 wide.
    wedge = program(
        "x var-x;y var-y;s const 0.05;o const 0.0101;e const -0.1;t add x e;m mul t s;"
        "yo add y o;b sub yo m;n neg yo;c sub n m;w max b c"
    )
    paths = traced(wedge, GRID)
    tip = pixel(GRID, 0.1, -0.0101)
    ends = np.concatenate([step[-1:] for path in paths for step in path.steps])
    assert np.hypot(*(ends - tip).T).min() < 1e-9


@pytest.mark.parametrize("tolerance", [0.3, 0.1, 0.01, 0.001])
def test_a_disc_is_a_few_curves(tolerance: float) -> None:
    (path,) = traced(DISC, GRID, tolerance)
    assert {len(step) for step in path.steps} == {3}
    assert len(path.steps) <= (4 if tolerance > 0.05 else 8 if tolerance > 0.005 else 24)
    polygon = flattened(path)
    radius = math.sqrt(0.5) * 24
    away = np.hypot(*(polygon - [32, 24]).T) - radius
    assert np.abs(away).max() <= tolerance
    assert -area(polygon) == pytest.approx(math.pi * radius**2, rel=0.001 + tolerance / 10)


def test_a_hole_goes_the_other_way() -> None:
    areas = sorted(area(flattened(path)) for path in traced(ANNULUS, GRID))
    unit = 24**2 * math.pi
    assert areas == pytest.approx([-unit * 0.8**2, unit * 0.4**2], rel=0.01)


def test_the_picture_s_sides_cut_the_shape() -> None:
    (path,) = traced(HALVES, GRID)
    right = pixel(GRID, 0.3, 0)[0]
    expected = [(32, 0), (32, 48), (right, 0), (right, 48)]
    assert np.allclose(sorted(flattened(path, 1).tolist()), expected, rtol=0, atol=1e-9)
    full = program("x var-x;y var-y;a const -1;b square x;r sub a b")
    (path,) = traced(full, GRID)
    assert sorted(flattened(path, 1).tolist()) == [[0, 0], [0, 48], [64, 0], [64, 48]]
    assert traced(program("x var-x;a square x"), GRID) == []


class Asked(ArrayEngine):
    """Asks the edge itself what is inside, at any depth."""

    def __init__(self, shape: Program) -> None:
        self._shape = shape

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        row, column = np.mgrid[block.j : block.j + block.height, block.i : block.i + block.width]
        points = np.stack([column.ravel() + 0.5, row.ravel() + 0.5], axis=1)
        return edge_of(self._shape, grid).inside(points).reshape(row.shape)


CURVED = program(  # e^x < 1 and e^y < 1: left of and below the origin, but no formula of quadratics
    "x var-x;y var-y;one const 1;a exp x;b exp y;c sub a one;d sub b one;m max c d"
)


@pytest.mark.parametrize("depth", [3, 30, 300])
@pytest.mark.parametrize(
    ("shape", "corner", "kind"),
    [
        (SQUARE, (Fraction("0.6234567"), Fraction("0.18585")), Quadrics),
        (CURVED, (Fraction(0), Fraction(0)), Values),
    ],
)
def test_corners_are_exact_at_any_depth(
    shape: Program, corner: tuple[Fraction, Fraction], kind: type, depth: int
) -> None:
    offset = Fraction(123456, 10 ** (depth + 6))
    view = View(corner[0] + offset, corner[1] - 2 * offset, Fraction(10) ** depth)
    grid = Grid(view, 40, 40)
    assert isinstance(edge_of(shape, grid), kind)
    (path,) = outline(shape, grid, Asked(shape))
    x, y = (20 - 20 * 0.123456, 20 - 20 * 2 * 0.123456)
    expected = [(0, y), (0, 40), (x, y), (x, 40)]
    assert len(path.steps) == 4
    found = sorted((float(a), float(b)) for ((a, b),) in path.steps)
    assert np.abs(np.array(found) - expected).max() < 1e-4


@given(st.data())
def test_the_raster_of_an_outline_is_the_picture(data: st.DataObject) -> None:
    """At points that no literal goes through: a disc of no size has no outline."""
    shape, view = optimise(parse(data.draw(shapes()).encode())), View.parse("0.00371,0.00529@1")
    check(shape, Grid(view, 40, 30), data.draw(st.sampled_from([0.3, 0.1, 0.02])))


def test_discs_of_no_size_are_no_trouble() -> None:
    """A point that is no part of the plane, and the ways between it and itself."""
    point = program(
        "x var-x;y var-y;c const 0.3;u sub x c;v sub y c;uu square u;vv square v;s add uu vv;"
        "d sqrt s;xx square x;yy square y;t add xx yy;e sqrt t;n neg e;m max d n;r neg m"
    )
    paths = traced(point, Grid(View(), 40, 30), 0.3)
    assert filled([flattened(path) for path in paths], 40, 30).sum() >= 40 * 30 - 1


def test_a_side_that_two_parts_share_is_an_edge_only_where_one_of_them_ends() -> None:
    step = program(  # left of 0.01 below 0.3, right of it below -0.2
        "x var-x;y var-y;o const 0.01;u sub x o;n neg u;h const 0.3;k const 0.2;a sub y h;"
        "b add y k;l max u a;r max n b;m min l r"
    )
    (path,) = traced(step, GRID)
    found = {(round(float(x), 6), round(float(y), 6)) for (x, y) in flattened(path, 1)}
    corners = [pixel(GRID, 0.01, 0.3), pixel(GRID, 0.01, -0.2)]
    sides = [(0.0, corners[0][1]), (64.0, corners[1][1]), (0.0, 48.0), (64.0, 48.0)]
    assert found == {(round(x, 6), round(y, 6)) for x, y in (*corners, *sides)}


def test_an_edge_beyond_the_last_pixel_s_centre_is_not_the_picture_s_side() -> None:
    right = 63.8
    half = program(f"x var-x;e const {(right - 32) / 24};r sub x e")
    (path,) = traced(half, GRID)
    assert float(flattened(path, 1)[:, 0].max()) == pytest.approx(right, abs=1e-9)


LENS = program(  # thinner than a pixel: two islands in the raster, which share both tips
    "x var-x;y var-y;a const 0.7;b const 1.4;c const 1;p sub x a;q sub y b;pp square p;qq square q;"
    "s add pp qq;t sqrt s;u sub t c;xx square x;yy square y;v add xx yy;w sqrt v;d const 0.6;"
    "z sub w d;m max u z"
)


def test_islands_of_a_thin_part_do_not_overlap() -> None:
    check(LENS, Grid(View(), 40, 30), 0.1)


@pytest.mark.parametrize("zoom", ["0.5", "1", "2.3"])
def test_so_it_is_for_other_programs(zoom: str) -> None:
    assert isinstance(edge_of(WAVES, GRID), Values)
    check(WAVES, Grid(View.parse(f"0.11,0.07@{zoom}"), 90, 70, Fraction(1, 7)), 0.1)


@pytest.mark.parametrize("view", ["0,0@1", "0.31,0.22@3"])
def test_details_between_pixels_do_not_lead_a_path_astray(view: str) -> None:
    frost = optimise(read(asset("frost.vm")))
    check(frost, Grid(View.parse(view), 200, 200), 0.1)


@pytest.mark.parametrize("shape", [SQUARE, CROSS, ANNULUS, DISC, WAVES])
def test_no_path_leaves_the_edge(shape: Program) -> None:
    grid = Grid(View.parse("0.03,0.07@0.9"), 90, 70)
    edge = edge_of(shape, grid)
    for path in traced(shape, grid):
        points = flattened(path)
        within = ((points > 0.5) & (points < np.array(grid.size) - 0.5)).all(axis=1)
        assert near_an_edge(edge, points[within], 0.1).all()


def check(shape: Program, grid: Grid, tolerance: float) -> None:
    """Pixels that the outline gets wrong are near the edge."""
    paths = traced(shape, grid, tolerance)
    polygons = [flattened(path) for path in paths]
    wrong = filled(polygons, *grid.size) != picture(shape, grid)
    row, column = np.nonzero(wrong)
    edge = edge_of(shape, grid)
    centres = np.stack([column + 0.5, row + 0.5], axis=1)
    assert near_an_edge(edge, centres, 1.2 * tolerance).all()
