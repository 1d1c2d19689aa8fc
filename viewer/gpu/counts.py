"""Counts of samples, one float a pixel, and how they become greys."""

from __future__ import annotations

import moderngl

from viewer.errors import DrawError
from viewer.gpu.sources import vertex
from viewer.resources import shader
from viewer.view import Block, Size


class Counter:
    """Counts what is drawn between `begin` and `show` on one context."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._divide: moderngl.Program | None = None
        self._counts: _Counts | None = None

    def begin(self, block: Block) -> None:
        """Draws from now on add to the counts of a block's pixels, which are at the lower left of
        the target in use. Raises DrawError."""
        view = 0, 0, block.width, block.height
        counts = self._counted((block.width, block.height))
        counts.framebuffer.viewport = view
        counts.framebuffer.use()
        counts.framebuffer.clear(viewport=view)
        self._ctx.enable_only(moderngl.BLEND)
        self._ctx.blend_equation = moderngl.FUNC_ADD, moderngl.FUNC_ADD
        self._ctx.blend_func = moderngl.ONE, moderngl.ONE

    def show(self, block: Block, samples: int, target: moderngl.Framebuffer) -> None:
        """Draws what was counted of samples x samples a pixel, as greys."""
        assert self._counts is not None
        self._ctx.enable_only(moderngl.NOTHING)
        if self._divide is None:
            self._divide = self._ctx.program(
                vertex_shader=vertex(), fragment_shader=shader("greys.frag")
            )
        x, y, width, height = target.viewport
        target.use()
        self._counts.texture.use(0)
        right, top = 2 * block.width / width - 1, 2 * block.height / height - 1
        self._divide["rectangle"] = -1, -1, right, top
        count = samples**2
        self._divide["scale"] = 255 / count, 1 / 2 + 1 / (4 * count)
        self._divide["counts"], self._divide["first"] = 0, (x, y)
        quad = self._ctx.vertex_array(self._divide, [])
        quad.render(moderngl.TRIANGLE_STRIP, 4)
        quad.release()

    def release(self) -> None:
        """Gives everything back to the driver."""
        for part in (self._divide, self._counts):
            if part is not None:
                part.release()
        self._divide = self._counts = None

    def _counted(self, size: Size) -> _Counts:
        """Counts of at least that size."""
        old = self._counts
        if old is None or old.size[0] < size[0] or old.size[1] < size[1]:
            self._counts = _Counts(self._ctx, size)
            if old is not None:
                self._counts.framebuffer.use()  # moderngl may return to the last one that was
                old.release()
        assert self._counts is not None
        return self._counts


class _Counts:
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
