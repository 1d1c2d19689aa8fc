"""An empty full-screen fill: what a frame costs before anything is computed."""

from time import perf_counter

import moderngl

from viewer.errors import DrawError
from viewer.gpu.context import standalone
from viewer.gpu.sources import vertex
from viewer.resources import shader


class Fill:
    """Fills RGBA8 targets of any size with white, on a context of its own.

    `about` is the driver's name for itself, `context_ms` how long making the context took.
    Raises NoDeviceError and DrawError.
    """

    def __init__(self) -> None:
        start = perf_counter()
        self._ctx = standalone()
        self.context_ms = (perf_counter() - start) * 1e3
        source = shader("header.glsl") + shader("fill.frag")
        self._program = self._ctx.program(vertex_shader=vertex(), fragment_shader=source)
        self._program["rectangle"] = (-1.0, -1.0, 1.0, 1.0)
        self._array = self._ctx.vertex_array(self._program, [])
        self._targets: dict[tuple[int, int], moderngl.Framebuffer] = {}
        self.about = f"{self._ctx.info['GL_RENDERER']}, OpenGL {self._ctx.info['GL_VERSION']}"

    @property
    def context(self) -> moderngl.Context:
        """Its context, for what is to be compared with it."""
        return self._ctx

    def draw(self, size: tuple[int, int]) -> None:
        """Draws one frame of width x height pixels and waits until it is done."""
        self.target(size).use()
        self._array.render(moderngl.TRIANGLE_STRIP, 4)
        self._ctx.finish()

    def target(self, size: tuple[int, int]) -> moderngl.Framebuffer:
        """What pictures of a size are drawn into."""
        if size not in self._targets:
            target = self._ctx.framebuffer([self._ctx.renderbuffer(size, 4)])
            if self._ctx.error != "GL_NO_ERROR":
                raise DrawError(f"the graphics driver has no memory for {size[0]}x{size[1]}")
            self._targets[size] = target
        return self._targets[size]

    def release(self) -> None:
        """Gives the context back."""
        self._ctx.release()
