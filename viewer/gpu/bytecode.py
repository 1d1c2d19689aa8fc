"""Register bytecode: what the interpreter's shader runs. Pure NumPy.

One step is one RGBA32UI texel, four words of 32 bits, bit 0 the lowest:

    word   bits    what
    x      0-7     opcode: the op's row in the table (`ops.OPS`, counted from 0)
           8       operand a is the number in word z, not a register
           9       operand b is the number in word w, not a register
           10-15   zero
           16-31   the register that is written
    y      0-15    register of operand a (zero where bit 8 is set)
           16-31   register of operand b (zero where bit 9 is set)
    z      0-31    float32 of operand a (zero where bit 8 is not set)
    w      0-31    float32 of operand b (zero where bit 9 is not set)

Registers 0, 1 and 2 hold x, y and z and are never written; slot k of the tape is register 3 + k.
An op of one operand has it in b as well. The opcodes of leaves (`const`, `var-x`, ...) copy
operand a; they occur only as the single step of a program that is nothing but a leaf. A tape's
result is what its last step writes. Constants are the nearest float32, so all bits are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.passes import Step, Tape
from viewer.passes.registers import Tapes
from viewer.passes.simplify import ROWS
from viewer.program import OPS, Instr, Program
from viewer.program.number import nearest

Words = NDArray[np.uint32]
Ints = NDArray[np.intp]

COORDINATES = ("x", "y", "z")
FIRST = len(COORDINATES)
"""The register of slot 0."""
MOST = 2**16
"""Registers that the format can name."""
NUMBER_A, NUMBER_B = 1 << 8, 1 << 9


@dataclass(frozen=True, slots=True)
class Code:
    """Tapes as words of shape (n, 4); tape k is steps `start[k]` to `start[k + 1]`."""

    words: Words
    start: Ints
    registers: int


def encode(tape: Tape) -> Code:
    """One tape. Raises DrawError where it needs more registers than there are."""
    steps = tape.steps or (Step(tape.leaves[tape.root - tape.slots].op, 0, (tape.root,), 0),)
    numbers = {op.name: number for number, op in enumerate(ROWS)}
    leaves = [_leaf(leaf) for leaf in tape.leaves]
    operands = [*((FIRST + slot, 0, False) for slot in range(tape.slots)), *leaves]
    args = np.array([[operands[arg] for arg in (*step.args, step.args[0])[:2]] for step in steps])
    return _pack(
        np.array([numbers[step.op.name] for step in steps]),
        np.array([step.out for step in steps]),
        args.transpose(2, 1, 0),
        np.array([0, len(steps)]),
        max(1, tape.slots),
    )


def leaf_operands(program: Program) -> Ints:
    """What `encode_all` needs to know of a program, shape (3, len(program))."""
    leaves = [(0, 0, False) if instr.args else _leaf(instr) for instr in program.instrs]
    return np.array(leaves, np.intp).T


def encode_all(tapes: Tapes, leaves: Ints) -> Code:
    """The tapes of a program's traces, with its `leaf_operands`. Raises DrawError as `encode`."""
    operands = np.where(
        tapes.args < 0,
        leaves[:, -1 - np.minimum(tapes.args, -1)],
        np.stack([FIRST + tapes.args, np.zeros_like(tapes.args), np.zeros_like(tapes.args)]),
    )
    return _pack(tapes.ops, tapes.out, operands, tapes.start, tapes.slots)


def joined(codes: list[Code]) -> Code:
    """The tapes of several codes, one after the other."""
    ends = np.cumsum([0, *(len(code.words) for code in codes)])
    starts = [code.start[:-1] + end for code, end in zip(codes, ends[:-1], strict=True)]
    return Code(
        np.concatenate([code.words for code in codes]),
        np.concatenate([*starts, ends[-1:]]),
        max(code.registers for code in codes),
    )


def decode(code: Code, tape: int = 0) -> Tape:
    """Tape number `tape`, as `encode` was given it but for constants (now those of float32) and
    lines (0), its leaves each once in order of first use."""
    leaves: dict[tuple[str, int], int] = {}
    slots = code.registers - FIRST
    steps = []

    def operand(register: int, bits: int, is_number: int) -> int:
        if register >= FIRST and not is_number:
            return register - FIRST
        name = "const" if is_number else f"var-{COORDINATES[register]}"
        return slots + leaves.setdefault((name, bits), len(leaves))

    for x, y, z, w in code.words[code.start[tape] : code.start[tape + 1]].tolist():
        op = ROWS[x & 0xFF]
        a = operand(y & 0xFFFF, z, x & NUMBER_A)
        b = operand(y >> 16, w, x & NUMBER_B)
        steps.append(Step(op, (x >> 16) - FIRST, (a, b)[: max(1, op.arity)], 0))
    found = tuple(
        Instr(OPS[name], (), Decimal(_float(bits)) if name == "const" else None)
        for name, bits in leaves
    )
    if steps[0].op.arity == 0:
        return Tape((), found, slots, slots)
    return Tape(tuple(steps), found, slots, steps[-1].out)


def disassemble(code: Code, tape: int = 0) -> Iterator[str]:
    """One line a step, such as `r5 = sub r3 0.25`."""
    for x, y, z, w in code.words[code.start[tape] : code.start[tape + 1]].tolist():
        op = ROWS[x & 0xFF]
        a = repr(_float(z)) if x & NUMBER_A else _register(y & 0xFFFF)
        b = repr(_float(w)) if x & NUMBER_B else _register(y >> 16)
        yield " ".join([_register(x >> 16), "=", op.name, a, b][: 4 + (op.arity == 2)])


def _pack(ops: Ints, out: Ints, operands: Ints, start: Ints, slots: int) -> Code:
    """Operands are (register, bits, is a number), shape (3, 2, n)."""
    registers = FIRST + slots
    if registers > MOST:
        raise DrawError(f"the program needs {slots} slots; the interpreter has {MOST - FIRST}")
    (a, b), bits, (a_is, b_is) = operands
    words = np.stack(
        [ops | a_is * NUMBER_A | b_is * NUMBER_B | (FIRST + out) << 16, a | b << 16, *bits], axis=1
    )
    return Code(words.astype(np.uint32), start, registers)


def _leaf(leaf: Instr) -> tuple[int, int, bool]:
    if leaf.op.variable is not None:
        return COORDINATES.index(leaf.op.variable), 0, False
    assert leaf.value is not None
    return 0, int(np.asarray(nearest(leaf.value, np.float32)).view(np.uint32)), True


def _register(number: int) -> str:
    return COORDINATES[number] if number < FIRST else f"r{number - FIRST}"


def _float(bits: int) -> float:
    return float(np.uint32(bits).view(np.float32))
