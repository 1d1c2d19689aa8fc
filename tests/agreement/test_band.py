"""The rounding band holds what the reals say, and is narrow."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from tests.agreement.expected import field, nodes, picture, spots
from tests.band import DIGITS, Band, band
from tests.strategies import programs, shapes, tame_constants


@pytest.mark.parametrize("digits", [*DIGITS, "exact"])
def test_the_band_is_narrow(model: Path, digits: str) -> None:
    """So that agreement means something: nearly all pixels are certain, and both kinds occur."""
    pictures = [picture(model, spot, digits) for spot in spots(model).values()]
    for name, (inside, certain) in zip(spots(model), pictures, strict=True):
        assert certain.mean() > 0.97, name
        if name == "detail":
            assert 0.04 < inside[certain].mean() < 0.96, name


def test_the_band_holds_what_the_reals_say(model: Path) -> None:
    """At some pixels of each view, worked out in exact numbers."""
    random = np.random.default_rng(7)
    decided = 0
    for spot in spots(model).values():
        xs, ys = spot.xs(), spot.ys()
        for digits in DIGITS:
            found = field(model, spot, digits)
            for _ in range(4):
                i, j = int(random.integers(spot.width)), int(random.integers(spot.height))
                value, error = float(found.field[j, i]), float(found.error[j, i])
                if not math.isfinite(error):
                    continue
                exact = oracle.real(nodes(model), xs[i], ys[j], spot.z)
                decided += 1
                if exact is oracle.NAN:
                    assert math.isnan(value)
                else:
                    assert exact.high >= Fraction(value) - Fraction(error)
                    assert exact.low <= Fraction(value) + Fraction(error)
    assert decided >= 6


@given(text=st.one_of(shapes(), programs(), programs(values=tame_constants())))
def test_the_band_holds_what_the_reals_say_of_random_programs(text: str) -> None:
    """The two oracles, of all opcodes: float64 arrays with their errors, and exact enclosures."""
    x, y = np.array([0.375, -1.5, 0.0, 3.0]), np.array([-2.25, 1.0, 0.0, 0.5])
    none = np.zeros(4)
    nodes_ = oracle.read(text)
    for digits in DIGITS.values():
        found = band(nodes_, Band(x, none), Band(y, none), 0.25, digits)
        fields, errors = (np.broadcast_to(part, (4,)) for part in found)
        for index, (value, error) in enumerate(zip(fields, errors, strict=True)):
            if not np.isfinite(error):
                continue
            point = Fraction(x[index]), Fraction(y[index]), Fraction(1, 4)
            try:
                exact = oracle.real(nodes_, *point)
            except oracle.UndecidedError:
                continue
            if exact is oracle.NAN or math.isnan(value):
                assert exact is oracle.NAN
                assert math.isnan(value)
            elif math.isfinite(value):
                reach = Fraction(float(error))
                assert exact.high >= Fraction(float(value)) - reach
                assert exact.low <= Fraction(float(value)) + reach
