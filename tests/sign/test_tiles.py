"""Batches of tiles: chosen from, put together, anchored anew, they are the same tiles."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.sign.checks import KS, LAW, equal, same_quadratics, scales, well_formed
from tests.sign.exact import Square
from tests.sign.tiling import anchor, layouts, places
from viewer.sign.layout import Layout
from viewer.sign.refine import refine
from viewer.sign.tiles import joined, reanchored, root_tile


@LAW
@given(layouts(), KS, KS, st.data())
def test_tiles_that_go_together_are_as_if_alone(
    layout: Layout, k: int, again: int, data: st.DataObject
) -> None:
    """`only` and `joined` change no tile, and `refine` does to a batch what it does to each."""
    root = root_tile(layout, anchor(data.draw(places(layout, 6))))
    tiles = refine(layout, root, k).children
    order = data.draw(st.lists(st.integers(0, max(0, len(tiles) - 1)), min_size=1, max_size=5))
    alone = [tiles.only(np.arange(len(tiles)) == number) for number in order if len(tiles)]
    if not alone:
        return
    for one in alone:
        well_formed(layout, one)
    batch = joined(layout, alone)
    well_formed(layout, batch)
    each = [refine(layout, one, again) for one in alone]
    together = refine(layout, batch, again)
    assert together.inside.tolist() == [int(one.inside[0]) for one in each]
    assert together.open.tolist() == [int(one.open[0]) for one in each]
    for index, refined in enumerate(each):
        equal(together.children.only(together.parent == index), refined.children)
        equal(batch.only(np.arange(len(batch)) == index), alone[index])


@LAW
@given(layouts(), KS, st.data())
def test_a_tile_anchored_anew_is_the_same_but_sharper(
    layout: Layout, k: int, data: st.DataObject
) -> None:
    square = data.draw(places(layout))
    found = refine(layout, root_tile(layout, anchor(square)), k)
    for number in range(min(3, len(found.children))):
        here = square.child(int(found.child[number]), k)
        unit = Fraction(10) ** 9  # an anchor's coordinates are decimals or dyadic
        if k not in (2, 4, 5, 8):
            here = Square(*(round(n * unit) / unit for n in here))
            if not here.half:
                continue
        tile = found.children.only(np.arange(len(found.children)) == number)
        sharp = reanchored(layout, tile, anchor(here))
        well_formed(layout, sharp)
        same_quadratics(layout, here, sharp, 0, scales(layout, here, sharp))
        assert sharp.literal.tolist() == tile.literal.tolist()
        size = np.abs(sharp.coefficients).max(axis=1)
        assert (sharp.error <= 2.0**-49 * size).all()


@LAW
@given(layouts(), KS, st.data())
def test_an_empty_batch_has_no_children(layout: Layout, k: int, data: st.DataObject) -> None:
    root = root_tile(layout, anchor(data.draw(places(layout))))
    nothing = root.only(np.zeros(1, bool))
    found = refine(layout, nothing, k)
    assert len(nothing) == len(found.children) == len(found.inside) == len(found.open) == 0
