"""The interpreter's shader: the text of its few variants, and the GL objects of one."""

from __future__ import annotations

from typing import NamedTuple

import moderngl
import numpy as np

from viewer.errors import DrawError
from viewer.gpu.bytecode import MOST, Code
from viewer.gpu.sources import explain
from viewer.passes.simplify import ROWS
from viewer.program.number import nearest
from viewer.resources import shader
from viewer.view import Block, Grid

SIZES = (32, 128, 512, 2048, 8192, MOST)
"""Registers of the shaders. After simplifying nearly every tape needs fewer than 32."""
LOOP = 65_535
"""Steps up to which a tape is run one a turn: where Mesa's software driver leaves a loop."""
STRIDE = 4
"""Steps a turn of longer tapes."""
CHALLENGE = frozenset(
    ("const", "var-x", "var-y", "neg", "sqrt", "square", "add", "sub", "mul", "min", "max")
)
"""The opcodes that every shader has. Others are only in the shaders for programs with just those,
since a software driver pays at every step for all that are there: for the whole table three
times as much as for these (measured)."""
WIDTH = 1024
"""Steps in a row of the texture."""
UNFINISHED = 0x7FE0DEAD
"""The bits of a NaN that stands for a loop that the driver left early."""


class Variant(NamedTuple):
    """What a shader's text depends on: never on the program itself."""

    registers: int
    long: bool
    others: frozenset[str]

    @staticmethod
    def of(code: Code, others: frozenset[str]) -> Variant:
        """The smallest that runs all tapes of `code`, with the opcodes of `CHALLENGE` and
        others."""
        size = next(size for size in SIZES if size >= code.registers)
        return Variant(size, int(np.diff(code.start).max()) > LOOP, others)

    def fragment(self) -> str:
        """The fragment shader."""
        numbers = {
            "REGISTERS": self.registers,
            "STRIDE": STRIDE if self.long else 1,
            "WIDTH": WIDTH,
            "UNFINISHED": f"{UNFINISHED}u",
        }
        parts = [
            shader("header.glsl"),
            "".join(f"#define {name} {number}\n" for name, number in numbers.items()),
            shader("interpreter.frag"),
            shader("ops.glsl") if self.others else "",
            self._operate(),
        ]
        return "\n".join(parts)

    def _operate(self) -> str:
        """GLSL of `operate`, by the table of opcodes. Those of leaves give operand a."""
        cases = []
        for number, op in enumerate(ROWS):
            if op.arity and op.name in CHALLENGE | self.others:
                parts = ", ".join(op.glsl.format(f"a.{part}", f"b.{part}") for part in "xyzw")
                cases.append(f"    if (opcode == {number}u) found = vec4({parts});\n")
        return (
            "vec4 operate(uint opcode, vec4 a, vec4 b) {\n"
            f"    precise vec4 found = a;\n{''.join(cases)}    return found;\n}}\n"
        )


class Loop:
    """One variant, linked, with room for instances that grows."""

    def __init__(self, ctx: moderngl.Context, variant: Variant, name: str) -> None:
        self._ctx = ctx
        try:
            self.program = ctx.program(
                vertex_shader=shader("header.glsl") + shader("interpreter.vert"),
                fragment_shader=variant.fragment(),
            )
        except moderngl.Error as error:
            raise DrawError(explain(str(error), name)) from error
        self._instances = ctx.buffer(reserve=1 << 16, dynamic=True)
        layout = (self._instances, "4i 2i /i", "rectangle", "tape")
        self._array = ctx.vertex_array(self.program, [layout])

    def place(self, grid: Grid, area: Block) -> None:
        """Sets where texel (0, 0) is: an area's top left pixels."""
        first = 2 * area.i - (grid.width - 1), (grid.height - 1) - 2 * area.j
        uniforms = {
            "first": first,
            "centre": tuple(float(nearest(at, np.float32)) for at in (grid.view.x, grid.view.y)),
            "spacing": float(nearest(grid.half, np.float32)),
            "height": float(nearest(grid.z, np.float32)),
        }
        for name, value in uniforms.items():
            self.program[name] = value

    def draw(self, instances: bytes, count: int) -> None:
        """Draws instances: each four texels and two steps, as int32 (see `interpreter.vert`)."""
        if len(instances) > self._instances.size:
            self._instances.orphan(2 * len(instances))
        self._instances.write(instances)
        self._array.render(moderngl.TRIANGLE_STRIP, vertices=4, instances=count)

    def release(self) -> None:
        """Gives the GL objects back."""
        for part in (self._array, self._instances, self.program):
            part.release()


def upload(ctx: moderngl.Context, code: Code, name: str) -> moderngl.Texture:
    """The words in a texture, WIDTH steps a row. Raises DrawError where they do not fit."""
    rows = -(-len(code.words) // WIDTH)
    if rows > ctx.info["GL_MAX_TEXTURE_SIZE"]:
        raise DrawError(
            f"{name}: {len(code.words)} steps are more than this driver's textures hold"
        )
    padded = np.zeros((rows * WIDTH, 4), np.uint32)
    padded[: len(code.words)] = code.words
    texture = ctx.texture((WIDTH, rows), 4, padded.tobytes(), dtype="u4")
    texture.filter = moderngl.NEAREST, moderngl.NEAREST
    return texture
