"""Levels, tiles and what lies around views, exactly."""

from __future__ import annotations

import io
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.picture.shapes import DISC, TEXT
from viewer.engines.blocks import Blocks
from viewer.errors import UsageError
from viewer.picture.render import MAX_SAMPLES, render_rows
from viewer.pyramid import levels
from viewer.pyramid.draw import Recipe, draw, draw_with
from viewer.pyramid.levels import BATCH, OVERLAP, SHEET, TILE, Batch, Pyramid
from viewer.pyramid.page import areas
from viewer.pyramid.plan import DEEPEST, REACH, ROOT, SCREEN, Stage, depth, plan, region
from viewer.view import Grid, View

Point = tuple[Fraction, Fraction]

coordinates = st.fractions(-2, 2, max_denominator=10**9)
exponents = st.integers(-3, 3)
grids = st.builds(
    lambda x, y, power, steps, width, height, z: Grid(
        View(x, y, Fraction(10) ** power, steps), width, height, z
    ),
    *(coordinates, coordinates, exponents, st.integers(-50, 50)),
    *(st.integers(1, 5000), st.integers(1, 5000), coordinates),
)


def sample(grid: Grid, i: int, j: int) -> Point:
    """The point of a grid's pixel, after the formula that `Grid` states."""
    return (
        grid.view.x + (2 * i - (grid.width - 1)) * grid.half,
        grid.view.y - (2 * j - (grid.height - 1)) * grid.half,
    )


@given(grids)
def test_the_finest_level_is_the_picture(grid: Grid) -> None:
    pyramid = Pyramid.of(grid)
    found, block = pyramid.place(Batch(pyramid.top, 0, 0))
    assert found.size == grid.size and found.z == grid.z and (block.i, block.j) == (0, 0)
    for at in ((0, 0), (grid.width - 1, grid.height - 1)):
        assert sample(found, *at) == sample(grid, *at)


@given(grids, st.data())
def test_a_pixel_is_the_mean_place_of_four(grid: Grid, data: st.DataObject) -> None:
    pyramid = Pyramid.of(grid).deeper(data.draw(st.integers(0, 60)))
    level = data.draw(st.integers(0, pyramid.top - 1)) if pyramid.top else 0
    width, height = pyramid.size(level)
    for side, whole in ((width, pyramid.width), (height, pyramid.height)):
        assert side == math.ceil(Fraction(whole, 2 ** (pyramid.top - level)))
    i, j = (data.draw(st.integers(0, side - 1)) for side in (width, height))
    x, y = point(pyramid, level, i, j)
    if pyramid.top:
        four = [point(pyramid, level + 1, 2 * i + a, 2 * j + b) for a in (0, 1) for b in (0, 1)]
        assert (x, y) == tuple(sum(values) / 4 for values in zip(*four, strict=True))


def point(pyramid: Pyramid, level: int, i: int, j: int) -> Point:
    """Where a level's pixel is, by the sheet that its batch lies on; also just outside of it."""
    width, height = pyramid.size(level)
    inside = min(i, width - 1), min(j, height - 1)
    batch = Batch(level, inside[0] // BATCH, inside[1] // BATCH)
    grid, block = pyramid.place(batch)
    assert 16 * max(grid.size) <= MAX_SAMPLES
    left, upper = (max(0, at * BATCH - OVERLAP) for at in batch[1:])
    assert left <= inside[0] < left + block.width and upper <= inside[1] < upper + block.height
    return sample(grid, block.i + i - left, block.j + j - upper)


@settings(max_examples=30)
@given(grids)
def test_tiles_cover_each_level_once(grid: Grid) -> None:
    pyramid = Pyramid.of(grid)
    for level in range(pyramid.top + 1):
        width, height = pyramid.size(level)
        found = Counter[tuple[int, int]]()
        for batch in pyramid.batches(level):
            _, block = pyramid.place(batch)
            for column, row, part in pyramid.tiles(batch):
                found[column, row] += 1
                for k, first, i, side, all_, end in (
                    (column, batch.column, part.i, part.width, block.width, width),
                    (row, batch.row, part.j, part.height, block.height, height),
                ):
                    assert 0 <= i <= i + side <= all_
                    start = max(0, first * BATCH - OVERLAP) + i
                    assert (start, start + side) == (reach(k)[0], min(end, reach(k)[1]))
        expected = {(c, r) for c in range(-(-width // TILE)) for r in range(-(-height // TILE))}
        assert set(found) == expected and set(found.values()) == {1}


def test_the_coarsest_level_is_one_pixel() -> None:
    sizes = (1, 1), (2, 1), (3, 2), (1024, 7)
    assert [Pyramid.of(Grid(View(), *size)).top for size in sizes] == [0, 1, 2, 10]
    assert Pyramid.of(Grid(View(), 5000, 1)).size(0) == (1, 1)


@pytest.mark.parametrize("aa", [1, 3])
@pytest.mark.parametrize("sheet", [SHEET, BATCH])
def test_a_tile_is_part_of_its_whole_level(
    aa: int, sheet: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels, "SHEET", sheet)
    recipe = Recipe.of(b"", "", "blocks", aa, None)
    pyramid = Pyramid.of(Grid(View(Fraction(1, 3), Fraction(1, 7)), 1500, 1100))
    for level in (pyramid.top, pyramid.top - 1, 3, 0):
        left, upper, scale = pyramid.left, pyramid.upper, pyramid.scale(level)
        width, height = pyramid.size(level)
        centre = left + width * scale / 2, upper - height * scale / 2
        whole = Grid(View(*centre, 2 / (min(width, height) * scale)), width, height)
        with Blocks(DISC) as engine:
            expected = np.concatenate(list(render_rows(engine, whole, aa)))
            found = np.full_like(expected, 7)
            for batch in pyramid.batches(level):
                for tile in draw_with(engine, recipe, pyramid, batch):
                    pixels = decoded(tile.data)
                    (j, end), (i, stop) = (reach(at) for at in (tile.row, tile.column))
                    assert np.array_equal(pixels, expected[j:end, i:stop])
                    found[j:end, i:stop] = pixels
                    assert tile.flat == (np.ptp(pixels) == 0)
        assert np.array_equal(found, expected)


def test_a_thread_draws_one_recipe_after_another() -> None:
    pyramid = Pyramid.of(Grid(View(), 40, 40))
    found = [
        decoded(draw(Recipe.of(text, "", "blocks", 1, None), pyramid, Batch(6, 0, 0))[0].data)
        for text in (TEXT, TEXT.replace(b"0.5", b"0.2"), TEXT)
    ]
    assert np.count_nonzero(found[0]) > np.count_nonzero(found[1]) > 0
    assert np.array_equal(found[0], found[2])


def reach(index: int) -> tuple[int, int]:
    """From which pixel to which a tile goes, but for the ends of the picture."""
    return max(0, index * TILE - OVERLAP), (index + 1) * TILE + OVERLAP


def decoded(data: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("L"))


views = st.builds(
    lambda x, y, power: View(x, y, Fraction(10) ** power),
    *(st.fractions(-1, 1, max_denominator=10**6),) * 2,
    st.integers(-2, 30),
)
sizes = st.integers(1, 3000)


@settings(max_examples=10)
@given(sizes, sizes, st.lists(views, max_size=2, unique=True))
def test_there_is_all_around_a_view_to_its_depth(
    width: int, height: int, around: list[View]
) -> None:
    first, *rest = plan(Grid(View(), width, height), around)
    assert first.pyramid.top <= DEEPEST
    assert first.complete == Pyramid.of(Grid(View(), width, height)).top
    for number, view in enumerate(around, 1):
        chain = [first, *(stage for stage in rest if stage.name.startswith(f"view{number}-"))]
        for stage in chain:
            last = min(depth(stage.pyramid, view), stage.pyramid.top)
            for level in range(last + 1):
                assert_near(stage, view, level)
        finest = chain[-1].pyramid
        wanted = 2 * view.half(SCREEN)
        assert finest.scale(min(finest.top, depth(finest, view))) <= wanted
        assert depth(finest, view) <= finest.top


def assert_near(stage: Stage, view: View, level: int) -> None:
    """Each pixel of a level near a view, where its stage has it, is in one of the areas."""
    size = stage.pyramid.size(level)
    at = stage.pyramid.position(view.x, view.y, level)
    for dx in (-REACH, 0, REACH):
        for dy in (-REACH, 0, REACH):
            i, j = (
                min(max(int((p + d) // 1), 0), side - 1)
                for p, d, side in zip(at, (dx, dy), size, strict=True)
            )
            assert any(
                a.column <= i // BATCH <= b.column and a.row <= j // BATCH <= b.row
                for a, b in stage.areas(level)
            )


@settings(max_examples=20)
@given(sizes, sizes, st.lists(views, max_size=2, unique=True))
def test_what_is_drawn_is_what_the_files_say(width: int, height: int, around: list[View]) -> None:
    for stage in plan(Grid(View(), width, height), around):
        pyramid = stage.pyramid
        drawn = set(stage.batches())
        assert len(drawn) == len(list(stage.batches()))
        said = areas(stage) or [(0, pyramid.top, 0, 0, pyramid.width, pyramid.height)]
        found = set()
        for first, last, x, y, w, h in said:
            for level in range(first, last + 1):
                side = BATCH << (pyramid.top - level)
                for row in range(y // side, -(-(y + h) // side)):
                    for column in range(x // side, -(-(x + w) // side)):
                        found.add(Batch(level, column, row))
        assert found == drawn


@settings(max_examples=20)
@given(views.filter(lambda view: view.zoom > 10**12))
def test_a_stage_is_a_part_of_the_one_before(view: View) -> None:
    stages = plan(Grid(View(), 900, 1000), [view])
    assert len(stages) > 1
    for stage in stages[1:]:
        parent = stages[stage.parent].pyramid
        x, y, width = region(stage.pyramid, parent)
        # It is as wide as 2 * REACH pixels of a level that both have, around the view.
        assert stage.pyramid.scale(ROOT) * 2 * REACH == width * parent.width * parent.pixel
        assert stage.pyramid.scale(ROOT) in {parent.scale(k) for k in range(parent.top - 3)}
        middle = (x + width / 2) * parent.width, (y + width / 2) * parent.width
        assert middle == parent.position(view.x, view.y, parent.top)


def test_a_view_outside_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^view 1.5,0@9 lies outside the picture, expected one"):
        plan(Grid(View(), 100, 100), [View.parse("1.5,0@9")])
