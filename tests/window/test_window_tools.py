"""Grid, map, probe, places and history in a real window, with real keys."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.window.desktop import Viewer
from viewer.bench.traces import Event
from viewer.program import parse
from viewer.resources import asset
from viewer.view import View
from viewer.window.places.history import Spot
from viewer.window.places.insets import inset_size
from viewer.window.places.portrait import portrait

SIZE = (1024, 768)
DISC = b"""x var-x
y var-y
a const 0.25
dx sub x a
xx square dx
yy square y
s add xx yy
r const 0.04
disc sub s r
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "disc.vm"
    path.write_bytes(DISC)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


@pytest.fixture
def viewer(display: str, path: Path) -> Iterator[Viewer]:
    with Viewer(display, path, "--still") as viewer:
        viewer.move_to(600, 400)
        viewer.wait_for_frame()
        yield viewer


def pressed(viewer: Viewer, key: str, **wanted: object) -> Event:
    """The first frame after a key that has these fields; `over` is the number of images."""
    since = len(viewer.events())
    viewer.key(key)
    images = wanted.pop("over", None)
    return viewer.wait_for(
        lambda event: (
            event["event"] == "frame"
            and all(event[name] == value for name, value in wanted.items())
            and (images is None or len(event["over"]) == images)
        ),
        since=since,
    )


def test_grid_map_and_shelf_lie_over_the_picture_and_go(viewer: Viewer) -> None:
    pressed(viewer, "g", over=2)
    pressed(viewer, "h", over=0)  # the help has the room of all
    frame = pressed(viewer, "h", over=2)
    right, below = frame["over"]
    assert (right[0] + right[2], below[1] + below[3]) == SIZE
    picture = viewer.screenshot(SIZE)
    assert (picture[100, : right[0]] != picture[101, : right[0]]).any(axis=1).sum() < 100
    assert len({tuple(pixel) for pixel in picture[90, : right[0]].tolist()}) > 1  # lines across
    pressed(viewer, "n", over=3)
    pressed(viewer, "b", message="marked as 1")
    frame = pressed(viewer, "shift+b", over=4)
    boxes = frame["over"]
    for n, (i, j, width, height) in enumerate(boxes):
        assert 0 <= i <= i + width <= SIZE[0]
        assert 0 <= j <= j + height <= SIZE[1]
        for i2, j2, width2, height2 in boxes[:n]:
            apart = (i + width <= i2, i2 + width2 <= i, j + height <= j2, j2 + height2 <= j)
            assert any(apart)
    for left in (3, 3, 2, 0):  # the second one closes the message
        pressed(viewer, "Escape", over=left)
    viewer.assert_shows(View(), SIZE)


def test_the_probe_says_which_lines_decide(viewer: Viewer) -> None:
    viewer.key("i")
    frame = viewer.wait_for_panel("decided by  9: disc sub s r")
    assert "inside" in frame["panels"][0]
    viewer.key("i")
    viewer.wait_for_panel("pinned x")
    viewer.move_to(100, 700)
    viewer.key("F11", "F11")
    assert "pinned x" in viewer.frames()[-1]["panels"][0]


def test_places_are_gone_through_marked_and_found_again(
    viewer: Viewer, display: str, path: Path
) -> None:
    home = viewer.frames()[-1]["view"]
    fit = pressed(viewer, "f")
    if fit["view"] == home:
        fit = viewer.wait_for(lambda event: event["event"] == "frame" and event["view"] != home)
    assert View.parse(fit["view"]).zoom > 3
    pressed(viewer, "b", message="marked as 1")
    pressed(viewer, "Home", view=home)
    pressed(viewer, "1", view=fit["view"])
    pressed(viewer, "alt+Left", view=home)
    (shelf,) = pressed(viewer, "shift+b", over=1)["over"]
    viewer.move_to(shelf[0] + shelf[2] // 2, shelf[1] + shelf[3] // 2)
    viewer.xdotool("click", 1)
    viewer.wait_for(
        lambda event: event["event"] == "frame" and not event["over"], since=len(viewer.events())
    )
    assert viewer.frames()[-1]["view"] == fit["view"]
    pressed(viewer, "alt+Left", view=home)
    pressed(viewer, "ctrl+z", view=fit["view"])
    pressed(viewer, "BackSpace", view=home)
    pressed(viewer, "BackSpace", message="there is nothing before this")
    pressed(viewer, "ctrl+shift+z", view=fit["view"])
    pressed(viewer, "2", message="no place 2 is marked: B marks one")
    viewer.key("q")
    assert viewer.wait_for_end() == 0
    with Viewer(display, path, "--still") as again:
        again.wait_for_frame(view=fit["view"])
        pressed(again, "Home", view=home)
        pressed(again, "1", view=fit["view"])


def test_a_place_that_is_marked_on_the_way_is_pictured_as_it_will_be(
    display: str, path: Path, tmp_path: Path
) -> None:
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        viewer.key("plus", "plus", "plus", "b")
        viewer.wait_for_event("frame", message="marked as 1")
        view = viewer.wait_for_rest()
        viewer.key("q")
        assert viewer.wait_for_end() == 0
    folder = tmp_path / "config" / "prospero-viewer" / "places"
    assert f'view = "{view}"' in next(folder.glob("*.toml")).read_text()
    (picture,) = folder.glob("*.png")
    spot = Spot(View.parse(view))
    assert picture.read_bytes() == portrait(parse(DISC), spot, SIZE, inset_size(SIZE, 1.0))


def test_who_is_new_is_told_which_key_shows_the_others(display: str, path: Path) -> None:
    words = "drag to move, turn the wheel to zoom, press H for all keys"
    with Viewer(display, path, new=True) as viewer:
        viewer.wait_for_panel(words)
        pressed(viewer, "F1", message="")
        viewer.key("q")
        assert viewer.wait_for_end() == 0
    with Viewer(display, path) as again:
        assert not again.wait_for_frame()["message"]


def test_a_shape_that_is_found_late_moves_nobody_who_has_gone_on(viewer: Viewer) -> None:
    viewer.path.write_bytes(asset("dreams.vm").read_bytes())  # which takes a while to be bounded
    viewer.wait_for_frame(picture=2)
    viewer.xdotool("key", "--delay", 0, "f", "Right")
    time.sleep(2)
    assert viewer.wait_for_rest() == "0.1,0@1"


def test_the_program_of_the_view_is_saved_beside_the_file(viewer: Viewer, path: Path) -> None:
    viewer.key("p")
    target = path.with_name("disc-view.vm")
    viewer.wait_for(
        lambda event: event["event"] == "frame" and f"saved {target}" in event["message"]
    )
    assert parse(target.read_bytes()).operations == parse(DISC).operations


def test_the_list_of_what_matters_follows_the_view(viewer: Viewer) -> None:
    viewer.path.write_bytes(DISC + b"fringe min x disc\n")
    viewer.wait_for_frame(picture=2)
    viewer.key("l")
    viewer.wait_for_panel("10 of 10 operations")
    viewer.move_to(300, 400)  # beside the list, and left of the disc, where x decides
    viewer.xdotool("click", "--repeat", 30, "--delay", 5, 4)
    frame = viewer.wait_for_panel("matter here: 1 to 1 ")
    assert View.parse(frame["view"]).zoom > 100
    viewer.move_to(900, 40)
    since = len(viewer.events())
    viewer.xdotool("click", 4)  # over it
    pressed(viewer, "Tab", view=frame["view"])
    viewer.key("Escape")
    viewer.wait_for(
        lambda event: (
            event["event"] == "frame"
            and not any("matter here" in panel for panel in event["panels"])
        ),
        since=since,
    )


@pytest.mark.parametrize("broken", ["places", "keys"])
def test_a_broken_configuration_is_told_and_the_window_goes_on(
    display: str, path: Path, broken: str
) -> None:
    folder = path.parent / "config" / "prospero-viewer"
    folder.mkdir(parents=True)
    name = {"places": "places", "keys": "keys.toml"}[broken]
    (folder / name).write_text("in the = way")
    with Viewer(display, path) as viewer:
        viewer.wait_for(lambda event: event["event"] == "frame" and name in event["message"])
        pressed(viewer, "g", over=2)


def test_keys_of_ones_own(display: str, path: Path) -> None:
    folder = path.parent / "config" / "prospero-viewer"
    folder.mkdir(parents=True)
    (folder / "keys.toml").write_text('axes = ["F5"]\nquit = "G"\n')
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        pressed(viewer, "F5", over=2)
        viewer.key("g")
        assert viewer.wait_for_end() == 0
