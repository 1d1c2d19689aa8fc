"""Pictures without a window: a painter's blocks drawn in parts and read back."""

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.gpu.context import standalone
from viewer.gpu.painter import Painter, Smoother
from viewer.gpu.tiled import Tiled
from viewer.program import Program
from viewer.sign.runs import Runs
from viewer.view import Block, Grid

LIMIT = 0.05
"""Seconds that one draw should take at most: drivers kill long ones (after 0.64 s was seen)."""
_AIM = 0.03
"""Seconds that the next draw is cut to."""
_FIRST = 2**26
"""Operations times pixels in the first draw, before anything is measured."""
_SMALLEST = 1024
"""Pixels in a draw, at least."""
_SIDE = 4096
"""Pixels along a side of a target, at most, however large a one the driver would allow."""

Draw = Callable[[Block, moderngl.Framebuffer], None]
"""Draws a block at the lower left corner of a target's viewport, row 0 at the bottom."""


class Offscreen:
    """Draws blocks of any size with a painter of one program, on a context of its own.

    A block is drawn in strips whose size follows from the time that the last one took, each
    finished before the next: no draw should take longer than LIMIT. For one thread, the one that
    made it. Its context is the current one while it draws, and afterwards none is: who has
    another one in the same thread makes that current again. Raises NoDeviceError and DrawError.
    """

    def __init__(
        self, program: Program, painter: Callable[[moderngl.Context, Program], Painter]
    ) -> None:
        self._ctx = standalone()
        self.program = program
        self._painter = painter(self._ctx, program)
        self._targets: dict[bool, Target] = {}
        self.pixels = max(_SMALLEST, _FIRST // len(program))
        """Pixels in the next draw; learnt."""
        info = self._ctx.info
        self._side = min(_SIDE, info["GL_MAX_RENDERBUFFER_SIZE"], *info["GL_MAX_VIEWPORT_DIMS"])

    def draw(self, grid: Grid, block: Block, *, field: bool) -> NDArray[Any]:
        """A block, shape (block.height, block.width), row 0 at the top: the field as float32, or
        255 where it is negative and 0 elsewhere as uint8."""
        if field:
            return self._drawn(block, np.float32, partial(self._painter.draw_field, grid))
        self.prepare()
        return self._drawn(block, np.uint8, partial(self._painter.draw, grid, flip=True))

    def draw_smooth(self, grid: Grid, block: Block, samples: int) -> NDArray[np.uint8]:
        """A block as greys, uint8 (block.height, block.width), with a `Smoother` as painter."""
        assert isinstance(self._painter, Smoother)
        smooth = self._painter.draw_smooth

        def draw(strip: Block, target: moderngl.Framebuffer) -> None:
            smooth(grid, strip, samples, target, flip=True)

        return self._drawn(block, np.uint8, draw)

    @property
    def sparse(self) -> bool:
        """Whether `runs` may be asked for."""
        return isinstance(self._painter, Tiled) and self._painter.exact

    def runs(self, grid: Grid, rows: range, samples: int) -> Runs:
        """Some rows of a picture: see `Tiled.runs`."""
        assert isinstance(self._painter, Tiled)
        with self._ctx:
            return self._painter.runs(grid, rows, samples)

    def prepare(self) -> None:
        """Compiles what is still to be compiled for pictures."""
        with self._ctx:
            while self._painter.pending:
                self._painter.compile_next()

    def redraw(self, grid: Grid) -> None:
        """Draws a whole picture as a window does, to the end, and reads nothing back."""
        self.prepare()
        with self._ctx:
            for tile in _cut(grid.whole, self._side, self._side):
                self._draw_tile(tile, np.uint8, partial(self._painter.draw, grid, flip=True))

    def operations(self, grid: Grid) -> float:
        """How many operations a pixel of the picture takes, on average."""
        return self._painter.operations(grid)

    def close(self) -> None:
        """Gives the context back. Nothing may be drawn afterwards."""
        with self._ctx:
            for target in self._targets.values():
                target.release()
            self._painter.release()
        self._targets = {}
        self._ctx.release()

    def _drawn(self, block: Block, dtype: type[np.generic], draw: Draw) -> NDArray[Any]:
        result = np.empty((block.height, block.width), dtype)
        with self._ctx:
            for tile in _cut(block, self._side, self._side):
                row, column = tile.j - block.j, tile.i - block.i
                part = result[row : row + tile.height, column : column + tile.width]
                part[...] = self._draw_tile(tile, dtype, draw).read(tile)
        return result

    def _draw_tile(self, tile: Block, dtype: type[np.generic], draw: Draw) -> "Target":
        target = self._target(tile, dtype is np.float32)
        for strip in self._strips(tile):
            target.aim(tile, strip)
            draw(strip, target.framebuffer)
            self._ctx.finish()
        return target

    def _strips(self, tile: Block) -> Iterator[Block]:
        """Cuts a tile; the time between a strip and the next decides how large that one is."""
        row = 0
        while row < tile.height:
            width = min(tile.width, self.pixels)
            height = min(tile.height - row, max(1, self.pixels // width))
            for strip in _cut(tile._replace(j=tile.j + row, height=height), width, height):
                start = perf_counter()
                yield strip
                self._learn(strip.width * strip.height, perf_counter() - start)
            row += height

    def _learn(self, pixels: int, seconds: float) -> None:
        growth = min(4.0, _AIM / max(seconds, 1e-6))
        # A small strip says little about a large one.
        if growth < 1 or 2 * pixels >= self.pixels:
            self.pixels = max(_SMALLEST, int(pixels * growth))

    def _target(self, tile: Block, field: bool) -> "Target":
        """A target that a tile fits in: the last one, or a new one in its place."""
        old = self._targets.get(field)
        if old is not None and old.holds(tile):
            return old
        if old is not None:
            # moderngl returns to the framebuffer in use after making another: not to this one.
            self._ctx.detect_framebuffer(0).use()
            old.release()
        self._targets[field] = Target(self._ctx, tile, field)
        return self._targets[field]


class Target:
    """Memory to draw into: one float a pixel for fields, RGBA8 for pictures."""

    def __init__(self, ctx: moderngl.Context, tile: Block, field: bool) -> None:
        self._type = np.dtype(np.float32 if field else np.uint8)
        self._size = tile.width, tile.height
        refused = f"the graphics driver has no memory for {tile.width}x{tile.height} pixels"
        self._memory = ctx.renderbuffer(
            self._size, 1 if field else 4, dtype="f4" if field else "f1"
        )
        # For a size that the driver refuses moderngl may raise, or only the context knows.
        if ctx.error != "GL_NO_ERROR":
            raise DrawError(refused)
        try:
            self.framebuffer = ctx.framebuffer([self._memory])
        except moderngl.Error as error:
            raise DrawError(refused) from error

    def holds(self, tile: Block) -> bool:
        """Whether a tile fits in."""
        return tile.width <= self._size[0] and tile.height <= self._size[1]

    def aim(self, tile: Block, strip: Block) -> None:
        """Sets the viewport to where a strip of a tile belongs, row 0 at the bottom."""
        self.framebuffer.viewport = strip.i - tile.i, strip.j - tile.j, strip.width, strip.height

    def read(self, tile: Block) -> NDArray[Any]:
        """What was drawn for a tile, row 0 first."""
        data = self.framebuffer.read(
            (0, 0, tile.width, tile.height),
            components=1,
            alignment=1,
            dtype="f4" if self._type == np.float32 else "f1",
        )
        return np.frombuffer(data, self._type).reshape(tile.height, tile.width)

    def release(self) -> None:
        """Gives the memory back."""
        self.framebuffer.release()
        self._memory.release()


def _cut(block: Block, width: int, height: int) -> Iterator[Block]:
    """A block in parts of at most that size, row by row."""
    for j in range(0, block.height, height):
        for i in range(0, block.width, width):
            yield Block(
                block.i + i, block.j + j, min(width, block.width - i), min(height, block.height - j)
            )
