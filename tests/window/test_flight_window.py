"""The window on its way: frames between two views, the right one at the end, then none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.window.desktop import Viewer
from tests.window.disc import SIZE, disc
from viewer.view import View

AT = (420.5, 300.5)
TARGET = View.parse("0.75,-0.125@1e12")  # on the disc's edge


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc(0.25, -0.125))
    return path


def opened(display: str, path: Path, *options: str) -> Iterator[Viewer]:
    with Viewer(display, path, *options) as viewer:
        viewer.move_to(420, 300)
        viewer.wait_for_frame()
        yield viewer


@pytest.fixture
def viewer(display: str, path: Path) -> Iterator[Viewer]:
    yield from opened(display, path)


@pytest.fixture
def still(display: str, path: Path) -> Iterator[Viewer]:
    yield from opened(display, path, "--still")


@pytest.fixture
def flying(display: str, path: Path) -> Iterator[Viewer]:
    yield from opened(display, path, "--fly", "--view", str(TARGET))


def zooms(viewer: Viewer, since: int) -> list[float]:
    events = [event for event in viewer.events()[since:] if event["event"] == "frame"]
    return [float(View.parse(event["view"]).zoom) for event in events]


def test_double_clicks_zoom_smoothly(viewer: Viewer) -> None:
    for held, octaves in ((), 1.0), (("Shift_L",), -1.0):
        since, view = len(viewer.events()), View.parse(viewer.frames()[-1]["view"])
        down, up = ([word for key in held for word in (act, key)] for act in ("keydown", "keyup"))
        tremble = ("mousemove", 421, 301, "mouseup", 1, "mousemove", 420, 300)
        viewer.xdotool(*down, "click", 1, "sleep", 0.06, "mousedown", 1, *tremble, *up)
        goal = view.zoomed(octaves, AT, SIZE)
        viewer.wait_for_frame(view=str(goal), since=since)
        way = zooms(viewer, since)
        assert len(way) > 1
        assert way == sorted(way, reverse=octaves < 0)
        viewer.assert_shows(goal, SIZE)
    assert View.parse(viewer.frames()[-1]["view"]) == View()


def test_ten_clicks_of_the_wheel_are_ten_clicks(viewer: Viewer) -> None:
    viewer.xdotool("click", "--repeat", 10, "--delay", 15, 4)
    goal = View()
    for _ in range(10):
        goal = goal.zoomed(0.25, AT, SIZE)
    viewer.wait_for_frame(view=str(goal))
    viewer.assert_shows(goal, SIZE)
    count = len(viewer.events())
    time.sleep(0.4)
    assert len(viewer.events()) == count  # asleep again


def test_still_there_is_nothing_between(still: Viewer) -> None:
    since = len(still.events())
    still.key("plus")
    still.wait_for_frame(view=str(View().zoomed(0.5, (512, 384), SIZE)))
    assert len({*zooms(still, since)}) == 1  # drawn more than once, perhaps


def test_it_flies_until_something_is_done(flying: Viewer) -> None:
    seen = flying.wait_for(lambda e: e["event"] == "frame" and View.parse(e["view"]).zoom > 8)
    assert View.parse(seen["view"]).zoom < 10**6
    flying.key("Tab")
    frame = flying.wait_for_panel("disc.vm")
    time.sleep(0.3)
    last = flying.frames()[-1]["view"]
    assert View.parse(last).zoom < 4 * View.parse(frame["view"]).zoom
    assert zooms(flying, 0) == sorted(zooms(flying, 0))
    flying.key("Escape")
    flying.assert_shows(View.parse(last), SIZE)
