"""Laws of `jit`: the bits of NumPy, for any program, processor, piece length and picture size."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests import strategies
from tests.oracle import BINARY, UNARY
from viewer import View, parse
from viewer.engines import registry
from viewer.engines.jit import ANALYSED, LIMIT, Jit, Machine, Processor
from viewer.engines.kernel import translate
from viewer.engines.llvm import UFUNCS, Lanes
from viewer.engines.numpy_gc import NumpyGc
from viewer.engines.pieces import Stage, plan
from viewer.errors import NoDeviceError
from viewer.passes import optimise
from viewer.passes.cells import nan_possible
from viewer.program import OPS, Instr, Op, Program
from viewer.view import Block, Grid

pytest.importorskip("llvmlite", reason="llvmlite is missing (the extra `jit`)")

LIBRARY = ("exp", "ln", "sin", "cos", "tan", "asin", "acos", "atan", "atan2")
"""Opcodes that IEEE does not define: NumPy's own code may differ from the C library's."""
LIBRARY_FUNCTIONS = [OPS[word].point.__name__ for word in LIBRARY]  # type: ignore[union-attr]
EXACT = tuple(word for word in UNARY + BINARY if word not in LIBRARY)
DTYPES = (np.float32, np.float64)
SPECIAL = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, 1e-45, -1e-45, 1e-310, 1e38, -1e38),
    *(np.inf, -np.inf, np.nan, 0.49999997, 8388609.0, 3.1415927, 1e30, -7.25),
)


def same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    """Equal bit for bit, but that any NaN is any other."""
    return np.array_equal(a, b, equal_nan=True) and np.array_equal(
        np.signbit(a) | np.isnan(a), np.signbit(b) | np.isnan(b)
    )


def field(program: Program, grid: Grid, dtype: Any, block: Block | None = None) -> NDArray[Any]:
    with Jit(program, dtype, threads=2) as engine:
        return engine.field(grid, block or grid.whole)


def expected(program: Program, grid: Grid, dtype: Any, block: Block | None = None) -> NDArray[Any]:
    return NumpyGc(program, dtype).field(grid, block or grid.whole)


@pytest.mark.parametrize("dtype", DTYPES)
@given(text=strategies.programs(EXACT), grid=strategies.grids())
@example(text="x var-x\na const -0\nm min x a\nr recip m", grid=Grid(View(), 3, 1))
@example(text="x var-x\ny var-y\ns sqrt x\nm max y s", grid=Grid(View(), 20, 3))
@example(text="x var-x\na const 1e40\nb mul x a\nc sub b b\nm min c x", grid=Grid(View(), 9, 9))
@example(text="a const 2\nr sqrt a", grid=Grid(View(), 5, 2))
@example(text="y var-y", grid=Grid(View(), 5, 2))
@example(text="z var-z\nx var-x\nr add x z", grid=Grid(View(), 5, 2, z=Fraction(1, 3)))
def test_the_bits_are_numpys(dtype: Any, text: str, grid: Grid) -> None:
    program = optimise(parse(text.encode()))
    assert same(field(program, grid, dtype), expected(program, grid, dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_bits_are_numpys_for_every_model(model: Any, dtype: Any) -> None:
    program = optimise(parse(model.read_bytes()))
    grid = Grid(View(), 301, 203)
    with np.errstate(all="ignore"):
        ours, numpys = field(program, grid, dtype), expected(program, grid, dtype)
        if any(instr.op.name in LIBRARY for instr in program.instrs):
            assert np.allclose(ours, numpys, rtol=1e-4, atol=1e-4, equal_nan=True)
        else:
            assert same(ours, numpys)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", UNARY + BINARY)
def test_every_opcode_on_special_numbers(name: str, dtype: Any) -> None:
    op, names = OPS[name], "x y"[: 2 * OPS[name].arity - 1]
    numbers = np.array(SPECIAL, np.float64).astype(dtype)
    program = parse(f"x var-x\ny var-y\nr {name} {names}".encode())
    got = computed(program, numbers, numbers)
    with np.errstate(all="ignore"):
        wanted = op.point(*np.meshgrid(numbers, numbers)[: op.arity])  # type: ignore[misc]
        band = 4 * np.spacing(np.abs(wanted)) if name in LIBRARY else 0
        near = (np.abs(got - wanted) <= band) & (got != wanted)
    assert same(np.where(near, wanted, got), wanted)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda ufunc: ufunc.__name__)
def test_every_numpy_function_on_special_numbers(ufunc: np.ufunc, dtype: Any) -> None:
    """What a point function may use, also with operands that no opcode of ours gives it."""
    if ufunc in (np.bitwise_or, np.bitwise_and, np.bitwise_xor):
        point = partial(_of_masks, ufunc)
    else:
        point = partial(_as_numbers, ufunc)
    op = Op(name=ufunc.__name__, arity=ufunc.nin, point=point)
    numbers = np.array(SPECIAL, np.float64).astype(dtype)
    program = Program((Instr(OPS["var-x"]), Instr(OPS["var-y"]), Instr(op, (0, 1)[: op.arity])))
    got = computed(program, numbers, numbers)
    with np.errstate(all="ignore"):
        wanted = point(*np.meshgrid(numbers, numbers)[: op.arity])
        band = 4 * np.spacing(np.abs(wanted)) if ufunc.__name__ in LIBRARY_FUNCTIONS else 0
        near = (np.abs(got - wanted) <= band) & (got != wanted)
    assert same(np.where(near, wanted, got), wanted)


def _as_numbers(ufunc: np.ufunc, *args: Any) -> Any:
    return ufunc(*args).astype(np.result_type(*args))


def _of_masks(ufunc: np.ufunc, a: Any, b: Any) -> Any:
    return ufunc(a < b, b == 0.5).astype(np.result_type(a, b))


@pytest.mark.parametrize("dtype", DTYPES)
@given(text=strategies.programs(EXACT, longest=60), length=st.integers(1, 9))
def test_pieces_of_any_length_compute_the_same(dtype: Any, text: str, length: int) -> None:
    program = parse(text.encode())
    xs, ys = np.linspace(-2, 3, 37).astype(dtype), np.linspace(1, -1, 67).astype(dtype)
    assert same(computed(program, xs, ys, length), computed(program, xs, ys))


def computed(
    program: Program, xs: NDArray[Any], ys: NDArray[Any], length: int = 500
) -> NDArray[Any]:
    """The field at any coordinates at all, z = 1/3."""
    processor = Processor.host()
    lanes = Lanes(xs.dtype.type, processor.vector_bytes // xs.dtype.itemsize)
    anything = np.ones(len(program), np.bool_)
    machine = Machine(translate(program, lanes, anything, length), processor)
    with ThreadPoolExecutor(2) as pool:
        try:
            return machine.draw(xs, ys, xs.dtype.type(1 / 3), pool)
        finally:
            machine.close()


@pytest.mark.parametrize("dtype", DTYPES)
@given(text=strategies.programs(EXACT), grid=strategies.grids())
def test_a_processor_without_avx_computes_the_same(dtype: Any, text: str, grid: Grid) -> None:
    program = optimise(parse(text.encode()))
    with Jit(program, dtype, threads=1, processor=Processor.plain()) as engine:
        assert same(engine.field(grid, grid.whole), expected(program, grid, dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("view", ["0,0@1e-30", "1e30,-1e30", "1e39,1e309", "0,2097152@1"])
def test_beyond_the_domain_nan_gets_through(view: str, dtype: Any) -> None:
    # Within the domain nothing here is NaN; beyond it x * x * x * x - y * y * y * y can be.
    text = b"x var-x\ny var-y\na square x\nb square a\nc square y\nd square c\ne sub b d\n"
    text += b"f min e x\ng max f y"
    program = optimise(parse(text))
    assert not nan_possible(program).any()
    grid = Grid(View.parse(view), 33, 21)
    with np.errstate(all="ignore"):
        assert same(field(program, grid, dtype), expected(program, grid, dtype))


@given(
    text=strategies.programs(EXACT),
    size=st.tuples(st.integers(1, 700), st.integers(1, 300)),
    corner=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_block_is_its_part_of_the_picture(
    text: str, size: tuple[int, int], corner: tuple[float, float]
) -> None:
    program, grid = optimise(parse(text.encode())), Grid(View(), *size)
    i, j = (int(part * (side - 1)) for part, side in zip(corner, size, strict=True))
    block = Block(i, j, size[0] - i, size[1] - j)
    with Jit(program) as engine:
        whole, part = engine.field(grid, grid.whole), engine.field(grid, block)
        inside = engine.inside(grid, block)
    assert whole.shape == size[::-1] and part.shape == (block.height, block.width)
    assert same(part, whole[j:, i:])
    assert inside.dtype == np.bool_ and np.array_equal(inside, part < 0)


@given(text=strategies.programs(longest=60), length=st.integers(1, 9))
def test_a_plan_computes_every_value_before_it_is_read(text: str, length: int) -> None:
    program = parse(text.encode())
    pieces, stages, homes, sizes = plan(program, length)
    held: dict[tuple[Stage, int], int] = {}
    for index, (op, _, _, _) in enumerate(program.instrs):
        if op.variable:
            held[stages[index], homes[index]] = index
    for piece in pieces:
        assert len(piece.values) <= length
        own: set[int] = set()
        for index in piece.values:
            for arg in program.instrs[index].args:
                if arg not in own and program.instrs[arg].value is None:
                    assert held[stages[arg], homes[arg]] == arg
                    assert homes[arg] < sizes[stages[arg]]
                    assert stages[arg] in (Stage.ROWS, piece.stage) or piece.stage is Stage.POINTS
            own.add(index)
            if index in homes:
                held[piece.stage, homes[index]] = index
    done = [index for piece in pieces for index in piece.values]
    assert sorted(done) == [i for i, instr in enumerate(program.instrs) if instr.args]
    assert pieces[-1].stage is Stage.POINTS


def test_without_llvmlite_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    with pytest.raises(NoDeviceError, match=r"pip install 'prospero-viewer\[jit\]'$"):
        registry.create("jit", parse(b"x var-x"))


@pytest.mark.parametrize(
    ("view", "llvmlite", "chosen", "why"),
    [
        ("0,0", True, "jit", "no GL here"),
        ("0,0@1e9", True, "deep", "glsl is too coarse for these pixels at zoom 1e9"),
        ("0,0", False, "deep", "no GL here"),
        ("0,0@1e9", False, "deep", "glsl is too coarse for these pixels at zoom 1e9"),
    ],
)
def test_where_there_is_no_gl_it_is_the_fallback(
    view: str, llvmlite: bool, chosen: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_gl(*_: object, **__: object) -> None:
        raise NoDeviceError("no GL here")

    monkeypatch.setattr("viewer.gpu.offscreen.standalone", no_gl)
    if not llvmlite:
        monkeypatch.setitem(sys.modules, "llvmlite", None)
    row, engine, reason = registry.choose(
        parse(b"x var-x\ns sin x"), Grid(View.parse(view), 1024, 1024)
    )
    engine.close()
    assert (row.name, reason) == (chosen, why)


def test_a_program_past_the_limit_is_refused_at_once() -> None:
    x = OPS["var-x"], OPS["neg"]
    instrs = [Instr(x[0]), *[Instr(x[1], (index,)) for index in range(LIMIT)]]
    with pytest.raises(NoDeviceError, match=f"at most {LIMIT} operations, deep has {LIMIT + 1}$"):
        Jit(Program(tuple(instrs), "deep"))


@pytest.mark.slow
def test_fifty_thousand_operations_compile() -> None:
    """In proportion to their number (measured: in eleven times what 5,000 take)."""
    grid, program = Grid(View(), 65, 33), optimise(parse(tangle(50_000).encode()))
    assert ANALYSED < 45_000 < len(program) <= 55_000
    with Jit(program) as engine:
        assert same(engine.field(grid, grid.whole), expected(program, grid, np.float32))


def tangle(length: int) -> str:
    """About so many operations, each on two recent ones, and all of them alive to the end."""
    random = Random(length)
    lines = ["v0 var-x", "v1 var-y", "v2 const 0.37"]
    for index in range(3, length // 2):
        word = random.choice(("add", "sub", "mul", "min", "max", "neg", "square", "sqrt"))
        first, second = (f"v{index - random.randint(1, min(index, 200))}" for _ in range(2))
        lines.append(f"v{index} {word} {first}{'' if word in UNARY else ' ' + second}")
    last = len(lines) - 1
    lines.append(f"m0 max v0 v{last}")
    lines += [f"m{index} max m{index - 1} v{index}" for index in range(1, last)]
    return "\n".join(lines)
