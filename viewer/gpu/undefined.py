"""Where a program has no value: red, over pictures that tell only inside from outside.

Most programs always have one, and bounds over the whole plane tell so: these pay nothing. Of the
others near home only what bounds leave in doubt is drawn.
"""

from __future__ import annotations

import time
from concurrent.futures import Future

import moderngl

from viewer.errors import ViewerError
from viewer.gpu.background import in_background
from viewer.gpu.fields import UNDEFINED, Fields
from viewer.program import Program
from viewer.sign.undefined import doubtful_rows, may_be_undefined
from viewer.view import Block, Grid

SETTLED = 0.3
"""Seconds until that is asked: the next change of the program may be on its way."""
LARGE = 4_000
"""Operations from which on bounds take too long for a frame; all of a picture is in doubt then."""


class Undefined:
    """Draws it, for one program on one context. Making one is quick: a thread finds out whether
    there is anything to draw."""

    def __init__(self, ctx: moderngl.Context, program: Program) -> None:
        self._ctx, self._program = ctx, program
        self._begins = time.monotonic() + SETTLED
        self._possible: Future[bool] | None = None
        self._fields: Fields | None = None
        self._failed = False
        self._rows: tuple[Grid, range] | None = None

    @property
    def possible(self) -> bool | None:
        """Whether there may be anything to draw; None until that is known."""
        if self._possible is None:
            if time.monotonic() < self._begins:
                return None
            self._possible = in_background(lambda: may_be_undefined(self._program))
        return self._possible.result() if self._possible.done() else None

    @property
    def asked(self) -> bool:
        """Whether it is worth asking again."""
        return self.possible is not False and not self._failed

    def ready(self, grid: Grid, seconds: float) -> bool:
        """Works towards a picture for about so many seconds; whether it is to be drawn, and can.
        Raises DrawError, once."""
        if not self.possible or self._failed:
            return False
        if self._fields is None:
            self._fields = Fields(self._ctx, self._program, UNDEFINED)
        try:
            return self._fields.ready(grid, seconds)
        except ViewerError:
            self._failed = True
            raise

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
        if len(self._program) > LARGE:
            return range(grid.height)
        if self._rows is None or self._rows[0] != grid:
            self._rows = grid, doubtful_rows(self._program, grid)
        return self._rows[1]
