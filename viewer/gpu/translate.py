"""A program as GLSL text: one function, one numbered statement for each value.

    #line 3
    precise float v2 = v0 + v1;

The source's own line numbers travel along, so that a driver's message names the line of the `.vm`
file. Names from the file never get here, constants go as their bits. Where programs that differ in
those alone are to share a shader, they go as a uniform block:

    layout(std140) uniform Constants { vec4 constants[1]; };
    precise float v1 = constants[0].y;
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from viewer.passes.cells import nan_possible
from viewer.program import Instr, Program
from viewer.program.number import nearest
from viewer.resources import shader

MOST_CONSTANTS = 4096
"""Constants in a uniform block, at most: 16 KiB is what every GL 3.3 driver takes."""
_READABLE = 24
"""Constants of more characters get no decimal beside their bits."""
_CALL = re.compile(r"\bop_\w+(?=\()")


def translate(program: Program, nan: Sequence[bool] | None = None, *, uniform: bool = False) -> str:
    """GLSL 3.30 text of `float shape(float x, float y, float z)` and the functions it calls.

    `nan` says for each value whether it may be NaN; operations that hide a NaN operand are
    guarded there. By default that is found by bounds over the domain. Where the driver knows
    `precise` every value is: it may not be fused or reordered, and llvmpipe links 12 times as
    fast. Linear in the program, without nesting.

    `uniform`: constants are read from the block `Constants`, to be filled with `constants`, and no
    line is named: programs that differ in those alone have one text. For at most `MOST_CONSTANTS`.
    """
    possible = nan_possible(program).tolist() if nan is None else nan
    statements = "".join(_statements(program, possible, uniform))
    count = len(constants(program)) // 4 if uniform else 0
    block = f"layout(std140) uniform Constants {{ vec4 constants[{count}]; }};\n" if count else ""
    return (
        f"{_functions(statements)}{block}float shape(float x, float y, float z) {{\n"
        f"{statements}    return v{program.root};\n}}\n"
    )


def constants(program: Program) -> NDArray[np.float32]:
    """What the block `Constants` holds: the program's constants in order, zeros up to a multiple
    of 4."""
    found = [instr.value for instr in program.instrs if instr.value is not None]
    values = np.zeros(-(-len(found) // 4) * 4, np.float32)
    values[: len(found)] = [nearest(value, np.float32) for value in found]
    return values


def _statements(program: Program, nan: Sequence[bool], uniform: bool) -> Iterator[str]:
    """One statement a value, each with the line of the source it came from."""
    following = None
    count = 0
    for index, instr in enumerate(program.instrs):
        if instr.line != following and not uniform:
            yield f"#line {instr.line}\n"
        following = instr.line + 1
        if uniform and instr.op.constant:
            text = f"constants[{count // 4}].{'xyzw'[count % 4]};"
            count += 1
        else:
            text = _expression(instr, nan)
        yield f"    precise float v{index} = {text}\n"


def _expression(instr: Instr, nan: Sequence[bool]) -> str:
    """The right hand side of one statement, with its semicolon and comment."""
    if instr.op.variable is not None:
        return f"{instr.op.variable};"
    if instr.value is not None:
        return _constant(instr.value)
    text = instr.op.glsl.format(*(f"v{arg}" for arg in instr.args))
    if instr.op.hides_nan:
        for arg in dict.fromkeys(instr.args):
            if nan[arg]:
                text = f"op_nan(v{arg}, {text})"
    return f"{text};"


def _constant(value: Decimal) -> str:
    bits = int(np.asarray(nearest(value, np.float32)).view(np.uint32))
    number = f"uintBitsToFloat(0x{bits:08x}u)"
    if bits & 0x7FFFFFFF == 0:
        # Of 0 * a a driver may make 0, though it is -0 or NaN for some.
        number = f"op_opaque({number})"
    text = str(value)
    comment = f" // {text}" if len(text) <= _READABLE else ""
    return f"{number};{comment}"


def _functions(statements: str) -> str:
    """The blocks of `shaders/ops.glsl` that the statements call, and those that these call."""
    blocks = {
        name: block
        for block in shader("ops.glsl").split("\n\n")
        if (name := _defined(block)) is not None
    }
    wanted: set[str] = set()
    found = set(_CALL.findall(statements))
    while found:
        wanted |= found
        found = {name for each in found for name in _CALL.findall(blocks[each])} - wanted
    return "".join(f"{block.strip()}\n\n" for name, block in blocks.items() if name in wanted)


def _defined(block: str) -> str | None:
    """The name of the function that a block of the library defines."""
    match = re.search(r"^float (op_\w+)\(", block, re.MULTILINE)
    return match.group(1) if match else None
