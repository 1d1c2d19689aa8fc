"""Red says that there is no value, and nothing else that a program's colours show looks like it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.picture.sight import FULL, SIGHT, apart
from viewer.picture.modes import MODES, Measure, ramp
from viewer.picture.palettes import PALETTES, UNDEFINED, Palette
from viewer.window.show.looks import DARK, LIGHT
from viewer.window.text.legend import RAMP, colour

RED = UNDEFINED[:3]
CLEAR = 0.15
"""How far colours are from red, for whom all of them are seen."""
TOLD = 0.07
"""And at least, for whom a kind of cones is missing, in the colours that are made for them."""


def mixes(*colours: tuple[int, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """All that lies between each two of them."""
    share = np.linspace(0, 1, 41)[:, np.newaxis]
    ends = [np.array(colour[:3], float) for colour in colours]
    return np.concatenate([a * (1 - share) + b * share for a in ends for b in ends])


def least(name: str, sight: str) -> float:
    """How far the colours of a palette have to be from red."""
    if sight == FULL:
        return CLEAR
    return TOLD if name in ("safe", "light") else 0.0


@given(
    st.sampled_from(sorted(MODES)),
    st.sampled_from(sorted(PALETTES)),
    st.floats(-4, 2),
    st.sampled_from([-1, 0, 0, 1]),
    st.integers(0, 2**32 - 1),
)
def test_no_mode_has_a_colour_like_that_of_no_value(
    mode: str, name: str, slope: float, side: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    field = 10**slope * np.cumsum(random.uniform(0, 2, (3, 400)), axis=1)
    field -= field[:, 200:201] * random.uniform(0.5, 1.5)
    measure = Measure(1.0, 1.7 if side else 0.0, side)
    found = MODES[mode].colours(field, measure, 1.0, PALETTES[name]).reshape(-1, 3)
    for sight in (sight for sight in SIGHT if sight != "none"):
        assert apart(found, RED, sight).min() > least(name, sight), (mode, name, sight)


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_neither_has_what_is_filled_in_nor_a_ramp(name: str) -> None:
    palette: Palette = PALETTES[name]
    steps = ramp(np.linspace(0, 1, 200), palette)
    edges = np.concatenate([mixes(step, palette.inside) for step in steps[::10]])
    for sight in (sight for sight in SIGHT if sight != "none"):
        for colours in (palette.table()[:, :3], steps, edges):
            assert apart(colours, RED, sight).min() > least(name, sight), sight


@pytest.mark.parametrize("contrast", [DARK, LIGHT])
def test_neither_has_a_difference(contrast: tuple[tuple[int, ...], ...]) -> None:
    assert apart(mixes(*contrast), RED).min() > CLEAR


def test_neither_has_the_work_of_tiles() -> None:
    assert apart([colour(heat) for heat in np.linspace(0, 1, 101)], RED).min() > CLEAR / 2
    assert apart(RAMP, RED).min() > CLEAR / 2


def test_distances_are_those_of_oklab() -> None:
    assert apart((0, 0, 0), (255, 255, 255)) == pytest.approx(1, abs=1e-3)
    assert apart((255, 0, 0), (0, 255, 0)) == pytest.approx(0.5197, abs=1e-3)
