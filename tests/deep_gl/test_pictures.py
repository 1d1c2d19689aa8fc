"""Programs drawn at any depth on the GPU: what the pictures are."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import moderngl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from tests.deep_gl.painting import (
    EDGE,
    HEIGHT,
    SPIRAL,
    TIPS,
    WAVES,
    WIDTH,
    bundled,
    drawn,
    misplaced,
    point,
    prepared,
    target,
    value,
)
from tests.strategies import fewer
from viewer.engines.greys import box_filter
from viewer.engines.numpy_gc import NumpyGc
from viewer.gpu.deep import Deep, any_depth
from viewer.passes import optimise
from viewer.program import parse
from viewer.sign.tiles import Anchor
from viewer.view import Grid, View
from viewer.zoom.local import localise
from viewer.zoom.squares import across, close_square, roomy_square


@pytest.mark.parametrize("exponent", [3, 9, 40])
def test_pictures_are_what_exact_arithmetic_says(ctx: moderngl.Context, exponent: int) -> None:
    program = bundled("jellyfish")
    grid = Grid(View(*point(program, 160), Fraction(10) ** exponent), 16, 16)
    painter = Deep(ctx, program)
    inside = drawn(ctx, painter, grid)
    painter.release()
    assert 0 < inside.mean() < 1
    with mp.workprec(300):
        for j, i in np.ndindex(16, 16):
            x = grid.view.x + (2 * i - 15) * grid.half
            y = grid.view.y - (2 * j - 15) * grid.half
            here, near = value(program, x, y), grid.half / 500
            if (here < 0) != inside[j, i]:
                around = [(x + near, y), (x - near, y), (x, y + near), (x, y - near)]
                assert any((value(program, *at) < 0) != (here < 0) for at in around)


@pytest.mark.parametrize("level", [1, 2, 16, 37, 60, 90])
def test_the_fractal_is_the_same_picture_at_every_level(ctx: moderngl.Context, level: int) -> None:
    """By construction (see the file): at zoom 2.5^k around the tip, pixel for pixel but for edges
    that pass through a pixel's centre."""
    painter = Deep(ctx, bundled("frost"))
    # No sample lies on an axis of symmetry, where all of them are on an edge.
    there, home = (
        Grid(replace(TIPS, base=Fraction(5, 2) ** k * Fraction(17, 8)), 63, 64) for k in (level, 0)
    )
    differing = int((drawn(ctx, painter, there) != drawn(ctx, painter, home)).sum())
    painter.release()
    assert differing <= 8


@pytest.mark.parametrize(
    ("name", "frames", "start"),
    [
        ("jellyfish", 16, 12),
        ("frost", 8, 30),
        pytest.param("jellyfish", 500, 3, marks=pytest.mark.slow),
        pytest.param("frost", 120, 3, marks=pytest.mark.slow),
    ],
)
def test_a_zoom_through_many_squares_is_one_zoom(
    ctx: moderngl.Context, name: str, frames: int, start: int
) -> None:
    """Each frame is what float64 makes of one local program that serves a part of the film, so
    that nothing moves where a square ends."""
    program = bundled(name)
    x, y = SPIRAL if name == "frost" else point(program, 300)
    painter = any_depth(ctx, program)
    squares = set()
    truth = localise(program, Anchor(x, y, Fraction(2) ** -start * 2))
    for frame in range(frames):
        octaves = frame // 4 if frames > 100 else Fraction(frame, 5)
        view = View(x, y, Fraction(2) ** start).zoomed(float(octaves), (40, 30), (WIDTH, HEIGHT))
        grid = Grid(view, WIDTH, HEIGHT)
        prepared(painter, grid)
        inside = drawn(ctx, painter, grid)
        squares.add(roomy_square(grid, grid.whole))
        if across(grid, truth.anchor.half) > 2.0**28 or not truth.covers(grid):
            truth = localise(program, Anchor(view.x, view.y, grid.half * 2**10))
        values = NumpyGc(truth.program).field(truth.grid(grid), grid.whole)
        assert misplaced(inside, values, 2e-3) <= 1, frame
    assert len(squares) >= frames // 8
    painter.release()


@fewer(6)
@given(st.integers(5, 120), st.integers(-40, 40), st.integers(-30, 30))
def test_two_squares_show_the_same(exponent: int, dx: int, dy: int) -> None:
    """Roomy or close: what differs lies within a thousandth of a pixel of an edge."""
    program = bundled("jellyfish")
    view = View(*EDGE, Fraction(2) ** exponent).panned(dx, dy, (WIDTH, HEIGHT))
    grid = Grid(view, WIDTH, HEIGHT)
    pictures = []
    for square in (close_square(grid, grid.whole), roomy_square(grid, grid.whole)):
        local = localise(program, square)
        values = NumpyGc(local.program, np.float32).field(local.grid(grid), grid.whole)
        doubles = NumpyGc(local.program).field(local.grid(grid), grid.whole)
        assert misplaced(values < 0, doubles, 1e-3) == 0
        pictures.append(doubles * float(local.unit))
    assert misplaced(pictures[0] < 0, pictures[1], 1e-6) == 0


def test_greys_are_the_means_of_samples(ctx: moderngl.Context) -> None:
    program = optimise(parse(WAVES))
    x, y = point(program, 200)
    for zoom, waits in ((1, True), (1, False), (10**9, True), (10**30, False)):
        grid = Grid(View(x, y, Fraction(zoom)), 48, 40)
        painter = any_depth(ctx, program)
        if waits:
            prepared(painter, grid)
            end = time.monotonic() + 20
            while not painter.smooth_ready(0.05):
                assert time.monotonic() < end
        for flip in (True, False):
            with target(ctx, *grid.size) as made:
                painter.draw_smooth(grid, grid.whole, 4, made, flip=flip)
                found = np.frombuffer(made.read(components=1), np.uint8).reshape(40, 48)
            fine = grid.supersampled(4)
            local = localise(program, close_square(fine, fine.whole))
            values = NumpyGc(local.program).field(local.grid(fine), fine.whole)
            expected = box_filter(values < 0, 4)
            differing = np.abs(found[:: 1 if flip else -1].astype(int) - expected)
            assert differing.max() <= 16
            assert (differing > 0).sum() <= 4
        painter.release()


@pytest.mark.parametrize("zoom", [1, 10**30])
def test_a_field_is_drawn_in_pixels(ctx: moderngl.Context, zoom: int) -> None:
    program = optimise(parse(WAVES))
    x, y = point(program, 200)
    grid = Grid(View(x, y, Fraction(zoom)), 24, 18)
    painter = any_depth(ctx, program)
    pixels = ctx.renderbuffer(grid.size, 1, dtype="f4")
    made = ctx.framebuffer([pixels])
    painter.draw_field(grid, grid.whole, made)
    found = np.frombuffer(made.read(components=1, dtype="f4"), np.float32).reshape(18, 24)
    ctx.detect_framebuffer(0).use()
    made.release()
    pixels.release()
    painter.release()
    local = localise(program, close_square(grid, grid.whole))
    values = NumpyGc(local.program).field(local.grid(grid), grid.whole)
    expected = values * float(Fraction(local.unit) / (2 * grid.half))
    np.testing.assert_allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize("zoom", [1, 10**9])
def test_no_number_is_outside(ctx: moderngl.Context, zoom: int) -> None:
    """A driver's own min and max would hide it."""
    program = parse(b"x var-x\ny var-y\ns sqrt x\nm min s y\na abs y\nb sub m a\n")
    painter = Deep(ctx, program)
    grid = Grid(View(base=Fraction(zoom)), 8, 8)
    inside = drawn(ctx, painter, grid)
    assert not inside[:, :4].any()
    assert inside[4:, 4:].all()
    painter.release()


@pytest.mark.parametrize("view", ["0.08,0.32@6", "0.08,0.32@24", "0.08,0.1@3"])
def test_sums_that_may_be_large_and_are_small_keep_their_digits(view: str) -> None:
    """The arms of the jellyfish are a logarithm of a sum of exponentials, whose bounds are 1e13
    times what they are: in a roomy square as well."""
    program = bundled("jellyfish")
    large = Grid(View.parse(view), 1024, 768)
    local = localise(program, roomy_square(large, large.whole))
    grid = replace(large, width=128, height=96)
    found = NumpyGc(local.program, np.float32).field(local.grid(grid), grid.whole)
    expected = NumpyGc(program).field(grid, grid.whole)
    assert misplaced(found < 0, expected, 2e-3) == 0
