"""Sheets: which squares of the plane a block of a picture takes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import views
from viewer.sign.atlas import LEAF, Sheet, Square, sheet
from viewer.sign.patch import LEAVES
from viewer.view import Block, Grid, View

SIDES = st.integers(1, 3000)


def corners(square: Square) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Left, right, bottom and top."""
    x, y, half = square.anchor()
    return x - half, x + half, y - half, y + half


@st.composite
def asked(draw: st.DrawFn) -> tuple[Grid, Block]:
    """A block of a picture of any view."""
    grid = Grid(draw(views(300)), draw(SIDES), draw(SIDES), reference=draw(st.booleans()))
    i, j = draw(st.integers(0, grid.width - 1)), draw(st.integers(0, grid.height - 1))
    width = draw(st.integers(1, grid.width - i))
    return grid, Block(i, j, width, draw(st.integers(1, grid.height - j)))


@given(asked())
def test_a_sheet_covers_the_block_and_no_more(case: tuple[Grid, Block]) -> None:
    grid, block = case
    found = sheet(grid, block)
    left, _, bottom, _ = corners(Square(found.root, found.level, found.columns[0], found.rows[0]))
    last = Square(found.root, found.level, found.columns[-1], found.rows[-1])
    _, right, _, top = corners(last)
    pixel = 2 * grid.half
    x = grid.view.x + (2 * block.i - grid.width) * grid.half
    y = grid.view.y - (2 * block.j - grid.height) * grid.half
    side = 2 * last.anchor().half
    assert left <= x < left + side
    assert right - side < x + block.width * pixel <= right
    assert top - side < y <= top
    assert bottom <= y - block.height * pixel < bottom + side
    assert LEAF * LEAVES / 2 * pixel < side <= LEAF * LEAVES * pixel
    assert 0 <= found.columns[0] <= found.columns[-1] < 2**found.level
    assert 0 <= found.rows[0] <= found.rows[-1] < 2**found.level


@given(asked())
def test_squares_of_a_sheet_are_all_of_it_once(case: tuple[Grid, Block]) -> None:
    grid, block = case
    found = sheet(grid, block._replace(width=min(900, block.width), height=min(900, block.height)))
    squares = list(found.squares())
    assert len(set(squares)) == len(squares) == len(found.columns) * len(found.rows)
    nearest = min(map(found.distance, squares))
    assert nearest <= 1, "the middle square, or one of those about the middle"
    assert max(map(found.distance, squares)) == max(len(found.columns), len(found.rows)) - 1


@given(st.integers(0, 12), st.integers(0, 2**12 - 1), st.integers(0, 2**12 - 1), st.data())
def test_the_square_above_holds_it(level: int, x: int, y: int, data: st.DataObject) -> None:
    square = Square(3, level, x % 2**level, y % 2**level)
    octaves = data.draw(st.integers(0, level))
    larger = square.above(octaves)
    left, right, bottom, top = corners(square)
    west, east, south, north = corners(larger)
    assert west <= left < right <= east
    assert south <= bottom < top <= north
    assert larger.anchor().half == square.anchor().half * 2**octaves
    column, row = square.within(octaves)
    assert left == west + column * (right - left)
    assert bottom == south + row * (top - bottom)


def test_a_page() -> None:
    """At home the origin is where four patches meet, in a root square of half side 8."""
    grid = Grid(View(), 511, 511)
    assert sheet(grid, grid.whole) == Sheet(3, 3, range(3, 5), range(3, 5))
    assert list(Square(3, 3, 4, 4).anchor()) == [1, 1, 1]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("exponent", [-100_000, -1000, 0, 1000])
def test_no_view_is_too_large_for_a_sheet(exponent: int) -> None:
    """The root square holds all of it, and is no larger than it must be."""
    unit = Fraction(10) ** -exponent
    grid = Grid(View(unit / 3, -unit, 1 / unit), 700, 400)
    found = sheet(grid, grid.whole)
    assert (found.root - 3) % 3 == 0
    assert found.columns.stop <= 2**found.level
    assert found.rows.stop <= 2**found.level
    half = Fraction(2) ** found.root
    assert half >= 2 * unit
    assert half <= max(Fraction(8), 24 * unit)
