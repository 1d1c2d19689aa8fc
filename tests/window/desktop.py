"""A real viewer on a real X display: starts it, sends it events, reads its trace, looks at it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import ImageGrab

from tests.conftest import ROOT
from viewer.bench.traces import Event, Trace
from viewer.engines.blocks import Blocks
from viewer.passes import optimise
from viewer.program import parse
from viewer.view import Grid, View

Size = tuple[int, int]

PATIENCE = 20.0
"""Seconds that anything may take before a test fails: far more than it takes."""


class Viewer:
    """`python -m viewer FILE`, its window at the top left of the display; `new`: of somebody who
    has never been here."""

    def __init__(
        self,
        display: str,
        path: Path,
        *options: str,
        folder: Path | None = None,
        module: str = "viewer",
        new: bool = False,
    ) -> None:
        self.path = path
        self._display = display
        self._log = (folder or path.parent) / f"trace-{time.monotonic_ns()}"
        self._events: list[Event] = []
        self._trace = Trace(self._log)
        self._env = {**os.environ, "DISPLAY": display, "PYTHONPATH": _python_path()}
        # Not the settings of whoever runs the tests.
        self._env["XDG_CONFIG_HOME"] = str((folder or path.parent) / "config")
        if not new:
            with suppress(OSError):  # some tests put something in the way
                settings = Path(self._env["XDG_CONFIG_HOME"], "prospero-viewer")
                settings.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", module, str(path), "--trace", str(self._log), *options]
        self.process = subprocess.Popen(
            command, env=self._env, cwd=ROOT, stderr=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        try:
            self.wait_for(lambda event: event["event"] == "open")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        errors = self.process.communicate(timeout=PATIENCE)[1]
        assert not errors, errors

    # What it says

    def events(self) -> list[Event]:
        """Its trace so far."""
        self._events += self._trace.new()
        return self._events

    def forget(self) -> None:
        """Drops what it has said so far, but for the first event: numbers start anew."""
        del self.events()[1:]

    def frames(self) -> list[Event]:
        """What was on the screen, in order."""
        return [event for event in self.events() if event["event"] == "frame"]

    def clock(self, event: Event) -> float:
        """When it happened, by `time.monotonic()`."""
        return float(self.events()[0]["clock"] + event["t"])

    def wait_for(self, wanted: Callable[[Event], bool], *, since: int = 0) -> Event:
        """The first event that is wanted among those from number `since` on."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            events = self.events()[since:]
            for event in events:
                if wanted(event):
                    return event
            if self.process.poll() is not None:
                raise AssertionError(f"the viewer ended with {self.process.returncode}")
            time.sleep(0.01)
        raise AssertionError(f"waited in vain; last of {len(events)}: {events[-3:]}")

    def wait_for_event(self, kind: str, *, since: int = 0, **starts: str) -> Event:
        """The first event of a kind whose fields start with these texts."""
        return self.wait_for(
            lambda event: (
                event["event"] == kind
                and all(event.get(key, "").startswith(start) for key, start in starts.items())
            ),
            since=since,
        )

    def wait_for_panel(self, words: str, *, since: int = 0) -> Event:
        """The first frame with a panel that has these words."""
        return self.wait_for(
            lambda event: (
                event["event"] == "frame" and any(words in panel for panel in event["panels"])
            ),
            since=since,
        )

    def wait_for_frame(self, *, since: int = 0, **wanted: Any) -> Event:
        """The first complete frame with these fields."""
        return self.wait_for(
            lambda event: (
                event["event"] == "frame"
                and event["complete"]
                and all(event[key] == value for key, value in wanted.items())
            ),
            since=since,
        )

    def wait_for_rest(self) -> str:
        """The view that is shown when nothing has moved for a while."""
        end, count = time.monotonic() + PATIENCE, -1
        while count != len(self.frames()):
            assert time.monotonic() < end, "it moves on and on"
            count = len(self.frames())
            time.sleep(0.5)
        return str(self.frames()[-1]["view"])

    def wait_for_end(self) -> int:
        """Its exit status."""
        return self.process.wait(timeout=PATIENCE)

    # What it is told

    def xdotool(self, *words: object) -> str:
        """Sends real events through the X server."""
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(command, env=self._env, check=True, capture_output=True, text=True)
        return done.stdout

    @property
    def window(self) -> str:
        """The id of its window (full screen makes a new one)."""
        return self.xdotool("search", "--sync", "--name", "Prospero").split()[-1]

    def key(self, *keys: str) -> None:
        """Types keys one after the other, as X names them."""
        self.xdotool("key", "--delay", "30", *keys)

    def move_to(self, x: int, y: int) -> None:
        """Moves the cursor to a pixel."""
        self.xdotool("mousemove", x, y)

    # What it shows

    def screenshot(self, size: Size) -> NDArray[np.uint8]:
        """The pixels of the window, shape (height, width, 3)."""
        whole = np.asarray(ImageGrab.grab(xdisplay=self._display).convert("RGB"))
        return whole[: size[1], : size[0]]

    def assert_shows(self, view: View, size: Size, source: bytes | None = None) -> None:
        """That the window becomes the CPU's picture of the program and nothing lies over it."""
        wanted = picture(source or self.path.read_bytes(), view, size)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self.screenshot(size)
            wrong = int((found != wanted[..., np.newaxis]).any(axis=2).sum())
            if wrong <= wanted.size / 50_000:  # drivers may round an edge otherwise
                return
            time.sleep(0.05)
        raise AssertionError(f"{wrong} of {wanted.size} pixels differ at {view}")


def picture(source: bytes, view: View, size: Size) -> NDArray[np.uint8]:
    """The program as the CPU draws it, shape (height, width): inside 255, outside 0."""
    grid = Grid(view, *size)
    inside = Blocks(optimise(parse(source)), np.float32).inside(grid, grid.whole)
    return np.where(inside, np.uint8(255), np.uint8(0))


def _python_path() -> str:
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
