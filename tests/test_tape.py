"""Tapes: programs in registers, which compute the same in no slot too many."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation import POINTS, Array, evaluated, point_of
from tests.strategies import programs, shapes
from viewer.passes import Tape, allocate, optimise, prune
from viewer.program import Program, parse

ANY = st.one_of(programs(), shapes())


def program(text: str) -> Program:
    return parse(text.encode(), "p")


def run(tape: Tape) -> Array:
    """The field at POINTS by a tape, with slots that are poisoned before they are written."""
    coordinates = dict(zip("xyz", POINTS, strict=True))
    leaves = [
        coordinates[leaf.op.variable] if leaf.op.variable else np.full(8, float(leaf.value or 0))
        for leaf in tape.leaves
    ]
    slots: list[Any] = [None] * tape.slots

    def operand(place: int) -> Any:
        return slots[place] if place < tape.slots else leaves[place - tape.slots]

    with np.errstate(all="ignore"):
        for step in tape.steps:
            slots[step.out] = point_of(step.op.name)(*[operand(arg) for arg in step.args])
    result: Array = operand(tape.root)
    return result


@given(text=ANY)
def test_the_tape_computes_the_program(text: str) -> None:
    for found in (program(text), optimise(program(text))):
        np.testing.assert_array_equal(run(allocate(found)), evaluated(found))


def most_alive(found: Program) -> int:
    """How many values that need a slot are ever alive at once, counted one by one."""
    most = 0
    for index in range(len(found)):
        # Those made so far that are still read after this instruction, and its own result.
        alive = {
            arg
            for later in found.instrs[index + 1 :]
            for arg in later.args
            if arg <= index and found.instrs[arg].args
        }
        if found.instrs[index].args:
            alive.add(index)
        most = max(most, len(alive))
    return most


@given(text=ANY)
def test_the_tape_has_no_slot_too_many(text: str) -> None:
    """As many as values are alive at once; the root, which is last, among them."""
    found = prune(program(text))
    tape = allocate(found)
    assert tape.slots == most_alive(found)
    assert {step.out for step in tape.steps} == set(range(tape.slots))
    assert len(tape.leaves) == sum(not instr.args for instr in found.instrs)
    assert [step.line for step in tape.steps] == [i.line for i in found.instrs if i.args]


@given(text=ANY)
def test_the_tape_of_a_program_with_dead_code(text: str) -> None:
    """Dead values take a slot for a moment, and the root is never lost."""
    found = program(
        text + "\ndead neg v0\ndead2 neg dead\nlast add v0 v1" if "v0" in text else text
    )
    np.testing.assert_array_equal(run(allocate(found)), evaluated(found))


def test_a_step_may_write_where_it_reads() -> None:
    tape = allocate(program("x var-x\na neg x\nb neg a\nc add b b"))
    assert (tape.slots, [step.out for step in tape.steps]) == (1, [0, 0, 0])


def test_slots_of_prospero(shared: Path) -> None:
    found = optimise(parse((shared / "models" / "prospero.vm").read_bytes()))
    assert allocate(found).slots <= 157
    assert len(found) == 7866 - 275


@pytest.mark.parametrize(
    "text", ["x var-x", "c const -0.5", "c const 2\nd neg c", "z var-z\ny var-y"]
)
def test_optimise_of_next_to_nothing(text: str) -> None:
    found = optimise(program(text))
    assert len(found) == 1
    tape = allocate(found)
    assert (tape.steps, tape.slots, tape.root) == ((), 0, 0)
    np.testing.assert_array_equal(run(tape), evaluated(program(text)))
