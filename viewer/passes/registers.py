"""Liveness allocation of many traces at once, in lock step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.passes.simplify import ROWS, Traces

Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Tapes:
    """Register forms of r traces, n steps together, those of each trace in a row.

    start: (r + 1,) where the steps of each begin.   ops: (n,) numbers in `ROWS`.
    out: (n,) the slot that a step writes.   args: (2, n) its operands: a slot, or -1 - k for the
    leaf that instruction k of the program is. An op of one operand has it twice.
    The last step of a tape leaves its result; a trace that is only a leaf is one step of the
    leaf's own op, which copies its operand, the leaf.
    """

    start: Ints
    ops: Ints
    out: Ints
    args: Ints
    slots: int


def registers(traces: Traces) -> Tapes:
    """Gives each value that is not a leaf a slot until its last use, in program order.

    A step's output may be in the slot of an operand that ends there, as in `allocate`. All traces
    take their first step together, then their second, and so on: O(the longest trace) array calls.
    """
    is_step, order, start = _steps(traces)
    place = np.full(len(is_step), -1, np.intp)
    place[order] = np.arange(len(order))
    ops = traces.source.ops[traces.value[order]]
    arity = np.array([op.arity for op in ROWS])[ops]
    args = traces.args[:, order]
    args[1] = np.where(arity < 2, args[0], args[1])
    args = np.where(arity == 0, order, args)
    leaf = ~is_step[args] | (arity == 0)
    uses = np.where(leaf, -1, place[args])
    last = np.arange(len(order))
    for use in uses:
        np.maximum.at(last, use[use >= 0], np.flatnonzero(use >= 0))
    here = np.arange(len(order))
    ends = (uses >= 0) & (last[uses] == here)
    ends[1] &= uses[0] != uses[1]
    out, slots = _lock_step(start, uses, ends)
    return Tapes(start, ops, out, np.where(leaf, -1 - traces.value[args], out[uses]), slots)


def _steps(traces: Traces) -> tuple[NDArray[np.bool_], Ints, Ints]:
    """Which values are steps, their places by region and program order, where each starts."""
    arity = np.array([op.arity for op in ROWS])[traces.source.ops[traces.value]]
    is_step = arity > 0
    is_step[traces.root] = True
    chosen = np.flatnonzero(is_step)
    order = chosen[np.lexsort((traces.value[chosen], traces.region[chosen]))]
    lengths = np.bincount(traces.region[order], minlength=len(traces.root))
    return is_step, order, np.concatenate([[0], np.cumsum(lengths)])


def _lock_step(start: Ints, uses: Ints, ends: NDArray[np.bool_]) -> tuple[Ints, int]:
    """The slot of each step, and how many there are. Each trace has a stack of free slots."""
    lengths = np.diff(start)
    longest_first = np.argsort(-lengths, kind="stable")
    active = np.searchsorted(-lengths[longest_first], -np.arange(lengths.max(initial=0)))
    out = np.zeros(start[-1], np.intp)
    free = np.zeros((8, len(lengths)), np.intp)
    height, used = np.zeros(len(lengths), np.intp), np.zeros(len(lengths), np.intp)
    for number, count in enumerate(active.tolist()):
        lanes = np.arange(count)
        rows = start[longest_first[:count]] + number
        if number % 4 == 0 and height.max(initial=0) + 8 > len(free):
            free = np.concatenate([free, np.zeros_like(free)])
        for use, end in zip(uses, ends, strict=True):
            free[height[lanes], lanes] = out[use[rows]]
            height[:count] += end[rows]
        reuse = height[:count] > 0
        height[:count] -= reuse
        out[rows] = np.where(reuse, free[height[lanes], lanes], used[:count])
        used[:count] += ~reuse
    return out, int(used.max(initial=0))
