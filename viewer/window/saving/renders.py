"""Pictures that are drawn by `prospero render`, in processes of their own, one after the other.

    Order -Queue-> process -lines 'rows done, rows in all'-> Progress

A process draws the text that is on the screen, from a copy, since the file may be broken by now.
It gives way to all else that wants the processor, so that exploring stays smooth. When the window
is gone, even killed, the process finds nobody who reads its lines, and ends; however it ends but
by a kill, its unfinished file goes with it.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple

import psutil

from viewer.errors import FileError
from viewer.picture.save import next_free

PATIENCE = 5.0
"""Seconds that a process may take to end when it is told to, before it is killed."""
NICENESS = 10


class Order(NamedTuple):
    """A picture of the program with that text, called `source`; `options` of `prospero render`."""

    source: Path
    data: bytes
    target: Path
    options: tuple[str, ...]


class Saved(NamedTuple):
    """A picture that is there, and what its drawing had to say."""

    path: Path
    note: str = ""


class Progress(NamedTuple):
    """How far a drawing is: rows done, of all, which is 0 until that is known; seconds left, where
    that can be said; how many orders wait."""

    target: Path
    done: int
    rows: int
    left: float | None
    waiting: int

    def __str__(self) -> str:
        words = [f"{self.done:,} of {self.rows:,} rows"] if self.rows else ["starting"]
        if self.left is not None:
            words.append(f"{_duration(self.left)} left")
        if self.waiting:
            words.append(f"{self.waiting} more to do")
        return f"saving {self.target.name}: {', '.join(words)}"


class Queue:
    """The orders that were given and not yet done. Nothing here waits, but `close`."""

    def __init__(self) -> None:
        self._waiting: deque[Order] = deque()
        self._render: Render | None = None
        self._ending: list[Render] = []

    def add(self, order: Order) -> None:
        """It is drawn when those before it are."""
        self._waiting.append(order)

    def due(self) -> Iterator[Saved | FileError]:
        """Starts what is next; those that ended since the last call: the picture, or why there is
        none."""
        self._ending = [render for render in self._ending if not render.gone()]
        if self._render is not None and self._render.finished:
            render, self._render = self._render, None
            yield render.result()
        while self._render is None and self._waiting:
            order = self._waiting.popleft()
            order = order._replace(target=next_free(order.target))  # it may be taken by now
            try:
                self._render = Render(order)
            except OSError as error:
                yield FileError(f"{order.target}: {(error.strerror or str(error)).lower()}")

    @property
    def progress(self) -> Progress | None:
        """Of the one that is drawn; None where there is none."""
        return self._render.progress(len(self._waiting)) if self._render else None

    @property
    def busy(self) -> bool:
        """Whether there is something to wait for."""
        return bool(self._render or self._waiting or self._ending)

    @property
    def targets(self) -> set[Path]:
        """The names that will be taken."""
        drawn = {self._render.order.target} if self._render else set()
        return drawn | {order.target for order in self._waiting}

    def cancel(self) -> Path | None:
        """Gives up the one that is drawn; returns where it would have been."""
        if self._render is None:
            return None
        render, self._render = self._render, None
        render.end()
        self._ending.append(render)
        return render.order.target

    def close(self) -> None:
        """Gives up all, and waits until nothing of it is left."""
        self._waiting.clear()
        self.cancel()
        for render in self._ending:
            render.wait()


class Render:
    """One process. Raises `OSError` where there can be none."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self._done, self._rows, self._begun = 0, 0, time.monotonic()
        self._deadline = math.inf
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (it outlives this)
        self._folder = tempfile.TemporaryDirectory(prefix="prospero-", ignore_cleanup_errors=True)
        try:
            self._process = _started(order, Path(self._folder.name), self._errors)
        except BaseException:
            self._clean()
            raise
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """In a thread: takes in the lines as they come."""
        with self._process as process:
            assert process.stdout is not None
            for line in process.stdout:
                words = line.split()
                if len(words) == 2 and all(map(str.isdecimal, words)):
                    if not self._rows:
                        self._begun = time.monotonic()
                        self._folder.cleanup()  # the copy has been read
                    self._done, self._rows = int(words[0]), int(words[1])

    def progress(self, waiting: int) -> Progress:
        """How far it is, with so many others behind it."""
        spent = time.monotonic() - self._begun
        # One row in a hundred is known to tell how long the others take, if it took a while.
        telling = self._done and spent > 1 and 100 * self._done >= self._rows
        left = spent * (self._rows - self._done) / self._done if telling else None
        return Progress(self.order.target, self._done, self._rows, left, waiting)

    @property
    def finished(self) -> bool:
        """Whether `result` is known."""
        return not self._reader.is_alive()

    def result(self) -> Saved | FileError:
        """The picture, or the reason why there is none."""
        self._errors.seek(0)
        errors = self._errors.read().decode("utf-8", "replace").splitlines()
        self._clean()
        if not (status := self._process.returncode):
            return Saved(self.order.target, errors[-1] if errors else "")
        reason = errors[-1] if errors else f"rendering ended with status {status}"
        name = f"{self.order.target}: "
        return FileError(name + reason.removeprefix(name))

    def end(self) -> None:
        """Tells it to end; it takes its unfinished file with it."""
        self._deadline = time.monotonic() + PATIENCE
        self._process.terminate()

    def gone(self) -> bool:
        """Whether it has ended, as it was told to; kills it where it takes too long."""
        if not self.finished:
            if time.monotonic() > self._deadline:
                self._process.kill()
            return False
        self._clean()
        return True

    def _clean(self) -> None:
        self._folder.cleanup()
        self._errors.close()

    def wait(self) -> None:
        """Until it has ended."""
        self._reader.join(max(0.0, self._deadline - time.monotonic()))
        if not self.gone():
            self._reader.join(1.0)
            self.gone()


def _started(order: Order, folder: Path, errors: IO[bytes]) -> subprocess.Popen[str]:
    copy = folder / order.source.name
    copy.write_bytes(order.data)
    command = [sys.executable, "-m", "viewer", "render", str(copy), "--progress"]
    process = subprocess.Popen(
        [*command, f"--output={order.target}", *order.options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        encoding="utf-8",
        errors="replace",
    )
    _give_way(process.pid)
    return process


def _give_way(pid: int) -> None:
    """Has a process that has just begun, and so all its threads, take what others leave of the
    processor. Linux has a policy for that, whose turns end as soon as another one wants to go on:
    frames of a drag come 1.05 times as far apart beside it, and by niceness alone 1.17 times
    (measured; 1.14 at 19)."""
    with suppress(psutil.Error):  # it may be over already
        low = psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else NICENESS
        psutil.Process(pid).nice(low)
    if sys.platform == "linux":
        with suppress(OSError):  # or what runs us does not allow it
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def _duration(seconds: float) -> str:
    """As people say it: `42 s`, `3 min`, `2 h 5 min`."""
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
