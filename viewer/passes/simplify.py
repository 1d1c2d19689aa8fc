"""What is left of a program in a region: bounds decide its choices, and most of it goes.

After Keeter 2020 ("Massively Parallel Rendering of Complex Closed-Form Implicit Surfaces"). Where
the bounds of min's operands are apart, its value is one of them, so the other, and all that only
it needs, is dropped. What is left of a program in one region is its *trace* there. Here the traces
of many regions are found together: nothing is visited in Python for each value of each region.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.passes.bounds import constant
from viewer.passes.cells import AXES, Cells
from viewer.program import OPS, Instr, Op, Program
from viewer.program.interval import Bound, Interval

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

ROWS: tuple[Op, ...] = tuple(OPS.values())
"""The table of opcodes; an op's number is its place in it."""

Choice = Callable[[Interval, Interval], tuple[Bools, Bools]]


def _minimum(a: Interval, b: Interval) -> tuple[Bools, Bools]:
    # Strictly: zeros of either sign are equal. Bounds that are NaN decide nothing.
    return a.upper < b.lower, b.upper < a.lower


def _maximum(a: Interval, b: Interval) -> tuple[Bools, Bools]:
    return a.lower > b.upper, b.lower > a.upper


def _and(a: Interval, b: Interval) -> tuple[Bools, Bools]:
    return _zero(a) & ~b.maybe_nan, _nonzero(a)


def _or(a: Interval, b: Interval) -> tuple[Bools, Bools]:
    return _nonzero(a) & ~b.maybe_nan, _zero(a)


def _zero(a: Interval) -> Bools:
    result: Bools = (a.lower == 0) & (a.upper == 0)
    return result


def _nonzero(a: Interval) -> Bools:
    result: Bools = (a.lower > 0) | (a.upper < 0)
    return result


CHOICES: Mapping[str, Choice] = {"min": _minimum, "max": _maximum, "and": _and, "or": _or}
"""For each op that is a choice: where its value surely is the first, and the second, operand."""


@dataclass(frozen=True)
class Source:
    """A program as arrays, one entry an instruction: the op's number in `ROWS`, the bounds of
    constants (NaN elsewhere), operands (0 where there are fewer than two)."""

    program: Program

    @cached_property
    def ops(self) -> Ints:
        """The number of each instruction's op."""
        numbers = {op.name: number for number, op in enumerate(ROWS)}
        return np.array([numbers[instr.op.name] for instr in self.program.instrs], np.intp)

    @cached_property
    def args(self) -> Ints:
        """Operands, shape (2, len(program))."""
        return np.array([(*instr.args, 0, 0)[:2] for instr in self.program.instrs], np.intp).T

    @cached_property
    def constants(self) -> Interval:
        """The bounds of each constant."""
        bounds = np.full((2, len(self.program)), np.nan, np.float32)
        for index, instr in enumerate(self.program.instrs):
            if instr.value is not None:
                found = constant(instr.value)
                bounds[:, index] = found.lower, found.upper
        return Interval(bounds[0], bounds[1])

    @cached_property
    def depths(self) -> Ints:
        """The length of the longest path to each value from a leaf, which has 0."""
        depths: list[int] = []
        for instr in self.program.instrs:
            depths.append(1 + max([depths[arg] for arg in instr.args], default=-1))
        return np.array(depths, np.intp)


@dataclass(frozen=True, slots=True)
class Traces:
    """The traces of a program in r regions, p values together, by depth and then by op.

    value: (p,) the instruction of each.   region: (p,) the region it belongs to.
    args: (2, p) the places of its operands in these arrays.   depth: (p,) in its own trace.
    root: (r,) the place of each region's result.   bounds: (r,) of that result there.
    """

    source: Source
    value: Ints
    region: Ints
    args: Ints
    depth: Ints
    root: Ints
    bounds: Interval

    @property
    def lengths(self) -> Ints:
        """How many values each trace has, leaves included, shape (r,)."""
        return np.bincount(self.region, minlength=len(self.root))

    def only(self, regions: Ints) -> "Traces":
        """The traces of some regions, renumbered in the order given (ascending)."""
        names = np.full(len(self.root), -1, np.intp)
        names[regions] = np.arange(len(regions))
        kept = names[self.region] >= 0
        places = np.cumsum(kept) - 1
        return Traces(
            self.source,
            self.value[kept],
            names[self.region[kept]],
            places[self.args[:, kept]],
            self.depth[kept],
            places[self.root[regions]],
            Interval(self.bounds.lower[regions], self.bounds.upper[regions]),
        )

    def program(self, region: int) -> Program:
        """One trace as a program, its values in the order that the program had them."""
        members = np.flatnonzero(self.region == region)
        members = members[np.argsort(self.value[members])]
        names = {int(place): name for name, place in enumerate(members)}
        instrs = []
        for place in members:
            op, args, value, line = self.source.program.instrs[self.value[place]]
            renamed = tuple([names[int(self.args[k, place])] for k in range(len(args))])
            instrs.append(Instr(op, renamed, value, line))
        return Program(tuple(instrs), self.source.program.name)


def simplify(program: Program, lower: Bound, upper: Bound) -> Program:
    """The trace of a program in one box, with corners of shape (3,): the same field bits at
    every point of it, as computed in float32 without fusing or reordering."""
    cells = Cells(np.reshape(lower, (3, 1, 1)), np.reshape(upper, (3, 1, 1)))
    return narrow(whole(Source(program)), cells).program(0)


def whole(source: Source) -> Traces:
    """The program as the trace of a single region that is everywhere."""
    count = len(source.program)
    return _sorted(
        Traces(
            source,
            np.arange(count),
            np.zeros(count, np.intp),
            source.args,
            source.depths,
            np.array([count - 1]),
            Interval.anything((1,)),
        )
    )


def narrow(traces: Traces, cells: Cells) -> Traces:
    """From r regions to r * m: the traces in m boxes of each (`cells`, corners (3, r, m)).

    Box c of region k becomes region k * m + c. A box must lie in its region. Takes some hundred
    nanoseconds a value and box, and a fraction of a millisecond for each depth and op.
    """
    batches = list(_batches(traces))
    found = _Forward(traces, cells)
    with np.errstate(all="ignore"):
        for op, rows in batches:
            found.step(op, rows)
    m = cells.lower.shape[2]
    column = np.arange(m)
    chosen = (found.chosen * m + column).reshape(-1)
    live = np.zeros(len(traces.value) * m, np.bool_)
    root = chosen.reshape(-1, m)[traces.root].reshape(-1)
    live[root] = True
    for op, rows in reversed(batches):
        if op.arity:
            place, box = np.divmod(np.flatnonzero(live[rows.start * m : rows.stop * m]), m)
            for arg in traces.args[: op.arity, rows]:
                live[chosen[arg[place] * m + box]] = True
    place, box = np.divmod(np.flatnonzero(live), m)
    names = np.cumsum(live) - 1
    bounds = Interval(*[side[traces.root].reshape(-1) for side in (found.lower, found.upper)])
    return _sorted(
        Traces(
            traces.source,
            traces.value[place],
            traces.region[place] * m + box,
            names[chosen[traces.args[:, place] * m + box]],
            found.depth[place, box].astype(np.intp),
            names[root],
            bounds,
        )
    )


class _Forward:
    """Bounds over the boxes, and what every value turns out to be there: arrays (p, m).

    chosen: the place of the value itself, or of the operand that it is always equal to.
    depth: the length of the longest path that is left to it from a leaf.
    """

    def __init__(self, traces: Traces, cells: Cells) -> None:
        shape = len(traces.value), cells.lower.shape[2]
        self._traces, self._box = traces, Interval.given(cells.lower, cells.upper)
        self.lower, self.upper = np.empty(shape, np.float32), np.empty(shape, np.float32)
        self.chosen = np.empty(shape, np.intp)
        self.chosen[...] = np.arange(shape[0])[:, np.newaxis]
        self.depth = np.zeros(shape, np.int32)

    def step(self, op: Op, rows: slice) -> None:
        """All values of one op at one depth."""
        traces = self._traces
        if op.variable is not None:
            axis, region = AXES.index(op.variable), traces.region[rows]
            self.lower[rows] = self._box.lower[axis, region]
            self.upper[rows] = self._box.upper[axis, region]
        elif op.constant:
            known, value = traces.source.constants, traces.value[rows, np.newaxis]
            self.lower[rows], self.upper[rows] = known.lower[value], known.upper[value]
        else:
            self._operation(op, rows, traces.args[: op.arity, rows])

    def _operation(self, op: Op, rows: slice, args: Ints) -> None:
        assert op.interval is not None
        operands = [Interval(self.lower[arg], self.upper[arg]) for arg in args]
        result = op.interval(*operands)
        self.lower[rows], self.upper[rows] = result.lower, result.upper
        depths = [self.depth[arg] for arg in args]
        depth: NDArray[Any] = np.maximum(depths[0], depths[-1]) + 1
        if op.choice:
            sure = CHOICES[op.name](operands[0], operands[1])
            for where, arg, own in zip(sure, args, depths, strict=True):
                self.chosen[rows] = np.where(where, self.chosen[arg], self.chosen[rows])
                depth = np.where(where, own, depth)
        self.depth[rows] = depth


def _sorted(traces: Traces) -> Traces:
    """By depth, then by op, which is what lets a whole batch be computed at once."""
    key = traces.depth * len(ROWS) + traces.source.ops[traces.value]
    order = np.argsort(key, kind="stable")
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    return Traces(
        traces.source,
        traces.value[order],
        traces.region[order],
        places[traces.args[:, order]],
        traces.depth[order],
        places[traces.root],
        traces.bounds,
    )


def _batches(traces: Traces) -> Iterator[tuple[Op, slice]]:
    """Runs of values of one op at one depth."""
    ops = traces.source.ops[traces.value]
    changes = np.flatnonzero(np.diff(traces.depth) | np.diff(ops)) + 1
    ends = [0, *changes.tolist(), len(ops)]
    for start, stop in pairwise(ends):
        yield ROWS[ops[start]], slice(start, stop)
