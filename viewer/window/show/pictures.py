"""The pictures of one program: filled in, and its values in colours, each on an easel of its own.

The picture that is filled in is there at once. While the shader of the values is compiled, it
stands in for the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from viewer.gpu.coloured import Coloured, Style
from viewer.gpu.colours import Colours, Scale, Values
from viewer.gpu.easel import SOON, Easel, Picture
from viewer.gpu.fields import Fields
from viewer.gpu.overlay import Overlay
from viewer.gpu.undefined import Undefined
from viewer.picture.look import Look, few_samples
from viewer.picture.modes import MODES, Floats, Measure, measure_of, step_of
from viewer.program import Program
from viewer.view import Grid
from viewer.window.show.compiler import Made
from viewer.window.show.looks import inks_of

if TYPE_CHECKING:
    import moderngl


class Lines(NamedTuple):
    """Samples of a field, shape (rows, columns), what its lines are told by, and the step and the
    base in model units."""

    values: Floats
    measure: Measure
    step: Decimal
    base: Decimal


class Palettes:
    """What all fields are coloured with, on one context."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self.colours, self.values = Colours(ctx), Values(ctx)

    def release(self) -> None:
        """Gives the GL objects back."""
        self.colours.release()
        self.values.release()


class Pictures:
    """Paints one program after the other; `shown` is the easel with what is to be seen."""

    def __init__(self, ctx: moderngl.Context, overlay: Overlay, palettes: Palettes) -> None:
        self._ctx, self._palettes = ctx, palettes
        self.fill, self._field = Easel(ctx, overlay), Easel(ctx, overlay)
        self.shown = self.fill
        self._program: Program | None = None
        self._count = 0
        self._fields: Fields | None = None
        self._failed = False
        self._coloured: tuple[Look, Coloured] | None = None
        self._steps: tuple[Grid, bool, Decimal] | None = None
        self._waiting = self._unmarked = self._filling = False
        self._undefined: Undefined | None = None

    def paint(
        self, wanted: Picture, look: Look, made: Made | None, *, filled: bool = False
    ) -> bool:
        """Goes on with a picture, whose style is left open; whether more is to be done. `filled`:
        also with the one that is filled in. Raises ViewerError, but not for the same thing
        twice."""
        self._waiting = False
        if made is None or look.mode not in MODES:
            self.shown, self._filling = self.fill, True
            return self._filled(wanted, made)
        ready = self._ready(made, wanted.grid)
        if ready:
            style = Picture(self._count, wanted.grid, 1, look)
            self._field.paint(style, self._painter(look), len(made.program))
        known = ready and self._field.known == self._count
        self.shown = self._field if known else self.fill
        self._waiting = not known and not self._failed
        more = self._waiting or not self.shown.whole
        self._filling = filled or not known
        return (self._filled(wanted, made) if self._filling else False) or more

    @property
    def pause(self) -> float:
        """After how many seconds it is worth going on."""
        pause = self.shown.pause
        if self._filling:
            pause = min(pause, self.fill.pause, SOON if self._unmarked else math.inf)
        if not self._waiting:
            return pause
        return min(pause, SOON if self._field.known != self._count else math.inf)

    @property
    def compiling(self) -> bool:
        """Whether the picture that is wanted waits for a compiler."""
        return self._waiting and self._fields is not None and self._fields.compiling

    def lines(self, each: float) -> Lines | None:
        """What tells the lines of the picture in colours that is to be seen, once it is whole: a
        sample every so many pixels."""
        grid = self._field.picture.grid if self._field.picture else None
        if self.shown is not self._field or not self._field.whole or self._coloured is None:
            return None
        look, painter = self._coloured
        if look.mode != "iso" or grid is None or self._steps is None or self._fields is None:
            return None
        size = (max(2, round(side / each)) for side in grid.size)
        width, height = size
        values = self._fields.sample(grid, replace(grid, width=width, height=height))
        measure = Measure(*painter.scale(grid))
        return Lines(values, measure, self._steps[2], self._fields.base(grid))

    def step(self, grid: Grid) -> Decimal | None:
        """The step of a picture in colours: see `modes.step_of`."""
        in_colours = self.shown is self._field and self._steps and self._steps[0] == grid
        return self._steps[2] if self._steps and in_colours else None

    def release(self) -> None:
        """Gives the GL objects back."""
        self.fill.release()
        self._field.release()
        for part in (self._fields, self._undefined):
            if part is not None:
                part.release()

    def _filled(self, wanted: Picture, made: Made | None) -> bool:
        if made is None:
            return self.fill.paint(wanted, None)
        self._know(made)
        over = None
        due = self.fill.due(wanted)
        if self._undefined is not None and self._undefined.ready(due.grid, 0.0):
            over, wanted = self._undefined.draw, wanted._replace(style=self._undefined)
        more = self.fill.paint(wanted, made.painter, len(made.program), over)
        if not more and self._undefined is None:  # nobody waits for what that takes
            self._undefined = Undefined(self._ctx, made.program)
        self._unmarked = over is None and self._undefined is not None and self._undefined.asked
        return more

    def _know(self, made: Made) -> None:
        """Another program needs other shaders."""
        if made.program is not self._program:
            for part in (self._fields, self._undefined):
                if part is not None:
                    part.release()
            self._program, self._count, self._failed = made.program, self._count + 1, False
            self._fields = self._undefined = self._coloured = None

    def _ready(self, made: Made, grid: Grid) -> bool:
        """Whether the values can be drawn; once they could, the easel sees to it."""
        self._know(made)
        if self._fields is None:
            self._fields = Fields(self._ctx, made.program)
        if self._failed or self._field.known == self._count:
            return not self._failed
        try:
            return self._fields.ready(grid, 0.0)
        except BaseException:
            self._failed = True
            raise

    def _painter(self, look: Look) -> Coloured:
        assert self._fields is not None
        if self._coloured is None or self._coloured[0] != look:
            style = Style(look.mode, inks_of(look.palette), self._scaled(look.mode))
            palettes = self._palettes
            painter = Coloured(self._fields, palettes.colours, palettes.values, style)
            self._coloured = look, painter
        return self._coloured[1]

    def _scaled(self, name: str) -> Callable[[Fields, Grid], Scale]:
        mode = MODES[name]

        def scaled(fields: Fields, grid: Grid) -> Scale:
            few, unit = few_samples(grid), fields.unit(grid)
            step = step_of(mode, fields.sample(grid, few), few, unit)
            self._steps = grid, fields.settled(grid), step
            return Scale(*measure_of(mode, step, grid, unit, fields.base(grid)))

        return scaled
