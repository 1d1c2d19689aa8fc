"""The exact picture behind the one on the screen: worked out by a thread once the view rests, some
rows at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Future, wait
from queue import Empty, SimpleQueue
from threading import Event
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.engines.exact import Exact
from viewer.exact.tally import Tally
from viewer.gpu.background import in_background
from viewer.gpu.easel import REST, Picture
from viewer.picture.render import render_rows
from viewer.program import Program

SAMPLES = 2**17
"""Samples to a piece of work: it can only be given up between two."""
SOON = 0.03
"""Seconds after which to ask for more rows."""

Rows = NDArray[np.uint8]


class Exactness(NamedTuple):
    """How much of a picture is exact by now, what was in doubt there, and what its samples are."""

    part: float
    tally: Tally
    unit: str

    def __str__(self) -> str:
        line = self.tally.line(self.unit)
        return line if self.part == 1 else f"{self.part:.0%}, {line}"


class Exactly:
    """One picture at a time. Times are seconds of one clock that the caller owns."""

    def __init__(self) -> None:
        self._picture: Picture | None = None
        self._program: Program | None = None
        self._since = 0.0
        self._work: Future[None] | None = None
        self._made: tuple[Program, Exact] | None = None
        self._stop = Event()
        self._rows: SimpleQueue[Rows] = SimpleQueue()
        self._row, self._tally = 0, Tally()

    def ask(
        self, picture: Picture | None, program: Program | None, now: float
    ) -> Iterator[tuple[int, Rows]]:
        """The rows of a picture that have come since the last call, each with the number of the
        first one. Asking for another picture, or for None, gives up the last."""
        if picture != self._picture or program is not self._program:
            self.stop()
            self._picture, self._program, self._since = picture, program, now
        if picture is None or program is None:
            return
        if self._stop.is_set():
            if now < self._since + REST:
                return
            self._begin(picture, program)
        while True:
            try:
                rows = self._rows.get_nowait()
            except Empty:
                break
            self._row += len(rows)
            yield self._row - len(rows), rows
        if self._work is not None and self._work.done():
            self._work.result()  # or what went wrong

    def pause(self, now: float) -> float:
        """After how many seconds it is worth asking again."""
        if self._picture is None or self._row == self._picture.grid.height:
            return math.inf
        return max(0.0, self._since + REST - now) if self._stop.is_set() else SOON

    @property
    def known(self) -> Exactness | None:
        """None where nothing is asked for."""
        if self._picture is None:
            return None
        unit = "pixel" if self._picture.samples == 1 else "sample"
        return Exactness(self._row / self._picture.grid.height, self._tally, unit)

    def stop(self) -> None:
        """Gives up what is being worked on."""
        self._stop.set()
        self._picture, self._row, self._tally = None, 0, Tally()

    def _begin(self, picture: Picture, program: Program) -> None:
        before, tally = self._work, self._tally
        self._stop, self._rows = stop, found = Event(), SimpleQueue[Rows]()

        def work() -> None:
            if before is not None:
                wait([before])  # the engine is for one thread
            if self._made is None or self._made[0] is not program:
                self._made = program, Exact(program)
            engine = self._made[1]
            engine.tally = tally
            for rows in render_rows(engine, picture.grid, picture.samples, block=SAMPLES):
                if stop.is_set():
                    return
                found.put(rows)

        self._work = in_background(work)
