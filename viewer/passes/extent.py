"""Where a shape is: a box of the plane that surely holds every inside point, found by bounds."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from viewer.passes.bounds import DOMAIN
from viewer.passes.cells import Cells, Layers
from viewer.passes.regions import regions
from viewer.passes.split import operands
from viewer.program import OPS, Instr, Program
from viewer.program.interval import Bound

_SIDES = (16, 24, 48)
"""Cells along an axis: the bounds over smaller ones are closer."""
_ROUNDS = 12
"""Rounds at most with cells of one kind."""
_FAR, _FINEST = 8.0, 0.5
"""Model units from which cells grow with their distance from zero, and the size of the innermost:
shapes are of about unit size."""
_SHRUNK = 0.9
"""A box that keeps more than this much of its area is done with cells of that kind."""


class Box(NamedTuple):
    """A rectangle in model units. Where nothing is in it, `left` is above `right`."""

    left: Fraction
    bottom: Fraction
    right: Fraction
    top: Fraction

    @property
    def empty(self) -> bool:
        """Whether there is no point in it."""
        return self.left > self.right

    @property
    def bounded(self) -> bool:
        """Whether it ends before the domain does."""
        return max(-self.left, -self.bottom, self.right, self.top) < DOMAIN


_EVERYWHERE = np.array([[-DOMAIN, -DOMAIN], [DOMAIN, DOMAIN]], np.float32)
"""Corners, rows x and y, of shape (2, 2): lower, upper."""
NOTHING = Box(Fraction(1), Fraction(1), Fraction(-1), Fraction(-1))


def extent(program: Program, z: Fraction = Fraction(0)) -> Box:
    """A box that holds every point of the slice at height `z` with `field < 0`, whose coordinates
    are in the domain. It is close, not least.

    Takes some dozens of evaluations of all bounds over 256 to 2,304 cells.
    """
    slice_ = _at_height(program, z)
    box = _EVERYWHERE
    if program.instrs[program.root].op.name == "min":
        union = _union(slice_)
        if union is None:
            return NOTHING
        box = union
    layers = Layers.of(slice_, [range(len(slice_))])
    for side in _SIDES:
        for _ in range(_ROUNDS):
            found = _hull(layers, box, side)
            if found is None:
                return NOTHING
            before, box = box, found
            if _area(box) > _SHRUNK * _area(before):
                break
    (left, bottom), (right, top) = box.tolist()
    return Box(Fraction(left), Fraction(bottom), Fraction(right), Fraction(top))


def _at_height(program: Program, z: Fraction) -> Program:
    """The program with the exact height in the place of `var-z`."""
    number = [Instr(OPS["const"], (), Decimal(part)) for part in (z.numerator, z.denominator)]
    height = [*number, Instr(OPS["div"], (0, 1))]
    names = [2 if op.variable == "z" else 3 + n for n, (op, *_) in enumerate(program.instrs)]
    moved = [
        instr._replace(args=tuple([names[arg] for arg in instr.args])) for instr in program.instrs
    ]
    return Program((*height, *moved), program.name)


def _union(program: Program) -> Bound | None:
    """The hull of what a union's parts can be inside of, found for each alone: one that reaches
    far, such as a wedge of nearly parallel lines, then has small cells of its own."""
    where = regions(program, operands(program), below=True)
    if where is None:
        return _EVERYWHERE
    rows = np.flatnonzero(where.matters)
    if not len(rows):
        return None
    hull = where.hull(rows)
    return np.array([hull.lower[:2, 0], hull.upper[:2, 0]])


def _hull(layers: Layers, box: Bound, side: int) -> Bound | None:
    """The hull of those of `side` x `side` cells of the box in which the field may be negative."""
    edges = [_edges(low, high, side)[:, np.newaxis] for low, high in box.T]
    cells = Cells.between([*edges, np.array([[0], [0]], np.float32)])  # z is a constant
    # Written so that bounds that are NaN, which may be numbers, count as "may be".
    possible = ~(layers.bounds(cells, layers.last).lower[0] >= 0)
    if not possible.any():
        return None
    lower, upper = cells.lower[:2, 0, possible], cells.upper[:2, 0, possible]
    return np.array([lower.min(axis=1), upper.max(axis=1)])


def _edges(low: np.float32, high: np.float32, count: int) -> Bound:
    """`count` + 1 numbers from `low` to `high`: evenly, but where they are far away on both sides
    growing from zero, since bounds over cells of one scale are far closer."""
    if low < -_FAR and high > _FAR:
        ends = [np.geomspace(_FINEST, abs(float(end)), count // 2) for end in (low, high)]
        edges = np.concatenate([-ends[0][::-1], [0.0], ends[1]])
        edges[[0, -1]] = low, high
    else:
        edges = np.linspace(low, high, count + 1, dtype=np.float64)
    return edges.astype(np.float32)


def _area(box: Bound) -> float:
    return float(np.prod(box[1].astype(np.float64) - box[0]))
