"""The program of a view: what is left of a file where only that view is looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.passes.simplify import simplify
from viewer.program import Program
from viewer.program.interval import Bound
from viewer.program.number import nearest
from viewer.view import Grid


def of_view(program: Program, grid: Grid) -> Program:
    """The program without the choices that fall the same way all over the picture: the same
    values, bit for bit in float32, at every point of it. Not smaller for pictures that are smaller
    than float32 can tell from a point."""
    half, view = grid.half, grid.view
    ends = [
        (view.x - grid.width * half, view.x + grid.width * half),
        (view.y - grid.height * half, view.y + grid.height * half),
        (grid.z, grid.z),
    ]
    corners = np.array([[nearest(end, np.float32) for end in axis] for axis in ends], np.float32)
    return simplify(program, _outward(corners[:, 0], -1), _outward(corners[:, 1], 1))


def text_of(program: Program, data: bytes, title: str) -> bytes:
    """The program in the file format, its values named as in `data`, which its lines count; the
    title, and how much is left, as comments above."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    before = sum(1 for line in lines if line.partition(b"#")[0].strip())
    names = [_name(lines[instr.line - 1]) for instr in program.instrs]
    comments = (f"# {title}", f"# {len(program)} of {before} lines")
    found = [" ".join(comment.split()).encode("utf-8", "replace") for comment in comments]
    for name, (op, args, value, _) in zip(names, program.instrs, strict=True):
        words = [op.name.encode(), *(names[arg] for arg in args)]
        if value is not None:
            words.append(str(value).encode())
        found.append(b" ".join([name, *words]))
    return b"\n".join(found) + b"\n"


def _name(line: bytes) -> bytes:
    """What the line of a program defines."""
    return line.replace(b"\t", b" ").lstrip(b" ").partition(b" ")[0]


def _outward(corner: NDArray[np.float32], sign: int) -> Bound:
    """Corners that are surely not inside of the given ones, which were rounded."""
    return np.nextafter(corner, np.float32(sign * np.inf))
