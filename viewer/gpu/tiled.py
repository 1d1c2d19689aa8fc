"""One program drawn by tiles: the formula, the tiles that are kept, the shaders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Context, Decimal
from fractions import Fraction
from functools import partial
from time import perf_counter

import moderngl
import numpy as np

from viewer.errors import DrawError
from viewer.gpu.accuracy import EXACT, Accuracy, plain_accuracy
from viewer.gpu.cells import Cells
from viewer.gpu.greys import GreyShaders
from viewer.gpu.place import Placement
from viewer.gpu.planes import Planes
from viewer.gpu.sources import fragment
from viewer.gpu.straight import Straight
from viewer.gpu.tile_programs import TilePrograms
from viewer.gpu.tiles import TileShaders
from viewer.program import Program
from viewer.sign.atlas import Atlas, Sheet, Square, sheet
from viewer.sign.coarse import Coarse
from viewer.sign.cover import Cover, assemble, cover
from viewer.sign.formula import sign_form
from viewer.sign.layout import Ints, Layout, lay_out
from viewer.sign.runs import Runs, flat_steps, joined_steps, runs_of
from viewer.sign.survey import FLAT, Survey, Zone, survey
from viewer.sign.sweep import Sweep
from viewer.view import Block, Grid

_DIGITS = 100
"""Heights of slices are decimals; anything else is rounded to so many digits at least."""
BAND = 64
"""Rows that have a cover together where samples are counted in strips."""
CROWD = 2**13
"""Tiles that are drawn and put in order together: with an edge at each pixel they take 150 MB."""


class Slice:
    """The plane at one height of a program: its formula, and what is known of its tiles."""

    def __init__(self, program: Program, z: Fraction) -> None:
        self.z = z
        digits = z.numerator.bit_length() + z.denominator.bit_length()
        context = Context(prec=max(_DIGITS, digits))
        height = context.divide(Decimal(z.numerator), Decimal(z.denominator))
        formula = sign_form(program, height)
        self.layout: Layout | None = None
        self.inside = False
        if isinstance(formula.root, bool):
            self.inside = formula.root
        else:
            self.layout = lay_out(formula)
            self._atlas = Atlas(self.layout)
        self._pace = 0.002  # seconds a patch takes, as last seen
        self._last: tuple[tuple[Grid, Block, int], Cover] | None = None
        self._sweep: tuple[tuple[Grid, int], Sweep] | None = None

    @property
    def exact(self) -> bool:
        """Whether tests alone decide every pixel, at any depth."""
        return self.layout is None or not self.layout.expressions.roots

    def cover(self, grid: Grid, block: Block, samples: int = 1) -> Cover:
        """The cover of a block of a picture, or of a grid with so many samples along a pixel. The
        last one is kept: a picture that stands still is drawn again and again."""
        if self.layout is not None:
            key = grid, block, samples
            if self._last is None or self._last[0] != key:
                self._last = key, cover(self.layout, self._atlas, grid, block, samples)
            return self._last[1]
        whole, none = np.array([block], np.int32), np.empty((0, 4), np.int32)
        return Cover(whole, whole if self.inside else none, none, {})

    def covers(self, grid: Grid, rows: range, samples: int) -> Iterator[Cover]:
        """What some rows of a picture are covered by, and more: see `Sweep`."""
        if self.layout is None:
            return iter((self.cover(grid, grid.whole.supersampled(samples)),))
        if self._sweep is None or self._sweep[0] != (grid, samples):
            self._sweep = (grid, samples), Sweep(self.layout, grid, samples)
        return self._sweep[1].covers(rows)

    def ready(self, grid: Grid, seconds: float) -> bool:
        """Works on the tiles of a picture, the middle first, for about so many seconds; whether
        all of them are there."""
        if self.layout is None:
            return True
        wanted, end = sheet(grid, grid.whole), perf_counter() + seconds
        squares = sorted(wanted.squares(), key=wanted.distance)
        missing = self._atlas.missing(squares)
        least = 0.0  # a batch at least, and no other that would be too late by half a patch
        while missing and (left := end - perf_counter()) > least:
            few = max(1, min(len(missing), int(left / self._pace)))
            start = perf_counter()
            self._atlas.make(missing[:few], keep=len(squares))
            self._pace = (perf_counter() - start) / few
            missing, least = missing[few:], self._pace / 2
        return not missing

    def known(self, grid: Grid) -> Cover:
        """The cover of what is there of a picture."""
        if self.layout is None:
            return self.cover(grid, grid.whole)
        wanted = sheet(grid, grid.whole)
        return assemble(self.layout, self._atlas, grid, grid.whole, wanted, self._there(wanted))

    def survey(self, grid: Grid, other: str) -> Survey:
        """The tiles that are there of a picture. `other` is what draws those without tests."""
        if self.layout is None:
            whole = np.array([grid.whole], np.int32)
            return Survey((Zone(FLAT, 0.0, whole),), whole, ())
        wanted = sheet(grid, grid.whole)
        return survey(self._atlas, grid, wanted, self._there(wanted), other)

    def _there(self, wanted: Sheet) -> list[Square]:
        missing = set(self._atlas.missing(wanted.squares()))
        return [square for square in wanted.squares() if square not in missing]


class Tiled:
    """Draws one program by tiles that are kept from frame to frame, as `Straight` draws it by
    shaders of its own. Making one is pure work, for any thread; `compile_next` is the driver's.
    """

    def __init__(
        self,
        ctx: moderngl.Context,
        program: Program,
        plane: Slice | None = None,
        programs: TilePrograms | None = None,
    ) -> None:
        """`plane`: what is known already of the program where z is zero. `programs`: linked
        already, and not given back with this."""
        self._ctx, self._program = ctx, program
        first = plane or Slice(program, Fraction(0))
        layout = first.layout
        self.exact = first.exact
        self._planes = Planes(partial(Slice, program), first, patient=not self.exact)
        count = layout.literals if layout else 0
        self.summary = f"tiles, {count:,} test{'s' if count != 1 else ''}"
        self.summary += ", exact at any zoom" if self.exact else ""
        rest = None if self.exact else fragment("inside.frag", program)
        self.sources: tuple[str, ...] = (rest,) if rest else ()
        self._shaders = TileShaders(ctx, rest, program.name, programs=programs)
        self._greys = GreyShaders(ctx, rest, program.name)
        self._cells = Cells(ctx, counted=False), Cells(ctx, counted=True)
        self._pending = self._shaders.pending
        self._straight: Straight | None = None
        self._coarse = Coarse(program)

    @property
    def pending(self) -> int:
        """How many times `compile_next` has still to be called."""
        return len(self._pending)

    def compile_next(self) -> None:
        """Links one shader and draws it once. Raises DrawError."""
        self._shaders.warm(self._pending.pop(0))

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block as `Straight.draw` does. Raises DrawError."""
        self._paint(self._cover(grid, block), grid, block, target, flip=flip)

    def ready(self, grid: Grid, seconds: float) -> bool:
        """See `Sketcher`. Of a slice that is not there yet, the shader of the whole program draws
        what bounds leave open, where there is one."""
        if not self._planes.there(grid, seconds):
            return not self.exact
        return self._planes.now.ready(grid, seconds)

    def settled(self, grid: Grid) -> bool:
        """See `Sketcher`: once the slice is there."""
        return not self._planes.missing(grid.z)

    @property
    def at_once(self) -> bool:
        """See `Sketcher`."""
        return self.exact or not self._planes.waiting

    def sketch(self, grid: Grid, target: moderngl.Framebuffer) -> None:
        """See `Sketcher`. Raises DrawError."""
        if self.settled(grid):
            found, block = self._planes.at(grid.z).known(grid), grid.whole
            self._paint(found, grid, block, target, flip=False, whole=False)

    def smooth_ready(self, seconds: float) -> bool:
        """See `Smoother`. Raises DrawError."""
        end = perf_counter() + seconds
        while self._greys.pending and perf_counter() < end:
            self._greys.compile_next()
        return not self._greys.pending

    def draw_smooth(
        self, grid: Grid, block: Block, samples: int, target: moderngl.Framebuffer, *, flip: bool
    ) -> None:
        """See `Smoother`. Raises DrawError."""
        # To find a cover takes as long for a row as for many: it is found for short strips at once.
        low, high = block.j // BAND * BAND, -(-(block.j + block.height) // BAND) * BAND
        band = Block(block.i, low, block.width, min(high, grid.height) - low)
        fine, part = grid.supersampled(samples), band.supersampled(samples)
        found = self._planes.at(grid.z).cover(fine, part, samples)
        self._greys.draw(found, grid, block, samples, target, flip=flip)
        self._check()

    def runs(self, grid: Grid, rows: range, samples: int) -> Runs:
        """Some rows of a picture, each pixel the mean of samples x samples, where tests alone
        decide (`exact`). Quick for rows that follow each other. Raises DrawError."""
        bands = list(self._planes.at(grid.z).covers(grid, rows, samples))
        return self._runs(bands, grid, rows, samples)

    def _runs(self, bands: list[Cover], grid: Grid, rows: range, samples: int) -> Runs:
        cells, middle = self._cells[samples > 1], (rows.start + rows.stop) // 2
        if len(rows) > 1 and cells.count(bands, rows, samples) > CROWD:
            halves = range(rows.start, middle), range(middle, rows.stop)
            return Runs.joined([self._runs(bands, grid, half, samples) for half in halves])
        steps = [flat_steps(band.inside, rows, grid.width, samples) for band in bands]
        steps += cells.steps(bands, rows, grid.width, samples)
        return runs_of(joined_steps(steps), grid.width, len(rows), samples)

    def draw_field(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        """Draws the value itself as `Straight.draw_field` does."""
        if self._straight is None:
            self._straight = Straight(self._ctx, self._program, pieces=1)
        self._straight.draw_field(grid, block, target)

    def survey(self, grid: Grid) -> Survey:
        """See `Surveyor`."""
        other = f"a shader of {self._program.operations} operations"
        if self.settled(grid):
            return self._planes.at(grid.z).survey(grid, other)
        rest = self._coarse.cover(grid, grid.whole).rest
        return Survey((Zone(other, 1.0, rest),), np.empty((0, 4), np.int32), ())

    def accuracy(self, grid: Grid) -> Callable[[], Accuracy]:
        """Exact but for what is drawn by the shader of the whole program."""
        return lambda: EXACT if self.exact else plain_accuracy(self._program, grid)

    def operations(self, grid: Grid) -> float:
        """Ten for each test, and the program's own in the rest, over all pixels."""
        found = self._cover(grid, grid.whole)
        done = self._program.operations * _pixels(found.rest)
        done += sum(10 * n * _pixels(group.rectangle) for n, group in found.tests.items())
        return done / (grid.width * grid.height)

    def _cover(self, grid: Grid, block: Block) -> Cover:
        if self.exact or self.settled(grid):
            return self._planes.at(grid.z).cover(grid, block)
        return self._coarse.cover(grid, block)

    def _paint(
        self,
        found: Cover,
        grid: Grid,
        block: Block,
        target: moderngl.Framebuffer,
        *,
        flip: bool,
        whole: bool = True,
    ) -> None:
        rest = Placement(grid, block, target.viewport, flip).coordinates()
        self._shaders.draw(found, block, target, flip=flip, rest=rest, whole=whole)
        self._check()

    def _check(self) -> None:
        if (error := self._ctx.error) != "GL_NO_ERROR":
            raise DrawError(f"{self._program.name}: the graphics driver reports {error}")

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._shaders.release()
        self._greys.release()
        for cells in self._cells:
            cells.release()
        if self._straight is not None:
            self._straight.release()


def _pixels(rectangle: Ints) -> int:
    return int((rectangle[:, 2].astype(np.int64) * rectangle[:, 3]).sum())
