"""Pictures as arrays: no cut can be seen, greys are exact means, sizes have limits."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from tests.picture.shapes import DISC, WAVES, Dots, speckles
from viewer.engines import registry
from viewer.engines.engine import Engine
from viewer.engines.greys import box_filter
from viewer.errors import NoDeviceError, UsageError
from viewer.picture.api import render
from viewer.picture.render import BLOCK, MAX_SIDE, render_rows
from viewer.program import read
from viewer.view import Grid, View

SIDES = st.integers(1, 40)


@pytest.fixture(scope="module", params=[row.name for row in registry.ENGINES])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn, drawing waves."""
    try:
        made = registry.create(request.param, WAVES)
    except NoDeviceError as error:
        pytest.skip(str(error))
    yield made
    made.close()


def whole(engine: Engine, grid: Grid, aa: int) -> NDArray[np.uint8]:
    """The picture without any cut."""
    fine = grid.supersampled(aa)
    return box_filter(engine.inside(fine, fine.whole), aa)


@given(SIDES, SIDES, st.integers(1, 4), st.integers(1, 500), st.booleans())
def test_no_cut_can_be_seen(
    engine: Engine, width: int, height: int, aa: int, block: int, reference: bool
) -> None:
    grid = Grid(View.parse("-0.4,0.13@1.7"), width, height, Fraction(1, 3), reference)
    strips = list(render_rows(engine, grid, aa, block=block))
    assert {strip.shape[1] for strip in strips} == {width}
    assert np.array_equal(np.concatenate(strips), whole(engine, grid, aa))


@given(SIDES, SIDES, st.integers(1, 5), st.integers(1, 500))
def test_every_sample_is_in_its_place(width: int, height: int, aa: int, block: int) -> None:
    dots, grid = Dots(speckles), Grid(View(), width, height)
    picture = np.concatenate(list(render_rows(dots, grid, aa, block=block)))
    i, j = np.arange(width * aa), np.arange(height * aa)
    assert np.array_equal(picture, box_filter(speckles(i[np.newaxis, :], j[:, np.newaxis]), aa))


@given(st.data(), st.integers(1, 6), st.integers(1, 5), st.integers(1, 5))
@example(None, 64, 1, 2)
def test_a_grey_is_the_mean_of_its_samples(
    data: st.DataObject | None, n: int, width: int, height: int
) -> None:
    shape = (height * n, width * n)
    inside = data.draw(arrays(np.bool_, shape)) if data else np.ones(shape, np.bool_)
    expected = [
        [nearest_half_up(Fraction(255 * int(inside[j : j + n, i : i + n].sum()), n * n))
         for i in range(0, width * n, n)]
        for j in range(0, height * n, n)
    ]  # fmt: skip
    found = box_filter(inside, n)
    assert found.dtype == np.uint8
    assert found.tolist() == expected


def nearest_half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def test_half_a_grey_step_is_rounded_up() -> None:
    # 255 / 2 is 127.5; a quarter of 255 is 63.75, three quarters are 191.25.
    inside = np.array([[1, 1, 1, 0, 1, 1], [0, 0, 0, 0, 1, 0]], np.bool_)
    assert box_filter(inside, 2).tolist() == [[128, 64, 191]]


def test_a_disc_as_a_page() -> None:
    picture = render(DISC, View(), (12, 8), engine="blocks", aa=2)
    shades = np.array(list(".:+*#"))[np.round(picture / 255 * 4).astype(int)]
    assert "\n".join(map("".join, shades)) == (
        "............\n"
        "....:**:....\n"
        "...:####:...\n"
        "...*####*...\n"
        "...*####*...\n"
        "...:####:...\n"
        "....:**:....\n"
        "............"
    )


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (3, 7), (1, 50), (50, 1)])
def test_a_picture_has_the_size_asked_for(size: tuple[int, int]) -> None:
    picture = render(DISC, View(), size, engine="blocks")
    assert picture.shape == size[::-1]
    assert picture.dtype == np.uint8
    assert set(np.unique(picture)) <= {0, 255}


def test_the_slice_is_at_the_height_asked_for() -> None:
    low, high = (render(WAVES, View(), (30, 30), engine="blocks", z=z) for z in (-2.5, 2.5))
    assert low.sum() < high.sum()


@pytest.mark.parametrize(("width", "height"), [(MAX_SIDE, 2), (2, MAX_SIDE), (3000, 1000)])
@pytest.mark.parametrize("aa", [1, 3])
def test_memory_does_not_grow_with_the_picture(width: int, height: int, aa: int) -> None:
    dots = Dots(lambda i, j: i + j < 0)
    rows = 0
    for strip in render_rows(dots, Grid(View(), width, height), aa):
        assert strip.size <= max(BLOCK, width)
        rows += len(strip)
    assert rows == height
    assert max(block.width * block.height for block in dots.asked) <= BLOCK


@pytest.mark.parametrize(
    ("size", "options", "message"),
    [
        ((0, 5), {}, "bad size 0x5, expected 1 to 1000000 pixels a side"),
        ((5, -1), {}, "bad size 5x-1, expected 1 to 1000000 pixels a side"),
        ((1_000_001, 1), {}, "bad size 1000001x1, expected 1 to 1000000 pixels a side"),
        ((5, 5), {"aa": 0}, "bad aa 0, expected 1 to 64 samples a side of a pixel"),
        ((5, 5), {"aa": 65}, "bad aa 65, expected 1 to 64 samples a side of a pixel"),
        (
            (1_000_000, 1),
            {"aa": 17},
            "1000000 pixels of 17 samples a side, expected at most 16777216 samples in all",
        ),
        ((5, 5), {"grid": "corners"}, "unknown grid 'corners', expected centers or reference"),
        ((5, 5), {"z": float("nan")}, "bad height nan, expected a finite number"),
        ((5, 5), {"z": float("inf")}, "bad height inf, expected a finite number"),
    ],
)
def test_what_is_not_allowed_is_said(
    size: tuple[int, int], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        render(DISC, View(), size, engine="blocks", **options)
    assert str(caught.value) == message


def test_a_size_is_refused_before_the_first_strip_is_asked_for() -> None:
    with pytest.raises(UsageError):
        render_rows(Dots(speckles), Grid(View(), 0, 0))


def test_the_challenge_s_picture(shared: Path) -> None:
    program = read(shared / "models" / "prospero.vm")
    picture = render(program, View(), (1024, 1024), engine="blocks-mt", grid="reference")
    with Image.open(shared / "expected" / "prospero-1024-reference.png") as expected:
        assert np.array_equal(picture, np.asarray(expected.convert("L")))
    assert int((picture == 255).sum()) == 132033
