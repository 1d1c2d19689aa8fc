"""Two pictures of a shape laid over each other: what was only in the one before, only in the one
after, or in both."""

from __future__ import annotations

from typing import Any, NamedTuple

import moderngl

from viewer.gpu.sources import vertex
from viewer.resources import shader

Rgb = tuple[int, int, int]


class Contrast(NamedTuple):
    """The colours of what is gone, of what has come, of what is in both and in neither."""

    gone: Rgb
    come: Rgb
    both: Rgb
    neither: Rgb


class Compare:
    """The shader, on one context. Pictures are RGBA8 in greys, first row lowest, of one size."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._program = ctx.program(vertex_shader=vertex(), fragment_shader=shader("compare.frag"))
        self._quad = ctx.vertex_array(self._program, [])

    def draw(
        self,
        before: moderngl.Texture,
        after: moderngl.Texture,
        contrast: Contrast,
        target: moderngl.Framebuffer,
    ) -> None:
        """Draws the difference over the target's viewport, whose size they have."""
        self._draw(before, after, contrast, target, None)

    def mark(
        self,
        before: moderngl.Texture,
        after: moderngl.Texture,
        contrast: Contrast,
        strength: float,
        target: moderngl.Framebuffer,
    ) -> None:
        """Lays what differs over what is there: 0 not at all, 1 opaque."""
        self._draw(before, after, contrast, target, strength)

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._quad.release()
        self._program.release()

    def _draw(
        self,
        before: moderngl.Texture,
        after: moderngl.Texture,
        contrast: Contrast,
        target: moderngl.Framebuffer,
        strength: float | None,
    ) -> None:
        target.use()
        before.use(0)
        after.use(1)
        uniforms: dict[str, Any] = {
            "rectangle": (-1, -1, 1, 1),
            "before": 0,
            "after": 1,
            "first": target.viewport[:2],
            "marking": strength is not None,
            "strength": strength or 0.0,
            **contrast._asdict(),
        }
        for name, value in uniforms.items():
            self._program[name] = value
        self._ctx.enable_only(moderngl.BLEND)
        self._ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._quad.render(moderngl.TRIANGLE_STRIP, 4)
        self._ctx.enable_only(moderngl.NOTHING)
