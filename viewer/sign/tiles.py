"""Tiles: squares of the model plane, each with the part of the formula that is open in it.

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

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.program.quadratic import PLACES
from viewer.sign.layout import Ints, Layout

Mask = NDArray[np.uint64]
Floats = NDArray[np.float64]

EPSILON = float(np.finfo(np.float64).eps)


class Anchor(NamedTuple):
    """An exact square of the model plane: its centre and half its side. All three are decimals or
    dyadic, so that they can be written exactly."""

    x: Fraction
    y: Fraction
    half: Fraction


@dataclass(frozen=True, slots=True)
class Tiles:
    """A batch of open tiles of one size, with their own small formulas.

    x, y: float64 (tiles,), centres in model units, rounded.   half: half a side. What has to be
        exact at any depth is in the coefficients.
    pair_tile, literal: int32 (pairs,): a literal that is open in a tile.
    coefficients: float64 (pairs, 6): its quadratic in the tile's u and v (see `Layout`).
    error: float64 (pairs,): how far those may be from the exact quadratic, anywhere in the tile.
    node_tile, node: int32 (nodes,): a node of the layout that is open in a tile, by level.
    edge_node, edge_operand: int32 (edges,): sorted by node; operands are pairs, then nodes.
    root: int32 (tiles,): the operand that decides the tile.
    """

    x: Floats
    y: Floats
    half: float
    pair_tile: Ints
    literal: Ints
    coefficients: Floats
    error: Floats
    node_tile: Ints
    node: Ints
    edge_node: Ints
    edge_operand: Ints
    root: Ints

    def __len__(self) -> int:
        return len(self.x)

    def arrays(self) -> list[NDArray[Any]]:
        """Everything that is kept in memory."""
        values = (getattr(self, field.name) for field in fields(self))
        return [value for value in values if isinstance(value, np.ndarray)]

    def only(self, chosen: NDArray[np.bool_]) -> "Tiles":
        """Some of the tiles, renumbered."""
        pairs, nodes = chosen[self.pair_tile], chosen[self.node_tile]
        edges = nodes[self.edge_node]
        tile = np.cumsum(chosen, dtype=np.int32) - 1
        operand = np.cumsum(np.concatenate([pairs, nodes]), dtype=np.int32) - 1
        count = int(pairs.sum())
        return Tiles(
            x=self.x[chosen],
            y=self.y[chosen],
            half=self.half,
            pair_tile=tile[self.pair_tile[pairs]],
            literal=self.literal[pairs],
            coefficients=self.coefficients[pairs],
            error=self.error[pairs],
            node_tile=tile[self.node_tile[nodes]],
            node=self.node[nodes],
            edge_node=operand[len(pairs) + self.edge_node[edges]] - count,
            edge_operand=operand[self.edge_operand[edges]],
            root=operand[self.root[chosen]],
        )


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


def root_tile(layout: Layout, anchor: Anchor) -> Tiles:
    """One tile with the whole formula in it, on the square of the anchor.

    The coefficients there are exact until they are rounded once, each literal scaled by a power
    of ten of its own, which leaves its sign: so an anchor may be as deep as it likes.
    """
    centre, side = (_decimal(anchor.x), _decimal(anchor.y)), _decimal(anchor.half)
    local = np.zeros((layout.literals, 6))
    for index, quadratic in enumerate(layout.quadratics):
        if quadratic is not None:
            local[index] = quadratic.recentred(*centre, side).scaled()
    nodes = np.arange(len(layout.all), dtype=np.int32)
    return Tiles(
        x=np.array([float(anchor.x)]),
        y=np.array([float(anchor.y)]),
        half=float(anchor.half),
        pair_tile=np.zeros(layout.literals, np.int32),
        literal=np.arange(layout.literals, dtype=np.int32),
        coefficients=local,
        error=EPSILON * np.abs(local).sum(axis=1),
        node_tile=np.zeros(len(nodes), np.int32),
        node=nodes,
        edge_node=layout.edge_node,
        edge_operand=layout.edge_operand,
        root=np.array([layout.root], np.int32),
    )


def reanchored(layout: Layout, tiles: Tiles, anchor: Anchor) -> Tiles:
    """A single tile that fills the square of an anchor, its coefficients taken exactly again."""
    centre, side = (_decimal(anchor.x), _decimal(anchor.y)), _decimal(anchor.half)
    local = np.zeros((len(tiles.literal), 6))
    for pair, literal in enumerate(tiles.literal.tolist()):
        quadratic = layout.quadratics[literal]
        if quadratic is not None:
            local[pair] = quadratic.recentred(*centre, side).scaled()
    return replace(tiles, coefficients=local, error=EPSILON * np.abs(local).sum(axis=1))


def joined(layout: Layout, parts: Sequence[Tiles]) -> Tiles:
    """Several batches as one, in order. `half` is the first one's."""
    pairs = _offsets([len(part.literal) for part in parts])
    nodes = _offsets([len(part.node) for part in parts])
    tiles = _offsets([len(part) for part in parts])
    node = np.concatenate([part.node for part in parts])
    order = np.argsort(layout.level[node], kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)

    def operand(numbers: Ints, index: int) -> Ints:
        """Pairs first, then nodes, of all parts."""
        own = len(parts[index].literal)
        is_node = numbers >= own
        at = np.where(is_node, nodes[index] + numbers - own, 0)
        return np.where(is_node, pairs[-1] + place[at] if len(place) else 0, pairs[index] + numbers)

    each = range(len(parts))
    edge_node = np.concatenate([place[nodes[i] + parts[i].edge_node] for i in each])
    edges = np.argsort(edge_node, kind="stable")
    return Tiles(
        x=np.concatenate([part.x for part in parts]),
        y=np.concatenate([part.y for part in parts]),
        half=parts[0].half,
        pair_tile=np.concatenate([tiles[i] + parts[i].pair_tile for i in each]),
        literal=np.concatenate([part.literal for part in parts]),
        coefficients=np.concatenate([part.coefficients for part in parts]),
        error=np.concatenate([part.error for part in parts]),
        node_tile=np.concatenate([tiles[i] + parts[i].node_tile for i in each])[order],
        node=node[order],
        edge_node=edge_node[edges],
        edge_operand=np.concatenate([operand(parts[i].edge_operand, i) for i in each])[edges],
        root=np.concatenate([operand(parts[i].root, i) for i in each]),
    )


def _offsets(counts: Sequence[int]) -> Ints:
    """Where each part begins, and the total at the end."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def _decimal(value: Fraction) -> Decimal:
    """A number whose denominator is a power of two (or ten), exactly."""
    places = value.denominator.bit_length()
    digits, rest = divmod(value.numerator * 10**places, value.denominator)
    assert not rest, f"{value} is not a decimal"
    return PLACES.scaleb(Decimal(digits), -places)


def refine(
    layout: Layout,
    tiles: Tiles,
    k: int,
    wanted: Mask | None = None,
) -> Refined:
    """Splits each tile into k x k children, k at most 8, and keeps what is open of each.

    Children that are not in `wanted`, masks (tiles,), are taken to be outside.
    """
    bounds = _bound(tiles, k)
    _bound_expressions(layout, tiles, k, bounds)
    wanted_ = np.full(len(tiles), _used(k)) if wanted is None else wanted
    levels = _levels(layout, tiles)
    below, above = _up(layout, tiles, bounds, levels)
    below[tiles.root] &= wanted_
    open_ = ~(below | above) & _used(k)
    open_[tiles.root] &= wanted_
    matters, edges = _down(tiles, open_, levels)
    children, parent, child = _children(tiles, k, matters, edges)
    return Refined(children, parent, child, below[tiles.root], open_[tiles.root])


def _used(k: int) -> np.uint64:
    """The mask of all k * k children."""
    return np.uint64(2 ** (k * k) - 1)


def _centres(k: int) -> Floats:
    """Where the children's centres are in u or v."""
    return (2 * np.arange(k) + 1 - k) / k


def pack(flags: NDArray[np.bool_]) -> Mask:
    """Masks from flags of shape (n, k, k), v first."""
    each = flags.reshape(len(flags), flags.shape[1] * flags.shape[2])
    bits = np.packbits(each, axis=1, bitorder="little")
    padded = np.zeros((len(flags), 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view("<u8")[:, 0].astype(np.uint64, copy=False)


def set_bits(masks: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The index and the bit of every bit that is set, in order."""
    octets = np.ascontiguousarray(masks.astype("<u8", copy=False)).view(np.uint8).reshape(-1, 8)
    index, bit = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
    return index, bit


def _bound(tiles: Tiles, k: int) -> Bounds:
    """Ranges of all quadratics over all children.

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
    return Bounds(below, above)


def _bound_expressions(layout: Layout, tiles: Tiles, k: int, bounds: Bounds) -> None:
    """Puts the ranges of the other literals into `bounds`: one evaluation for all of them, over
    the children of every tile in which any is open."""
    pairs = np.flatnonzero(layout.mixed(tiles.literal))
    if not len(pairs):
        return
    literals = tiles.literal[pairs]
    open_, row = np.unique(tiles.pair_tile[pairs], return_inverse=True)
    offsets = _centres(k) * tiles.half
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
    centres, s = _centres(k), 1 / k
    c, gu, gv, uu, uv, vv = [column[:, np.newaxis] for column in coefficients.T]
    # Sixteen roundings of terms this large at most, and what the coefficients are off by.
    pad = error[:, np.newaxis] + 16 * EPSILON * np.abs(coefficients).sum(axis=1, keepdims=True)
    along_u, along_v = c + (gu + uu * centres) * centres, (gv + vv * centres) * centres
    radius_u = np.abs(gu + 2 * uu * centres) * s + pad
    radius_v = np.abs(gv + 2 * vv * centres) * s
    if uv.any():
        centre = along_v[:, :, np.newaxis] + along_u[:, np.newaxis, :]
        centre += uv[:, :, np.newaxis] * (centres[:, np.newaxis] * centres)
        slant = np.abs(uv) * (np.abs(centres) * s + s * s)
        curved = (np.abs(uu) + np.abs(vv)) * s * s
        radius = (radius_v + slant + curved)[:, :, np.newaxis] + (
            radius_u + np.abs(uv) * np.abs(centres) * s
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


def _up(layout: Layout, tiles: Tiles, bounds: Bounds, levels: list[_Level]) -> tuple[Mask, Mask]:
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
    return true, false


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

    u, v = _centres(k)[child % k], _centres(k)[child // k]
    coefficients, error = _recentred(tiles, k, pair, pair_child)
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


def _recentred(
    tiles: Tiles, k: int, pair: NDArray[np.intp], child: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """The quadratics of pairs in their children's coordinates, and the errors of those."""
    s = 1 / k
    u, v = _centres(k)[child % k], _centres(k)[child // k]
    parent = tiles.coefficients[pair]
    c, gu, gv, uu, uv, vv = parent.T
    local = np.stack(
        [
            c + (gu + uu * u + uv * v) * u + (gv + vv * v) * v,
            (gu + 2 * uu * u + uv * v) * s,
            (gv + 2 * vv * v + uv * u) * s,
            uu * (s * s),
            uv * (s * s),
            vv * (s * s),
        ],
        axis=1,
    )
    return local, tiles.error[pair] + 8 * EPSILON * np.abs(parent).sum(axis=1)


def inside_at(layout: Layout, tiles: Tiles, u: Floats, v: Floats) -> NDArray[np.bool_]:
    """The formula at up to 8 x 8 points of each tile, shape (tiles, rows of v, columns of u).

    u, v: float64 (tiles, up to 8), in the tile's coordinates.
    """
    c, gu, gv, uu, uv, vv = [column[:, np.newaxis] for column in tiles.coefficients.T]
    us, vs = u[tiles.pair_tile], v[tiles.pair_tile]
    values = ((gv + vv * vs) * vs)[:, :, np.newaxis] + (c + (gu + uu * us) * us)[:, np.newaxis, :]
    values += uv[:, :, np.newaxis] * vs[:, :, np.newaxis] * us[:, np.newaxis, :]
    below = pack(values < 0)
    true, _ = _up(layout, tiles, Bounds(below, ~below), _levels(layout, tiles))
    octets = np.ascontiguousarray(true[tiles.root].astype("<u8")).view(np.uint8).reshape(-1, 8)
    bits = np.unpackbits(octets, axis=1, bitorder="little")[:, : u.shape[1] * v.shape[1]]
    return bits.reshape(len(tiles), v.shape[1], u.shape[1]).astype(bool)
