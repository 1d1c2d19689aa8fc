"""A program at any depth: local programs of exact squares, drawn as soon as they are there.

  model plane                      Near home the program itself is drawn, as far as float32
+-------------+                    shows its pixels. Beyond, it is localised to a square around
|   square    |  [-1, 1]^2         the view, in a thread; a shader of that small program draws
|  +------+   |  of a local        the square in its own coordinates, until the view leaves it
|  | view |   |  program           or has become too small for float32 to tell its pixels apart.
|  +------+   |                    The next square is prepared before that.
+-------------+
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import inf
from time import perf_counter, sleep
from typing import NamedTuple

import moderngl

from viewer.errors import DrawError
from viewer.gpu.accuracy import Accuracy, coordinate_error, local_accuracy
from viewer.gpu.local import LocalShaders, Written
from viewer.gpu.nearby import Nearby
from viewer.gpu.painter import Painter, Sketcher
from viewer.gpu.place import Placement
from viewer.gpu.straight import Straight
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
"""Characters of shader text up to which the window compiles at once."""


class _Part(NamedTuple):
    """A part of a picture and what draws it."""

    block: Block
    written: Written


class _Choice(NamedTuple):
    """What draws a picture: the parts, or (none) the plain painter. `settled` if it is as right as
    it will be."""

    grid: Grid
    parts: tuple[_Part, ...]
    settled: bool


def any_depth(ctx: moderngl.Context, program: Program) -> Deep:
    """The painter of a program, with straight-line shaders of itself near home."""
    return Deep(ctx, program, Straight(ctx, program))


class Deep:
    """Draws one program at any depth. `plain` is what draws it near home, if anything should.

    A `Painter` and a `Sketcher`. What `ready` has not prepared `draw` makes itself.
    """

    def __init__(
        self, ctx: moderngl.Context, program: Program, plain: Painter | None = None
    ) -> None:
        self._ctx, self._program, self.plain = ctx, program, plain
        self._nearby = Nearby(program)
        self._shaders = LocalShaders(ctx, program.name)
        self._warmer = Warmer()
        self._warming: Written | None = None
        self._choice: _Choice | None = None

    @property
    def at_home(self) -> bool:
        """Whether the plain painter drew last."""
        return self.plain is not None and (self._choice is None or not self._choice.parts)

    @property
    def summary(self) -> str:
        """What drew last."""
        if self._choice is None or not self._choice.parts:
            return self.plain.summary if self.plain else "local programs"
        count = max(part.written.operations for part in self._choice.parts)
        return (
            f"glsl, {count} operation{'s' if count != 1 else ''} around here" if count else "flat"
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """The plain painter's."""
        return self.plain.sources if self.plain else ()

    @property
    def pending(self) -> int:
        """How many times `compile_next` has still to be called."""
        return self.plain.pending if self.plain else 0

    @property
    def compiled(self) -> int:
        """How many shaders of local programs were compiled so far."""
        return self._shaders.compiled

    @property
    def at_once(self) -> bool:
        """Whether tiles draw."""
        return self.at_home and isinstance(self.plain, Sketcher) and self.plain.at_once

    def compile_next(self) -> None:
        """Links one shader of the plain painter. Raises DrawError."""
        assert self.plain is not None
        self.plain.compile_next()

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block as `Straight.draw` does. Raises DrawError."""
        parts = self._parts(grid, block)
        if self.plain is not None and not parts:
            self.plain.draw(grid, block, target, flip=flip)
        else:
            self._paint(grid, block, target, parts, flip=flip)

    def draw_field(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        """Draws the value into a target of one float: in units of two samples' distance."""
        self._shaders.use(target)
        for part in self._made(grid, block):
            scale = float(Fraction(part.written.local.unit) / (2 * grid.half))
            place = Placement(part.written.local.grid(grid), block, target.viewport, flip=True)
            self._shaders.draw_field(part.written, scale, place, part.block)
        self._check()

    def ready(self, grid: Grid, seconds: float) -> bool:
        """See `Sketcher`. Waits for the thread where there is nothing to draw yet."""
        if not self.settled(grid):
            self._choice = self._prepared(grid, seconds) or self._choice
        if self._choice is None or self._choice.grid != grid:
            return False
        if self.at_home and isinstance(self.plain, Sketcher):
            return self.plain.ready(grid, seconds)
        return True

    def settled(self, grid: Grid) -> bool:
        """See `Sketcher`."""
        return self._choice is not None and self._choice.grid == grid and self._choice.settled

    def sketch(self, grid: Grid, target: moderngl.Framebuffer) -> None:
        """See `Sketcher`: what lies in the last square. Raises DrawError."""
        if self.settled(grid) and isinstance(self.plain, Sketcher):
            self.plain.sketch(grid, target)
        elif (written := self._nearby.latest(grid, self._shaders.ready)) is not None:
            part = part_of(grid, grid.whole, written.local.anchor)
            if part.width and part.height:
                self._paint(grid, grid.whole, target, (_Part(part, written),), flip=False)

    def accuracy(self, grid: Grid) -> Accuracy:
        """See `Painter`."""
        parts = self._parts(grid, grid.whole)
        if self.plain is not None and not parts:
            return self.plain.accuracy(grid)
        found = [local_accuracy(part.written.local, grid) for part in parts]
        return max(found, key=lambda each: (bool(each.doubt), each.pixels))

    def operations(self, grid: Grid) -> float:
        """How many operations `draw` computes at a pixel of a picture, on average."""
        parts = self._parts(grid, grid.whole)
        if self.plain is not None and not parts:
            return self.plain.operations(grid)
        done = sum(p.written.operations * p.block.width * p.block.height for p in parts)
        return done / (grid.width * grid.height)

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._warmer.cancel()
        self._shaders.release()
        if self.plain is not None:
            self.plain.release()

    # What draws

    def _parts(self, grid: Grid, block: Block) -> tuple[_Part, ...]:
        """What draws a block; nothing where the plain painter does."""
        if self._choice is not None and self._choice.grid == grid:
            clipped = (_Part(intersection(p.block, block), p.written) for p in self._choice.parts)
            return tuple(part for part in clipped if part.block.width and part.block.height)
        return () if self._plain_suits(grid, FINE) else tuple(self._made(grid, block))

    def _made(self, grid: Grid, block: Block) -> Iterator[_Part]:
        """Local programs of the picture's own lattice, made now: the same for any block."""
        for cell in cells(grid, block, CELL):
            written = self._nearby.make(close_square(grid, cell), grid)
            yield _Part(intersection(cell, block), written)

    def _prepared(self, grid: Grid, seconds: float) -> _Choice | None:
        """What draws a whole picture, once it is there; better things are made ready meanwhile."""
        if self._plain_suits(grid, FINE) and isinstance(self.plain, Sketcher):
            return _Choice(grid, (), settled=True)
        end = perf_counter() + seconds
        wanted = [(cell, roomy_square(grid, cell)) for cell in cells(grid, grid.whole, WINDOW)]
        squares = [square for _, square in wanted]
        found = self._chosen(grid, wanted)
        while True:
            left = 0.0 if found is not None else max(0.0, end - perf_counter())
            self._nearby.advance(squares, grid, left)
            self._compile(squares, grid, left)
            found = self._chosen(grid, wanted)
            if found is not None or perf_counter() >= end:
                return found

    def _chosen(self, grid: Grid, wanted: Sequence[tuple[Block, Anchor]]) -> _Choice | None:
        """What draws a whole picture of what is there: at best what is as right as can be, else
        what is nearly so, else None."""
        for limit in (FINE, USABLE):
            most, known = self._most(grid, limit), self._shaders.ready
            parts = []
            for cell, square in wanted:
                written = self._nearby.get(square, grid)
                if written is None or not known(written):
                    written = self._nearby.covering(grid, cell, limit, known)
                if written is not None and written.operations <= most:
                    parts.append(_Part(cell, written))
            if len(parts) == len(wanted):
                return _Choice(grid, tuple(parts), limit == FINE)
            if self._plain_suits(grid, limit):
                return _Choice(grid, (), limit == FINE)
        return None

    def _plain_suits(self, grid: Grid, limit: float) -> bool:
        return self.plain is not None and coordinate_error(grid) <= limit * 2.0**-25

    def _compile(self, squares: Sequence[Anchor], grid: Grid, seconds: float) -> None:
        """Compiles what is short, and lets a helper process do most of the work of what is long,
        one after the other: what was wanted a moment ago is still of use."""
        if self._warming is not None and self._warmer.poll().finished:
            self._shaders.compile(self._warming.source)
            self._warming = None
        most = self._most(grid, FINE)
        for square in squares:
            written = self._nearby.get(square, grid)
            if written is None or self._shaders.ready(written) or written.operations > most:
                continue
            if len(written.source) <= QUICK:
                self._shaders.compile(written.source)
            elif self._warming is None:
                self._warming = written
                self._warmer.start([written.source], self._program.name)
                self._warmer.prepare()  # the next will be wanted soon
        if self._warming is not None:
            sleep(min(seconds, 0.002))

    def _most(self, grid: Grid, limit: float) -> float:
        """The operations that a local program may have, to be drawn at all."""
        if self.plain is None or not self._plain_suits(grid, limit):
            return inf
        return GAIN * self.plain.operations(grid)

    def _paint(
        self,
        grid: Grid,
        block: Block,
        target: moderngl.Framebuffer,
        parts: Sequence[_Part],
        *,
        flip: bool,
    ) -> None:
        """Draws the parts of a block, black where they are outside."""
        self._shaders.use(target)
        for part in parts:
            grid_there = part.written.local.grid(grid)
            place = Placement(grid_there, block, target.viewport, flip)
            self._shaders.draw(part.written, place, part.block)
        self._check()

    def _check(self) -> None:
        if (error := self._ctx.error) != "GL_NO_ERROR":
            raise DrawError(f"{self._program.name}: the graphics driver reports {error}")
