"""Covers by bounds alone: flat where they say so, and bounds serve slices that are moved on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.strategies import grids, programs
from viewer.engines.blocks import Blocks
from viewer.program import parse
from viewer.sign.coarse import Coarse, Field, rectangles
from viewer.sign.cover import Cover
from viewer.view import Block, Grid, View

BALL = parse(
    b"x var-x\ny var-y\nz var-z\nxx square x\nyy square y\nzz square z\n"
    b"a add xx yy\nb add a zz\nc const 0.5\nr sub b c\n"
)


def drawn(cover: Cover, block: Block) -> NDArray[np.uint8]:
    """1 where a cover's block is inside, 2 where it does not say."""
    found = np.zeros((block.height, block.width), np.uint8)
    for value, rectangle in ((1, cover.inside), (2, cover.rest)):
        for i, j, width, height in (rectangle - [block.i, block.j, 0, 0]).tolist():
            assert 0 <= i < i + width <= block.width
            assert 0 <= j < j + height <= block.height
            assert not found[j : j + height, i : i + width].any(), "twice"
            found[j : j + height, i : i + width] = value
    return found


@given(programs(), grids(deepest=6), st.lists(st.integers(-64, 64), max_size=4), st.data())
def test_what_bounds_decide_is_so(
    text: str, grid: Grid, steps: list[int], data: st.DataObject
) -> None:
    """At one height after the other, in any block."""
    program = parse(text.encode())
    coarse = Coarse(program)
    for step in (0, *steps):
        here = replace(grid, z=grid.z + Fraction(step, 512))
        top, left = (data.draw(st.integers(0, n - 1)) for n in (grid.height, grid.width))
        block = Block(left, top, grid.width - left, grid.height - top)
        found = drawn(coarse.cover(here, block), block)
        inside = Blocks(program, np.float32).inside(here, block)
        assert ((found == inside) | (found == 2)).all()


def test_what_bounds_decide_is_so_while_the_slice_moves_and_the_view() -> None:
    coarse, grid = Coarse(BALL), Grid(View(), 64, 48)
    for n in (*range(90), *range(90, 0, -7)):
        view = View().panned(9 * (n // 15), 0, grid.size)
        here = replace(grid, view=view, z=Fraction(n, 130))
        found = drawn(coarse.cover(here, here.whole), here.whole)
        inside = Blocks(BALL, np.float32).inside(here, here.whole)
        assert ((found == inside) | (found == 2)).all()


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=7))
def test_rectangles_are_the_cells_and_join_what_can_be(rows: list[list[bool]]) -> None:
    chosen = np.array(rows)
    found = np.zeros(chosen.shape, np.uint8)
    for left, top, right, bottom in zip(*rectangles(chosen), strict=True):
        found[top:bottom, left:right] += 1
    assert np.array_equal(found, chosen)
    assert len(rectangles(np.ones((9, 9), np.bool_)).left) == 1


def test_little_is_left_of_a_shape_and_a_slice_that_moves_is_looked_at_seldom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, over = [], Field.over

    def counted(*about: Any) -> Any:
        asked.append(about)
        return over(*about)

    monkeypatch.setattr(Field, "over", counted)
    coarse, grid = Coarse(BALL), Grid(View(), 640, 480)
    for n in range(60):
        here = replace(grid, z=Fraction(n, 60 * 4))
        for block in here.blocks(grid.width, 200):  # as in turns
            cover = coarse.cover(here, block)
        found = drawn(coarse.cover(here, here.whole), here.whole)
        assert 0.01 < (found == 2).mean() < 0.35
        assert (found == 1).any()
    assert len(cover.rest) < 60
    assert len(asked) < 25
    before = len(asked)
    for n in reversed(range(60)):
        here = replace(grid, z=Fraction(n, 60 * 4))
        found = drawn(coarse.cover(here, here.whole), here.whole)
        assert 0.01 < (found == 2).mean() < 0.35
    assert len(asked) == before  # what was found on the way up serves on the way down
