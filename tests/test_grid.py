"""Grids: where the samples of a picture are, however it is cut."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import grids
from viewer.view import Block, Grid, View

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@given(grid=grids())
def test_samples_are_at_the_centres_of_pixels(grid: Grid) -> None:
    """As exact numbers; a reference grid has its outermost samples on the edge instead."""
    whole, unit = grid.whole, 2 / grid.view.zoom / min(grid.size)
    assert whole == (0, 0, grid.width, grid.height)
    exact_x = [grid.view.x + (2 * i - (grid.width - 1)) * grid.half for i in range(grid.width)]
    if not grid.reference:
        assert grid.half == unit / 2
        assert exact_x[0] == grid.view.model_at((0.5, 0.5), grid.size)[0]
    elif min(grid.size) > 1:
        edge = grid.half * (min(grid.size) - 1)
        assert edge == 1 / grid.view.zoom
    xs, ys = grid.xs(whole, np.float64), grid.ys(whole, np.float64)
    assert (xs.shape, ys.shape) == ((grid.width,), (grid.height,))
    size = max(abs(grid.view.x), abs(exact_x[0] - grid.view.x))
    for found, exact in zip(xs.tolist(), exact_x, strict=True):
        assert abs(Fraction(found) - exact) <= size * Fraction(4, 2**53)


@DTYPES
@given(grid=grids(), data=st.data())
def test_blocks_have_the_samples_of_the_whole(dtype: Any, grid: Grid, data: st.DataObject) -> None:
    """Bit for bit, however the picture is cut."""
    width = data.draw(st.integers(1, grid.width + 3))
    height = data.draw(st.integers(1, grid.height + 3))
    xs, ys = grid.xs(grid.whole, dtype), grid.ys(grid.whole, dtype)
    assert xs.dtype == ys.dtype == dtype
    seen = np.zeros((grid.height, grid.width), int)
    for block in grid.blocks(width, height):
        assert 1 <= block.width <= width
        assert 1 <= block.height <= height
        columns, rows = (
            slice(block.i, block.i + block.width),
            slice(block.j, block.j + block.height),
        )
        seen[rows, columns] += 1
        np.testing.assert_array_equal(grid.xs(block, dtype), xs[columns])
        np.testing.assert_array_equal(grid.ys(block, dtype), ys[rows])
    assert (seen == 1).all()


@DTYPES
@pytest.mark.parametrize(
    "size", [(1, 1), (1, 7), (7, 1), (100_000, 1), (1, 100_000), (16384, 16383)]
)
def test_extreme_sizes(size: tuple[int, int], dtype: Any) -> None:
    grid = Grid(View(), *size)
    corner = Block(size[0] - 1, size[1] - 1, 1, 1)
    x, y = (Fraction(s - 1, min(size)) for s in size)
    assert abs(Fraction(float(grid.xs(corner, dtype)[0])) - x) <= x * Fraction(3, 2**23)
    assert abs(Fraction(float(grid.ys(corner, dtype)[0])) + y) <= y * Fraction(3, 2**23)
    if size[0] % 2:
        assert grid.xs(Block(size[0] // 2, 0, 1, 1), dtype)[0] == 0


@given(grid=grids())
def test_left_and_right_mirror_about_the_centre(grid: Grid) -> None:
    centred = Grid(View(base=grid.view.base), grid.width, grid.height, reference=grid.reference)
    xs = centred.xs(centred.whole, np.float64)
    np.testing.assert_array_equal(xs, -xs[::-1])


@given(grid=grids(largest=12), n=st.integers(1, 5))
def test_supersampling_cuts_pixels_in_equal_parts(grid: Grid, n: int) -> None:
    fine = grid.supersampled(n)
    assert fine.size == (n * grid.width, n * grid.height)
    if grid.reference:
        return
    exact = [grid.view.x + (2 * i - (fine.width - 1)) * fine.half for i in range(fine.width)]
    for i in range(grid.width):
        centre = grid.view.x + (2 * i - (grid.width - 1)) * grid.half
        assert sum(exact[i * n : (i + 1) * n]) == n * centre
    assert fine.half * n == grid.half


def test_the_deepest_pixels_are_apart() -> None:
    deep = View(Fraction(1, 3), Fraction(-1, 7), Fraction(10) ** 1000)
    grid = Grid(deep, 64, 48)
    assert grid.half == Fraction(1, 48 * 10**1000)
    left, right = (deep.model_at((i, 0), grid.size)[0] for i in (0, 1))
    assert (right - left) * 24 * 10**1000 == 1


@pytest.mark.parametrize("size", [2, 3, 64, 1000, 1024, 4096])
def test_the_reference_grid_is_numpys_linspace(size: int) -> None:
    """To an ulp of its ends; `linspace` adds multiples of a rounded step to -1."""
    grid = Grid(View(), size, size, reference=True)
    expected = np.linspace(-1, 1, size)
    xs, ys = grid.xs(grid.whole, np.float64), grid.ys(grid.whole, np.float64)
    assert abs(xs - expected).max() <= 2.0**-52
    np.testing.assert_array_equal(ys, -xs)
    assert (xs[0], xs[-1]) == (-1, 1)
