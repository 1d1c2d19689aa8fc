"""What can go wrong around a window: it says so in a line, and goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.window.desktop import Viewer
from tests.window.disc import SIZE, disc
from tests.window.faulty import SMALL, met
from viewer.bench.traces import Event
from viewer.view import View
from viewer.window.places.store import Store
from viewer.window.show.undrawn import RETRY
from viewer.window.trace import Trace


class Faulty:
    """A window with a fault that one can switch on and off."""

    def __init__(self, viewer: Viewer, flag: Path) -> None:
        self.viewer, self._flag = viewer, flag

    def spoil(self, kind: str) -> None:
        """Has that be wrong from now on: see `faulty`."""
        part = self._flag.with_suffix(".part")
        part.write_text(kind)
        part.replace(self._flag)

    def met(self) -> int:
        """How often something has failed."""
        return met(self._flag).stat().st_size

    def mend(self) -> None:
        """Has nothing be wrong any more."""
        self._flag.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def window(display: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    """The one window of all faults."""
    folder = tmp_path_factory.mktemp("faulty")
    path = folder / "disc.vm"
    path.write_bytes(disc(0.25, -0.125))
    flag = folder / "fault"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROSPERO_FAULTY", str(flag))
        viewer = Viewer(display, path, "--still", module="tests.window.faulty")
    with viewer:
        viewer.move_to(700, 500)
        viewer.wait_for_frame()
        yield Faulty(viewer, flag)


@pytest.fixture
def faulty(window: Faulty) -> Iterator[Faulty]:
    """The same, sound, at home and as large as at first."""
    viewer = window.viewer
    viewer.forget()
    viewer.xdotool("windowsize", viewer.window, *SIZE)
    viewer.key("Escape", "Home")
    viewer.assert_shows(View(), SIZE)
    viewer.forget()
    yield window
    window.mend()


def moved(steps: int) -> View:
    """After so many presses of Left."""
    return View().panned(steps * min(SIZE) / 20, 0, SIZE)


def told(viewer: Viewer, words: str, since: int) -> Event:
    """The first frame that tells a problem with those words."""
    return viewer.wait_for(
        lambda event: event["event"] == "frame" and words in event["problem"], since=since
    )


def test_a_lost_context_is_told_until_there_is_a_picture_again(faulty: Faulty) -> None:
    viewer = faulty.viewer
    faulty.spoil("context")
    for _ in range(2):
        since = len(viewer.events())
        viewer.key("Left")
        told(viewer, "the graphics driver reports GL_CONTEXT_LOST", since)
    faulty.mend()
    since = len(viewer.events())
    viewer.key("Left")
    viewer.wait_for_frame(problem="", panels=[], since=since)
    viewer.assert_shows(moved(3), SIZE)


def test_a_driver_that_refuses_everything_is_asked_again_at_leisure(faulty: Faulty) -> None:
    viewer = faulty.viewer
    faulty.spoil("screen")
    frames = len(viewer.frames())
    viewer.key("Left")
    time.sleep(0.5)
    start, before = time.monotonic(), faulty.met()
    time.sleep(1.0)
    asked, waited = faulty.met() - before, time.monotonic() - start
    # Not more often than it looks at the file; a loop would ask hundreds of times.
    assert 1 <= asked <= waited / RETRY + 2
    assert len(viewer.frames()) == frames
    faulty.mend()
    told(viewer, "the graphics driver refused to draw: the driver has had enough", 0)
    viewer.key("Left")
    viewer.assert_shows(moved(2), SIZE)


def test_a_size_that_the_driver_refuses_is_told_and_another_is_drawn(faulty: Faulty) -> None:
    viewer = faulty.viewer
    faulty.spoil("size")
    since = len(viewer.events())
    viewer.xdotool("windowsize", viewer.window, SMALL + 100, 300)
    told(viewer, f"{SMALL + 100} x 300 pixels: this driver stops at {SMALL}", since)
    viewer.xdotool("windowsize", viewer.window, SMALL, 300)
    viewer.wait_for_frame(size=[SMALL, 300], problem="", panels=[], since=since)
    viewer.assert_shows(View(), (SMALL, 300))


def test_a_window_without_pixels_waits(faulty: Faulty) -> None:
    viewer = faulty.viewer
    since = len(viewer.events())
    faulty.spoil("nothing")
    viewer.xdotool("windowsize", viewer.window, 400, 300)
    viewer.xdotool("mousemove", 200, 100, "click", 4, "click", 5)
    viewer.wait_for_event("frame", since=since)
    faulty.mend()
    viewer.key("Home")
    viewer.xdotool("windowsize", viewer.window, 500, 300)
    viewer.assert_shows(View(), (500, 300))


def test_a_full_disk_is_told_and_leaves_nothing(faulty: Faulty) -> None:
    viewer = faulty.viewer
    faulty.spoil("disk")
    viewer.key("s")
    viewer.wait_for_panel("no space left on device")
    assert not list(viewer.path.parent.glob("*.png"))
    viewer.key("b")
    viewer.wait_for(lambda e: "places" in e.get("message", ""))
    faulty.mend()
    viewer.key("s")
    viewer.wait_for_panel(f"saved {viewer.path.with_name('disc.png')}")


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
