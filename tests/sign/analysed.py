"""Laws of an analysis of tiles, of which there may be broken copies: see `test_refine.py`."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sign.checks import (
    KS,
    LAW,
    UNITS,
    bit,
    same_quadratics,
    scales,
    well_formed,
)
from tests.sign.exact import (
    Square,
    by_layout,
    by_tile,
    extremes,
    local,
    value,
)
from tests.sign.tiling import Touch, anchor, layouts, nudged, places, touches
from viewer.sign import refine as refine_module
from viewer.sign import tiles as tiles_module
from viewer.sign.layout import Layout
from viewer.sign.refine import Refined
from viewer.sign.tiles import Tiles


def truths(layout: Layout, square: Square) -> list[bool | None]:
    """Of each literal: true all over a square, false all over it, or neither."""
    found: list[bool | None] = []
    for quadratic in layout.quadratics:
        assert quadratic is not None
        least, most = extremes(local(quadratic, square))
        found.append(True if most < 0 else False if least >= 0 else None)
    return found


def decided(layout: Layout, literals: list[bool | None]) -> bool | None:
    """And/or of those, each operand for itself."""
    values = list(literals)
    for node, every in enumerate(layout.all):
        operands = [values[o] for o in layout.edge_operand[layout.edge_node == node]]
        absorbing = not every
        if absorbing in operands:
            values.append(absorbing)
        else:
            values.append(None if None in operands else bool(every))
    return values[layout.root]


def sound(layout: Layout, square: Square, found: Refined, k: int, tile: int = 0) -> None:
    """What a tile's children are said to be is what they are, all over."""
    for child in range(k * k):
        if bit(found.open[tile], child):
            assert not bit(found.inside[tile], child)
            continue
        truth = decided(layout, truths(layout, square.child(child, k)))
        said = bit(found.inside[tile], child)
        assert truth is said, f"child {child} of {k} x {k} is {truth}, not {said}"


def same_formula(
    layout: Layout, tiles: Tiles, tile: int, square: Square, at: tuple[Fraction, Fraction]
) -> None:
    """What is left of the formula in a tile says at a point what the whole formula says."""
    where = square.at(*at)
    literals = []
    for quadratic in layout.quadratics:
        assert quadratic is not None
        literals.append(value(quadratic, *where) < 0)
    pairs = [literals[literal] for literal in tiles.literal]
    assert by_tile(layout, tiles, tile, pairs) == by_layout(layout, literals)


class Analysis(NamedTuple):
    """What the laws are about."""

    root_tile: Callable[..., Tiles] = tiles_module.root_tile
    refine: Callable[..., Refined] = refine_module.refine


@settings(LAW, max_examples=5 * LAW.max_examples)
@given(touches())
def decides_nothing_that_touches(tiles: Analysis, touch: Touch) -> None:
    """Where a quadratic all but touches zero, no rounding decides wrongly."""
    root = tiles.root_tile(touch.layout, anchor(touch.square))
    found = tiles.refine(touch.layout, root, touch.k)
    truth = decided(touch.layout, truths(touch.layout, touch.square.child(touch.child, touch.k)))
    if not bit(found.open[0], touch.child):
        assert truth is bit(found.inside[0], touch.child)


@LAW
@given(layouts(), KS, st.data())
def decides_what_is_so(tiles: Analysis, layout: Layout, k: int, data: st.DataObject) -> None:
    """All over a child, exactly."""
    square = data.draw(places(layout))
    root = tiles.root_tile(layout, anchor(square))
    sound(layout, square, tiles.refine(layout, root, k), k)


@LAW
@given(
    layouts(most=2),
    KS,
    st.sampled_from((1e-3, 0.02, 0.3)),
    st.lists(st.sampled_from((-1, 1)), min_size=12, max_size=12),
    st.data(),
)
def trusts_no_more_than_the_error(
    tiles: Analysis, layout: Layout, k: int, by: float, signs: list[int], data: st.DataObject
) -> None:
    """Coefficients that are off by up to their error decide nothing wrongly either."""
    square = data.draw(places(layout, 5))
    root = nudged(tiles.root_tile(layout, anchor(square)), by, signs)
    sound(layout, square, tiles.refine(layout, root, k), k)


@LAW
@given(layouts(), st.lists(KS, min_size=1, max_size=4), st.data())
def hands_down_what_is_left(
    tiles: Analysis, layout: Layout, ks: list[int], data: st.DataObject
) -> None:
    """Down any chain of levels: the formula, the coefficients, the place."""
    square = data.draw(places(layout))
    batch = tiles.root_tile(layout, anchor(square))
    scale = scales(layout, square, batch)
    same_quadratics(layout, square, batch, 0, scale)
    for k in ks:
        found = tiles.refine(layout, batch, k)
        children = found.children
        well_formed(layout, children)
        assert len(children) == len(found.parent) == len(found.child)
        assert list(found.child) == [c for c in range(k * k) if bit(found.open[0], c)]
        if not len(children):
            return
        tile = data.draw(st.integers(0, len(children) - 1))
        assert found.parent[tile] == 0
        square = square.child(int(found.child[tile]), k)
        same_quadratics(layout, square, children, tile, scale)
        same_formula(layout, children, tile, square, data.draw(st.tuples(UNITS, UNITS)))
        for centre, exact in ((children.x, square.x), (children.y, square.y)):
            off = abs(Fraction(float(centre[tile])) - exact)
            assert off <= max(Fraction(1), abs(exact)) / 2**48
        assert abs(Fraction(float(children.half)) - square.half) <= square.half * 2.0**-48
        batch = children.only(np.arange(len(children)) == tile)


LAWS = (
    hands_down_what_is_left,
    decides_nothing_that_touches,
    trusts_no_more_than_the_error,
    decides_what_is_so,
)
