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

from collections.abc import Callable

import moderngl
import numpy as np

from viewer.errors import DrawError
from viewer.gpu.accuracy import Accuracy, local_accuracy
from viewer.gpu.choice import Choice, Chooser, Part
from viewer.gpu.counts import Counter
from viewer.gpu.fields import Fields
from viewer.gpu.local import LocalShaders
from viewer.gpu.painter import Painter, Sketcher, Smoother, Surveyor
from viewer.gpu.place import Placement
from viewer.gpu.straight import PIECE, Straight
from viewer.program import Program
from viewer.sign.survey import Survey, Zone
from viewer.view import Block, Grid


def any_depth(ctx: moderngl.Context, program: Program) -> Deep:
    """The painter of a program, with straight-line shaders of itself near home."""
    return Deep(ctx, program, Straight(ctx, program))


class Deep:
    """Draws one program at any depth. `plain` is what draws it near home, if anything should.

    A `Sketcher`, a `Surveyor` and a `Smoother`. What `ready` has not prepared `draw` makes itself.
    """

    def __init__(
        self, ctx: moderngl.Context, program: Program, plain: Painter | None = None
    ) -> None:
        self._ctx, self._program = ctx, program
        self._shaders = LocalShaders(ctx, program.name)
        self._chooser = Chooser(program, self._shaders, plain)
        self._counter = Counter(ctx)
        self._choice: Choice | None = None
        self._fine: Choice | None = None
        self._fields: Fields | None = None

    @property
    def plain(self) -> Painter | None:
        """What draws the program itself."""
        return self._chooser.plain

    @plain.setter
    def plain(self, painter: Painter) -> None:
        self._chooser.plain = painter

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
        return f"glsl, {_operations(count)} around here" if count else "flat"

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
            return
        self._shaders.use(target)
        for part in parts:
            place = _placed(part, grid, block, target, flip=flip)
            self._shaders.draw(part.written, place, part.block)
        self._check()

    def draw_field(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        """Draws the value into a target of one float: in units of two samples' distance."""
        self._fields = self._fields or Fields(self._ctx, self._program, near=False)
        self._fields.draw(grid, block, target, flip=True)

    def ready(self, grid: Grid, seconds: float) -> bool:
        """See `Sketcher`. Waits for the thread where there is nothing to draw yet."""
        if not self._chosen(grid):
            self._choice = self._chooser.prepared(grid, seconds) or self._choice
        if self._choice is None or self._choice.grid != grid:
            return False
        if self.at_home and isinstance(self.plain, Sketcher):
            return self.plain.ready(grid, seconds)
        return True

    def settled(self, grid: Grid) -> bool:
        """See `Sketcher`."""
        if not self._chosen(grid):
            return False
        return not (self.at_home and isinstance(self.plain, Sketcher)) or self.plain.settled(grid)

    def sketch(self, grid: Grid, target: moderngl.Framebuffer) -> None:
        """See `Sketcher`: what lies in the last square. Raises DrawError."""
        if self._chosen(grid) and isinstance(self.plain, Sketcher):
            self.plain.sketch(grid, target)
        elif (part := self._chooser.latest(grid)) is not None:
            self._shaders.use(target)
            place = _placed(part, grid, grid.whole, target, flip=False)
            self._shaders.draw(part.written, place, part.block)
            self._check()

    def smooth_ready(self, seconds: float) -> bool:
        """See `Smoother`. Shaders of pieces may overlap: where they draw, local programs count."""
        if self.at_home and isinstance(self.plain, Smoother):
            return self.plain.smooth_ready(seconds)
        if self._choice is None or self._choice.parts:
            return True
        if self._fine is None or self._fine.grid != self._choice.grid:
            self._fine = self._chooser.prepared(self._choice.grid, seconds, local=True)
        return self._fine is not None

    def draw_smooth(
        self, grid: Grid, block: Block, samples: int, target: moderngl.Framebuffer, *, flip: bool
    ) -> None:
        """See `Smoother`. Raises DrawError."""
        if self.at_home and isinstance(self.plain, Smoother):
            self.plain.draw_smooth(grid, block, samples, target, flip=flip)
            return
        parts = self._parts(grid, block)
        if not parts:
            fine = self._fine.parts if self._fine and self._fine.grid == grid else ()
            parts = _within(fine, block) or tuple(self._chooser.made(grid, block))
        for part in parts:
            self._shaders.prepare(part.written)
        self._counter.begin(block)
        for part in parts:
            local = part.written.local.grid(grid)
            place = Placement(local, block, (0, 0, block.width, block.height), flip)
            self._shaders.count(part.written, place, part.block, samples)
        self._counter.show(block, samples, target)
        self._check()

    def survey(self, grid: Grid) -> Survey:
        """See `Surveyor`."""
        parts = self._parts(grid, grid.whole)
        if not parts and isinstance(self.plain, Surveyor):
            return self.plain.survey(grid)
        zones = (
            Zone(_operations(count), count / (count + PIECE), np.array([part.block], np.int32))
            for part in parts
            for count in [part.written.operations]
        )
        whole = _operations(self._program.operations)
        return Survey(tuple(zones), np.empty((0, 4), np.int32), (f"{whole} in the whole program",))

    def accuracy(self, grid: Grid) -> Callable[[], Accuracy]:
        """See `Painter`."""
        parts = self._parts(grid, grid.whole)
        if self.plain is not None and not parts:
            return self.plain.accuracy(grid)
        locals_ = [part.written.local for part in parts]

        def told() -> Accuracy:
            found = [local_accuracy(local, grid) for local in locals_]
            return max(found, key=lambda each: (bool(each.doubt), each.pixels))

        return told

    def operations(self, grid: Grid) -> float:
        """How many operations `draw` computes at a pixel of a picture, on average."""
        parts = self._parts(grid, grid.whole)
        if self.plain is not None and not parts:
            return self.plain.operations(grid)
        done = sum(p.written.operations * p.block.width * p.block.height for p in parts)
        return done / (grid.width * grid.height)

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._chooser.release()
        self._shaders.release()
        self._counter.release()
        if self._fields is not None:
            self._fields.release()
        if self.plain is not None:
            self.plain.release()

    def _chosen(self, grid: Grid) -> bool:
        """Whether it is known what draws a picture best."""
        return self._choice is not None and self._choice.grid == grid and self._choice.settled

    def _parts(self, grid: Grid, block: Block) -> tuple[Part, ...]:
        """What draws a block; nothing where the plain painter does."""
        if self._choice is not None and self._choice.grid == grid:
            return _within(self._choice.parts, block)
        return () if self._chooser.suits(grid) else tuple(self._chooser.made(grid, block))

    def _check(self) -> None:
        if (error := self._ctx.error) != "GL_NO_ERROR":
            raise DrawError(f"{self._program.name}: the graphics driver reports {error}")


def _placed(
    part: Part, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool
) -> Placement:
    """Where a block goes, in the local program's own coordinates."""
    return Placement(part.written.local.grid(grid), block, target.viewport, flip)


def _within(parts: tuple[Part, ...], block: Block) -> tuple[Part, ...]:
    found = (part.within(block) for part in parts)
    return tuple(part for part in found if part.block.width and part.block.height)


def _operations(count: int) -> str:
    return f"{count} operation{'s' if count != 1 else ''}"
