"""Local programs that tell a value's changes wherever they are: what they are counted from."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.engines.numpy_gc import NumpyGc
from viewer.program import parse
from viewer.sign.tiles import Anchor
from viewer.view import Grid, View
from viewer.zoom.local import localise

DISC = parse(b"x var-x\ny var-y\nxx square x\nyy square y\ns add xx yy\nr const 0.5\nd sub s r")
TENT = parse(b"x var-x\ny var-y\na abs x\nb const 0.25\nc mul a b\nd sub y c\nm max d x")

places = st.fractions(-2, 2, max_denominator=10**6)


def disc(x: Fraction, y: Fraction) -> Fraction:
    return x * x + y * y - Fraction(1, 2)


def tent(x: Fraction, y: Fraction) -> Fraction:
    return max(y - abs(x) / 4, x)


@example(Fraction(0), Fraction(0), 128, True)  # an extremum: it changes by squares of what x does
@given(places, places, st.integers(1, 300), st.booleans())
def test_a_field_is_its_base_and_its_changes(
    x: Fraction, y: Fraction, octaves: int, round_: bool
) -> None:
    program, exact = (DISC, disc) if round_ else (TENT, tent)
    anchor = Anchor(x, y, Fraction(1, 2**octaves))
    local = localise(program, anchor, field=True)
    grid = Grid(View(x, y, Fraction(2) ** octaves), 5, 5)
    changes = NumpyGc(local.program).field(local.grid(grid), grid.whole)
    # The change from one sample to the next is what a picture shows.
    for j in range(5):
        for i in range(5):
            at = x + (2 * i - 4) * grid.half, y - (2 * j - 4) * grid.half
            found = Fraction(local.base) + Fraction(local.unit) * Fraction(float(changes[j, i]))
            assert abs(found - exact(*at)) <= Fraction(local.unit) / 2**28
    assert np.abs(changes).max() <= 16


def test_near_the_edge_nothing_is_added() -> None:
    edge = Fraction(1, 2)  # where x and y are
    local = localise(DISC, Anchor(edge, edge, Fraction(1, 10**80)), field=True)
    assert local.base == 0 and not local.undefined
    inside = localise(DISC, Anchor(edge / 2, edge, Fraction(1, 10**80)), field=True)
    assert Fraction(inside.base) == pytest.approx(float(disc(edge / 2, edge)))
    assert not inside.undefined


def test_where_there_is_no_value_that_is_told() -> None:
    root = parse(b"x var-x\ns sqrt x")
    assert localise(root, Anchor(Fraction(-1), Fraction(0), Fraction(1, 8))).undefined
    assert not localise(root, Anchor(Fraction(0), Fraction(0), Fraction(1, 8))).undefined
