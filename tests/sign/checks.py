"""What laws of tiles check: that batches are what they say, with the right coefficients."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import Phase, settings
from hypothesis import strategies as st

from tests.sign.exact import Square, extremes, local
from viewer.sign.layout import Layout
from viewer.sign.tiles import Tiles

KS = st.integers(2, 8)
LAW = settings(
    max_examples=max(60, settings().max_examples // 2),
    derandomize=settings().max_examples <= 100,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
"""The same examples each time, since broken copies are judged by them too (the long profile has
others each time), and no shrinking, which would take long with so many broken copies."""


UNITS = st.fractions(-1, 1, max_denominator=100) | st.sampled_from((Fraction(-1), Fraction(1)))


def bit(mask: Any, number: int) -> bool:
    return bool(int(mask) >> number & 1)


def scales(layout: Layout, square: Square, tiles: Tiles) -> list[Fraction]:
    """The powers of ten that the literals of a square's only tile are scaled by."""
    found = [Fraction(0)] * layout.literals
    for literal, computed in zip(tiles.literal, tiles.coefficients.tolist(), strict=True):
        quadratic = layout.quadratics[literal]
        assert quadratic is not None
        exact = local(quadratic, square)
        largest = max(range(6), key=lambda index: abs(exact[index]))
        ratio = Fraction(computed[largest]) / exact[largest]
        assert ratio > 0
        digits = math.log10(ratio.numerator) - math.log10(ratio.denominator)
        found[literal] = Fraction(10) ** round(digits)
    return found


def same_quadratics(
    layout: Layout, square: Square, tiles: Tiles, tile: int, scale: list[Fraction]
) -> None:
    """A tile's coefficients are those of the exact quadratics there, up to their `error`."""
    for pair in np.flatnonzero(tiles.pair_tile == tile):
        literal = int(tiles.literal[pair])
        quadratic = layout.quadratics[literal]
        assert quadratic is not None
        exact = [number * scale[literal] for number in local(quadratic, square)]
        computed = [Fraction(float(number)) for number in tiles.coefficients[pair]]
        off = [a - b for a, b in zip(exact, computed, strict=True)]
        furthest = max(map(abs, extremes(off)))
        assert furthest <= Fraction(float(tiles.error[pair])), f"literal {literal} is off"


def well_formed(layout: Layout, tiles: Tiles) -> None:
    """What `Tiles` says of its arrays."""
    pairs = len(tiles.literal)
    tile = np.concatenate([tiles.pair_tile, tiles.node_tile])
    assert (tile[tiles.root] == np.arange(len(tiles))).all()
    assert (np.diff(tiles.edge_node) >= 0).all()
    assert set(tiles.edge_node) == set(range(len(tiles.node)))
    assert (tile[tiles.edge_operand] == tiles.node_tile[tiles.edge_node]).all()
    read = {*tiles.edge_operand.tolist(), *tiles.root.tolist()}
    assert read == set(range(pairs + len(tiles.node)))
    level = np.concatenate([np.zeros(pairs, int), layout.level[tiles.node]])
    assert (np.diff(level) >= 0).all()
    assert (level[tiles.edge_operand] < level[pairs + tiles.edge_node]).all()
    for own, name in ((tiles.pair_tile, tiles.literal), (tiles.node_tile, tiles.node)):
        assert len({*zip(own.tolist(), name.tolist(), strict=True)}) == len(own)


def equal(a: Tiles, b: Tiles) -> None:
    """The same tiles, up to the order of pairs in a tile."""
    assert len(a) == len(b)
    assert a.half == b.half
    for name in ("x", "y"):
        assert getattr(a, name).tolist() == getattr(b, name).tolist()
    for one in range(len(a)):
        (text, other) = (_written(tiles, one) for tiles in (a, b))
        assert text == other


def _written(tiles: Tiles, tile: int) -> object:
    """The formula of a tile as nested sets of literals with their coefficients."""
    parts: list[object] = [
        (int(literal), tuple(coefficients), float(error))
        for literal, coefficients, error in zip(
            tiles.literal, tiles.coefficients.tolist(), tiles.error, strict=True
        )
    ]
    for node, number in enumerate(tiles.node):
        operands = tiles.edge_operand[tiles.edge_node == node]
        parts.append((int(number), frozenset(parts[operand] for operand in operands)))
    return parts[tiles.root[tile]]
