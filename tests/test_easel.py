"""Painting in turns: black and white at once, greys when the view has rested."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import cast

import moderngl
import numpy as np

from viewer.engines.greys import box_filter
from viewer.gpu.easel import REST, SOON, Easel, Picture
from viewer.gpu.overlay import Overlay
from viewer.gpu.painter import Painter
from viewer.gpu.tiled import Tiled
from viewer.program import parse
from viewer.view import Block, Grid, View

SLOPE = parse(b"x var-x\ny var-y\na const 0.3\nb mul a x\nr sub y b")
GRID = Grid(View(), 240, 160)


def slope(grid: Grid, samples: int) -> list[list[int]]:
    fine = grid.supersampled(samples)
    xs, ys = fine.xs(fine.whole, np.float64), fine.ys(fine.whole, np.float64)
    greys: list[list[int]] = box_filter(ys[:, np.newaxis] < 0.3 * xs, samples).tolist()
    return greys


def test_greys_come_when_the_view_has_rested(ctx: moderngl.Context) -> None:
    overlay = Overlay(ctx)
    easel, painter = Easel(ctx, overlay), Tiled(ctx, SLOPE)
    try:
        wanted = Picture(1, GRID, 4)
        while easel.row < GRID.height:
            assert easel.paint(wanted, painter)
        began = time.monotonic()
        turn, plain = easel.turn, slope(GRID, 1)
        assert easel.paint(wanted, painter), "no greys yet"
        if time.monotonic() - began < REST / 2:
            assert (easel.turn, easel.greys) == (turn, 0)
            assert 0 < easel.pause <= REST
            assert easel.read().tolist() == plain
        while easel.paint(wanted, painter):
            time.sleep(easel.pause)
        assert time.monotonic() - began > REST / 2
        assert easel.pause == math.inf
        assert easel.read().tolist() == slope(GRID, 4)
        # Any change starts again without greys.
        moved = replace(GRID, view=GRID.view.panned(3, 5, GRID.size))
        while easel.paint(wanted._replace(grid=moved), painter) and not easel.pause:
            pass
        assert easel.read().tolist() == slope(moved, 1)
        easel.paint(wanted, painter)
        assert easel.greys == 0
    finally:
        ctx.detect_framebuffer(0).use()
        easel.release()
        overlay.release()
        painter.release()


class Guess:
    """A sketcher whose first picture is nearly right: a row is missing until `better`."""

    at_once = False
    summary, sources, pending = "", (), 0

    def __init__(self) -> None:
        self.better = False
        self.blocks: list[Block] = []

    def ready(self, grid: Grid, seconds: float) -> bool:
        return True

    def settled(self, grid: Grid) -> bool:
        return self.better

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        self.blocks.append(block)
        level = float(self.better)
        target.clear(level, level, level, 1.0, viewport=target.viewport)


def test_what_is_nearly_right_is_painted_again_when_it_can_be_right(
    ctx: moderngl.Context,
) -> None:
    overlay = Overlay(ctx)
    easel, guess = Easel(ctx, overlay), Guess()
    for name in ("compile_next", "sketch", "draw_field", "accuracy", "operations", "release"):
        setattr(guess, name, lambda *_: None)  # what is asked of every painter, and not here
    painter = cast(Painter, guess)
    try:
        wanted = Picture(1, GRID)
        while easel.row < GRID.height:
            assert easel.paint(wanted, painter)
        assert not easel.whole
        assert easel.pause == SOON
        assert not easel.read().any()
        painted = len(guess.blocks)
        assert easel.paint(wanted, painter)
        assert len(guess.blocks) == painted, "nothing better is there"
        moved = wanted._replace(grid=replace(GRID, view=GRID.view.panned(3, 5, GRID.size)))
        guess.better = True
        while easel.paint(wanted, painter):
            pass
        assert easel.pause == math.inf
        assert (easel.read() == 255).all()
        assert sum(block.height for block in guess.blocks[painted:]) == GRID.height
        while easel.paint(moved, painter):
            pass
        assert (easel.read() == 255).all()
    finally:
        ctx.detect_framebuffer(0).use()
        easel.release()
        overlay.release()
