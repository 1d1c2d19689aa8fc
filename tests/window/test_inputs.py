"""What the pointer, the wheel and the keys come to, without a window."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.view import Size, View
from viewer.window.hands.controls import Action
from viewer.window.hands.heights import Ends
from viewer.window.hands.inputs import Inputs
from viewer.window.hands.presets import wasd
from viewer.window.hands.slider import Track
from viewer.window.session import Session, Shape
from viewer.window.text.overlay import Hit
from viewer.window.tools import Tools

SHAPE = Shape(Path("a.vm"), 10, 8, True)
SIZE = (800, 600)
TRACK = Track(100, 500, 600, 40, 200, 400, Ends())


class Stage:
    """A window of 800 x 600 units, and so many pixels for each."""

    def __init__(self, density: int = 1, **given: object) -> None:
        self.density = density
        known = {"size": (800 * density, 600 * density), "scale": density, "shape": SHAPE}
        self.session = Session(**{**known, **given})  # type: ignore[arg-type]
        self.track: Track | None = None
        self.acts: list[Action] = []

    def act(self, action: Action) -> None:
        self.acts.append(action)
        self.session = self.session.stopped().act(action)

    def sizes(self) -> tuple[Size, Size]:
        return SIZE, self.session.size

    @property
    def screen(self) -> Stage:
        return self

    def mark_at(self, at: tuple[float, float]) -> int | None:
        return 3 if self.session.tools.shelf and at[0] < 100 else None

    def text_at(self, at: tuple[float, float]) -> Hit | None:
        return None


def dragged(stage: Stage, *way: tuple[float, float], name: str = "Left", held: str = "") -> Inputs:
    """A drag; the button is still down."""
    inputs = Inputs(stage)
    inputs.button(way[0], True, name, held)
    for at in way[1:]:
        inputs.pointer(at)
        inputs.settle()
    return inputs


# The pointer


def test_a_click_on_a_marked_place_goes_there() -> None:
    stage = Stage(tools=Tools(shelf=True))
    Inputs(stage).button((50, 50), True, "Left", "")
    assert stage.acts == [Action.PLACE_3]
    dragged(stage, (50, 50), name="Right")
    dragged(stage, (150, 50))
    assert stage.acts == [Action.PLACE_3]


@pytest.mark.parametrize("density", [1, 2])
@pytest.mark.parametrize("name", ["Right", "Left"])
def test_a_box_is_drawn_and_zoomed_into(density: int, name: str) -> None:
    stage = Stage(density)
    held = "Shift+" if name == "Left" else ""
    inputs = dragged(stage, (100, 100), (250, 200), (300, 250), name=name, held=held)
    half = density / 2
    a, b = (
        (100 * density + half, 100 * density + half),
        (300 * density + half, 250 * density + half),
    )
    drawn = stage.session
    assert drawn.tools.box == (a, b)
    assert drawn.view == View()
    inputs.button((300, 250), False, name, "")  # whatever is held by now
    assert not stage.session.tools.box
    assert stage.session.goal == View().boxed(a, b, stage.session.size)
    inputs.pointer((10, 10))
    inputs.settle()
    assert stage.session.goal == View().boxed(a, b, stage.session.size)


def test_a_box_that_is_given_up_stays_given_up() -> None:
    stage = Stage(help=True)
    inputs = dragged(stage, (100, 100), (300, 250), name="Right")
    inputs.key("Esc", pressed=True)
    assert stage.session.tools.box is None
    assert stage.session.help  # that alone was closed
    inputs.pointer((400, 400))
    inputs.settle()
    assert stage.session.tools.box is None
    inputs.button((400, 400), False, "Right", "")
    assert stage.session.view == View()
    inputs.key("Esc", pressed=True)
    assert not stage.session.help


@pytest.mark.parametrize("end", [(100, 100), (104, 103)])
def test_a_box_too_small_to_be_meant(end: tuple[int, int]) -> None:
    stage = Stage()
    inputs = dragged(stage, (100, 100), end, name="Right")
    inputs.button(end, False, "Right", "")
    assert (stage.session.view, stage.session.tools.box) == (View(), None)


@given(st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000)))
def test_a_box_stays_in_the_picture(end: tuple[int, int]) -> None:
    stage = Stage()
    dragged(stage, (100, 100), end, name="Right")
    assert stage.session.tools.box is not None
    (_, (x, y)) = stage.session.tools.box
    assert 0 <= x <= 800
    assert 0 <= y <= 600


def test_what_ends_a_box() -> None:
    for end in (
        lambda stage, inputs: inputs.focus_lost(),
        lambda stage, inputs: setattr(stage, "session", stage.session.resized((700, 500), 1.0)),
    ):
        stage = Stage()
        inputs = dragged(stage, (100, 100), (300, 300), name="Right")
        end(stage, inputs)
        assert stage.session.tools.box is None
        inputs.button((300, 300), False, "Right", "")
        assert stage.session.view == View()


def test_shift_and_a_double_click_still_zoom_out() -> None:
    stage = Stage()
    inputs = Inputs(stage)
    for _ in range(2):
        inputs.button((400, 300), True, "Left", "Shift+")
        inputs.button((400, 300), False, "Left", "Shift+")
    assert stage.acts == [Action.CLICK_OUT]


def test_a_second_button_changes_nothing() -> None:
    stage = Stage()
    inputs = dragged(stage, (100, 100), (200, 100))
    inputs.button((200, 100), True, "Right", "")
    inputs.button((200, 100), False, "Right", "")
    inputs.pointer((300, 100))
    inputs.settle()
    assert stage.session.view == View().panned(100, 0, SIZE).panned(100, 0, SIZE)
    assert stage.session.tools.box is None


@pytest.mark.parametrize("density", [1, 2])
def test_the_handle_goes_where_the_hand_is(density: int) -> None:
    stage = Stage(density, slider=Ends())
    stage.track = TRACK._replace(
        **{name: getattr(TRACK, name) * density for name in TRACK._fields if name != "ends"}
    )
    inputs = dragged(stage, (300, 520))
    assert stage.session.z == pytest.approx(-0.5, abs=0.01)
    inputs.pointer((500, 20))  # above it, but held
    inputs.settle()
    assert stage.session.z == pytest.approx(0.5, abs=0.01)
    for x, z in ((5000, 1), (-100, -1)):
        inputs.pointer((x, 520))
        inputs.settle()
        assert stage.session.z == z
    inputs.button((-100, 520), False, "Left", "")
    inputs.pointer((400, 520))
    inputs.settle()
    assert stage.session.z == -1
    assert stage.session.view == View()


def test_the_wheel_over_the_slider_moves_it() -> None:
    stage = Stage(slider=Ends())
    stage.track = TRACK
    inputs = Inputs(stage)
    inputs.pointer((300, 520))
    inputs.wheel(1.0, "")
    assert (stage.session.goal, stage.session.z) == (View(), Fraction(1, 50))
    inputs.pointer((300, 420))
    inputs.wheel(1.0, "")
    inputs.settle()
    assert stage.session.goal.steps == 256
    assert stage.session.z == Fraction(1, 50)


def test_a_double_click_on_the_slider_does_not_zoom() -> None:
    stage = Stage(slider=Ends())
    stage.track = TRACK
    inputs = Inputs(stage)
    for _ in range(3):
        inputs.button((300, 520), True, "Left", "")
        inputs.button((300, 520), False, "Left", "")
    assert stage.acts == []
    assert stage.session.view == View()


# Keys


def test_the_keypad_types_no_places() -> None:
    """A keypad's key is told as a key, and as what it types; also when that is repeated."""
    stage = Stage()
    inputs = Inputs(stage)
    inputs.key("Num7", pressed=True)
    inputs.character("7")
    inputs.character("7")
    inputs.character("8")
    inputs.key("Num7", pressed=False)
    inputs.character("7")
    assert stage.acts == [Action.PART_7, Action.PLACE_8, Action.PLACE_7]
    inputs.key("Num0", pressed=True)
    inputs.character("0")
    inputs.focus_lost()
    inputs.character("0")
    assert stage.acts[3:] == [Action.PART_OUT, Action.HOME]


def test_a_keypad_that_means_nothing_types() -> None:
    stage = Stage()
    table = tuple(control for control in stage.session.controls if "Num" not in control.shown)
    stage = Stage(controls=table)
    inputs = Inputs(stage)
    inputs.key("Num7", pressed=True)
    inputs.character("7")
    assert stage.acts == [Action.PLACE_7]


def test_steps_of_keys() -> None:
    stage = Stage()
    inputs = Inputs(stage)
    for key, dx in (("Left", 30.0), ("Shift+Left", 1.0), ("Ctrl+Left", 720.0)):
        before = stage.session.goal
        inputs.key(key, pressed=True)
        assert stage.session.goal == before.panned(dx, 0, SIZE)
    before = stage.session.goal
    inputs.key("Ctrl+Up", pressed=True)
    assert stage.session.goal == before.panned(0, 540.0, SIZE)


def test_letters_that_move_are_held_like_arrows() -> None:
    stage = Stage(controls=wasd(Session().controls))
    inputs = Inputs(stage)
    inputs.key("D", pressed=True)
    inputs.repeat(float("inf"))
    inputs.key("D", pressed=False)
    inputs.repeat(float("inf"))
    assert stage.acts == [Action.PAN_RIGHT, Action.PAN_RIGHT]
    inputs.key("Alt+D", pressed=True)
    inputs.key("Alt+A", pressed=True)
    assert stage.acts[-1] is Action.SMOOTH


@pytest.mark.parametrize("part", range(1, 10))
def test_a_part_of_the_picture_fills_it(part: int) -> None:
    """Its corners on the keypad's side are those of the picture."""
    after = Session(size=SIZE).act(Action[f"PART_{part}"]).view
    across, down = (part - 1) % 3, 2 - (part - 1) // 3
    left, top = across * 200, down * 150
    for x, y in ((0, 0), (800, 600), (0, 600)):
        here, there = after.model_at((x, y), SIZE), (left + x / 2, top + y / 2)
        apart = zip(here, View().model_at(there, SIZE), strict=True)
        assert max(abs(a - b) for a, b in apart) < after.half(SIZE) / 10**6
    assert Session(view=after, size=SIZE).act(Action.PART_OUT).view.zoom == 1


# The wheel


def test_the_wheel_by_its_modifiers() -> None:
    stage = Stage()
    inputs = Inputs(stage)
    inputs.pointer((400, 300))
    inputs.wheel(1.0, "")
    inputs.settle()
    assert stage.session.goal.steps == 256
    inputs.wheel(1.0, "Ctrl+")
    inputs.settle()
    assert stage.session.goal.steps == 256 + 32
    inputs.wheel(-1.0, "Alt+")  # as without
    inputs.settle()
    assert stage.session.goal.steps == 32
    for _ in range(2):
        inputs.wheel(0.5, "Shift+")
    assert stage.session.z == Fraction(1, 50)
    assert stage.session.goal.steps == 32
