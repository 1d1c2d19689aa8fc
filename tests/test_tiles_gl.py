"""Tiles on the real driver: the picture that NumPy paints from the same cover, bit for bit.

Drivers on GPUs may round differently next to an edge; the laws for bits are for llvmpipe alone.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import moderngl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.sign.conftest import crowds  # noqa: F401
from tests.sign.painter import Picture, Tiling, paint
from tests.sign.shapes import csg
from tests.sign.test_cover import grids
from tests.strategies import shapes
from viewer.gpu import tiles
from viewer.gpu.straight import Straight
from viewer.gpu.tiled import Tiled
from viewer.gpu.tiles import POINT, TileShaders
from viewer.program import parse, read
from viewer.sign import cover
from viewer.sign.tables import MOST
from viewer.view import Block, Grid, View

FEW = settings(max_examples=max(20, settings().max_examples // 5))
BORDER = 5
"""Pixels about the viewport in which nothing may be drawn."""
MARK = (0.2, 0.4, 0.6, 0.8)
NONE = np.empty((0, 4), np.int32)


@pytest.fixture(scope="module")
def shaders(context: moderngl.Context) -> Iterator[TileShaders]:
    with context:
        made = TileShaders(context)
    yield made
    made.release()


class Canvas(NamedTuple):
    """A framebuffer that is larger than the viewport into which a block is drawn."""

    framebuffer: moderngl.Framebuffer
    block: Block
    spare: tuple[int, int]

    @staticmethod
    def of(ctx: moderngl.Context, block: Block, spare: tuple[int, int] = (0, 0)) -> "Canvas":
        """`spare` is how much larger than the block the viewport is."""
        size = block.width + spare[0], block.height + spare[1]
        whole = size[0] + 2 * BORDER, size[1] + 2 * BORDER
        framebuffer = ctx.framebuffer([ctx.renderbuffer(whole, 4)])
        framebuffer.clear(*MARK)
        framebuffer.viewport = (BORDER, BORDER, *size)
        return Canvas(framebuffer, block, spare)

    def read(self, *, flip: bool) -> Picture:
        """The block, row 0 at the top. All else must be as it was."""
        width, height = self.framebuffer.size
        data = self.framebuffer.read((0, 0, width, height), components=4, alignment=1)
        pixels = np.frombuffer(data, np.uint8).reshape(height, width, 4)
        low, left = BORDER, BORDER
        drawn = pixels[low : low + self.block.height, left : left + self.block.width]
        rest = np.ones((height, width), bool)
        rest[low : low + self.block.height, left : left + self.block.width] = False
        mark = np.rint(np.array(MARK) * 255).astype(np.uint8)
        assert (pixels[rest] == mark).all(), "something was drawn outside the block"
        assert (drawn[..., 3] == 255).all()
        assert (drawn[..., :3] == drawn[..., :1]).all()
        assert set(np.unique(drawn[..., 0])) <= {0, 255}
        upright = drawn[..., 0] if flip else drawn[::-1, :, 0]
        return np.asarray(upright > 0)


def drawn(
    ctx: moderngl.Context, painter: Tiled, grid: Grid, block: Block, *, flip: bool
) -> Picture:
    canvas = Canvas.of(ctx, block)
    painter.draw(grid, block, canvas.framebuffer, flip=flip)
    return canvas.read(flip=flip)


@st.composite
def parts(draw: st.DrawFn, grid: Grid) -> Block:
    i, j = draw(st.integers(0, grid.width - 1)), draw(st.integers(0, grid.height - 1))
    width, height = draw(st.integers(1, grid.width - i)), draw(st.integers(1, grid.height - j))
    return Block(i, j, width, height)


@FEW
@given(shapes(), grids(150), st.booleans(), st.data())
def test_a_block_is_drawn_as_its_cover_is_painted(
    llvmpipe: None,
    context: moderngl.Context,
    text: str,
    grid: Grid,
    flip: bool,
    data: st.DataObject,
) -> None:
    block = data.draw(parts(grid))
    tiling, painter = Tiling(text), Tiled(context, parse(text.encode()))
    expected = tiling.block(grid, block)
    assert (drawn(context, painter, grid, block, flip=flip) == expected).all()
    painter.release()


@st.composite
def random_covers(draw: st.DrawFn, count: int, block: Block) -> cover.Cover:
    """Tiles in rows over a block, each with any coefficients and any table."""
    side = draw(st.integers(1, 9) | st.integers(POINT - 2, POINT + 9))
    rectangles = [
        (block.i + i, block.j + j, min(side, block.width - i), min(side, block.height - j))
        for j in range(0, block.height, side)
        for i in range(0, block.width, side)
        if draw(st.integers(0, 3))
    ][:40]
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    rectangle = np.array(rectangles, np.int32).reshape(-1, 4)
    m = len(rectangle)
    step = chance.uniform(0.5, 2, (m, 1)) / side  # from -1 to 1 at most
    start = np.concatenate([-np.ones((m, 1)), np.ones((m, 1)), step, -step], axis=1)
    group = cover.Tests(
        rectangle,
        start.astype(np.float32),
        chance.normal(size=(m, count, 6)).astype(np.float32),
        chance.integers(0, 2**32, (m, max(1, 2**count // 32)), dtype=np.uint32),
    )
    return cover.Cover(np.array([block], np.int32), NONE, NONE, {count: group} if m else {})


@pytest.mark.parametrize("count", range(1, MOST + 1))
@settings(max_examples=6)
@given(data=st.data())
def test_any_number_of_tests(
    llvmpipe: None, context: moderngl.Context, shaders: TileShaders, count: int, data: st.DataObject
) -> None:
    """All tables, with any coefficients."""
    block = Block(
        *(
            data.draw(st.integers(low, high))
            for low, high in ((0, 9000), (0, 9000), (1, 50), (1, 50))
        )
    )
    found = data.draw(random_covers(count, block))
    flip = data.draw(st.booleans())
    spare = data.draw(st.tuples(st.integers(0, 9), st.integers(0, 9)))
    canvas = Canvas.of(context, block, spare)
    shaders.draw(found, block, canvas.framebuffer, flip=flip, rest={})
    assert context.error == "GL_NO_ERROR"
    assert (canvas.read(flip=flip) == paint(found, block)).all()


def test_a_cover_that_stands_still_is_loaded_once(
    ctx: moderngl.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And given back when another comes, or where it is too large."""
    tiling = Tiling("x var-x\ny var-y\na square x\nb square y\nc add a b\nd const 0.3\nr sub c d")
    assert tiling.layout is not None
    assert tiling.atlas is not None
    grids = [Grid(View(), side, 90) for side in (90, 120)]
    covers = [cover.cover(tiling.layout, tiling.atlas, grid, grid.whole) for grid in grids]
    shaders, canvas = TileShaders(ctx), Canvas.of(ctx, grids[0].whole)
    for found in (covers[0], covers[1], covers[0], covers[0]):
        before = shaders.loads(found)
        shaders.draw(found, grids[0].whole, canvas.framebuffer, flip=True, rest={})
        assert shaders.loads(found) is before
    assert (canvas.read(flip=True) == tiling.block(grids[0], grids[0].whole)).all()
    monkeypatch.setattr(tiles, "KEPT", 0)
    shaders.draw(covers[0], grids[0].whole, canvas.framebuffer, flip=True, rest={})
    assert shaders.loads(covers[0]) is not before
    shaders.release()
    assert ctx.error == "GL_NO_ERROR"


@FEW
@given(csg(roots=("sin", "floor", "abs")), grids(60), st.booleans())
def test_what_is_left_is_drawn_by_the_programs_own_shader(
    llvmpipe: None, context: moderngl.Context, text: str, grid: Grid, flip: bool
) -> None:
    """Where the cover has rest, the pixels are those of the straight-line shader."""
    program = parse(text.encode())
    painter, straight = Tiled(context, program), Straight(context, program, pieces=1)
    canvas = Canvas.of(context, grid.whole)
    straight.draw(grid, grid.whole, canvas.framebuffer, flip=True)
    whole = canvas.read(flip=True)
    tiling = Tiling(text)
    expected = tiling.block(
        grid, grid.whole, lambda block: whole[block.j :, block.i :][: block.height, : block.width]
    )
    assert (drawn(context, painter, grid, grid.whole, flip=flip) == expected).all()
    painter.release()
    straight.release()


def test_after_a_walk(llvmpipe: None, ctx: moderngl.Context) -> None:
    """One painter, from picture to picture, from height to height."""
    text = "x var-x\ny var-y\nz var-z\na square x\nb square y\nc add a b\nd square z\ne add c d\n"
    text += "f const 0.7\ng sub e f\nh sub x z\nr max g h"
    painter = Tiled(ctx, parse(text.encode()))
    while painter.pending:
        painter.compile_next()
    view = View()
    for step in range(12):
        view = view.panned(13 * step, -7, (90, 70)).zoomed(step - 5, (40, 30), (90, 70))
        grid = Grid(view, 90 + step, 70, z=Fraction(step % 3, 10))
        at = text.replace("z var-z", f"z const {float(grid.z)}")
        expected = Tiling(at).block(grid, grid.whole)
        assert (drawn(ctx, painter, grid, grid.whole, flip=step % 2 == 0) == expected).all()
    painter.release()


@pytest.mark.parametrize("text", ["r const -1", "r const 1"])
def test_one_colour(ctx: moderngl.Context, text: str) -> None:
    painter, grid = Tiled(ctx, parse(text.encode())), Grid(View(), 33, 20)
    assert (drawn(ctx, painter, grid, grid.whole, flip=True) == ("-" in text)).all()
    painter.release()


def test_prospero(ctx: moderngl.Context, shared: Path) -> None:
    """The challenge's picture, pixel for pixel."""
    program = read(shared / "models" / "prospero.vm")
    painter, grid = Tiled(ctx, program), Grid(View(), 1024, 1024)
    picture = drawn(ctx, painter, grid, grid.whole, flip=False)
    expected = np.asarray(Image.open(shared / "expected" / "prospero-1024.png").convert("L")) > 127
    assert picture.sum() == 132816
    assert (picture == expected).all()
    painter.release()
