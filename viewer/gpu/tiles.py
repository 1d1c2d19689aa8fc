"""Draws a cover: one instanced draw for the flat rectangles, one for each number of tests.

The shaders are the same for every program. What a tile's fragments need comes with its instance
and is handed on flat: at most sixteen four-component attributes in, which is what every GL 3.3
driver takes (llvmpipe reads a texture in the fragment shader five to ten times slower).
"""

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.resources import shader
from viewer.sign.atlas import Atlas
from viewer.sign.cover import Cover, Tests, cover
from viewer.sign.layout import Layout
from viewer.sign.tables import MOST
from viewer.view import Block, Grid


class TileShaders:
    """The pipelines on one context, each compiled when it is first wanted."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._programs: dict[int, moderngl.Program] = {}

    def compile(self, tests: int) -> moderngl.Program:
        """The program for tiles of that many tests (0: flat). Raises DrawError."""
        if tests not in self._programs:
            head = f"#version 330 core\n#define TESTS {tests}\n"
            head += f"#define VECTORS {vectors(tests)}\n#define TABLES {tables(tests)}\n#line 1\n"
            try:
                self._programs[tests] = self._ctx.program(
                    vertex_shader=head + shader("tiles.vert"),
                    fragment_shader=head + shader("tiles.frag"),
                )
            except moderngl.Error as error:
                raise DrawError(f"the graphics driver refused the tile shader: {error}") from error
        return self._programs[tests]

    def release(self) -> None:
        """Gives everything back to the driver."""
        for program in self._programs.values():
            program.release()
        self._programs = {}


class Tiled:
    """Draws one formula by tiles that are kept from frame to frame, as `Straight` draws a program.

    Making one is pure work; `compile_next` is the driver's.
    """

    sources: tuple[str, ...] = ()

    def __init__(self, ctx: moderngl.Context, layout: Layout) -> None:
        self._ctx, self._layout = ctx, layout
        self._atlas = Atlas(layout)
        self._shaders = TileShaders(ctx)
        self._pending = list(range(MOST + 1))

    @property
    def pending(self) -> int:
        """How many times `compile_next` has still to be called."""
        return len(self._pending)

    def compile_next(self) -> None:
        """Links the shader for one number of tests, and draws it once. Raises DrawError."""
        self._shaders.compile(self._pending.pop(0))

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block as `Straight.draw` does. Raises DrawError."""
        found = cover(self._layout, self._atlas, grid, block)
        picture = TilePicture(self._shaders, self._ctx, found)
        try:
            picture.draw(block, target, flip=flip)
        finally:
            picture.release()
        if (error := self._ctx.error) != "GL_NO_ERROR":
            raise DrawError(f"the graphics driver reports {error}")

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._shaders.release()


class TilePicture:
    """A cover in the driver's memory, ready to be drawn again and again."""

    def __init__(self, shaders: TileShaders, ctx: moderngl.Context, cover: Cover) -> None:
        self._ctx = ctx
        self._layers: list[tuple[moderngl.Program, moderngl.VertexArray, moderngl.Buffer, int]] = []
        rows = {0: cover.inside.astype(np.int32).view(np.uint32)} if len(cover.inside) else {}
        rows |= {n: instances(n, group) for n, group in sorted(cover.tests.items())}
        for tests, data in rows.items():
            program = shaders.compile(tests)
            buffer = ctx.buffer(np.ascontiguousarray(data).tobytes())
            array = ctx.vertex_array(program, [(buffer, *_layout(tests))])
            self._layers.append((program, array, buffer, len(data)))

    def draw(self, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block of the picture that was covered: see `Straight.draw`."""
        x, y, width, height = target.viewport
        self._ctx.enable_only(moderngl.NOTHING)
        target.use()
        target.clear(0.0, 0.0, 0.0, 1.0, viewport=(x, y, block.width, block.height))
        if flip:
            window = block.i - x, block.j - y, 1, 1
        else:
            window = block.i - x, block.j + block.height - 1 + y, 1, -1
        for program, array, _, count in self._layers:
            program["window"] = window
            program["size"] = width, height
            array.render(moderngl.TRIANGLE_STRIP, 4, instances=count)

    def release(self) -> None:
        """Gives everything but the shaders back to the driver."""
        for _, array, buffer, _ in self._layers:
            array.release()
            buffer.release()
        self._layers = []


def vectors(tests: int) -> int:
    """How many vec4 hold the coefficients."""
    return -(-6 * tests // 4)


def tables(tests: int) -> int:
    """How many uvec4 hold the truth table."""
    return max(1, (1 << tests) // 128)


def instances(tests: int, group: Tests) -> NDArray[np.uint32]:
    """The bits of each tile's attributes, uint32 (m, words): rectangle, start, coefficients and
    table, the last two padded to whole vectors."""
    count = len(group.rectangle)
    data = np.zeros((count, 8 + 4 * (vectors(tests) + tables(tests))), np.uint32)
    data[:, :4] = group.rectangle.view(np.uint32)
    data[:, 4:8] = group.start.view(np.uint32)
    flat = np.ascontiguousarray(group.coefficients.reshape(count, -1)).view(np.uint32)
    data[:, 8 : 8 + flat.shape[1]] = flat
    table = 8 + 4 * vectors(tests)
    data[:, table : table + group.table.shape[1]] = group.table
    return data


def _layout(tests: int) -> tuple[str, ...]:
    """moderngl's format and names for `instances`."""
    if tests == 0:
        return "4i/i", "rectangle"
    assert tests <= MOST
    arrays = f"{4 * vectors(tests)}f {4 * tables(tests)}u"
    return f"4i 4f {arrays}/i", "rectangle", "start", "coefficients", "table"
