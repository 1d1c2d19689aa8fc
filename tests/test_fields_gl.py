"""The value of a program by the GPU: near home, deep down, and across squares."""

from __future__ import annotations

from fractions import Fraction

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from viewer.gpu.colours import Values
from viewer.gpu.fields import Fields
from viewer.program import Program, parse
from viewer.view import Block, Grid, View

DISC = parse(b"x var-x\ny var-y\nxx square x\nyy square y\ns add xx yy\nr const 0.5\nd sub s r")
ROOT = parse(b"x var-x\nr sqrt x\n")


def disc(grid: Grid, i: int, j: int) -> Fraction:
    x = grid.view.x + (2 * i - grid.width + 1) * grid.half
    y = grid.view.y - (2 * j - grid.height + 1) * grid.half
    return x * x + y * y - Fraction(1, 2)


def drawn(
    ctx: moderngl.Context, program: Program, grid: Grid
) -> tuple[NDArray[np.float32], NDArray[np.float32], Fraction, Fraction]:
    """A picture with one more on every side, some samples of it, the unit and the base."""
    fields, values = Fields(ctx, program), Values(ctx)
    try:
        while not (fields.ready(grid, 0.05) and fields.settled(grid)):
            pass
        wider = Block(-1, -1, grid.width + 2, grid.height + 2)
        target = values.sized((wider.width, wider.height))
        fields.draw(grid, wider, target, flip=True)
        data = np.frombuffer(values.texture.read(), np.float32)
        few = fields.sample(grid, Grid(grid.view, 12, 9))
        found = data.reshape(wider.height, wider.width)
        return found, few, fields.unit(grid), Fraction(fields.base(grid))
    finally:
        ctx.detect_framebuffer(0).use()
        fields.release()
        values.release()


@pytest.mark.parametrize("view", ["0.1,0.2@1", "0.1,0.2@40", "0.1,0.2@1e9", "0.5,0.5@1e200"])
@pytest.mark.parametrize("size", [(36, 27), (2200, 6)])
def test_values_are_exact_to_a_part_of_what_changes(
    ctx: moderngl.Context, view: str, size: tuple[int, int]
) -> None:
    grid = Grid(View.parse(view), *size)
    found, _, unit, base = drawn(ctx, DISC, grid)
    slope = 2 * np.hypot(float(grid.view.x), float(grid.view.y)) * float(2 * grid.half / unit)
    for i in {-1, 0, size[0] // 3, size[0] // 2, size[0] - 1, size[0]}:
        for j in {-1, size[1] // 2, size[1]}:
            wanted = float((disc(grid, i, j) - base) / unit)
            assert found[j + 1, i + 1] == pytest.approx(wanted, abs=0.02 * slope, rel=1e-6)


@pytest.mark.parametrize("view", ["0.1,0.2@1", "0.1,0.2@1e9", "0.5,0.5@1e200"])
def test_samples_are_of_the_same_picture(ctx: moderngl.Context, view: str) -> None:
    grid = Grid(View.parse(view), 36, 27)
    found, few, *_ = drawn(ctx, DISC, grid)
    third = found[2:-1:3, 2:-1:3]  # the middle of each three by three
    spread = float(third.max() - third.min())
    np.testing.assert_allclose(few, third, atol=1e-4 * spread)


def test_far_from_the_edge_values_are_counted_from_a_number_near_them(
    ctx: moderngl.Context,
) -> None:
    grid = Grid(View.parse("0.1,0.2@1e60"), 36, 27)
    found, _, unit, base = drawn(ctx, DISC, grid)
    assert base
    assert unit == 2 * grid.half
    assert np.abs(found).max() < 1000
    home = Grid(View(), 36, 27)
    assert drawn(ctx, DISC, home)[2:] == (Fraction(1), Fraction(0))


def test_where_there_is_no_value_it_is_not_a_number(ctx: moderngl.Context) -> None:
    for view, share in (("0,0@1", 0.5), ("0,0@1e50", 0.5), ("-1,0@1e50", 1.0), ("1,0@1e50", 0)):
        found, *_ = drawn(ctx, ROOT, Grid(View.parse(view), 36, 27))
        assert np.isnan(found).mean() == pytest.approx(share, abs=0.03), view
