"""Whole shaders as text, and what a driver says about them as one line."""

import re
from collections.abc import Sequence

from viewer.gpu.translate import translate
from viewer.program import Program
from viewer.resources import shader

WRITTEN = 2_000_000_000
"""Lines from here on are those that a person wrote; smaller ones are the program's own. (Not by
the string number of `#line`: Mesa forgets it in half of its messages.)"""

_PLACE = re.compile(r"(?:ERROR:\s*)?\d+[:(](\d+)[^:]*:\s*(.*)")
"""A driver's message: `0:12(5): error: ...` (Mesa), `0(12) : error C1008: ...` (NVIDIA),
`ERROR: 0:12: ...` (others)."""


def vertex() -> str:
    """The vertex shader of every straight-line program."""
    return shader("header.glsl") + shader("straight.vert")


def fragment(
    ending: str, program: Program, nan: Sequence[bool] | None = None, *, uniform: bool = False
) -> str:
    """A fragment shader: `shaders/<ending>` says what becomes of the field. For `nan` and `uniform`
    see `translate`."""
    written = "\n".join(shader(name) for name in ("straight.frag", ending))
    text = translate(program, nan, uniform=uniform)
    return f"{shader('header.glsl')}#line {WRITTEN}\n{written}\n{text}"


def explain(message: str, name: str) -> str:
    """One line for the user: the program's name, the line that the driver names, what it says."""
    errors = [line.strip() for line in message.splitlines() if "error" in line.lower()]
    for error in errors:
        place = _PLACE.match(error)
        if place and int(place[1]) < WRITTEN:
            return f"{name}:{place[1]}: the graphics driver refused this line: {place[2]}"
    reason = errors[0] if errors else " ".join(message.split())
    return f"{name}: the graphics driver refused the program: {reason}"
