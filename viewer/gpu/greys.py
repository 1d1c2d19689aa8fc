"""Draws greys: a cover whose rectangles are samples, several to a pixel, counted and divided.

A tile owns whole samples. What it has of a pixel it adds to a count, one float a pixel, so that a
pixel across tiles gets all of its own, each from the tile that is right there. Flat tiles add
theirs without looking, so that samples cost something only where there are edges.
"""

from __future__ import annotations

from typing import Any

import moderngl

from viewer.errors import DrawError
from viewer.gpu.place import Placement
from viewer.gpu.sources import vertex
from viewer.gpu.tiles import REST, TileShaders, layers, placed
from viewer.resources import shader
from viewer.sign.cover import Cover
from viewer.view import Block, Grid, Size


class GreyShaders:
    """The pipelines on one context, for a program whose `rest` is as in `TileShaders`."""

    def __init__(self, ctx: moderngl.Context, rest: str | None = None, name: str = "") -> None:
        self._ctx = ctx
        self._tiles = TileShaders(ctx, rest, name, counted=True)
        self._pending = list(self._tiles.kinds)
        self._divide: moderngl.Program | None = None
        self._counts: Counts | None = None

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
        counts = self._counted((block.width, block.height))
        counts.framebuffer.viewport = view
        counts.framebuffer.use()
        counts.framebuffer.clear(viewport=view)
        self._ctx.enable_only(moderngl.BLEND)
        self._ctx.blend_equation = moderngl.FUNC_ADD, moderngl.FUNC_ADD
        self._ctx.blend_func = moderngl.ONE, moderngl.ONE
        place: dict[str, Any] = {**placed(block, view, flip=flip), "samples": samples}
        for kind, data in layers(cover):
            if kind != REST:
                every = {**place, "rounding": (0, 0, samples - 1, samples - 1)}
                self._tiles.render(kind, data, every)
                continue
            coordinates = Placement(grid, block, view, flip).coordinates
            for index in range(samples**2):
                row, column = divmod(index, samples)
                up = 2 * (samples - 1 - column, samples - 1 - row)
                one = {**place, "rounding": up, **coordinates(samples, column, row)}
                self._tiles.render(kind, data, one)
        self._ctx.enable_only(moderngl.NOTHING)
        self._show(counts, block, samples, target)

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._tiles.release()
        for part in (self._divide, self._counts):
            if part is not None:
                part.release()
        self._divide = self._counts = None

    def _show(
        self, counts: Counts, block: Block, samples: int, target: moderngl.Framebuffer
    ) -> None:
        if self._divide is None:
            self._divide = self._ctx.program(
                vertex_shader=vertex(), fragment_shader=shader("greys.frag")
            )
        x, y, width, height = target.viewport
        target.use()
        counts.texture.use(0)
        right, top = 2 * block.width / width - 1, 2 * block.height / height - 1
        self._divide["rectangle"] = -1, -1, right, top
        count = samples**2
        self._divide["scale"] = 255 / count, 1 / 2 + 1 / (4 * count)
        self._divide["counts"], self._divide["first"] = 0, (x, y)
        quad = self._ctx.vertex_array(self._divide, [])
        quad.render(moderngl.TRIANGLE_STRIP, 4)
        quad.release()

    def _counted(self, size: Size) -> Counts:
        """Counts of at least that size."""
        old = self._counts
        if old is None or old.size[0] < size[0] or old.size[1] < size[1]:
            self._counts = Counts(self._ctx, size)
            if old is not None:
                self._counts.framebuffer.use()  # moderngl may return to the last one that was
                old.release()
        assert self._counts is not None
        return self._counts


class Counts:
    """How many samples of each pixel are inside: a texture of one float."""

    def __init__(self, ctx: moderngl.Context, size: Size) -> None:
        self.size = size
        try:
            self.texture = ctx.texture(size, 1, dtype="f4")
            self.texture.filter = moderngl.NEAREST, moderngl.NEAREST
            self.framebuffer = ctx.framebuffer([self.texture])
        except moderngl.Error as error:
            raise DrawError(f"{size[0]} x {size[1]} pixels: the driver refused them") from error

    def release(self) -> None:
        """Gives the memory back."""
        self.framebuffer.release()
        self.texture.release()
