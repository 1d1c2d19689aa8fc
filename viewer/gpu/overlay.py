"""Puts finished pixels on a framebuffer: the kept picture, and the panels of text over it."""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.resources import shader

Size = tuple[int, int]
Box = tuple[float, float, float, float]
Ends = tuple[tuple[int, int, int], tuple[int, int, int]]
"""What black and what white is shown as: red, green and blue, 0 to 255."""


def info(ctx: moderngl.Context) -> dict[str, Any]:
    """What the driver says of itself. moderngl asks for more than every driver knows; the GL error
    that this leaves is taken away, so that nobody takes it for theirs."""
    found = ctx.info
    _ = ctx.error
    return found


class Overlay:
    """Draws images and textures at whole pixels, blended by their alpha."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._program = ctx.program(
            vertex_shader=shader("overlay.vert"), fragment_shader=shader("overlay.frag")
        )
        self._quad = ctx.vertex_array(self._program, [])

    def draw(self, image: NDArray[np.uint8], at: Size, target: moderngl.Framebuffer) -> None:
        """Draws `image`, shape (height, width, 4), row 0 at the top, its top-left pixel at `at`
        (pixels of the target's viewport, y down). Parts outside are cut off."""
        height, width = image.shape[:2]
        texture = self._ctx.texture((width, height), 4, np.ascontiguousarray(image).tobytes())
        try:
            bottom = target.viewport[3] - at[1] - height
            self._draw(texture, (at[0], bottom, width, height), target, flip=True)
        finally:
            texture.release()

    def show(
        self,
        texture: moderngl.Texture,
        target: moderngl.Framebuffer,
        box: Box | None = None,
        ends: Ends | None = None,
        columns: int | None = None,
    ) -> None:
        """Draws a texture, first row lowest, over a box of the target: left, bottom, width and
        height in pixels. Without one it is copied to the lower left corner. `ends`: in place of
        black and white; greys become mixtures of the two, other colours stay. `columns`: only so
        many of the target's, from the left."""
        box = box or (0, 0, *texture.size)
        self._draw(texture, box, target, flip=False, ends=ends, columns=columns)

    def release(self) -> None:
        """Gives the GL objects back."""
        self._quad.release()
        self._program.release()

    def _draw(
        self,
        texture: moderngl.Texture,
        box: Box,
        target: moderngl.Framebuffer,
        *,
        flip: bool,
        ends: Ends | None = None,
        columns: int | None = None,
    ) -> None:
        target.use()
        texture.use(0)
        uniforms: dict[str, Any] = {
            "image": 0,
            "flip": flip,
            "size": target.viewport[2:],
            "box": box,
            "tinted": ends is not None,
            "right": target.viewport[2] if columns is None else columns,
        }
        if ends is not None:
            uniforms["dark"], uniforms["light"] = ends
        for name, value in uniforms.items():
            self._program[name] = value
        self._ctx.enable_only(moderngl.BLEND)
        self._ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._quad.render(moderngl.TRIANGLE_STRIP, vertices=4)
        self._ctx.enable_only(moderngl.NOTHING)


class Canvas:
    """The picture itself, kept in a texture so that what lies over it can change without it."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._limit = int(info(ctx)["GL_MAX_TEXTURE_SIZE"])
        self._texture: moderngl.Texture | None = None
        self._framebuffer: moderngl.Framebuffer | None = None

    @property
    def size(self) -> Size | None:
        """Width and height in pixels, once it has them."""
        return self._texture.size if self._texture else None

    @property
    def texture(self) -> moderngl.Texture:
        """The pixels, RGBA8, first row lowest."""
        assert self._texture is not None, "sized before it is used"
        return self._texture

    def sized(self, size: Size) -> moderngl.Framebuffer:
        """The framebuffer to draw on, of that many pixels; black where it is new. `DrawError`
        where the driver refuses the size."""
        if self._framebuffer is None or self._framebuffer.size != size:
            if max(size) > self._limit:
                raise DrawError(f"{size[0]} x {size[1]} pixels: this driver stops at {self._limit}")
            try:
                texture = self._ctx.texture(size, 4)
                framebuffer = self._ctx.framebuffer([texture])
            except moderngl.Error as error:
                reason = f"{size[0]} x {size[1]} pixels: the driver refused them: {error}"
                raise DrawError(reason) from error
            framebuffer.clear()
            framebuffer.use()  # releasing the one in use would be an error at the next one made
            self.release()
            self._texture, self._framebuffer = texture, framebuffer
        return self._framebuffer

    def read(self) -> NDArray[np.uint8]:
        """The picture's brightness, shape (height, width), row 0 at the top. By its green: what is
        not a number is red, and outside."""
        return np.ascontiguousarray(self.colours()[..., 1])

    def colours(self) -> NDArray[np.uint8]:
        """Its red, green and blue, shape (height, width, 3), row 0 at the top."""
        width, height = self.texture.size
        pixels = np.frombuffer(self.texture.read(), np.uint8).reshape(height, width, 4)
        return np.ascontiguousarray(pixels[::-1, :, :3])

    def release(self) -> None:
        """Gives the GL objects back."""
        for part in (self._framebuffer, self._texture):
            if part is not None:
                part.release()
        self._framebuffer = self._texture = None
