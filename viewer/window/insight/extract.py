"""The program of a view: what is left of a file where only that view is looked at."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from viewer.gpu.accuracy import COARSE, coordinate_error
from viewer.passes.settle import outcomes, settle
from viewer.passes.simplify import simplify
from viewer.program import Program
from viewer.program.interval import Bound, Interval
from viewer.program.number import nearest
from viewer.view import Grid
from viewer.zoom.outcomes import outcomes as exact_outcomes

PARTS = 8
"""Boxes along each side of a picture over which choices are bounded."""


def of_view(program: Program, grid: Grid) -> Program:
    """The program without the choices that fall the same way all over the picture: the same
    values at every point of it, bit for bit in float32, but where that cannot tell neighbouring
    pixels apart; there over the reals."""
    x = _edges(grid.view.x, grid.width * grid.half)
    y = _edges(grid.view.y, grid.height * grid.half)
    z = np.full(2, nearest(grid.z, np.float32))
    lower = np.array([_outward(axis[0], -1) for axis in (x, y, z)])
    upper = np.array([_outward(axis[-1], 1) for axis in (x, y, z)])
    left = simplify(program, lower, upper)
    if coordinate_error(grid) > COARSE:
        return settle(left, exact_outcomes(left, grid))
    i, j = np.divmod(np.arange(PARTS * PARTS), PARTS)
    boxes = [
        Interval.given(_outward(axis[part], -1), _outward(axis[part + 1], 1))
        for axis, part in ((x, i), (y, j), (z, np.zeros_like(i)))
    ]
    return settle(left, outcomes(left, *boxes))


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


def _edges(centre: Fraction, reach: Fraction) -> Bound:
    """Where the boxes of a side begin and end."""
    parts = [centre + reach * Fraction(2 * part - PARTS, PARTS) for part in range(PARTS + 1)]
    return np.array([nearest(edge, np.float32) for edge in parts], np.float32)


def _outward(corner: NDArray[np.float32] | np.float32, sign: int) -> Bound:
    """Corners that are surely not inside of the given ones, which were rounded."""
    return np.nextafter(corner, np.float32(sign * np.inf))
