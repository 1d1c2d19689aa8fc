"""The slice's height: its steps, the slider's ends, the way up and down, and what is said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import deep_views
from viewer.view import View
from viewer.window.hands import slices
from viewer.window.hands.controls import Action
from viewer.window.hands.heights import REACH, SWEEP_SECONDS, Ends, as_text, stepped
from viewer.window.hands.slider import LEAST, Sliders, track
from viewer.window.session import Session, Shape
from viewer.window.text.overlay import Typesetter, em_of

SLICED = Shape(Path("a.vm"), 10, 8, True)
FLAT = SLICED._replace(uses_z=False)

heights = st.fractions(-20, 20, max_denominator=10**6)
octaves, parts = st.integers(-40, 1000), st.fractions(1, 2, max_denominator=99)
zooms = st.builds(lambda octave, part: part * Fraction(2) ** octave, octaves, parts)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    view = draw(deep_views())
    return Session(view=view, z=draw(heights), size=(800, 600), shape=SLICED)


def acted(session: Session, action: Action, now: float = 0.0) -> Session:
    return slices.CHANGES[action](session, now)


# Steps


@settings(max_examples=40)
@given(heights, st.lists(st.floats(-4, 4), max_size=10), zooms)
def test_steps_add_up_and_can_be_undone(z: Fraction, steps: list[float], zoom: Fraction) -> None:
    there = z
    for step in steps:
        there = stepped(there, step, zoom)
    for step in reversed(steps):
        there = stepped(there, -step, zoom)
    assert there == z


@settings(max_examples=40)
@given(heights, zooms)
def test_a_step_is_some_pixels_of_the_picture(z: Fraction, zoom: Fraction) -> None:
    pixel = 2 / (600 * zoom)
    step = stepped(z, 1, zoom) - z
    assert step <= 12 * pixel or zoom < 1
    assert step >= 3 * pixel or zoom < 1
    assert step == Fraction(1, 50) or zoom > 1


@given(sessions())
def test_keys_and_the_wheel_agree(session: Session) -> None:
    up = acted(session, Action.Z_UP)
    assert up.z == slices.turned(session, 1.0, 0.0).z
    assert up.z > session.z
    assert acted(up, Action.Z_DOWN) == session


@given(heights, zooms)
def test_a_height_as_text_has_the_digits_that_count(z: Fraction, zoom: Fraction) -> None:
    shown = Fraction(as_text(z, zoom))
    assert abs(shown - z) <= Fraction(1, 10**4) / max(Fraction(1), zoom)


# The slider's ends


@settings(max_examples=40)
@given(st.lists(st.tuples(heights, zooms), min_size=1, max_size=8))
def test_the_ends_hold_the_height_and_fit_the_zoom(way: list[tuple[Fraction, Fraction]]) -> None:
    ends = Ends()
    for z, zoom in way:
        ends = ends.holding(z, zoom)
        assert ends.low <= z <= ends.high
        assert ends.holding(z, zoom) is ends or ends.holding(z, zoom) == ends
        spans = ends.unit * zoom
        assert Fraction(3, 10) <= spans <= Fraction(10, 3)
        assert 2 * ends.unit <= ends.span <= 4 * (REACH + 2) * ends.unit * len(way)
        assert (ends.low / ends.unit).denominator == (ends.high / ends.unit).denominator == 1


def test_the_ends_as_a_page() -> None:
    ends = Ends()
    for z, zoom, low, high in (
        ("0.3", "1", "-1", "1"),
        ("1", "1", "-1", "1"),
        ("1.01", "1", "-1", "2"),
        ("-0.5", "2", "-1", "2"),
        ("0.3", "0.4", "-2", "2"),
        ("0.3", "4", "0.2", "0.4"),
        ("0.31", "30", "0.2", "0.4"),
        ("0.31", "400", "0.309", "0.311"),
        ("100", "4", "99.9", "100.1"),
    ):
        ends = ends.holding(Fraction(z), Fraction(zoom))
        assert (ends.low, ends.high) == (Fraction(low), Fraction(high)), (z, zoom)


@given(st.floats(-1, 2), heights)
def test_the_slider_is_true_to_its_ends(part: float, z: Fraction) -> None:
    ends = Ends().holding(z, Fraction(1))
    assert ends.low <= ends.at(part) <= ends.high
    assert ends.at(ends.part(z)) == pytest.approx(z, abs=float(ends.span) / 1000)
    assert ends.at(ends.part(ends.at(part))) == ends.at(part)


# Up and down


@settings(max_examples=40)
@given(sessions(), st.floats(0, 1e6), st.lists(st.floats(0, 30), min_size=2, max_size=10))
def test_a_sweep_goes_up_and_down_at_a_constant_rate(
    session: Session, start: float, times: list[float]
) -> None:
    session = acted(session, Action.SWEEP).ticked(start)
    assert session.moving
    assert session.slider is not None
    (low, high, _), moved = session.slider, []
    for now in sorted(times):
        session = session.ticked(start + now)
        assert low <= session.z <= high
        moved.append((now, session.z))
    for (then, before), (now, after) in pairwise(moved):
        part = Fraction((now - then) / SWEEP_SECONDS)  # of the way, at most
        assert abs(after - before) <= (part * Fraction(1001, 1000) + Fraction(1, 10**5)) * (
            high - low
        )
    assert session.view == session.goal  # the view stays


@given(sessions())
def test_a_sweep_sets_out_upwards_from_where_it_is(session: Session) -> None:
    begun = acted(session, Action.SWEEP).ticked(5.0)
    assert begun.slider is not None
    part, before = begun.slider.part(begun.z), begun.slider.part(session.z)
    assert 0 <= part - before < 0.01 or before > 0.99
    turned = begun.ticked(5.0 + SWEEP_SECONDS * (1 - before))
    assert turned.slider is not None
    assert turned.slider.part(turned.z) > 0.99


@pytest.mark.parametrize(
    "stop",
    [
        lambda session: acted(session, Action.SWEEP),
        lambda session: session.act(Action.CLOSE),
        lambda session: acted(session, Action.Z_UP),
        lambda session: session.act(Action.HOME),
        lambda session: acted(session, Action.SLIDER),
        lambda session: slices.slid(session, Fraction(0)),
    ],
)
def test_what_stops_a_sweep(stop) -> None:  # type: ignore[no-untyped-def]
    session = Session(size=(800, 600), shape=SLICED)
    session = acted(session, Action.SWEEP).ticked(0.0).ticked(1.0)
    after = stop(session)
    assert not after.moving
    assert after.ticked(9.0).z == after.z


def test_a_sweep_goes_on_while_the_view_moves() -> None:
    session = Session(size=(800, 600), shape=SLICED, animated=True)
    session = acted(session, Action.SWEEP).ticked(0.0)
    for n in range(1, 60):
        session = session.stopped().act(Action.ZOOM_IN).ticked(n / 10)
        assert session.moving
        assert session.sweep is not None
        assert session.sweep.ends == session.slider
    assert session.slider is not None
    assert session.slider.unit < Fraction(1, 10**6)
    assert session.slider.low <= session.z <= session.slider.high


# What else


@pytest.mark.parametrize("action", slices.CHANGES)
def test_what_has_no_slice_says_so(action: Action) -> None:
    flat = Session(size=(800, 600), shape=FLAT)
    assert acted(flat, action) == flat.told(slices.MISSING, 0.0)
    waiting = Session(size=(800, 600))
    assert acted(waiting, action) is waiting


def test_the_start_has_its_height() -> None:
    session = Session(size=(800, 600), shape=SLICED, z=Fraction(1, 2), home_z=Fraction(1, 2))
    assert acted(session, Action.Z_UP).act(Action.HOME).z == Fraction(1, 2)
    other = session.loaded(SLICED._replace(path=Path("b.vm")))
    assert not other.z and not other.home_z


def test_esc_stops_the_sweep_then_closes_the_slider() -> None:
    session = acted(Session(size=(800, 600), shape=SLICED), Action.SWEEP)
    stopped = session.act(Action.CLOSE)
    assert (stopped.sweep, stopped.slider) == (None, Ends())
    assert stopped.act(Action.CLOSE).slider is None


@given(
    st.integers(1, 3000),
    st.integers(1, 3000),
    st.sampled_from([1.0, 1.5, 2.0]),
    st.floats(0.5, 1.0),
    heights,
)
def test_the_slider_stays_in_what_is_free(
    width: int, height: int, scale: float, part: float, z: Fraction
) -> None:
    size, free = (width, height), (int(width * part), int(height * part))
    advance = em_of(size, scale) * 0.602
    ends = Ends().holding(z, Fraction(1))
    found = track(ends, free, size, scale, advance)
    if found is None:
        assert width * part < 640 * scale or height * part < 400 * scale
        return
    assert 0 <= found.left < found.left + found.width <= free[0]
    assert 0 <= found.top < found.top + found.height <= free[1]
    assert found.left < found.start < found.start + found.length < found.left + found.width
    assert found.length >= LEAST * em_of(size, scale)
    at = found.handle(z)
    assert found.start <= at <= found.start + found.length
    assert abs(found.height_at(at) - z) <= ends.span / found.length
    assert found.holds((at, found.top + found.height / 2))
    assert not found.holds((at, found.top - 1))


@pytest.mark.parametrize("zoom", ["1", "1e12", "1e300"])
def test_the_slider_is_drawn_within_its_box_at_any_depth(zoom: str) -> None:
    sliders, size = Sliders(Typesetter()), (800, 600)
    view = View.parse(f"0,0@{zoom}")
    z = Fraction(1, 7)
    ends = Ends().holding(z, view.zoom)
    found = sliders.track(ends, size, size, 1.0)
    assert found is not None
    image = sliders.image(found, z, view.zoom, em_of(size, 1.0))
    assert image.image.shape == (found.height, found.width, 4)
    assert image.at == (found.left, found.top)
    assert sliders.image(found, z, view.zoom, em_of(size, 1.0)) is image
    moved = sliders.image(found, ends.high, view.zoom, em_of(size, 1.0))
    assert (moved.image != image.image).any()


def test_a_slider_that_follows_is_measured_again() -> None:
    session = Session(size=(800, 600), shape=SLICED, slider=Ends())
    assert session.measured() is session
    deep = replace(session, view=View.parse("0,0@1e300")).measured()
    assert deep.slider is not None
    assert deep.slider.unit < Fraction(1, 10**299)
