"""Where a program has no value: red, over pictures that tell only inside from outside.

Most programs always have one, and bounds over the whole plane tell so: these pay nothing. Of the
others near home only what bounds leave in doubt is drawn.
"""

from __future__ import annotations

from concurrent.futures import Future

import moderngl
import numpy as np

from viewer.gpu.background import in_background
from viewer.gpu.fields import UNDEFINED, Fields
from viewer.passes.bounds import DOMAIN, root_bounds
from viewer.passes.cells import nan_possible
from viewer.program import Program
from viewer.program.interval import Interval
from viewer.program.number import nearest
from viewer.view import Block, Grid

BANDS, COLUMNS = 24, 16
"""How many cells a picture is cut into, down and across, to be told by bounds."""
LARGE = 4_000
"""Operations from which on that takes too long for a frame; all of a picture is in doubt then."""


class Undefined:
    """Draws it, for one program on one context. Making one is quick: a thread finds out whether
    there is anything to draw."""

    def __init__(self, ctx: moderngl.Context, program: Program) -> None:
        self._ctx, self._program = ctx, program
        self._possible: Future[bool] = in_background(
            lambda: bool(nan_possible(program)[program.root])
        )
        self._fields: Fields | None = None
        self._bands: tuple[Grid, range] | None = None

    @property
    def possible(self) -> bool | None:
        """Whether there may be anything to draw; None until that is known."""
        return self._possible.result() if self._possible.done() else None

    @property
    def asked(self) -> bool:
        """Whether it is worth asking again."""
        return self.possible is not False

    def ready(self, grid: Grid, seconds: float) -> bool:
        """Works towards a picture for about so many seconds; whether it is to be drawn, and can.
        Raises DrawError."""
        if not self.possible:
            return False
        if self._fields is None:
            self._fields = Fields(self._ctx, self._program, UNDEFINED)
        return self._fields.ready(grid, seconds)

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        """Draws over a block of a picture that is ready, row 0 at the top. Raises DrawError."""
        assert self._fields is not None
        rows = self._doubtful(grid)
        top, bottom = max(block.j, rows.start), min(block.j + block.height, rows.stop)
        if top >= bottom:
            return
        x, y, width, height = before = target.viewport
        part = Block(block.i, top, block.width, bottom - top)
        low = block.j + block.height - bottom
        target.viewport = x, y + low, width, height - low
        self._fields.draw(grid, part, target, flip=False)
        target.viewport = before

    def release(self) -> None:
        """Gives everything back to the driver."""
        if self._fields is not None:
            self._fields.release()

    def _doubtful(self, grid: Grid) -> range:
        """The rows of a picture that may have pixels without a value."""
        if self._bands is None or self._bands[0] != grid:
            self._bands = grid, self._found(grid)
        return self._bands[1]

    def _found(self, grid: Grid) -> range:
        whole = range(grid.height)
        if len(self._program) > LARGE:
            return whole
        block = grid.whole
        xs, ys = grid.xs(block, np.float32), grid.ys(block, np.float32)
        spacing = float(nearest(grid.half, np.float32))
        if not max(np.abs(xs).max(), np.abs(ys).max()) < DOMAIN or spacing < 2.0**-20:
            return whole
        rows = np.linspace(0, grid.height, min(BANDS, grid.height) + 1).astype(int)
        columns = np.linspace(0, grid.width, min(COLUMNS, grid.width) + 1).astype(int)
        x = Interval.given(xs[columns[:-1]] - spacing, xs[columns[1:] - 1] + spacing)
        low, high = ys[rows[1:] - 1] - spacing, ys[rows[:-1]] + spacing
        y = Interval.given(low[:, np.newaxis], high[:, np.newaxis])
        z = nearest(grid.z, np.float32)
        found = root_bounds(self._program, x, y, Interval.given(z, z)).maybe_nan
        cells = np.broadcast_to(found, (len(rows) - 1, len(columns) - 1))
        (doubtful,) = np.nonzero(cells.any(axis=1))
        if not len(doubtful):
            return range(0)
        return range(int(rows[doubtful[0]]), int(rows[doubtful[-1] + 1]))
