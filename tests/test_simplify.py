"""Traces: what is left of a program in a box computes the same bits at every point of it."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.machines import MACHINES, run
from tests.strategies import fewer, numbers, programs, shapes
from viewer.passes import optimise, verify
from viewer.passes.cells import Cells
from viewer.passes.registers import registers
from viewer.passes.simplify import CHOICES, ROWS, Source, narrow, simplify, whole
from viewer.program import OPS, Program, parse

Floats = NDArray[np.float32]
Box = tuple[Floats, Floats]

CHOOSING = ("min", "max", "and", "or", "neg", "sqrt", "div", "ln", "sub", "mul", "abs", "compare")


NAN = "x var-x\nc const -1\ns sqrt c\n"


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """A box, often small, sometimes a point or huge: corners of shape (3,)."""
    pairs = [sorted((draw(numbers(32)), draw(numbers(32)))) for _ in range(3)]
    corners = np.array(pairs, np.float32).T
    return corners[0], corners[1]


def points(box: Box) -> dict[str, Floats]:
    """Corners, middles, and other points of a box."""
    with np.errstate(over="ignore", invalid="ignore"):
        shares = np.random.default_rng(1).uniform(0, 1, (3, 40)).round(1)
        wide = [side.astype(np.float64)[:, np.newaxis] for side in box]
        inner = (wide[0] + shares * (wide[1] - wide[0])).astype(np.float32)
    return dict(zip("xyz", np.clip(inner, box[0][:, None], box[1][:, None]), strict=True))


def same(one: Floats, other: Floats) -> bool:
    nan = np.isnan(one) & np.isnan(other)
    return bool((nan | (one.view(np.uint32) == other.view(np.uint32))).all())


@given(programs(CHOOSING), boxes())
@example(f"{NAN}m min x s", (np.full(3, 1, "f4"), np.full(3, 2, "f4")))
@example(f"{NAN}z const 0\na and z s", (np.full(3, 1, "f4"), np.full(3, 2, "f4")))
@example(f"{NAN}a or x s", (np.full(3, 1, "f4"), np.full(3, 2, "f4")))
@example("x var-x\ny var-y\na and x y", (np.full(3, 1e-45, "f4"), np.full(3, 2, "f4")))
def test_a_trace_has_the_programs_bits_in_its_box(text: str, box: Box) -> None:
    program = parse(text.encode())
    trace = verify(simplify(program, *box))
    assert len(trace) <= len(program)
    for machine in MACHINES[1:]:  # all that compute in float32
        at = points(box)
        assert same(run(trace, at, machine)[-1], run(program, at, machine)[-1]), machine.name


@fewer(3)
@given(programs(CHOOSING, longest=40), boxes(), st.integers(1, 4))
def test_many_boxes_at_once_and_again_are_each_box_alone(text: str, box: Box, side: int) -> None:
    program = parse(text.encode())
    cells = Cells(*(np.broadcast_to(end[:, None, None], (3, 1, side)) for end in box))
    once = narrow(whole(Source(program)), cells)
    twice = narrow(once, Cells(*(np.broadcast_to(end[:, None, None], (3, side, 2)) for end in box)))
    alone = simplify(program, *box)
    for traces in (once, twice, twice.only(np.array([1]))):
        for region in range(len(traces.root)):
            assert traces.program(region).instrs == alone.instrs
        assert (traces.lengths == len(alone)).all()


@fewer(3)
@given(shapes(most=12))
def test_traces_of_traces_have_the_programs_bits(text: str) -> None:
    program = optimise(parse(text.encode()))
    found = whole(Source(program))
    corner, side = np.array([[-2], [-2], [0]], np.float32), np.float32(4)
    for parts in (4, 2, 2):
        side = side / np.float32(parts)
        steps = np.stack(np.meshgrid(np.arange(parts), np.arange(parts), 0)).reshape(3, 1, -1)
        lower = corner[:, :, np.newaxis] + side * steps.astype(np.float32)
        found = narrow(found, Cells(lower, lower + np.array([side, side, 0])[:, None, None]))
        corner = lower.reshape(3, -1)
    for region in range(0, len(found.root), 7):
        low = corner[:, region]
        at = points((low, low + np.array([side, side, 0], np.float32)))
        trace = verify(found.program(region))
        assert same(run(trace, at, MACHINES[1])[-1], run(program, at, MACHINES[1])[-1])


def test_a_choice_is_made_and_what_it_needed_is_gone() -> None:
    program = parse(b"x var-x\ny var-y\nc const 3\na sub x c\ns square y\nm min a s\nout neg m")
    trace = simplify(program, np.array([0, -1, 0], "f4"), np.array([1, 1, 0], "f4"))
    assert trace.text() == "_0 var-x\n_1 const 3\n_2 sub _0 _1\n_3 neg _2\n"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("x var-x\nc const 2\nm min x c", "var-x"),
        ("x var-x\nc const -1\nm max x c", "var-x"),
        ("x var-x\nc const 2\nm and x c", "and"),  # x may be zero
        ("x var-x\nc const 2\nm and c x", "var-x"),
        ("x var-x\nc const 0\nm and c x", "const"),
        ("x var-x\nc const 0\nm or c x", "var-x"),
        ("x var-x\nc const 2\nm or c x", "const"),
        ("x var-x\nc const 1\nm min x c", "min"),  # equal at the end of the box
        ("x var-x\ns sqrt x\nc const 9\nm min s c", "min"),  # may be NaN
    ],
)
def test_choices(text: str, left: str) -> None:
    trace = simplify(parse(text.encode()), np.full(3, -0.5, "f4"), np.full(3, 1, "f4"))
    assert trace.instrs[-1].op.name == left


def test_every_choosing_op_has_its_rule() -> None:
    assert set(CHOICES) == {name for name, op in OPS.items() if op.choice}


@given(st.one_of(shapes(), programs(longest=40)))
def test_registers_hold_what_they_should(text: str) -> None:
    program = optimise(parse(text.encode()))
    source = Source(program)
    sides = np.linspace(-2, 2, 4, dtype=np.float32)
    x, y = (axis.reshape(1, -1) for axis in np.meshgrid(sides[:-1], sides[:-1]))
    step = sides[1] - sides[0]
    lower = np.stack([x, y, 0 * x])
    traces = narrow(whole(source), Cells(lower, lower + np.array([step, step, 0])[:, None, None]))
    tapes = registers(traces)
    for region in range(len(traces.root)):
        part = slice(tapes.start[region], tapes.start[region + 1])
        names: dict[object, int] = {}
        found = _by_slots(tapes.ops[part], tapes.out[part], tapes.args[:, part], program, names)
        assert found == _by_values(traces.program(region), names)


def _by_values(program: Program, names: dict[object, int]) -> int:
    """The name of the result; equal expressions have equal names."""
    values: list[int] = []
    for op, args, value, _ in program.instrs:
        key = (op.name, *[values[arg] for arg in args]) if op.arity else (op.name, value)
        values.append(names.setdefault(key, len(names)))
    return values[-1]


def _by_slots(
    ops: NDArray[np.intp],
    outs: NDArray[np.intp],
    args: NDArray[np.intp],
    program: Program,
    names: dict[object, int],
) -> int:
    """The same of a tape."""
    slots: dict[int, int] = {}
    result = -1

    def operand(arg: int) -> int:
        if arg >= 0:
            return slots[arg]
        leaf = program.instrs[-1 - arg]
        return names.setdefault((leaf.op.name, leaf.value), len(names))

    for number, out, a, b in zip(ops, outs, *args, strict=True):
        op = ROWS[number]
        operands = [operand(int(arg)) for arg in (a, b)][: max(1, op.arity)]
        key = (op.name, *operands)
        result = names.setdefault(key, len(names)) if op.arity else operands[0]
        slots[int(out)] = result
    return result
