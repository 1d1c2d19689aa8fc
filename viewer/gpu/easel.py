"""Where the picture is painted: a canvas that is kept from frame to frame.

A picture takes as many turns as it needs, each of about a budget of seconds, with events handled
in between. What is not painted yet is the last whole picture, moved and scaled to where it would
be now. A painter may first draw a picture that is nearly right: the right one then takes its place
as soon as it can be had. Greys come last, over a whole picture in black and white and once the view
rests, so that the hand never waits for them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.errors import ViewerError
from viewer.gpu.overlay import Canvas, Overlay
from viewer.gpu.painter import Painter, Sketcher, Smoother
from viewer.view import Block, Grid, Size

if TYPE_CHECKING:
    import moderngl

ANALYSIS = 0.008
"""Seconds of work on tiles in a turn, so that a frame stays within a sixtieth of a second."""

BUDGET = 0.04
"""Seconds of painting between two looks at the events; drivers may kill a draw of half a second."""

FIRST = 2**26
"""Operations times pixels in a program's first strip, before anything is measured."""

GREYS = 1e7
"""Pixels with greys a second, before anything is measured."""

SOON = 0.02
"""Seconds after which to ask whether a nearly right picture can be made right."""

REST = 0.15
"""Seconds without a change of the picture that count as rest."""


Over = Callable[["Grid", "Block", "moderngl.Framebuffer"], None]
"""Draws over a block of a picture, as painters place it with `flip=False`."""


class Picture(NamedTuple):
    """What decides the pixels: the program (by a count of those shown), the grid, the samples
    along a side of a pixel: more than 1 for a `Smoother` only; and the painter's style, if any."""

    version: int
    grid: Grid
    samples: int = 1
    style: Hashable = None


def _slice_of(before: Picture, after: Picture) -> bool:
    """Whether two pictures are of different slices, and alike in all else; one that has no style
    yet may be like any."""
    there = before._replace(grid=replace(before.grid, z=after.grid.z))
    if None in (before.style, after.style):
        there = there._replace(style=after.style)
    return before.grid.z != after.grid.z and there == after


class Easel:
    """Paints one picture after the other."""

    def __init__(self, ctx: moderngl.Context, overlay: Overlay) -> None:
        self._ctx, self._overlay = ctx, overlay
        self._canvas, self._last = Canvas(ctx), Canvas(ctx)
        self._last_grid: Grid | None = None
        self._plain_pace, self._grey_pace = 1.0, GREYS  # pixels a second
        self._begun = 0.0
        self._over: Over | None = None
        self._settled, self._nearly, self._late = True, False, False
        self.picture: Picture | None = None
        self.known: int | None = None
        """The program of which there was a whole picture last."""
        self.row = 0
        """Rows that are painted, from the top."""
        self.greys = 0
        """Rows that have their greys, from the top."""
        self.turn = 0
        """Counts the turns of painting."""
        self.seconds = 0.0
        """What this picture took so far."""

    @property
    def whole(self) -> bool:
        """Whether the picture is complete."""
        if self.picture is None or self._late or not self._plain or not self._settled:
            return False
        return self.picture.samples == 1 or self.greys == self.picture.grid.height

    @property
    def pause(self) -> float:
        """After how many seconds it is worth going on."""
        if self.whole:
            return math.inf
        if self._late:
            return 0.0
        if self._plain and not self._settled:
            return SOON
        return max(0.0, self._begun + REST - time.monotonic()) if self._plain else 0.0

    @property
    def size(self) -> Size | None:
        """The canvas's size, once it has one."""
        return self._canvas.size

    @property
    def texture(self) -> moderngl.Texture:
        """The canvas, RGBA8, first row lowest."""
        return self._canvas.texture

    def paint(
        self,
        wanted: Picture,
        painter: Painter | None,
        operations: int = 1,
        over: Over | None = None,
    ) -> bool:
        """Goes on with a picture for about BUDGET seconds; whether more is to be done. Without a
        painter it is black. `operations` are the program's; `over` goes over what was painted, and
        is ready. What goes on is what is `due`. Raises ViewerError, and then counts the picture as
        done: trying again would only fail again."""
        due = self.due(wanted)
        self._late = due is not wanted
        if self._late:
            over = over if due.style == wanted.style else None
            wanted = due
        if self.picture is None or wanted.version != self.picture.version:
            self._plain_pace = FIRST / operations / BUDGET
        self._over = over
        if wanted != self.picture:
            if self.picture is not None and (self._plain or self._nearly):
                self._canvas, self._last = self._last, self._canvas
                self._last_grid = self.picture.grid
            self.picture, self.row, self.greys, self.seconds = wanted, 0, 0, 0.0
            self._begun, self._settled, self._nearly = time.monotonic(), True, False
        try:
            if not self._plain or not self._settled or self.pause == 0:
                self._go_on(wanted, painter)
        except ViewerError:
            self.row = self.greys = wanted.grid.height
            self._settled = True
            raise
        if self._plain:
            self.known = wanted.version
        return not self.whole

    def due(self, wanted: Picture) -> Picture:
        """What `paint` goes on with: another slice of the same view waits until the one under way
        is seen. Else one that moves would never be."""
        before = self.picture
        late = before is not None and not self._plain and _slice_of(before, wanted)
        return before if before is not None and late else wanted

    def put(self, row: int, greys: NDArray[np.uint8]) -> None:
        """Better rows of a whole picture, shape (rows, width), from a row on."""
        rows, width = greys.shape
        pixels = np.full((rows, width, 4), 255, np.uint8)
        pixels[..., :3] = greys[::-1, :, np.newaxis]
        bottom = self._canvas.texture.height - row - rows
        self._canvas.texture.write(pixels.tobytes(), viewport=(0, bottom, width, rows))
        if self.picture is not None:
            target = self._canvas.sized(self.picture.grid.size)
            target.viewport = (0, bottom, width, rows)
            self._lay(self.picture.grid, Block(0, row, width, rows), target)
        self.turn += 1

    def read(self) -> NDArray[np.uint8]:
        """The picture's brightness, shape (height, width), row 0 at the top."""
        return self._canvas.read()

    def only_greys(self) -> NDArray[np.uint8] | None:
        """The picture, where there is nothing in it but greys: as `read` has it."""
        red, green, blue = np.moveaxis(self._canvas.colours(), 2, 0)
        if not (np.array_equal(red, green) and np.array_equal(green, blue)):
            return None
        return np.ascontiguousarray(green)

    def colours(self) -> NDArray[np.uint8]:
        """The picture's red, green and blue, shape (height, width, 3), row 0 at the top."""
        return self._canvas.colours()

    def release(self) -> None:
        """Gives the GL objects back."""
        self._canvas.release()
        self._last.release()

    @property
    def _plain(self) -> bool:
        """Whether there is a whole picture, be it without its greys."""
        return self.picture is not None and self.row == self.picture.grid.height

    def _go_on(self, wanted: Picture, painter: Painter | None) -> None:
        self.turn += 1
        grid = wanted.grid
        target = self._canvas.sized(grid.size)
        if self._plain and not self._settled:
            assert isinstance(painter, Sketcher)
            if painter.ready(grid, ANALYSIS) and painter.settled(grid):
                self._nearly, self.row = True, 0
                self._sketch(painter, grid, target)
        elif self._plain:
            assert isinstance(painter, Smoother)
            self._smooth(painter, wanted, target)
        elif painter is None:
            target.clear(alpha=1.0)  # it is laid over what was shown
            self.row = grid.height
        elif isinstance(painter, Sketcher):
            self._sketch(painter, grid, target)
        else:
            self._strips(painter, grid, target)

    def _sketch(self, painter: Sketcher, grid: Grid, target: moderngl.Framebuffer) -> None:
        """The picture, or what can be had of it in time over the last one."""
        start = time.perf_counter()
        ready = painter.ready(grid, ANALYSIS)
        if ready and self.row == 0:
            self._settled = painter.settled(grid)
        if ready and not painter.at_once:
            self._strips(painter, grid, target)
            return
        target.viewport = (0, 0, *grid.size)
        if ready:
            painter.draw(grid, grid.whole, target, flip=False)
            self._lay(grid, grid.whole, target)
            self.row = grid.height
        else:
            self._stand_in(grid, target)
            painter.sketch(grid, target)
        self._ctx.finish()
        self.seconds += time.perf_counter() - start

    def _strips(self, painter: Painter, grid: Grid, target: moderngl.Framebuffer) -> None:
        """Rows from the top; what is below them is the last picture's, put there first."""
        long = grid.width * grid.height > self._plain_pace * BUDGET
        if self.row == 0 and long and not self._nearly:
            self._stand_in(grid, target)

        def draw(block: Block) -> None:
            painter.draw(grid, block, target, flip=False)
            self._lay(grid, block, target)

        self.row, self._plain_pace = self._rows(draw, grid, target, self.row, self._plain_pace)

    def _smooth(self, painter: Smoother, wanted: Picture, target: moderngl.Framebuffer) -> None:
        """Rows from the top, over those in black and white."""
        grid = wanted.grid
        if not painter.smooth_ready(BUDGET):
            return

        def draw(block: Block) -> None:
            painter.draw_smooth(grid, block, wanted.samples, target, flip=False)
            self._lay(grid, block, target)

        self.greys, self._grey_pace = self._rows(draw, grid, target, self.greys, self._grey_pace)

    def _lay(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        if self._over is not None:
            self._over(grid, block, target)

    def _rows(
        self,
        draw: Callable[[Block], None],
        grid: Grid,
        target: moderngl.Framebuffer,
        row: int,
        pace: float,
    ) -> tuple[int, float]:
        """Draws from a row on, for about BUDGET seconds at so many pixels a second. Returns the
        next row and the pace that was seen."""
        left = BUDGET
        while row < grid.height and left > 0:
            rows = min(max(1, int(pace * left / grid.width)), grid.height - row)
            start = time.perf_counter()
            target.viewport = (0, grid.height - row - rows, grid.width, rows)
            draw(Block(0, row, grid.width, rows))
            self._ctx.finish()
            seconds = max(time.perf_counter() - start, 1e-6)
            pace = grid.width * rows / seconds
            row += rows
            self.seconds += seconds
            left -= seconds
        return row, pace

    def _stand_in(self, grid: Grid, target: moderngl.Framebuffer) -> None:
        target.viewport = (0, 0, *grid.size)
        target.clear()
        box = grid.place_of(self._last_grid) if self._last_grid and self._last.size else None
        if box is not None:
            self._overlay.show(self._last.texture, target, box)
