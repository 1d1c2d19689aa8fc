"""Bounds of many values over many boxes of model space, one depth of the program at a time.

`bounds.bounds` goes through a program one instruction after the other, each a handful of array
calls. Here all instructions of one op at one depth are one call, which brings a program of
thousands of operations over hundreds of boxes down to hundredths of a second.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.passes.bounds import DOMAIN
from viewer.program import OPS, Op, Program
from viewer.program.interval import Bound, Interval
from viewer.program.number import nearest

Rows = NDArray[np.intp]

AXES = ("x", "y", "z")

_OPS = tuple(OPS.values())
_NUMBERS = {op.name: number for number, op in enumerate(_OPS)}

_FINEST = 0.5
"""The innermost edges of the domain's cells, in model units: shapes are of about unit size."""
_MEMORY = 2**22
"""How many bounds are computed at a time (four bytes each, and some more for the steps)."""


class Cells(NamedTuple):
    """m boxes of model space for each of k parts: corners of shape (3, k, m), rows x, y, z."""

    lower: Bound
    upper: Bound

    @staticmethod
    def between(edges: Sequence[Bound]) -> "Cells":
        """Every box between neighbouring edges: for each axis ascending, of shape (n + 1, k)."""
        parts = edges[0].shape[1]
        shape = (*(len(axis) - 1 for axis in edges), parts)
        corners = []
        for ends in (slice(None, -1), slice(1, None)):
            x, y, z = (axis[ends] for axis in edges)
            axes = np.broadcast_arrays(x[:, None, None], y[None, :, None], z[None, None, :])
            assert axes[0].shape == shape
            corners.append(np.array([axis.reshape(-1, parts).T for axis in axes]))
        return Cells(*corners)

    def chunks(self, rows: int) -> Iterator["Cells"]:
        """The same boxes, a few at a time, so that bounds for `rows` values fit the memory."""
        step = max(1, _MEMORY // rows)
        for start in range(0, self.lower.shape[2], step):
            part = slice(start, start + step)
            yield Cells(self.lower[..., part], self.upper[..., part])


class _Batch(NamedTuple):
    """Instructions of one op at one depth: the rows they define and the rows they read."""

    op: Op
    rows: Rows
    args: tuple[Rows, ...]


class _Leaves(NamedTuple):
    """Rows that are given: coordinates (which axis, of which part's boxes) and constants."""

    coordinates: Rows
    axes: Rows
    parts: Rows
    constants: Rows
    values: Interval


@dataclass(frozen=True, slots=True)
class Layers:
    """Parts of a program, to be evaluated together, each over boxes of its own.

    A part is a list of values in order that holds whatever its members need (see `reachable`).
    Each has rows of its own, in that order; `owner` is the number of each row's part, ascending.
    """

    owner: Rows
    leaves: _Leaves
    batches: tuple[_Batch, ...]

    @staticmethod
    def of(program: Program, parts: Sequence[Sequence[int]]) -> "Layers":
        """Sorts the parts' instructions into batches; linear in their lengths, but for sorting."""
        flat = np.array([index for part in parts for index in part], np.intp)
        owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        places = owner * len(program) + flat  # ascending
        kinds, operands = _table(program, np.unique(flat).tolist())
        depths, numbers = kinds[flat] // len(_OPS), kinds[flat] % len(_OPS)
        batches = []
        order = np.argsort(kinds[flat], kind="stable")
        order = order[np.searchsorted(depths[order], 1) :]
        for rows in np.split(order, np.flatnonzero(np.diff(kinds[flat][order])) + 1):
            if len(rows):
                op = _OPS[numbers[rows[0]]]
                wanted = owner[rows] * len(program) + operands[: op.arity, flat[rows]]
                batches.append(_Batch(op, rows, tuple(np.searchsorted(places, wanted))))
        return Layers(owner, _leaves(program, flat, owner, numbers), tuple(batches))

    @property
    def last(self) -> Rows:
        """The row of each part's last value."""
        return np.append(np.flatnonzero(np.diff(self.owner)), len(self.owner) - 1)

    def only(self, chosen: Rows) -> "Layers":
        """Some of the parts (ascending), renumbered."""
        parts = np.full(self.owner[-1] + 1, -1, np.intp)
        parts[chosen] = np.arange(len(chosen))
        kept = parts[self.owner] >= 0
        rows = np.cumsum(kept) - 1
        batches = []
        for op, values, args in self.batches:
            some = kept[values]
            if some.any():
                batches.append(
                    _Batch(op, rows[values[some]], tuple(rows[arg[some]] for arg in args))
                )
        old = self.leaves
        read, fixed = kept[old.coordinates], kept[old.constants]
        leaves = _Leaves(
            rows[old.coordinates[read]],
            old.axes[read],
            parts[old.parts[read]],
            rows[old.constants[fixed]],
            Interval(old.values.lower[fixed], old.values.upper[fixed]),
        )
        return Layers(parts[self.owner[kept]], leaves, tuple(batches))

    def bounds(self, cells: Cells, rows: Rows) -> Interval:
        """Bounds of some rows, each over its part's boxes; of shape (len(rows), m)."""
        found = [self._evaluate(chunk, rows) for chunk in cells.chunks(len(self.owner))]
        return Interval(
            np.concatenate([part.lower for part in found], axis=1),
            np.concatenate([part.upper for part in found], axis=1),
        )

    def _evaluate(self, cells: Cells, rows: Rows) -> Interval:
        shape = len(self.owner), cells.lower.shape[2]
        lower, upper = np.empty(shape, np.float32), np.empty(shape, np.float32)
        given, box = self.leaves, Interval.given(cells.lower, cells.upper)
        lower[given.coordinates] = box.lower[given.axes, given.parts]
        upper[given.coordinates] = box.upper[given.axes, given.parts]
        lower[given.constants] = given.values.lower[:, np.newaxis]
        upper[given.constants] = given.values.upper[:, np.newaxis]
        with np.errstate(all="ignore"):
            for op, values, args in self.batches:
                assert op.interval is not None
                result = op.interval(*[Interval(lower[arg], upper[arg]) for arg in args])
                lower[values], upper[values] = result.lower, result.upper
        return Interval(lower[rows], upper[rows])


def _table(program: Program, indices: Sequence[int]) -> tuple[Rows, Rows]:
    """For some instructions that read no others: their depth times the number of ops plus the
    number of theirs, shape (len(program),), and their operands, shape (2, len(program))."""
    kinds = np.zeros(len(program), np.intp)
    operands = np.zeros((2, len(program)), np.intp)
    depths: dict[int, int] = {}
    for index in indices:
        op, args, _, _ = program.instrs[index]
        depths[index] = 1 + max([depths[arg] for arg in args], default=-1)
        kinds[index] = depths[index] * len(_OPS) + _NUMBERS[op.name]
        operands[: len(args), index] = args
    return kinds, operands


def _leaves(program: Program, flat: Rows, owner: Rows, numbers: Rows) -> _Leaves:
    """The rows of coordinates and constants: `flat` says of which value each row is."""
    axes = np.array([-1 if op.variable is None else AXES.index(op.variable) for op in _OPS])
    coordinates = np.flatnonzero(axes[numbers] >= 0)
    constants = np.flatnonzero(np.array([op.constant for op in _OPS])[numbers])
    distinct, inverse = np.unique(flat[constants], return_inverse=True)
    values = [program.instrs[index].value for index in distinct.tolist()]
    singles = np.array([nearest(value, np.float32) for value in values if value is not None])
    exact = [float(single) == value for single, value in zip(singles, values, strict=True)]
    with np.errstate(all="ignore"):  # the largest float32 has an infinity next to it
        around = Interval.make(singles, singles)
    lower, upper = np.where(exact, singles, around.lower), np.where(exact, singles, around.upper)
    bounds = Interval.given(lower[inverse], upper[inverse])
    return _Leaves(coordinates, axes[numbers[coordinates]], owner[coordinates], constants, bounds)


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


def nan_possible(program: Program) -> NDArray[np.bool_]:
    """For each value, whether it may be NaN somewhere in the domain. Shape (len(program),)."""
    read = {instr.op.variable for instr in program.instrs}
    whole = np.array([-DOMAIN, DOMAIN], np.float32)
    edges = [(domain_edges(16) if axis in read else whole)[:, np.newaxis] for axis in AXES]
    layers = Layers.of(program, [range(len(program))])
    possible = np.zeros(len(program), np.bool_)
    for chunk in Cells.between(edges).chunks(len(program)):
        possible |= layers.bounds(chunk, np.arange(len(program))).maybe_nan.any(axis=1)
    return possible
