"""Pieces: small shapes of a union, each drawn in a box of its own.

    tile:  or( a, b, c, d )            a and b are small: they become pieces, with tight boxes
           +----------------+          c and d stay, and are refined
           | [a]    cccccccc|
           |   [b]  cc   ddd|
           +----------------+

Where shapes are smaller than tiles, a tile has tests of all of them, and a shape is tested in all
tiles that it touches. A box of its own costs its tests once. Boxes overlap each other and tiles:
that is a union too, as long as whatever is outside is left alone.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.layout import Layout
from viewer.sign.masks import Floats, Mask, set_bits
from viewer.sign.parts import Flags, Indices, parts, without
from viewer.sign.polygons import room
from viewer.sign.refine import Boxes, known, recentred, refine
from viewer.sign.tables import MOST
from viewer.sign.tiles import Tiles

CELLS = 8
"""What is bounded by more than lines is split in so many cells a side, to find a smaller box."""
SPREAD = 2.4
"""A box of w x h leaves is worth it up to w h = SPREAD (w + h): testing it all costs as much as
the tiles along its edge would (measured on llvmpipe)."""
CROWD = 64
"""A union of fewer operands is left alone: its tiles are quick to find and to draw, and what
follows takes NumPy a few milliseconds for however few."""
HALVINGS = 2
"""How often what has too many tests is cut in 2 x 2."""


class Pieces(NamedTuple):
    """tiles: one for each piece; they span [-1, 1] in their boxes.   box: float64 (pieces, 4),
    left, low, right and high in the coordinates of the tile that it is from.   source: int64
    (pieces,), which of the operands that were asked for it shows, or a part of."""

    tiles: Tiles
    box: Floats
    source: Indices

    def only(self, chosen: Flags) -> "Pieces":
        """Some of them."""
        return Pieces(self.tiles.only(chosen), self.box[chosen], self.source[chosen])


class Detached(NamedTuple):
    """left: what is left of a batch of tiles, and `which` tiles those are: the others have
    nothing more.   pieces: those with few enough tests.   inside: float64 (flats, 4), boxes that
    are inside.   owner, inside_owner: the tile that each is from."""

    left: Tiles
    which: Flags
    pieces: list[tuple[Indices, Pieces]]
    inside: list[tuple[Indices, Floats]]


def detach(layout: Layout, tiles: Tiles, leaves: int) -> Detached:
    """Takes the pieces off a batch of tiles that are so many leaves wide."""
    edges = np.flatnonzero(_in_unions(layout, tiles))
    if not len(edges):
        return Detached(tiles, np.ones(len(tiles), bool), [], [])
    found, parent = parts(tiles, edges)
    stays = np.zeros(len(edges), bool)
    stays[found.pair_tile[layout.mixed[found.literal]]] = True
    cut = _Cut(layout)
    whole = np.tile([-1.0, -1.0, 1.0, 1.0], (len(edges), 1))
    pieces = cut.fit(Pieces(found, whole, np.arange(len(edges))).only(~stays))
    worth = _worth(pieces.box, leaves)
    stays[pieces.source[~worth]] = True
    stays[cut.cut(pieces.only(worth))] = True
    left, which = without(tiles, edges[~stays])
    kept = [one.only(~stays[one.source]) for one in cut.done]
    inside = [(parent[source[c]], box[c]) for source, box in cut.inside if len(c := ~stays[source])]
    return Detached(left, which, [(parent[one.source], one) for one in kept], inside)


def _in_unions(layout: Layout, tiles: Tiles) -> Flags:
    """Which edges are those of a root that is an or of many."""
    root = tiles.root - len(tiles.literal)
    union = np.zeros(len(tiles.node), bool)
    union[root[root >= 0]] = True
    union &= ~layout.all[tiles.node]
    union &= np.bincount(tiles.edge_node, minlength=len(union)) >= CROWD
    return union[tiles.edge_node]


def _worth(box: Floats, leaves: int) -> Flags:
    """Which boxes are, in tiles of so many leaves."""
    width, height = (box[:, 2:] - box[:, :2]).T * (leaves / 2)
    return np.asarray(width * height <= SPREAD * (width + height))


class _Cut:
    """Fits and cuts pieces. `done`: those with few enough tests. `inside`: the sources of boxes
    that are inside altogether, and the boxes."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.done: list[Pieces] = []
        self.inside: list[tuple[Indices, Floats]] = []

    def cut(self, pieces: Pieces) -> Indices:
        """The sources of what still has too many tests at the end."""
        for halving in range(HALVINGS + 1):
            if not len(pieces.tiles):
                break
            rich = np.bincount(pieces.tiles.pair_tile, minlength=len(pieces.tiles)) > MOST
            self.done.append(pieces.only(~rich))
            pieces = pieces.only(rich)
            if halving < HALVINGS:
                pieces = self.fit(self._split(pieces, 2))
        return pieces.source

    def fit(self, pieces: Pieces) -> Pieces:
        """The same in boxes as small as they can be, and without the tests that these spare."""
        tiles, (box, some) = pieces.tiles, _tightened(self._layout, pieces.tiles)
        fitted = Pieces(_placed(tiles, box), _within(pieces.box, box), pieces.source)
        return self._split(fitted.only(some), 1)

    def _split(self, pieces: Pieces, k: int) -> Pieces:
        """The k x k children of each that are open."""
        found = refine(self._layout, pieces.tiles, k)
        tile, child = set_bits(found.inside)
        self.inside.append((pieces.source[tile], _within(pieces.box[tile], _children(child, k))))
        box = _within(pieces.box[found.parent], _children(found.child, k))
        return Pieces(found.children, box, pieces.source[found.parent])


def _tightened(layout: Layout, tiles: Tiles) -> tuple[Floats, Flags]:
    """Boxes of what may be inside, in each tile's coordinates, and whether there is any."""
    box, some, sharp = room(layout, tiles)
    if len(blunt := np.flatnonzero(some & ~sharp)):
        split = _placed(tiles.only(some & ~sharp), box[blunt])
        inner, some[blunt] = _boxes(known(layout, split, CELLS).above[split.root])
        box[blunt] = _within(box[blunt], inner)
    return box, some


def _placed(tiles: Tiles, box: Floats) -> Tiles:
    """The tiles in boxes of theirs."""
    middle, half = (box[:, :2] + box[:, 2:]) / 2, (box[:, 2:] - box[:, :2]) / 2
    to = Boxes(*middle[tiles.pair_tile].T, *half[tiles.pair_tile].T)
    coefficients, error = recentred(tiles.coefficients, tiles.error, to)
    return replace(tiles, coefficients=coefficients, error=error)


def _within(box: Floats, inner: Floats) -> Floats:
    """Boxes in boxes, all in the coordinates of the outer ones' squares."""
    middle, half = (box[:, :2] + box[:, 2:]) / 2, (box[:, 2:] - box[:, :2]) / 2
    return np.tile(middle, 2) + np.tile(half, 2) * inner


def _children(child: NDArray[np.integer[Any]], k: int) -> Floats:
    """The boxes of k x k children."""
    low = np.stack([child % k, child // k], axis=1) * (2 / k) - 1
    return np.hstack([low, low + 2 / k])


def _boxes(outside: Mask) -> tuple[Floats, Flags]:
    """The boxes of the cells that are not in the masks, and whether there are any."""
    rows = (~outside).astype("<u8").view(np.uint8).reshape(-1, CELLS)
    across = np.bitwise_or.reduce(rows, axis=1)
    along = np.packbits(rows != 0, axis=1, bitorder="little")[:, 0]
    ends = [_ENDS[across, 0], _ENDS[along, 0], _ENDS[across, 1], _ENDS[along, 1]]
    return np.stack(ends, axis=1) * (2 / CELLS) - 1, across != 0


_ENDS = np.array([(max(0, (n & -n).bit_length() - 1), n.bit_length()) for n in range(2**CELLS)])
"""Of each octet: its lowest bit that is set, and one more than its highest."""
