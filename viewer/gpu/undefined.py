"""Where a program has no value: red, over pictures that tell only inside from outside.

Most programs always have one, and bounds over the whole plane tell so: these pay nothing. Of the
others near home only what bounds leave in doubt is drawn.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from fractions import Fraction
from math import ceil, floor

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import ViewerError
from viewer.gpu.background import in_background
from viewer.gpu.fields import UNDEFINED, Fields
from viewer.program import Program
from viewer.sign.coarse import Field, bounded
from viewer.sign.tiles import Anchor
from viewer.sign.undefined import doubtful_boxes, may_be_undefined
from viewer.view import Block, Grid
from viewer.zoom.squares import intersection, roomy_square

SETTLED = 0.3
"""Seconds until that is asked: the next change of the program may be on its way."""
THICK = Fraction(1, 4)
"""Heights of the slice that are looked at together."""
SLABS = 16
"""Squares and heights that are kept: a slice that goes up comes down."""
MOST = 32
"""Parts of a picture that are drawn one by one."""
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
        self._field = Field(program)
        self._known: dict[tuple[Anchor, Fraction], NDArray[np.float64]] = {}

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
        x, y, width, height = before = target.viewport
        for part in self.doubtful(grid, block):
            right, up = part.i - block.i, block.j + block.height - part.j - part.height
            target.viewport = x + right, y + up, width - right, height - up
            self._fields.draw(grid, part, target, flip=False)
        target.viewport = before

    def release(self) -> None:
        """Gives everything back to the driver."""
        if self._fields is not None:
            self._fields.release()

    def doubtful(self, grid: Grid, block: Block) -> list[Block]:
        """The parts of a block that may have pixels without a value. Bounds are taken over a square
        around the picture, and over a slab of the slice: a hand that moves it pays for few."""
        if len(self._program) > LARGE or not bounded(grid):
            return [block]
        square, low = slab = roomy_square(grid, grid.whole), grid.z // THICK * THICK
        if slab not in self._known:
            if len(self._known) == SLABS:
                self._known.clear()
            self._known[slab] = doubtful_boxes(self._field, square, (low, low + THICK))
        found = [_pixels(box, grid, block) for box in self._known[slab].tolist()]
        seen = [part for part in found if part.width and part.height]
        return seen if len(seen) <= MOST else [block]


def _pixels(box: list[float], grid: Grid, block: Block) -> Block:
    """What lies in a box of the model plane, and a pixel more, of a block of a picture."""
    half, x, y = float(grid.half), float(grid.view.x), float(grid.view.y)
    left, right = (((at - x) / half + grid.width) / 2 for at in (box[0], box[2]))
    top, bottom = (((y - at) / half + grid.height) / 2 for at in (box[3], box[1]))
    i, j = floor(max(left, -1.0)) - 1, floor(max(top, -1.0)) - 1
    width, height = (
        ceil(min(right, grid.width + 1.0)) + 1 - i,
        ceil(min(bottom, grid.height + 1.0)) + 1 - j,
    )
    return intersection(block, Block(i, j, max(0, width), max(0, height)))
