"""Flights: they begin and end where they should, and the eye can follow, at any depth."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.strategies import deep_views
from viewer.flight import NEAR, RHO2, Flight, Tour, eased
from viewer.view import View, log2

PIXEL = Fraction(2, 4096)
"""Of a screen of that many pixels, in halves of its shorter side."""

HOME = View()
DEEP = View.parse("0.25,0.5@1e300")
AWAY = View(Fraction(-3, 4), Fraction(1, 3), Fraction(10) ** 290)
OUT = View(Fraction(10) ** 900, Fraction(0), Fraction(1, 10**1000))


@st.composite
def flights(draw: st.DrawFn) -> Flight:
    """Flights between any places, and between places in one picture."""
    start = draw(deep_views())
    if draw(st.booleans()):
        return Flight(start, draw(deep_views()))
    size = (draw(st.integers(1, 4096)), draw(st.integers(1, 4096)))
    at = (draw(st.floats(0, size[0])), draw(st.floats(0, size[1])))
    end = start.zoomed(draw(st.one_of(st.just(0), st.floats(-2000, 2000))), at, size)
    end = end.panned(draw(st.floats(-size[0], size[0])), draw(st.floats(-size[1], size[1])), size)
    return Flight(start, end) if draw(st.booleans()) else Flight(end, start)


moments = st.floats(0, 1)


def apart(a: View, b: View) -> float:
    """The distance of two centres, in halves of the shorter side of the coarser picture."""
    zoom = min(a.zoom, b.zoom)
    across = ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) * zoom**2
    return math.inf if across > 10**300 else math.sqrt(across)


def assert_same(a: View, b: View) -> None:
    """To a millionth of a pixel, in the middle and at the edge."""
    assert abs(a.zoom / b.zoom - 1) < PIXEL / 10**6
    assert apart(a, b) < PIXEL / 10**6


@given(flights())
@example(Flight(HOME, HOME))
def test_it_begins_and_ends_at_the_very_views(flight: Flight) -> None:
    assert flight.at(0) is flight.start
    assert flight.at(1) is flight.end
    assert_same(flight.at(1e-300), flight.start)


@given(flights(), moments)
@example(Flight(HOME, DEEP), 0.5)
@example(Flight(DEEP, AWAY), 0.5)
def test_the_way_back_is_the_same_way(flight: Flight, t: float) -> None:
    t = round(t * 2**20) / 2**20  # so that 1 - t is exact
    assert_same(flight.at(t), Flight(flight.end, flight.start).at(1 - t))


@given(flights(), moments)
@example(Flight(HOME, DEEP), 0.99)
@example(Flight(DEEP, HOME), 0.01)
@example(Flight(View(Fraction(1, 3)), View(Fraction(1, 2), base=1 + Fraction(1, 10**17))), 0.5)
@example(Flight(HOME, View(Fraction(1), base=1 + Fraction(1, 1500))), 0.5)
def test_near_by_one_point_of_the_picture_stays(flight: Flight, t: float) -> None:
    """The similarity's fixed point p is as far from the centre, on the screen, at any moment:
    c = p + (c0 - p) z0 / z. For equal zooms it is a straight line."""
    assume(not flight.is_far)
    start, end, now = flight.start, flight.end, flight.at(t)
    z0, z1, z = start.zoom, end.zoom, now.zoom
    for c0, c1, c in ((start.x, end.x, now.x), (start.y, end.y, now.y)):
        if abs(z1 / z0 - 1) < Fraction(1, 10**6):
            expected = c0 + (c1 - c0) * Fraction(t)
            slack = Fraction(1, 10**6)
        else:
            p = (c1 * z1 - c0 * z0) / (z1 - z0)
            expected = p + (c0 - p) * z0 / z
            slack = PIXEL / 10**6
        assert abs(c - expected) * z <= slack


@given(flights(), st.integers(2, 12))
@example(Flight(HOME, DEEP), 12)
def test_near_by_the_ratio_of_the_zoom_is_constant(flight: Flight, frames: int) -> None:
    assume(not flight.is_far)
    zooms = [flight.at(k / frames).zoom for k in range(frames + 1)]
    ratio = log2(flight.end.zoom / flight.start.zoom) / frames
    for before, after in pairwise(zooms):
        assert abs(log2(after / before) - ratio) < 1e-9


@given(flights(), moments)
@example(Flight(HOME, DEEP), 0.5)
@example(Flight(DEEP, AWAY), 0.001)
@example(Flight(DEEP, AWAY), 0.499)
@example(Flight(AWAY, OUT), 0.9)
@example(Flight(HOME, View(Fraction(3, 2))), 0.9)
def test_equal_times_are_equal_ways_to_the_eye(flight: Flight, t: float) -> None:
    """In van Wijk and Nuij's measure, the root of the squares of what zooming and panning cost."""
    step = 1 / max(64, 64 * flight.octaves)
    t = min(t, 1 - step)
    before, after = flight.at(t), flight.at(t + step)
    zoomed = log2(after.zoom / before.zoom)
    panned = apart(before, after) * math.sqrt(float(before.zoom / after.zoom) ** (
        1 if after.zoom < before.zoom else -1
    )) / 2 * RHO2 / math.log(2)  # fmt: skip
    assert math.hypot(zoomed, panned) == pytest.approx(flight.octaves * step, rel=1e-2, abs=1e-12)


@given(flights())
@example(Flight(DEEP, AWAY))
@example(Flight(OUT, AWAY))
def test_far_away_it_goes_out_until_both_are_seen_and_in(flight: Flight) -> None:
    assert flight.is_far == (apart(flight.start, flight.end) > NEAR)
    assume(flight.is_far)
    zooms = [flight.at(k / 24).zoom for k in range(25)]
    turn = zooms.index(min(zooms))
    assert zooms[: turn + 1] == sorted(zooms[: turn + 1], reverse=True)
    assert zooms[turn:] == sorted(zooms[turn:])
    first, last = flight._turns
    moment = -first / (last - first)
    top = flight.at(moment)
    assert apart(flight.at(moment - 1e-9), flight.at(moment + 1e-9)) < 1e-3  # without a jump
    assert 1 < apart(top, flight.start) + apart(top, flight.end) < 3 * NEAR


@given(flights(), moments)
def test_centres_are_short_numbers(flight: Flight, t: float) -> None:
    """A part of a pixel, not all digits of a quotient."""
    assume(0 < t < 1)
    view = flight.at(t)
    for c in (view.x, view.y):
        assert c.denominator.bit_length() <= max(0, log2(view.zoom)) + 55
        assert c.denominator & (c.denominator - 1) == 0
    assert view.base.numerator.bit_length() - log2(max(Fraction(1), view.zoom)) < 12000


@pytest.mark.parametrize(
    ("start", "end", "octaves"),
    [
        (HOME, View(base=Fraction(1024)), 10),
        (View(base=Fraction(1024)), HOME, 10),
        (HOME, HOME, 0),
        (HOME, View(Fraction(1)), 1 / math.log(2)),  # half a screen is an e-fold
    ],
)
def test_lengths(start: View, end: View, octaves: float) -> None:
    assert Flight(start, end).octaves == pytest.approx(octaves)


@given(st.floats(0, 1), st.floats(0, 0.5))
@example(1e-300, 1e-301)
def test_easing_is_even_and_steady_but_for_the_ends(t: float, ramp: float) -> None:
    assert (eased(0, ramp), eased(0.5, ramp), eased(1, ramp)) == (0, 0.5, 1)
    assert eased(t, 0) == t
    assert eased(1 - t, ramp) == pytest.approx(1 - eased(t, ramp), abs=1e-12)
    step = 1e-6
    assume(t < 1 - step)
    speed = (eased(t + step, ramp) - eased(t, ramp)) / step
    assert -1e-9 <= speed <= 1 / (1 - ramp) + 1e-6
    if ramp <= t < 1 - ramp - step:
        assert speed == pytest.approx(1 / (1 - ramp), abs=1e-6)


@pytest.mark.parametrize("ramp", [0.1, 0.5])
def test_easing_begins_and_ends_at_rest(ramp: float) -> None:
    assert eased(1e-4, ramp) < 1e-6
    assert 1 - eased(1 - 1e-4, ramp) < 1e-6


@st.composite
def tours(draw: st.DrawFn) -> Tour:
    """Some return to where they have been, or stay."""
    places = draw(st.lists(deep_views(), min_size=1, max_size=3))
    views = draw(st.lists(st.sampled_from(places), min_size=2, max_size=5))
    frames = draw(st.integers(len(views), 400))
    return Tour(tuple(views), frames, draw(st.floats(0, 300)))


@given(tours())
@settings(max_examples=50)
@example(Tour((HOME, DEEP, HOME), 3))
@example(Tour((HOME, HOME), 5, 2.0))
def test_each_view_of_a_tour_is_that_of_a_frame(tour: Tour) -> None:
    assert (tour.stops[0], tour.stops[-1]) == (0, tour.frames - 1)
    assert all(after > before for before, after in pairwise(tour.stops))
    for stop, view in zip(tour.stops, tour.views, strict=True):
        assert tour.at(stop) == view
    assert (tour.passed(0), tour.passed(tour.frames - 1)) == (0, 1)
    passed = [tour.passed(frame) for frame in range(tour.frames)]
    assert passed == sorted(passed)


@given(tours())
@settings(max_examples=50)
def test_flights_have_frames_in_proportion(tour: Tour) -> None:
    count, octaves = len(tour.flights), [flight.octaves for flight in tour.flights]
    assume(any(octaves))
    for length, (before, after) in zip(octaves, pairwise(tour.stops), strict=True):
        fair = 1 + (tour.frames - 1 - count) * length / sum(octaves)
        assert abs(after - before - fair) <= 1


def test_between_its_ramps_a_dive_is_as_fast_all_the_time() -> None:
    tour = Tour((HOME, DEEP), 301, 30)
    rates = [log2(tour.at(k + 1).zoom / tour.at(k).zoom) for k in range(300)]
    assert rates[30:270] == pytest.approx([log2(DEEP.zoom) / 270] * 240, rel=1e-9)
    assert rates[:31] == sorted(rates[:31])
    assert rates[0] < rates[30] / 100
    assert rates == pytest.approx(rates[::-1], rel=1e-9)


@given(flights(), st.integers(2, 20), st.data())
def test_without_ramps_frames_are_equal_steps(
    flight: Flight, frames: int, data: st.DataObject
) -> None:
    frame = data.draw(st.integers(0, frames - 1))
    tour = Tour((flight.start, flight.end), frames)
    assert tour.at(frame) == flight.at(frame / (frames - 1))
