"""How a program is cut up for `jit`: what is computed how often, in which function, kept where.

    stage     depends on         computed
    rows      y, z, constants    once a row, one number
    column    x, constants       once a column of points, a vector
    points    x and y            once for every vector of points

On `prospero.vm` that leaves 4,195 of 6,360 operations to the points. Each stage is cut into pieces
of some hundred instructions. A value that another piece reads has a home in memory: an entry of the
rows' table, of the column's table, or of the points' frame (the register tape again).
"""

from enum import IntEnum
from typing import NamedTuple

from viewer.program import Program

Y, Z, X = 0, 1, 0
"""The homes of the coordinates: two entries of the rows' table, and one of the column's."""


class Stage(IntEnum):
    """How often a value is computed."""

    ROWS = 0
    COLUMN = 1
    POINTS = 2


class Piece(NamedTuple):
    """One function: the instructions, by index and in order, of the `number`th of a stage."""

    stage: Stage
    number: int
    values: tuple[int, ...]


class Plan(NamedTuple):
    """A program cut up.

    pieces: in the order in which they run. The last is one of the points, and the place to store
        the root; it is empty where nothing else is computed there.
    stages: of each value, leaves included.
    homes: of the values that are read outside of their own piece.
    sizes: how many homes each stage has.
    """

    pieces: tuple[Piece, ...]
    stages: tuple[Stage, ...]
    homes: dict[int, int]
    sizes: tuple[int, ...]


def plan(program: Program, length: int) -> Plan:
    """Cuts a program into pieces of at most `length` instructions. Linear in the program."""
    stages = _stages(program)
    members: dict[Stage, list[int]] = {stage: [] for stage in Stage}
    for index, instr in enumerate(program.instrs):
        if instr.args:
            members[stages[index]].append(index)
    pieces = tuple(
        Piece(stage, number, tuple(values[start : start + length]))
        for stage, values in members.items()
        for number, start in enumerate(range(0, max(len(values), stage is Stage.POINTS), length))
    )
    homes, sizes = _homes(program, pieces, stages)
    return Plan(pieces, stages, homes, sizes)


def _stages(program: Program) -> tuple[Stage, ...]:
    reads: list[frozenset[str]] = []
    for op, args, _, _ in program.instrs:
        own = frozenset(op.variable or "")
        reads.append(own.union(*[reads[arg] for arg in args]) & {"x", "y"})
    of = {"": Stage.ROWS, "y": Stage.ROWS, "x": Stage.COLUMN, "xy": Stage.POINTS}
    return tuple([of["".join(sorted(names))] for names in reads])


def _homes(
    program: Program, pieces: tuple[Piece, ...], stages: tuple[Stage, ...]
) -> tuple[dict[int, int], tuple[int, ...]]:
    """A home of its own for each value of the rows and the column that is read elsewhere.

    In the frame a home is used again, but not within the piece that reads the value last.
    """
    owner = {index: k for k, piece in enumerate(pieces) for index in piece.values}
    reader = {program.root: len(pieces) - 1}
    for index, k in owner.items():
        for arg in program.instrs[index].args:
            reader[arg] = max(reader.get(arg, 0), k)
    coordinates = {"x": X, "y": Y, "z": Z}
    homes = {
        index: coordinates[op.variable]
        for index, (op, _, _, _) in enumerate(program.instrs)
        if op.variable is not None
    }
    sizes = [2, 1, 0]
    free: list[int] = []
    ends: dict[int, list[int]] = {}
    for k, piece in enumerate(pieces):
        for index in piece.values:
            if reader.get(index, k) > k:
                if not free:
                    free.append(sizes[piece.stage])
                    sizes[piece.stage] += 1
                homes[index] = free.pop()
                if piece.stage is Stage.POINTS:
                    ends.setdefault(reader[index], []).append(homes[index])
        free += ends.pop(k, [])
    return homes, tuple(sizes)
