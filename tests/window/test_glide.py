"""Glides as laws: they go on as the hand went, slow down, and end at rest, at any depth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.strategies import deep_views
from tests.window.test_session import SHAPE
from viewer.view import log2
from viewer.window.hands.camera import FRAME, GLIDE_LEAST, GLIDE_MOST, GLIDE_SECONDS
from viewer.window.hands.controls import Action
from viewer.window.session import Session

SIZE = (800, 600)
speeds = st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)).filter(
    lambda speed: (speed[0] ** 2 + speed[1] ** 2) ** 0.5 >= GLIDE_LEAST
)


@st.composite
def let_go(draw: st.DrawFn) -> tuple[Session, tuple[float, float]]:
    """A picture that was just let go, and its speed in pixels a second."""
    session = Session(view=draw(deep_views()), size=SIZE, shape=SHAPE, glides=True)
    speed = draw(speeds)
    return session.thrown(*speed), speed


def gone(before: Session, after: Session) -> tuple[float, float]:
    """How far the picture moved, in pixels, y down."""
    pixel = before.view.half(SIZE) * 2
    return (
        float((before.view.x - after.view.x) / pixel),
        float((after.view.y - before.view.y) / pixel),
    )


@settings(max_examples=40)
@given(let_go(), st.lists(st.floats(0, GLIDE_SECONDS), min_size=2, max_size=12))
def test_it_goes_one_way_slows_down_and_rests(
    thrown: tuple[Session, tuple[float, float]], times: list[float]
) -> None:
    start, (dx, dy) = thrown
    assert start.view == replace(start, trip=None).view  # letting go moves nothing itself
    speed = (dx * dx + dy * dy) ** 0.5
    session, ways = start.ticked(FRAME), [0.0]
    for now in sorted(times):
        session = session.ticked(now)
        x, y = gone(start, session)
        along, across = (x * dx + y * dy) / speed, (x * dy - y * dx) / speed
        assert abs(across) < 1e-3
        assert session.view.zoom == start.view.zoom
        ways.append(along)
    assert all(a <= b + 1e-6 for a, b in pairwise(ways))
    rest = session.ticked(GLIDE_SECONDS + FRAME)
    assert not rest.moving
    assert rest.trip is None
    assert rest.ticked(99.0) is rest
    assert rest.view == start.goal
    assert ways[-1] <= (gone(start, rest)[0] * dx + gone(start, rest)[1] * dy) / speed + 1e-6


@given(let_go())
def test_it_sets_out_as_fast_as_the_hand(thrown: tuple[Session, tuple[float, float]]) -> None:
    start, speed = thrown
    first = start.ticked(FRAME)  # one frame after it was let go
    for way, pixels in zip(gone(start, first), speed, strict=True):
        assert abs(way) <= abs(pixels) * FRAME * 1.01 + 1e-3
        assert abs(way) >= abs(pixels) * FRAME * 0.5 - 1e-3


@given(let_go())
def test_it_ends_within_a_picture(thrown: tuple[Session, tuple[float, float]]) -> None:
    start, _ = thrown
    x, y = gone(start, replace(start, view=start.goal))
    assert (x * x + y * y) ** 0.5 <= GLIDE_MOST * min(SIZE) * 1.001


@settings(max_examples=40)
@given(let_go())
def test_slow_steps_of_a_glide_get_smaller(thrown: tuple[Session, tuple[float, float]]) -> None:
    session = thrown[0].ticked(FRAME)
    ways = []
    for n in range(1, 16):
        after = session.ticked(n * GLIDE_SECONDS / 16)
        x, y = gone(session, after)
        ways.append((x * x + y * y) ** 0.5)
        session = after
    assert all(b <= a + 1e-3 for a, b in pairwise(ways[1:]))


@settings(max_examples=40)
@given(let_go(), st.floats(0, GLIDE_SECONDS * 0.9))
def test_a_press_stops_it_where_it_is(
    thrown: tuple[Session, tuple[float, float]], now: float
) -> None:
    gliding = thrown[0].ticked(0.0).ticked(now)
    assume(gliding.trip)
    stopped = gliding.stopped()
    assert stopped.view == gliding.view
    assert stopped.goal == gliding.view
    assert not stopped.moving
    zoomed = stopped.act(Action.ZOOM_IN)
    assert log2(zoomed.goal.zoom / gliding.view.zoom) == pytest.approx(0.5)


@settings(max_examples=40)
@given(let_go(), st.floats(-100, 100))
def test_a_hand_takes_hold_of_it(thrown: tuple[Session, tuple[float, float]], dx: float) -> None:
    gliding = thrown[0].ticked(0.0).ticked(0.1)
    assume(gliding.trip and dx)
    assert gliding.dragged(dx, 0).view == gliding.view.panned(dx, 0, SIZE)


def test_it_is_off_unless_asked_for_and_for_slow_hands() -> None:
    session = Session(size=SIZE, shape=SHAPE)
    assert session.thrown(900.0, 0.0) is session
    gliding = replace(session, glides=True)
    assert gliding.thrown(GLIDE_LEAST / 2, 0.0) is gliding
    assert gliding.thrown(0.0, 0.0) is gliding


def test_at_a_depth_of_1e300() -> None:
    view = replace(Session().view, x=Fraction(1, 3), base=Fraction(10) ** 300)
    session = Session(view=view, size=SIZE, shape=SHAPE, glides=True).thrown(0.0, 600.0)
    rest = session.ticked(0.0).ticked(GLIDE_SECONDS)
    x, y = gone(session, rest)
    assert x == 0
    assert y == pytest.approx(600 * GLIDE_SECONDS / 3)
