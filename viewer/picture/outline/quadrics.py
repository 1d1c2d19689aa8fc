"""The edge of a formula over quadratics: which of them a point of it lies on, and where exactly.

Between two points only the literals that differ matter. Where that is one, the edge is its root on
the way, in closed form; where there are more, the formula is asked after each root in turn.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from viewer.picture.outline.edges import Flags, Floats, Spots, all_spots
from viewer.picture.outline.lattice import Points
from viewer.sign.layout import Layout
from viewer.sign.tiles import reanchored, root_tile
from viewer.view import Grid
from viewer.zoom.squares import roomy_square

_CHUNK = 1024
"""Points that are close, of which the literals that matter are evaluated at once."""


class Quadrics:
    """See `Edge`. A piece is a literal's number; the four after those are the picture's sides."""

    def __init__(self, layout: Layout, grid: Grid) -> None:
        square = roomy_square(grid, grid.whole)
        tile = reanchored(layout, root_tile(layout, square), square)
        self._layout, self._coefficients = layout, tile.coefficients
        self._start = np.searchsorted(layout.edge_node, np.arange(len(layout.all) + 1))
        self._bounds = np.searchsorted(layout.level, np.arange(1, layout.levels + 2))
        self._unit = 2 * float(grid.half / square.half)
        self._middle = np.array([grid.width / 2, grid.height / 2])
        self._centre = np.array(
            [
                float((grid.view.x - square.x) / square.half),
                float((grid.view.y - square.y) / square.half),
            ]
        )

    def inside(self, points: Points) -> Flags:
        """See `Edge`."""
        result = np.empty(len(points), bool)
        for rows in _neighbours(points):
            truth, _ = self._literals(points[rows])
            result[rows] = self._decide(truth)
        return result

    def between(self, inner: Points, outer: Points) -> Spots:
        """See `Edge`."""
        order = _neighbours(inner)
        found = all_spots([self._between(inner[rows], outer[rows]) for rows in order])
        back = np.argsort(np.concatenate(order))
        return Spots(found.points[back], found.normals[back], found.pieces[back])

    def straight(self, piece: int) -> bool:
        """See `Edge`."""
        return piece >= 0 and not self._coefficients[piece, 3:].any()

    def meet(self, one: Spots, other: Spots, near: Points) -> Points:
        """See `Edge`: by Newton's method."""
        known = (one.pieces >= 0) & (other.pieces >= 0) & (one.pieces != other.pieces)
        pieces, others = one.pieces[known], other.pieces[known]
        result, points = near.copy(), near[known]
        with np.errstate(all="ignore"):
            for _ in range(_NEWTON):
                a, a_slope = self._at(pieces, points)
                b, b_slope = self._at(others, points)
                det = a_slope[:, 0] * b_slope[:, 1] - a_slope[:, 1] * b_slope[:, 0]
                dx = (b * a_slope[:, 1] - a * b_slope[:, 1]) / det
                dy = (a * b_slope[:, 0] - b * a_slope[:, 0]) / det
                points = points + np.stack([dx, dy], axis=1)
        result[known] = points
        return result

    def _between(self, inner: Points, outer: Points) -> Spots:
        truth, wavering = self._literals(np.concatenate([inner, outer]))
        before, after = np.hsplit(truth, 2)
        row, pair = np.nonzero(before[wavering] != after[wavering])
        literal = wavering[row]
        share = self._roots(literal, inner[pair], outer[pair])
        # Of two parts that share a side neither is true on it, but there is no gap between them:
        # what becomes true in a place comes before what becomes false there.
        order = np.lexsort((before[literal, pair], np.rint(share / _PLACE), pair))
        literal, pair, share = literal[order], pair[order], share[order]
        first = np.searchsorted(pair, np.arange(len(inner)))
        count = np.searchsorted(pair, np.arange(len(inner)), "right") - first
        chosen = first + self._turn(before, literal, share, first, count)
        known = count > 0
        # Where nothing changes one of the two is on the edge itself, to the last digit.
        at = np.empty(len(inner))
        at[known] = share[chosen[known]]
        at[~known] = self._decide(before[:, ~known])
        points = inner + at[:, np.newaxis] * (outer - inner)
        piece = np.empty(len(inner), np.int64)
        piece[known] = literal[chosen[known]]
        piece[~known] = self._nearest(points[~known])
        _, slope = self._at(piece, points)
        with np.errstate(all="ignore"):
            normals = slope / np.hypot(*slope.T)[:, np.newaxis]
        return Spots(points, normals, piece)

    def _nearest(self, points: Points) -> NDArray[np.int64]:
        """Which literal's curve is nearest to each point."""
        literals = np.arange(len(self._coefficients))
        found = np.zeros(len(points), np.int64)
        for row, point in enumerate(points):
            value, slope = self._at(literals, np.tile(point, (len(literals), 1)))
            with np.errstate(all="ignore"):
                away = np.abs(value) / np.hypot(*slope.T)
            found[row] = np.argmin(np.where(np.isnan(away), np.inf, away))
        return found

    def _turn(
        self,
        before: Flags,
        literal: NDArray[np.int64],
        share: Floats,
        first: NDArray[np.int64],
        count: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Which of the changes of each pair, in order, is the edge: mostly there is one.

        The way is inside before it and outside after it, but for the shortest part: there may be
        cracks between parts.
        """
        result = np.zeros(len(count), np.int64)
        many = np.flatnonzero(count > 1)
        if not len(many):
            return result
        changes = count[many]
        starts = np.cumsum(changes) - changes
        rank = np.arange(changes.sum()) - np.repeat(starts, changes)
        owner = np.repeat(many, changes)
        at = first[owner] + rank
        truth = before[:, owner]
        for step in range(int(rank.max()) + 1):
            column = np.flatnonzero(rank >= step)
            truth[literal[first[owner[column]] + step], column] ^= True
        beyond = self._decide(truth) & (rank < changes.repeat(changes) - 1)
        here = np.where(rank == 0, True, np.roll(beyond, 1))
        # How much longer the way is right with the edge at a change than with it at the first.
        length = np.where(rank == 0, 0, share[at] - share[at - 1])
        gain = np.cumsum(np.where(here, length, -length))
        gain = np.where(here & ~beyond, gain - gain[starts].repeat(changes), -np.inf)
        best = np.maximum.reduceat(gain, starts).repeat(changes)
        result[many] = np.minimum.reduceat(np.where(gain == best, rank, len(rank)), starts)
        return result

    def _roots(self, literal: NDArray[np.int64], inner: Points, outer: Points) -> Floats:
        """Where each literal changes its sign on the way, 0 at the inner and 1 at the outer point:
        the root of the quadratic a t^2 + b t + c, in the form that loses no digits."""
        start, slope = self._at(literal, inner)
        end, _ = self._at(literal, outer)
        b = (slope * (outer - inner)).sum(axis=1)
        a, c = end - start - b, start
        root = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
        q = -(b + np.where(b < 0, -root, root)) / 2
        with np.errstate(all="ignore"):
            one, other = q / a, c / q
            fits = (one >= 0) & (one <= 1)
            linear = start / (start - end)
        share = np.where(fits, one, other)
        return np.clip(np.where(np.isfinite(share), share, linear), 0, 1)

    def _local(self, points: Points) -> Floats:
        """u and v."""
        local: Floats = (points - self._middle) * [self._unit, -self._unit] + self._centre
        return local

    def _literals(self, points: Points) -> tuple[Flags, NDArray[np.int64]]:
        """Which literals are true, shape (literals, n), and which of them may differ."""
        u, v = self._local(points).T
        sure, wavering = self._surely(u, v)
        terms = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v])
        result = np.repeat(sure[:, np.newaxis], len(points), axis=1)
        result[wavering] = self._coefficients[wavering] @ terms < 0
        return result, wavering

    def _surely(self, u: Floats, v: Floats) -> tuple[Flags, NDArray[np.int64]]:
        """Which literals are true all over the box around points, and which may change there: by
        value and slope at its middle and the curvature."""
        a, b = ((side.max() + side.min()) / 2 if len(side) else 0.0 for side in (u, v))
        p, q = ((side.max() - side.min()) / 2 if len(side) else 0.0 for side in (u, v))
        c, x, y, xx, xy, yy = self._coefficients.T
        value = c + a * (x + xx * a + xy * b) + b * (y + yy * b)
        slope_u, slope_v = x + 2 * xx * a + xy * b, y + 2 * yy * b + xy * a
        change = np.abs(slope_u) * p + np.abs(slope_v) * q
        change += np.abs(xx) * p * p + np.abs(xy) * p * q + np.abs(yy) * q * q
        return value < 0, np.flatnonzero(~(np.abs(value) > change * (1 + _ROUNDING)))

    def _at(self, literal: NDArray[np.int64], points: Points) -> tuple[Floats, Floats]:
        """Values, shape (n,), and slopes a pixel, (n, 2), of a literal at each point."""
        u, v = self._local(points).T
        c, x, y, xx, xy, yy = self._coefficients[literal].T
        value = c + u * (x + xx * u + xy * v) + v * (y + yy * v)
        slope = np.stack([x + 2 * xx * u + xy * v, -(y + 2 * yy * v + xy * u)], axis=1)
        return value, slope * self._unit

    def _decide(self, truth: Flags) -> Flags:
        """The formula, shape (n,), from its literals, shape (literals, n)."""
        layout = self._layout
        packed = np.packbits(truth, axis=1)  # eight points go together
        values = np.concatenate([packed, np.empty((len(layout.all), packed.shape[1]), np.uint8)])
        for low, high in pairwise(self._bounds):
            starts = self._start[low : high + 1]
            operands = values[layout.edge_operand[starts[0] : starts[-1]]]
            every = layout.all[low:high, np.newaxis]
            values[layout.literals + low : layout.literals + high] = np.where(
                every,
                np.bitwise_and.reduceat(operands, starts[:-1] - starts[0]),
                np.bitwise_or.reduceat(operands, starts[:-1] - starts[0]),
            )
        return np.unpackbits(values[layout.root], count=truth.shape[1]).astype(bool)


_NEWTON = 8
_SIDE = 32
"""Pixels of a square whose points stay together."""
_ROUNDING = 1e-6
"""Added to bounds for what float64 may lose."""
_PLACE = 1e-7
"""Of the way between two points: changes that are closer are in one place."""


def _neighbours(points: Points) -> list[NDArray[np.int64]]:
    """Parts of at most `_CHUNK` points that are close to one another, by their numbers: along a
    Z-curve through squares of the picture."""
    column, row = np.clip(points / _SIDE, 0, 2**15).astype(np.int64).T
    place = np.zeros(len(points), np.int64)
    for bit in range(16):
        place |= (column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1
    return np.array_split(np.argsort(place, kind="stable"), max(1, -(-len(points) // _CHUNK)))
