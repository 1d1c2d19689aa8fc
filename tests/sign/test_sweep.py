"""Pictures swept from the top: right, each sample in one tile, the same bits from any row on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests import oracle
from tests.sign import painter
from tests.sign.painter import Picture, Tiling, agrees, at_edge, owned, part
from tests.sign.shapes import csg
from tests.sign.test_cover import DEEP, grids
from tests.sign.test_runs import cuts
from tests.sign.test_smooth import RICH
from tests.strategies import shapes
from viewer.program import parse, read
from viewer.sign import sweep
from viewer.sign.cover import Cover
from viewer.sign.formula import sign_form
from viewer.sign.layout import Layout, lay_out
from viewer.sign.sweep import Sweep
from viewer.view import Block, Grid, View

FEWER = settings(max_examples=max(25, settings().max_examples // 4))


def laid_out(text: str) -> Layout | None:
    """The layout of a formula over quadratics; None for others."""
    formula = sign_form(parse(text.encode()))
    return None if isinstance(formula.root, bool) or not formula.pure else lay_out(formula)


def swept(
    layout: Layout | None, grid: Grid, samples: int = 1, rows: Iterable[range] = ()
) -> Picture:
    """All samples of a picture, from its rows in parts."""
    assert layout is not None
    found = Sweep(layout, grid, samples)
    fine = grid.supersampled(samples)
    picture = np.zeros((fine.height, fine.width), bool)
    for some in rows or [range(grid.height)]:
        strip = Block(0, some.start * samples, fine.width, len(some) * samples)
        everything = painted(found.covers(some), fine.whole)
        picture[strip.j : strip.j + strip.height] = everything[strip.j : strip.j + strip.height]
    return picture


def painted(covers: Iterable[Cover], block: Block) -> Picture:
    """Covers painted, of which no two rectangles may overlap."""
    picture = np.zeros((block.height, block.width), bool)
    over = np.zeros(picture.shape, np.int64)
    for cover in covers:
        assert not len(cover.rest)
        for rectangle in cover.inside:
            part(over, block, rectangle)[...] += 1
            part(picture, block, rectangle)[...] = True
        for group in cover.tests.values():
            owned(group)
            for index, rectangle in enumerate(group.rectangle):
                part(over, block, rectangle)[...] += 1
                part(picture, block, rectangle)[...] = painter.tested(group, index)
    assert over.max(initial=0) <= 1, "rectangles overlap"
    return picture


@given(st.one_of(csg(), shapes()), grids(), st.sampled_from((1, 3, 1024)))
def test_the_picture_is_right(text: str, grid: Grid, squares: int) -> None:
    """However many squares there are in a band."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "SQUARES", squares)
        layout = laid_out(text)
        assume(layout is not None)
        agrees(swept(layout, grid), text, grid)


@FEWER
@given(shapes(), grids(200), st.integers(1, 3), st.data())
def test_it_is_the_same_bits_in_any_parts(
    text: str, grid: Grid, samples: int, data: st.DataObject
) -> None:
    layout = laid_out(text)
    assume(layout is not None)
    whole = swept(layout, grid, samples)
    parts = data.draw(cuts(grid.height))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "SQUARES", 1)
        parted = swept(layout, grid, samples, parts)
        again = swept(layout, grid, samples, reversed(parts))
    # A tile says the same wherever it is asked, and bands are made of the same tiles.
    assert np.array_equal(parted, again)
    assert np.array_equal(parted, whole)


@pytest.mark.parametrize("digits", [2, 6, 30, 100])
@pytest.mark.parametrize("shape", DEEP)
def test_it_is_the_picture_of_the_window_at_any_depth(shape: str, digits: int) -> None:
    text = f"x var-x\ny var-y\n{DEEP[shape]}"
    grid = Grid(at_edge(oracle.read(text), digits), 240, 130)
    picture = swept(laid_out(text), grid)
    assert 0 < picture.sum() < picture.size, "there is no edge in the picture"
    assert np.array_equal(picture, Tiling(text).block(grid, grid.whole))


@pytest.mark.parametrize("zoom", ["1e-1000", "1e-30", "1e1000"])
def test_there_is_no_zoom_that_is_too_much(zoom: str) -> None:
    text = f"x var-x\ny var-y\n{DEEP['circle']}"
    grid = Grid(View.parse(f"0.1,0.7@{zoom}"), 9, 8)
    picture = swept(laid_out(text), grid)
    expected = np.arange(8) >= 4 if "e-" not in zoom else np.zeros(8, bool)
    assert (picture == expected[:, np.newaxis]).all()


@pytest.mark.parametrize("size", [(300, 9000), (9000, 300)])
@pytest.mark.parametrize("squares", [1, 1024])
def test_what_is_inside_far_and_wide_is_told_once(
    size: tuple[int, int], squares: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it reaches over many bands. `swept` sees what overlaps."""
    monkeypatch.setattr(sweep, "SQUARES", squares)
    text = "x var-x\ny var-y\nc const 31\na sub x c\nb sub y c\nr max a b"
    grid = Grid(View(), *size)
    xs, ys = grid.xs(grid.whole, np.float64), grid.ys(grid.whole, np.float64)
    expected = (xs < 31)[np.newaxis, :] & (ys < 31)[:, np.newaxis]
    assert np.array_equal(swept(laid_out(text), grid), expected)


def test_small_tiles_where_many_tests_meet() -> None:
    for side in (60, 300):
        grid = Grid(View.parse("0.001,0.0007@7"), side, side)
        assert np.array_equal(swept(laid_out(RICH), grid), Tiling(RICH).block(grid, grid.whole))


@pytest.mark.parametrize("reference", [False, True])
def test_the_challenge_s_picture(shared: Path, reference: bool) -> None:
    layout = lay_out(sign_form(read(shared / "models" / "prospero.vm")))
    grid = Grid(View(), 1024, 1024, reference=reference)
    name = "prospero-1024-reference.png" if reference else "prospero-1024.png"
    with Image.open(shared / "expected" / name) as found:
        expected = np.asarray(found.convert("L")) > 127
    assert np.array_equal(swept(layout, grid), expected)


def test_little_is_kept(shared: Path) -> None:
    """Whatever has been swept: two bands."""
    layout = lay_out(sign_form(read(shared / "models" / "prospero.vm")))
    found, most = Sweep(layout, Grid(View(), 50_000, 50_000)), 0
    for row in range(20_000, 26_000, 100):
        bands = list(found.covers(range(row, row + 100)))
        assert 1 <= len(bands) <= sweep.KEPT
        tiles = sum(len(group.rectangle) for band in bands for group in band.tests.values())
        most = max(most, tiles)
    assert 5_000 < most < 50_000
