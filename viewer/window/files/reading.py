"""What can be known of a program before it is certain that it will be shown, and without a driver.

While a file is watched to see whether its save is over, and while the window opens, the program is
read already; of what turns out otherwise nothing is left.
"""

from __future__ import annotations

from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from viewer.gpu.background import in_background
from viewer.gpu.tiled import Slice
from viewer.passes import optimise
from viewer.program import Program, parse
from viewer.view import Grid
from viewer.window.session import Shape

AHEAD = 0.1
"""Seconds of work on tiles at most, before there is a picture."""


class Reading(NamedTuple):
    """A program, the text that it was read from, and its tiles where z is zero: some of them there
    already, if it can be drawn by tiles alone."""

    shape: Shape
    data: bytes
    program: Program
    plane: Slice


def read(path: Path, data: bytes, grid: Grid) -> Reading:
    """Reads a program that will be shown at a grid. Pure work, for any thread; raises
    `ViewerError`."""
    source = parse(data, str(path))
    program = optimise(source)
    uses_z = any(instr.op.variable == "z" for instr in program.instrs)
    plane = Slice(program, Fraction(0))
    if plane.exact and grid.z == 0:
        plane.ready(grid, AHEAD)
    return Reading(Shape(path, len(source), len(program), uses_z), data, program, plane)


class Ahead:
    """The text that is expected to be shown next, and what is known of it."""

    def __init__(self) -> None:
        self._text: tuple[Path, bytes] | None = None
        self._reading: Future[Reading] | None = None

    def expect(self, path: Path, data: bytes, grid: Grid) -> None:
        """Begins to read; what was expected before is not expected any more."""
        if self._text != (path, data):
            self._text = path, data
            self._reading = in_background(lambda: read(path, data, grid))

    def take(self, path: Path, data: bytes, grid: Grid) -> Future[Reading]:
        """What is known of a text, once it is read; nothing is expected afterwards."""
        self.expect(path, data, grid)
        assert self._reading is not None
        found, self._text, self._reading = self._reading, None, None
        return found
