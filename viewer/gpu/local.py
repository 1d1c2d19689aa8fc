"""Local programs on the GPU: one shader for all of the same structure, their numbers in a buffer.

Localising and writing the text is pure work, for any thread. A local program whose text is known
to the context is drawn at once: only its constants are uploaded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import nan
from typing import Any, NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.gpu.place import Placement
from viewer.gpu.sources import fragment
from viewer.gpu.straight import Pipeline, compile_shader
from viewer.gpu.translate import MOST_CONSTANTS, constants
from viewer.passes.cells import Cells, Layers
from viewer.program import Program
from viewer.program.number import nearest
from viewer.sign.tiles import Anchor
from viewer.view import Block
from viewer.zoom.local import Local, localise

PIPELINES = 64
"""Shaders that are kept compiled; the one that was used longest ago goes first."""
_EDGES = np.linspace(-1.001, 1.001, 9, dtype=np.float32)[:, np.newaxis]
"""Cells of the square, over which bounds tell where NaN is possible."""


class Written(NamedTuple):
    """A local program as a shader. source: its text, "" where the field is a constant, which is
    then below zero or not as `inside` says.   numbers: what its uniform block holds."""

    local: Local
    source: str
    numbers: NDArray[np.float32]
    inside: bool = False

    @property
    def operations(self) -> int:
        """How many a pixel takes."""
        return self.local.program.operations


def write(program: Program, anchor: Anchor, z: Fraction) -> Written:
    """A program localised and written for the picture."""
    local = localise(program, anchor, z)
    found = local.program
    value = found.instrs[found.root].value
    if value is not None:
        return Written(local, "", np.empty(0, np.float32), inside=bool(value < 0))
    return Written(local, *shader_of(found, "inside.frag"))


def write_field(program: Program, anchor: Anchor, z: Fraction) -> Written:
    """A program localised and written for its field."""
    return _written_for(program, anchor, z, "field.frag")


def write_undefined(program: Program, anchor: Anchor, z: Fraction) -> Written:
    """A program localised and written for where it has no value."""
    return _written_for(program, anchor, z, "undefined.frag")


def _written_for(program: Program, anchor: Anchor, z: Fraction, ending: str) -> Written:
    local = localise(program, anchor, z, field=True)
    return Written(local, *shader_of(local.program, ending))


def shader_of(program: Program, ending: str) -> tuple[str, NDArray[np.float32]]:
    """The text of a fragment shader (see `fragment`) and what its uniform block holds: nothing
    where there are more constants than that takes, which then stand in the text."""
    numbers = constants(program)
    uniform = 0 < len(numbers) <= MOST_CONSTANTS
    source = fragment(ending, program, _maybe_nan(program), uniform=uniform)
    return source, numbers if uniform else numbers[:0]


def _maybe_nan(program: Program) -> list[bool]:
    """For each value, whether it may be NaN somewhere in the square."""
    layers = Layers.of(program, [range(len(program))])
    found = np.zeros(len(program), np.bool_)
    for chunk in Cells.between([_EDGES, _EDGES, _EDGES[[0, -1]]]).chunks(len(program)):
        found |= layers.bounds(chunk, np.arange(len(program))).maybe_nan.any(axis=1)
    return list(found.tolist())


class LocalShaders:
    """The shaders of one program's local programs on one context: of pictures, or of fields."""

    def __init__(self, ctx: moderngl.Context, name: str, *, field: bool = False) -> None:
        self._ctx, self._name, self._field = ctx, name, field
        self._pipelines: OrderedDict[str, Pipeline] = OrderedDict()
        self._buffer: moderngl.Buffer | None = None
        self.compiled = 0
        """How many shaders the driver was given so far."""

    def ready(self, written: Written) -> bool:
        """Whether it can be drawn without compiling."""
        return not written.source or written.source in self._pipelines

    def compile(self, source: str) -> Pipeline:
        """The pipeline of a text. Raises DrawError."""
        if source not in self._pipelines:
            if len(self._pipelines) >= PIPELINES:
                self._pipelines.popitem(last=False)[1].release()
            made = compile_shader(self._ctx, source, self._name, field=self._field)
            self._pipelines[source] = made
            self.compiled += 1
        self._pipelines.move_to_end(source)
        return self._pipelines[source]

    def prepare(self, written: Written) -> None:
        """Compiles it, which changes the GL capabilities. Raises DrawError."""
        if written.source:
            self.compile(written.source)

    def use(self, target: moderngl.Framebuffer) -> None:
        """Draws into a target from now on, every GL capability off."""
        self._ctx.enable_only(moderngl.NOTHING)
        target.scissor = None  # type: ignore[assignment]  # moderngl's own word for "no scissor"
        target.use()

    def draw(self, written: Written, place: Placement, part: Block) -> None:
        """Draws a part of a placed block into the target in use: inside white, outside black. The
        placement is in the local program's own coordinates. Raises DrawError."""
        self._fill(place, part, 1.0 if written.inside else 0.0)
        if written.source:
            self._render(written, place.coordinates(), place, part)

    def count(self, written: Written, place: Placement, part: Block, samples: int) -> None:
        """Adds to the target in use how many of a pixel's samples x samples are inside. It is to be
        prepared."""
        if not written.source:
            self._fill(place, part, float(samples**2) if written.inside else 0.0)
            return
        for index in range(samples**2):
            row, column = divmod(index, samples)
            self._render(written, place.coordinates(samples, column, row), place, part)

    def draw_field(
        self, written: Written, unit: Fraction, base: Decimal, place: Placement, part: Block
    ) -> None:
        """The same for the value itself, into a target of one float: it counts in that unit, from
        that base. Raises DrawError."""
        local = written.local
        factor = nearest(Fraction(local.unit) / unit, np.float64)
        apart = Fraction(local.base) - Fraction(base) if local.base != base else Fraction(0)
        shift = nearest(apart / unit, np.float64)
        pipeline = self.compile(written.source)
        self._bind(pipeline, written.numbers)
        number = nan if local.undefined else float(factor)
        uniforms = {"factor": number, "shift": float(shift), **place.coordinates()}
        pipeline.draw(rectangle=place.rectangle(part), **uniforms)

    def release(self) -> None:
        """Gives everything back to the driver."""
        for pipeline in self._pipelines.values():
            pipeline.release()
        self._pipelines.clear()
        if self._buffer is not None:
            self._buffer.release()
            self._buffer = None

    def _render(
        self, written: Written, coordinates: Mapping[str, Any], place: Placement, part: Block
    ) -> None:
        pipeline = self.compile(written.source)
        self._bind(pipeline, written.numbers)
        pipeline.draw(rectangle=place.rectangle(part), **coordinates)

    def _bind(self, pipeline: Pipeline, numbers: NDArray[np.float32]) -> None:
        if len(numbers):
            self._upload(numbers)
            block = pipeline.program["Constants"]
            assert isinstance(block, moderngl.UniformBlock)
            block.binding = 0

    def _upload(self, numbers: NDArray[np.float32]) -> None:
        if self._buffer is None:
            self._buffer = self._ctx.buffer(reserve=4 * MOST_CONSTANTS)
        self._buffer.orphan()
        self._buffer.write(numbers.tobytes())
        self._buffer.bind_to_uniform_block(0)

    def _fill(self, place: Placement, part: Block, level: float) -> None:
        x, y, *_ = place.viewport
        left, top = part.i - place.block.i, part.j - place.block.j
        low = top if place.flip else place.block.height - top - part.height
        box = x + left, y + low, part.width, part.height
        self._ctx.fbo.clear(level, level, level, 1.0, viewport=box)
