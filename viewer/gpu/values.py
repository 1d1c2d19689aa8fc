"""An area's values on the GPU, 2 x 2 pixels to a texel, and how they get to where they are seen."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.gpu.place import Placement
from viewer.gpu.sources import vertex
from viewer.resources import shader
from viewer.view import Block

Texels = tuple[int, int, int, int]
"""Left, top, width and height in texels."""

AREA = 1024
"""Pixels along a side of an area, at most. Even."""


class Values:
    """A texture for the values of an area, row 0 first, and the shader that spreads them."""

    def __init__(self, ctx: moderngl.Context) -> None:
        before = ctx.fbo or ctx.detect_framebuffer(0)
        self._texture = ctx.texture((AREA // 2, AREA // 2), 4, dtype="f4")
        self._texture.filter = moderngl.NEAREST, moderngl.NEAREST
        self.target = ctx.framebuffer([self._texture])
        # moderngl stays with the framebuffer that was made last.
        before.use()
        written = shader("header.glsl") + shader("spread.frag")
        self._spread = ctx.program(vertex_shader=vertex(), fragment_shader=written)
        self._quad = ctx.vertex_array(self._spread, [])

    def spread(self, place: Placement, area: Block, part: Block, *, field: bool) -> None:
        """Draws a part of an area on the target in use, as colours or as values."""
        block = place.block
        x, y, *_ = place.viewport
        row = block.j - area.j
        first_row = row - y if place.flip else row + block.height - 1 + y
        self._texture.use(0)
        self._spread["values"] = 0
        self._spread["first"] = block.i - area.i - x, first_row
        self._spread["down"] = 1 if place.flip else -1
        self._spread["field"] = field
        self._spread["rectangle"] = place.rectangle(part)
        self._quad.render(moderngl.TRIANGLE_STRIP, vertices=4)

    def bits(self, texels: Texels) -> NDArray[np.uint32]:
        """What some texels hold."""
        data = self.target.read(texels, components=4, alignment=1, dtype="f4")
        return np.frombuffer(data, np.uint32)

    def release(self) -> None:
        """Gives the GL objects back."""
        for part in (self._quad, self._spread, self.target, self._texture):
            part.release()


def texels(area: Block, part: Block) -> Texels:
    """The texels that hold a part of an area."""
    left, top = (part.i - area.i) // 2, (part.j - area.j) // 2
    right, bottom = part.i - area.i + part.width, part.j - area.j + part.height
    return left, top, (right + 1) // 2 - left, (bottom + 1) // 2 - top
