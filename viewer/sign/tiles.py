"""Tiles: squares of the model plane, each with the part of the formula that is open in it.

A batch is arrays: nothing about it is visited in Python tile by tile. A tile spans [-1, 1] in its
own u and v, and its quadratics are in those, so that no coordinate is ever large and wanted small.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import isfinite, nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.program.number import nearest
from viewer.program.quadratic import PLACES
from viewer.sign.layout import Ints, Layout

Mask = NDArray[np.uint64]
Floats = NDArray[np.float64]

EPSILON = float(np.finfo(np.float64).eps)
WIDEST = 2**40
"""Half the side of the largest root in float64: its coefficients still fit in float32."""


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
        nodes = chosen[self.node_tile]
        operands = np.concatenate([chosen[self.pair_tile], nodes])
        return self.kept(chosen, operands, nodes[self.edge_node])

    def kept(
        self, chosen: NDArray[np.bool_], operands: NDArray[np.bool_], edges: NDArray[np.bool_]
    ) -> "Tiles":
        """Some tiles, and of those some operands and edges, renumbered. What is kept must be a
        batch: each edge with its ends, each tile with its root."""
        count = len(self.literal)
        pairs, nodes = operands[:count], operands[count:]
        tile = np.cumsum(chosen, dtype=np.int32) - 1
        operand = np.cumsum(operands, dtype=np.int32) - 1
        left = int(pairs.sum())
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
            edge_node=operand[count + self.edge_node[edges]] - left,
            edge_operand=operand[self.edge_operand[edges]],
            root=operand[self.root[chosen]],
        )


def root_tile(layout: Layout, anchor: Anchor) -> Tiles:
    """One tile with the whole formula in it, on the square of the anchor. In float64, but for a
    very large one: squares within it are anchored exactly where that does not do."""
    x, y, half = _float(anchor.x), _float(anchor.y), _float(anchor.half)
    nodes = np.arange(len(layout.all), dtype=np.int32)
    tile = Tiles(
        x=np.array([x]),
        y=np.array([y]),
        half=half,
        pair_tile=np.zeros(layout.literals, np.int32),
        literal=np.arange(layout.literals, dtype=np.int32),
        coefficients=np.zeros((layout.literals, 6)),
        error=np.zeros(layout.literals),
        node_tile=np.zeros(len(nodes), np.int32),
        node=nodes,
        edge_node=layout.edge_node,
        edge_operand=layout.edge_operand,
        root=np.array([layout.root], np.int32),
    )
    if anchor.half > WIDEST:
        return reanchored(layout, tile, anchor)
    c, cx, cy, xx, xy, yy = layout.coefficients.T
    local = [
        c + x * (cx + x * xx + y * xy) + y * (cy + y * yy),
        half * (cx + 2 * x * xx + y * xy),
        half * (cy + 2 * y * yy + x * xy),
        half * half * xx,
        half * half * xy,
        half * half * yy,
    ]
    wide, high = abs(x) + half, abs(y) + half
    reach = np.array([1, wide, high, wide * wide, wide * high, high * high])
    error = 16 * EPSILON * (np.abs(layout.coefficients) @ reach)
    return replace(tile, coefficients=np.stack(local, axis=1), error=error)


def reanchored(layout: Layout, tiles: Tiles, anchor: Anchor) -> Tiles:
    """A single tile in the square of an anchor, its coefficients taken exactly again. What is open
    in the whole tile may be decided there."""
    centre, side = (_decimal(anchor.x), _decimal(anchor.y)), _decimal(anchor.half)
    local = np.zeros((len(tiles.literal), 6))
    for pair, literal in enumerate(tiles.literal.tolist()):
        quadratic = layout.quadratics[literal]
        if quadratic is not None:
            local[pair] = quadratic.recentred(*centre, side).scaled()
    return replace(
        tiles,
        x=np.array([_float(anchor.x)]),
        y=np.array([_float(anchor.y)]),
        half=_float(anchor.half),
        coefficients=local,
        error=EPSILON * np.abs(local).sum(axis=1),
    )


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


def _float(value: Fraction) -> float:
    """Rounded once. What is too large is NaN, about which bounds know nothing."""
    rounded = float(nearest(value, np.float64))
    return rounded if isfinite(rounded) else nan


@lru_cache(maxsize=4)
def _fives(power: int) -> Decimal:
    """The centres of all squares of a size have as many binary places."""
    return PLACES.power(Decimal(5), power)


def _decimal(value: Fraction) -> Decimal:
    """A number whose denominator is a power of two (or ten), exactly."""
    places = value.denominator.bit_length()
    if value.denominator & (value.denominator - 1) == 0:  # without the long division
        places -= 1
        return PLACES.scaleb(PLACES.multiply(Decimal(value.numerator), _fives(places)), -places)
    digits, rest = divmod(value.numerator * 10**places, value.denominator)
    assert not rest, f"{value} is not a decimal"
    return PLACES.scaleb(Decimal(digits), -places)
