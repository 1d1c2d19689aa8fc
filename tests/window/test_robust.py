"""What can go wrong around a window: it says so in a line, and goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.window.desktop import Event, Viewer
from tests.window.disc import SIZE, disc
from tests.window.faulty import SMALL
from viewer.view import View
from viewer.window.places.store import Store
from viewer.window.trace import Trace

Break = Callable[[bool], None]


@pytest.fixture
def broken(
    display: str,
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[tuple[Viewer, Break]]:
    """A window, and what breaks and mends it."""
    flag = tmp_path / "broken"
    monkeypatch.setenv("PROSPERO_FAULT", request.param)
    monkeypatch.setenv("PROSPERO_FAULTY", str(flag))

    def turn(wrong: bool) -> None:
        if wrong:
            flag.touch()
        else:
            flag.unlink()

    with Viewer(display, path, "--still", module="tests.window.faulty") as viewer:
        viewer.move_to(700, 500)
        viewer.wait_for_frame()
        yield viewer, turn


def moved(steps: int) -> View:
    """After so many presses of Left."""
    return View().panned(steps * min(SIZE) / 20, 0, SIZE)


def told(viewer: Viewer, words: str, since: int) -> Event:
    """The first frame that tells a problem with those words."""
    return viewer.wait_for(
        lambda event: event["event"] == "frame" and words in event["problem"], since=since
    )


@pytest.mark.parametrize("broken", ["context"], indirect=True)
def test_a_lost_context_is_told_until_there_is_a_picture_again(
    broken: tuple[Viewer, Break],
) -> None:
    viewer, turn = broken
    turn(True)
    for _ in range(2):
        since = len(viewer.events())
        viewer.key("Left")
        told(viewer, "the graphics driver reports GL_CONTEXT_LOST", since)
    turn(False)
    since = len(viewer.events())
    viewer.key("Left")
    viewer.wait_for_frame(problem="", panels=[], since=since)
    viewer.assert_shows(moved(3), SIZE)


@pytest.mark.parametrize("broken", ["screen"], indirect=True)
def test_a_driver_that_refuses_everything_is_asked_again_at_leisure(
    broken: tuple[Viewer, Break],
) -> None:
    viewer, turn = broken
    turn(True)
    frames = len(viewer.frames())
    viewer.key("Left")
    time.sleep(0.5)
    before = psutil.Process(viewer.process.pid).cpu_times().user
    time.sleep(1.0)
    assert psutil.Process(viewer.process.pid).cpu_times().user - before < 0.3
    assert len(viewer.frames()) == frames
    turn(False)
    told(viewer, "the graphics driver refused to draw: the driver has had enough", 0)
    viewer.key("Left")
    viewer.assert_shows(moved(2), SIZE)


@pytest.mark.parametrize("broken", ["size"], indirect=True)
def test_a_size_that_the_driver_refuses_is_told_and_another_is_drawn(
    broken: tuple[Viewer, Break],
) -> None:
    viewer, turn = broken
    turn(True)
    since = len(viewer.events())
    viewer.xdotool("windowsize", viewer.window, SMALL + 100, 300)
    told(viewer, f"{SMALL + 100} x 300 pixels: this driver stops at {SMALL}", since)
    viewer.xdotool("windowsize", viewer.window, SMALL, 300)
    viewer.wait_for_frame(size=[SMALL, 300], problem="", panels=[], since=since)
    viewer.assert_shows(View(), (SMALL, 300))


@pytest.mark.parametrize("broken", ["nothing"], indirect=True)
def test_a_window_without_pixels_waits(broken: tuple[Viewer, Break]) -> None:
    viewer, turn = broken
    turn(True)
    viewer.xdotool("windowsize", viewer.window, 400, 300)
    viewer.xdotool("mousemove", 200, 100, "click", 4, "click", 5)
    viewer.wait_for_event("frame", since=len(viewer.events()) - 1)
    turn(False)
    viewer.key("Home")
    viewer.xdotool("windowsize", viewer.window, 500, 300)
    viewer.assert_shows(View(), (500, 300))


@pytest.mark.parametrize("broken", ["disk"], indirect=True)
def test_a_full_disk_is_told_and_leaves_nothing(broken: tuple[Viewer, Break], path: Path) -> None:
    viewer, turn = broken
    turn(True)
    viewer.key("s")
    viewer.wait_for_panel("no space left on device")
    assert not list(path.parent.glob("*.png"))
    viewer.key("b")
    viewer.wait_for(lambda e: "places" in e.get("message", ""))
    turn(False)
    viewer.key("s")
    viewer.wait_for_panel(f"saved {path.with_name('disc.png')}")


def test_a_trace_without_room_ends_alone() -> None:
    trace = Trace(Path("/dev/full"))
    trace("frame", complete=True)
    trace.close()


def test_a_file_that_vanishes_and_comes_back(viewer: Viewer, path: Path) -> None:
    path.unlink()
    since = len(viewer.events())
    told(viewer, f"{path}: no such file or directory", since)
    viewer.key("Escape")
    viewer.assert_shows(View(), SIZE, disc(0.25, -0.125))
    path.write_bytes(disc(-0.5))
    viewer.wait_for_frame(problem="", since=since)
    viewer.assert_shows(View(), SIZE)


def no_folder(config: Path) -> str:
    return ""


def in_the_way(config: Path) -> str:
    config.write_text("not a folder")
    return "not a directory"


def not_writable(config: Path) -> str:
    (config / "prospero-viewer").mkdir(parents=True)
    (config / "prospero-viewer" / "places").write_text("not a folder")
    return "not a directory"


def broken_keys(config: Path) -> str:
    (config / "prospero-viewer").mkdir(parents=True)
    (config / "prospero-viewer" / "keys.toml").write_text('zoom-in = ["+"\nhud = 3')
    return "keys.toml:2:"


def broken_places(config: Path) -> str:
    file = Store(config / "prospero-viewer")._path(config.with_name("disc.vm"))
    file.parent.mkdir(parents=True)
    file.write_text("[[bookmark]]\nview = 1\n")
    return "bookmark 1: found view 1"


@pytest.mark.parametrize("spoil", [no_folder, in_the_way, not_writable, broken_keys, broken_places])
def test_a_configuration_that_does_not_work_is_told_and_the_rest_works(
    display: str, path: Path, spoil: Callable[[Path], str]
) -> None:
    words = spoil(path.parent / "config")
    with Viewer(display, path) as viewer:
        viewer.move_to(700, 500)
        viewer.wait_for_frame()
        if words:
            viewer.wait_for(lambda e: words in e.get("message", ""))
        viewer.key("b")
        viewer.wait_for(lambda e: any(word in e.get("message", "") for word in (".lock", "marked")))
        viewer.key("Left", "b")
        viewer.wait_for_panel("marked as 2")
        viewer.key("Tab")
        viewer.wait_for_panel("disc.vm")
        viewer.key("q")
        assert viewer.wait_for_end() == 0
