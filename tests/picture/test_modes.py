"""Fields in colours: bands and lines where they belong, and no seam between the parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.picture.shapes import DISC, WAVES, speckles
from viewer.engines import registry
from viewer.engines.blocks import Blocks
from viewer.engines.engine import ArrayEngine, Engine
from viewer.errors import NoDeviceError, UsageError
from viewer.picture.formats.header import PIXELS, Pixels
from viewer.picture.formats.table import FORMATS, format_named
from viewer.picture.look import Look, look_rows
from viewer.picture.modes import MODES, Measure, distance, iso
from viewer.picture.palettes import PALETTES, palette_of
from viewer.picture.render import render_rows
from viewer.program import parse
from viewer.view import Block, Grid, View

DARK, PRINT = PALETTES["dark"], PALETTES["print"]
CLEAR = palette_of("white,none")
GRID = Grid(View.parse("0.1,0.2@0.8"), 60, 45)


def drawn(engine: Engine, grid: Grid, look: Look, pixels: Pixels, **more: Any) -> NDArray[Any]:
    return np.concatenate(list(look_rows(engine, grid, more.pop("aa", 1), look, pixels, **more)))


@pytest.fixture
def waves() -> Iterator[Engine]:
    with Blocks(WAVES) as engine:
        yield engine


def ramp(width: int, start: float, each: float) -> NDArray[np.float64]:
    """Three rows and one more on every side of a field that grows to the right."""
    return np.tile(start + each * np.arange(-1, width + 1), (5, 1))


def test_iso_lines_lie_at_round_values_and_the_edge_is_strongest() -> None:
    row = iso(ramp(121, -50.5, 1.0), Measure(10.0), 1.0, PRINT)[1].astype(int)
    assert np.array_equal(row, iso(ramp(121, -50.5, 1.0), Measure(10.0), 1.0, PRINT)[0])
    away = np.abs(row[:, 0] - np.where(np.arange(121) < 51, 0, 255))
    lines = np.flatnonzero(away)
    values = lines - 50.5
    assert (np.abs(values - 10 * np.rint(values / 10)) <= 1.5).all()
    assert {int(10 * v) for v in np.rint(values / 10)} == set(range(-50, 80, 10))
    strength = {k: int(away[np.abs(np.arange(121) - 50.5 - k) < 1].max()) for k in (0, 10, 50)}
    assert strength[0] > strength[50] > strength[10] > 0


def test_iso_lines_too_close_to_be_told_apart_fade() -> None:
    picture = iso(ramp(100, 1e6, 1.0), Measure(0.5), 1.0, PRINT)
    assert (picture == 255).all()


@given(st.floats(0.05, 20), st.floats(-300, 300))
def test_the_edge_is_as_wide_however_steep_the_field_is(each: float, start: float) -> None:
    picture = iso(ramp(200, start * each, each), Measure(1e9), 1.0, PRINT)[1, :, 0].astype(int)
    grey = np.flatnonzero((picture != 0) & (picture != 255))
    assert len(grey) <= 3


def test_bands_are_steps_of_the_value() -> None:
    row = distance(ramp(400, 20.0, 1.0), Measure(50.0), 1.0, PRINT)[1, :, 0].astype(int)
    # Shape is darkest half-way from a step to the next; on white, far from the edge.
    halves = row[[value - 20 for value in range(125, 420, 25)]]
    assert (np.sign(np.diff(halves)) == [1, -1] * 5 + [1]).all()
    assert len(set(halves[::2])) == len(set(halves[1::2])) + 0 <= 3


@pytest.mark.parametrize("mode", MODES)
def test_what_is_not_a_number_is_red_and_nothing_else(mode: str) -> None:
    field = np.random.default_rng(3).normal(size=(42, 52))
    field[10:20, 5:9] = np.nan
    field[30, 30], field[31, 31] = np.inf, -np.inf
    picture = MODES[mode].colours(field, Measure(0.7), 1.0, DARK)
    red = (picture == [255, 0, 0]).all(axis=2)
    assert np.array_equal(red, np.isnan(field[1:-1, 1:-1]))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_number_at_all_has_a_colour(mode: str, dtype: Any) -> None:
    largest = np.finfo(dtype).max
    odd = [0.0, -0.0, np.nan, np.inf, -np.inf, largest, -largest, np.finfo(dtype).tiny, 1.0]
    field = np.random.default_rng(4).choice(np.array(odd, dtype), (60, 60))
    for step in (1e-30, 1.0, 1e30):
        assert MODES[mode].colours(field, Measure(step), 1.0, DARK).shape == (58, 58, 3)


@given(st.sampled_from(sorted(MODES)), st.integers(1, 3), st.integers(30, 3000))
def test_parts_fit(mode: str, aa: int, block: int) -> None:
    with Blocks(WAVES) as engine:
        whole, parts = (
            drawn(engine, GRID, Look(mode), "rgb", aa=aa, block=size) for size in (10**6, block)
        )
    assert np.array_equal(whole, parts)


@pytest.mark.gl
def test_a_gl_engine_draws_the_same_bands(context: object) -> None:
    for mode in MODES:
        pictures = []
        for name in ("blocks", "glsl"):
            try:
                engine = registry.create(name, DISC)
            except NoDeviceError as error:
                pytest.skip(str(error))
            pictures.append(drawn(engine, GRID, Look(mode), "rgb", block=1000).astype(int))
            engine.close()
        assert np.abs(pictures[0] - pictures[1]).max() <= 2


def test_samples_of_a_pixel_are_averaged(waves: Engine) -> None:
    look = Look("iso", DARK)
    fine = drawn(waves, GRID, look, "rgb", aa=3).astype(int)
    coarse = drawn(waves, GRID, look, "rgb").astype(int)
    assert fine.shape == coarse.shape
    assert 0 < np.abs(fine - coarse).mean() < 8  # the same lines, as wide


def test_a_filling_in_colours_is_the_greys_looked_up(waves: Engine) -> None:
    greys = np.concatenate(list(render_rows(waves, GRID, 2)))
    palette = palette_of("#ff8000,none")
    table = palette.table()
    for pixels in ("rgb", "rgba"):
        found = drawn(waves, GRID, Look("fill", palette), pixels, aa=2)
        assert np.array_equal(found, table[greys][..., : found.shape[-1]])
    assert np.array_equal(drawn(waves, GRID, Look("fill", palette), "palette", aa=2), greys)
    plain = drawn(waves, GRID, Look(), "rgb", aa=2)
    assert np.array_equal(plain, np.repeat(greys[..., np.newaxis], 3, axis=2))


def test_the_field_is_the_engine_s_own(waves: Engine) -> None:
    found = drawn(waves, GRID, Look(pixels="field"), "field", block=77)
    assert found.dtype == np.float64
    assert np.array_equal(found, waves.field(GRID, GRID.whole), equal_nan=True)
    with pytest.raises(UsageError, match="a field has one sample a pixel"):
        look_rows(waves, GRID, 2, Look(), "field")


@pytest.mark.parametrize(
    ("look", "form", "pixels"),
    [
        (Look(), "png", "grey"),
        (Look(), "pbm", "bit"),
        (Look(), "npy", "field"),
        (Look(palette=DARK), "png", "palette"),
        (Look(palette=DARK), "ppm", "rgb"),
        (Look(palette=CLEAR), "png", "palette"),
        (Look(palette=CLEAR), "tiff", "rgba"),
        (Look("iso"), "png", "rgb"),
        (Look(pixels="field"), "bigtiff", "field"),
    ],
)
def test_the_pixels_suit_the_look(look: Look, form: str, pixels: str) -> None:
    assert look.in_format(format_named(form)) == pixels


@pytest.mark.parametrize(
    ("look", "form", "message"),
    [
        (Look(palette=DARK), "pgm", "pgm holds no colours, expected png ppm tiff bigtiff npy"),
        (Look("iso"), "pbm", "pbm holds no colours, expected png ppm tiff bigtiff npy"),
        (Look(pixels="field"), "pgm", "pgm has no field pixels, expected grey"),
        (Look("iso", pixels="grey"), "png", "grey pixels cannot show mode iso"),
        (Look(palette=DARK, pixels="bit"), "png", "bit pixels cannot show a palette"),
        (Look(pixels="palette"), "png", "palette pixels need --palette or --colors"),
        (Look("fill", CLEAR, "rgb"), "png", "rgb pixels cannot show a palette"),
        (Look(dpi=300), "npy", "npy holds no dpi, expected png tiff bigtiff"),
    ],
)  # fmt: skip
def test_what_a_format_cannot_hold_is_said(look: Look, form: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        look.in_format(format_named(form))
    assert str(caught.value) == message


def test_every_look_is_drawn_as_its_pixels_say(waves: Engine) -> None:
    shapes = {"rgb": (45, 60, 3), "rgba": (45, 60, 4)}
    for mode in ("fill", *MODES):
        for palette in (None, DARK, palette_of("red,none")):
            for pixels in (None, *PIXELS):
                for form in FORMATS:
                    try:
                        kind = Look(mode, palette, pixels).in_format(form)
                    except UsageError:
                        continue
                    found = drawn(waves, GRID, Look(mode, palette, pixels), kind)
                    assert found.shape == shapes.get(kind, (45, 60))
                    assert (found.dtype == np.uint8) == (kind != "field")


def test_tiles_are_not_asked_for_a_field() -> None:
    program = parse(DISC.text().encode())
    try:
        row, engine, _ = registry.choose(program, GRID, field=True)
    except NoDeviceError as error:
        pytest.skip(str(error))
    engine.close()
    assert row.digits != "exact"


@given(st.sampled_from(sorted(MODES)), st.integers(0, 2**32 - 1))
def test_a_mirrored_field_is_a_mirrored_picture(mode: str, seed: int) -> None:
    field = np.random.default_rng(seed).integers(-3, 4, (12, 14)).astype(np.float64)
    picture = MODES[mode].colours(field, Measure(2.0), 1.0, DARK)
    for turned in (np.s_[:, ::-1], np.s_[::-1]):
        assert np.array_equal(
            MODES[mode].colours(field[turned], Measure(2.0), 1.0, DARK), picture[turned]
        )


class Holes(ArrayEngine):
    """NaN at some samples of the picture, else what grows to the right."""

    def field(self, grid: Grid, block: Block) -> NDArray[Any]:
        j, i = np.mgrid[block.j : block.j + block.height, block.i : block.i + block.width]
        return np.where(speckles(i, j), np.nan, i + 0.5)


@pytest.mark.parametrize("block", [10**6, 100, 7])
def test_a_pixel_is_coloured_by_its_own_sample(block: int) -> None:
    found = drawn(Holes(), GRID, Look("iso", DARK), "rgb", block=block)
    j, i = np.mgrid[: GRID.height, : GRID.width]
    assert np.array_equal((found == [255, 0, 0]).all(axis=2), speckles(i, j))
