"""What can be known of a program before it is certain that it will be shown, and without a driver.

While a file is watched to see whether its save is over, and while the window opens, the program is
read already; of what turns out otherwise nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from viewer.gpu.background import Job
from viewer.gpu.tiled import Slice
from viewer.passes import optimise
from viewer.program import Program, parse
from viewer.view import Grid
from viewer.window.session import Shape

AHEAD = 0.1
"""Seconds of work on tiles at most, before there is a picture."""
STEP = 0.02
"""Seconds of that at once."""


class Reading(NamedTuple):
    """A program, the text that it was read from, and its tiles where z is zero: some of them there
    already, if it can be drawn by tiles alone."""

    shape: Shape
    data: bytes
    program: Program
    plane: Slice


def read(
    path: Path, data: bytes, grid: Grid, between: Callable[[], None] = lambda: None
) -> Reading:
    """Reads a program that will be shown at a grid. Pure work, for any thread; raises
    `ViewerError`. `between` is called between its steps; what it raises ends it."""
    source = parse(data, str(path))
    between()
    program = optimise(source)
    between()
    uses_z = any(instr.op.variable == "z" for instr in program.instrs)
    plane = Slice(program, Fraction(0))
    if plane.exact and grid.z == 0:
        end = perf_counter() + AHEAD
        while not plane.ready(grid, STEP) and perf_counter() < end:
            between()
    return Reading(Shape(path, len(source), len(program), uses_z), data, program, plane)


class Ahead:
    """The text that is expected to be shown next, and what is known of it."""

    def __init__(self) -> None:
        self._text: tuple[Path, bytes] | None = None
        self._reading: Job[Reading] | None = None

    def expect(self, path: Path, data: bytes, grid: Grid) -> None:
        """Begins to read; what was expected before is not expected any more, and given up."""
        if self._text == (path, data):
            return
        if self._reading is not None:
            self._reading.give_up()
        self._text = path, data
        self._reading = Job(lambda between: read(path, data, grid, between))

    def take(self, path: Path, data: bytes, grid: Grid) -> Future[Reading]:
        """What is known of a text, once it is read; nothing is expected afterwards."""
        self.expect(path, data, grid)
        assert self._reading is not None
        found, self._text, self._reading = self._reading, None, None
        return found.future
