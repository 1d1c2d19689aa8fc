"""Draws a cover: one instanced draw for the flat rectangles, one for each number of tests.

The shaders are the same for every program. What a tile's fragments need comes with its instance
and is handed on flat: at most sixteen four-component attributes in, which is what every GL 3.3
driver takes (llvmpipe reads a texture in the fragment shader five to ten times slower).
"""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.gpu.sources import explain
from viewer.gpu.straight import one_pixel
from viewer.resources import shader
from viewer.sign.cover import Cover, Tests
from viewer.sign.tables import MOST
from viewer.view import Block

REST = -1
"""Stands for the number of tests where a program decides the pixels."""


class TileShaders:
    """The pipelines on one context. `rest` is the fragment shader that draws what tests cannot
    decide, and `name` what errors about it call the program."""

    def __init__(self, ctx: moderngl.Context, rest: str | None = None, name: str = "") -> None:
        self._ctx, self._rest, self._name = ctx, rest, name
        self._programs: dict[int, moderngl.Program] = {}
        self.kinds = [*range(MOST + 1), *([REST] if rest else [])]

    def program(self, kind: int) -> moderngl.Program:
        """The program for tiles of that many tests (0: flat) or for `REST`, linked when it is
        first wanted. Raises DrawError."""
        if kind not in self._programs:
            tests = max(0, kind)
            head = f"#version 330 core\n#define TESTS {tests}\n"
            head += f"#define VECTORS {vectors(tests)}\n#define TABLES {tables(tests)}\n#line 1\n"
            text = self._rest if kind == REST else head + shader("tiles.frag")
            try:
                self._programs[kind] = self._ctx.program(
                    vertex_shader=head + shader("tiles.vert"), fragment_shader=text
                )
            except moderngl.Error as error:
                raise DrawError(explain(str(error), self._name)) from error
        return self._programs[kind]

    def warm(self, kind: int) -> None:
        """Draws one pixel, where most of a driver's work is done."""
        program = self.program(kind)
        program["window"], program["viewport"] = (0, 0, 1, 1), (0, 0, 1, 1)
        array, buffer = self._array(kind, np.ones((1, _words(kind)), np.uint32))
        with one_pixel(self._ctx):
            array.render(moderngl.TRIANGLE_STRIP, 4, instances=1)
        array.release()
        buffer.release()

    def draw(
        self,
        cover: Cover,
        block: Block,
        target: moderngl.Framebuffer,
        *,
        flip: bool,
        rest: dict[str, Any],
    ) -> None:
        """Draws what is covered of a block, as `Straight.draw` does. `rest` are the uniforms of
        the shader for the rest."""
        x, y, *_ = target.viewport
        self._ctx.enable_only(moderngl.NOTHING)
        target.use()
        if flip:
            window = block.i - x, block.j - y, 1, 1
        else:
            window = block.i - x, block.j + block.height - 1 + y, 1, -1
        for kind, level, data in _layers(cover):
            program = self.program(kind)
            uniforms = {"window": window, "viewport": target.viewport, "level": level}
            for name, value in (uniforms | rest if kind == REST else uniforms).items():
                if name in program:
                    program[name] = value
            array, buffer = self._array(kind, data)
            array.render(moderngl.TRIANGLE_STRIP, 4, instances=len(data))
            array.release()
            buffer.release()

    def release(self) -> None:
        """Gives everything back to the driver."""
        for program in self._programs.values():
            program.release()
        self._programs = {}

    def _array(
        self, kind: int, data: NDArray[np.uint32]
    ) -> tuple[moderngl.VertexArray, moderngl.Buffer]:
        buffer = self._ctx.buffer(data.tobytes())
        return self._ctx.vertex_array(self.program(kind), [(buffer, *_layout(kind))]), buffer


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
    data = np.zeros((count, _words(tests)), np.uint32)
    data[:, :4] = group.rectangle.view(np.uint32)
    data[:, 4:8] = group.start.view(np.uint32)
    flat = np.ascontiguousarray(group.coefficients.reshape(count, -1)).view(np.uint32)
    data[:, 8 : 8 + flat.shape[1]] = flat
    table = 8 + 4 * vectors(tests)
    data[:, table : table + group.table.shape[1]] = group.table
    return data


def _layers(cover: Cover) -> list[tuple[int, float, NDArray[np.uint32]]]:
    """What to draw, in order: the kind, the level of flat ones, the instances."""
    flat = [(0, 0.0, cover.ground), (0, 1.0, cover.inside), (REST, 1.0, cover.rest)]
    layers = [(kind, level, rows.view(np.uint32)) for kind, level, rows in flat if len(rows)]
    return layers + [(n, 1.0, instances(n, group)) for n, group in sorted(cover.tests.items())]


def _words(kind: int) -> int:
    """The words of an instance."""
    return 4 if kind <= 0 else 8 + 4 * (vectors(kind) + tables(kind))


def _layout(kind: int) -> tuple[str, ...]:
    """moderngl's format and names for an instance."""
    if kind <= 0:
        return "4i/i", "rectangle"
    arrays = f"{4 * vectors(kind)}f {4 * tables(kind)}u"
    return f"4i 4f {arrays}/i", "rectangle", "start", "coefficients", "table"
