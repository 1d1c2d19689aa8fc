"""Truth tables: what is left of the formula in a tile with few open literals.

Such a tile is n tests and a table of 2^n bits: bit i is the answer where test j is true just where
bit j of i is set. The formulas of all tiles are evaluated once, on patterns of that many bits.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from viewer.sign.layout import Ints, Layout
from viewer.sign.tiles import Tiles

MOST = 7
"""The largest number of tests in a table: six coefficients each, the table, and the tile's place
must fit the sixty components that a vertex shader can hand on in every GL 3.3."""

WORDS = 2**MOST // 64


@dataclass(frozen=True, slots=True)
class Tables:
    """count: int32 (tiles,), open literals.   table: uint64 (tiles, WORDS), lowest bit first; only
    tiles with a count up to `MOST` have a meaningful one.
    order: int32 (pairs,), the pairs sorted by tile; those of tile t begin at `first[t]`, and the
    j-th of them is test j."""

    count: Ints
    first: Ints
    order: Ints
    table: NDArray[np.uint64]


def tabulate(layout: Layout, tiles: Tiles) -> Tables:
    """The tables of all tiles of a batch."""
    count = np.bincount(tiles.pair_tile, minlength=len(tiles)).astype(np.int32)
    first = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int32)[: len(tiles)]
    order = np.argsort(tiles.pair_tile, kind="stable").astype(np.int32)
    test = np.empty(len(order), np.intp)
    test[order] = np.arange(len(order)) - first[tiles.pair_tile[order]]
    pairs = len(order)
    values = np.empty((pairs + len(tiles.node), WORDS), np.uint64)
    values[:pairs] = _PATTERNS[np.minimum(test, MOST - 1)]
    every = layout.all[tiles.node]
    start = np.searchsorted(tiles.edge_node, np.arange(len(tiles.node) + 1))
    bounds = np.searchsorted(layout.level[tiles.node], np.arange(1, layout.levels + 2))
    for low, high in pairwise(bounds):
        if high > low:
            operands = values[tiles.edge_operand[start[low] : start[high]]]
            starts = start[low:high] - start[low]
            values[pairs + low : pairs + high] = np.where(
                every[low:high, np.newaxis],
                np.bitwise_and.reduceat(operands, starts),
                np.bitwise_or.reduceat(operands, starts),
            )
    return Tables(count, first, order, values[tiles.root])


def _patterns() -> NDArray[np.uint64]:
    """Row j: the 2**MOST bits whose i-th is bit j of i."""
    numbers = np.arange(2**MOST)
    bits = (numbers >> np.arange(MOST)[:, np.newaxis]) & 1
    return np.packbits(bits.astype(bool), axis=1, bitorder="little").view("<u8").astype(np.uint64)


_PATTERNS = _patterns()
