"""The value of a program, drawn at any depth: by one shader of the whole program near home, beyond
by local programs, as `deep` draws pictures. Nothing here waits for a driver for long."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from decimal import Decimal
from fractions import Fraction
from math import ceil
from time import perf_counter, sleep
from typing import Any, NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.gpu.accuracy import coordinate_error
from viewer.gpu.background import in_background
from viewer.gpu.choice import AT_ONCE, USABLE, Choice, Chooser, Part
from viewer.gpu.local import LocalShaders, write_field, write_undefined
from viewer.gpu.nearby import Writer
from viewer.gpu.place import Placement
from viewer.gpu.sources import fragment
from viewer.gpu.straight import Pipeline, compile_shader
from viewer.gpu.warm import Warmer
from viewer.program import Program
from viewer.view import Block, Grid

NEAR = USABLE * 2.0**-25
"""Pixels that float32 coordinates may cost where the program itself is drawn."""

SEVERAL = 64
"""As many times what a value changes by in a square it may be at the edge in another one."""

Floats = NDArray[np.float32]


class Kind(NamedTuple):
    """What is drawn: the ending of the shaders, how local programs are written for it, and whether
    targets are of one float."""

    ending: str
    write: Writer
    field: bool


VALUES = Kind("field.frag", write_field, True)
UNDEFINED = Kind("undefined.frag", write_undefined, False)
"""The values; and red where there is none, over pictures."""


class Fields:
    """Draws the value of one program into targets of one float, in a unit that goes with the
    picture; or another kind. With `near=False` always by local programs."""

    def __init__(
        self, ctx: moderngl.Context, program: Program, kind: Kind = VALUES, *, near: bool = True
    ) -> None:
        self._ctx, self._program, self._near = ctx, program, near
        self._whole = {guarded: _Whole(ctx, program, kind, guarded) for guarded in (False, True)}
        self._shaders = LocalShaders(ctx, program.name, field=kind.field)
        self._chooser = Chooser(program, self._shaders, None, kind.write, field=kind.field)
        self._choice: Choice | None = None

    def ready(self, grid: Grid, seconds: float) -> bool:
        """Works towards a picture for about so many seconds, and says whether it can now be drawn
        without more work. Raises DrawError."""
        if self._plain(grid):
            return self._whole[_guarded(grid, grid.whole)].ready(seconds)
        if not self.settled(grid):
            self._choice = self._chooser.prepared(grid, seconds) or self._choice
        return self._choice is not None and self._choice.grid == grid

    def settled(self, grid: Grid) -> bool:
        """Whether what is ready of a picture is as right as it will be."""
        choice = self._choice
        return self._plain(grid) or (choice is not None and choice.grid == grid and choice.settled)

    @property
    def compiling(self) -> bool:
        """Whether it is a helper process that has to be waited for."""
        return any(whole.warming for whole in self._whole.values())

    def unit(self, grid: Grid) -> Fraction:
        """What the values of a picture count, in model units: these, or distances of samples."""
        return Fraction(1) if self._plain(grid) else 2 * grid.half

    def base(self, grid: Grid) -> Decimal:
        """What the values of a picture are counted from: 0, but where all are far from that."""
        if self._choice is None or self._choice.grid != grid:
            return Decimal(0)
        locals_ = [part.written.local for part in self._choice.parts]
        far = all(each.base.copy_abs() > SEVERAL * each.unit for each in locals_)
        return locals_[0].base if locals_ and far else Decimal(0)

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block: the values less the base, in units. It may reach a pixel beyond the
        picture. What is not ready is made. Raises DrawError."""
        self._use(target)
        if self._plain(grid):
            self._whole[_guarded(grid, block)].draw(Placement(grid, block, target.viewport, flip))
        else:
            base = self.base(grid)
            for part in self._parts(grid, block):
                place = Placement(part.written.local.grid(grid), block, target.viewport, flip)
                unit = self.unit(grid)
                self._shaders.draw_field(part.written, unit, base, place, part.block)
        self._check()

    def sample(self, grid: Grid, few: Grid) -> Floats:
        """A picture that is ready in few samples, a whole grid of them: shape (height, width), row
        0 at the top, in the unit of the picture. Raises DrawError."""
        pixels = self._ctx.renderbuffer(few.size, 1, dtype="f4")
        target, before = self._ctx.framebuffer([pixels]), self._ctx.fbo
        try:
            self._use(target)
            if self._plain(grid):
                place = Placement(few, few.whole, (0, 0, *few.size), True)
                self._whole[_guarded(few, few.whole)].draw(place)
            else:
                self._sample_parts(grid, few)
            data = target.read(components=1, alignment=1, dtype="f4")
        finally:
            (before or self._ctx.detect_framebuffer(0)).use()
            target.release()
            pixels.release()
        self._check()
        return np.frombuffer(data, np.float32).reshape(few.height, few.width)

    def release(self) -> None:
        """Gives everything back to the driver."""
        for whole in self._whole.values():
            whole.release()
        self._chooser.release()
        self._shaders.release()

    def _plain(self, grid: Grid) -> bool:
        return self._near and coordinate_error(grid) <= NEAR

    def _parts(self, grid: Grid, block: Block) -> Iterator[Part]:
        if self._choice is None or self._choice.grid != grid:
            yield from self._chooser.made(grid, block)
            return
        for part in self._choice.parts:
            reaching = part._replace(block=_reaching(part.block, grid)).within(block)
            if reaching.block.width and reaching.block.height:
                yield reaching

    def _sample_parts(self, grid: Grid, few: Grid) -> None:
        for part in self._parts(grid, grid.whole):
            local = part.written.local
            place = Placement(local.grid(few), few.whole, (0, 0, *few.size), True)
            unit, base = self.unit(grid), self.base(grid)
            block = _scaled(part.within(grid.whole).block, grid, few)
            if block.width and block.height:
                self._shaders.draw_field(part.written, unit, base, place, block)

    def _use(self, target: moderngl.Framebuffer) -> None:
        self._shaders.use(target)

    def _check(self) -> None:
        if (error := self._ctx.error) != "GL_NO_ERROR":
            raise DrawError(f"{self._program.name}: the graphics driver reports {error}")


class _Whole:
    """The shader of a whole program: written by a thread, compiled by a helper process first where
    it is long. Guarded, it trusts in no bounds."""

    def __init__(self, ctx: moderngl.Context, program: Program, kind: Kind, guarded: bool) -> None:
        self._ctx, self._program, self._kind, self._guarded = ctx, program, kind, guarded
        self._text: Future[str] | None = None
        self._warmer: Warmer | None = None
        self._pipeline: Pipeline | None = None

    @property
    def warming(self) -> bool:
        return self._warmer is not None

    def ready(self, seconds: float) -> bool:
        end = perf_counter() + seconds
        while self._pipeline is None and not self._advance():
            left = end - perf_counter()
            if left <= 0:
                return False
            sleep(min(left, 0.002))
        return True

    def draw(self, place: Placement) -> None:
        if self._pipeline is None:
            self._compile(self._written())
        assert self._pipeline is not None
        rectangle = place.rectangle(place.block)
        uniforms: dict[str, Any] = {"factor": 1.0, "shift": 0.0, **place.coordinates()}
        self._pipeline.draw(rectangle=rectangle, **uniforms)

    def release(self) -> None:
        if self._warmer is not None:
            self._warmer.cancel()
        if self._pipeline is not None:
            self._pipeline.release()
        self._warmer = self._pipeline = None

    def _advance(self) -> bool:
        if self._text is None:
            self._text = in_background(self._written)
        if not self._text.done():
            return False
        source = self._text.result()
        if self._warmer is None and len(source) > AT_ONCE:
            self._warmer = Warmer()
            self._warmer.start([source], self._program.name, field=self._kind.field)
        if self._warmer is not None and not self._warmer.poll().finished:
            return False
        self._compile(source)
        return True

    def _written(self) -> str:
        nan = [True] * len(self._program) if self._guarded else None
        return fragment(self._kind.ending, self._program, nan)

    def _compile(self, source: str) -> None:
        if self._warmer is not None:
            self._warmer.cancel()
            self._warmer = None
        name, field = self._program.name, self._kind.field
        self._pipeline = compile_shader(self._ctx, source, name, field=field)


def _guarded(grid: Grid, block: Block) -> bool:
    return not Placement(grid, block, (0, 0, block.width, block.height), True).ordinary()


def _reaching(block: Block, grid: Grid) -> Block:
    """A part of a picture, with the pixels around that where it ends at the picture's edge."""
    left, top = (1 if at == 0 else 0 for at in (block.i, block.j))
    right = 1 if block.i + block.width == grid.width else 0
    bottom = 1 if block.j + block.height == grid.height else 0
    return Block(
        block.i - left, block.j - top, block.width + left + right, block.height + top + bottom
    )


def _scaled(block: Block, grid: Grid, few: Grid) -> Block:
    """The few samples that lie in a part of a picture."""
    left, right = (ceil(n * few.width / grid.width - 0.5) for n in (block.i, block.i + block.width))
    top, bottom = (
        ceil(n * few.height / grid.height - 0.5) for n in (block.j, block.j + block.height)
    )
    return Block(left, top, right - left, bottom - top)
