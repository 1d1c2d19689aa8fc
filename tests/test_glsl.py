"""Straight-line shaders on the real driver, held to NumPy in float32: bit for bit where it can be.

llvmpipe computes in IEEE float32 and flushes subnormals, so programs that meet those are left
out. Drivers on GPUs may round differently; the laws for bits are for llvmpipe alone.
"""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import moderngl
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.engines import assert_blocks_are_the_whole
from tests.strategies import grids, programs, shapes
from viewer.engines.glsl import Glsl
from viewer.engines.numpy_gc import NumpyGc
from viewer.errors import DrawError
from viewer.gpu.offscreen import Offscreen, Target
from viewer.gpu.straight import Straight
from viewer.passes import optimise
from viewer.program import OPS, Instr, Program, parse, read
from viewer.resources import asset
from viewer.view import Block, Grid, View

ELEVEN = ("neg", "sqrt", "square", "add", "sub", "mul", "min", "max")
FEW = settings(max_examples=30)
EYE = View(Fraction(1, 7), Fraction(-2, 9))
TINY = 2.0**-120


def by_numpy(program: Program, grid: Grid) -> NDArray[np.float32]:
    with np.errstate(all="ignore"):
        return np.asarray(NumpyGc(program, np.float32).field(grid, grid.whole), np.float32)


def by_glsl(program: Program, grid: Grid, pieces: int | None = None) -> NDArray[np.bool_]:
    screen = Offscreen(program, partial(Straight, pieces=pieces))
    drawn = screen.draw(grid, grid.whole, field=False)
    screen.close()
    assert np.isin(drawn, (0, 255)).all()
    return np.asarray(drawn == 255)


def meets_subnormals(program: Program, grid: Grid) -> bool:
    """Whether a value on the way is so small that it, or what it is made of, may be flushed."""
    prefixes = (Program(program.instrs[: end + 1]) for end in range(len(program)))
    sizes = (np.abs(by_numpy(prefix, grid)) for prefix in prefixes)
    return any(((size > 0) & (size < TINY)).any() for size in sizes)


HIDDEN = "x var-x\nroot sqrt x\none const 1\nout min root one"
"""NaN on the left, where GLSL's own min says 1."""
ZERO_TIMES_NAN = "x var-x\nroot sqrt x\nzero const 0\nout mul zero root"
"""llvmpipe says 0, and +0 for a zero times a negative number."""
ENDLESS = "x var-x\nm const 1e30\na mul x m\nb mul a a\nout sub b b"
"""Infinity minus itself, which a driver might take for 0."""


@FEW
@example(HIDDEN, 4, 3)
@example("v0 var-x\nv1 var-y\nv2 var-z\nn0 sub v2 v2\nn1 neg n0", 1, 1)
@example(ZERO_TIMES_NAN, 4, 3)
@example(ENDLESS, 4, 3)
@given(programs(words=ELEVEN), st.integers(1, 9), st.integers(1, 9))
def test_the_challenges_opcodes_equal_numpy_bit_for_bit(
    llvmpipe: None, text: str, width: int, height: int
) -> None:
    program, grid = parse(text.encode()), Grid(EYE, width, height, z=Fraction(3, 8))
    assume(not meets_subnormals(program, grid))
    with Glsl(program) as engine:
        drawn = engine.field(grid, grid.whole)
    expected = by_numpy(program, grid)
    assert (np.isnan(drawn) == np.isnan(expected)).all()
    bits = drawn.view(np.uint32) == expected.view(np.uint32)
    assert (bits | np.isnan(expected)).all()


@FEW
@given(shapes(most=10), grids(deepest=3))
def test_split_whole_and_numpy_are_one_picture(llvmpipe: None, text: str, grid: Grid) -> None:
    program = parse(text.encode())
    expected = by_numpy(program, grid) < 0
    for pieces in (1, 2, 5):
        assert (by_glsl(program, grid, pieces) == expected).all()


@pytest.mark.parametrize("pieces", [None, 1, 40])
def test_prospero_is_the_known_picture(llvmpipe: None, shared: Path, pieces: int | None) -> None:
    known = np.asarray(Image.open(shared / "expected" / "prospero-1024.png")) > 0
    grid = Grid(View(), 1024, 1024)
    drawn = by_glsl(optimise(read(shared / "models" / "prospero.vm")), grid, pieces)
    assert int(drawn.sum()) == 132816
    assert (drawn == known).all()


def test_prosperos_field_is_numpys_to_the_bit(llvmpipe: None, shared: Path) -> None:
    program, grid = optimise(read(shared / "models" / "prospero.vm")), Grid(EYE, 200, 120)
    with Glsl(program) as engine:
        drawn = engine.field(grid, grid.whole)
    assert (drawn.view(np.uint32) == by_numpy(program, grid).view(np.uint32)).all()


def test_the_bundled_text_is_one_picture_however_it_is_drawn(llvmpipe: None) -> None:
    program, grid = optimise(read(asset("dreams.vm"))), Grid(View(), 300, 200)
    expected = by_numpy(program, grid) < 0
    assert 0 < expected.sum() < expected.size
    for pieces in (None, 1, 3):
        assert (by_glsl(program, grid, pieces) == expected).all()


@FEW
@given(shapes(), grids(deepest=3), st.integers(1, 30), st.integers(1, 30), st.booleans())
def test_a_picture_in_blocks_is_the_picture_whole(
    context: moderngl.Context, text: str, grid: Grid, width: int, height: int, field: bool
) -> None:
    with Glsl(parse(text.encode())) as engine:
        assert_blocks_are_the_whole(engine, grid, width, height, field=field)


def test_a_picture_in_strips_is_the_picture_whole(context: moderngl.Context) -> None:
    program, grid = parse(TILTED), Grid(EYE, 97, 61)
    with Glsl(program) as engine:
        whole = engine.inside(grid, grid.whole)
    for pixels in (1, 7, 97, 500):
        screen = Offscreen(program, Straight)
        screen.pixels = pixels
        drawn = screen.draw(grid, grid.whole, field=False)
        screen.close()
        assert ((drawn == 255) == whole).all(), pixels


TILTED = b"""x var-x
y var-y
z var-z
half const 0.5
up mul y half
slope add x up
low sub slope z
"""


def test_up_is_up_and_the_slice_is_where_it_was_asked_for(context: moderngl.Context) -> None:
    # Inside where x + y/2 < z: at the left, and further up less of it.
    grid = Grid(View(), 40, 20, z=Fraction(1, 4))
    drawn = by_glsl(parse(TILTED), grid)
    x, y = grid.xs(grid.whole, np.float64), grid.ys(grid.whole, np.float64)
    assert (drawn == (x[np.newaxis, :] + y[:, np.newaxis] / 2 < 0.25)).all()
    assert drawn[0].sum() < drawn[-1].sum()


DISCS = """x var-x
y var-y
r const 0.3
a const 0.5
b const -0.4
u sub x a
uu square u
yy square y
d add uu yy
one sub d r
v sub y b
vv square v
xx square x
e add vv xx
two sub e r
out min one two
"""
"""A disc on the right, one below."""


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("pieces", [1, 2])
@pytest.mark.parametrize("root", ["min", "max"])
def test_only_the_blocks_own_pixels_of_a_target_are_drawn(
    context: moderngl.Context, flip: bool, pieces: int, root: str
) -> None:
    text = (
        DISCS if root == "min" else DISCS.replace("out min", "f neg one\ng neg two\nout max f g #")
    )
    program = parse(text.encode())
    straight = Straight(context, program, pieces=pieces)
    assert len(straight.sources) == pieces
    memory = context.renderbuffer((60, 50), 4)
    target = context.framebuffer([memory])
    target.clear(0.0, 0.5, 0.0, 1.0)
    target.viewport = 3, 2, 45, 40
    grid = Grid(View(), 50, 50)
    block = Block(12, 5, 37, 34)
    straight.draw(grid, block, target, flip=flip)
    pixels = np.frombuffer(target.read((0, 0, 60, 50), components=3), np.uint8).reshape(50, 60, 3)
    expected = np.tile(np.array([0, 128, 0], np.uint8), (50, 60, 1))
    inside = (by_numpy(program, grid) < 0)[5:39, 12:49]
    rows = inside if flip else inside[::-1]
    expected[2:36, 3:40] = np.where(rows, 255, 0)[..., np.newaxis]
    context.detect_framebuffer(0).use()
    for made in (straight, target, memory):
        made.release()
    assert np.abs(pixels.astype(int) - expected).max() <= 1  # 0.5 is 127 or 128
    assert context.error == "GL_NO_ERROR"


@pytest.mark.parametrize("view", ["3e6,0@1", "0,0@1e-8", "1e300,1e300@1", "0,-1e37@1e-38"])
def test_views_beyond_the_domain_are_right_too(llvmpipe: None, view: str) -> None:
    # Two discs, one of them a million units away and large: split, each is bounded.
    text = """x var-x
y var-y
a const 3e6
r const 1.5
s const 4e5
xx square x
yy square y
d2 add xx yy
d sqrt d2
near sub d r
u sub x a
uu square u
e2 add uu yy
e sqrt e2
far sub e s
out min near far
"""
    program, grid = parse(text.encode()), Grid(View.parse(view), 40, 30)
    with np.errstate(all="ignore"):
        expected = by_numpy(program, grid) < 0
    assert (by_glsl(program, grid, 2) == expected).all()


def test_a_refused_line_is_named(context: moderngl.Context) -> None:
    broken = replace(OPS["neg"], glsl="no_such_function({0})")
    program = Program((Instr(OPS["var-x"], line=3), Instr(broken, (0,), line=17)), "shape.vm")
    straight = Straight(context, program)
    with pytest.raises(DrawError) as refused:
        straight.compile_next()
    assert str(refused.value).startswith("shape.vm:17: the graphics driver refused this line: ")
    assert "no_such_function" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert straight.pending == 1


def test_pieces_are_compiled_one_by_one(context: moderngl.Context) -> None:
    straight = Straight(context, optimise(read(asset("dreams.vm"))))
    count = len(straight.sources)
    assert count > 4
    assert straight.pending == count
    straight.compile_next()
    assert straight.pending == count - 1
    straight.release()
    assert context.error == "GL_NO_ERROR"


@pytest.mark.parametrize("size", [(0, 5), (2**17, 2**17)])
def test_a_target_that_the_driver_cannot_hold_is_refused(
    context: moderngl.Context, size: tuple[int, int]
) -> None:
    with pytest.raises(DrawError, match=f"no memory for {size[0]}x{size[1]} pixels"):
        Target(context, Block(0, 0, *size), field=False)
    assert context.error == "GL_NO_ERROR"


def test_a_split_program_is_drawn_with_a_fifth_of_the_work(
    context: moderngl.Context, shared: Path
) -> None:
    program, grid = optimise(read(shared / "models" / "prospero.vm")), Grid(View(), 1024, 1024)
    with Glsl(program) as split, Glsl(program, whole=True) as whole:
        assert whole.operations(grid) == program.operations
        assert split.operations(grid) < program.operations / 5
