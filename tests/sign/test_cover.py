"""Pictures made of tiles: right at every pixel that float64 is sure of, however they are asked
for, at any depth."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests import oracle
from tests.conftest import SHARED
from tests.sign.painter import Rest, Tiling, agrees, at_edge, paint
from tests.sign.shapes import csg
from tests.strategies import shapes
from viewer.engines.blocks import Blocks
from viewer.program import parse, read
from viewer.sign.atlas import MEMORY, Atlas
from viewer.sign.cover import cover
from viewer.sign.formula import sign_form
from viewer.sign.layout import lay_out
from viewer.view import Block, Grid, View

FEWER = settings(max_examples=max(25, settings().max_examples // 4))
MEMORIES = st.sampled_from((0, 20_000, MEMORY))


@st.composite
def grids(draw: st.DrawFn, largest: int = 90) -> Grid:
    """Pictures of a few leaves to a few thousand, from far away to next to the tenths where
    random shapes have their edges."""
    tenths = st.integers(-20, 20).map(lambda n: Fraction(n, 10))
    view = View(draw(tenths), draw(tenths), Fraction(2) ** draw(st.integers(-4, 16)))
    view = view.zoomed(draw(st.floats(-1, 1)), (0, 0), (8, 8))
    side = st.integers(1, largest)
    return Grid(view, draw(side), draw(side), reference=draw(st.booleans()))


@st.composite
def cuts(draw: st.DrawFn, grid: Grid) -> list[Block]:
    """The picture in blocks, in any order."""
    width, height = (draw(st.integers(1, 120)) for _ in range(2))
    least = max(8, grid.width // 4), max(8, grid.height // 4)
    blocks = grid.blocks(max(width, least[0]), max(height, least[1]))
    return draw(st.permutations(list(blocks)))


def by_blocks(text: str, grid: Grid) -> Rest:
    """What is left to another engine, by `blocks` in float64."""
    engine = Blocks(parse(text.encode()))
    return lambda block: engine.inside(grid, block)


@settings(max_examples=max(60, settings().max_examples // 2))
@given(csg(), grids(), MEMORIES, st.data())
def test_the_picture_is_right(text: str, grid: Grid, memory: int, data: st.DataObject) -> None:
    """However it is cut, whatever is forgotten."""
    blocks = data.draw(cuts(grid))
    agrees(Tiling(text, memory).picture(grid, blocks, by_blocks(text, grid)), text, grid)


@FEWER
@given(csg(roots=("sin", "floor", "sqrt", "exp", "recip")), grids(50))
def test_with_other_ops_too(text: str, grid: Grid) -> None:
    agrees(Tiling(text).picture(grid, [grid.whole], by_blocks(text, grid)), text, grid)


@FEWER
@given(shapes(), grids(50))
def test_lines_and_circles_are_left_to_nobody(text: str, grid: Grid) -> None:
    agrees(Tiling(text).block(grid, grid.whole), text, grid)


MOVES = st.one_of(
    st.tuples(st.just("pan"), st.floats(-200, 200), st.floats(-200, 200)),
    st.tuples(st.just("zoom"), st.floats(-2, 2), st.floats(0, 60)),
)


@FEWER
@given(csg(), grids(60), MEMORIES, st.lists(MOVES, min_size=1, max_size=8))
def test_after_any_walk_it_is_the_picture_of_a_fresh_start(
    text: str, grid: Grid, memory: int, moves: list[tuple[str, float, float]]
) -> None:
    used = Tiling(text, memory)
    view = grid.view
    for kind, a, b in moves:
        here = Grid(view, grid.width, grid.height)
        used.block(here, here.whole, by_blocks(text, here))
        size = grid.size
        view = view.panned(a, b, size) if kind == "pan" else view.zoomed(a, (b, b), size)
    last = Grid(view, grid.width, grid.height)
    rest = by_blocks(text, last)
    picture = used.block(last, last.whole, rest)
    assert (picture == Tiling(text).block(last, last.whole, rest)).all()
    if view.zoom < 2**24:
        agrees(picture, text, last)


DEEP = {
    "line": "a const 0.37\nb mul a x\nc const -0.9\nd mul c y\ne add b d\nf const 0.123\nr add e f",
    "circle": "a const 0.1\nb sub x a\nc square b\nd square y\ne add c d\nf sqrt e\n"
    "g const 0.7\nr sub f g",
    "ellipse": "a const 1.7\nb mul x a\nc square b\nd square y\ne add c d\nf const 0.9\nr sub e f",
    "hyperbola": "a mul x y\nb const 0.3\nr sub b a",
    "corner": "a const 0.3\nb sub x a\nc square x\nd square y\ne add c d\nf const 0.25\n"
    "g sub e f\nh neg y\ni max b g\nr max i h",
}


@pytest.mark.parametrize("digits", [6, 30, 100, 300])
@pytest.mark.parametrize("shape", DEEP)
def test_at_any_depth_it_is_right_next_to_an_edge(shape: str, digits: int) -> None:
    """To a thousandth of a pixel, against exact arithmetic at every pixel's centre."""
    text = f"x var-x\ny var-y\n{DEEP[shape]}"
    nodes = oracle.read(text)
    grid = Grid(at_edge(nodes, digits), 24, 13)
    tiling = Tiling(text)
    picture = tiling.block(grid, grid.whole)
    assert 0 < picture.sum() < picture.size, "there is no edge in the picture"
    for (j, i), said in np.ndenumerate(picture):
        at = grid.view.model_at((i + 0.5, j + 0.5), grid.size)
        if (oracle.sign(nodes, *at) == -1) != said:
            off = grid.half / 500
            around = {
                oracle.sign(nodes, at[0] + dx * off, at[1] + dy * off)
                for dx in (-1, 0, 1)
                for dy in (-1, 0, 1)
            }
            assert len(around) > 1, f"pixel {i}, {j} is {said}"


@pytest.mark.parametrize("zoom", ["1e-1000", "1e-330", "1e-30", "1e1000", "1e2500"])
def test_there_is_no_zoom_that_is_too_much(zoom: str) -> None:
    text = f"x var-x\ny var-y\n{DEEP['circle']}"
    view = View(Fraction(1, 10), Fraction(7, 10), Fraction(Decimal(zoom)))
    grid = Grid(view, 9, 8)
    picture = Tiling(text).block(grid, grid.whole)
    if view.zoom < 1:
        assert not picture.any()
    else:  # the top of the circle: inside is below
        assert (picture == (np.arange(8) >= 4)[:, np.newaxis]).all()


@pytest.mark.parametrize("zoom", ["1e-330", "1e-50", "1e15", "1e40", "1e330"])
@pytest.mark.parametrize("word", ["sin", "exp", "recip", "floor"])
def test_other_ops_are_left_to_others_at_any_zoom(word: str, zoom: str) -> None:
    """Where float64 says nothing any more, too: nothing is decided that is not so."""
    text = f"x var-x\ny var-y\na {word} x\nr sub a y"
    at = {"sin": "0", "exp": "1", "recip": "0.5", "floor": "-1"}[word]
    centre = Fraction("2") if word == "recip" else Fraction(0)
    grid = Grid(View(centre, Fraction(at), Fraction(Decimal(zoom))), 9, 8)
    nodes = oracle.read(text)

    def rest(block: Block) -> NDArray[np.bool_]:
        return exact(nodes, grid)[block.j :, block.i :][: block.height, : block.width]

    assert (Tiling(text).block(grid, grid.whole, rest) == exact(nodes, grid)).all()


def exact(nodes: oracle.Nodes, grid: Grid) -> NDArray[np.bool_]:
    """The picture by the oracle; what it cannot decide is outside."""
    return np.array(
        [
            [
                oracle.sign(nodes, *grid.view.model_at((i + 0.5, j + 0.5), grid.size)) == -1
                for i in range(grid.width)
            ]
            for j in range(grid.height)
        ]
    )


@given(grids(300))
def test_squares_share_no_pixel_and_leave_none_out(grid: Grid) -> None:
    """`paint` checks it; with half a plane there is something of everything."""
    tiling = Tiling("x var-x\ny var-y\nc const 0.1\nd sub x c\nr max d y")
    tiling.block(grid, grid.whole)


@pytest.mark.parametrize("reference", [False, True])
def test_prospero(reference: bool) -> None:
    """The challenge's picture, pixel for pixel."""
    if not SHARED.is_dir():
        pytest.skip("../shared is missing")
    layout = lay_out(sign_form(read(SHARED / "models" / "prospero.vm")))
    grid = Grid(View(), 1024, 1024, reference=reference)
    atlas = Atlas(layout)
    name = "prospero-1024-reference.png" if reference else "prospero-1024.png"
    expected = np.asarray(Image.open(SHARED / "expected" / name).convert("L")) > 127
    picture = paint(cover(layout, atlas, grid, grid.whole), grid.whole)
    assert (picture == expected).all()
    if not reference:
        assert picture.sum() == 132816
