"""What hands do to the window on an X display: real events, and looks at the screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.window.conftest import both
from tests.window.desktop import Viewer, picture
from tests.window.disc import CENTRE, SIZE
from viewer.view import View


@both
def test_a_drag_moves_the_picture_with_the_hand(viewer: Viewer) -> None:
    viewer.move_to(300, 400)
    viewer.xdotool("mousedown", 1, "mousemove", 350, 380, "mousemove", 401, 299, "mouseup", 1)
    view = View().panned(101, -101, SIZE)
    viewer.wait_for_frame(view=str(view))
    viewer.assert_shows(view, SIZE)
    viewer.move_to(600, 600)  # the button is up
    viewer.assert_shows(view, SIZE)


@both
def test_a_drag_of_many_motions_draws_few_frames(viewer: Viewer) -> None:
    before = len(viewer.frames())
    viewer.move_to(200, 300)
    steps = [word for n in range(400) for word in ("mousemove", 200 + n, 300)]
    viewer.xdotool("mousedown", 1, *steps, "mouseup", 1)
    viewer.wait_for_frame(view=str(View().panned(399, 0, SIZE)))
    assert len(viewer.frames()) - before < 200


@both
def test_the_wheel_zooms_about_the_cursor(viewer: Viewer) -> None:
    viewer.move_to(640, 420)
    viewer.xdotool("click", "--repeat", 6, "--delay", 20, 4)
    at = (640.5, 420.5)
    view = View()
    for _ in range(6):
        view = view.zoomed(0.25, at, SIZE)
    viewer.wait_for_frame(view=str(view))
    viewer.assert_shows(view, SIZE)
    viewer.xdotool("click", "--repeat", 6, "--delay", 20, 5)
    viewer.assert_shows(View(), SIZE)


@both
def test_keys_move_and_zoom_and_lead_home(viewer: Viewer) -> None:
    step = min(SIZE) / 20
    view = View()
    for key, dx, dy in (("Left", 1, 0), ("Up", 0, 1), ("Right", -1, 0), ("Down", 0, -1)):
        viewer.key(key, key)
        view = view.panned(dx * step, dy * step, SIZE).panned(dx * step, dy * step, SIZE)
        viewer.wait_for_frame(view=str(view))
    assert view == View()
    for key, octaves in (("plus", 0.5), ("equal", 0.5), ("minus", -0.5), ("KP_Add", 0.5)):
        viewer.key(key)
        view = view.zoomed(octaves, CENTRE, SIZE)
        viewer.wait_for_frame(view=str(view))
    viewer.assert_shows(view, SIZE)
    for home in ("Home", "0"):
        since = len(viewer.events())
        viewer.key(home)
        viewer.wait_for_frame(view=str(View()), since=since)
        viewer.key("Left")


@both
def test_a_held_arrow_goes_on_until_it_is_let_go(viewer: Viewer) -> None:
    viewer.xdotool("keydown", "Right")
    step = View().panned(-min(SIZE) / 20, 0, SIZE).x
    viewer.wait_for(lambda e: e["event"] == "frame" and View.parse(e["view"]).x > 6.5 * step)
    viewer.xdotool("keyup", "Right")
    viewer.wait_for_rest()


def test_overlays_open_and_esc_closes_them_and_never_the_window(viewer: Viewer) -> None:
    for key, word in (("Tab", "disc.vm"), ("h", "full screen"), ("question", "full screen")):
        since = len(viewer.events())
        viewer.key(key)
        frame = viewer.wait_for_panel(word, since=since)
        assert len(frame["panels"]) == 1
        viewer.key("Escape")
        viewer.wait_for_frame(panels=[], since=since)
    viewer.key("Escape", "Escape", "Escape")
    viewer.assert_shows(View(), SIZE)
    assert viewer.process.poll() is None


def test_the_hud_tells_the_value_under_the_cursor(viewer: Viewer) -> None:
    viewer.move_to(607, 431)
    viewer.key("Tab")
    x, y = View().model_at((607.5, 431.5), SIZE)
    value = (float(x) - 0.25) ** 2 + (float(y) + 0.125) ** 2 - 0.25
    line = f"  {value:.9g}, inside"
    viewer.wait_for_panel(line)


def test_saving_what_is_shown(viewer: Viewer, path: Path) -> None:
    viewer.key("Tab")  # what lies over the picture is not in it
    viewer.xdotool("click", 4)
    view = View().zoomed(0.25, (700.5, 500.5), SIZE)
    viewer.wait_for_frame(view=str(view))
    larger = "S Right Right Return", "disc-4096x3072.png"
    for keys, name in (("s", "disc.png"), ("F2", "disc-2.png"), larger):
        viewer.key(*keys.split())
        target = path.with_name(name)
        viewer.wait_for_event("save", path=str(target))
        size = (4096, 3072) if keys.startswith("S") else SIZE
        with Image.open(target) as image:
            assert image.mode == "L"
            assert image.info["Prospero View"] == str(view)
            found = np.asarray(image)
        wrong = (found != picture(path.read_bytes(), view, size)).sum()
        assert wrong <= found.size / 50_000
        viewer.wait_for_panel(f"saved {target}")


@both
def test_a_view_is_copied_and_pasted(viewer: Viewer) -> None:
    viewer.key("Left", "plus", "ctrl+c", "Home")
    viewer.wait_for_frame(message="copied the view")
    view = View().panned(min(SIZE) / 20, 0, SIZE).zoomed(0.5, CENTRE, SIZE)
    since = len(viewer.events())
    viewer.key("ctrl+v")
    viewer.wait_for_frame(message="went to the copied view", view=str(view), since=since)
