"""Parts of the formulas of tiles: some operands as tiles of their own, and what is left."""

import numpy as np
from numpy.typing import NDArray

from viewer.sign.layout import Ints
from viewer.sign.tiles import Tiles

Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]


def parts(tiles: Tiles, edges: Indices) -> tuple[Tiles, Indices]:
    """The operands of those edges as tiles, one each, in order, and which tile each is from: on
    the same square, with what the operand reads and nothing else."""
    pairs, count = len(tiles.literal), len(edges)
    number = np.arange(count)
    asked = tiles.edge_operand[edges]
    # An operand or edge of a part as one number, the part last: in their order they are a batch.
    operands, read = _reached(tiles, asked.astype(np.int64) * count + number, count)
    operand, part = np.divmod(operands, count)
    edge, owner = np.divmod(read, count)
    own = int(np.searchsorted(operand, pairs))

    def renamed(old: Ints, part: Indices) -> Ints:
        return np.searchsorted(operands, old.astype(np.int64) * count + part).astype(np.int32)

    node = renamed(pairs + tiles.edge_node[edge], owner) - own
    order = np.argsort(node, kind="stable")
    tile = tiles.node_tile[tiles.edge_node[edges]]
    found = Tiles(
        x=tiles.x[tile],
        y=tiles.y[tile],
        half=tiles.half,
        pair_tile=part[:own].astype(np.int32),
        literal=tiles.literal[operand[:own]],
        coefficients=tiles.coefficients[operand[:own]],
        error=tiles.error[operand[:own]],
        node_tile=part[own:].astype(np.int32),
        node=tiles.node[operand[own:] - pairs],
        edge_node=node[order],
        edge_operand=renamed(tiles.edge_operand[edge], owner)[order],
        root=renamed(asked, number),
    )
    return found, tile.astype(np.intp)


def without(tiles: Tiles, edges: Indices) -> tuple[Tiles, Flags]:
    """Unions without some of their operands: `edges` are those of roots. Which tiles are left:
    those that have an operand yet."""
    pairs = len(tiles.literal)
    kept = np.ones(len(tiles.edge_node), bool)
    kept[edges] = False
    left = np.bincount(tiles.edge_node[kept], minlength=len(tiles.node)) > 0
    chosen = np.concatenate([np.ones(pairs, bool), left])[tiles.root]
    reached = np.zeros(pairs + len(tiles.node), bool)
    reached[tiles.root[chosen]] = True
    used, count = np.zeros(len(kept), bool), 0
    while count < (count := int(reached.sum())):
        used = kept & reached[pairs + tiles.edge_node]
        reached[tiles.edge_operand[used]] = True
    return tiles.kept(chosen, reached, used), chosen


def _reached(tiles: Tiles, front: Indices, count: int) -> tuple[Indices, Indices]:
    """All that parts read, from their roots: operands and edges, ascending."""
    pairs = len(tiles.literal)
    first = np.searchsorted(tiles.edge_node, np.arange(len(tiles.node) + 1))
    operands, read = [front], [np.empty(0, np.int64)]
    while len(front := front[front >= pairs * count]):
        node, part = np.divmod(front, count)
        low, high = first[node - pairs], first[node - pairs + 1]
        size = high - low
        edge = np.repeat(low - np.cumsum(size) + size, size) + np.arange(size.sum())
        owner = np.repeat(part, size)
        read.append(edge * count + owner)
        front = np.unique(tiles.edge_operand[edge].astype(np.int64) * count + owner)
        operands.append(front)
    return np.unique(np.concatenate(operands)), np.unique(np.concatenate(read))
