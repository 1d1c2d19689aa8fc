"""Greys for less than all their samples take: the same greys, whatever is not drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.picture.shapes import DISC, WAVES
from tests.strategies import shapes
from viewer.engines.blocks import Blocks
from viewer.engines.greys import box_filter, greys_of
from viewer.passes import optimise
from viewer.program import Program, parse
from viewer.view import Block, Grid, View

VIEWS = st.sampled_from(
    [
        "0,0@1",
        "0.31,-0.2@0.4",
        "0.6,0.37@30",
        "0.5,0.5@1e12",
        "-0.7,0@1e20",
        "1e400,0@1",
        "0,0@1e-400",
    ]
)


def both(
    shape: Program, grid: Grid, block: Block, samples: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], float]:
    """The greys, those of all samples, and the share of samples that was drawn."""
    drawn = 0
    with Blocks(shape) as engine:

        def inside(fine: Grid, part: Block) -> NDArray[np.bool_]:
            nonlocal drawn
            drawn += part.width * part.height
            return engine.inside(fine, part)

        found = greys_of(shape, inside, grid, block, samples)
        fine = block.supersampled(samples)
        wanted = box_filter(engine.inside(grid.supersampled(samples), fine), samples)
    return found, wanted, drawn / (fine.width * fine.height)


@given(st.data(), VIEWS, st.integers(1, 4))
@settings(max_examples=40)
def test_the_greys_are_those_of_all_samples(data: st.DataObject, view: str, samples: int) -> None:
    shape = optimise(parse(data.draw(shapes()).encode()))
    i, j = (data.draw(st.integers(0, 30)) for _ in range(2))
    block = Block(i, j, 70, 45)
    found, wanted, _ = both(shape, Grid(View.parse(view), 120, 90), block, samples)
    assert np.array_equal(found, wanted)


@pytest.mark.parametrize(("shape", "most"), [(DISC, 0.25), (WAVES, 0.9)])
def test_samples_are_drawn_where_there_may_be_an_edge(shape: Program, most: float) -> None:
    grid = Grid(View(), 400, 300)
    found, wanted, share = both(shape, grid, grid.whole, 3)
    assert np.array_equal(found, wanted)
    assert 0 < share < most


def test_where_there_is_no_value_nothing_is_inside() -> None:
    shape = parse(b"x var-x\ny var-y\na sqrt x\nb neg a\nc const 0.25\nd sub b c\n")
    grid = Grid(View(), 200, 100)
    found, wanted, share = both(shape, grid, grid.whole, 2)
    assert np.array_equal(found, wanted)
    assert share < 0.2


def test_the_challenges_own_grid_is_drawn_whole() -> None:
    grid = Grid(View(), 64, 64, reference=True)
    found, wanted, share = both(DISC, grid, grid.whole, 2)
    assert np.array_equal(found, wanted)
    assert share == 1
