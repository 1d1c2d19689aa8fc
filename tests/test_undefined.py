"""Where a program has no value a picture is red: just there, whatever draws it, at any depth."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import moderngl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.strategies import grids, programs
from viewer.engines.numpy_gc import NumpyGc
from viewer.gpu.deep import any_depth
from viewer.gpu.easel import Easel, Picture
from viewer.gpu.interpreter import Interpreter
from viewer.gpu.overlay import Overlay
from viewer.gpu.painter import Painter
from viewer.gpu.tiled import Tiled
from viewer.gpu.undefined import Undefined
from viewer.passes import optimise
from viewer.program import Program, parse
from viewer.sign.coarse import Field
from viewer.view import Grid, View

ROOT = b"x var-x\ny var-y\ns sqrt x\nt square y\nu sub t s\nc const 0.3\nv add u c\n"
LOG = b"x var-x\ny var-y\na mul x y\nl ln a\nm min l y\n"
RATIO = b"x var-x\ny var-y\ns square x\nc const 0.25\nd sub s c\ne max d d\nz sub e e\nq div z z\n"
DISC = b"x var-x\ny var-y\nxx square x\nyy square y\ns add xx yy\nr const 0.5\nd sub s r\nq sqrt s"
GRID = Grid(View(), 48, 36)


def red(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray((picture == [255, 0, 0]).all(axis=2))


def painted(ctx: moderngl.Context, program: Program, grid: Grid, make: Any, aa: int = 1) -> Any:
    """The picture of an easel with the marks, and whether any were drawn."""
    overlay, undefined, painter = Overlay(ctx), Undefined(ctx, program), make(ctx, program)
    easel = Easel(ctx, overlay)
    try:
        while undefined.possible is None:
            time.sleep(0.001)
        while undefined.asked and not undefined.ready(grid, 0.01):
            pass
        over = undefined.draw if undefined.asked else None
        while easel.paint(Picture(1, grid, aa), painter, over=over):
            time.sleep(min(0.05, easel.pause))
        return easel.colours(), undefined.asked
    finally:
        ctx.detect_framebuffer(0).use()
        for part in (easel, overlay, undefined, painter):
            part.release()


@pytest.mark.parametrize("make", [any_depth, Tiled, Interpreter])
@pytest.mark.parametrize("source", [ROOT, LOG, RATIO])
def test_what_has_no_value_is_red_and_nothing_else(
    ctx: moderngl.Context, make: type[Painter], source: bytes
) -> None:
    program = optimise(parse(source))
    picture, asked = painted(ctx, program, GRID, make)
    field = NumpyGc(program, np.float32).field(GRID, GRID.whole)
    assert asked
    assert np.isnan(field).any()
    assert np.array_equal(red(picture), np.isnan(field))
    assert np.array_equal(picture[..., 1] > 127, field < 0)


def test_infinities_are_values(ctx: moderngl.Context) -> None:
    program = parse(b"x var-x\nb square x\nh const 1e-44\nm min b h\no const 1e30\nd div o m\n")
    picture, asked = painted(ctx, program, GRID, any_depth)
    assert asked
    assert np.isinf(NumpyGc(program, np.float32).field(GRID, GRID.whole)).all()
    assert not red(picture).any()


def test_greys_are_under_it_too(ctx: moderngl.Context) -> None:
    program = optimise(parse(ROOT))
    picture, _ = painted(ctx, program, GRID, Tiled, aa=4)
    field = NumpyGc(program, np.float32).field(GRID, GRID.whole)
    assert np.array_equal(red(picture), np.isnan(field))
    greys = picture[~red(picture)]
    assert len(np.unique(greys)) > 2
    assert (greys == greys[:, :1]).all()


@pytest.mark.parametrize("view", ["0,0.3@1e6", "0,0.3@1e60", "-0.5,0.3@1e60", "0.5,0.3@1e60"])
def test_it_is_red_deep_down(ctx: moderngl.Context, view: str) -> None:
    program, grid = optimise(parse(ROOT)), replace(GRID, view=View.parse(view))
    picture, _ = painted(ctx, program, grid, any_depth)
    columns = [grid.view.x + (2 * i - 47) * grid.half for i in range(48)]
    wanted = np.tile([x < 0 for x in columns], (36, 1))
    assert np.array_equal(red(picture), wanted)


def test_what_always_has_a_value_pays_nothing(ctx: moderngl.Context) -> None:
    picture, asked = painted(ctx, optimise(parse(DISC)), GRID, any_depth)
    assert not asked
    assert not red(picture).any()


def parts_of(undefined: Undefined, grid: Grid) -> NDArray[np.bool_]:
    """Which pixels are looked at."""
    found = np.zeros((grid.height, grid.width), np.bool_)
    for i, j, width, height in undefined.doubtful(grid, grid.whole):
        found[j : j + height, i : i + width] = True
    return found


@settings(max_examples=max(20, settings().max_examples // 4))
@given(programs(), st.lists(grids(deepest=4), min_size=1, max_size=4))
def test_no_pixel_without_a_value_is_passed_over(text: str, seen: list[Grid]) -> None:
    """Whatever was looked at before."""
    program = parse(text.encode())
    undefined = Undefined(cast(Any, None), program)
    for grid in seen:
        field = NumpyGc(program, np.float32).field(grid, grid.whole)
        assert not (np.isnan(field) & ~parts_of(undefined, grid)).any()


def test_no_pixel_is_passed_over_while_the_slice_moves() -> None:
    program = parse(b"x var-x\nz var-z\na sub x z\nl ln a\n")
    undefined = Undefined(cast(Any, None), program)
    for n in (*range(40), *range(40, -40, -3)):
        grid = replace(GRID, z=Fraction(n, 50))
        field = NumpyGc(program, np.float32).field(grid, grid.whole)
        assert not (np.isnan(field) & ~parts_of(undefined, grid)).any()


def test_what_surely_has_a_value_is_left_alone() -> None:
    undefined = Undefined(
        cast(Any, None), parse(b"x var-x\ny var-y\nm mul x x\na add y m\nl ln a\n")
    )
    assert 0.1 < parts_of(undefined, GRID).mean() < 0.9
    high = replace(GRID, view=View.parse("0,4"))
    assert not parts_of(undefined, high).any()


def test_a_hand_that_moves_a_picture_pays_for_few(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, over = [], Field.over

    def counted(*about: Any) -> Any:
        asked.append(about)
        return over(*about)

    monkeypatch.setattr(Field, "over", counted)
    undefined = Undefined(cast(Any, None), parse(b"x var-x\nz var-z\na add x z\nl ln a\n"))
    for way in (range(60), reversed(range(60))):  # there, and back by what was found
        for n in way:
            view = View().panned(n / 4, 0, GRID.size).zoomed(n / 100, (0, 0), GRID.size)
            undefined.doubtful(replace(GRID, view=view, z=Fraction(n, 200)), GRID.whole)
        found = len(asked)
        asked.clear()
        assert (found == 0) == (n == 0)
        assert found < 8
