"""Laws of going back and forward, against a plain list with a cursor."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from viewer.view import View
from viewer.window.places.history import MOST, REST, History, Spot


def spot(n: int) -> Spot:
    return Spot(View(Fraction(n)))


START = History.starting(spot(0))


def burst(history: History, way: list[int], now: float) -> History:
    """A drag through these places; the view then rests at the last."""
    for step, n in enumerate(way):
        history = history.seen(spot(n), now + step * REST / 50)
    rested = now + (len(way) + 2) * REST
    return history.seen(history.latest, rested)


ways = st.lists(st.integers(0, 9), min_size=1, max_size=4)
moves = st.one_of(
    st.tuples(st.just("burst"), ways),
    st.tuples(st.just("to"), st.lists(st.integers(0, 9), min_size=1, max_size=1)),
    st.tuples(st.sampled_from(("previous", "next")), st.just([0])),
)


@given(st.lists(moves, max_size=40))
def test_it_is_a_list_with_a_cursor(script: list[tuple[str, list[int]]]) -> None:
    history, places, at = START, [spot(0)], 0
    for step, (kind, way) in enumerate(script):
        now = step * 100.0
        if kind in ("previous", "next"):
            after = history.previous(now) if kind == "previous" else history.next(now)
            target = at + (1 if kind == "next" else -1)
            assert (after is not None) == (0 <= target < len(places))
            if after is not None:
                history, at = after, target
        else:
            history = burst(history, way, now) if kind == "burst" else history.to(spot(way[0]), now)
            if spot(way[-1]) != places[at]:
                places = [*places[: at + 1], spot(way[-1])]
                at += 1
        assert history.here == history.latest == places[at]
        assert history.due is None


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_a_burst_is_one_step_back(way: list[int]) -> None:
    after = burst(START, [*way, 99], 0.0).previous(1e3)
    assert after is not None
    assert after.here == spot(0)
    assert after.back == ()


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9), st.floats(0, 5))
def test_back_from_a_view_on_its_way_loses_neither(way: list[int], now: float) -> None:
    moving = START
    for n in way:
        moving = moving.seen(spot(n), now)
    after = moving.previous(now)
    assert after is not None
    assert after.here == spot(0)
    again = after.next(now)
    assert again is not None
    assert again.here == spot(way[-1])


@given(st.lists(st.integers(1, 99), min_size=1, max_size=30, unique=True))
def test_all_the_way_back_and_forward(places: list[int]) -> None:
    history = START
    for n in places:
        history = history.to(spot(n), 0.0)
    there = history
    while (before := history.previous(0.0)) is not None:
        history = before
    assert history.here == spot(0)
    while (after := history.next(0.0)) is not None:
        history = after
    assert history == there


def test_a_jump_keeps_where_it_left_from() -> None:
    after = START.seen(spot(1), 0.0).to(spot(2), REST / 9)
    assert (after.back, after.here) == ((spot(0), spot(1)), spot(2))


def test_a_view_that_moves_is_no_place_yet() -> None:
    moving = START.seen(spot(1), 1.0)
    assert moving.seen(spot(1), 1.0 + REST * 0.9).back == ()
    assert moving.due == 1.0 + REST
    assert moving.seen(spot(1), 1.0 + REST).back == (spot(0),)


def test_a_view_that_stands_still_changes_nothing() -> None:
    assert START.seen(spot(0), 9.0) is START
    assert START.previous(0.0) is None
    assert START.next(0.0) is None


def test_the_slice_is_part_of_the_place() -> None:
    after = START.to(Spot(View(), Fraction(1)), 0.0).previous(1.0)
    assert after is not None
    assert after.here.z == 0


def test_the_oldest_places_go_first() -> None:
    history = START
    for n in range(MOST + 20):
        history = history.to(spot(n + 1), 0.0)
    assert len(history.back) == MOST
    assert history.back[0] == spot(20)
