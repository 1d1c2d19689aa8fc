"""A program without choices whose outcome is known."""

from collections.abc import Mapping, Sequence

from viewer.passes.bounds import constant
from viewer.passes.simplify import CHOICES
from viewer.passes.values import values
from viewer.program import Instr, Op, Program
from viewer.program.interval import Interval


def outcomes(program: Program, x: Interval, y: Interval, z: Interval) -> dict[int, int]:
    """The choices that fall the same way in each of some boxes, and the operands that they are
    there, bit for bit in float32. Many small boxes tell more than a large one of the same extent.
    """
    found: dict[int, int] = {}

    def apply(index: int, op: Op, operands: Sequence[Interval]) -> Interval:
        assert op.interval is not None
        if op.choice:
            sure = CHOICES[op.name](operands[0], operands[1])
            for falls, arg in zip(sure, program.instrs[index].args, strict=True):
                if falls.all():
                    found[index] = arg
        return op.interval(*operands)

    for _ in values(program, {"x": x, "y": y, "z": z}, constant, apply):
        pass
    return found


def settle(program: Program, known: Mapping[int, int]) -> Program:
    """The program where these choices are these operands, and only what its root needs then."""
    same = list(range(len(program)))
    for index, operand in sorted(known.items()):
        same[index] = same[operand]
    needed = set[int]()
    waiting = [same[program.root]]
    while waiting:
        index = waiting.pop()
        if index not in needed:
            needed.add(index)
            waiting.extend(same[arg] for arg in program.instrs[index].args)
    names: dict[int, int] = {}
    instrs: list[Instr] = []
    for index in sorted(needed):
        op, args, value, line = program.instrs[index]
        names[index] = len(instrs)
        instrs.append(Instr(op, tuple([names[same[arg]] for arg in args]), value, line))
    return Program(tuple(instrs), program.name)
