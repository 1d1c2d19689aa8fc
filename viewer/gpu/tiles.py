"""Draws a cover: one instanced draw for the flat rectangles, two for each number of tests.

The shaders are the same for every program. What a tile's fragments need comes with its instance
and is handed on flat: at most sixteen four-component attributes in, which is what every GL 3.3
driver takes (llvmpipe reads a texture in the fragment shader five to ten times slower).

A small tile is drawn as a point, others as two triangles: a point is a square of one vertex, and
costs llvmpipe half as much (0.2 to 0.5 us for 4 to 8 pixels a side, where triangles take 0.4 to
0.9). What it has too much, being square, is discarded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.gpu.place import Viewport
from viewer.gpu.straight import one_pixel
from viewer.gpu.tile_programs import TilePrograms, linked, tables, vectors
from viewer.sign.cover import Cover, Tests
from viewer.sign.tables import MOST
from viewer.view import Block

Flags = NDArray[np.bool_]

REST = -1
"""Stands for the number of tests where a program decides the pixels."""
KINDS = (0, 1, 2, 4, MOST)
"""Numbers of tests that have a shader; others take the next one. Compiling, which the first picture
waits for, costs as much for each; a test too many costs a pixel 0.2 of 1.4 to 2.5 ns (llvmpipe)."""


POINT = 32
"""Pixels along the side of a point, at most. Drivers of every kind take that."""
WASTE = 128
"""Pixels that a point may have too much: they cost less than two triangles do."""
KEPT = 64 * 2**20
"""Bytes of the cover drawn last that may stay in the driver's memory."""


class Load(NamedTuple):
    """Instances in the driver's memory. `points`: drawn as such."""

    kind: int
    points: bool
    instances: int
    buffer: moderngl.Buffer
    array: moderngl.VertexArray

    def release(self) -> None:
        """Gives the memory back."""
        self.array.release()
        self.buffer.release()


class TileShaders:
    """Draws covers on one context. `rest` is the fragment shader that draws what tests cannot
    decide, and `name` what errors about it call the program. `programs` are those that others
    use as well, else it has its own, `counted` or not."""

    def __init__(
        self,
        ctx: moderngl.Context,
        rest: str | None = None,
        name: str = "",
        *,
        programs: TilePrograms | None = None,
        counted: bool = False,
    ) -> None:
        self._ctx, self._rest_text, self._name = ctx, rest, name
        self._owns = programs is None
        self._programs = programs or TilePrograms(ctx, counted=counted)
        self._rest: moderngl.Program | None = None
        self._kept: tuple[Cover, list[Load]] | None = None
        self._point = min(POINT, int(ctx.info["GL_POINT_SIZE_RANGE"][1]))
        self.kinds = [*KINDS, *([REST] if rest else [])]

    @property
    def pending(self) -> list[int]:
        """The kinds that have not drawn yet."""
        return [kind for kind in self.kinds if kind not in self._programs.warm]

    def program(self, kind: int) -> moderngl.Program:
        """The program for tiles of that many tests (0: flat) or for `REST`, linked when it is
        first wanted. Raises DrawError."""
        if kind != REST:
            return self._programs.program(kind)
        if self._rest is None:
            assert self._rest_text is not None, "only with a rest"
            head = self._programs.head(0)
            self._rest = linked(self._ctx, head, self._rest_text, self._name)
        return self._rest

    def warm(self, kind: int) -> None:
        """Draws one pixel in each way, where most of a driver's work is done."""
        one = {"window": (0, 0, 1, 1), "viewport": (0, 0, 1, 1), "samples": 1}
        data = np.ones((1, _words(kind)), np.uint32)
        with one_pixel(self._ctx, field=self._programs.counted):
            for points in (False, True) if self._pointed(kind) else (False,):
                self._once(self._load(kind, data, points), one)
        if kind != REST:
            self._programs.warm.add(kind)

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
        target.use()
        self._ctx.enable_only(moderngl.PROGRAM_POINT_SIZE)
        place = placed(block, target.viewport, flip=flip)
        if whole:  # a clear costs a quarter of a fill
            x, y, *_ = target.viewport
            target.clear(0.0, 0.0, 0.0, 1.0, viewport=(x, y, block.width, block.height))
        elif len(cover.ground):
            ground = self._load(0, cover.ground.view(np.uint32), points=False)
            self._once(ground, {**place, "level": 0.0})
        for load in self.loads(cover):
            self.render(load, place | (rest if load.kind == REST else {"level": 1.0}))
        self.trim()
        self._ctx.enable_only(moderngl.NOTHING)

    def loads(self, cover: Cover) -> list[Load]:
        """What may be inside. It stays in the driver's memory until there is another cover: a
        picture that stands still is drawn again and again."""
        if self._kept is None or self._kept[0] is not cover:
            self._forget()
            found = [self._loaded(kind, data) for kind, data in layers(cover)]
            self._kept = cover, [load for loads in found for load in loads]
        return self._kept[1]

    def draw_once(self, kind: int, data: NDArray[np.uint32], uniforms: Mapping[str, Any]) -> None:
        """Draws instances of a kind with those uniforms into the target in use."""
        for load in self._loaded(kind, data):
            self._once(load, uniforms)

    def trim(self) -> None:
        """Gives back what was loaded where it is too large to keep."""
        if self._kept and sum(load.buffer.size for load in self._kept[1]) > KEPT:
            self._forget()

    def render(self, load: Load, uniforms: Mapping[str, Any]) -> None:
        """Draws instances with those uniforms, the unused ones left out, into the target in use."""
        program = self.program(load.kind)
        for name, value in {**uniforms, "points": load.points}.items():
            if name in program:
                program[name] = value
        if load.points:
            load.array.render(moderngl.POINTS, load.instances)
        else:
            load.array.render(moderngl.TRIANGLE_STRIP, 4, instances=load.instances)

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._forget()
        if self._rest is not None:
            self._rest.release()
            self._rest = None
        if self._owns:
            self._programs.release()

    def _pointed(self, kind: int) -> bool:
        """Whether tiles of a kind can be points."""
        return kind >= 0 and not self._programs.counted

    def _ways(self, kind: int, data: NDArray[np.uint32]) -> Iterator[tuple[bool, Flags]]:
        """Which instances to draw as triangles, and which as points."""
        width, height = data[:, 2:4].view(np.int32).T.astype(np.int64)
        side = np.maximum(width, height)
        few = (side <= self._point) & (side * side - width * height <= WASTE)
        few &= self._pointed(kind)
        yield from ((False, ~few), (True, few))

    def _loaded(self, kind: int, data: NDArray[np.uint32]) -> list[Load]:
        ways = self._ways(kind, data)
        return [self._load(kind, data[some], points) for points, some in ways if some.any()]

    def _load(self, kind: int, data: NDArray[np.uint32], points: bool) -> Load:
        buffer = self._ctx.buffer(data.tobytes())
        layout = _layout(kind, "v" if points else "i")
        array = self._ctx.vertex_array(self.program(kind), [(buffer, *layout)])
        return Load(kind, points, len(data), buffer, array)

    def _once(self, load: Load, uniforms: Mapping[str, Any]) -> None:
        self.render(load, uniforms)
        load.release()

    def _forget(self) -> None:
        for load in self._kept[1] if self._kept else ():
            load.release()
        self._kept = None


def instances(kind: int, group: Tests) -> NDArray[np.uint32]:
    """The bits of each tile's attributes, uint32 (m, words): rectangle, start, coefficients and
    table. The tests that a kind has too many are of zero, which is not below zero."""
    count = len(group.rectangle)
    data = np.zeros((count, _words(kind)), np.uint32)
    data[:, :4] = group.rectangle.view(np.uint32)
    data[:, 4:8] = group.start.view(np.uint32)
    flat = np.ascontiguousarray(group.coefficients.reshape(count, -1)).view(np.uint32)
    data[:, 8 : 8 + flat.shape[1]] = flat
    table = 8 + 4 * vectors(kind)
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
    for fewer, kind in pairwise(KINDS):
        found = [instances(kind, cover.tests[n]) for n in cover.tests if fewer < n <= kind]
        if found:
            yield kind, np.concatenate(found)


def _words(kind: int) -> int:
    """The words of an instance."""
    return 4 if kind <= 0 else 8 + 4 * (vectors(kind) + tables(kind))


def _layout(kind: int, each: str) -> tuple[str, ...]:
    """moderngl's format and names for what comes with `each`, instance ("i") or vertex ("v")."""
    if kind <= 0:
        return f"4i/{each}", "rectangle"
    arrays = f"{4 * vectors(kind)}f {4 * tables(kind)}u"
    return f"4i 4f {arrays}/{each}", "rectangle", "start", "coefficients", "table"
