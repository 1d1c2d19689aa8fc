"""Where pixels are: pure functions from a grid and a block to what the shaders are given.

the picture's pixels          the target's viewport (GL: y up)

(i, j) -----------> i         flip=False: row 0 of the block at the top, as in a window
  |   block                   flip=True:  row 0 of the block at the bottom: first when read
  v j
"""

from typing import Any, NamedTuple

import numpy as np

from viewer.passes.bounds import DOMAIN
from viewer.passes.split import Box
from viewer.program.number import nearest
from viewer.view import Block, Grid

Viewport = tuple[int, int, int, int]
"""x, y, width and height in the target's pixels, y up."""

_SLACK = 2.0**-20
"""How far a driver's coordinates may be from ours, relative to the largest in the block."""


class Placement(NamedTuple):
    """A block of a picture at the lower left corner of a viewport."""

    grid: Grid
    block: Block
    viewport: Viewport
    flip: bool

    def coordinates(self, samples: int = 1, column: int = 0, row: int = 0) -> dict[str, Any]:
        """The uniforms of `straight.frag`, rounded once to float32 as `Grid.xs` does it. Where a
        pixel has samples x samples, those of one of them, from the pixel's top left."""
        x, y, *_ = self.viewport
        i, j, _, height = self.block
        grid = self.grid.supersampled(samples)
        first_column = samples * (i - x) + column
        first_row = samples * (j - y if self.flip else j + y + height - 1) + row
        return {
            "first": (2 * first_column - (grid.width - 1), (grid.height - 1) - 2 * first_row),
            "each": (2 * samples, -2 * samples if self.flip else 2 * samples),
            "centre": (_single(grid.view.x), _single(grid.view.y)),
            "spacing": _single(grid.half),
            "height": _single(grid.z),
        }

    def rectangle(self, part: Block) -> tuple[float, float, float, float]:
        """A part of the block in clip space: x0, y0, x1, y1."""
        *_, width, height = self.viewport
        left, top = part.i - self.block.i, part.j - self.block.j
        low = top if self.flip else self.block.height - top - part.height
        return (
            2 * left / width - 1,
            2 * low / height - 1,
            2 * (left + part.width) / width - 1,
            2 * (low + part.height) / height - 1,
        )

    def covered(self, box: Box | None) -> Block:
        """The part of the block whose samples may lie in a box, possibly empty; all for None.

        It is told from the very coordinates that the shader computes, with a margin for drivers
        that round differently, so no sample in the box is left out at any zoom.
        """
        if box is None:
            return self.block
        xs = self.grid.xs(self.block, np.float32)
        ys = self.grid.ys(self.block, np.float32)[::-1]
        left, right = _between(xs, box.x0, box.x1)
        low, high = _between(ys, box.y0, box.y1)
        i, j, _, height = self.block
        return Block(i + left, j + height - high, right - left, high - low)

    def ordinary(self) -> bool:
        """Whether all samples are in the domain, where bounds of the program hold."""
        with np.errstate(all="ignore"):  # far away they may be infinite or NaN, which is an answer
            xs, ys = self.grid.xs(self.block, np.float32), self.grid.ys(self.block, np.float32)
        ends = [xs[0], xs[-1], ys[0], ys[-1], _single(self.grid.z)]
        return bool(np.max(np.abs(ends)) <= DOMAIN * (1 - _SLACK))


def _between(ascending: Any, low: float, high: float) -> tuple[int, int]:
    """The range of indices, from and up to, of the numbers from `low` to `high`."""
    slack = _SLACK * float(max(abs(ascending[0]), abs(ascending[-1])))
    ends = np.array([low - slack, high + slack])
    start = int(np.searchsorted(ascending, ends[0], "left"))
    stop = int(np.searchsorted(ascending, ends[1], "right"))
    return start, max(start, stop)


def _single(value: Any) -> float:
    return float(nearest(value, np.float32))
