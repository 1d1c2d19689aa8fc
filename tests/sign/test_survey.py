"""Surveys as laws: they tell of every pixel, and the truth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from viewer.passes import optimise
from viewer.program import Program, read
from viewer.sign.atlas import Atlas, sheet
from viewer.sign.cover import cover
from viewer.sign.formula import sign_form
from viewer.sign.layout import Layout, lay_out
from viewer.sign.survey import FLAT, Survey, survey
from viewer.view import Grid, View

OTHER = "something else"


@cache
def shape(name: str) -> tuple[Program, Layout]:
    program = optimise(read(ROOT / "assets" / f"{name}.vm"))
    return program, lay_out(sign_form(program, Decimal(0)))


def surveyed(layout: Layout, grid: Grid) -> tuple[Survey, Atlas]:
    atlas, wanted = Atlas(layout), sheet(grid, grid.whole)
    atlas.make(wanted.squares())
    return survey(atlas, grid, wanted, wanted.squares(), OTHER), atlas


def grids() -> st.SearchStrategy[Grid]:
    place = st.integers(-100, 100).map(lambda n: Fraction(n, 100))
    zoom = st.sampled_from(["0.3", "1", "3.7", "40"]).map(Fraction)
    side = st.integers(1, 300)
    return st.builds(
        lambda x, y, z, w, h: Grid(View(x, y, z), w, h), place, place, zoom, side, side
    )


@pytest.mark.parametrize("name", ["dreams", "gears", "hello"])
@given(grid=grids())
@settings(max_examples=12)
def test_flat_is_where_nothing_is_tested(name: str, grid: Grid) -> None:
    """And all of that, but for what is around a piece."""
    _, layout = shape(name)
    found, _ = surveyed(layout, grid)
    flat, tested = np.zeros((2, grid.height, grid.width), int)
    for zone in found.zones:
        for i, j, width, height in zone.rectangles:
            (tested if zone.heat else flat)[j : j + height, i : i + width] += 1
    assert flat.max() <= 1
    assert not (flat & (tested > 0)).any()
    assert sum(zone.pixels for zone in found.zones) == flat.sum() + tested.sum()
    assert [zone.heat for zone in found.zones] == sorted({zone.heat for zone in found.zones})
    patches = np.zeros_like(flat)
    for i, j, width, height in found.patches:
        patches[j : j + height, i : i + width] += 1
    assert (patches == 1).all()


@pytest.mark.parametrize("name", ["dreams", "gears"])
@given(grid=grids())
@settings(max_examples=10)
def test_it_tells_what_is_drawn(name: str, grid: Grid) -> None:
    _, layout = shape(name)
    found, atlas = surveyed(layout, grid)
    drawn = cover(layout, atlas, grid, grid.whole)
    zones = {zone.name: sorted(map(tuple, zone.rectangles)) for zone in found.zones}
    tests = {
        f"{n} test{'s' if n > 1 else ''}": sorted(map(tuple, group.rectangle))
        for n, group in drawn.tests.items()
    }
    if len(drawn.rest):
        tests[OTHER] = sorted(map(tuple, drawn.rest))
    assert {key: zones[key] for key in zones if key not in (FLAT, "point by point")} == tests


def test_a_survey_as_a_page() -> None:
    _, layout = shape("hello")
    found, _ = surveyed(layout, Grid(View(), 512, 512))
    assert [(zone.name, len(zone.rectangles)) for zone in found.zones] == [
        ("no edge", 664),
        ("1 test", 108),
    ]
    assert found.notes[:4] == (
        "a test: is this side of a curve inside?",
        "1.00 tests in a tile on average",
        "tiles from 16.0 pixels a side",
        "blue: 4 parts worked out as a whole",
    )
