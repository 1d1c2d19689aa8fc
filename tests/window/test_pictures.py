"""The pictures of one program: as long as there is more to paint, it is known when."""

from __future__ import annotations

import time
from pathlib import Path

import moderngl
import pytest

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
