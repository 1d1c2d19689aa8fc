"""Truth tables equal the formula on all assignments."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sign.exact import by_tile
from tests.sign.tiling import anchor, formula, layouts, places
from viewer.program.quadratic import Quadratic
from viewer.sign import tables as module
from viewer.sign.formula import Node
from viewer.sign.layout import Layout, lay_out
from viewer.sign.refine import refine
from viewer.sign.tables import MOST, WORDS, tabulate
from viewer.sign.tiles import Anchor, Tiles, joined, root_tile


def correct(layout: Layout, tiles: Tiles) -> None:
    """Every bit of every table that is meaningful."""
    found = tabulate(layout, tiles)
    assert found.table.shape == (len(tiles), WORDS)
    assert found.table.dtype == np.uint64
    for tile in range(len(tiles)):
        own = np.flatnonzero(tiles.pair_tile == tile)
        first, count = int(found.first[tile]), int(found.count[tile])
        tests = found.order[first : first + count]
        assert sorted(tests.tolist()) == own.tolist()
        if count > MOST:
            continue
        table = sum(int(word) << 64 * place for place, word in enumerate(found.table[tile]))
        pairs = [False] * len(tiles.literal)
        for answers in product((False, True), repeat=count):
            index = 0
            for number, answer in enumerate(answers):
                pairs[tests[number]] = answer
                index |= answer << number
            assert bool(table >> index & 1) == by_tile(layout, tiles, tile, pairs)


@given(layouts(most=MOST + 1), st.data())
def test_of_one_tile(layout: Layout, data: st.DataObject) -> None:
    correct(layout, root_tile(layout, anchor(data.draw(places(layout)))))


@settings(max_examples=40)
@given(layouts(most=6), st.integers(2, 4), st.data())
def test_of_a_batch(layout: Layout, k: int, data: st.DataObject) -> None:
    """Reduced formulas, of tiles with different numbers of tests."""
    root = root_tile(layout, anchor(data.draw(places(layout, 3))))
    tiles = refine(layout, root, k).children
    if len(tiles):
        some = tiles.only(np.arange(len(tiles)) < 6)
        correct(layout, joined(layout, [root, some, root]))


@given(layouts(), st.data())
def test_of_no_tiles(layout: Layout, data: st.DataObject) -> None:
    root = root_tile(layout, anchor(data.draw(places(layout))))
    found = tabulate(layout, root.only(np.zeros(1, bool)))
    assert len(found.count) == len(found.first) == len(found.order) == len(found.table) == 0


def test_the_law_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests in another order than their bits."""
    monkeypatch.setattr(module, "_PATTERNS", module._PATTERNS[::-1])
    line, other = Quadratic(x=Decimal(1)), Quadratic(y=Decimal(1))
    both = Node(True, (0, 1)), Node(False, (1, 2))
    layout = lay_out(formula([line, other], both, [False, False]))
    with pytest.raises(AssertionError):
        correct(layout, root_tile(layout, Anchor(Fraction(0), Fraction(0), Fraction(1))))
