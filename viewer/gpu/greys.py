"""Draws greys: a cover whose rectangles are samples, several to a pixel, counted and divided.

A tile owns whole samples. What it has of a pixel it adds to a count, one float a pixel, so that a
pixel across tiles gets all of its own, each from the tile that is right there. Flat tiles add
theirs without looking, so that samples cost something only where there are edges.
"""

from __future__ import annotations

from typing import Any

import moderngl

from viewer.gpu.counts import Counter
from viewer.gpu.place import Placement
from viewer.gpu.tiles import REST, TileShaders, placed
from viewer.sign.cover import Cover
from viewer.view import Block, Grid


class GreyShaders:
    """The pipelines on one context, for a program whose `rest` is as in `TileShaders`."""

    def __init__(self, ctx: moderngl.Context, rest: str | None = None, name: str = "") -> None:
        self._tiles = TileShaders(ctx, rest, name, counted=True)
        self._pending = list(self._tiles.kinds)
        self._counter = Counter(ctx)

    @property
    def pending(self) -> int:
        """How many times `compile_next` is worth being called."""
        return len(self._pending)

    def compile_next(self) -> None:
        """Links one shader and draws it once. Raises DrawError."""
        self._tiles.warm(self._pending.pop(0))

    def draw(
        self,
        cover: Cover,
        grid: Grid,
        block: Block,
        samples: int,
        target: moderngl.Framebuffer,
        *,
        flip: bool,
    ) -> None:
        """Draws a block of a grid as `Painter.draw` does. `cover` is one of the supersampled
        grid, samples x samples a pixel. Raises DrawError."""
        view = 0, 0, block.width, block.height
        self._counter.begin(block)
        place: dict[str, Any] = {**placed(block, view, flip=flip), "samples": samples}
        for load in self._tiles.loads(cover):
            if load.kind != REST:
                every = {**place, "rounding": (0, 0, samples - 1, samples - 1)}
                self._tiles.render(load, every)
                continue
            coordinates = Placement(grid, block, view, flip).coordinates
            for index in range(samples**2):
                row, column = divmod(index, samples)
                up = 2 * (samples - 1 - column, samples - 1 - row)
                one = {**place, "rounding": up, **coordinates(samples, column, row)}
                self._tiles.render(load, one)
        self._tiles.trim()
        self._counter.show(block, samples, target)

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._tiles.release()
        self._counter.release()
