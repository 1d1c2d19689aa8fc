"""Patches: squares of 32 x 32 leaf tiles, analysed once and kept.

A patch knows nothing of pixels or of any view: its rectangles are whole numbers of units, a
quarter of a leaf's side, so that neighbours meet exactly wherever they are drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.layout import Ints, Layout
from viewer.sign.masks import set_bits
from viewer.sign.refine import refine
from viewer.sign.tables import MOST, tabulate
from viewer.sign.tiles import Tiles

LEAVES = 32
"""Leaf tiles along a side."""
FINEST = 4
"""A leaf with too many literals is split down to a quarter of its side, a unit."""
UNITS = LEAVES * FINEST
"""Units along a side."""
_OBJECT = 128
"""Bytes of a small object."""


class Group(NamedTuple):
    """m tiles with n open literals.

    corner: int32 (m, 3): the lower left corner and the side, in units.
    coefficients: float32 (m, n, 6), in the tile's u and v; only their ratios matter.
    table: uint32 (m, words of 2**n bits), lowest bit first.
    """

    corner: Ints
    coefficients: NDArray[np.float32]
    table: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Patch:
    """inside: int32 (flats, 3), corners and sides of squares that are inside.
    groups: tiles by their number of literals.
    rest: int32 (m, 3), leaves with open literals that are not quadratics, for other engines.
    rich: smallest tiles that still have too many literals, to be decided point by point, and
    `rich_corner`, int32 (tiles, 3), where they are. What nothing covers is outside."""

    inside: Ints
    groups: dict[int, Group]
    rest: Ints
    rich: Tiles | None
    rich_corner: Ints

    @property
    def bytes(self) -> int:
        """What it takes to keep it, roughly: the objects count as well as what is in them."""
        arrays: list[NDArray[Any]] = [self.inside, self.rest, self.rich_corner]
        arrays += [array for group in self.groups.values() for array in group]
        if self.rich is not None:
            arrays += self.rich.arrays()
        return _OBJECT * (8 + len(arrays)) + sum(array.nbytes for array in arrays)


NO_CORNERS = np.empty((0, 3), np.int32)
EMPTY = Patch(NO_CORNERS, {}, NO_CORNERS, None, NO_CORNERS)
FULL = Patch(np.array([[0, 0, UNITS]], np.int32), {}, NO_CORNERS, None, NO_CORNERS)


def build(layout: Layout, tiles: Tiles) -> list[Patch]:
    """The patches of a batch of open tiles: one each, in order. All go together."""
    count = len(tiles)
    owner = np.arange(count, dtype=np.int32)
    corner = np.zeros((count, 2), np.int32)
    flats: list[tuple[Ints, Ints]] = []
    rest: list[tuple[Ints, Ints]] = []
    groups: dict[int, list[tuple[Ints, Group]]] = {}
    side = UNITS
    for k in _FACTORS:
        if not len(tiles):
            break
        found = refine(layout, tiles, k)
        side //= k
        tile, child = set_bits(found.inside)
        flats.append((owner[tile], _corners(corner[tile], child, k, side)))
        corner = _corners(corner[found.parent], found.child, k, side)[:, :2]
        owner, tiles = owner[found.parent], found.children
        if side <= FINEST:
            mixed = np.zeros(len(tiles), bool)
            mixed[tiles.pair_tile[layout.mixed(tiles.literal)]] = True
            rest.append((owner[mixed], _squares(corner[mixed], side)))
            corner, owner, tiles = corner[~mixed], owner[~mixed], tiles.only(~mixed)
            rich = np.ones(len(tiles), bool)
            for n, rows, group in _tabulated(layout, tiles, corner, side):
                groups.setdefault(n, []).append((owner[rows], group))
                rich[rows] = False
            corner, owner, tiles = corner[rich], owner[rich], tiles.only(rich)
    inside, others = _shared_out(flats, count), _shared_out(rest, count)
    parts = {
        n: _shared_out([(who, *group) for who, group in found], count)
        for n, found in groups.items()
    }
    return [
        Patch(
            inside[index][0] if flats else NO_CORNERS,
            {n: Group(*part[index]) for n, part in parts.items() if len(part[index][0])},
            others[index][0] if rest else NO_CORNERS,
            *_rich(tiles, corner, side, owner == index),
        )
        for index in range(count)
    ]


_FACTORS = (4, 8, 2, 2)
"""How a patch is split: to leaves, and on where those have too many literals."""


def _corners(parent: Ints, child: NDArray[Any], k: int, side: int) -> Ints:
    """Lower left corners and sides, int32 (n, 3), of children of squares at `parent`."""
    x, y = parent[:, 0] + side * (child % k), parent[:, 1] + side * (child // k)
    return np.stack([x, y, np.full(len(child), side)], axis=1).astype(np.int32)


def _squares(corner: Ints, side: int) -> Ints:
    """Corners with their side beside them."""
    return np.column_stack([corner, np.full(len(corner), side, np.int32)])


def _tabulated(
    layout: Layout, tiles: Tiles, corner: Ints, side: int
) -> Iterator[tuple[int, NDArray[np.intp], Group]]:
    """The tiles that a table can decide: the number of tests, which tiles, and what they need."""
    if not len(tiles):
        return
    tables = tabulate(layout, tiles)
    squares = _squares(corner, side)
    for n in range(1, MOST + 1):
        rows = np.flatnonzero(tables.count == n)
        if len(rows):
            pairs = tables.order[tables.first[rows, np.newaxis] + np.arange(n)]
            words = tables.table[rows].view("<u4")[:, : max(1, 2**n // 32)]
            coefficients = tiles.coefficients[pairs].astype(np.float32)
            yield n, rows, Group(squares[rows], coefficients, words.astype(np.uint32))


def _shared_out(found: Sequence[tuple[NDArray[Any], ...]], count: int) -> list[list[NDArray[Any]]]:
    """Arrays whose first column names an owner, joined and cut: the other columns of each owner."""
    if not found:
        return [[] for _ in range(count)]
    owner, *columns = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(count + 1))
    columns = [column[order] for column in columns]
    # Copies: a view would keep the arrays of all owners for as long as one of them is kept.
    return [[column[a:b].copy() for column in columns] for a, b in pairwise(ends)]


def _rich(
    tiles: Tiles, corner: Ints, side: int, chosen: NDArray[np.bool_]
) -> tuple[Tiles | None, Ints]:
    if not chosen.any():
        return None, NO_CORNERS
    return tiles.only(chosen), _squares(corner[chosen], side)
