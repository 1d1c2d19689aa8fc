"""The camera: moves that cancel exactly, text that reads back."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import deep_views, sizes, views
from viewer.errors import UsageError
from viewer.view import MAX_EXPONENT, STEPS, Block, Grid, View, parse_number, parse_zoom

PIXELS = st.floats(-3000, 3000, allow_nan=False)
OCTAVES = st.floats(-8, 8, allow_nan=False)
ANYWHERE = st.one_of(views(), deep_views())
DEEP = View(Fraction(1, 3), Fraction(-1, 7), Fraction(10) ** 1000)


def pixel(view: View, size: tuple[int, int]) -> Fraction:
    """The distance of neighbouring pixels in model units, from the definition: at zoom Z the
    shorter side spans 2/Z."""
    return Fraction(2) / view.zoom / min(size)


# --- moves -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "expected"),
    [((0, 0), (-2, 1)), ((800, 400), (2, -1)), ((400, 200), (0, 0)), ((200, 300), (-1, -0.5))],
)
def test_home(at: tuple[float, float], expected: tuple[Any, Any]) -> None:
    """At zoom 1 the shorter side spans [-1, 1]; screen y goes down, model y up."""
    assert View().model_at(at, (800, 400)) == expected
    x, y = expected
    assert View(base=Fraction(2)).model_at(at, (800, 400)) == (x / 2, y / 2)
    assert View().model_at(at[::-1], (400, 800)) == (-y, -x)


@given(view=ANYWHERE, size=sizes(), at=st.tuples(PIXELS, PIXELS))
def test_a_place_is_the_point_under_the_cursor(
    view: View, size: tuple[int, int], at: tuple[float, float]
) -> None:
    for short, exact in zip(view.place_at(at, size), view.model_at(at, size), strict=True):
        assert abs(short - exact) < pixel(view, size) / 10**6


@given(view=ANYWHERE, size=sizes(), dx=PIXELS, dy=PIXELS, at=st.tuples(PIXELS, PIXELS))
@example(view=DEEP, size=(1, 5000), dx=0.25, dy=-1e-3, at=(0.0, 0.0))
def test_a_pan_moves_the_picture_by_its_pixels(
    view: View, size: tuple[int, int], dx: float, dy: float, at: tuple[float, float]
) -> None:
    """What was at a place is then dx, dy further on, y down."""
    unit = pixel(view, size)
    before = view.model_at(at, size)
    after = view.panned(dx, dy, size).model_at(at, size)
    assert abs(before[0] - after[0] - Fraction(dx) * unit) < unit / 10**6
    assert abs(after[1] - before[1] - Fraction(dy) * unit) < unit / 10**6


@given(view=ANYWHERE, size=sizes(), octaves=OCTAVES, at=st.tuples(PIXELS, PIXELS))
@example(view=DEEP, size=(3, 100_000), octaves=0.1, at=(2.5, 99_999.5))
def test_zooming_keeps_the_point_under_the_cursor(
    view: View, size: tuple[int, int], octaves: float, at: tuple[float, float]
) -> None:
    after = view.zoomed(octaves, at, size)
    unit = min(pixel(view, size), pixel(after, size))
    for old, new in zip(view.model_at(at, size), after.model_at(at, size), strict=True):
        assert abs(old - new) < unit / 10**6
    # The zoom itself is right to half a step.
    assert abs(_log2(after.zoom / view.zoom) - octaves) <= 0.5 / STEPS + 1e-9


def _log2(value: Fraction) -> float:
    return math.log2(value.numerator) - math.log2(value.denominator)


@given(view=ANYWHERE, octaves=st.integers(-30, 30))
def test_whole_octaves_are_exact(view: View, octaves: int) -> None:
    assert view.zoomed(octaves, (0, 0), (2, 2)).zoom == view.zoom * Fraction(2) ** octaves


@given(view=ANYWHERE, size=sizes(), a=st.tuples(PIXELS, PIXELS), b=st.tuples(PIXELS, PIXELS))
@example(view=DEEP, size=(640, 480), a=(10.0, 20.0), b=(10.0, 20.0))
def test_a_box_fills_the_picture(
    view: View, size: tuple[int, int], a: tuple[float, float], b: tuple[float, float]
) -> None:
    """Its middle is the centre, all of it is seen, and one step more would cut it off."""
    after = view.boxed(a, b, size)
    assert after == view.boxed((b[0], a[1]), (a[0], b[1]), size)
    unit = pixel(after, size)
    middle = view.model_at(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), size)
    assert abs(after.x - middle[0]) < unit / 10**6
    assert abs(after.y - middle[1]) < unit / 10**6
    sides = [max(1.0, abs(p - q)) for p, q in zip(a, b, strict=True)]
    shown = [Fraction(side) * pixel(view, size) / unit for side in sides]
    assert all(side <= n * (1 + 1e-9) for side, n in zip(shown, size, strict=True))
    steps = Fraction(2 ** (2.001 / STEPS))
    assert any(side * steps > n for side, n in zip(shown, size, strict=True))


@given(view=ANYWHERE, size=sizes())
def test_the_box_of_the_whole_picture_is_the_view(view: View, size: tuple[int, int]) -> None:
    assert view.boxed((0.0, 0.0), (float(size[0]), float(size[1])), size) == view


MOVES = st.one_of(
    st.tuples(st.just("pan"), PIXELS, PIXELS), st.tuples(st.just("zoom"), OCTAVES, PIXELS)
)


def moved(view: View, move: tuple[str, float, float], way: int, size: tuple[int, int]) -> View:
    kind, first, second = move
    if kind == "pan":
        return view.panned(way * first, way * second, size)
    return view.zoomed(way * first, (second, -second / 3), size)


def assert_undone(view: View, moves: list[tuple[str, float, float]], size: tuple[int, int]) -> None:
    there = view
    for move in moves:
        there = moved(there, move, 1, size)
    for move in reversed(moves):
        there = moved(there, move, -1, size)
    assert there == view
    assert str(there) == str(view)


@given(view=ANYWHERE, moves=st.lists(MOVES, max_size=30), size=sizes())
def test_moves_and_their_inverses_cancel_exactly(
    view: View, moves: list[tuple[str, float, float]], size: tuple[int, int]
) -> None:
    assert_undone(view, moves, size)


def random_moves(count: int) -> Iterator[tuple[str, float, float]]:
    random = np.random.default_rng(1611)
    for kind, a, b in zip(
        random.integers(0, 2, count), random.normal(size=count), random.normal(size=count),
        strict=True,
    ):  # fmt: skip
        yield ("pan", 300 * a, 300 * b) if kind else ("zoom", a, 400 + 200 * b)


@pytest.mark.parametrize("view", [View(), DEEP], ids=["home", "1e1000"])
def test_two_thousand_moves_and_back(view: View) -> None:
    """Home again to the last digit, in numbers that stay short."""
    moves = list(random_moves(2000))
    assert_undone(view, moves, (1023, 768))
    there = view
    for move in moves:
        there = moved(there, move, 1, (1023, 768))
    assert there.x.denominator.bit_length() < 8000


def test_a_long_way_in_and_out() -> None:
    """Steps of a tenth of an octave to zoom 2^200 and back, at a cursor that does not move."""
    view, size, at = View(), (1280, 1024), (117.0, 1000.5)
    point = view.model_at(at, size)
    for _ in range(2000):
        view = view.zoomed(0.1, at, size)
    assert view.steps == 2000 * round(0.1 * STEPS)
    drift = abs(view.model_at(at, size)[0] - point[0])
    # Every step drifts by a millionth of its own pixel at most; the first pixels are large.
    assert drift < pixel(View(), size) / 10**6
    for _ in range(2000):
        view = view.zoomed(-0.1, at, size)
    assert view == View()


# --- text ------------------------------------------------------------------------------------


@given(view=ANYWHERE, size=sizes())
@example(view=DEEP, size=(64, 64))
@example(view=View(base=Fraction(1, 10**1000)), size=(64, 64))
@example(view=View(Fraction(10) ** 30 + Fraction(1, 3), Fraction(-1, 10**40)), size=(64, 64))
def test_text_reads_back(view: View, size: tuple[int, int]) -> None:
    """To a ten-thousandth of a pixel, and exactly from then on."""
    once = View.parse(str(view))
    unit = pixel(view, (10_000, 10_000))
    assert abs(once.x - view.x) < unit / 10**4
    assert abs(once.y - view.y) < unit / 10**4
    assert abs(once.zoom / view.zoom - 1) < Fraction(1, 10**15)
    assert str(once) == str(view)
    assert View.parse(str(once)) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0,0@1", "0,0@1"),
        ("0,0", "0,0@1"),
        (" -0.4 , +.5 @ 1e3 ", "-0.4,0.5@1000"),
        ("-0.0,1e-3@250.50", "0,0.001@250.5"),
        ("1e2,-7.@1e1000", "100,-7@1e1000"),
        ("0,0@1e-7", "0,0@1e-7"),
        ("0,0@12345678", "0,0@1.2345678e7"),
        ("0.123456789012345678901234567890,0@1e30", "0.12345678901234567890123456789,0@1e30"),
    ],
)
def test_text_pages(text: str, shown: str) -> None:
    assert str(View.parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "bad view '', expected x,y@zoom such as -0.4,0.5@1e3"),
        ("1@2", "bad view '1@2', expected x,y@zoom such as -0.4,0.5@1e3"),
        ("1,2,3@4", "bad coordinate '2,3', expected a decimal number such as -0.25 or 1e-3"),
        ("1,2@", "bad zoom '', expected a decimal number such as -0.25 or 1e-3"),
        (",2@1", "bad coordinate '', expected a decimal number such as -0.25 or 1e-3"),
        ("1,2@0", "bad zoom '0', expected a number above 0"),
        ("1,2@-3", "bad zoom '-3', expected a number above 0"),
        ("1,2@3@4", "bad zoom '3@4', expected a decimal number such as -0.25 or 1e-3"),
        ("1_0,2@3", "bad coordinate '1_0', expected a decimal number such as -0.25 or 1e-3"),
        ("nan,2", "bad coordinate 'nan', expected a decimal number such as -0.25 or 1e-3"),
        ("0,0@inf", "bad zoom 'inf', expected a decimal number such as -0.25 or 1e-3"),
        ("0,0@1e100001", f"bad zoom '1e100001', expected an exponent up to {MAX_EXPONENT}"),
        (
            "1e-999999999,0",
            f"bad coordinate '1e-999999999', expected an exponent up to {MAX_EXPONENT}",
        ),
        ("\ud800,0", "bad coordinate '\\ud800', expected a decimal number such as -0.25 or 1e-3"),
        ("1\n,0", None),
    ],
)
def test_bad_text(text: str, message: str | None) -> None:
    if message is None:
        assert View.parse(text).x == 1  # blanks and line ends around a number are no harm
        return
    with pytest.raises(UsageError) as caught:
        View.parse(text)
    assert str(caught.value) == message
    assert caught.value.exit_status == 2


@given(text=st.text(max_size=20))
def test_any_text_is_a_view_or_an_error_of_one_line(text: str) -> None:
    for reader in (View.parse, parse_zoom, lambda text: parse_number(text, "height")):
        try:
            reader(text)
        except UsageError as error:
            assert str(error).isprintable()


def test_large_exponents_can_be_moved_and_written() -> None:
    """Past the 4300 digits that Python writes of its own accord."""
    for text in ("1e9000,-1e-9000@1e9000", "0,0@1e-9000"):
        view = View.parse(text)
        after = view.zoomed(1, (3, 4), (640, 480)).panned(10, 20, (640, 480))
        assert str(View.parse(str(after))) == str(after)
        Grid(after, 3, 3).xs(Block(0, 0, 3, 3), np.float64)


def test_the_largest_exponents_are_read() -> None:
    view = View.parse(f"1e{MAX_EXPONENT},-1e-{MAX_EXPONENT}@1e{MAX_EXPONENT}")
    assert 1 / view.y == -view.x
    assert view.x == view.zoom == 10**MAX_EXPONENT


@given(view=ANYWHERE)
def test_text_has_the_digits_that_the_zoom_needs(view: View) -> None:
    """Not more than a few beyond a pixel, not those of an exact fraction."""
    centre, _, zoom = str(view).partition("@")
    for number in centre.split(","):
        places = len(number.partition(".")[2])
        assert places <= max(0.0, _log2(view.zoom) * math.log10(2)) + 9
    assert len(zoom) <= 24
