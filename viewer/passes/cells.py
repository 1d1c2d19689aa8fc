"""Bounds of every value of a program over many boxes: the same operations level by level.

`bounds.bounds` goes through the program one instruction at a time, each a handful of array
calls. Here all instructions of one op at one depth are one call, which is what makes a program of
thousands of operations over hundreds of boxes a matter of a tenth of a second.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.passes.bounds import DOMAIN, constant
from viewer.program import Op, Program
from viewer.program.interval import Bound, Interval

AXES = ("x", "y", "z")
_FINEST = 0.5
"""The innermost edges of the domain's cells, in model units: shapes are of about unit size."""
_MEMORY = 2**23
"""How many bounds are computed in one go (eight bytes each, and as much again for the steps)."""


class Cells(NamedTuple):
    """m boxes of model space: corners of shape (3, m), rows x, y, z. Sides may be shared."""

    lower: Bound
    upper: Bound

    @staticmethod
    def between(edges: Sequence[Bound]) -> "Cells":
        """Every box between neighbouring edges, given for each axis in ascending order."""
        lower = np.meshgrid(*(axis[:-1] for axis in edges), indexing="ij")
        upper = np.meshgrid(*(axis[1:] for axis in edges), indexing="ij")
        return Cells(np.reshape(lower, (3, -1)), np.reshape(upper, (3, -1)))


class _Batch(NamedTuple):
    op: Op
    values: NDArray[np.intp]
    args: tuple[NDArray[np.intp], ...]


class Layers:
    """A program's instructions in batches of one op at one depth.

    `wanted` are the values whose bounds will be asked for, by default all of them; only they and
    what they need are computed.
    """

    def __init__(self, program: Program, wanted: Iterable[int] | None = None) -> None:
        live = reachable(program, range(len(program)) if wanted is None else wanted)
        self._rows = np.full(len(program), -1, np.intp)
        self._rows[live] = np.arange(len(live))
        self._size = len(live)
        self._leaves: list[tuple[int, str | Interval]] = []
        self._batches = self._sorted_batches(program, live)

    def _sorted_batches(self, program: Program, live: Sequence[int]) -> list[_Batch]:
        depths = [0] * len(program)
        members: dict[tuple[int, str], list[int]] = {}
        for index in live:
            op, args, value, _ = program.instrs[index]
            if op.variable is not None:
                self._leaves.append((int(self._rows[index]), op.variable))
            elif value is not None:
                self._leaves.append((int(self._rows[index]), constant(value)))
            else:
                depths[index] = 1 + max([depths[arg] for arg in args])
                members.setdefault((depths[index], op.name), []).append(index)
        batches = []
        for _, indices in sorted(members.items()):
            op = program.instrs[indices[0]].op
            args = np.array([program.instrs[index].args for index in indices], np.intp)
            batches.append(_Batch(op, self._rows[indices], tuple(self._rows[args.T])))
        return batches

    def bounds(self, cells: Cells, values: Sequence[int]) -> Interval:
        """Bounds of some of the wanted values over all cells, shape (len(values), m)."""
        rows = self._rows[np.asarray(values, np.intp)]
        step = max(1, _MEMORY // max(1, self._size))
        parts = [
            self._evaluate(
                Cells(cells.lower[:, start : start + step], cells.upper[:, start : start + step]),
                rows,
            )
            for start in range(0, cells.lower.shape[1], step)
        ]
        return Interval(
            np.concatenate([part.lower for part in parts], axis=1),
            np.concatenate([part.upper for part in parts], axis=1),
        )

    def _evaluate(self, cells: Cells, rows: NDArray[np.intp]) -> Interval:
        shape = self._size, cells.lower.shape[1]
        lower, upper = np.empty(shape, np.float32), np.empty(shape, np.float32)
        for row, leaf in self._leaves:
            if isinstance(leaf, Interval):
                lower[row], upper[row] = leaf.lower, leaf.upper
            else:
                axis = AXES.index(leaf)
                lower[row], upper[row] = cells.lower[axis], cells.upper[axis]
        with np.errstate(all="ignore"):
            for op, values, args in self._batches:
                assert op.interval is not None
                result = op.interval(*[Interval(lower[arg], upper[arg]) for arg in args])
                lower[values], upper[values] = result.lower, result.upper
        return Interval(lower[rows], upper[rows])


def reachable(program: Program, roots: Iterable[int]) -> list[int]:
    """The values that `roots` need, themselves included, in order of definition."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        for arg in program.instrs[stack.pop()].args:
            if arg not in seen:
                seen.add(arg)
                stack.append(arg)
    return sorted(seen)


def domain_edges(count: int) -> Bound:
    """`count` + 1 edges from -DOMAIN to DOMAIN, zero among them, growing exponentially from it.

    `count` is even. Bounds over such cells are far closer than over the domain as a whole.
    """
    positive = np.geomspace(_FINEST, DOMAIN, count // 2).astype(np.float32)
    return np.concatenate([-positive[::-1], np.zeros(1, np.float32), positive])


def domain_cells(program: Program, count: int = 16) -> Cells:
    """The domain of coordinates in boxes: `count` along each axis that the program reads."""
    read = {instr.op.variable for instr in program.instrs}
    whole = np.array([-DOMAIN, DOMAIN], np.float32)
    return Cells.between([domain_edges(count) if axis in read else whole for axis in AXES])


def nan_possible(program: Program) -> NDArray[np.bool_]:
    """For each value, whether it may be NaN somewhere in the domain. Shape (len(program),)."""
    values = range(len(program))
    possible: NDArray[np.bool_] = (
        Layers(program).bounds(domain_cells(program), values).maybe_nan.any(axis=1)
    )
    return possible
