"""Greys drawn by tiles: each the mean of its samples, however the picture is cut."""

from __future__ import annotations

from pathlib import Path

import moderngl
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.sign.shapes import csg
from tests.sign.test_cover import cuts, grids
from viewer.engines.greys import box_filter
from viewer.engines.tiles import Tiles
from viewer.errors import NoDeviceError
from viewer.gpu import tiled
from viewer.gpu.tiled import BAND, Tiled
from viewer.passes import optimise
from viewer.picture.render import render_rows
from viewer.program import Program, parse, read
from viewer.sign.atlas import Atlas
from viewer.sign.cover import Cover, cover
from viewer.sign.layout import Layout
from viewer.view import Block, Grid, View

FEWER = settings(max_examples=max(25, settings().max_examples // 4))
RICH = "x var-x\ny var-y\n" + "\n".join(
    f"a{k} const {k / 9}\nu{k} mul x a{k}\nv{k} sub y u{k}\nw{k} square v{k}\n"
    f"e{k} const 0.000{k + 1}\ns{k} sub w{k} e{k}\n"
    + (f"t{k} min t{k - 1} s{k}" if k else "t0 min s0 s0")
    for k in range(-1, 12)
    if k >= 0
)
"""Twelve lines that all cross at one point: tiles next to it have more tests than a table."""


def made(program: Program) -> Tiles:
    try:
        return Tiles(program)
    except NoDeviceError as error:
        pytest.skip(f"no GL context: {error}")


def mean(engine: Tiles, grid: Grid, n: int) -> NDArray[np.uint8]:
    """What the greys should be: all samples drawn, and filtered."""
    fine = grid.supersampled(n)
    return box_filter(engine.inside(fine, fine.whole), n)


def off_an_edge(engine: Tiles, grid: Grid, n: int) -> NDArray[np.bool_]:
    """The pixels in which no sample lies on an edge, to a part of its distance from the next: on
    it, float32 may say this in a large tile and that in a small one."""
    fine = grid.supersampled(n)
    field = np.pad(engine.field(fine, fine.whole), 1, mode="edge").astype(float)
    middle = field[1:-1, 1:-1]
    around = [field[1 + dy :, 1 + dx :] for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1))]
    height, width = middle.shape
    step = np.max([abs(part[:height, :width] - middle) for part in around], axis=0)
    sure = abs(middle) > 1e-3 * step
    return np.asarray(sure.reshape(grid.height, n, grid.width, n).all(axis=(1, 3)))


@FEWER
@given(csg(), grids(40), st.integers(2, 5), st.data())
def test_a_grey_is_the_mean_of_its_samples(
    text: str, grid: Grid, n: int, data: st.DataObject
) -> None:
    with made(optimise(parse(text.encode()))) as engine:
        found = np.empty((grid.height, grid.width), np.uint8)
        for block in data.draw(cuts(grid)):
            part = found[block.j : block.j + block.height, block.i : block.i + block.width]
            part[...] = engine.greys(grid, block, n)
        differs = found != mean(engine, grid, n)
        assert not (differs & off_an_edge(engine, grid, n)).any()


@settings(max_examples=10)
@given(csg(roots=("sin", "floor", "sqrt", "exp", "recip")), grids(30), st.integers(2, 4))
def test_with_other_ops_too(text: str, grid: Grid, n: int) -> None:
    with made(optimise(parse(text.encode()))) as engine:
        differs = engine.greys(grid, grid.whole, n) != mean(engine, grid, n)
        assert not (differs & off_an_edge(engine, grid, n)).any()


@pytest.mark.parametrize("n", [2, 3, 4, 8])
def test_where_tiles_are_decided_point_by_point(n: int) -> None:
    grid = Grid(View.parse("0.001,0.0007@7"), 70, 50)
    with made(optimise(parse(RICH.encode()))) as engine:
        found = engine.greys(grid, grid.whole, n)
        assert len(np.unique(found)) > n
        assert np.array_equal(found, mean(engine, grid, n))


@pytest.mark.parametrize("n", [1, 2, 16, 64])
def test_any_number_of_samples_is_counted(n: int) -> None:
    """Full and empty pixels, exactly, and halves rounded up."""
    text = b"x var-x\nh const 0.25\nr sub x h"
    grid = Grid(View(), 4, 4)  # the edge is in the middle of the third column
    with made(parse(text)) as engine:
        half = 128 if n > 1 else 0
        assert engine.greys(grid, grid.whole, n).tolist() == 4 * [[255, 255, half, 0]]


@given(st.integers(1, 64), st.data())
@example(64, None)
def test_a_pixel_across_tiles_gets_all_its_samples(n: int, data: st.DataObject | None) -> None:
    """An all but endless half plane, its inside in tiles that end anywhere in a pixel."""
    zoom = data.draw(st.integers(11, 200)) if data else 123
    grid = Grid(View.parse(f"0.3,0.7@0.{zoom}"), 37, 23)
    with made(parse(b"x var-x\nh const 99\nr sub x h")) as engine:
        assert (engine.greys(grid, grid.whole, min(n, 64)) == 255).all()


@pytest.mark.parametrize("view", ["0,0", "-0.43,0.31@3", "-0.43,0.31@20"])
def test_the_challenge_has_not_one_grey_wrong(shared: Path, view: str) -> None:
    grid = Grid(View.parse(view), 512, 384)
    with made(optimise(read(shared / "models" / "prospero.vm"))) as engine:
        found = np.concatenate(list(render_rows(engine, grid, 4)))
        assert np.array_equal(found, mean(engine, grid, 4))
        assert len(np.unique(found)) == 17


def test_short_strips_have_their_cover_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deep down it takes as long for a row as for many."""
    found: list[Block] = []

    def counted(layout: Layout, atlas: Atlas, grid: Grid, block: Block, samples: int) -> Cover:
        found.append(block)
        return cover(layout, atlas, grid, block, samples)

    grid = Grid(View.parse("0.4,0.1@1e30"), 30, 2 * BAND + 10)
    with made(parse(b"x var-x\ny var-y\na const 0.25\nb mul a x\nr sub y b")) as engine:
        whole = engine.greys(grid, grid.whole, 4)
        monkeypatch.setattr(tiled, "cover", counted)
        rows = [engine.greys(grid, block, 4) for block in grid.blocks(30, 1)]
        assert np.array_equal(np.concatenate(rows), whole)
    assert len(found) == 3
    assert len(np.unique(whole)) > 2


@pytest.mark.parametrize("flip", [False, True])
def test_a_block_is_drawn_where_the_viewport_is(ctx: moderngl.Context, flip: bool) -> None:
    program = parse(b"x var-x\ny var-y\na const 0.3\nb mul a x\nr sub y b")
    painter, grid, block = Tiled(ctx, program), Grid(View(), 60, 40), Block(7, 5, 31, 22)
    target = ctx.framebuffer([ctx.renderbuffer((64, 48), 4)])
    target.clear(0.4, 0.4, 0.4, 1.0)
    target.viewport = 11, 13, 40, 30
    painter.draw_smooth(grid, block, 3, target, flip=flip)
    pixels = np.frombuffer(target.read(viewport=(0, 0, 64, 48)), np.uint8).reshape(48, 64, 3)
    ctx.detect_framebuffer(0).use()
    painter.release()
    target.release()
    fine = grid.supersampled(3)
    xs, ys = fine.xs(fine.whole, np.float64), fine.ys(fine.whole, np.float64)
    expected = box_filter(ys[:, np.newaxis] < 0.3 * xs, 3)[5:27, 7:38]
    part = pixels[13:35, 11:42, 0]
    assert np.array_equal(part if flip else part[::-1], expected)
    around = pixels[..., 0].copy()
    around[13:35, 11:42] = 102
    assert (around == 102).all()
