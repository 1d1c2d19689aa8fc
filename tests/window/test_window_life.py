"""The window itself on an X display: sizes, full screen, hidden, idle, after a storm, its end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.conftest import ROOT
from tests.window.conftest import both
from tests.window.desktop import Viewer
from tests.window.disc import SIZE, disc, folded
from tests.window.x11 import close, resources
from viewer.view import View
from viewer.window.backends import NAMES


@both
@pytest.mark.parametrize("size", [(640, 480), (300, 900), (1280, 90), (3, 3), (1, 1)])
def test_resizing_keeps_the_centre(viewer: Viewer, size: tuple[int, int]) -> None:
    viewer.xdotool("windowsize", viewer.window, *size)
    viewer.wait_for_frame(size=list(size), view=str(View()))
    viewer.assert_shows(View(), size)
    viewer.xdotool("windowsize", viewer.window, *SIZE)
    viewer.assert_shows(View(), SIZE)


@pytest.mark.parametrize("library", NAMES)
def test_a_window_may_be_resized_before_its_first_frame(
    display: str, path: Path, library: str
) -> None:
    """As window managers do that tile. On a quick machine it may be just after it."""
    path.write_bytes(source := folded(40))
    with Viewer(display, path, "--backend", library) as viewer:
        viewer.xdotool("windowsize", viewer.window, 700, 500)
        viewer.wait_for_frame(size=[700, 500])
        viewer.assert_shows(View(), (700, 500), source)


@both
def test_full_screen_and_back(viewer: Viewer) -> None:
    viewer.key("F11")
    viewer.wait_for_frame(size=[1280, 1024])
    viewer.assert_shows(View(), (1280, 1024))
    viewer.key("Left", "F11")
    view = View().panned(1024 / 20, 0, (1280, 1024))
    viewer.wait_for_frame(size=list(SIZE), view=str(view))
    viewer.assert_shows(view, SIZE)


@both
def test_full_screen_by_quick_taps(viewer: Viewer) -> None:
    """Full screen makes a new window; a key let go meanwhile is not told to it."""
    for size in ((1280, 1024), SIZE) * 3:
        since = len(viewer.events())
        viewer.xdotool("key", "--delay", 0, "F11")
        viewer.wait_for_frame(size=list(size), since=since)


def test_a_hidden_window_draws_nothing_and_comes_back(viewer: Viewer, path: Path) -> None:
    window = viewer.window
    viewer.xdotool("windowunmap", "--sync", window)
    count, since = len(viewer.frames()), len(viewer.events())
    path.write_bytes(disc(-0.5))
    viewer.wait_for_event("shape", since=since)
    time.sleep(0.3)
    assert len(viewer.frames()) == count
    viewer.xdotool("windowmap", "--sync", window)
    viewer.assert_shows(View(), SIZE)


def test_a_display_of_twice_the_density(display: str, path: Path) -> None:
    with resources(display, "Xft.dpi:\t192\n"), Viewer(display, path) as viewer:
        assert viewer.wait_for_event("open")["scale"] == 2.0
        size = (1152, 921)  # nine tenths of the screen, less than twice the ordinary size
        viewer.wait_for_frame(size=list(size))
        viewer.move_to(300, 200)
        viewer.xdotool("click", 4)
        view = View().zoomed(0.25, (300.5, 200.5), size)
        viewer.wait_for_frame(view=str(view))
        viewer.assert_shows(view, size)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
def test_quitting(viewer: Viewer, key: str) -> None:
    viewer.key(key)
    assert viewer.wait_for_end() == 0
    assert viewer.events()[-1]["event"] == "close"


@both
def test_closing_by_the_window_manager(viewer: Viewer, display: str) -> None:
    close(display, viewer.window)
    assert viewer.wait_for_end() == 0


@both
def test_an_idle_window_rests(viewer: Viewer) -> None:
    """No frame, and far less of a processor than a loop that polls; how little, `bench` tells."""

    def used() -> float:
        fields = Path(f"/proc/{viewer.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    viewer.key("Tab")
    time.sleep(0.5)
    frames, before = len(viewer.frames()), used()
    time.sleep(4)
    assert used() - before < 0.4
    assert len(viewer.frames()) == frames


def test_after_a_storm_the_picture_is_right(viewer: Viewer) -> None:
    """One whose every event can be taken back; what others are survived, `test_storm` tells."""
    random = Random(20)
    keys = ["Tab", "h", "Escape", "Left", "Up", "plus", "minus", "Home", "0", "period", "ctrl+c"]
    for _ in range(4):
        window, words = viewer.window, list[object]()
        for _ in range(random.randint(5, 25)):
            x, y = random.randrange(1280), random.randrange(1024)
            words += random.choice(
                [
                    ["key", random.choice(keys)],
                    ["mousemove", x, y, "click", random.choice([3, 4, 4, 5, 5, 6])],
                    ["mousemove", x, y, "mousedown", 1, "mousemove", y, x, "mouseup", 1],
                    ["windowsize", window, 1 + x // random.choice([1, 99]), 1 + y],
                    ["windowunmap", window, "windowmap", window],
                ]
            )
        viewer.xdotool(*words, "windowmap", "--sync", window, "windowfocus", window)
        since = len(viewer.events())
        viewer.key("F11")
        viewer.wait_for_frame(size=[1280, 1024], since=since)
        since = len(viewer.events())
        viewer.key("F11")
        viewer.wait_for_event("frame", since=since)
    viewer.xdotool("windowsize", viewer.window, *SIZE)
    viewer.key("Escape", "Escape", "Escape", "Escape", "Home")
    viewer.assert_shows(View(), SIZE)


def test_a_missing_file_is_one_line_and_exit_1(display: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "viewer", str(tmp_path / "none.vm")]
    env = {**os.environ, "DISPLAY": display}
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr == f"{tmp_path / 'none.vm'}: no such file or directory\n"


def test_without_a_display_there_is_one_line() -> None:
    check = (
        "from viewer.errors import NoDeviceError\n"
        "from viewer.window.backends import open_window\n"
        "try: open_window('t', (9, 9), None, None)\n"
        "except NoDeviceError as error: print(error)"
    )
    env = {**os.environ, "DISPLAY": ":4294"}
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("cannot open a window: ")
    assert done.stdout.count("\n") == 1
