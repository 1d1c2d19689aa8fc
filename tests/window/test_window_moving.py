"""Moves of the window with real keys and buttons: steps, the keypad, boxes, glides, the slice."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.window.conftest import both
from tests.window.desktop import Viewer
from tests.window.disc import CENTRE, SIZE, disc
from viewer.view import View

SLICED = disc().replace(b"_9 const 0.25", b"_9 var-z")
"""A disc whose squared radius is z."""
SLOW = pytest.mark.slow


@both
def test_steps_pages_and_the_keypad(viewer: Viewer, path: Path) -> None:
    """The keypad with NumLock on, as it is for `KP_7` here, and off."""
    view = View()
    for held, key, dx, dy in (
        ("shift+", "Left", 1, 0),
        ("shift+", "Down", 0, -1),
        ("ctrl+", "Right", -0.9 * SIZE[0], 0),
        ("ctrl+", "Up", 0, 0.9 * SIZE[1]),
    ):
        viewer.key(held + key)
        view = view.panned(dx, dy, SIZE)
        viewer.wait_for_frame(view=str(view))
    for key, octaves, at in (
        *(("Prior", 0.5, CENTRE), ("Next", -0.5, CENTRE)),
        *(("KP_7", 1, (0, 0)), ("KP_3", 1, SIZE), ("KP_0", -1, CENTRE)),
        *(("KP_Home", 1, (0, 0)), ("KP_Next", 1, SIZE), ("KP_Insert", -1, CENTRE)),
        ("KP_Begin", 1, CENTRE),
    ):
        viewer.key(key)
        view = view.zoomed(octaves, at, SIZE)
        viewer.wait_for_frame(view=str(view))
    viewer.assert_shows(view, SIZE)
    assert not any(event["message"] for event in viewer.frames())  # of places
    viewer.key("z")
    viewer.wait_for_frame(message="this program has no var-z: there is nothing to slice")
    viewer.key("ctrl+s")
    viewer.wait_for_event("save", path=str(path.with_suffix(".png")))


@pytest.mark.parametrize(
    ("viewer", "button", "held"),
    [
        ("pyglet", 1, ("Shift_L",)),
        pytest.param("pyglet", 3, (), marks=SLOW),
        pytest.param("glfw", 1, ("Shift_L",), marks=SLOW),
        pytest.param("glfw", 3, (), marks=SLOW),
    ],
    indirect=["viewer"],
)
def test_a_box_is_seen_given_up_and_gone_into(
    viewer: Viewer, button: int, held: tuple[str, ...]
) -> None:
    down, up = ([word for key in held for word in (act, key)] for act in ("keydown", "keyup"))
    a, b = (200, 200), (600, 400)
    viewer.xdotool("mousemove", *a, *down, "mousedown", button, "mousemove", 300, 300)
    viewer.xdotool("mousemove", *b, "sleep", 0.3)
    seen = viewer.screenshot(SIZE)
    assert len(np.unique(seen[300, 210:590], axis=0)) <= 2  # what will be shown is as it was
    assert len(np.unique(seen[200, 210:590], axis=0)) == 1  # its edge is a line
    assert (seen[202, 400] != seen[200, 400]).any()
    outside = np.unique(seen[:150].reshape(-1, 3), axis=0)
    assert [0, 0, 0] not in outside.tolist()  # dimmed
    since = len(viewer.events())
    viewer.key("Escape")
    viewer.xdotool("mouseup", button, *up)
    viewer.wait_for_event("frame", since=since)
    viewer.assert_shows(View(), SIZE)
    viewer.xdotool(
        "mousemove", *a, *down, "mousedown", button, "mousemove", *b, "mouseup", button, *up
    )
    view = View().boxed((200.5, 200.5), (600.5, 400.5), SIZE)
    viewer.wait_for_frame(view=str(view))
    viewer.assert_shows(view, SIZE)
    time.sleep(0.7)  # it is a place now
    viewer.key("alt+Left")
    viewer.assert_shows(View(), SIZE)


def test_a_glide_goes_on_and_is_stopped_by_a_press(display: str, path: Path) -> None:
    with Viewer(display, path, "--glide") as viewer:
        viewer.move_to(300, 300)
        viewer.wait_for_frame()
        swing = [word for n in range(8) for word in ("mousemove", 300 + 20 * n, 300, "sleep", 0.01)]
        since = len(viewer.events())
        viewer.xdotool("mousedown", 1, *swing, "mouseup", 1)
        let_go = View().panned(140, 0, SIZE).x
        viewer.wait_for(
            lambda e: e["event"] == "frame" and View.parse(e["view"]).x < let_go, since=since
        )
        viewer.xdotool("click", 1)
        viewer.assert_shows(View.parse(viewer.wait_for_rest()), SIZE)


def test_letters_move_where_they_are_asked_to(display: str, path: Path) -> None:
    with Viewer(display, path, "--wasd", "--still") as viewer:
        viewer.wait_for_frame()
        step = min(SIZE) / 20
        viewer.key("d", "w", "shift+a", "ctrl+s")
        view = View().panned(-step, 0, SIZE).panned(0, step, SIZE).panned(1, 0, SIZE)
        viewer.wait_for_frame(view=str(view.panned(0, -0.9 * SIZE[1], SIZE)))
        viewer.key("alt+s")
        viewer.wait_for_event("save", path=str(path.with_suffix(".png")))


@pytest.fixture
def sliced(path: Path) -> Path:
    path.write_bytes(SLICED)
    return path


def test_the_slice_by_wheel_slider_and_keys(display: str, sliced: Path) -> None:
    with Viewer(display, sliced, "--z", "0.25", "--still") as viewer:
        viewer.move_to(500, 400)
        viewer.wait_for_frame()
        viewer.assert_shows(View(), SIZE, disc())
        viewer.xdotool("keydown", "Shift_L", "click", "--repeat", 5, 4, "keyup", "Shift_L")
        viewer.assert_shows(View(), SIZE, disc(0, 0, 0.35))
        since = len(viewer.events())
        viewer.key("z")
        frame = viewer.wait_for(lambda e: e["event"] == "frame" and e["over"], since=since)
        ((left, top, width, height),) = frame["over"]
        middle = top + height // 2
        viewer.xdotool("mousemove", left + width // 2, middle, "mousedown", 1)
        viewer.xdotool("mousemove", left + width + 50, middle + 200, "mouseup", 1)
        viewer.move_to(500, 400)
        viewer.key("Escape")
        viewer.assert_shows(View(), SIZE, disc(0, 0, 1.0))
        viewer.key("comma")
        viewer.assert_shows(View(), SIZE, disc(0, 0, 0.98))
        viewer.key("Home")
        viewer.assert_shows(View(), SIZE, disc())


def wait_for_frames(viewer: Viewer, count: int) -> None:
    """Until there are so many more."""
    before = len(viewer.frames())
    viewer.wait_for(lambda _: len(viewer.frames()) >= before + count)


def test_the_slice_goes_up_and_down_until_it_is_stopped(display: str, sliced: Path) -> None:
    with Viewer(display, sliced, "--z", "0.5", "--still") as viewer:
        viewer.wait_for_frame()
        viewer.key("Z")
        wait_for_frames(viewer, 5)
        viewer.key("plus")  # the view moves, and the slice goes on
        wait_for_frames(viewer, 5)
        viewer.key("Escape")
        viewer.wait_for_rest()
        assert all(event["gl"] == "GL_NO_ERROR" for event in viewer.frames())


@pytest.mark.slow
@pytest.mark.parametrize("zoom", ["1e12", "1e300"])
def test_moves_at_depth(display: str, path: Path, zoom: str) -> None:
    """On the edge of the disc: half of the picture is inside, whatever was done and undone."""
    view = View.parse(f"0.75,-0.125@{zoom}")
    with Viewer(display, path, "--still", "--view", str(view)) as viewer:
        viewer.move_to(500, 400)
        viewer.wait_for_frame()
        moves = ("Left", "ctrl+Up", "shift+Down", "KP_9", "Prior")
        for key in moves:
            viewer.key(key)
        after = view.panned(SIZE[1] / 20, 0, SIZE).panned(0, 0.9 * SIZE[1], SIZE)
        after = after.panned(0, -1, SIZE).zoomed(1, (SIZE[0], 0), SIZE).zoomed(0.5, CENTRE, SIZE)
        viewer.wait_for_frame(view=str(after))
        viewer.key("Home")
        viewer.wait_for_frame(view=str(view))
        viewer.xdotool("mousemove", 256, 192, "mousedown", 3, "mousemove", 768, 576, "mouseup", 3)
        boxed = view.boxed((256.5, 192.5), (768.5, 576.5), SIZE)
        viewer.wait_for_frame(view=str(boxed))
        assert boxed.zoom == 2 * view.zoom
        shown = viewer.screenshot(SIZE)[..., 0]
        assert 0.4 < (shown > 127).mean() < 0.6
        assert Fraction(zoom) == view.zoom
