"""What bands, lines and ramps are told by: steps that are round, whatever the field counts in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.picture.modes import MODES, Measure, Mode, gradient, iso, measure_of, step_of
from viewer.picture.palettes import PALETTES
from viewer.view import Grid, View

FEW = Grid(View(), 32, 32)


def plain(slope: float) -> NDArray[np.float64]:
    """A field that grows to the right."""
    return np.tile(np.arange(32.0) * slope, (32, 1))


@given(st.floats(1e-200, 1e200), st.integers(1, 100))
def test_a_step_is_round_and_about_as_wanted(slope: float, steps: int) -> None:
    mode = Mode(iso, steps)
    step = step_of(mode, plain(slope), FEW)
    assert step.normalize().as_tuple().digits in ((1,), (2,), (5,))
    assert 0.99 <= float(step) / (slope * 32 / steps) <= 2.6
    # In other units it is the same.
    assert step_of(mode, plain(slope * 2.0**-9), FEW, Fraction(512)) == step


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, -np.inf])
def test_a_field_that_does_not_change_has_a_step(value: float) -> None:
    assert all(step_of(mode, np.full((32, 32), value), FEW) == 1 for mode in MODES.values())


def test_poles_do_not_change_the_step() -> None:
    spoilt = plain(1.0)
    spoilt[3, 5], spoilt[20, 20], spoilt[9, 9] = np.nan, np.inf, 1e30
    for mode in MODES.values():
        assert step_of(mode, plain(1.0), FEW) == step_of(mode, spoilt, FEW)


def grown(width: int, start: float, each: float) -> NDArray[np.float64]:
    """Five rows of a field that grows to the right, from so many steps."""
    return np.tile((start + np.arange(width)) * each, (5, 1))


@given(st.integers(-6, 6), st.sampled_from(sorted(PALETTES)))
def test_a_slope_of_ten_times_the_usual_is_the_ramp_s_end(power: int, name: str) -> None:
    palette = PALETTES[name]
    for decades, colour in zip((-1, 0, 1), palette.stops, strict=True):
        field = grown(40, 1e4, 10.0 ** (power + decades))
        found = gradient(field, Measure(10.0**power), 1.0, palette).astype(int)
        assert np.abs(found - colour[:3]).max() <= 1


def test_the_gradient_s_step_is_the_usual_slope_in_model_units() -> None:
    mode = MODES["gradient"]
    pixel = float(2 * FEW.half)
    step = step_of(mode, plain(3.0 * pixel), FEW)
    assert step == 5
    large = Grid(View(), 1024, 1024)
    assert measure_of(mode, step, large).step == pytest.approx(5 * float(2 * large.half))


@given(st.integers(10, 10**6), st.sampled_from([-1, 1]), st.sampled_from(["iso", "distance"]))
def test_a_field_may_be_given_from_a_base(size: int, side: int, name: str) -> None:
    base, mode, palette = Decimal(side * size), MODES[name], PALETTES["light"]
    field = grown(60, 0.0, 0.125) - 3.25
    wanted = mode.colours(field + float(base), Measure(0.5), 1.0, palette)
    measure = measure_of(mode, Decimal("0.5"), FEW, base=base)
    assert (measure.side, measure.step) == (side, 0.5)
    assert 0 <= measure.offset < 2.5
    found = mode.colours(field, measure, 1.0, palette)
    assert np.abs(wanted.astype(int) - found).max() <= 1
