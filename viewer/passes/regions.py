"""Where the parts of a min or max can decide its sign: a search by bounds for each part."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.passes.bounds import DOMAIN
from viewer.passes.cells import Cells, Layers, Rows, domain_edges
from viewer.program import Program
from viewer.program.interval import Bound, Interval

_FIRST_SIDE = 12
"""Cells along an axis in the first round, over the domain. Even."""
_SIDES = (8, 16, 32)
"""Cells along an axis in later rounds, over each part's hull; the finer ones for outliers: a
wedge between two nearly parallel lines looks endless unless cells are small."""
_ROUNDS = 40
"""Rounds at most with cells of one kind."""
_SHRUNK = 0.8
"""A part whose hull keeps more than this much of its area is done."""


@dataclass(frozen=True, slots=True)
class Regions:
    """Hulls of where each of k parts matters: corners of shape (3, k), rows x, y and z.

    A part that matters nowhere has its lower corner at +inf and its upper one at -inf.
    """

    lower: Bound
    upper: Bound

    @property
    def matters(self) -> NDArray[np.bool_]:
        """Which parts matter anywhere, shape (k,)."""
        return np.asarray((self.lower <= self.upper).all(axis=0))

    @property
    def bounded(self) -> NDArray[np.bool_]:
        """Which parts matter somewhere, but not up to the domain's edge in x or y."""
        inside = (self.lower[:2] > -DOMAIN) & (self.upper[:2] < DOMAIN)
        return np.asarray(self.matters & inside.all(axis=0))

    @property
    def areas(self) -> NDArray[np.float64]:
        """The area of each hull in the plane, 0 where a part matters nowhere."""
        sides = np.where(self.matters, self.upper[:2].astype(np.float64) - self.lower[:2], 0)
        return np.asarray(sides[0] * sides[1])

    def only(self, rows: Rows) -> "Regions":
        """Some of the parts."""
        return Regions(self.lower[:, rows], self.upper[:, rows])

    def replaced(self, rows: Rows, found: "Regions") -> "Regions":
        """These hulls, but those of `found` for some parts."""
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[:, rows], upper[:, rows] = found.lower, found.upper
        return Regions(lower, upper)

    def hull(self, rows: Rows) -> "Regions":
        """The hull of some parts, at least one, as a single one."""
        some = self.only(rows)
        return Regions(some.lower.min(axis=1, keepdims=True), some.upper.max(axis=1, keepdims=True))

    def clipped(self, frame: "Regions") -> "Regions":
        """What of the hulls lies in a single one."""
        return Regions(
            np.clip(self.lower, frame.lower, frame.upper),
            np.clip(self.upper, frame.lower, frame.upper),
        )


def regions(program: Program, parts: Sequence[Sequence[int]], below: bool) -> Regions | None:
    """Where the last value of each part (see `Layers`) can be negative (`below`), or can be
    anything else (not `below`).

    None where one of them may be NaN. Sound: for coordinates in the domain but outside its hull
    a part surely is not so.
    """
    layers = Layers.of(program, parts)
    everywhere = np.full((3, len(parts)), DOMAIN, np.float32)
    found = Regions(-everywhere, everywhere)
    cells = _cells(found, layers, _FIRST_SIDE)
    known = layers.bounds(cells, layers.last)
    if known.maybe_nan.any():
        return None
    found = _hulls(cells, known, below)
    for side in _SIDES:
        rows = np.flatnonzero(found.matters) if side == _SIDES[0] else _outliers(found)
        for _ in range(_ROUNDS):
            if not len(rows):
                break
            before, some = found.only(rows), layers.only(rows)
            cells = _cells(before, some, side)
            closer = _hulls(cells, some.bounds(cells, some.last), below)
            found = found.replaced(rows, closer)
            rows = rows[closer.matters & (closer.areas < _SHRUNK * before.areas)]
    return found


def _outliers(found: Regions) -> Rows:
    """The parts that reach out of the hull of the smaller half of them."""
    rows = np.flatnonzero(found.matters)
    small = rows[np.argsort(found.areas[rows], kind="stable")[: (len(rows) + 1) // 2]]
    if not len(small):
        return small
    frame = found.hull(small)
    out = (found.lower[:2] < frame.lower[:2]) | (found.upper[:2] > frame.upper[:2])
    return np.flatnonzero(out.any(axis=0) & found.matters)


def _cells(found: Regions, layers: Layers, side: int) -> Cells:
    """Each part's hull in `side` cells along each axis that any part reads."""
    read = set(layers.leaves.axes.tolist())
    counts = [side if axis in read else 1 for axis in range(3)]
    ends = zip(found.lower, found.upper, counts, strict=True)
    return Cells.between([_edges(low, high, count) for low, high, count in ends])


def _edges(low: Bound, high: Bound, count: int) -> Bound:
    """`count` + 1 numbers from `low` to `high` for each of k parts, shape (count + 1, k): evenly,
    but as the domain's where they are the domain's ends."""
    steps = np.linspace(0, 1, count + 1)[:, np.newaxis]
    edges = (low + steps * (high.astype(np.float64) - low)).astype(np.float32)
    if count > 1:
        edges[:, (low <= -DOMAIN) & (high >= DOMAIN)] = domain_edges(count)[:, np.newaxis]
    return edges


def _hulls(cells: Cells, known: Interval, below: bool) -> Regions:
    """The hull of each part's cells in which it may be on the side asked for."""
    # Written so that NaN bounds count as "may be".
    possible = ~(known.lower >= 0) if below else ~(known.upper < 0)
    infinity = np.float32(np.inf)
    return Regions(
        np.where(possible, cells.lower, infinity).min(axis=2),
        np.where(possible, cells.upper, -infinity).max(axis=2),
    )
