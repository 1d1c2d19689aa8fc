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

from viewer.passes.bounds import DOMAIN, constant
from viewer.program import OPS, Op, Program
from viewer.program.interval import Bound, Interval

Rows = NDArray[np.intp]

AXES = ("x", "y", "z")

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
        """Sorts the parts' instructions into batches; linear in their lengths."""
        members: dict[tuple[int, str], list[tuple[int, ...]]] = {}
        depths: dict[int, int] = {}
        coordinates: list[tuple[int, int, int]] = []
        constants: list[tuple[int, int]] = []
        row = -1
        for number, part in enumerate(parts):
            rows: dict[int, int] = {}
            for index in part:
                op, args, _, _ = program.instrs[index]
                rows[index] = row = row + 1
                depths[index] = 1 + max([depths[arg] for arg in args], default=-1)
                if op.variable is not None:
                    coordinates.append((row, AXES.index(op.variable), number))
                elif op.constant:
                    constants.append((row, index))
                else:
                    member = (row, *[rows[arg] for arg in args])
                    members.setdefault((depths[index], op.name), []).append(member)
        batches = []
        for (_, name), found in sorted(members.items()):
            columns = np.array(found, np.intp).T
            batches.append(_Batch(OPS[name], columns[0], tuple(columns[1:])))
        owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        read, axes, numbers = _columns(coordinates, 3)
        leaves = _Leaves(read, axes, numbers, *_constants(program, constants))
        return Layers(owner, leaves, tuple(batches))

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
        given = self.leaves
        lower[given.coordinates] = cells.lower[given.axes, given.parts]
        upper[given.coordinates] = cells.upper[given.axes, given.parts]
        lower[given.constants] = given.values.lower[:, np.newaxis]
        upper[given.constants] = given.values.upper[:, np.newaxis]
        with np.errstate(all="ignore"):
            for op, values, args in self.batches:
                assert op.interval is not None
                result = op.interval(*[Interval(lower[arg], upper[arg]) for arg in args])
                lower[values], upper[values] = result.lower, result.upper
        return Interval(lower[rows], upper[rows])


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> tuple[Rows, ...]:
    return tuple(np.array(rows, np.intp).reshape(-1, width).T)


def _constants(program: Program, places: Sequence[tuple[int, int]]) -> tuple[Rows, Interval]:
    """The rows of constants and their bounds, shape (n,), for pairs of a row and its value."""
    rows, indices = _columns(places, 2)
    distinct, inverse = np.unique(indices, return_inverse=True)
    with np.errstate(all="ignore"):  # the largest float32 has an infinity next to it
        found = [constant(program.instrs[index].value) for index in distinct.tolist()]
    lower = np.array([each.lower for each in found], np.float32)
    upper = np.array([each.upper for each in found], np.float32)
    return rows, Interval(lower[inverse], upper[inverse])


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
