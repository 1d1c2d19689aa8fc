"""Straight-line shaders of one program: its pieces compiled one by one, then drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import moderngl
import numpy as np

from viewer.errors import DrawError
from viewer.gpu.accuracy import Accuracy, plain_accuracy
from viewer.gpu.place import Placement
from viewer.gpu.sources import explain, fragment, vertex
from viewer.passes.split import Box, split
from viewer.program import Program
from viewer.sign.survey import Survey, Zone
from viewer.view import Block, Grid

PIECE = 512
"""Operations a piece should have. Measured on llvmpipe with the challenge's program (7,591
operations): more pieces draw faster, fewer are compiled sooner, each costs some 10 ms."""


class Pipeline(NamedTuple):
    """A linked shader, ready to draw rectangles."""

    program: moderngl.Program
    array: moderngl.VertexArray

    def draw(self, **uniforms: Any) -> None:
        """Draws its rectangle. Uniforms that the driver found no use for are left out."""
        for name, value in uniforms.items():
            if name in self.program:
                self.program[name] = value
        self.array.render(moderngl.TRIANGLE_STRIP, 4)

    def release(self) -> None:
        """Gives it back to the driver."""
        self.array.release()
        self.program.release()


class Straight:
    """The shaders of one program on one context, in that many pieces (None: by its size).

    Making one is pure work, for any thread; `compile_next` is the slow part. All drawing leaves
    the target in use and every GL capability (blending, depth, culling, scissor) off.
    """

    def __init__(
        self, ctx: moderngl.Context, program: Program, *, pieces: int | None = None
    ) -> None:
        self._ctx, self._program = ctx, program
        found = split(program, -(-len(program) // PIECE) if pieces is None else pieces)
        self._combine = found.combine
        self._boxes: list[Box | None] = [piece.box for piece in found.pieces]
        self._operations = [piece.program.operations for piece in found.pieces]
        ending = "inside.frag" if found.combine == "min" else "outside.frag"
        # Pieces with a box have no NaN in the domain; the one for everywhere may.
        self.sources: tuple[str, ...] = tuple(
            fragment(ending, part, None if box is None else [False] * len(part))
            for part, box in found.pieces
        )
        count = len(self.sources)
        self.summary = f"glsl, {count} shader{'s' if count != 1 else ''}"
        self._ready: list[Pipeline] = []
        self._others: dict[tuple[bool, bool], Pipeline] = {}

    @property
    def pending(self) -> int:
        """The number of pieces that `compile_next` has still to be called for."""
        return len(self.sources) - len(self._ready)

    def compile_next(self) -> None:
        """Links one piece and draws it once at 1x1, where most of a driver's work is done.

        Raises DrawError, naming the line of the program's source where the driver does.
        """
        source = self.sources[len(self._ready)]
        self._ready.append(compile_shader(self._ctx, source, self._program.name))

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block of a picture: inside white, outside black, opaque.

        It covers block.width x block.height pixels at the lower left corner of the target's
        viewport. `flip=False`: row 0 of the picture is at the top, as in a window; `flip=True`:
        it is at the bottom, which comes first when the target is read. The target should be
        RGBA8, as when compiling. A window's own framebuffer often is not, and then the driver
        compiles all pieces anew (measured: 0.57 s): draw into a texture and copy. Pieces that
        are still pending are compiled first. Raises DrawError.
        """
        while self.pending:
            self.compile_next()
        place = Placement(grid, block, target.viewport, flip)
        if place.ordinary():
            layers, empty = list(zip(self._ready, self._boxes, strict=True)), self._combine == "max"
        else:
            layers, empty = [(self._other(field=False, guarded=True), None)], False
        x, y, *_ = place.viewport
        level = float(empty)
        self._use(target)
        target.clear(level, level, level, 1.0, viewport=(x, y, block.width, block.height))
        for pipeline, box in layers:
            _draw_part(pipeline, place, box)
        self._check()

    def draw_field(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        """Draws the value itself into a target of one float, placed as by `draw` with
        `flip=True`, by one shader for the whole program that is compiled when first wanted."""
        place = Placement(grid, block, target.viewport, flip=True)
        pipeline = self._other(field=True, guarded=not place.ordinary())
        self._use(target)
        uniforms = {"factor": 1.0, "shift": -0.0, **place.coordinates()}  # zeros keep their sign
        pipeline.draw(rectangle=place.rectangle(block), **uniforms)
        self._check()

    def operations(self, grid: Grid) -> float:
        """How many operations `draw` computes at a pixel of a picture, on average: each piece's,
        where its box lies."""
        place = Placement(grid, grid.whole, (0, 0, *grid.size), flip=False)
        if not place.ordinary():
            return float(self._program.operations)
        done = 0
        for operations, box in zip(self._operations, self._boxes, strict=True):
            part = place.covered(box)
            done += operations * part.width * part.height
        return done / (grid.width * grid.height)

    def accuracy(self, grid: Grid) -> Callable[[], Accuracy]:
        """That of float32 in the model's own coordinates."""
        return partial(plain_accuracy, self._program, grid)

    def survey(self, grid: Grid) -> Survey:
        """The pieces and where they are drawn: see `Surveyor`. They may overlap."""
        place = Placement(grid, grid.whole, (0, 0, *grid.size), flip=False)
        whole = self._program.operations
        pieces = list(zip(self._operations, self._boxes, strict=True))
        parts = pieces if place.ordinary() else [(whole, None)]
        zones = [
            Zone(f"{count} operations", count / (count + PIECE), np.array([part], np.int32))
            for count, box in sorted(parts, key=lambda piece: piece[0])
            if (part := place.covered(box)).width and part.height
        ]
        hint = f"{self.operations(grid):.0f} of {whole} operations a pixel on average"
        return Survey(tuple(zones), np.empty((0, 4), np.int32), (hint,))

    def release(self) -> None:
        """Gives everything back to the driver."""
        for pipeline in [*self._ready, *self._others.values()]:
            pipeline.release()
        self._ready, self._others = [], {}

    def _other(self, *, field: bool, guarded: bool) -> Pipeline:
        """One shader for the whole program, made when it is first wanted; guarded, it trusts in
        no bounds."""
        key = field, guarded
        if key not in self._others:
            nan = [True] * len(self._program) if guarded else None
            source = fragment("field.frag" if field else "inside.frag", self._program, nan)
            name = self._program.name
            self._others[key] = compile_shader(self._ctx, source, name, field=field)
        return self._others[key]

    def _use(self, target: moderngl.Framebuffer) -> None:
        self._ctx.enable_only(moderngl.NOTHING)
        target.scissor = None  # type: ignore[assignment]  # moderngl's own word for "no scissor"
        target.use()

    def _check(self) -> None:
        error = self._ctx.error
        if error != "GL_NO_ERROR":
            raise DrawError(f"{self._program.name}: the graphics driver reports {error}")


def compile_shader(
    ctx: moderngl.Context, source: str, name: str, *, field: bool = False
) -> Pipeline:
    """Links a fragment shader and draws it once into one pixel, RGBA8 or one float (`field`).

    Raises DrawError; `name` is what it calls the program.
    """
    try:
        program = ctx.program(vertex_shader=vertex(), fragment_shader=source)
    except moderngl.Error as error:
        raise DrawError(explain(str(error), name)) from error
    pipeline = Pipeline(program, ctx.vertex_array(program, []))
    with one_pixel(ctx, field=field):
        pipeline.draw(rectangle=(-1.0, -1.0, 1.0, 1.0))
    return pipeline


@contextmanager
def one_pixel(ctx: moderngl.Context, *, field: bool = False) -> Iterator[None]:
    """A target of one pixel for what is drawn inside, which is finished at the end: most of a
    driver's work on a shader is done in its first draw."""
    pixel = ctx.renderbuffer((1, 1), 1, dtype="f4") if field else ctx.renderbuffer((1, 1), 4)
    target, before = ctx.framebuffer([pixel]), ctx.fbo or ctx.detect_framebuffer(0)
    ctx.enable_only(moderngl.NOTHING)
    target.use()
    try:
        yield
        ctx.finish()
    finally:
        # moderngl returns to the framebuffer in use after making another: it must not be gone.
        before.use()
        target.release()
        pixel.release()


def _draw_part(pipeline: Pipeline, place: Placement, box: Box | None) -> None:
    """Draws what of a placed block a box covers."""
    part = place.covered(box)
    if part.width and part.height:
        pipeline.draw(rectangle=place.rectangle(part), **place.coordinates())
