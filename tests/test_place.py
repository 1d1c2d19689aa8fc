"""Where pixels are, as laws: what a box covers, and the coordinates that a shader computes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import grids
from viewer.gpu.place import Placement
from viewer.passes.split import Box
from viewer.view import Block, Grid

corners = st.floats(-5, 5, width=32)


@st.composite
def placements(draw: st.DrawFn) -> Placement:
    """A block of a grid, somewhere in a viewport that is larger."""
    grid = draw(grids(deepest=9))
    i, j = draw(st.integers(0, grid.width - 1)), draw(st.integers(0, grid.height - 1))
    width = draw(st.integers(1, grid.width - i))
    height = draw(st.integers(1, grid.height - j))
    x, y, more = draw(st.integers(0, 9)), draw(st.integers(0, 9)), draw(st.integers(0, 9))
    viewport = x, y, width + more, height + more
    return Placement(grid, Block(i, j, width, height), viewport, draw(st.booleans()))


@given(placements(), corners, corners, corners, corners)
def test_a_box_covers_every_sample_in_it(
    place: Placement, x0: float, x1: float, y0: float, y1: float
) -> None:
    box = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    covered, block = place.covered(box), place.block
    xs, ys = place.grid.xs(block, np.float32), place.grid.ys(block, np.float32)
    columns = np.flatnonzero((xs >= box.x0) & (xs <= box.x1)) + block.i
    rows = np.flatnonzero((ys >= box.y0) & (ys <= box.y1)) + block.j
    assert set(columns) <= set(range(covered.i, covered.i + covered.width))
    assert set(rows) <= set(range(covered.j, covered.j + covered.height))
    assert block.i <= covered.i <= covered.i + covered.width <= block.i + block.width
    assert block.j <= covered.j <= covered.j + covered.height <= block.j + block.height


@given(placements())
def test_the_shaders_arithmetic_gives_the_grids_own_coordinates(place: Placement) -> None:
    given_to_it = place.coordinates()
    x, y, *_ = place.viewport
    block = place.block
    across = np.arange(x, x + block.width, dtype=np.int32)
    up = np.arange(y, y + block.height, dtype=np.int32)
    steps = [
        np.float32(first + each * at)
        for first, each, at in zip(
            given_to_it["first"], given_to_it["each"], (across, up), strict=True
        )
    ]
    spacing, centre = (
        np.float32(given_to_it["spacing"]),
        np.array(given_to_it["centre"], np.float32),
    )
    rows = slice(None) if place.flip else slice(None, None, -1)
    assert (steps[0] * spacing + centre[0] == place.grid.xs(block, np.float32)).all()
    assert ((steps[1] * spacing + centre[1])[rows] == place.grid.ys(block, np.float32)).all()


@given(placements(), st.data())
def test_a_part_lands_on_its_own_pixels(place: Placement, data: st.DataObject) -> None:
    block = place.block
    i, j = data.draw(st.integers(0, block.width - 1)), data.draw(st.integers(0, block.height - 1))
    x0, y0, x1, y1 = place.rectangle(Block(block.i + i, block.j + j, 1, 1))
    *_, width, height = place.viewport
    row = j if place.flip else block.height - 1 - j
    pixels = np.array([x0 * width, y0 * height, x1 * width, y1 * height]) / 2
    pixels += np.array([width, height, width, height]) / 2
    assert np.allclose(pixels, [i, row, i + 1, row + 1], atol=1e-6)


def test_only_views_within_the_domain_are_ordinary() -> None:
    from viewer.view import View

    def ordinary(text: str) -> bool:
        grid = Grid(View.parse(text), 10, 20)
        return Placement(grid, grid.whole, (0, 0, 10, 20), flip=False).ordinary()

    assert ordinary("0,0@1")
    assert ordinary("1e6,-1e6@1")
    assert ordinary("0,0@2e-6")
    assert not ordinary("1.1e6,0@1")
    assert not ordinary("0,0@9e-7")
    assert not ordinary("1e400,0@1")
