"""The interpreter on the real driver, held to NumPy in float32: bit for bit where it can be."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import moderngl
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.engines import assert_blocks_are_the_whole
from tests.strategies import grids, programs, shapes
from viewer.engines.blocks import Blocks
from viewer.engines.interpreter import Interpreter
from viewer.errors import DrawError
from viewer.gpu import interpreter, loop, plan
from viewer.gpu.bytecode import encode, joined
from viewer.gpu.interpreter import Interpreter as Machine
from viewer.gpu.interpreter import _work
from viewer.gpu.loop import CHALLENGE, Loop, Variant, upload
from viewer.gpu.offscreen import LIMIT
from viewer.gpu.values import AREA
from viewer.passes import allocate, optimise, prune
from viewer.program import OPS, Program, parse, read
from viewer.view import Block, Grid, View

ELEVEN = ("neg", "sqrt", "square", "add", "sub", "mul", "min", "max")
EXACT = (*ELEVEN, "abs", "floor", "ceil", "round", "not", "compare", "and", "or")
FEW = settings(max_examples=30)
EYE = View(Fraction(1, 7), Fraction(-2, 9))
TINY = 2.0**-120
CHECKS = b"""x var-x
y var-y
half const 0.5
a const 5.3
b const 3.7
u mul x a
v mul y b
fu floor u
fv floor v
du sub u fu
dv sub v fv
eu sub du half
ev sub dv half
out mul eu ev
"""
TILTED = b"""x var-x
y var-y
z var-z
half const 0.5
up mul y half
slope add x up
low sub slope z
"""


def eager() -> AbstractContextManager[object]:
    """Makes the smallest picture worth dividing, into tiles of a few pixels."""
    return patch.multiple(plan, WORTH=0.0, COST=0.0, SIDES=(16, 4))


def by_numpy(program: Program, grid: Grid) -> NDArray[np.float32]:
    return np.asarray(Blocks(program, np.float32).field(grid, grid.whole), np.float32)


def meets_subnormals(program: Program, grid: Grid) -> bool:
    """Whether a value on the way is so small that it, or what it is made of, may be flushed."""
    prefixes = (Program(program.instrs[: end + 1]) for end in range(len(program)))
    sizes = (np.abs(by_numpy(prefix, grid)) for prefix in prefixes)
    return any(((size > 0) & (size < TINY)).any() for size in sizes)


def assert_same_bits(drawn: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    nan = np.isnan(expected)
    assert (np.isnan(drawn) == nan).all()
    assert (nan | (drawn.view(np.uint32) == expected.view(np.uint32))).all()


@FEW
@given(programs(words=ELEVEN, longest=40), st.integers(1, 40), st.integers(1, 9))
def test_the_challenges_opcodes_equal_numpy_bit_for_bit(
    llvmpipe: None, text: str, width: int, height: int
) -> None:
    program, grid = parse(text.encode()), Grid(EYE, width, height, z=Fraction(3, 8))
    assume(not meets_subnormals(program, grid))
    with eager(), Interpreter(program) as engine:
        assert_same_bits(engine.field(grid, grid.whole), by_numpy(program, grid))
        assert (engine.inside(grid, grid.whole) == (by_numpy(program, grid) < 0)).all()


@FEW
@given(shapes(most=10), grids(deepest=4))
def test_the_picture_is_numpys(llvmpipe: None, text: str, grid: Grid) -> None:
    program = parse(text.encode())
    with eager(), Interpreter(program) as engine:
        assert (engine.inside(grid, grid.whole) == (by_numpy(program, grid) < 0)).all()


SPECIALS = ("0", "-0", "1", "-1", "0.5", "-0.5", "1.5", "2.5", "-2.5", "2", "-3", "1e30", "-1e30")
LEAVES = "minus const -1\nnan sqrt minus\ninf const 1e999\nless const -1e999\n"


def special_programs(word: str) -> Iterator[Program]:
    """An opcode over every special, or every pair; nothing is known before it runs."""
    lines = LEAVES + "".join(f"s{k} const {text}\n" for k, text in enumerate(SPECIALS))
    names = ["nan", "inf", "less"] + [
        f"s{k}"
        for k, text in enumerate(SPECIALS)
        # Nobody's digits are right there.
        if word not in ("sin", "cos", "tan", "mod") or "1e30" not in text
    ]
    for a in names:
        for b in names if OPS[word].arity == 2 else [""]:
            yield prune(parse(f"{lines}out {word} {a} {b}".encode()))


def run_all(context: moderngl.Context, all_programs: list[Program]) -> NDArray[np.float32]:
    """The result of each program's tape at x = y = z = 0, a texel each, in a single draw."""
    code = joined([encode(allocate(program)) for program in all_programs])
    used = {instr.op.name for program in all_programs for instr in program.instrs}
    variant = Variant.of(code, frozenset(used) - CHALLENGE)
    before = context.fbo or context.detect_framebuffer(0)
    count = len(all_programs)
    memory = context.texture((count, 1), 4, dtype="f4")
    target = context.framebuffer([memory])
    machine, texture = Loop(context, variant, "specials"), upload(context, code, "specials")
    target.use()
    texture.use(0)
    machine.program["size"] = count, 1
    place = np.arange(count)
    rows = [place, 0 * place, place + 1, 0 * place + 1, code.start[:-1], code.start[1:]]
    machine.draw(np.stack(rows, axis=1).astype(np.int32).tobytes(), count)
    values = np.frombuffer(target.read(components=4, dtype="f4"), np.float32).reshape(count, 4)
    before.use()
    for made in (machine, texture, target, memory):
        made.release()
    assert context.error == "GL_NO_ERROR"
    assert_same_bits(values, values[:, :1].repeat(4, axis=1))
    return values[:, 0]


@pytest.mark.parametrize("word", [word for word, op in OPS.items() if op.arity])
def test_specials_give_what_numpy_gives(ctx: moderngl.Context, word: str) -> None:
    tried = list(special_programs(word))
    drawn = run_all(ctx, tried)
    pixel = Grid(View(), 1, 1)
    for program, found in zip(tried, drawn, strict=True):
        expected = by_numpy(program, pixel)[0, 0]
        with np.errstate(all="ignore"):
            close = found == expected or abs(found - expected) <= 1e-5 * abs(expected)
        same_zero = word not in EXACT or np.signbit(found) == np.signbit(expected)
        nan = np.isnan(found) and np.isnan(expected)
        assert nan or (close and same_zero), f"{program.text()}: {found} for {expected}"


def test_prosperos_field_and_picture_are_numpys_to_the_bit(llvmpipe: None, shared: Path) -> None:
    program, grid = optimise(read(shared / "models" / "prospero.vm")), Grid(View(), 1024, 1024)
    expected = by_numpy(program, grid)
    with Interpreter(program) as engine:
        assert (engine.inside(grid, grid.whole) == (expected < 0)).all()
        assert_same_bits(np.asarray(engine.field(grid, grid.whole), np.float32), expected)


def test_every_model_is_one_picture_however_it_is_drawn(llvmpipe: None, model: Path) -> None:
    program, grid = optimise(read(model)), Grid(EYE, 200, 120, z=Fraction(1, 8))
    expected = by_numpy(program, grid)
    with Interpreter(program) as engine:
        drawn = engine.inside(grid, grid.whole)
    # Where the functions of two libraries differ in the last digit, the sign may too.
    assert (drawn != (expected < 0))[np.abs(expected) > 1e-5].sum() == 0


@pytest.mark.parametrize(
    "view", ["3e6,0@1", "0,0@1e-8", "1e300,1e300@1", "0,-1e400@1", "0,0@1e-400", "0,-1e37@1e-38"]
)
def test_the_farthest_views_are_right_too(llvmpipe: None, view: str) -> None:
    program, grid = parse(CHECKS + b"low min out x"), Grid(View.parse(view), 40, 30)
    with np.errstate(all="ignore"):
        expected = by_numpy(program, grid)
    with eager(), Interpreter(program) as engine:
        assert (engine.inside(grid, grid.whole) == (expected < 0)).all()
        assert_same_bits(np.asarray(engine.field(grid, grid.whole), np.float32), expected)


@FEW
@given(shapes(), grids(deepest=3), st.integers(1, 30), st.integers(1, 30), st.booleans())
def test_a_picture_in_blocks_is_the_picture_whole(
    context: moderngl.Context, text: str, grid: Grid, width: int, height: int, field: bool
) -> None:
    with Interpreter(parse(text.encode())) as engine:
        assert_blocks_are_the_whole(engine, grid, width, height, field=field)


@pytest.mark.parametrize("size", [(2 * AREA + 37, 50), (50, AREA + 37)])
def test_a_picture_larger_than_an_area_is_numpys(llvmpipe: None, size: tuple[int, int]) -> None:
    program, grid = parse(CHECKS), Grid(View(), *size)
    expected = by_numpy(program, grid) < 0
    assert 0 < expected.sum() < expected.size
    with Interpreter(program) as engine:
        assert (engine.inside(grid, grid.whole) == expected).all()


@pytest.mark.parametrize("flip", [False, True])
def test_only_the_blocks_own_pixels_of_a_target_are_drawn(
    ctx: moderngl.Context, flip: bool
) -> None:
    machine = Machine(ctx, parse(CHECKS))
    memory = ctx.renderbuffer((20, 12), 4)
    target = ctx.framebuffer([memory])
    target.clear(0.0, 0.5, 0.0, 1.0)
    target.viewport = 3, 2, 10, 8
    grid, block = Grid(View(), 30, 30), Block(7, 5, 7, 4)
    machine.draw(grid, block, target, flip=flip)
    assert ctx.fbo == target
    pixels = np.frombuffer(target.read((0, 0, 20, 12), components=3), np.uint8).reshape(12, 20, 3)
    expected = np.tile(np.array([0, 128, 0], np.uint8), (12, 20, 1))
    inside = (by_numpy(parse(CHECKS), grid) < 0)[5:9, 7:14]
    assert 0 < inside.sum() < inside.size
    expected[2:6, 3:10] = np.where(inside if flip else inside[::-1], 255, 0)[..., np.newaxis]
    ctx.detect_framebuffer(0).use()
    for made in (machine, target, memory):
        made.release()
    assert np.abs(pixels.astype(int) - expected).max() <= 1  # 0.5 is 127 or 128


def chain(count: int) -> Program:
    """A program of about `count` operations that no bounds make shorter."""
    lines = ["x var-x", "y var-y", "a const 0.99", "b const 0.01", "v0 add x y"]
    for k in range(count // 3):
        lines += [f"p{k} mul v{k} a", f"q{k} mul {'xy'[k % 2]} b", f"v{k + 1} add p{k} q{k}"]
    return parse("\n".join(lines).encode())


@pytest.mark.slow
@pytest.mark.parametrize("count", [50_000, 100_000])
def test_long_programs_run(context: moderngl.Context, count: int) -> None:
    program, grid = chain(count), Grid(EYE, 24, 17)
    expected = by_numpy(program, grid)
    with Interpreter(program) as engine:
        drawn = np.asarray(engine.field(grid, grid.whole), np.float32)
    assert_same_bits(drawn, expected)


def test_a_tape_longer_than_mesas_loops_is_run_to_its_end(context: moderngl.Context) -> None:
    program, grid = chain(loop.LOOP + 1000), Grid(EYE, 4, 1)
    with Interpreter(program) as engine:
        drawn = np.asarray(engine.field(grid, grid.whole), np.float32)
    assert_same_bits(drawn, by_numpy(program, grid))


def test_a_loop_that_the_driver_leaves_early_is_refused(
    llvmpipe: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "STRIDE", 1)
    program, grid = chain(loop.LOOP + 1000), Grid(EYE, 4, 1)
    with (
        Interpreter(program) as engine,
        pytest.raises(DrawError, match="too long a program for this driver's loops"),
    ):
        engine.inside(grid, grid.whole)


@pytest.mark.parametrize("speed", [1e8, 1e9, 1e11])
def test_each_draw_is_short(
    context: moderngl.Context, monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    """On devices that run so many steps of texels a second, by their own clock."""
    program, grid = chain(1000), Grid(EYE, 500, 300)
    clock = [0.0]
    draw = loop.Loop.draw

    def timed(self: Loop, instances: bytes, count: int) -> None:
        draw(self, instances, count)
        rows = np.frombuffer(instances, np.int32).reshape(count, 6).astype(np.intp)
        clock.append(clock[-1] + _work(rows).sum() / speed)

    monkeypatch.setattr(interpreter, "perf_counter", lambda: clock[-1])
    monkeypatch.setattr(loop.Loop, "draw", timed)
    with Interpreter(program) as engine:
        engine.prepare()
        engine.redraw(grid)
    assert len(clock) > 5
    assert np.diff(clock).max() < LIMIT


@given(programs(words=ELEVEN), programs(words=ELEVEN))
def test_nothing_is_compiled_for_another_program(one: str, other: str) -> None:
    codes = [encode(allocate(parse(text.encode()))) for text in (one, other)]
    first, second = (Variant.of(code, frozenset()).fragment() for code in codes)
    assert first == second


def test_what_is_quick_is_told_from_what_is_slow(ctx: moderngl.Context) -> None:
    small, large = Grid(EYE, 64, 64), Grid(EYE, 2000, 1000)
    machine = Machine(ctx, chain(3000))
    assert machine.pending == 1
    assert machine.seconds(small) < machine.seconds(large)
    assert not machine.fast_enough(large)
    assert machine.pending == 0
    assert 0 < machine.operations(small) <= 3001
    machine.release()
    easy = Machine(ctx, parse(TILTED))
    assert easy.fast_enough(small)
    easy.release()
    ctx.detect_framebuffer(0).use()
