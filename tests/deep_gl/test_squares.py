"""Which squares serve a picture at depth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from viewer.sign.tiles import Anchor
from viewer.view import Grid, View
from viewer.zoom.squares import across, cells, close_square, intersection, part_of, roomy_square

views = st.builds(
    lambda x, y, exponent, part: View(x, y, Fraction(2) ** exponent * part),
    st.fractions(-2, 2, max_denominator=2**40),
    st.fractions(-2, 2, max_denominator=2**40),
    st.integers(-5, 400),
    st.fractions(1, 2, max_denominator=100),
)
grids = st.builds(Grid, views, st.integers(1, 3000), st.integers(1, 3000))


def holds(square: Anchor, grid: Grid) -> bool:
    return (
        abs(grid.view.x - square.x) + grid.width * grid.half <= square.half
        and abs(grid.view.y - square.y) + grid.height * grid.half <= square.half
    )


@given(grids)
def test_squares_hold_their_picture(grid: Grid) -> None:
    close, roomy = close_square(grid, grid.whole), roomy_square(grid, grid.whole)
    assert holds(close, grid) and holds(roomy, grid)
    longer = max(grid.size)
    assert longer <= across(grid, close.half) < 2.01 * longer
    assert 2 * longer <= across(grid, roomy.half) < 4 * longer
    for square in (close, roomy):
        assert part_of(grid, grid.whole, square) == grid.whole
    assert max(abs(roomy.x - grid.view.x), abs(roomy.y - grid.view.y)) <= roomy.half / 4
    for square in (close, roomy):
        assert all(value.denominator & (value.denominator - 1) == 0 for value in square)


@given(grids, st.floats(-0.24, 0.24), st.floats(-0.24, 0.24))
def test_a_roomy_square_serves_what_is_near(grid: Grid, dx: float, dy: float) -> None:
    square = roomy_square(grid, grid.whole)
    longer = max(grid.size)
    moved = replace(grid, view=grid.view.panned(dx * longer, dy * longer, grid.size))
    assert holds(square, moved)


@given(st.builds(Grid, views, st.integers(1, 40), st.integers(1, 40)), st.data())
def test_the_part_of_a_square_is_its_samples(grid: Grid, data: st.DataObject) -> None:
    x, y = (data.draw(st.fractions(-2, 2, max_denominator=64)) for _ in range(2))
    half = grid.half * data.draw(st.integers(1, 100))
    square = Anchor(grid.view.x + x * grid.half * 20, grid.view.y + y * grid.half * 20, half)
    found = part_of(grid, grid.whole, square)
    xs = [grid.view.x + (2 * i - (grid.width - 1)) * grid.half for i in range(grid.width)]
    ys = [grid.view.y - (2 * j - (grid.height - 1)) * grid.half for j in range(grid.height)]
    columns = [i for i, at in enumerate(xs) if abs(at - square.x) <= half]
    rows = [j for j, at in enumerate(ys) if abs(at - square.y) <= half]
    if columns and rows:
        assert found == (columns[0], rows[0], len(columns), len(rows))
    else:
        assert not (found.width and found.height)


@given(grids, st.integers(1, 900), st.data())
def test_cells_are_the_pictures_own(grid: Grid, side: int, data: st.DataObject) -> None:
    """Any cut of the picture into blocks meets the same cells, and each pixel lies in one."""
    side += max(grid.size) // 20
    whole = list(cells(grid, grid.whole, side))
    assert sum(cell.width * cell.height for cell in whole) == grid.width * grid.height
    i, j = (data.draw(st.integers(0, size - 1)) for size in grid.size)
    width, height = (
        data.draw(st.integers(1, size - at)) for size, at in zip(grid.size, (i, j), strict=True)
    )
    block = grid.whole._replace(i=i, j=j, width=width, height=height)
    met = list(cells(grid, block, side))
    assert set(met) <= set(whole)
    for cell in met[:3]:
        assert part_of(grid, cell, close_square(grid, cell)) == cell
        assert part_of(grid, cell, roomy_square(grid, cell)) == cell
    wider = block._replace(i=i - side, j=j - 1, width=width + 2 * side, height=height + 2)
    around = list(cells(grid, wider, side))
    assert set(met) <= set(around)
    clipped = [intersection(cell, wider) for cell in around]
    assert sum(part.width * part.height for part in clipped) == wider.width * wider.height
    parts = [intersection(cell, block) for cell in met]
    assert sum(part.width * part.height for part in parts) == width * height
