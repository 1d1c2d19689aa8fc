"""Laws of the session: what events and actions change, without a window."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from viewer.errors import FileError, ParseError
from viewer.view import View
from viewer.window.hands.controls import Action
from viewer.window.session import Session, Shape, to_pixels
from viewer.window.text.hud import Facts, panels

FACTS = Facts(27.34, "glsl, 8 pieces", "llvmpipe", Decimal("-0.25"), None)
SHAPE = Shape(Path("a.vm"), 10, 8, False)
ERROR = ParseError("a.vm", 2, 4, "unknown opcode 'ad'", "_1 ad _0 _0")

sizes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))
clicks = st.floats(-8, 8)
moves = st.floats(-4000, 4000)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    numbers = st.fractions(-2, 2, max_denominator=10**6)
    view = View(draw(numbers), draw(numbers), Fraction(2) ** draw(st.integers(-10, 60)))
    size = draw(sizes)
    inside = st.tuples(st.floats(0, size[0]), st.floats(0, size[1]))
    return Session(
        view=view,
        size=size,
        z=draw(numbers),
        cursor=draw(st.none() | inside),
        shape=draw(st.none() | st.just(SHAPE)),
        problem=draw(st.none() | st.just(ERROR)),
        message=draw(st.sampled_from(["", "saved a.png"])),
        message_ends=5.0,
        hud=draw(st.booleans()),
        help=draw(st.booleans()),
    )


def pixels_apart(a: tuple[Fraction, Fraction], b: tuple[Fraction, Fraction], s: Session) -> float:
    pixel = s.view.half(s.size) * 2
    return max(float(abs(p - q) / pixel) for p, q in zip(a, b, strict=True))


@given(sessions(), clicks)
def test_the_wheel_keeps_the_point_under_the_cursor(session: Session, n: float) -> None:
    after = session.wheeled(n)
    at = session.cursor or (session.size[0] / 2, session.size[1] / 2)
    here = session.view.model_at(at, session.size)
    there = after.view.model_at(at, session.size)
    assert pixels_apart(here, there, after) < 1e-3


@given(sessions(), moves, moves)
def test_a_drag_keeps_the_point_under_the_hand(session: Session, dx: float, dy: float) -> None:
    after = session.dragged(dx, dy)
    here = session.view.model_at((0, 0), session.size)
    there = after.view.model_at((dx, dy), session.size)
    assert pixels_apart(here, there, after) < 1e-3


@given(sessions(), st.lists(st.tuples(moves, moves), max_size=8))
def test_a_drag_and_its_way_back_cancel(session: Session, way: list[tuple[float, float]]) -> None:
    there = session
    for dx, dy in way:
        there = there.dragged(dx, dy)
    for dx, dy in reversed(way):
        there = there.dragged(-dx, -dy)
    assert there == session


@given(sessions(), st.lists(st.floats(-1, 1), max_size=20))
def test_parts_of_a_click_add_up(session: Session, parts: list[float]) -> None:
    step = session
    for part in parts:
        step = step.wheeled(part)
    octaves = (step.view.steps - session.view.steps) / 1024
    assert abs(octaves - sum(parts) / 4) <= len(parts) / 1024


@given(sessions(), sizes, st.sampled_from([1.0, 1.5, 2.0]))
def test_resizing_keeps_the_centre_and_the_zoom(
    session: Session, size: tuple[int, int], scale: float
) -> None:
    after = session.resized(size, scale)
    assert (after.view, after.size, after.scale) == (session.view, size, scale)


@given(sessions(), st.tuples(st.integers(-2, 1), st.integers(-2, 1)))
def test_no_size_is_below_one_pixel(session: Session, size: tuple[int, int]) -> None:
    after = session.resized(size, 1.0).wheeled(1).dragged(1, 1).act(Action.PAN_LEFT)
    assert min(after.size) == 1
    assert after.grid.half > 0


@given(sessions())
def test_opposite_keys_cancel(session: Session) -> None:
    for one, other in (
        (Action.PAN_LEFT, Action.PAN_RIGHT),
        (Action.PAN_UP, Action.PAN_DOWN),
        (Action.ZOOM_IN, Action.ZOOM_OUT),
        (Action.HUD, Action.HUD),
        (Action.HELP, Action.HELP),
    ):
        assert session.act(one) != session
        told = "" if one is Action.HELP else session.message
        assert session.act(one).act(other) == replace(session, message=told)


@given(sessions(), clicks, moves)
def test_home_is_home(session: Session, n: float, dx: float) -> None:
    home = replace(session, home=session.view, z=Fraction(0))
    assert home.wheeled(n).dragged(dx, 1).act(Action.Z_UP).act(Action.HOME) == home


@given(sessions())
def test_esc_closes_one_thing_at_a_time_and_then_nothing(session: Session) -> None:
    def over(s: Session) -> int:
        shown_problem = s.problem is not None and not s.problem_hidden
        return s.help + s.hud + bool(s.message) + shown_problem

    while over(session):
        after = session.act(Action.CLOSE)
        assert over(after) == over(session) - 1
        session = after
    assert session.act(Action.CLOSE) == session
    assert panels(session, FACTS, 80) == ()


@given(sessions())
def test_actions_of_the_window_do_not_touch_the_session(session: Session) -> None:
    for action in (Action.SAVE, Action.QUIT, Action.COPY, Action.FULL_SCREEN):
        assert session.act(action) is session


@given(sessions(), st.floats(0, 100))
def test_a_message_goes_when_its_time_is_over(session: Session, now: float) -> None:
    told = session.told("saved", now)
    assert told.ticked(now + 4.9).message == "saved"
    assert told.ticked(now + 5.0).message == ""


@given(sessions())
def test_a_view_that_was_copied_can_be_pasted(session: Session) -> None:
    pasted = replace(session, view=View()).pasted(str(session.view), 0.0)
    assert pasted.message == "went to the copied view"
    assert pasted.view.zoom == session.view.zoom or session.view.zoom > 2**50
    here = session.view.x, session.view.y
    assert pixels_apart(here, (pasted.view.x, pasted.view.y), session) < 0.01


@given(sessions(), st.text(max_size=300))
def test_pasting_anything_else_keeps_the_view(session: Session, text: str) -> None:
    pasted = session.pasted(text, 0.0)
    assume(pasted.message != "went to the copied view")
    assert pasted.view == session.view
    assert pasted.message.startswith("bad " if text.strip() else "no view to go to")
    assert len(pasted.message) <= 200


def test_an_error_keeps_the_picture_and_comes_back_after_esc() -> None:
    session = Session(shape=SHAPE).failed(ERROR).act(Action.CLOSE)
    assert panels(session, FACTS, 80) == ()
    assert session.shape == SHAPE
    (panel,) = panels(session.failed(FileError("a.vm: no such file")), FACTS, 80)
    assert panel.text() == "a.vm: no such file"
    assert session.loaded(SHAPE).problem is None


def test_the_same_file_keeps_the_view_and_another_starts_at_home() -> None:
    session = Session(view=View(Fraction(1)), z=Fraction(1)).loaded(SHAPE)
    assert session.view == View(Fraction(1))
    assert session.loaded(SHAPE._replace(operations=3)).view == View(Fraction(1))
    other = session.loaded(SHAPE._replace(path=Path("b.vm")))
    assert (other.view, other.z) == (View(), Fraction(0))


@given(st.integers(1, 3000), st.integers(1, 3000), st.sampled_from([1.0, 1.5, 2.0]))
def test_window_units_become_pixel_centres(width: int, height: int, ratio: float) -> None:
    window, framebuffer = (width, height), (round(width * ratio), round(height * ratio))
    for at in ((0, 0), (width - 1, height - 1), (width // 2, height // 3)):
        x, y = to_pixels(at, window, framebuffer)
        assert 0 < x < framebuffer[0]
        assert 0 < y < framebuffer[1]
    if ratio == 1.0:
        assert to_pixels((3, 4), window, framebuffer) == (3.5, 4.5)


def test_a_window_without_a_size_has_pixels_all_the_same() -> None:
    assert to_pixels((3, 4), (0, 0), (0, 0)) == (0, 0)
