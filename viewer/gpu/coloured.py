"""A painter of fields in colours, as an easel wants one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import moderngl

from viewer.gpu.accuracy import EXACT, Accuracy
from viewer.gpu.colours import Colours, Inks, Scale, Values
from viewer.gpu.fields import Fields
from viewer.view import Block, Grid


class Style(NamedTuple):
    """How a field is coloured, and `scaled`, which tells its scale from the fields of a picture
    that is ready."""

    mode: str
    inks: Inks
    scaled: Callable[[Fields, Grid], Scale]


class Coloured:
    """Draws the fields of one program in one style. What it draws with is others'. A `Sketcher`."""

    at_once = False
    summary = "colours"
    sources: tuple[str, ...] = ()
    pending = 0

    def __init__(self, fields: Fields, colours: Colours, values: Values, style: Style) -> None:
        self._fields, self._colours, self._values, self._style = fields, colours, values, style
        self._scale: tuple[Grid, bool, Scale] | None = None

    def compile_next(self) -> None:
        """Nothing is compiled ahead."""

    def ready(self, grid: Grid, seconds: float) -> bool:
        """See `Sketcher`. Raises DrawError."""
        return self._fields.ready(grid, seconds)

    def settled(self, grid: Grid) -> bool:
        """See `Sketcher`."""
        return self._fields.settled(grid)

    def sketch(self, grid: Grid, target: moderngl.Framebuffer) -> None:
        """See `Sketcher`: nothing."""

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block as painters do, in colours. Raises DrawError."""
        scale = self.scale(grid)
        wider = Block(block.i - 1, block.j - 1, block.width + 2, block.height + 2)
        values = self._values.sized((wider.width, wider.height))
        self._fields.draw(grid, wider, values, flip=flip)
        style = self._style
        self._colours.draw(style.mode, self._values.texture, scale, style.inks, block, target)

    def draw_field(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        """See `Painter`. Raises DrawError."""
        self._fields.draw(grid, block, target, flip=True)

    def accuracy(self, grid: Grid) -> Callable[[], Accuracy]:
        """See `Painter`: lines are as right as the values."""
        return lambda: EXACT

    def operations(self, grid: Grid) -> float:
        """See `Painter`: of colours alone."""
        return 0.0

    def release(self) -> None:
        """Nothing is its own."""

    def scale(self, grid: Grid) -> Scale:
        """That of a picture: the same for all its parts."""
        key = grid, self._fields.settled(grid)
        if self._scale is None or self._scale[:2] != key:
            self._scale = *key, self._style.scaled(self._fields, grid)
        return self._scale[2]
