"""The exact picture behind the one on the screen: worked out by a thread once the view rests, some
rows at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.engines.exact import Exact
from viewer.exact.tally import Tally
from viewer.gpu.background import Job
from viewer.gpu.easel import REST, Picture
from viewer.picture.render import render_rows
from viewer.program import Program

SAMPLES = 2**17
"""Samples to a piece of work: as many rows as come at once."""
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
    """One picture at a time, by one thread. Times are seconds of the clock that the caller owns."""

    def __init__(self) -> None:
        self._picture: Picture | None = None
        self._program: Program | None = None
        self._since = 0.0
        self._job: Job[None] | None = None
        self._begun = False
        self._made: tuple[Program, Exact] | None = None
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
        if not self._begun:
            if now < self._since + REST or self._busy:
                return
            self._begin(picture, program)
        while True:
            try:
                rows = self._rows.get_nowait()
            except Empty:
                break
            self._row += len(rows)
            yield self._row - len(rows), rows
        if self._job is not None and not self._busy:
            self._job.future.result()  # or what went wrong

    def pause(self, now: float) -> float:
        """After how many seconds it is worth asking again."""
        if self._picture is None or self._row == self._picture.grid.height:
            return math.inf
        return SOON if self._begun else max(SOON, self._since + REST - now)

    @property
    def known(self) -> Exactness | None:
        """None where nothing is asked for."""
        if self._picture is None:
            return None
        unit = "pixel" if self._picture.samples == 1 else "sample"
        return Exactness(self._row / self._picture.grid.height, self._tally, unit)

    def stop(self) -> None:
        """Gives up what is being worked on."""
        if self._job is not None:
            self._job.give_up()
        self._begun = False
        self._picture, self._row, self._tally = None, 0, Tally()

    @property
    def _busy(self) -> bool:
        """Whether the thread still works, be it on what has been given up."""
        return self._job is not None and not self._job.future.done()

    def _begin(self, picture: Picture, program: Program) -> None:
        tally, found = self._tally, SimpleQueue[Rows]()
        self._rows = found

        def work(between: Callable[[], None]) -> None:
            if self._made is None or self._made[0] is not program:
                self._made = program, Exact(program)
            engine = self._made[1]
            engine.tally, engine.between = tally, between
            for rows in render_rows(engine, picture.grid, picture.samples, block=SAMPLES):
                found.put(rows)

        self._begun, self._job = True, Job(work)
