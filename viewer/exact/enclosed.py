"""Pictures of any program that are right at every pixel centre.

Squares of pixels are split as long as spans of the field over them leave its sign open, down to
single points. A pixel that float64 leaves open even there is decided again, by balls.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from viewer.exact.bands import Frame
from viewer.exact.decide import Decider
from viewer.exact.raster import OCTAVES, SMALLEST, Numbers, Raster
from viewer.exact.traces import left, with_numbers
from viewer.exact.verdict import Canvas, Verdict
from viewer.program import Program
from viewer.program.spans import Flags, Span
from viewer.sign.masks import Floats, Mask, pack, set_bits
from viewer.view import Block, Grid
from viewer.zoom.local import localise

MOST = 2**8
"""Squares that are worked on at once: values at their children stay in the cache."""
SMALL = Fraction(1, 2**8)
"""Half the side of a root whose own coordinates pay."""
MANY = 64
"""More pixels in doubt than this are worth the coordinates of a square of their own."""
FEW = 32
"""So many pixels in doubt are decided one by one, though what is left of the program near them
might leave none."""


class _Squares(NamedTuple):
    """Squares of so many pixels a side, at columns and rows of a raster."""

    column: Numbers
    row: Numbers
    pixels: int

    def parts(self) -> Iterator["_Squares"]:
        """At most `MOST` at a time; one, at least."""
        for start in range(0, max(1, len(self.column)), MOST):
            yield self.only(slice(start, start + MOST))

    def only(self, chosen: Any) -> "_Squares":
        """Some of them."""
        return _Squares(self.column[chosen], self.row[chosen], self.pixels)

    def places(self, number: Numbers, child: Numbers, k: int) -> tuple[Numbers, Numbers]:
        """Columns and rows of children."""
        return self.column[number] * k + child % k, self.row[number] * k + child // k


class Enclosing:
    """Decides the pixels of a program's pictures.

    `between` is called between steps of the work; what it raises ends it.
    """

    def __init__(self, program: Program, between: Callable[[], None]) -> None:
        self._program, self._between = program, between

    def decide(self, grid: Grid, block: Block) -> Verdict:
        """Which pixels of a block are inside."""
        inside, doubt = self._bounded(grid, block, block.width * block.height + 1)
        decider, undecided = Decider(self._program, grid), []
        places = np.argwhere(doubt).tolist()
        for j, i in places:
            self._between()
            pixel = block.i + i, block.j + j
            inside[j, i], decided = decider.decide(*pixel)
            if not decided:
                undecided.append(pixel)
        return Verdict(inside, len(places), tuple(undecided))

    def _bounded(self, grid: Grid, block: Block, before: int) -> tuple[Flags, Flags]:
        """Which pixels of a block surely are inside, and which are in doubt. Where many are,
        smaller squares' own coordinates may tell more, unless these did not: so many pixels were
        in doubt before."""
        self._between()
        raster = Raster.of(grid, block)
        frame = self._frame(raster)
        inside, doubt = _drawn(raster, frame)
        side = raster.side >> OCTAVES
        if frame.slack is None or side < SMALLEST or doubt.sum() == before:
            return inside, doubt
        for j in range(0, block.height, side):
            for i in range(0, block.width, side):
                here = slice(j, j + side), slice(i, i + side)
                count = int(doubt[here].sum())
                if count > MANY:
                    height, width = doubt[here].shape
                    part = Block(block.i + i, block.j + j, width, height)
                    inside[here], doubt[here] = self._bounded(grid, part, count)
        return inside, doubt

    def _frame(self, raster: Raster) -> Frame:
        """What is left of the program in the root; where that is small, in its own coordinates,
        but for programs of which these are only approximate."""
        anchor, z = raster.anchor(), raster.grid.z
        frame = left(Frame.of(self._program, anchor, z))
        if anchor.half < SMALL:
            local = localise(frame.program, anchor, z)
            if all(doubt.held for doubt in local.doubts):
                return Frame.local(local)
        return frame


def _drawn(raster: Raster, frame: Frame) -> tuple[Flags, Flags]:
    """Which pixels of a raster's block surely are inside, and which are in doubt."""
    inside, doubt = Canvas(raster), Canvas(raster)
    zero = np.zeros(1, np.int32)
    squares = _Squares(zero, zero, raster.side)
    *factors, _ = raster.factors()
    for k in factors:
        found = [_split(raster, frame, part, k, inside) for part in squares.parts()]
        column, row = (np.concatenate(axis) for axis in zip(*found, strict=True))
        squares = _Squares(column, row, squares.pixels // k)
    for part in squares.parts():
        _finish(raster, frame, part, inside, doubt)
    return inside.picture(), doubt.picture()


def _split(
    raster: Raster, frame: Frame, squares: _Squares, k: int, canvas: Canvas
) -> tuple[Numbers, Numbers]:
    """The places of the children that are open; those that are inside are drawn."""
    pixels = squares.pixels // k
    below, above = _signs(raster, frame, squares, k, pixels / raster.side)
    wanted = raster.wanted(squares.column, squares.row, k, pixels)
    canvas.fill(*squares.places(*set_bits(below & wanted), k), pixels)
    return squares.places(*set_bits(wanted & ~(below | above)), k)


def _finish(raster: Raster, frame: Frame, squares: _Squares, inside: Canvas, doubt: Canvas) -> None:
    """Draws the pixels of the smallest squares, and those of them that are in doubt."""
    below, above = _signs(raster, frame, squares, SMALLEST, 0)
    wanted = raster.wanted(squares.column, squares.row, SMALLEST, 1)
    number, child = set_bits(wanted & ~(below | above))
    if frame.slack is None and len(number) > FEW:
        column, row = squares.places(number, child, SMALLEST)
        yes, no = _traced(frame, raster.centre(column, 1), raster.centre(row, 1))
        bit = np.uint64(1) << child.astype(np.uint64)
        np.bitwise_or.at(below, number[yes], bit[yes])
        np.bitwise_or.at(above, number[no], bit[no])
    inside.draw(squares.column, squares.row, below & wanted)
    doubt.draw(squares.column, squares.row, wanted & ~(below | above))


def _traced(frame: Frame, u: Floats, v: Floats) -> tuple[Flags, Flags]:
    """Where the field surely is, and surely is not, below zero: at each point by what is left of
    the program there."""
    below, above = np.zeros((2, len(u)), np.bool_)
    for trace, number in with_numbers(frame, Span(u, u), Span(v, v)):
        x, y = u[number], v[number]
        found = trace.field(Span(x, x), Span(y, y))
        below[number], above[number] = found.below(), found.above()
    return below, above


def _signs(
    raster: Raster, frame: Frame, squares: _Squares, k: int, half: float
) -> tuple[Mask, Mask]:
    """Masks over the k x k children of squares: where the field surely is below zero, and where
    it surely is not; over boxes that reach `half` of the root's half side from their centres."""
    each, pixels = np.arange(k), squares.pixels // k
    u, v = (
        raster.centre(axis[:, np.newaxis] * k + each, pixels)
        for axis in (squares.column, squares.row)
    )
    shape = len(squares.column), k, k
    found = frame.field(_reach(u[:, np.newaxis, :], half), _reach(v[:, :, np.newaxis], half))
    below, above = (np.broadcast_to(flags, shape) for flags in (found.below(), found.above()))
    return pack(below), pack(above)


def _reach(centre: Floats, half: float) -> Span:
    """A box's side, exactly as well."""
    return Span(centre - half, centre + half) if half else Span(centre, centre)
