"""Fields in colours by the GPU: the CPU's own pictures, for any field."""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.gpu.colours import MODES as NAMES
from viewer.gpu.colours import Colours, Inks, Scale, Values
from viewer.picture.modes import MODES, Measure
from viewer.picture.palettes import PALETTES, UNDEFINED, Palette
from viewer.view import Block

SIZE = 40, 30
ONE_CONTEXT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


def inks_of(palette: Palette) -> Inks:
    stops = palette.stops
    return Inks(
        palette.inside[:3], palette.outside[:3], palette.line[:3], stops[1][:3], UNDEFINED[:3]
    )


class Painted:
    """What the shader makes of a field, as the CPU has its rows."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._values, self._colours = Values(ctx), Colours(ctx)
        self._target = ctx.simple_framebuffer((50, 36), 4)

    def draw(
        self, mode: str, field: NDArray[np.float32], measure: Measure, palette: Palette
    ) -> NDArray[np.int64]:
        height, width = field.shape
        self._values.sized((width, height))
        values = self._values.texture
        values.write(field.tobytes(), viewport=(0, 0, width, height))
        self._target.viewport = 7, 3, 43, 33
        block = Block(0, 0, width - 2, height - 2)
        args = Scale(*measure), inks_of(palette), block, self._target
        self._colours.draw(mode, values, *args)
        box = (7, 3, block.width, block.height)
        found = np.frombuffer(self._target.read(box, components=3, alignment=1), np.uint8)
        return found.reshape(block.height, block.width, 3).astype(np.int64)

    def release(self) -> None:
        for part in (self._values, self._colours, self._target):
            part.release()


@pytest.fixture
def painted(ctx: moderngl.Context) -> Any:
    made = Painted(ctx)
    yield made
    ctx.detect_framebuffer(0).use()
    made.release()


def smooth(seed: int, size: float) -> NDArray[np.float32]:
    """Waves with a kink, a jump, holes and poles."""
    random = np.random.default_rng(seed)
    j, i = np.mgrid[: SIZE[1], : SIZE[0]] / 8
    a, b, c, d = random.uniform(-2, 2, 4)
    field = np.minimum(np.sin(a * i + b * j), np.cos(c * i - d * j)) + random.uniform(-1, 1)
    field[:, int(random.integers(5, 35)) :] += random.choice([0.0, 3.0])
    for value in (np.nan, np.inf, -np.inf):
        field[random.integers(0, 30, 3), random.integers(0, 40, 3)] = value
    found: NDArray[np.float32] = (field * size).astype(np.float32)
    return found


def test_the_shader_knows_all_modes() -> None:
    assert tuple(MODES) == NAMES


@ONE_CONTEXT
@given(
    st.sampled_from(NAMES),
    st.sampled_from(sorted(PALETTES)),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1e-20, 1e-3, 1.0, 1e6]),
    st.sampled_from([0.05, 0.2, 1.0]),
    st.sampled_from([-1, 0, 0, 1]),
)
def test_the_gpu_s_colours_are_the_cpu_s(
    painted: Painted, mode: str, name: str, seed: int, size: float, step: float, side: int
) -> None:
    field, palette = smooth(seed, size), PALETTES[name]
    measure = Measure(step * size, 1.7 * step * size if side else 0.0, side)
    wanted = MODES[mode].colours(field, measure, 1.0, palette).astype(int)
    found = painted.draw(mode, field, measure, palette)
    off = np.abs(found - wanted).max(axis=2)
    # Where a value is half-way between two lines either may be the nearest.
    assert (off > 2).sum() <= 2, (mode, name, off.max())


@pytest.mark.parametrize("mode", NAMES)
@pytest.mark.parametrize("name", sorted(PALETTES))
def test_the_ends_of_a_palette_are_exact_and_nan_is_red(
    painted: Painted, mode: str, name: str
) -> None:
    palette = PALETTES[name]
    field = np.full((12, 14), 1e6, np.float32)
    field[:, 5:] = -1e6
    field[2, 9] = np.nan
    measure = Measure(1e9)
    found = painted.draw(mode, field, measure, palette)
    wanted = MODES[mode].colours(field, measure, 1.0, palette)
    assert np.array_equal(found, wanted)
    assert tuple(found[1, 8]) == UNDEFINED[:3]
    if mode == "iso":
        assert tuple(found[0, 0]) == palette.outside[:3]
        assert tuple(found[5, 10]) == palette.inside[:3]


def test_infinite_and_tiny_fields_are_coloured_as_well(painted: Painted) -> None:
    odd = np.array([0, -0.0, np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-37, 1], np.float32)
    field = np.random.default_rng(4).choice(odd, (20, 20))
    for mode in NAMES:
        for step in (1e-30, 1.0, 1e30):
            wanted = MODES[mode].colours(field, Measure(step), 1.0, PALETTES["dark"]).astype(int)
            found = painted.draw(mode, field, Measure(step), PALETTES["dark"])
            assert (np.abs(found - wanted).max(axis=2) > 2).mean() < 0.02, (mode, step)
