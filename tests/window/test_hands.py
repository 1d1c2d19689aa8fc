"""What hands do in time: turns of a wheel, and the end of a drag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.window.hands.clicks import SWING_SECONDS, TURN_MOST, TURN_PARTS, Swing, Turns


@given(st.lists(st.floats(-3, 3), max_size=40))
def test_parts_of_clicks_are_kept_until_they_count(parts: list[float]) -> None:
    turns = Turns()
    due = [turns.add(part) for part in parts]
    assert all((part * TURN_PARTS).is_integer() for part in due)
    assert abs(sum(due) - sum(parts)) <= 0.5 / TURN_PARTS + 1e-9


def test_a_thousand_tiny_turns_are_a_click() -> None:
    turns = Turns()
    assert sum(turns.add(1 / 1000) for _ in range(1000)) == pytest.approx(1, abs=1 / TURN_PARTS)


@pytest.mark.parametrize("clicks", [float("inf"), float("-inf"), float("nan"), 1e300])
def test_a_broken_driver_turns_little(clicks: float) -> None:
    assert abs(Turns().add(clicks)) <= TURN_MOST


@given(st.floats(-3000, 3000), st.floats(-3000, 3000), st.floats(0.001, 0.02), st.floats(0, 1e6))
def test_a_steady_hand_has_its_speed(x: float, y: float, pause: float, start: float) -> None:
    swing, now = Swing(), start
    swing.begin((5.0, 7.0), now)
    for n in range(1, 200):
        now = start + n * pause
        swing.move((5 + x * n * pause, 7 + y * n * pause), now)
    assert swing.speed(now) == pytest.approx((x, y), rel=0.01, abs=0.5)


def test_a_hand_that_stood_still_has_none() -> None:
    swing = Swing()
    swing.begin((0.0, 0.0), 1.0)
    for n in range(10):
        swing.move((n * 50.0, 0.0), 1.0 + n / 100)
    assert swing.speed(1.09)[0] > 1000
    assert swing.speed(1.1 + SWING_SECONDS) == (0, 0)
    swing.begin((9.0, 9.0), 2.0)
    assert swing.speed(2.0) == (0, 0)


@given(st.floats(-500, 500), st.integers(2, 30))
def test_motions_that_are_told_at_once_are_no_wild_throw(way: float, count: int) -> None:
    swing = Swing()
    swing.begin((0.0, 0.0), 1.0)
    for n in range(1, count):
        swing.move((way * n / count, 0.0), 1.0)
    assert abs(swing.speed(1.0)[0]) <= abs(way) * 25 + 1e-6
