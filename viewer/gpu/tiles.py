"""Draws a cover: one instanced draw for the flat rectangles, one for each number of tests.

The shaders are the same for every program. What a tile's fragments need comes with its instance
and is handed on flat: at most sixteen four-component attributes in, which is what every GL 3.3
driver takes (llvmpipe reads a texture in the fragment shader five to ten times slower).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.gpu.place import Viewport
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
    decide, and `name` what errors about it call the program. Those that are `counted` count
    samples (see `greys`), into a target of one float."""

    def __init__(
        self,
        ctx: moderngl.Context,
        rest: str | None = None,
        name: str = "",
        *,
        counted: bool = False,
    ) -> None:
        self._ctx, self._rest, self._name, self._counted = ctx, rest, name, counted
        self._programs: dict[int, moderngl.Program] = {}
        self.kinds = [*range(MOST + 1), *([REST] if rest else [])]

    def program(self, kind: int) -> moderngl.Program:
        """The program for tiles of that many tests (0: flat) or for `REST`, linked when it is
        first wanted. Raises DrawError."""
        if kind not in self._programs:
            tests = max(0, kind)
            head = f"#version 330 core\n#define TESTS {tests}\n"
            head += "#define COUNTED\n" if self._counted else ""
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
        one = {"window": (0, 0, 1, 1), "viewport": (0, 0, 1, 1), "samples": 1}
        with one_pixel(self._ctx, field=self._counted):
            self.render(kind, np.ones((1, _words(kind)), np.uint32), one)

    def draw(
        self,
        cover: Cover,
        block: Block,
        target: moderngl.Framebuffer,
        *,
        flip: bool,
        rest: dict[str, Any],
        whole: bool = True,
    ) -> None:
        """Draws a block as `Straight.draw` does, or, if not `whole`, what is covered of it over
        what is there. `rest` are the uniforms of the shader for the rest."""
        self._ctx.enable_only(moderngl.NOTHING)
        target.use()
        place = placed(block, target.viewport, flip=flip)
        if whole:  # a clear costs a quarter of a fill
            x, y, *_ = target.viewport
            target.clear(0.0, 0.0, 0.0, 1.0, viewport=(x, y, block.width, block.height))
        elif len(cover.ground):
            self.render(0, cover.ground.view(np.uint32), {**place, "level": 0.0})
        for kind, data in layers(cover):
            self.render(kind, data, place | (rest if kind == REST else {"level": 1.0}))

    def render(self, kind: int, data: NDArray[np.uint32], uniforms: Mapping[str, Any]) -> None:
        """Draws instances with those uniforms, the unused ones left out, into the target in use."""
        program = self.program(kind)
        for name, value in uniforms.items():
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


def placed(block: Block, viewport: Viewport, *, flip: bool) -> dict[str, Any]:
    """The uniforms that say where in a target a block goes: see `Placement`."""
    x, y, *_ = viewport
    if flip:
        window = block.i - x, block.j - y, 1, 1
    else:
        window = block.i - x, block.j + block.height - 1 + y, 1, -1
    return {"window": window, "viewport": viewport}


def layers(cover: Cover) -> Iterator[tuple[int, NDArray[np.uint32]]]:
    """What may be inside: each kind and its instances."""
    for kind, rows in ((0, cover.inside), (REST, cover.rest)):
        if len(rows):
            yield kind, rows.view(np.uint32)
    for n, group in sorted(cover.tests.items()):
        yield n, instances(n, group)


def _words(kind: int) -> int:
    """The words of an instance."""
    return 4 if kind <= 0 else 8 + 4 * (vectors(kind) + tables(kind))


def _layout(kind: int) -> tuple[str, ...]:
    """moderngl's format and names for an instance."""
    if kind <= 0:
        return "4i/i", "rectangle"
    arrays = f"{4 * vectors(kind)}f {4 * tables(kind)}u"
    return f"4i 4f {arrays}/i", "rectangle", "start", "coefficients", "table"
