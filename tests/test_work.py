"""What passes cost: lines of Python that are run, for programs that go to extremes."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from tests.steps import lines_run
from viewer.passes import allocate, optimise
from viewer.program import OPS, Instr, Program

X = Instr(OPS["var-x"])


def squares(count: int) -> Program:
    """The square of the square of ... 3: 2^count digits, if someone multiplied them out."""
    instrs = [Instr(OPS["const"], (), Decimal(3), 1)]
    instrs += [Instr(OPS["square"], (i,), None, i + 2) for i in range(count)]
    return Program(tuple(instrs))


def doubled(count: int) -> Program:
    """x + x, and that plus itself, ...: 2^count paths from the root."""
    instrs = [X, *(Instr(OPS["add"], (i, i), None, i + 2) for i in range(count))]
    return Program(tuple(instrs))


def fan(count: int) -> Program:
    """Everything alive at once, then joined."""
    made = [X, *(Instr(OPS["neg"], (i,)) for i in range(count))]
    joins = [Instr(OPS["min"], (count + i, i + 1)) for i in range(count - 1)]
    return Program((*made, *joins))


@pytest.mark.parametrize("make", [squares, doubled, fan])
def test_work_is_linear(make: Callable[[int], Program]) -> None:
    small, large = make(300), make(3000)
    for work in (optimise, allocate, Program.depth):
        assert lines_run(partial(work, large)) < 11 * lines_run(partial(work, small))


@pytest.mark.parametrize("make", [squares, doubled, fan])
@pytest.mark.parametrize(
    "count", [50_000, pytest.param(1_000_000, marks=pytest.mark.slow)], ids=["5e4", "1e6"]
)
def test_large_programs_are_gone_through(make: Callable[[int], Program], count: int) -> None:
    """What is hidden from a count of lines would take hours, or more than Python's stack."""
    found = make(count)
    assert allocate(optimise(found)).steps
    assert found.depth() > 0
