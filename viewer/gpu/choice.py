"""What draws a picture at some depth: the program itself, or local programs of some squares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from time import perf_counter, sleep
from typing import NamedTuple

from viewer.gpu.accuracy import coordinate_error
from viewer.gpu.local import LocalShaders, Written, write
from viewer.gpu.nearby import Nearby, Writer
from viewer.gpu.painter import Painter, Sketcher
from viewer.gpu.warm import Warmer
from viewer.program import Program
from viewer.sign.tiles import Anchor
from viewer.view import Block, Grid
from viewer.zoom.squares import cells, close_square, intersection, part_of, roomy_square

CELL = 1024
"""Pixels a side of what one square serves where no other picture follows."""
WINDOW = 2048
"""The same in a window, where squares are at least twice as large, to be left seldom."""
FINE = 2.0**12
"""Pixels across a square up to which float32 is as right as can be told: coordinates are off by
1.2e-4 pixel at most, long chains of operations make that 1e-3."""
USABLE = 2.0**18
"""Pixels across up to which a picture may stand in until a better one is there: 1/130 pixel."""
GAIN = 0.5
"""What part of the operations a local program may leave at most, to be drawn without need."""
QUICK = 3_000
"""Characters of shader text that are compiled between two frames: some 10 ms."""
AT_ONCE = 60_000
"""The same where there is nothing to draw: that takes less than a helper process needs to start."""


class Part(NamedTuple):
    """A part of a picture and what draws it."""

    block: Block
    written: Written

    def within(self, block: Block) -> Part:
        """What of it lies in a block."""
        return self._replace(block=intersection(self.block, block))


class Choice(NamedTuple):
    """What draws a picture: the parts, or (none) the program itself. `settled` if it is as right
    as it will be."""

    grid: Grid
    parts: tuple[Part, ...]
    settled: bool


class Chooser:
    """Chooses for one program. `plain` is the painter of the program itself, if there is one."""

    def __init__(
        self,
        program: Program,
        shaders: LocalShaders,
        plain: Painter | None,
        written: Writer = write,
        *,
        field: bool = False,
    ) -> None:
        self.plain = plain
        self._shaders, self._name, self._field = shaders, program.name, field
        self._nearby = Nearby(program, written)
        self._warmer = Warmer()
        self._warming: Written | None = None

    def suits(self, grid: Grid, limit: float = FINE) -> bool:
        """Whether the program itself may be drawn."""
        return self.plain is not None and coordinate_error(grid) <= limit * 2.0**-25

    def made(self, grid: Grid, block: Block) -> Iterator[Part]:
        """Local programs of the picture's own lattice, made now: the same for any block."""
        for cell in cells(grid, block, CELL):
            yield Part(cell, self._nearby.make(close_square(grid, cell), grid)).within(block)

    def latest(self, grid: Grid) -> Part | None:
        """What lies in the square that was drawn last."""
        written = self._nearby.latest(grid, self._shaders.ready)
        if written is None:
            return None
        block = part_of(grid, grid.whole, written.local.anchor)
        return Part(block, written) if block.width and block.height else None

    def prepared(self, grid: Grid, seconds: float, *, local: bool = False) -> Choice | None:
        """What draws a whole picture, waiting so long for it where there is nothing yet. Better
        things are made ready meanwhile. `local`: the program itself will not do."""
        if self.suits(grid) and isinstance(self.plain, Sketcher) and not local:
            return Choice(grid, (), settled=True)
        end = perf_counter() + seconds
        wanted = [(cell, roomy_square(grid, cell)) for cell in cells(grid, grid.whole, WINDOW)]
        squares = [square for _, square in wanted]
        found = self._chosen(grid, wanted, local)
        while True:
            left = 0.0 if found is not None else max(0.0, end - perf_counter())
            self._nearby.advance(squares, grid, left)
            self._compile(squares, grid, AT_ONCE if found is None else QUICK, local)
            if self._warming is not None:
                sleep(min(left, 0.002))
            found = self._chosen(grid, wanted, local)
            if found is not None or perf_counter() >= end:
                return found

    def release(self) -> None:
        """Ends the helper process."""
        self._warmer.cancel()

    def _chosen(
        self, grid: Grid, wanted: Sequence[tuple[Block, Anchor]], local: bool
    ) -> Choice | None:
        """What draws a whole picture of what is there: at best what is as right as can be, else
        what is nearly so, else None."""
        for limit in (FINE, USABLE):
            most, known = self._most(grid, limit, local), self._shaders.ready
            parts = []
            for cell, square in wanted:
                written = self._nearby.get(square, grid)
                if written is None or not known(written):
                    written = self._nearby.covering(grid, cell, limit, known)
                if written is not None and written.operations <= most:
                    parts.append(Part(cell, written))
            if len(parts) == len(wanted):
                return Choice(grid, tuple(parts), limit == FINE)
            if self.suits(grid, limit) and not local:
                return Choice(grid, (), limit == FINE)
        return None

    def _most(self, grid: Grid, limit: float, local: bool) -> float:
        """The operations that a local program may have, to be drawn at all."""
        if self.plain is None or local or not self.suits(grid, limit):
            return inf
        return GAIN * self.plain.operations(grid)

    def _compile(self, squares: Sequence[Anchor], grid: Grid, quick: int, local: bool) -> None:
        """Compiles what is short, and lets a helper process do most of the work of what is long,
        one after the other: what was wanted a moment ago is still of use."""
        if self._warming is not None and self._warmer.poll().finished:
            self._shaders.compile(self._warming.source)
            self._warming = None
        most = self._most(grid, FINE, local)
        for square in squares:
            written = self._nearby.get(square, grid)
            if written is None or self._shaders.ready(written) or written.operations > most:
                continue
            if len(written.source) <= quick:
                self._shaders.compile(written.source)
            elif self._warming is None:
                self._warming = written
                self._warmer.start([written.source], self._name, field=self._field)
                self._warmer.prepare()  # the next will be wanted soon
