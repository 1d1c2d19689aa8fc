"""Points on the edge in order, with the corners between them.

In a cell the edge goes from one crossing to the next. Where it bends there, the corner is where
the two curves meet, if the edge does pass there: in the cell mostly, but a tip between the pixels'
centres may be up to `_REACH` away, in cells that nothing else passes through. Else one more point
of the edge is found half-way, and there may be corners on both sides of that.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from viewer.picture.outline.edges import UNKNOWN, Edge, Flags, Floats, Spots, all_spots
from viewer.picture.outline.lattice import Crossings, Indices, Points, loops
from viewer.view import Size

_BENT = np.cos(np.radians(8))
"""Where normals differ by more between two points, the edge may have a corner."""
_SHARP = np.cos(np.radians(40))
"""Where they differ by more, it does not count as smooth."""
_SIDES = UNKNOWN - 1
"""The pieces of the picture's sides: this, and down from it."""
_REACH = 8.0
"""Pixels."""


class Loop(NamedTuple):
    """n points of a closed loop in order. normals: (n, 2), NaN at corners. ends: (n,), where one
    smooth curve ends and the next begins. pieces: (n,), see `Spots`."""

    points: Points
    normals: Floats
    ends: Flags
    pieces: Indices


def traced(edge: Edge, crossings: Crossings, size: Size) -> Iterator[Loop]:
    """The loops of a picture's crossings."""
    spots = _on_edge(edge, crossings, size)
    count = len(spots.points)
    following, owner = _some(spots, crossings.after), np.arange(count)
    low, high = (np.clip(crossings.cell + step, 0, size) for step in (-0.5, 0.5))
    bends = _Bends(edge, crossings, size)
    bends.fill(Gaps(spots, following, low, high, owner, np.zeros(count)))
    parts, owners, places = zip((spots, owner, np.full(count, -1.0)), *bends.found, strict=True)
    owner = np.concatenate(owners)
    order = np.lexsort((np.concatenate(places), owner))
    joined = _some(all_spots(parts), order)
    ends = np.searchsorted(owner[order], np.arange(count + 1))
    for loop in loops(crossings.after):
        rows = np.concatenate([np.arange(ends[i], ends[i + 1]) for i in loop])
        points, normals, pieces = _some(joined, rows)
        yield Loop(points, normals, _ends(normals, pieces), pieces)


def _ends(normals: Floats, pieces: Indices) -> Flags:
    """Corners, and the points on both sides of what is not smooth or not one curve."""
    corner = np.isnan(normals[:, 0])
    apart: Flags = (normals * np.roll(normals, -1, axis=0)).sum(axis=1) <= _SHARP
    apart |= (pieces != np.roll(pieces, -1)) & ~corner & ~np.roll(corner, -1)
    return np.asarray(corner | apart | np.roll(apart, 1))


def _some(spots: Spots, rows: Indices | Flags) -> Spots:
    return Spots(spots.points[rows], spots.normals[rows], spots.pieces[rows])


def _on_edge(edge: Edge, crossings: Crossings, size: Size) -> Spots:
    """A point of the edge for each crossing. The picture's sides are edges of what they cut."""
    inner, outer = crossings.inner, np.clip(crossings.outer, 0, size)
    aside = (outer != crossings.outer).any(axis=1)
    cut = aside.copy()
    cut[aside] = edge.inside(outer[aside])
    normals = 2 * (crossings.outer - outer)
    pieces = _SIDES - 2 * (normals[:, 1] != 0) - (normals.sum(axis=1) > 0)
    points = outer.copy()
    found = edge.between(inner[~cut], outer[~cut])
    points[~cut], normals[~cut], pieces[~cut] = found
    return Spots(points, normals, pieces)


class Gaps(NamedTuple):
    """n pairs of spots that follow one another on the edge, each in a cell.

    low, high: (n, 2), the cell's corners. owner: (n,), which crossing comes before. place: (n,),
    what comes between them is at, among all that comes after that crossing.
    """

    one: Spots
    other: Spots
    low: Points
    high: Points
    owner: Indices
    place: Floats

    def some(self, rows: Indices | Flags) -> "Gaps":
        """Some of them."""
        one, other = _some(self.one, rows), _some(self.other, rows)
        return Gaps(one, other, self.low[rows], self.high[rows], self.owner[rows], self.place[rows])


class _Bends:
    """What the edge does between spots that are close, gathered in `found`: spots, whose they are
    and their places. Corners have no normal."""

    def __init__(self, edge: Edge, crossings: Crossings, size: Size) -> None:
        self._edge, self._size = edge, size
        self._taken = np.unique(self._cells(crossings.cell))
        self.found: list[tuple[Spots, Indices, Floats]] = []

    def fill(self, gaps: Gaps, depth: int = 0) -> None:
        """Finds the corners in gaps. Where there is none, or more than one, the gap is halved."""
        gaps = gaps.some(self._unclear(gaps))
        tip, good = self._corners(gaps)
        self._keep(Spots(tip, np.full_like(tip, np.nan), np.full(len(tip), UNKNOWN)), gaps, good)
        gaps = gaps.some(~good)
        if depth == _DEPTH or not len(gaps.owner):
            return
        middle, usable = self._halves(gaps)
        self._keep(middle, gaps, usable)
        gaps, middle = gaps.some(usable), _some(middle, usable)
        step = 0.5 ** (depth + 2)
        self.fill(gaps._replace(other=middle, place=gaps.place - step), depth + 1)
        self.fill(gaps._replace(one=middle, place=gaps.place + step), depth + 1)

    def _keep(self, spots: Spots, gaps: Gaps, chosen: Flags) -> None:
        self.found.append((_some(spots, chosen), gaps.owner[chosen], gaps.place[chosen]))

    def _unclear(self, gaps: Gaps) -> Flags:
        """Whether there may be a corner."""
        one, other = gaps.one, gaps.other
        with np.errstate(invalid="ignore"):
            cosine = (one.normals * other.normals).sum(axis=1)
        same = one.pieces == other.pieces
        limit = np.where(same & (one.pieces != UNKNOWN), _SHARP, _BENT)
        result: Flags = ~(cosine > limit) | ~same
        return result

    def _corners(self, gaps: Gaps) -> tuple[Points, Flags]:
        """Where the curves of each two meet, and whether the edge has its corner there."""
        one, other, low, high, *_ = gaps
        tip = self._edge.meet(one, other, _tangents_meet(one, other))
        middle = (one.points + other.points) / 2
        away = tip - middle
        good = np.hypot(*away.T) < _REACH  # not for NaN
        tip, away = (np.where(good[:, np.newaxis], array, 0) for array in (tip, away))
        good &= self._inside(middle + 0.85 * away) != self._inside(middle + 1.15 * away)
        within = ((tip >= low - _CLOSE) & (tip <= high + _CLOSE)).all(axis=1)
        good &= _goes(one, tip - one.points) & _goes(other, other.points - tip)
        far = np.flatnonzero(good & ~within)
        ends = _some(one, far), _some(other, far)
        good[far] = self._follows(*ends, tip[far]) & self._follows(*ends[::-1], tip[far])
        good[far] &= self._free(middle[far], tip[far])
        return tip, good

    def _cells(self, points: Points) -> Indices:
        """The numbers of the cells that points are in."""
        column, row = np.rint(points).astype(np.int64).T
        return np.asarray(row * (self._size[0] + 2) + column)

    def _free(self, middle: Points, tip: Points) -> Flags:
        """Whether nothing else is on the way to a tip, in other cells than the first."""
        share = np.linspace(0, 1, 4 * round(_REACH))[:, np.newaxis, np.newaxis]
        way = self._cells((middle + share * (tip - middle)).reshape(-1, 2))
        way = way.reshape(len(share), len(tip))
        at = np.searchsorted(self._taken, way).clip(max=len(self._taken) - 1)
        taken = self._taken[at] == way
        return np.asarray(~(taken & (way != way[0])).any(axis=0))

    def _follows(self, one: Spots, other: Spots, tip: Points) -> Flags:
        """Whether the edge goes from spots straight to their tips, told half-way."""
        half = (one.points + tip) / 2
        aside = 0.1 * np.hypot(*(one.points - other.points).T)[:, np.newaxis] * one.normals
        aside = np.nan_to_num(aside)
        result: Flags = self._inside(half - aside) & ~self._inside(half + aside)
        return result

    def _inside(self, points: Points) -> Flags:
        there = np.asarray(((points >= 0) & (points <= self._size)).all(axis=1))
        there[there] = self._edge.inside(points[there])
        return there

    def _halves(self, gaps: Gaps) -> tuple[Spots, Flags]:
        """One more spot of the edge in each gap, on the line across the middle of the way, in the
        cell, and whether the edge can be found on that."""
        start, end = gaps.one.points, gaps.other.points
        middle, way = (start + end) / 2, end - start
        across = np.stack([-way[:, 1], way[:, 0]], axis=1)
        with np.errstate(all="ignore"):
            bounds = np.stack([(gaps.low - middle) / across, (gaps.high - middle) / across])
            first, last = np.fmin(*bounds).max(axis=1), np.fmax(*bounds).min(axis=1)
            here, there = (middle + t[:, np.newaxis] * across for t in (first, last))
        usable = np.isfinite(here + there).all(axis=1) & (np.hypot(*way.T) > _SMALL)
        here, there = (np.where(usable[:, np.newaxis], side, 0) for side in (here, there))
        turned = self._inside(here)
        usable = np.asarray(usable & (turned != self._inside(there)))
        turned = turned[:, np.newaxis]
        return self._edge.between(
            np.where(turned, here, there), np.where(turned, there, here)
        ), usable


_DEPTH = 3
"""How often a gap is halved."""
_SMALL = 1e-3
"""Pixels between spots that are not parted."""
_CLOSE = 1e-9
"""Pixels."""


def _goes(spots: Spots, way: Points) -> Flags:
    """Whether ways are as one goes along the edge at the spots, with the inside on the left."""
    along = np.stack([spots.normals[:, 1], -spots.normals[:, 0]], axis=1)
    return np.asarray((along * way).sum(axis=1) >= -_CLOSE)


def _tangents_meet(one: Spots, other: Spots) -> Points:
    (a, b), (c, d) = one.normals.T, other.normals.T
    with np.errstate(all="ignore"):
        p, q = ((spots.normals * spots.points).sum(axis=1) for spots in (one, other))
        meeting: Points = np.stack([p * d - q * b, q * a - p * c]) / (a * d - b * c)
    return meeting.T
