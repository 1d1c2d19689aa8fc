"""Patches: squares of 32 x 32 leaf tiles, analysed once and kept.

A patch knows nothing of pixels or of any view: its rectangles are in units, a quarter of a leaf's
side. Those of tiles are whole numbers, so that neighbours meet exactly wherever they are drawn;
those of pieces (see `pieces`) are not, and overlap others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.layout import Ints, Layout
from viewer.sign.masks import Floats, set_bits
from viewer.sign.pieces import detach
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
    """m tiles or pieces with n open literals.

    corner: float64 (m, 4): the lower left corner, width and height, in units.
    coefficients: float32 (m, n, 6), in the tile's u and v; only their ratios matter.
    table: uint32 (m, words of 2**n bits), lowest bit first.
    """

    corner: Floats
    coefficients: NDArray[np.float32]
    table: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Patch:
    """inside: float64 (flats, 4), rectangles that are inside, as in `Group`.
    groups: tiles and pieces by their number of literals.
    rest: float64 (m, 4), leaves with open literals that are not quadratics, for other engines.
    rich: smallest tiles that still have too many literals, to be decided point by point, and
    `rich_corner`, float64 (tiles, 4), where they are. What nothing covers is outside; what several
    cover is inside if any of them says so."""

    inside: Floats
    groups: dict[int, Group]
    rest: Floats
    rich: Tiles | None
    rich_corner: Floats

    @property
    def bytes(self) -> int:
        """What it takes to keep it, roughly: the objects count as well as what is in them."""
        arrays: list[NDArray[Any]] = [self.inside, self.rest, self.rich_corner]
        arrays += [array for group in self.groups.values() for array in group]
        if self.rich is not None:
            arrays += self.rich.arrays()
        return _OBJECT * (8 + len(arrays)) + sum(array.nbytes for array in arrays)


NO_CORNERS = np.empty((0, 4))
EMPTY = Patch(NO_CORNERS, {}, NO_CORNERS, None, NO_CORNERS)
FULL = Patch(np.array([[0.0, 0.0, UNITS, UNITS]]), {}, NO_CORNERS, None, NO_CORNERS)


def build(layout: Layout, tiles: Tiles, *, apart: bool = False) -> list[Patch]:
    """The patches of a batch of open tiles: one each, in order. All go together. If `apart`, no
    two rectangles of a patch overlap, which takes many more."""
    count = len(tiles)
    owner = np.arange(count, dtype=np.int32)
    corner = np.zeros((count, 2), np.int32)
    made = _Made()
    if not apart:
        found = detach(layout, tiles, LEAVES)
        for tile, box in found.inside:
            made.flats.append((owner[tile], _rectangles(box)))
        for tile, pieces in found.pieces:
            made.tabulate(layout, pieces.tiles, owner[tile], _rectangles(pieces.box))
        tiles, owner, corner = found.left, owner[found.which], corner[found.which]
    made.split(layout, tiles, owner, corner)
    return made.patches(count)


def build_together(layout: Layout, tiles: Tiles, offset: Floats) -> Patch:
    """One patch of a batch of open tiles that lie apart, as large as they are together: `offset`,
    float64 (tiles, 2), says where each has its lower left corner, in units. No two of its
    rectangles overlap."""
    made, count = _Made(), len(tiles)
    made.split(layout, tiles, np.arange(count, dtype=np.int32), np.zeros((count, 2), np.int32))
    return made.together(offset)


_FACTORS = (4, 8, 2, 2)
"""How a patch is split: to leaves, and on where those have too many literals."""


class _Made:
    """What a batch of patches is made of, each part with an owner, int32 (n,)."""

    def __init__(self) -> None:
        self.flats: list[tuple[Ints, Floats]] = []
        self.rest: list[tuple[Ints, Floats]] = []
        self.groups: dict[int, list[tuple[Ints, Group]]] = {}
        self.rich: tuple[Tiles, Ints, Floats]

    def split(self, layout: Layout, tiles: Tiles, owner: Ints, corner: Ints) -> None:
        """Takes what tiles that fill their patches come to, in smaller and smaller ones."""
        side = UNITS
        for k in _FACTORS:
            if not len(tiles):
                break
            refined = refine(layout, tiles, k)
            side //= k
            tile, child = set_bits(refined.inside)
            flat = _squares(_corners(corner[tile], child, k, side), side)
            self.flats.append((owner[tile], flat))
            corner = _corners(corner[refined.parent], refined.child, k, side)
            owner, tiles = owner[refined.parent], refined.children
            if side <= FINEST:
                mixed = np.zeros(len(tiles), bool)
                mixed[tiles.pair_tile[layout.mixed[tiles.literal]]] = True
                self.rest.append((owner[mixed], _squares(corner[mixed], side)))
                corner, owner, tiles = corner[~mixed], owner[~mixed], tiles.only(~mixed)
                rich = self.tabulate(layout, tiles, owner, _squares(corner, side))
                corner, owner, tiles = corner[rich], owner[rich], tiles.only(rich)
        self.rich = tiles, owner, _squares(corner, side)

    def tabulate(
        self, layout: Layout, tiles: Tiles, owner: Ints, corner: Floats
    ) -> NDArray[np.bool_]:
        """Takes the tiles that a table can decide, and says which are left."""
        rich = np.ones(len(tiles), bool)
        for n, rows, group in _tabulated(layout, tiles, corner):
            self.groups.setdefault(n, []).append((owner[rows], group))
            rich[rows] = False
        return rich

    def patches(self, count: int) -> list[Patch]:
        """Shares everything out."""
        inside, rest = _shared_out(self.flats, count), _shared_out(self.rest, count)
        parts = {
            n: _shared_out([(who, *group) for who, group in found], count)
            for n, found in self.groups.items()
        }
        tiles, owner, corner = self.rich
        return [
            Patch(
                inside[index][0] if self.flats else NO_CORNERS,
                {n: Group(*part[index]) for n, part in parts.items() if len(part[index][0])},
                rest[index][0] if self.rest else NO_CORNERS,
                *_rich(tiles, corner, owner == index),
            )
            for index in range(count)
        ]

    def together(self, offset: Floats) -> Patch:
        """All of it as one patch, each owner's parts moved by its offset."""

        def moved(owner: Ints, corner: Floats) -> Floats:
            return np.hstack([corner[:, :2] + offset[owner], corner[:, 2:]])

        def joined(found: list[tuple[Ints, Floats]]) -> Floats:
            return np.concatenate([NO_CORNERS, *(moved(*part) for part in found)])

        groups = {
            n: Group(
                joined([(owner, group.corner) for owner, group in found]),
                np.concatenate([group.coefficients for _, group in found]),
                np.concatenate([group.table for _, group in found]),
            )
            for n, found in self.groups.items()
        }
        tiles, owner, corner = self.rich
        rich = moved(owner, corner)
        return Patch(
            joined(self.flats), groups, joined(self.rest), tiles if len(tiles) else None, rich
        )


def _corners(parent: Ints, child: NDArray[Any], k: int, side: int) -> Ints:
    """Lower left corners, int32 (n, 2), of children of squares at `parent`."""
    corner: Ints = (parent + side * np.stack([child % k, child // k], axis=1)).astype(np.int32)
    return corner


def _squares(corner: Ints, side: int) -> Floats:
    """Squares as rectangles, float64 (n, 4)."""
    return np.column_stack([corner, np.full((len(corner), 2), side)]).astype(np.float64)


def _rectangles(box: Floats) -> Floats:
    """Boxes in the coordinates of a patch as rectangles, float64 (n, 4)."""
    low, high = (box[:, :2] + 1) * (UNITS / 2), (box[:, 2:] + 1) * (UNITS / 2)
    return np.hstack([low, high - low])


def _tabulated(
    layout: Layout, tiles: Tiles, corner: Floats
) -> Iterator[tuple[int, NDArray[np.intp], Group]]:
    """The tiles that a table can decide: the number of tests, which tiles, and what they need."""
    if not len(tiles):
        return
    tables = tabulate(layout, tiles)
    for n in range(1, MOST + 1):
        rows = np.flatnonzero(tables.count == n)
        if len(rows):
            pairs = tables.order[tables.first[rows, np.newaxis] + np.arange(n)]
            words = tables.table[rows].view("<u4")[:, : max(1, 2**n // 32)]
            coefficients = tiles.coefficients[pairs].astype(np.float32)
            yield n, rows, Group(corner[rows], coefficients, words.astype(np.uint32))


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


def _rich(tiles: Tiles, corner: Floats, chosen: NDArray[np.bool_]) -> tuple[Tiles | None, Floats]:
    return (tiles.only(chosen), corner[chosen]) if chosen.any() else (None, NO_CORNERS)
