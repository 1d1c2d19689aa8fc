"""Two pictures laid over each other: what differs, and how it is marked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import moderngl
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.gpu.compare import Compare, Contrast
from viewer.gpu.overlay import Overlay
from viewer.picture.palettes import PALETTES

CONTRAST = Contrast((200, 100, 0), (0, 100, 200), (120, 130, 140), (10, 20, 30))
SIZE = 16, 9
ONE_CONTEXT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
greys = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).choice([0, 0, 60, 255, 255], SIZE[::-1])
)


@pytest.fixture
def target(ctx: moderngl.Context) -> Iterator[moderngl.Framebuffer]:
    found = ctx.simple_framebuffer((24, 12), 4)
    found.viewport = (5, 2, *SIZE)
    yield found
    ctx.detect_framebuffer(0).use()
    found.release()


@pytest.fixture
def compare(ctx: moderngl.Context) -> Iterator[Compare]:
    found = Compare(ctx)
    yield found
    found.release()


@contextmanager
def textures(
    ctx: moderngl.Context, *pictures: NDArray[np.int64]
) -> Iterator[list[moderngl.Texture]]:
    made = []
    for picture in pictures:
        pixels = np.repeat(picture[..., np.newaxis], 4, axis=2).astype(np.uint8)
        pixels[..., 3] = 255
        made.append(ctx.texture(SIZE, 4, pixels.tobytes()))
    yield made
    for each in made:
        each.release()


def read(target: moderngl.Framebuffer) -> NDArray[np.float64]:
    data = target.read((*target.viewport[:2], *SIZE), components=3, alignment=1)
    return np.frombuffer(data, np.uint8).reshape(*SIZE[::-1], 3).astype(float)


def mixed(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.float64]:
    a, b = (picture[..., np.newaxis] / 255 for picture in (before, after))
    gone, come, both, neither = (np.array(colour, float) for colour in CONTRAST)
    parts = np.minimum(a, b), a - np.minimum(a, b), b - np.minimum(a, b), 1 - np.maximum(a, b)
    colours = both, gone, come, neither
    found: NDArray[np.float64] = sum(
        (part * colour for part, colour in zip(parts, colours, strict=True)), np.zeros(3)
    )
    return found


@ONE_CONTEXT
@given(greys, greys)
def test_each_pixel_is_what_its_two_greys_share(
    ctx: moderngl.Context,
    target: moderngl.Framebuffer,
    compare: Compare,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
) -> None:
    with textures(ctx, before, after) as (one, other):
        compare.draw(one, other, CONTRAST, target)
    assert np.abs(read(target) - mixed(before, after)).max() <= 1


@ONE_CONTEXT
@given(greys, greys, st.sampled_from([0.0, 0.5, 1.0]))
def test_a_mark_is_where_something_differs_and_nowhere_else(
    ctx: moderngl.Context,
    target: moderngl.Framebuffer,
    compare: Compare,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    strength: float,
) -> None:
    target.clear(0.2, 0.4, 0.6, 1.0)
    under = read(target)
    with textures(ctx, before, after) as (one, other):
        compare.mark(one, other, CONTRAST, strength, target)
    part = strength * np.abs(after - before)[..., np.newaxis] / 255
    ink = np.where((after > before)[..., np.newaxis], CONTRAST.come, CONTRAST.gone)
    assert np.abs(read(target) - (under + (ink - under) * part)).max() <= 1


@pytest.mark.parametrize("marking", [False, True])
def test_what_has_no_value_stays_red(
    ctx: moderngl.Context, target: moderngl.Framebuffer, compare: Compare, marking: bool
) -> None:
    target.clear(1.0, 0.0, 0.0, 1.0)
    greys, red = (np.full(SIZE[::-1], grey) for grey in (255, 0))
    with textures(ctx, greys, red) as (before, after):
        after.write(np.tile(np.array([255, 0, 0, 255], np.uint8), SIZE[0] * SIZE[1]).tobytes())
        if marking:
            compare.mark(before, after, CONTRAST, 1.0, target)
        else:
            compare.draw(before, after, CONTRAST, target)
    assert (read(target) == [255, 0, 0]).all()


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_greys_are_shown_as_a_palette_has_them(
    ctx: moderngl.Context, target: moderngl.Framebuffer, name: str
) -> None:
    palette, overlay = PALETTES[name], Overlay(ctx)
    picture = np.arange(144).reshape(SIZE[::-1]) * 255 // 143
    target.viewport = (0, 0, *SIZE)
    with textures(ctx, picture) as (made,):
        overlay.show(made, target, ends=(palette.outside[:3], palette.inside[:3]))
        found = read(target)
        assert np.abs(found - palette.table()[picture][..., :3]).max() <= 1
        assert tuple(found[0, 0]) == palette.outside[:3]
        assert tuple(found[-1, -1]) == palette.inside[:3]
        # Only so many columns of it, and without a palette as it is.
        target.clear()
        overlay.show(made, target, columns=4)
    assert np.array_equal(read(target)[..., 1], np.where(np.arange(SIZE[0]) < 4, picture, 0))
    overlay.release()
