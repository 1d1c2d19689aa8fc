"""Trips of the session: they end where moves without them end, and the hand is always ahead."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.strategies import deep_views
from tests.window.test_session import FACTS, SHAPE, pixels_apart
from viewer.errors import UsageError
from viewer.view import View, log2
from viewer.window.command import add_options, prepare
from viewer.window.hands.camera import FLY_OCTAVES, FRAME, LONGEST, MOVE_SECONDS
from viewer.window.hands.clicks import PAIR_DISTANCE, PAIR_SECONDS, Clicks, Held
from viewer.window.hands.controls import Action
from viewer.window.session import CHANGES, Session
from viewer.window.text.axes import ZEROS
from viewer.window.text.hud import panels

MOVES = (
    *(Action.PAN_LEFT, Action.PAN_UP, Action.ZOOM_IN, Action.ZOOM_OUT, Action.CLICK_IN),
    *(Action.CLICK_OUT, Action.HOME, Action.PART_7, Action.HUD),
)
Input = Callable[[Session], Session]


def acting(action: Action) -> Input:
    return lambda session: session.act(action)


@st.composite
def inputs(draw: st.DrawFn) -> list[tuple[float, Input]]:
    """Inputs, and the seconds before each of them."""
    kinds: st.SearchStrategy[Input] = st.one_of(
        st.sampled_from(MOVES).map(acting),
        st.floats(-4, 4).map(lambda clicks: lambda session: session.wheeled(clicks)),
        st.tuples(st.floats(0, 800), st.floats(0, 600)).map(lambda at: lambda s: s.pointed(at)),
        deep_views().map(lambda view: lambda session: session.pasted(str(view), 0.0)),
    )
    return draw(st.lists(st.tuples(st.floats(0, 0.3), kinds), max_size=12))


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    at = draw(st.none() | st.tuples(st.floats(0, 800), st.floats(0, 600)))
    view = draw(deep_views())
    return Session(view=view, size=(800, 600), cursor=at, shape=SHAPE, animated=True)


def rested(session: Session, now: float) -> Session:
    """What it is when every trip is over."""
    return session.ticked(now).ticked(now + MOVE_SECONDS)


@given(sessions(), inputs())
def test_a_trip_ends_where_the_move_without_it_ends(
    session: Session, steps: list[tuple[float, Input]]
) -> None:
    """Whatever comes in between and however fast: ten clicks are ten clicks."""
    still, now = replace(session, animated=False), 100.0
    for pause, step in steps:
        session, now = session.ticked(now), now + pause
        session, still = step(session.ticked(now)), step(still)
    assert session.goal == still.view
    after = rested(session, now)
    assert replace(after, animated=False, message="") == replace(still, message="")
    assert after.ticked(now + 1) is after or after.message


@given(sessions(), st.floats(-8, 8), st.floats(0, MOVE_SECONDS))
def test_the_point_under_the_cursor_stays_all_the_way(
    session: Session, clicks: float, moment: float
) -> None:
    at = session.cursor or (400.0, 300.0)
    here = session.view.model_at(at, session.size)
    there = session.wheeled(clicks).ticked(0.0).ticked(moment)
    assert pixels_apart(here, there.view.model_at(at, session.size), there) < 1e-5


@given(sessions(), st.floats(0.5, 8), st.lists(st.floats(0, 0.5), min_size=2, max_size=8))
def test_it_goes_on_from_where_it_is_and_never_back(
    session: Session, clicks: float, times: list[float]
) -> None:
    zooms = [session.view.zoom]
    session, now = session.wheeled(clicks), 0.0
    for seconds in times:
        before = session.ticked(now)
        session = before.wheeled(clicks)
        assert session.view == before.view  # an input moves nothing itself
        now += seconds
        zooms.append(session.view.zoom)
    assert zooms == sorted(zooms)
    assert not session.moving
    assert session.ticked(now).view.zoom > session.view.zoom  # but the next frame has moved


@given(sessions(), st.sampled_from([-8, -1, 1, 8]))
def test_a_move_starts_at_once_and_slows_down(session: Session, clicks: int) -> None:
    session = session.wheeled(clicks).ticked(FRAME)
    views = [session.ticked(MOVE_SECONDS * k / 16).view for k in range(17)]
    steps = [abs(log2(b.zoom / a.zoom)) for a, b in pairwise(views)]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > 10 * steps[-1]


@given(sessions(), st.floats(0, MOVE_SECONDS))
def test_a_click_does_not_end_a_move(session: Session, moment: float) -> None:
    on_the_way = session.wheeled(3).ticked(0.0).ticked(moment)
    assert on_the_way.dragged(0.0, 0.0) is on_the_way


@given(sessions(), st.floats(-500, 500), st.floats(0, MOVE_SECONDS))
def test_a_drag_takes_hold_at_once(session: Session, dx: float, moment: float) -> None:
    on_the_way = session.wheeled(3).ticked(0.0).ticked(moment)
    after = on_the_way.dragged(dx, 1.0)
    assert after.view == on_the_way.view.panned(dx, 1.0, session.size)
    assert rested(after, 1.0).view == after.view


def test_nothing_sets_out_before_there_is_something_to_see() -> None:
    waiting = Session(size=(800, 600), animated=True).flying(View.parse("0.1,0.2@1e9"))
    assert waiting.ticked(5.0) == waiting
    assert not waiting.moving
    assert waiting.loaded(SHAPE).ticked(6.0).moving


@given(deep_views())
def test_what_would_be_a_blur_is_a_jump(home: View) -> None:
    session = Session(view=home, size=(800, 600), animated=True, shape=SHAPE)
    deep = replace(home, base=home.base * 2 ** int(LONGEST + 1))
    assert session.going(deep) == session.arrived(deep)
    near = replace(home, base=home.base * 2 ** int(LONGEST - 1))
    assert session.going(near).view == home


@given(deep_views(), st.floats(0.01, 0.99))
def test_a_flight_has_a_constant_rate_and_stops_where_it_is(goal: View, part: float) -> None:
    home = replace(goal, base=goal.base / 2**100)
    session = Session(view=home, size=(800, 600), shape=SHAPE).flying(goal).ticked(10.0)
    seconds = 100 / FLY_OCTAVES
    there = session.ticked(10.0 + part * seconds)
    octaves = FLY_OCTAVES * (part * seconds + FRAME)
    assume(octaves < 100)
    assert log2(there.view.zoom / home.zoom) == pytest.approx(octaves, abs=1e-6)
    assert session.ticked(10.0 + seconds).view == goal
    stopped = there.stopped()
    assert (stopped.view, stopped.goal, stopped.moving) == (there.view, there.view, False)
    assert stopped.ticked(99.0) == stopped


@given(sessions())
def test_a_short_move_is_not_stopped(session: Session) -> None:
    moving = session.act(Action.ZOOM_IN).ticked(0.0)
    assert moving.stopped() is moving


@given(sessions(), st.booleans())
def test_pasting_the_copied_view_moves_nothing(session: Session, animated: bool) -> None:
    """Not even by the digits that text leaves out."""
    session = replace(session, view=session.view.panned(1 / 3, 0, session.size), animated=animated)
    pasted = session.pasted(f" {session.view} \n", 0.0)
    assert pasted.view == session.view
    assert not pasted.ticked(0.0).moving


def test_moving_changes_need_an_animated_session() -> None:
    for change in CHANGES.values():
        session = Session(size=(800, 600), home=View.parse("1,1@3"), shape=SHAPE)
        assert change(session).trip is None


def test_another_file_is_there_at_once() -> None:
    session = Session(size=(800, 600), shape=SHAPE, animated=True).wheeled(5).ticked(0.0)
    other = session.loaded(SHAPE._replace(path=SHAPE.path.with_name("b.vm")))
    assert (other.view, other.goal, other.moving) == (View(), View(), False)


def test_coordinates_of_a_deep_view_as_a_page() -> None:
    digits = "1234567890" * 30
    session = Session(view=View.parse(f"0.{digits},-0.5@1e300"), size=(800, 600), hud=True)
    (panel,) = panels(session, FACTS, 110)
    assert panel.text().splitlines()[0] == (
        "centre    0.1234567890123456789012…4567890123456789, -0.5"
    )


@given(deep_views())
def test_coordinates_show_where_and_what_a_pixel_changes(view: View) -> None:
    session = Session(view=view, size=(800, 600), hud=True)
    (panel,) = panels(session, FACTS, 200)
    shown = panel.text().splitlines()[0].removeprefix("centre").strip().split(", ")
    for short, full in zip(shown, str(view).partition("@")[0].split(","), strict=True):
        assert len(short) <= 41
        told, digits = written(short, full)
        first, dots, last = told.partition("…")
        assert digits.startswith(first)
        assert digits.endswith(last)
        assert dots or told == digits


def written(short: str, full: str) -> tuple[str, str]:
    """What is to be found in a number, and the number; of one near zero, whose exponent is told,
    the digits that matter."""
    place = Decimal(full).adjusted()
    if place >= -ZEROS:
        return short, full
    told, _, exponent = short.partition("e")
    assert int(exponent) == place
    zeros = "0." + "0" * (-place - 1)
    return told.replace(".", ""), full.replace(zeros, "")


def test_the_second_click_of_a_pair() -> None:
    clicks, at = Clicks(), (10.0, 20.0)
    near, far = (10 + PAIR_DISTANCE, 20.0), (11 + PAIR_DISTANCE, 20.0)
    soon = PAIR_SECONDS * 0.9
    assert not clicks.second(at, 0.0)
    assert clicks.second(near, soon)
    assert not clicks.second(at, soon * 1.5)  # a third one is a first one
    assert clicks.second(at, soon * 2)
    assert not clicks.second(at, 5.0)
    assert not clicks.second(at, 5.1 + PAIR_SECONDS)
    assert not clicks.second(far, 5.2 + PAIR_SECONDS)


def test_held_keys_repeat_until_they_are_let_go() -> None:
    held = Held()
    held.press("Shift+Left", 0.0)
    assert held.due(0.29) == []
    assert held.due(0.31) == ["Shift+Left"]
    assert held.due(0.32) == []
    assert held.due(0.35) == ["Shift+Left"]
    held.release("Left")
    assert held.due(9.0) == []
    held.press("Up", 0.0)
    held.clear()
    assert held.due(9.0) == []


def test_home_is_a_trip() -> None:
    session = Session(
        view=View(base=Fraction(8)), size=(800, 600), animated=True, shape=SHAPE, z=Fraction(1)
    )
    going = session.act(Action.HOME)
    assert (going.view, going.goal, going.z) == (session.view, View(), Fraction(0))


def test_flying_somewhere_needs_a_place() -> None:
    parser = ArgumentParser()
    add_options(parser)
    with pytest.raises(UsageError, match="--fly goes to a view, expected --view X,Y@ZOOM"):
        prepare(parser.parse_args(["--fly"]))
