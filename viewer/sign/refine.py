"""Refining: what of the formula stays open in the children of a batch of tiles.

    bound    what every open literal can be over the k x k children of its tile
    reduce   up the formula: which children are surely inside, which surely outside
             and down again: what is still open, and still matters, in which child

All tiles go together and nothing is visited in Python one by one. The answer about a (tile,
operand) pair is two 64-bit masks over the children, after the MPR renderer (Keeter 2020), whose
tiles have 64 children too; DESIGN calls these steps 1 and 2.

      v
      ^   +--+--+-- ... --+      a tile spans [-1, 1] in its own u and v;
      |   |56|57|         |63    child 0 is at u = v = -1, and its number
      |   +--+--+               grows with u first, as the mask's bits do
      |   ...
      |   | 0| 1|         | 7
      +------------------------> u
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.layout import Ints, Layout
from viewer.sign.masks import Floats, Mask, centres, every, pack, set_bits, unpack
from viewer.sign.tiles import EPSILON, Tiles


class Bounds(NamedTuple):
    """Masks over children: where a value is surely below zero, and where it surely is not."""

    below: Mask
    above: Mask


class Refined(NamedTuple):
    """The children that are still open, and what is known of all.

    children: the open ones.   parent, child: int32 (children,), where each came from.
    inside, open: masks (tiles,) over the children of the tiles that were refined.
    """

    children: Tiles
    parent: Ints
    child: Ints
    inside: Mask
    open: Mask


def refine(
    layout: Layout,
    tiles: Tiles,
    k: int,
    wanted: Mask | None = None,
) -> Refined:
    """Splits each tile into k x k children, k at most 8, and keeps what is open of each.

    Children that are not in `wanted`, masks (tiles,), are taken to be outside.
    """
    wanted_ = np.full(len(tiles), every(k)) if wanted is None else wanted
    levels = _levels(layout, tiles)
    below, above = _up(layout, tiles, _bound(layout, tiles, k), levels)
    below[tiles.root] &= wanted_
    open_ = ~(below | above) & every(k)
    open_[tiles.root] &= wanted_
    matters, edges = _down(tiles, open_, levels)
    children, parent, child = _children(tiles, k, matters, edges)
    return Refined(children, parent, child, below[tiles.root], open_[tiles.root])


def known(layout: Layout, tiles: Tiles, k: int) -> Bounds:
    """What is known of all operands, pairs first and then nodes, in the children of their tile."""
    return _up(layout, tiles, _bound(layout, tiles, k), _levels(layout, tiles))


def _bound(layout: Layout, tiles: Tiles, k: int) -> Bounds:
    """Ranges of all literals over all children.

    Without the mixed term a quadratic is a function of u plus one of v: k values and radii each,
    then one sum a child. The radius over a child of half side s is |slope| s + |curvature| s^2,
    which holds on either side of its centre.
    """
    below, above = np.empty((2, len(tiles.literal)), np.uint64)
    mixed = tiles.coefficients[:, 4] != 0
    for chosen in (~mixed, mixed):
        if chosen.any():
            ranges = _ranges(tiles.coefficients[chosen], tiles.error[chosen], k)
            below[chosen], above[chosen] = ranges
    bounds = Bounds(below, above)
    _bound_expressions(layout, tiles, k, bounds)
    return bounds


def _bound_expressions(layout: Layout, tiles: Tiles, k: int, bounds: Bounds) -> None:
    """Puts the ranges of the other literals into `bounds`: one evaluation for all of them, over
    the children of every tile in which any is open."""
    pairs = np.flatnonzero(layout.mixed[tiles.literal])
    if not len(pairs):
        return
    literals = tiles.literal[pairs]
    open_, row = np.unique(tiles.pair_tile[pairs], return_inverse=True)
    offsets = centres(k) * tiles.half
    x, y = np.broadcast_arrays(
        tiles.x[open_, np.newaxis, np.newaxis] + offsets[np.newaxis, np.newaxis, :],
        tiles.y[open_, np.newaxis, np.newaxis] + offsets[np.newaxis, :, np.newaxis],
    )
    asked = layout.expressions.only(np.unique(literals).tolist())
    for literal, (true, false) in asked.bound(x, y, tiles.half / k).items():
        chosen = literals == literal
        bounds.below[pairs[chosen]] = pack(true)[row[chosen]]
        bounds.above[pairs[chosen]] = pack(false)[row[chosen]]


def _ranges(coefficients: Floats, error: Floats, k: int) -> Bounds:
    at, s = centres(k), 1 / k
    c, gu, gv, uu, uv, vv = [column[:, np.newaxis] for column in coefficients.T]
    # Sixteen roundings of terms this large at most, and what the coefficients are off by.
    pad = error[:, np.newaxis] + 16 * EPSILON * np.abs(coefficients).sum(axis=1, keepdims=True)
    along_u, along_v = c + (gu + uu * at) * at, (gv + vv * at) * at
    radius_u = np.abs(gu + 2 * uu * at) * s + pad
    radius_v = np.abs(gv + 2 * vv * at) * s
    if uv.any():
        centre = along_v[:, :, np.newaxis] + along_u[:, np.newaxis, :]
        centre += uv[:, :, np.newaxis] * (at[:, np.newaxis] * at)
        slant = np.abs(uv) * (np.abs(at) * s + s * s)
        curved = (np.abs(uu) + np.abs(vv)) * s * s
        radius = (radius_v + slant + curved)[:, :, np.newaxis] + (
            radius_u + np.abs(uv) * np.abs(at) * s
        )[:, np.newaxis, :]
        return Bounds(pack(centre + radius < 0), pack(centre - radius > 0))
    low_u = along_u - radius_u + np.minimum(uu, 0) * s * s
    high_u = along_u + radius_u + np.maximum(uu, 0) * s * s
    low_v = along_v - radius_v + np.minimum(vv, 0) * s * s
    high_v = along_v + radius_v + np.maximum(vv, 0) * s * s
    return Bounds(
        pack(high_u[:, np.newaxis, :] < -high_v[:, :, np.newaxis]),
        pack(low_u[:, np.newaxis, :] > -low_v[:, :, np.newaxis]),
    )


class _Level(NamedTuple):
    """The nodes and edges of one level: `starts` are the nodes' first edges, counted from the
    level's own."""

    nodes: slice
    edges: slice
    starts: NDArray[np.intp]


def _levels(layout: Layout, tiles: Tiles) -> list[_Level]:
    level = layout.level[tiles.node]
    nodes = np.searchsorted(level, np.arange(1, layout.levels + 2))
    first = np.searchsorted(tiles.edge_node, np.arange(len(tiles.node) + 1))
    return [
        _Level(slice(low, high), slice(first[low], first[high]), first[low:high] - first[low])
        for low, high in pairwise(nodes)
        if high > low
    ]


def _up(layout: Layout, tiles: Tiles, bounds: Bounds, levels: list[_Level]) -> Bounds:
    """The masks of all operands: surely true, surely false.

    An or is true where any operand is and false where all are; an and is the same with the two
    exchanged, so both go through one pair of reductions.
    """
    pairs = len(tiles.literal)
    true, false = np.empty((2, pairs + len(tiles.node)), np.uint64)
    true[:pairs], false[:pairs] = bounds
    every = layout.all[tiles.node]
    for nodes, edges, starts in levels:
        operands = tiles.edge_operand[edges]
        conjunctive = every[tiles.edge_node[edges]]
        yes, no = true[operands], false[operands]
        any_ = np.bitwise_or.reduceat(np.where(conjunctive, no, yes), starts)
        all_ = np.bitwise_and.reduceat(np.where(conjunctive, yes, no), starts)
        here = slice(pairs + nodes.start, pairs + nodes.stop)
        true[here] = np.where(every[nodes], all_, any_)
        false[here] = np.where(every[nodes], any_, all_)
    return Bounds(true, false)


def _down(tiles: Tiles, open_: Mask, levels: list[_Level]) -> tuple[Mask, Mask]:
    """Where each operand is open and matters, and where each edge does: those in which its node
    matters and its operand is open. A decided operand has done its work."""
    pairs = len(tiles.literal)
    matters = np.zeros(len(open_), np.uint64)
    matters[tiles.root] = open_[tiles.root]
    edge_matters = np.zeros(len(tiles.edge_node), np.uint64)
    for _, edges, _ in reversed(levels):
        operands = tiles.edge_operand[edges]
        here = matters[pairs + tiles.edge_node[edges]] & open_[operands]
        edge_matters[edges] = here
        np.bitwise_or.at(matters, operands, here)
    return matters, edge_matters


def _children(tiles: Tiles, k: int, matters: Mask, edges: Mask) -> tuple[Tiles, Ints, Ints]:
    """The open children, renumbered, and the tile and child number that each came from."""
    pairs = len(tiles.literal)
    parent, child = set_bits(matters[tiles.root])
    number = np.empty((len(tiles), 64), np.int32)
    number[parent, child] = np.arange(len(parent), dtype=np.int32)

    pair, pair_child = set_bits(matters[:pairs])
    node, node_child = set_bits(matters[pairs:])
    edge, edge_child = set_bits(edges)
    operand = np.empty((len(matters), 64), np.int32)
    operand[pair, pair_child] = np.arange(len(pair), dtype=np.int32)
    operand[pairs + node, node_child] = len(pair) + np.arange(len(node), dtype=np.int32)
    edge_node = operand[pairs + tiles.edge_node[edge], edge_child] - len(pair)
    order = np.argsort(edge_node, kind="stable")

    u, v = centres(k)[child % k], centres(k)[child // k]
    at = Boxes(centres(k)[pair_child % k], centres(k)[pair_child // k], 1 / k, 1 / k)
    coefficients, error = recentred(tiles.coefficients[pair], tiles.error[pair], at)
    children = Tiles(
        x=tiles.x[parent] + tiles.half * u,
        y=tiles.y[parent] + tiles.half * v,
        half=tiles.half / k,
        pair_tile=number[tiles.pair_tile[pair], pair_child],
        literal=tiles.literal[pair],
        coefficients=coefficients,
        error=error,
        node_tile=number[tiles.node_tile[node], node_child],
        node=tiles.node[node],
        edge_node=edge_node[order],
        edge_operand=operand[tiles.edge_operand[edge], edge_child][order],
        root=operand[tiles.root[parent], child],
    )
    return children, parent.astype(np.int32), child.astype(np.int32)


class Boxes(NamedTuple):
    """Centres and half sides of boxes in the coordinates of the squares that they are in."""

    u: Floats
    v: Floats
    wide: Floats | float
    high: Floats | float


def recentred(coefficients: Floats, error: Floats, to: Boxes) -> tuple[Floats, Floats]:
    """Quadratics, float64 (n, 6), in coordinates that span [-1, 1] in a box each, and how far
    those may be off."""
    u, v, wide, high = to
    c, gu, gv, uu, uv, vv = coefficients.T
    local = np.stack(
        [
            c + (gu + uu * u + uv * v) * u + (gv + vv * v) * v,
            (gu + 2 * uu * u + uv * v) * wide,
            (gv + 2 * vv * v + uv * u) * high,
            uu * (wide * wide),
            uv * (wide * high),
            vv * (high * high),
        ],
        axis=1,
    )
    return local, error + 8 * EPSILON * np.abs(coefficients).sum(axis=1)


def settled(layout: Layout, tiles: Tiles, bounds: Bounds) -> Bounds:
    """What is known of each tile from what is known of its pairs: masks (tiles,), where it surely
    is inside, and where it surely is not."""
    true, false = _up(layout, tiles, bounds, _levels(layout, tiles))
    return Bounds(true[tiles.root], false[tiles.root])


def inside_at(layout: Layout, tiles: Tiles, u: Floats, v: Floats) -> NDArray[np.bool_]:
    """The formula at up to 8 x 8 points of each tile, shape (tiles, rows of v, columns of u).

    u, v: float64 (tiles, up to 8), in the tile's coordinates.
    """
    c, gu, gv, uu, uv, vv = [column[:, np.newaxis] for column in tiles.coefficients.T]
    us, vs = u[tiles.pair_tile], v[tiles.pair_tile]
    values = ((gv + vv * vs) * vs)[:, :, np.newaxis] + (c + (gu + uu * us) * us)[:, np.newaxis, :]
    values += uv[:, :, np.newaxis] * vs[:, :, np.newaxis] * us[:, np.newaxis, :]
    below = pack(values < 0)
    bits = unpack(settled(layout, tiles, Bounds(below, ~below)).below)
    bits = bits[:, : u.shape[1] * v.shape[1]]
    return bits.reshape(len(tiles), v.shape[1], u.shape[1])
