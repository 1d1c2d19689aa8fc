"""Every key of the table of controls, deep down, and moves beside what lies over the picture: the
window goes on, and is at once where it is wanted.

The long form does so at each depth, and prints for each control what its longest turn took of the
window's thread, where that is worth a word in the trace:

    python3 scripts/test.py -m slow -s -k every_control
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.window.desktop import Viewer
from tests.window.disc import SIZE, disc
from tests.window.hand import DOWN, UP, Hand
from viewer.program.number import digits_of
from viewer.view import View
from viewer.window.hands.controls import CONTROLS, Action

LEAVING = (Action.QUIT, Action.FULL_SCREEN)
"""Actions after which there is no window, or a new one."""
OVER = ("Tab", "G", "N", "I", "L", "T")
"""Keys of what lies over the picture while it moves."""
ZOOMS = (0, 12, 40, 300, 1000, 9000)
"""Powers of ten."""


def on_the_edge(zoom: int) -> str:
    """A view of the disc's edge, halfway between the axes: all digits of its coordinates count."""
    digits = zoom + 12
    across = digits_of(math.isqrt(10 ** (2 * digits) // 8)).rjust(digits, "0")
    return f"0.{across},0.{across}@1e{zoom}"


def steps(hand: Hand, pause: float) -> Iterator[tuple[str, Callable[[], None]]]:
    """What there is to be done, by its name."""

    def typed(*triggers: str) -> None:
        for trigger in triggers:
            hand.type(trigger)
            time.sleep(pause)

    def moved(key: str) -> None:
        typed(key, "Right", "+")
        for button in (UP, DOWN):
            hand.click(button, 2)
            time.sleep(pause)
        hand.hold(1)
        for n in range(10):
            hand.move(500 + 10 * n, 400)
            time.sleep(pause / 10)
        hand.lift(1)
        typed(key, "Esc", "Home")

    for control in CONTROLS:
        keys = [
            trigger
            for trigger, action, _ in control.bindings
            if action not in LEAVING and hand.codes(trigger) is not None
        ]
        if keys:
            yield control.shown, partial(typed, *keys, "Esc", "Home")
    for key in OVER:
        yield f"moves, {key}", partial(moved, key)


def gone_through(viewer: Viewer, display: str, start: str, pause: float) -> dict[str, list[int]]:
    """The long turns of each step, in milliseconds."""
    found = {}
    viewer.wait_for_frame(view=start)
    viewer.move_to(SIZE[0] // 2, SIZE[1] // 3)
    with Hand(display) as hand:
        for name, step in steps(hand, pause):
            since = len(viewer.events())
            step()
            long = [event for event in viewer.events()[since:] if event["event"] == "long"]
            found[name] = [event["milliseconds"] for event in long]
        hand.type("Right")
        since = len(viewer.events())
        hand.type("Home")
        viewer.wait_for_frame(view=start, since=since)
    assert {frame["gl"] for frame in viewer.frames()} == {"GL_NO_ERROR"}
    assert not viewer.frames()[-1]["problem"]
    return found


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other program is opened, be it to edit or to show what was saved."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "xdg-open").symlink_to(shutil.which("true") or "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setenv("VISUAL", "true")


@pytest.mark.usefixtures("quiet")
def test_keys_do_their_work_deep_down(display: str, path: Path, tmp_path: Path) -> None:
    path.write_bytes(disc())
    start = on_the_edge(1000)
    with Viewer(display, path, "--view", start, folder=tmp_path) as viewer:
        gone_through(viewer, display, str(View.parse(start)), 0.02)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("zoom", ZOOMS)
def test_every_control_at_every_depth(display: str, path: Path, zoom: int) -> None:
    path.write_bytes(disc())
    start = on_the_edge(zoom)
    with Viewer(display, path, "--view", start) as viewer:
        found = gone_through(viewer, display, str(View.parse(start)), 0.4)
    print(f"\nzoom 1e{zoom}: turns of more than 50 ms of the window's thread")
    for name, turns in found.items():
        if turns:
            print(f"  {name:24} {len(turns):3}, the longest {max(turns)} ms")
