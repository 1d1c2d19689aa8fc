"""The root's min or max as several programs, each with the box outside which it does not matter.

A shape is mostly a union: `min(a, min(b, ...))` of parts that are small. A point is inside the
union where one of the parts is negative, so a part need only be drawn where its bounds allow it
to be negative, and parts that are close together can share a program. With `max` at the root the
same holds of the outside.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.passes.cells import reachable
from viewer.passes.regions import Regions, regions
from viewer.program import Instr, Program

Rows = NDArray[np.intp]

_WORTH = 0.75
"""A split must leave at most this share of the operations per pixel of the extent, and an operand
that is more than this share of the program would not."""
_GROWTH = 2.0
"""The pieces may hold this many times the program's operations together: all are compiled."""
_SHARED = 8.0
"""Operands that need this many times the program's operations, each counted alone, share most."""


class Box(NamedTuple):
    """A closed rectangle in model units, y up."""

    x0: float
    y0: float
    x1: float
    y1: float


class Piece(NamedTuple):
    """A program, and the box outside which it cannot change the picture (None: everywhere)."""

    program: Program
    box: Box | None


class Split(NamedTuple):
    """Pieces of one program, with the same picture as the whole for |x|, |y|, |z| <= DOMAIN.

    "min": a point is inside where it is inside any piece. "max": a point is outside where it is
    outside any piece. There may be no piece at all: then nothing is inside, or everything.
    """

    combine: Literal["min", "max"]
    pieces: tuple[Piece, ...]


def split(program: Program, pieces: int) -> Split:
    """At most `pieces` pieces of about the same number of operations each.

    A single one where the root is neither min nor max, where an operand may be NaN (it has to
    show through every other piece), and where nothing is won: the parts are not apart, or one of
    them is most of the program.
    """
    whole = Split("min", (Piece(program, None),))
    root = program.instrs[program.root].op
    if pieces < 2 or root.name not in ("min", "max"):
        return whole
    parts = operands(program)
    lengths = [len(part) for part in parts]
    if sum(lengths) > _SHARED * len(program) or max(lengths) > _WORTH * len(program):
        return whole
    where = regions(program, parts, below=root.name == "min")
    if where is None:
        return whole
    mattering = np.flatnonzero(where.matters)
    bounded = np.flatnonzero(where.bounded)
    if len(mattering) and not len(bounded):
        return whole
    near = where.clipped(where.hull(bounded)) if len(bounded) else where
    weights = _weights(parts)
    while pieces > 1:
        groups = _groups(mattering, near, weights, pieces)
        programs = [_join(program, [parts[row] for row in group]) for group in groups]
        total = sum(len(joined) for joined in programs)
        pairs = zip(programs, groups, strict=True)
        work = sum(len(joined) * near.hull(group).areas[0] for joined, group in pairs)
        frame = near.hull(mattering).areas[0] if len(mattering) else 0.0
        if total <= _GROWTH * len(program) and work <= _WORTH * len(program) * frame:
            found = [
                Piece(joined, _box(where, group))
                for joined, group in zip(programs, groups, strict=True)
            ]
            return Split("min" if root.name == "min" else "max", tuple(found))
        pieces //= 2
    return whole


def operands(program: Program) -> list[list[int]]:
    """What the root's op combines, its own nested calls taken apart: each the values that one
    operand needs, the operand last. In order of the operands."""
    root = program.instrs[program.root].op
    seen = {program.root}
    stack, found = [program.root], []
    while stack:
        index = stack.pop()
        if program.instrs[index].op is not root:
            found.append(index)
            continue
        new = set(program.instrs[index].args) - seen
        seen |= new
        stack.extend(new)
    return [reachable(program, [operand]) for operand in sorted(found)]


def _weights(parts: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """How many values each part needs that no earlier one does, and one for its join."""
    seen: set[int] = set()
    weights = []
    for part in parts:
        new = set(part) - seen
        seen |= new
        weights.append(1.0 + len(new))
    return np.array(weights)


def _groups(rows: Rows, near: Regions, weights: NDArray[np.float64], count: int) -> list[Rows]:
    """`rows` in at most `count` groups of about equal weight whose hulls are small.

    Halved again and again, each time in the order, of those by x, by y and by size, that leaves
    the least work: the weight of each half times the area of its hull.
    """
    if count < 2 or len(rows) < 2:
        return [rows] if len(rows) else []
    lower, upper = near.lower[:2, rows], near.upper[:2, rows]
    keys = (*(lower + upper), (upper - lower).max(axis=0))
    orders = [rows[np.argsort(key, kind="stable")] for key in keys]
    cuts = [_halves(order, weights, count // 2 / count) for order in orders]

    def work(cut: tuple[Rows, Rows]) -> float:
        return sum(float(weights[half].sum() * near.hull(half).areas[0]) for half in cut)

    first, second = min(cuts, key=work)
    return [
        *_groups(first, near, weights, count // 2),
        *_groups(second, near, weights, count - count // 2),
    ]


def _halves(order: Rows, weights: NDArray[np.float64], share: float) -> tuple[Rows, Rows]:
    """Cuts a sequence in two, the first with about that share of the weight; neither empty."""
    heavy = np.cumsum(weights[order])
    cut = int(np.clip(np.searchsorted(heavy, heavy[-1] * share), 1, len(order) - 1))
    return order[:cut], order[cut:]


def _join(program: Program, parts: Sequence[Sequence[int]]) -> Program:
    """The root's op over the last values of some parts."""
    live = sorted({index for part in parts for index in part})
    names = {index: name for name, index in enumerate(live)}
    instrs: list[Instr] = []
    for index in live:
        op, args, value, line = program.instrs[index]
        instrs.append(Instr(op, tuple([names[arg] for arg in args]), value, line))
    root = program.instrs[program.root]
    joined, *others = sorted(names[part[-1]] for part in parts)
    for other in others:
        instrs.append(Instr(root.op, (joined, other), None, root.line))
        joined = len(instrs) - 1
    return Program(tuple(instrs[: joined + 1]), program.name)


def _box(where: Regions, rows: Rows) -> Box:
    hull = where.hull(rows)
    return Box(*hull.lower[:2, 0].tolist(), *hull.upper[:2, 0].tolist())
