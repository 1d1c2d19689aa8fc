"""The pictures of one program: as long as there is more to paint, it is known when."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import moderngl
import pytest

from viewer.gpu import easel
from viewer.gpu.choice import Chooser
from viewer.gpu.deep import any_depth
from viewer.gpu.easel import Picture
from viewer.gpu.overlay import Overlay
from viewer.gpu.tiled import Tiled
from viewer.picture.look import Look
from viewer.program import parse
from viewer.view import Grid, View
from viewer.window.session import Shape
from viewer.window.show.compiler import Made
from viewer.window.show.pictures import Palettes, Pictures

GRID = Grid(View(), 240, 160)
PATIENCE = 20.0
ROOTS = b"x var-x\ny var-y\nz var-z\nh const 0.5\na sub x h\nb add a z\nc sqrt b\nd add c y\n"
SLOPE = b"x var-x\ny var-y\na const 0.3\nb mul a x\nr sub y b"


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("mode", ["fill", "bands", "gradient"])
def test_what_is_not_done_goes_on(ctx: moderngl.Context, mode: str, filled: bool) -> None:
    """`filled`: both the values in colours and, for a comparison, the shape with its greys."""
    program, overlay, palettes = parse(SLOPE), Overlay(ctx), Palettes(ctx)
    made = Made(
        Shape(Path("slope.vm"), len(program), len(program), uses_z=False),
        SLOPE,
        program,
        Tiled(ctx, program),
    )
    pictures, end = Pictures(ctx, overlay, palettes), time.monotonic() + PATIENCE
    try:
        while pictures.paint(Picture(1, GRID, 4), Look(mode), made, filled=filled):
            assert pictures.pause < PATIENCE
            assert time.monotonic() < end
            time.sleep(pictures.pause)
        assert pictures.shown.whole
        assert pictures.fill.whole or (mode != "fill" and not filled)
    finally:
        ctx.detect_framebuffer(0).use()
        pictures.release()
        palettes.release()
        overlay.release()


def test_marks_of_a_slice_that_moves_keep_nobody_waiting(
    ctx: moderngl.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deep down the window makes no local program itself, not even for a slice that is late."""

    def made_now(*_: object) -> None:
        raise AssertionError("made while the window waits")

    monkeypatch.setattr(Chooser, "made", made_now)
    monkeypatch.setattr(easel, "BUDGET", 1e-6)  # a row a turn
    program, overlay, palettes = parse(ROOTS), Overlay(ctx), Palettes(ctx)
    painter, shape = any_depth(ctx, program), Shape(Path("a.vm"), 8, 8, uses_z=True)
    while painter.pending:
        painter.compile_next()
    made = Made(shape, ROOTS, program, painter)
    pictures, end = Pictures(ctx, overlay, palettes), time.monotonic() + PATIENCE
    grid = Grid(View.parse("0.5,0.25@1e30"), 120, 12)
    seen = set()
    try:
        for n in range(2000):
            z = Fraction(min(n // 5, 100), 10**33)
            wanted = Picture(1, replace(grid, z=z), 1)
            more = pictures.paint(wanted, Look(), made)
            shown = pictures.fill.picture
            if shown and shown.style is not None and pictures.fill.row == grid.height:
                seen.add(shown.grid.z)
            marked = (pictures.fill.colours() == [255, 0, 0]).all(axis=2)
            if not more and marked.any() and n > 510:
                break
            assert time.monotonic() < end
            time.sleep(0.002)
        assert 0.2 < marked.mean() < 0.8
        assert pictures.fill.picture is not None
        assert pictures.fill.picture.grid.z == z
        assert len(seen) > 3
    finally:
        ctx.detect_framebuffer(0).use()
        for part in (pictures, palettes, overlay, painter):
            part.release()
