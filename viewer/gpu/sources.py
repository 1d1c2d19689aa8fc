"""Whole shaders as text, and what a driver says about them as one line."""

import re
from collections.abc import Sequence

from viewer.gpu.translate import SOURCE_STRING, translate
from viewer.program import Program
from viewer.resources import shader

_ABOUT_THE_PROGRAM = re.compile(
    rf"^(?:ERROR:\s*)?{SOURCE_STRING}[:(](\d+)[^:]*:\s*(.*)$", re.MULTILINE
)
"""A driver's message about a line of the program: `1:12(5): error: ...` (Mesa),
`1(12) : error C1008: ...` (NVIDIA), `ERROR: 1:12: ...` (others)."""
_ABOUT_ANYTHING = re.compile(r"^.*\berror\b.*$", re.MULTILINE | re.IGNORECASE)


def vertex() -> str:
    """The vertex shader of every straight-line program."""
    return shader("header.glsl") + shader("straight.vert")


def fragment(ending: str, program: Program, nan: Sequence[bool] | None = None) -> str:
    """A fragment shader: `shaders/<ending>` says what becomes of the field. For `nan` see
    `translate`."""
    written = (shader(name) for name in ("header.glsl", "straight.frag", ending))
    return "\n".join([*written, translate(program, nan)])


def explain(message: str, name: str) -> str:
    """One line for the user: the program's name, the line that the driver names, what it says."""
    if found := _ABOUT_THE_PROGRAM.search(message):
        return f"{name}:{found[1]}: the graphics driver refused this line: {found[2].strip()}"
    if anything := _ABOUT_ANYTHING.search(message):
        return f"{name}: the graphics driver refused the program: {anything[0].strip()}"
    return f"{name}: the graphics driver refused the program: {' '.join(message.split())}"
