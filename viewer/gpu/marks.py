"""Lays translucent rectangles over a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import moderngl
import numpy as np

from viewer.resources import shader

if TYPE_CHECKING:
    from viewer.sign.layout import Ints

Ink = tuple[float, float, float, float]
"""Red, green, blue and opacity, from 0 to 1."""


class Layer(NamedTuple):
    """Rectangles of one colour, int32 (n, 4): i, j, width and height in pixels, j down."""

    ink: Ink
    rectangles: Ints


class Marks:
    """The shader, on one context."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        head = "#version 330 core\n#define TESTS 0\n#line 1\n"
        self._program = ctx.program(
            vertex_shader=head + shader("tiles.vert"), fragment_shader=head + shader("marks.frag")
        )

    def draw(self, layers: Sequence[Layer], target: moderngl.Framebuffer) -> None:
        """Lays them over the target's viewport, in their order; row 0 is at its top."""
        x, y, _, height = target.viewport
        target.use()
        self._program["window"] = -x, height - 1 + y, 1, -1
        self._program["viewport"] = target.viewport
        self._ctx.enable_only(moderngl.BLEND)
        self._ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        for ink, rectangles in layers:
            if len(rectangles):
                self._program["ink"] = ink
                buffer = self._ctx.buffer(rectangles.astype(np.int32).tobytes())
                array = self._ctx.vertex_array(self._program, [(buffer, "4i/i", "rectangle")])
                array.render(moderngl.TRIANGLE_STRIP, 4, instances=len(rectangles))
                array.release()
                buffer.release()
        self._ctx.enable_only(moderngl.NOTHING)

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._program.release()
