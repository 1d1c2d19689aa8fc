"""Liveness allocation: SSA values to a few reused slots."""

import heapq
from dataclasses import dataclass
from typing import NamedTuple

from viewer.program import Instr, Op, Program


class Step(NamedTuple):
    """One step of a tape: slot `out` becomes `op` of the operands `args` (see `Tape`)."""

    op: Op
    out: int
    args: tuple[int, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Tape:
    """Register form: `steps` run in order over `slots` slots.

    An operand below `slots` is a slot; operand `slots + k` is leaf k, a constant or a variable,
    which is only read and needs no slot. `root` is the operand that holds the result.
    """

    steps: tuple[Step, ...]
    leaves: tuple[Instr, ...]
    slots: int
    root: int


def allocate(program: Program) -> Tape:
    """Gives each value that is not a leaf the lowest slot that is free, until its last use.

    A step's output may be in the slot of an operand that ends there. Linear scan after Poletto
    and Sarkar 1999, simpler since straight-line code has no splits: O(n log slots).
    """
    last = program.last_uses()
    places: list[int] = []  # a slot, or -1 - k for leaf k until the number of slots is known
    leaves: list[Instr] = []
    steps: list[Step] = []
    free: list[int] = []
    slots = 0
    for index, instr in enumerate(program.instrs):
        if not instr.args:
            leaves.append(instr)
            places.append(-len(leaves))
            continue
        operands = tuple([places[arg] for arg in instr.args])
        for arg in set(instr.args):
            if last[arg] == index and places[arg] >= 0:
                heapq.heappush(free, places[arg])
        if free:
            out = heapq.heappop(free)
        else:
            out, slots = slots, slots + 1
        if last[index] == index:
            heapq.heappush(free, out)
        places.append(out)
        steps.append(Step(instr.op, out, operands, instr.line))

    def operand(place: int) -> int:
        return place if place >= 0 else slots - 1 - place

    placed = tuple(
        [Step(op, out, tuple(map(operand, args)), line) for op, out, args, line in steps]
    )
    return Tape(placed, tuple(leaves), slots, operand(places[program.root]))
