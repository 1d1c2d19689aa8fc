"""What is left of a program in each of many boxes: their choices decided, constants folded.

Boxes in which the same choices fall the same way share a program. It has the same value as the
whole one everywhere in them, and what depended on a choice may have become a plain number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from viewer.exact.bands import Frame
from viewer.passes import optimise
from viewer.program import Instr, Op, Program
from viewer.program.spans import Flags, Span

Choices = NDArray[np.int8]
_FIRST, _SECOND = 1, 2


def left(frame: Frame) -> Frame:
    """What is left of a program in the whole square."""
    whole = Span(np.array([-1.0]), np.array([1.0]))
    choices = {k for k, instr in enumerate(frame.program.instrs) if instr.op.choice}
    [(found, _)] = _traces(frame, whole, whole, choices)
    return found


def with_numbers(frame: Frame, u: Span, v: Span) -> Iterator[tuple[Frame, NDArray[np.intp]]]:
    """What is left in each of many boxes where only those choices are taken of which an operand
    is a number. Yields frames, and the numbers of the boxes, shape (boxes,), that each is for."""
    instrs = frame.program.instrs
    choices = {
        k
        for k, (op, args, _, _) in enumerate(instrs)
        if op.choice and any(instrs[arg].value is not None for arg in args)
    }
    return _traces(frame, u, v, choices)


def _traces(
    frame: Frame, u: Span, v: Span, choices: Set[int]
) -> Iterator[tuple[Frame, NDArray[np.intp]]]:
    boxes = len(u.lower)
    decided: dict[int, Choices] = {}

    def watch(index: int, op: Op, operands: Sequence[Span]) -> None:
        if index in choices:
            first, second = CHOICES[op.name](*operands)
            found = np.where(_there(operands[1], first), _FIRST, 0)
            found = np.where(_there(operands[0], second), _SECOND, found)
            decided[index] = np.broadcast_to(found, boxes).astype(np.int8)

    if not choices:
        yield frame, np.arange(boxes)
        return
    frame.field(u, v, watch)
    for number in _alike(list(decided.values())):
        taken = {index: int(found[number[0]]) for index, found in decided.items()}
        yield replace(frame, program=trace(frame.program, taken)), number


def trace(program: Program, taken: Mapping[int, int]) -> Program:
    """The program with some choices taken: 1 the first operand, 2 the second, 0 neither."""
    names: list[int] = []
    for index, instr in enumerate(program.instrs):
        choice = taken.get(index, 0)
        names.append(names[instr.args[choice - 1]] if choice else index)
    instrs = [
        Instr(op, tuple([names[arg] for arg in args]), value, line)
        for op, args, value, line in program.instrs
    ]
    return optimise(Program(tuple(instrs[: names[program.root] + 1]), program.name))


def _alike(columns: Sequence[Choices]) -> Iterator[NDArray[np.intp]]:
    """The numbers of rows that are equal, group by group. By way of one number a row: NumPy sorts
    those much faster than rows."""
    owner = np.zeros(len(columns[0]), np.int64)
    for start in range(0, len(columns), 16):
        for column in columns[start : start + 16]:
            owner = owner * 3 + column
        owner = np.unique(owner, return_inverse=True)[1].reshape(-1).astype(np.int64)
    order = np.argsort(owner, kind="stable")
    ends = np.flatnonzero(np.diff(owner[order])) + 1
    yield from np.split(order, ends)


def _there(dropped: Span, where: Flags) -> Flags:
    """Where an operand may go: one that may not exist decides whether the result does."""
    for missing in (dropped.maybe, dropped.never):
        if missing is not None:
            where = np.asarray(where & ~missing)
    return where


def _minimum(a: Span, b: Span) -> tuple[Flags, Flags]:
    return a.upper <= b.lower, b.upper <= a.lower


def _maximum(a: Span, b: Span) -> tuple[Flags, Flags]:
    return a.lower >= b.upper, b.lower >= a.upper


def _zero(a: Span) -> Flags:
    return np.asarray((a.lower == 0) & (a.upper == 0))


def _nonzero(a: Span) -> Flags:
    return np.asarray((a.lower > 0) | (a.upper < 0))


CHOICES: Mapping[str, Callable[[Span, Span], tuple[Flags, Flags]]] = {
    "min": _minimum,
    "max": _maximum,
    "and": lambda a, b: (_zero(a), _nonzero(a)),
    "or": lambda a, b: (_nonzero(a), _zero(a)),
}
"""For each op that is a choice: where its value is the first operand, and where the second."""
