"""The interpreter's bytecode: what is encoded is what is decoded, and it can be read."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given

from tests.strategies import programs
from viewer.errors import DrawError
from viewer.gpu.bytecode import (
    FIRST,
    MOST,
    Code,
    decode,
    disassemble,
    encode,
    encode_all,
    joined,
    leaf_operands,
)
from viewer.passes import Step, Tape, allocate, optimise
from viewer.passes.registers import registers
from viewer.passes.simplify import Source, whole
from viewer.program import OPS, Instr, Program, parse
from viewer.program.number import nearest

SHAPE = b"""x var-x
y var-y
half const 0.5
dx sub x half
a square dx
b square y
d add a b
r sqrt d
n neg r
out max n half
"""

DUMP = """r0 = sub x 0.5
r0 = square r0
r1 = square y
r0 = add r0 r1
r0 = sqrt r0
r0 = neg r0
r0 = max r0 0.5"""


def bits(leaf: Instr) -> object:
    """What a leaf is to the shader."""
    if leaf.value is None:
        return leaf.op.variable
    return int(np.asarray(nearest(leaf.value, np.float32)).view(np.uint32))


def plain(tape: Tape) -> tuple[list[tuple[str, int, list[object]]], object]:
    """A tape with its leaves spelled out: what it does, however its leaves are numbered."""

    def operand(place: int) -> object:
        return ("slot", place) if place < tape.slots else bits(tape.leaves[place - tape.slots])

    steps = [(op.name, out, [operand(arg) for arg in args]) for op, out, args, _ in tape.steps]
    return steps, operand(tape.root)


@given(programs())
def test_a_tape_comes_back_from_its_words(text: str) -> None:
    tape = allocate(optimise(parse(text.encode())))
    assert plain(decode(encode(tape))) == plain(tape)


@given(programs())
def test_a_programs_words_are_those_of_its_only_trace(text: str) -> None:
    program = optimise(parse(text.encode()))
    one = encode(allocate(program))
    all_ = encode_all(registers(whole(Source(program))), leaf_operands(program))
    assert all_.start.tolist() == one.start.tolist()
    assert len(all_.words) == len(one.words)
    # Which slot is reused may differ; what is computed may not.
    assert values(all_) == values(one)


def values(code: Code) -> list[object]:
    """What each step computes, as a number for every different expression."""
    names: dict[object, int] = {}
    slots: dict[int, int] = {}
    result: list[object] = []
    tape = decode(code)
    for op, out, args, _ in tape.steps:
        operands = [
            slots[arg] if arg < tape.slots else bits(tape.leaves[arg - tape.slots]) for arg in args
        ]
        slots[out] = names.setdefault((op.name, tuple(operands)), len(names))
        result.append((op.name, tuple(operands)))
    return result


def test_a_program_can_be_read() -> None:
    code = encode(allocate(parse(SHAPE)))
    assert "\n".join(disassemble(code)) == DUMP
    assert code.registers == FIRST + 2


def test_the_words_are_as_documented() -> None:
    words = encode(allocate(parse(b"y var-y\nhalf const 0.5\nout sub y half"))).words
    opcode = list(OPS).index("sub")
    assert words.tolist() == [[opcode | 1 << 9 | 3 << 16, 1, 0, 0x3F000000]]
    assert words.dtype == np.uint32


@pytest.mark.parametrize(
    ("text", "dump"),
    [
        ("c const 0.1", "r0 = const 0.10000000149011612"),
        ("z var-z", "r0 = var-z z"),
        ("c const -0\nn recip c", "r0 = recip -0.0"),
        ("c const 1e400\nd const 3\nn div c d", "r0 = div inf 3.0"),
    ],
)
def test_constants_and_leaves(text: str, dump: str) -> None:
    assert list(disassemble(encode(allocate(parse(text.encode()))))) == [dump]


def test_tapes_stay_apart_when_joined() -> None:
    codes = [encode(allocate(parse(text))) for text in (b"x var-x", SHAPE, b"z var-z")]
    code = joined(codes)
    assert code.start.tolist() == [0, 1, 8, 9]
    assert [list(disassemble(code, k)) for k in range(3)] == [
        list(disassemble(each)) for each in codes
    ]


def test_a_tape_with_too_many_slots_is_refused() -> None:
    slots = MOST - FIRST
    leaf = (Instr(OPS["const"], (), Decimal(1)),)
    last = Tape((Step(OPS["neg"], slots - 1, (slots,), 0),), leaf, slots, slots - 1)
    assert decode(encode(last)).steps[0].out == slots - 1
    with pytest.raises(DrawError, match="needs 65534 slots; the interpreter has 65533"):
        encode(Tape((), (Instr(OPS["var-x"]),), slots + 1, slots + 1))


def test_every_opcode_has_a_number_of_its_own() -> None:
    seen = set()
    for op in OPS.values():
        instrs = [Instr(OPS["var-x"]), Instr(op, (0,) * op.arity)] if op.arity else [Instr(op)]
        if op.constant:
            instrs = [Instr(op, (), Decimal(2))]
        seen.add(int(encode(allocate(Program(tuple(instrs)))).words[0, 0]) & 0xFF)
    assert seen == set(range(len(OPS)))
