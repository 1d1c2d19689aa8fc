"""A field in colours, in one draw: what `shaders/colours.frag` makes of a texture of values."""

from __future__ import annotations

from typing import Any, NamedTuple

import moderngl

from viewer.errors import DrawError
from viewer.gpu.sources import vertex
from viewer.resources import shader
from viewer.view import Block, Size

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

MODES = ("distance", "iso", "gradient")
"""As the shader numbers them."""


class Inks(NamedTuple):
    """The colours of inside and outside, of lines, of the middle between the two in a ramp, and of
    what is not a number."""

    inside: Rgb
    outside: Rgb
    line: Rgb
    middle: Rgb
    undefined: Rgb


class Scale(NamedTuple):
    """What colours are told by, in the units of the values: see `picture.modes.Measure`."""

    step: float
    offset: float = 0.0
    side: int = 0


class Values:
    """A texture of one float for a part of a picture, to be drawn into; it grows as is needed."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._texture: moderngl.Texture | None = None
        self._framebuffer: moderngl.Framebuffer | None = None

    @property
    def texture(self) -> moderngl.Texture:
        """The values, first row lowest."""
        assert self._texture is not None, "sized before it is used"
        return self._texture

    def sized(self, size: Size) -> moderngl.Framebuffer:
        """The framebuffer, its viewport so many pixels at the lower left. Raises DrawError."""
        old = self._texture
        if old is None or old.size[0] < size[0] or old.size[1] < size[1]:
            try:
                texture = self._ctx.texture(size, 1, dtype="f4")
                framebuffer = self._ctx.framebuffer([texture])
            except moderngl.Error as error:
                raise DrawError(f"{size[0]} x {size[1]} pixels: the driver refused them") from error
            texture.filter = moderngl.NEAREST, moderngl.NEAREST
            framebuffer.use()  # moderngl may return to the last one that was
            self.release()
            self._texture, self._framebuffer = texture, framebuffer
        assert self._framebuffer is not None
        self._framebuffer.viewport = 0, 0, *size
        return self._framebuffer

    def release(self) -> None:
        """Gives the memory back."""
        for part in (self._framebuffer, self._texture):
            if part is not None:
                part.release()
        self._framebuffer = self._texture = None


class Colours:
    """The shaders of the modes on one context, each made when it is first wanted."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._made: dict[str, tuple[moderngl.Program, moderngl.VertexArray]] = {}

    def draw(
        self,
        mode: str,
        values: moderngl.Texture,
        scale: Scale,
        inks: Inks,
        block: Block,
        target: moderngl.Framebuffer,
    ) -> None:
        """Draws a block at the lower left of the target's viewport, as its rows lie in a texture
        of values, which has one more on every side."""
        program, quad = self._of(mode)
        x, y, width, height = target.viewport
        self._ctx.enable_only(moderngl.NOTHING)
        target.use()
        values.use(0)
        uniforms: dict[str, Any] = {
            "rectangle": (-1, -1, 2 * block.width / width - 1, 2 * block.height / height - 1),
            "values": 0,
            "first": (x, y),
            "step_size": min(max(scale.step, 1e-37), 1e37),
            "offset": scale.offset,
            "side": scale.side,
            **inks._asdict(),
        }
        for name, value in uniforms.items():
            if name in program:
                program[name] = value
        quad.render(moderngl.TRIANGLE_STRIP, 4)

    def release(self) -> None:
        """Gives everything back to the driver."""
        for program, quad in self._made.values():
            quad.release()
            program.release()
        self._made.clear()

    def _of(self, mode: str) -> tuple[moderngl.Program, moderngl.VertexArray]:
        if mode not in self._made:
            head = f"#version 330 core\n#define MODE {MODES.index(mode)}\n#line 1\n"
            text = head + shader("colours.frag")
            program = self._ctx.program(vertex_shader=vertex(), fragment_shader=text)
            self._made[mode] = program, self._ctx.vertex_array(program, [])
        return self._made[mode]
