"""Patches: rectangles in units, each of which says what is so."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.sign.exact import Square, by_layout, local, value
from tests.sign.painter import Tiling, agrees
from tests.sign.tiling import anchor, layouts, places
from viewer.sign.layout import Ints, Layout
from viewer.sign.masks import Floats
from viewer.sign.patch import EMPTY, FINEST, FULL, UNITS, Group, Patch, build
from viewer.sign.refine import refine
from viewer.sign.tables import MOST
from viewer.sign.tiles import joined, root_tile
from viewer.view import Grid, View

FEWER = settings(max_examples=max(30, settings().max_examples // 3))


def owners(patch: Patch) -> Ints:
    """What each unit of a patch whose parts are apart is, rows from the bottom: 0 outside, -1
    inside, -2 the rest, -3 rich, or the number of tests. Checks that no two squares overlap."""
    units = np.zeros((UNITS, UNITS), np.int32)
    for kind, corners in layers(patch):
        for x, y, side, high in corners.astype(int).tolist():
            assert side == high
            assert 0 <= x < x + side <= UNITS
            assert 0 <= y < y + side <= UNITS
            here = units[y : y + side, x : x + side]
            assert not here.any(), "squares overlap"
            here[...] = kind
        assert (corners == np.round(corners)).all()
    return units


def layers(patch: Patch) -> list[tuple[int, Floats]]:
    """All rectangles, with what they are."""
    found = [(-1, patch.inside), (-2, patch.rest), (-3, patch.rich_corner)]
    return found + [(n, group.corner) for n, group in patch.groups.items()]


def answers(patch: Patch, u: Fraction, v: Fraction) -> list[bool | None]:
    """What the rectangles about a point in units say of it, in float32; None where they leave it
    to others."""
    found: list[bool | None] = []
    for kind, corners in layers(patch):
        low, high = corners[:, :2], corners[:, :2] + corners[:, 2:]
        at = np.array([float(u), float(v)])
        for tile in np.flatnonzero(((low <= at) & (at < high)).all(axis=1)).tolist():
            where = (2 * (at - low[tile]) / corners[tile, 2:] - 1).astype(np.float32)
            found.append(_tested(patch.groups[kind], tile, *where) if kind > 0 else _KINDS[kind])
    return found


_KINDS = {-1: True, -2: None, -3: None}


def _tested(group: Group, tile: int, u: np.float32, v: np.float32) -> bool:
    index = 0
    for test, c in enumerate(group.coefficients[tile]):
        q = c[0] + u * (c[1] + u * c[3] + v * c[4]) + v * (c[2] + v * c[5])
        index |= int(q < 0) << test
    return bool(int(group.table[tile][index >> 5]) >> (index & 31) & 1)


@FEWER
@given(layouts(), st.booleans(), st.data())
def test_what_a_patch_says_is_so(layout: Layout, apart: bool, data: st.DataObject) -> None:
    """At points where no quadratic is next to zero."""
    square = data.draw(places(layout, 6))
    (patch,) = build(layout, root_tile(layout, anchor(square)), apart=apart)
    if apart:
        owners(patch)
    for _ in range(40):
        u, v = (Fraction(data.draw(st.integers(0, UNITS * 64 - 1)), 64) for _ in range(2))
        at = 2 * u / UNITS - 1, 2 * v / UNITS - 1
        literals = []
        for quadratic in layout.quadratics:
            assert quadratic is not None
            coefficients = local(quadratic, square)
            q = value(coefficients, *at)
            if abs(q) * 2**20 < sum(map(abs, coefficients)):
                return
            literals.append(q < 0)
        found = answers(patch, u, v)
        assert len(found) <= 1 or not apart
        if None not in found:
            assert any(found) == by_layout(layout, literals)


@FEWER
@given(layouts(), st.integers(2, 4), st.data())
def test_patches_made_together_are_as_if_alone(layout: Layout, k: int, data: st.DataObject) -> None:
    root = root_tile(layout, anchor(data.draw(places(layout, 5))))
    children = refine(layout, root, k).children
    alone = [children.only(np.arange(len(children)) == n) for n in range(min(4, len(children)))]
    if not alone:
        return
    together = build(layout, joined(layout, alone))
    assert len(together) == len(alone)
    for patch, one in zip(together, alone, strict=True):
        (expected,) = build(layout, one)
        for (kind, mine), (other, its) in zip(layers(patch), layers(expected), strict=True):
            assert kind == other
            assert mine.tolist() == its.tolist()
        assert patch.groups.keys() == expected.groups.keys()
        for n, group in patch.groups.items():
            assert group.coefficients.tobytes() == expected.groups[n].coefficients.tobytes()
        assert patch.bytes == expected.bytes
        for array in arrays(patch):
            assert array.base is None or array.base.nbytes == array.nbytes, "it keeps the others"


@FEWER
@given(layouts(), st.data())
def test_shapes_and_sizes(layout: Layout, data: st.DataObject) -> None:
    root = root_tile(layout, anchor(data.draw(places(layout, 5))))
    (patch,) = build(layout, root, apart=True)
    owners(patch)
    for n, group in patch.groups.items():
        assert 1 <= n <= MOST
        m = len(group.corner)
        assert m > 0
        assert set(group.corner[:, 2].tolist()) <= {FINEST, FINEST // 2, FINEST // 4}
        assert group.corner.dtype == np.float64
        assert group.coefficients.dtype == np.float32
        assert group.table.dtype == np.uint32
        assert group.coefficients.shape == (m, n, 6)
        assert group.table.shape == (m, max(1, 2**n // 32))
    assert patch.bytes >= sum(array.nbytes for array in arrays(patch))


def arrays(patch: Patch) -> list[NDArray[Any]]:
    found: list[NDArray[Any]] = [patch.inside, patch.rest, patch.rich_corner]
    return found + [array for group in patch.groups.values() for array in group]


def test_flat_patches() -> None:
    assert (owners(EMPTY) == 0).all()
    assert (owners(FULL) == -1).all()


def fan(lines: int) -> str:
    """Wedges between lines that all meet at the origin."""
    text, top = ["x var-x", "y var-y"], ""
    for index in range(lines):
        angle = 3.0 * index / lines
        text += [f"a{index} const {np.cos(angle):.6f}", f"b{index} const {np.sin(angle):.6f}"]
        text += [f"c{index} mul x a{index}", f"d{index} mul y b{index}"]
        text.append(f"l{index} add c{index} d{index}")
        if index % 2:
            text += [f"n{index} neg l{index}", f"w{index} max l{index - 1} n{index}"]
            if top:
                text.append(f"t{index} min {top} w{index}")
            top = f"t{index}" if top else f"w{index}"
    return "\n".join(text)


@pytest.mark.parametrize("lines", [8, 10, 24])
@pytest.mark.parametrize("zoom", [1, 1000])
def test_where_too_many_edges_meet_it_is_decided_point_by_point(lines: int, zoom: int) -> None:
    tiling = Tiling(fan(lines))
    grid = Grid(View(Fraction(1, 10**6), Fraction(0), Fraction(zoom)), 150, 101)
    agrees(tiling.block(grid, grid.whole), tiling.text, grid)
    assert tiling.atlas is not None
    assert tiling.layout is not None
    (patch,) = build(
        tiling.layout,
        root_tile(tiling.layout, anchor(Square(Fraction(0), Fraction(0), Fraction(1)))),
    )
    assert (patch.rich is not None) == (lines > MOST)
    if patch.rich is not None:
        counts = np.bincount(patch.rich.pair_tile)
        assert (counts > MOST).all()
        assert (patch.rich_corner[:, 2:] == 1).all()
        assert len(patch.rich) == len(patch.rich_corner) >= 4
