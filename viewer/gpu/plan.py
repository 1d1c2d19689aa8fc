"""What is to be run where: a picture's area in tiles, each with a tape of its own. Pure.

    the whole program -> tiles of 128 pixels -> of 32 -> of 16, as long as it pays

A tile is made smaller where that is expected to save more in drawing than it costs to find out.
So the size of tiles follows from how fast the device draws, which is measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.gpu.bytecode import Code, encode, encode_all, joined, leaf_operands
from viewer.passes import allocate
from viewer.passes.cells import Cells
from viewer.passes.registers import registers
from viewer.passes.simplify import Source, Traces, narrow, whole
from viewer.program import OPS, Instr, Program
from viewer.program.interval import Interval
from viewer.program.number import nearest
from viewer.view import Block, Grid

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

SIDES = (128, 32, 16)
"""Pixels along a side of the tiles of each level: each a multiple of the next, and even."""
COST = 150e-9
"""Seconds to narrow one value of a trace to one box (measured: 60 to 200 ns on one core)."""
WORTH = 0.01
"""Seconds of drawing below which a program is run as it is."""
KEPT = 0.75
"""A trace with more than this much of the program left is run as the whole program."""
MEMORY = 2**23
"""Values times boxes that are narrowed at once, some 40 bytes each."""
_SLACK = 2.0**-22
"""How far a driver's coordinates may be from ours, relative to what they are the sum of."""
_INSIDE, _OUTSIDE, _FLAT, _WHOLE = 0, 1, 2, -1


@dataclass(frozen=True, slots=True)
class Plan:
    """Tiles that cover an area of a picture, none twice.

    tiles: (t, 4) the pixels of each, from x0, y0 up to x1, y1, relative to the area's top left.
    tape: (t,) which of the code's tapes each runs.
    """

    area: Block
    tiles: Ints
    tape: Ints
    code: Code

    @property
    def steps(self) -> Ints:
        """Each tile's first step and the one after its last, shape (t, 2)."""
        return np.stack([self.code.start[self.tape], self.code.start[self.tape + 1]], axis=1)

    @property
    def work(self) -> int:
        """Steps times pixels."""
        x0, y0, x1, y1 = self.tiles.T
        return int(((x1 - x0) * (y1 - y0) * np.diff(self.steps)[:, 0]).sum())


@dataclass(frozen=True, slots=True)
class _Tiles:
    """Tiles of one size: the pixels of their corners, their traces, and how much of a trace is
    expected to go in smaller ones."""

    x: Ints
    y: Ints
    traces: Traces
    gain: NDArray[np.float64]

    def only(self, rows: Ints) -> "_Tiles":
        return _Tiles(self.x[rows], self.y[rows], self.traces.only(rows), self.gain[rows])


@dataclass(frozen=True, slots=True)
class _Samples:
    """An area's coordinates, as the shader computes them, and how far a driver may be off."""

    area: Block
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    z: np.float32
    slack: float

    @staticmethod
    def of(grid: Grid, area: Block) -> "_Samples":
        x, y = grid.xs(area, np.float32), grid.ys(area, np.float32)
        centre = [nearest(at, np.float32) for at in (grid.view.x, grid.view.y)]
        largest = max(abs(float(end)) for end in [x[0], x[-1], y[0], y[-1], *centre])
        return _Samples(area, x, y, nearest(grid.z, np.float32), 2 * _SLACK * largest)

    def boxes(self, x: Ints, y: Ints, side: int) -> Cells:
        """The boxes of tiles' samples, corners of shape (3, *x.shape); NaN where nothing is known
        of them, as for coordinates that are infinite."""
        z = np.full(x.shape, self.z)
        right = self.x[np.minimum(x + side, self.area.width) - 1]
        bottom = self.y[np.minimum(y + side, self.area.height) - 1]
        with np.errstate(over="ignore", invalid="ignore"):
            lower = np.stack([self.x[x] - self.slack, bottom - self.slack, z])
            upper = np.stack([right + self.slack, self.y[y] + self.slack, z])
            found = Interval.make(lower, upper)
        return Cells(found.lower, found.upper)


@dataclass(frozen=True)
class Planner:
    """Makes plans for one program."""

    program: Program

    @cached_property
    def whole(self) -> Code:
        """The whole program's tape."""
        return encode(allocate(self.program))

    @cached_property
    def _source(self) -> Source:
        return Source(self.program)

    @cached_property
    def _leaves(self) -> Ints:
        return leaf_operands(self.program)

    @cached_property
    def _flat(self) -> Code:
        """The tapes `_INSIDE` and `_OUTSIDE`: -1 and 1."""
        leaves = [Instr(OPS["const"], (), Decimal(value)) for value in (-1, 1)]
        return joined([encode(allocate(Program((leaf,)))) for leaf in leaves])

    def plan(self, grid: Grid, area: Block, *, field: bool, rate: float) -> Plan:
        """Tiles for an area of a picture. `rate` is the seconds that the device needs for a step
        and pixel. Without `field` a tile that is all inside or outside is -1 or 1."""
        codes, tiles, tapes, count = [self._flat], [], [], _FLAT
        for side, done in self._levels(grid, area, field, rate):
            right = np.minimum(done.x + side, area.width)
            bottom = np.minimum(done.y + side, area.height)
            tiles.append(np.stack([done.x, done.y, right, bottom], axis=1))
            tape = _known(done.traces, field)
            own = np.flatnonzero(
                (tape == _WHOLE) & (done.traces.lengths <= KEPT * len(self.program))
            )
            tape[own] = count + np.arange(len(own))
            tapes.append(tape)
            if len(own):
                count += len(own)
                codes.append(encode_all(registers(done.traces.only(own)), self._leaves))
        chosen = np.concatenate(tapes)
        if (chosen == _WHOLE).any():
            chosen[chosen == _WHOLE] = count
            codes.append(self.whole)
        return Plan(area, np.concatenate(tiles), chosen, joined(codes))

    def _levels(
        self, grid: Grid, area: Block, field: bool, rate: float
    ) -> Iterator[tuple[int, _Tiles]]:
        """The tiles that are done with, and their sides."""
        zero = np.zeros(1, np.intp)
        side = max(area.width, area.height)
        worth = area.width * area.height * len(self.program) * rate > WORTH
        first = _Tiles(zero, zero, whole(self._source), np.full(1, float(worth)))
        samples = _Samples.of(grid, area)
        pending = [(side, first)]
        while pending:
            side, tiles = pending.pop()
            smaller = next((each for each in SIDES if each < side), 0)
            pays = tiles.gain * smaller**2 * rate > COST
            if (~pays).any():
                yield side, tiles.only(np.flatnonzero(~pays))
            for x, y, parents in _children(tiles.only(np.flatnonzero(pays)), side, smaller, area):
                pending.append((smaller, _narrowed(x, y, parents, smaller, samples, field)))


def _children(
    tiles: _Tiles, side: int, smaller: int, area: Block
) -> Iterator[tuple[Ints, Ints, Traces]]:
    """Some of the tiles' traces with the corners of their children, shape (r, m), so many at a
    time as fit the memory."""
    if not len(tiles.x):
        return
    columns = np.arange(0, min(side, area.width), smaller)
    rows = np.arange(0, min(side, area.height), smaller)
    dx, dy = (axis.reshape(-1) for axis in np.meshgrid(columns, rows))
    lengths = tiles.traces.lengths
    boxes = max(1, MEMORY // int(lengths.max()))
    group = max(1, boxes // len(dx))
    for start in range(0, len(tiles.x), group):
        part = tiles.only(np.arange(start, min(start + group, len(tiles.x))))
        for box in range(0, len(dx), boxes):
            chosen = slice(box, box + boxes)
            yield part.x[:, None] + dx[chosen], part.y[:, None] + dy[chosen], part.traces


def _narrowed(
    x: Ints, y: Ints, parents: Traces, side: int, samples: _Samples, field: bool
) -> _Tiles:
    """The tiles with these corners, but for those outside the area."""
    area = samples.area
    there = ((x < area.width) & (y < area.height)).reshape(-1)
    corners = np.minimum(x, area.width - 1), np.minimum(y, area.height - 1)
    traces = narrow(parents, samples.boxes(*corners, side))
    gain = 1 - traces.lengths / np.repeat(parents.lengths, x.shape[1])
    gain[_known(traces, field) != _WHOLE] = 0
    found = _Tiles(x.reshape(-1), y.reshape(-1), traces, gain)
    return found.only(np.flatnonzero(there))


def _known(traces: Traces, field: bool) -> Ints:
    """The flat tape of each trace of which only the sign is wanted and known; else `_WHOLE`."""
    if field:
        return np.full(len(traces.root), _WHOLE, np.intp)
    inside, outside = traces.bounds.upper < 0, traces.bounds.lower >= 0
    return np.where(inside, _INSIDE, np.where(outside, _OUTSIDE, _WHOLE))
