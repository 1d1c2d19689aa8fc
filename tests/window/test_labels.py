"""Labels of lines: where they may be, and what they say."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.picture.modes import MODES, Measure, measure_of
from viewer.view import Grid, View
from viewer.window.text.labels import MOST, chosen, crossings, text_of
from viewer.window.text.overlay import leading_of

SIZE, EM = (800, 600), 14
ROOM = 110, leading_of(EM)


def hills(seed: int, holes: bool = False) -> NDArray[np.float64]:
    """A smooth field in 100 x 75 samples, that may have NaN and infinities."""
    random = np.random.default_rng(seed)
    j, i = np.mgrid[:75, :100] / 75.0
    a, b, c, d = random.uniform(-3, 3, 4)
    field = a * i + b * j + np.sin(3 * c * i) * np.cos(3 * d * j)
    if holes:
        field[random.random(field.shape) < 0.05] = random.choice([np.nan, np.inf, -np.inf])
        field[:, 40:] += 100.0
    return np.asarray(field)


seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.sampled_from([0.02, 0.1, 0.5]), st.booleans())
def test_labels_are_few_and_apart_and_inside(seed: int, step: float, holes: bool) -> None:
    found = crossings(hills(seed, holes), Measure(step), SIZE)
    labels = chosen(found, SIZE, EM, ROOM)
    assert len(labels) <= MOST
    for label in labels:
        assert ROOM[0] / 2 <= label.x <= SIZE[0] - ROOM[0] / 2
        assert ROOM[1] / 2 <= label.y <= SIZE[1] - ROOM[1] / 2
    for a, b in combinations(labels, 2):
        assert np.hypot(a.x - b.x, a.y - b.y) >= ROOM[0]


@given(seeds, st.sampled_from([0.05, 0.2]), st.floats(0, 0.9))
def test_a_label_lies_on_its_line(seed: int, step: float, offset: float) -> None:
    values = hills(seed)
    found = crossings(values, Measure(step, offset * step), SIZE)
    for label in chosen(found, SIZE, EM, ROOM):
        i, j = label.x / 8 - 0.5, label.y / 8 - 0.5
        left, top = int(i), int(j)
        corners = values[top : top + 2, left : left + 2]
        line = label.line * step - offset * step
        assert corners.min() - 1e-9 <= line <= corners.max() + 1e-9


@given(seeds, st.sampled_from([0.05, 0.2]))
def test_the_edge_has_no_label(seed: int, step: float) -> None:
    values = hills(seed)
    assert 0 not in crossings(values, Measure(step), SIZE).line
    away = crossings(values, Measure(step, side=1), SIZE)  # there line 0 is any other
    assert (0 in away.line) == bool(values.min() <= 0 <= values.max())


def test_where_nothing_changes_there_are_no_labels() -> None:
    for value in (1.0, np.nan, np.inf):
        found = crossings(np.full((75, 100), value), Measure(0.1), SIZE)
        assert chosen(found, SIZE, EM, ROOM) == []
    small = crossings(np.arange(4.0).reshape(2, 2), Measure(0.1), (3, 3))
    assert chosen(small, (3, 3), EM, ROOM) == []


@pytest.mark.parametrize(
    ("line", "step", "base", "text"),
    [
        (0, "0.1", "0", "0"),
        (5, "0.1", "0", "0.5"),
        (-15, "0.02", "0", "-0.3"),
        (10, "5E-102", "0", "5e-101"),
        (3, "200", "0", "600"),
        (1, "0.5", "101.2", "100.5"),
        (5, "1E-40", "-0.4", "-0.399…999995"),
        (5, "1E-40", "0.4", "0.4000…000005"),
    ],
)
def test_what_a_label_says(line: int, step: str, base: str, text: str) -> None:
    grid = Grid(View(), 8, 8)
    measure = measure_of(MODES["iso"], Decimal(step), grid, Fraction(1), Decimal(base))
    assert text_of(line, Decimal(step), measure, Decimal(base)) == text
