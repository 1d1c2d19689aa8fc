"""Whether tiles are the better way to draw a program that is not a formula over quadratics only.

There, a tile in which an expression is open is drawn by the whole program's shader, as every pixel
is without tiles, and every view needs work before its first frame. What that comes to depends on
the program and the machine, so both are tried on one view.

Measured on two cores with llvmpipe, 1024 x 768, in milliseconds:

    program      work on a new view   a frame by tiles   one by straight-line shaders
    bear                245                  10                     58
    jellyfish           110                  10                     26
    gears                81                  17                     23
    frost               573                 140                    105

Shaders of the program simplified for a region do not pay: in the regions of 64 pixels that are
open it keeps 54 to 100 % of these programs, and each such shader takes 10 ms or more to compile,
for every view anew.
"""

from time import perf_counter, thread_time
from typing import NamedTuple

import moderngl

from viewer.gpu.painter import Painter
from viewer.gpu.straight import Straight
from viewer.gpu.tiled import Tiled
from viewer.program import Program
from viewer.view import Block, Grid

PATIENCE = 1.0
"""Seconds of work on a view after which tiles are given up."""
FRAMES = 6.0
"""How many straight-line frames the work on a new view may take: a few pans and zooms have it paid
for."""
GAIN = 1.5
"""How many times faster a frame must become."""
_BANDS, _ROWS = 8, 8
"""What is drawn of a picture to measure straight-line shaders: that many bands of rows."""


class Draft(NamedTuple):
    """Tiles that worked on a view for so many seconds of one core, `ready` if to its end."""

    tiled: Tiled
    seconds: float
    ready: bool


class Verdict(NamedTuple):
    """`tiles`: whether to draw by them.   why: in a few words, to go with what is drawn by."""

    tiles: bool
    why: str


def draft(ctx: moderngl.Context, program: Program, grid: Grid) -> Draft:
    """Works out a program's tiles of a picture, for `PATIENCE` seconds at most. For any thread."""
    tiled, start = Tiled(ctx, program), thread_time()
    ready = tiled.ready(grid, PATIENCE)
    return Draft(tiled, thread_time() - start, ready)


def glance(found: Draft, straight: Straight, straight_seconds: float, grid: Grid) -> Verdict:
    """Whether tiles are worth compiling, given what a straight-line frame takes."""
    if not found.ready:
        return Verdict(False, f"tiles take over {PATIENCE:g} s for a new view")
    if found.seconds > FRAMES * straight_seconds:
        return Verdict(False, f"tiles take {1e3 * found.seconds:.0f} ms for a new view")
    left = found.tiled.operations(grid) / max(1.0, straight.operations(grid))
    if GAIN * left > 1:
        return Verdict(False, f"tiles leave {100 * left:.0f} % of the work")
    return Verdict(True, "")


def verdict(tiled_seconds: float, straight_seconds: float) -> Verdict:
    """By what a frame takes."""
    times = f"{1e3 * tiled_seconds:.1f} ms a frame"
    if GAIN * tiled_seconds > straight_seconds:
        return Verdict(False, f"tiles take {times}, this {1e3 * straight_seconds:.1f}")
    return Verdict(True, f"{times}, glsl {1e3 * straight_seconds:.1f}")


def straight_frame(ctx: moderngl.Context, straight: Straight, grid: Grid) -> float:
    """The seconds of one frame, by some of its rows."""
    rows = min(_ROWS, grid.height)
    bands = min(_BANDS, grid.height // rows)
    tops = [(2 * band + 1) * grid.height // (2 * bands) - rows // 2 for band in range(bands)]
    blocks = [Block(0, max(0, top), grid.width, rows) for top in tops]
    return _seconds(ctx, straight, grid, blocks) * grid.height / (rows * bands)


def tiled_frame(ctx: moderngl.Context, tiled: Tiled, grid: Grid) -> float:
    """The seconds of one frame whose tiles are there."""
    return _seconds(ctx, tiled, grid, [grid.whole])


def _seconds(ctx: moderngl.Context, painter: Painter, grid: Grid, blocks: list[Block]) -> float:
    """What drawing some blocks takes, the best of three times, on a target of its own."""
    before = ctx.fbo or ctx.detect_framebuffer(0)
    height = max(block.height for block in blocks)
    pixels = ctx.renderbuffer((grid.width, height), 4)
    target = ctx.framebuffer([pixels])
    times = []
    try:
        for _ in range(3):
            start = perf_counter()
            for block in blocks:
                target.viewport = (0, 0, block.width, block.height)
                painter.draw(grid, block, target, flip=True)
            ctx.finish()
            times.append(perf_counter() - start)
    finally:
        before.use()
        target.release()
        pixels.release()
    return min(times)
