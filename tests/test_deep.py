"""The engine of any depth on the processor, and how right pictures are told to be."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import fewer
from viewer.engines.deep import SMALLEST, Doubles, value_at
from viewer.engines.numpy_gc import NumpyGc
from viewer.gpu.accuracy import SEEN, coordinate_error, float32_error, plain_accuracy
from viewer.program import Program, parse
from viewer.view import Block, Grid, View

# The edge is at x = 1/3, no binary fraction, and the field grows by 3 in a model unit.
LINE = parse(b"x var-x\nc const 3\nt mul x c\no const 1\ns sub t o\nz sin s\n")
# The same, its digits rubbed off by a large number.
ROUGH = parse(b"x var-x\nc const 3\nt mul x c\nm const 4095\ns add t m\nn const 4096\nd sub s n\n")
HALF = 16


def line_grid(exponent: int) -> Grid:
    """The edge lies a quarter of a pixel left of the middle sample."""
    zoom = Fraction(10) ** exponent
    grid = Grid(View(base=zoom), 2 * HALF + 1, 2 * HALF + 1)
    return replace(grid, view=View(Fraction(1, 3) + grid.half / 2, Fraction(0), zoom))


@pytest.mark.parametrize("exponent", [0, 3, 9, 15, 40, 200])
def test_a_field_is_in_model_units(exponent: int) -> None:
    grid = line_grid(exponent)
    with Doubles(LINE) as engine:
        found = engine.field(grid, grid.whole)
    pixels = np.arange(-HALF, HALF + 1) + 0.25
    expected = np.sin(3 * pixels * 2 * float(grid.half))
    close = 1e-5 if exponent < 12 else 1e-9  # the model's own float64, or local
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=close)


def test_where_floats_end_a_field_is_in_pixels() -> None:
    grid = line_grid(400)
    assert 2 * grid.half < SMALLEST
    with Doubles(LINE) as engine:
        found = engine.field(grid, grid.whole)
        np.testing.assert_array_equal(engine.inside(grid, grid.whole), found < 0)
    expected = 3 * (np.arange(-HALF, HALF + 1) + 0.25)
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=1e-9)


def test_a_field_far_larger_than_a_pixel_is_infinite_and_keeps_its_sign() -> None:
    grid = Grid(View.parse("-0.5,0.25@1e400"), 5, 5)
    for sign in (1, -1):
        with Doubles(parse(f"x var-x\na const {sign}\nb mul x a\n".encode())) as engine:
            assert (engine.field(grid, grid.whole) == -sign * np.inf).all()
            assert (engine.inside(grid, grid.whole) == (sign > 0)).all()


@fewer(20)
@given(st.data())
def test_a_field_is_the_same_however_it_is_cut(data: st.DataObject) -> None:
    grid = line_grid(30)
    i, j = (data.draw(st.integers(0, 2 * HALF)) for _ in range(2))
    width, height = (data.draw(st.integers(1, 2 * HALF + 1 - at)) for at in (i, j))
    with Doubles(LINE) as engine:
        whole = engine.field(grid, grid.whole)
        part = engine.field(grid, Block(i, j, width, height))
    np.testing.assert_array_equal(part, whole[j : j + height, i : i + width])


@pytest.mark.parametrize("exponent", [3, 30])
def test_a_field_goes_on_beyond_the_picture(exponent: int) -> None:
    """Modes ask for a sample more on every side."""
    grid = line_grid(exponent)
    with Doubles(LINE) as engine:
        found = engine.field(grid, Block(-1, -1, 2 * HALF + 3, 2 * HALF + 3))
    pixels = np.arange(-HALF - 1, HALF + 2) + 0.25
    expected = np.sin(3 * pixels * 2 * float(grid.half))
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=1e-9)


def test_next_to_the_origin_too_numbers_are_of_about_one() -> None:
    grid = Grid(View.parse("0,0@1e30"), 8, 8)
    near = parse(b"x var-x\na const 0.1\nb add x a\nc sub b a\n")
    with Doubles(near) as engine:
        found = engine.inside(grid, grid.whole)
    np.testing.assert_array_equal(found, np.broadcast_to(np.arange(8) < 4, (8, 8)))


def test_few_squares_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.engines.deep.KEPT", 2)
    with Doubles(LINE) as engine:
        for exponent in (30, 60, 90, 30):
            grid = line_grid(exponent)
            assert (engine.field(grid, grid.whole) < 0).any()


def test_without_llvm_it_is_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    grid = line_grid(40)
    with Doubles(LINE) as engine:
        found = engine.inside(grid, grid.whole)
    np.testing.assert_array_equal(found, np.broadcast_to(np.arange(33) < HALF, (33, 33)))


@pytest.mark.parametrize("exponent", [0, 5, 20, 300, 1000])
def test_the_value_of_a_pixel_has_any_size(exponent: int) -> None:
    grid = line_grid(exponent)
    found = value_at(LINE, grid, Block(HALF, HALF, 1, 1))
    expected = 3 * grid.half / 2
    exact = Decimal(expected.numerator) / Decimal(expected.denominator)
    if exponent == 0:
        exact = Decimal(math.sin(float(expected)))
    assert abs(found / exact - 1) < Decimal("1e-9")


def test_a_value_that_is_no_number() -> None:
    grid = Grid(View.parse("-1,0@1e9"), 3, 3)
    assert value_at(parse(b"x var-x\nr ln x\n"), grid, Block(1, 1, 1, 1)).is_nan()


@pytest.mark.parametrize("program", [LINE, ROUGH], ids=["line", "rough"])
@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 4])
def test_float32_is_off_by_about_as_much_as_is_told(exponent: int, program: Program) -> None:
    """What is told is close to the most that any pixel of the row next to the edge is off by."""
    grid = replace(line_grid(exponent), width=301, height=301)
    told = float32_error(program, grid)
    single, double = (
        NumpyGc(program, dtype).field(grid, grid.whole) for dtype in (np.float32, float)
    )
    slope = abs(np.diff(double[0, 140:160])).max()
    off = abs(single[0].astype(float) - double[0])[100:200].max() / slope
    assert off / 64 <= told <= 4 * max(off, coordinate_error(grid))  # few places are tried


@given(st.fractions(-2, 2, max_denominator=1000), st.integers(-4, 20), st.integers(2, 500))
def test_coordinates_are_off_by_no_more_than_is_told(x: Fraction, octave: int, size: int) -> None:
    grid = Grid(View(x, x, Fraction(2) ** octave), size, size)
    told = coordinate_error(grid)
    found = grid.xs(grid.whole, np.float32)
    exact = [float(x) + (2 * i - (size - 1)) * float(grid.half) for i in range(size)]
    off = np.abs(found - np.array(exact)).max() / (2 * float(grid.half))
    assert off <= 3 * told  # the step, the centre and their sum are rounded
    farthest = max(Fraction(1), abs(x)) + size * grid.half
    assert told == pytest.approx(float(farthest / (2 * grid.half)) * 2.0**-24)


def test_accuracy_falls_with_the_depth() -> None:
    found = [plain_accuracy(LINE, line_grid(exponent)) for exponent in range(0, 12, 2)]
    assert [accuracy.good for accuracy in found] == [True, True, True, False, False, False]
    assert [accuracy.pixels for accuracy in found] == sorted(accuracy.pixels for accuracy in found)
    assert found[-1].doubt == "float32 coordinates are coarser than the pixels"
    assert found[2].pixels < SEEN
