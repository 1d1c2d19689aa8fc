"""Marching squares: where the lattice of pixel centres is crossed, and in which order.

    (r, c) --- top --- (r, c + 1)      lattice points are pixel centres, with a frame of points
       |                  |            outside around them: point (r, c) is at x = c - 1/2 and
      left   cell        right         y = r - 1/2, in pixels from the picture's top left corner
       |                  |
   (r + 1, c) - bottom - (r + 1, c + 1)

Every edge between a point inside and one outside has one crossing. The cells on its two sides
each join it to another, so that all lie on closed loops, which go round the inside anticlockwise.
After Lorensen and Cline (1987), in the plane.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.view import Size

Points = NDArray[np.float64]
"""Shape (n, 2): x and y in pixels, y down, from the picture's top left corner."""
Indices = NDArray[np.int64]


class Crossings(NamedTuple):
    """n of them. `inner` and `outer`: the lattice points on both sides. `after`: for each the next
    one on its loop. `cell`: the middle of the cell between the two."""

    inner: Points
    outer: Points
    after: Indices
    cell: Points


class _Parts(NamedTuple):
    """Pieces of loops, each through one cell: from one lattice edge to another, by number, and
    whether the first point of the edge that it comes from is inside."""

    start: Indices
    end: Indices
    first_inside: NDArray[np.bool_]
    row: Indices
    column: Indices


def march(
    strips: Iterable[NDArray[np.bool_]], size: Size, inside: Callable[[Points], NDArray[np.bool_]]
) -> Crossings:
    """The crossings of a picture whose rows come in strips, shape (any, width), from the top.

    `inside` decides about other points: the middles of cells where two corners that face each
    other are inside. Memory grows with the length of the edge alone.
    """
    width = size[0] + 2
    found = [_parts(rows, row, width) for row, rows in _framed(strips, width)]
    parts = _Parts(*(np.concatenate(column) for column in zip(*found, strict=True)))
    parts = _joined_at_saddles(parts, inside)
    order = np.argsort(parts.start)
    start = parts.start[order]
    after = np.searchsorted(start, parts.end[order])
    row, column = np.divmod(start // 2, width)
    down = start % 2
    first = np.stack([column - 0.5, row - 0.5], axis=1)
    second = first + np.stack([1 - down, down], axis=1)
    turned = parts.first_inside[order][:, np.newaxis]
    cell = np.stack([parts.column[order], parts.row[order]], axis=1).astype(np.float64)
    return Crossings(np.where(turned, first, second), np.where(turned, second, first), after, cell)


def loops(after: Indices) -> Iterator[Indices]:
    """The loops that `Crossings.after` makes, as the numbers of their crossings in order."""
    following = after.tolist()
    seen = bytearray(len(following))
    for first in range(len(following)):
        if not seen[first]:
            loop = []
            while not seen[first]:
                seen[first] = 1
                loop.append(first)
                first = following[first]  # noqa: PLW2901  (walks on)
            yield np.array(loop)


def _framed(
    strips: Iterable[NDArray[np.bool_]], width: int
) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Rows of points with the frame around them, each strip with the row above it, and which row
    that is."""
    row, above = 0, np.zeros((1, width), bool)
    for strip in strips:
        rows = np.concatenate([above, np.pad(strip, ((0, 0), (1, 1)))])
        yield row, rows
        row, above = row + len(strip), rows[-1:]
    yield row, np.concatenate([above, np.zeros_like(above)])


def _parts(rows: NDArray[np.bool_], row: int, width: int) -> _Parts:
    """Those of the cells between rows of points. Of a saddle's, each cuts off one corner that is
    inside."""
    mixed = (rows[1:, 1:] != rows[:-1, :-1]) | (rows[1:, :-1] != rows[:-1, 1:])
    mixed |= rows[:-1, 1:] != rows[:-1, :-1]
    r, c = np.nonzero(mixed)
    # Clockwise, from the top left.
    corners = np.stack([rows[r, c], rows[r, c + 1], rows[r + 1, c + 1], rows[r + 1, c]])
    place = 2 * ((r + row) * width + c)
    edges = np.stack([place, place + 3, place + 2 * width, place + 1])
    forward = np.array([True, True, False, False])  # first point of the edge comes first
    following = np.roll(corners, -1, axis=0)
    found = []
    for side in range(4):
        enters = ~corners[side] & following[side]
        end = np.zeros(len(r), np.int64)
        there = np.zeros(len(r), bool)
        for step in range(1, 4):
            other = (side + step) % 4
            leaves = corners[other] & ~following[other] & ~there
            end[leaves] = edges[other][leaves]
            there |= leaves
        first_inside = np.full(int(enters.sum()), not forward[side])
        middle = r[enters] + row, c[enters]
        found.append(_Parts(edges[side][enters], end[enters], first_inside, *middle))
    return _Parts(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _joined_at_saddles(parts: _Parts, inside: Callable[[Points], NDArray[np.bool_]]) -> _Parts:
    """Where the middle of a saddle is inside, its two corners are joined: ends are exchanged."""
    order = np.lexsort((parts.column, parts.row))
    row, column = parts.row[order], parts.column[order]
    same = (row[1:] == row[:-1]) & (column[1:] == column[:-1])
    one = order[:-1][same]
    if not len(one):
        return parts
    other = order[1:][same]
    joined = inside(np.stack([parts.column[one], parts.row[one]], axis=1).astype(np.float64))
    end = parts.end.copy()
    end[one[joined]], end[other[joined]] = parts.end[other[joined]], parts.end[one[joined]]
    return parts._replace(end=end)
