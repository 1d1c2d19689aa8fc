"""`prospero bench --window`: a real window, as somebody has it who opens it, rests, and edits.

Windows are opened one after the other, each a process of its own with a configuration of its own;
what they do is read from their traces, whose clock is that of the whole system. The last one is
left alone for a while, and then the file that it shows, a copy, is saved again and again.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from viewer.bench.machine import machine
from viewer.bench.process import environment
from viewer.bench.table import labelled
from viewer.bench.traces import Event, Trace
from viewer.errors import DrawError, NoDeviceError

TURNS = 9
"""Windows that are opened."""
REST, IDLE = 3.0, 10.0
"""Seconds until a window has settled, and those for which it is watched then."""
SAVES = 60
PATIENCE = 60.0
"""Seconds that anything may take."""
_LABELS = {
    "open_s": "from the command to a window with the whole picture, the median",
    "open_least_s": "the least of them",
    "open_most_s": "the most",
    "idle_percent": "of a processor, while nothing happens",
    "memory_mb": "of the window at rest, 10^6 bytes",
    "save_s": "from a finished save to its picture, the median",
    "save_p95_s": "95 of 100 take less",
}


class Window:
    """What windows on one program take."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._driver = ""
        self._opened: list[float] = []
        self._saved: list[float] = []
        self._rest: dict[str, float] = {}
        self.steps = TURNS + 1 + SAVES

    def run(self) -> Iterator[str]:
        """One thing after the other; yields what was done. Raises NoDeviceError, DrawError."""
        with TemporaryDirectory(prefix="prospero-") as name:
            folder, text = Path(name), self._path.read_bytes()
            copy = folder / self._path.name
            copy.write_bytes(text)
            for turn in range(TURNS):
                with _Shown(copy, folder / f"trace-{turn}") as shown:
                    self._opened.append(shown.first["t"] + shown.clock - shown.begun)
                    self._driver = shown.driver
                    yield "open"
                    if turn == TURNS - 1:
                        self._rest = shown.rested()
                        yield "rest"
                        for count in range(1, SAVES + 1):
                            self._saved.append(shown.delay(changed(text, count)))
                            yield "save"

    def figures(self) -> dict[str, Any]:
        """What JSON has of it; None is what was not measured."""
        found: dict[str, Any] = dict.fromkeys(_LABELS)
        if times := sorted(self._opened):
            found |= {"open_s": median(times), "open_least_s": times[0], "open_most_s": times[-1]}
        if delays := sorted(self._saved):
            late = delays[int(0.95 * len(delays))]
            found |= {"save_s": median(delays), "save_p95_s": late}
        found |= self._rest
        rounded = {name: value and round(value, 4) for name, value in found.items()}
        about = {"file": self._path.name, "machine": machine(self._driver)}
        return about | {"windows": len(self._opened), "saves": len(self._saved)} | rounded

    def text(self, as_json: bool) -> str:
        """The figures, as JSON (see docs/bench.md) or to be read."""
        figures = self.figures()
        if as_json:
            return json.dumps(figures, indent=2)
        lines = [
            f"{figures['file']}, {figures['windows']} windows, {figures['saves']} saves",
            str(figures["machine"]),
            "",
            *labelled(figures, _LABELS),
        ]
        return "\n".join(lines)


def changed(text: bytes, count: int) -> bytes:
    """The same shape, `count` thousandths of a unit to the right; a program that does not use x
    with as many numbers more."""
    new, old = f"moved-{count}".encode(), re.search(rb"(?m)^[ \t]*(\S+)[ \t]+var-x\b", text)
    if old is None:
        return text + b"\n# " + new + b"\n"
    lines = b"%b-x var-x\n%b-c const %.3f\n%b sub %b-x %b-c" % (
        *(new, new, count / 1000),
        *(old[1], new, new),
    )
    return text[: old.start()] + lines + text[old.end() :]


class _Shown:
    """A window that is open: `first` is the event of its first whole picture."""

    def __init__(self, path: Path, log: Path) -> None:
        self._path, self._trace = path, Trace(log)
        self._events: list[Event] = []
        home = {"XDG_CONFIG_HOME": str(path.parent / "config")}
        self.begun = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "viewer", "view", str(path), "--trace", str(log)],
            env=environment() | home,
            cwd=path.parent,  # where a picture is put if there is no display
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "_Shown":
        try:
            self.first = self._wait(lambda event: event["event"] == "frame" and event["complete"])
        except BaseException:
            self.__exit__()
            raise
        self.clock = float(self._events[0]["clock"])
        opened = next(event for event in self._events if event["event"] == "open")
        self.driver = str(opened["driver"])
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        with self._process:
            pass  # waits for it

    def rested(self) -> dict[str, float]:
        """What it takes while nothing happens."""
        process = psutil.Process(self._process.pid)

        def used() -> float:
            times = process.cpu_times()
            return float(times.user + times.system)

        time.sleep(REST)
        before, start = used(), time.monotonic()
        time.sleep(IDLE)
        percent = 100 * (used() - before) / (time.monotonic() - start)
        return {"idle_percent": percent, "memory_mb": process.memory_info().rss / 1e6}

    def delay(self, text: bytes) -> float:
        """Seconds from a save to its whole picture."""
        self._events += self._trace.new()
        last = max(event["picture"] for event in self._events if event["event"] == "frame")
        self._events.clear()
        new = self._path.with_name("new")
        new.write_bytes(text)
        new.replace(self._path)
        end = time.monotonic()
        shown = self._wait(
            lambda event: (
                event["event"] == "frame" and event["complete"] and event["picture"] > last
            )
        )
        return float(shown["t"]) + self.clock - end

    def _wait(self, wanted: Callable[[Event], bool]) -> Event:
        """The first event that is wanted."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            ended = self._process.poll() is not None
            self._events += self._trace.new()
            for event in self._events:
                if wanted(event):
                    return event
                if problem := event.get("problem"):
                    raise DrawError(f"the window has a problem: {problem}")
            if ended:
                assert self._process.stderr is not None
                words = self._process.stderr.read().strip()
                raise NoDeviceError(f"no window: {words or 'it was closed'}")
            time.sleep(0.002)
        raise DrawError(f"the window showed no picture within {PATIENCE:.0f} s")
