"""Where the view is, at any depth: a chain of frames, each showing where the next one lies.

    +---------+  +---------+  +---------+
    |     _   |  |         |  |   +--+  |
    |    |_|  |  |  +      |  |   |  |  |    the last frame's mark is the view; one that would be
    |         |  |         |  |   +--+  |    too small to be seen is a cross
    +---------+  +---------+  +---------+
     1            4e16         1.3e33

Frames snap to steps of their own size, and zoom by powers of two: they stay the same, and so do
their pictures, while the view moves a little.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from viewer.view import Size, View

CLOSE = 3
"""Octaves, at least, between the view's longer side and the frame about it."""
APART = 3
"""Octaves between two frames, where there are enough frames."""
SNAP = 4
"""Steps that a frame's centre takes to cross the frame's shorter side."""
SMALL = 5
"""Pixels of a mark's sides, below which it is a cross."""


class Mark(NamedTuple):
    """A rectangle on a frame: its edges in the frame's pixels, y down, parts of pixels included.
    It may reach out of the frame."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def small(self) -> bool:
        """Whether it has to be a cross."""
        return max(self.right - self.left, self.bottom - self.top) < SMALL


class Frame(NamedTuple):
    """One picture of the chain: what it shows, and on it where the next frame, or the view, is."""

    view: View
    mark: Mark


def frames(view: View, home: View, size: Size, inset: Size, most: int) -> tuple[Frame, ...]:
    """At most `most` frames of `inset` pixels for a window of `size` pixels, the outermost first.

    It holds home and the view, each later one holds the next, and the last one the view.
    """
    outer = _outer(view, home, size, inset)
    chain = [outer]
    last = _octaves(1 / (_reach(view, size) * outer.zoom)) - CLOSE
    if last >= APART and most > 1:
        count = min(most - 1, last // APART)
        for n in range(1, count + 1):
            zoom = outer.zoom * 2 ** (last * n // count)
            chain.append(_frame(view, zoom, chain[-1], inset))
    targets = [(frame, inset) for frame in chain[1:]] + [(view, size)]
    return tuple(
        Frame(frame, _mark(frame, inset, *target))
        for frame, target in zip(chain, targets, strict=True)
    )


def _outer(view: View, home: View, size: Size, inset: Size) -> View:
    """Home with a margin or, where the view is elsewhere or larger, as much more as it takes."""
    zoom = home.zoom / 2
    while True:
        frame = View(home.x, home.y, zoom)
        if _holds(frame, inset, view, size):
            return frame
        away = max(abs(view.x - home.x), abs(view.y - home.y)) + _reach(view, size)
        zoom /= 2 ** max(1, _octaves(away * zoom) - 1)


def _frame(view: View, zoom: Fraction, outer: View, inset: Size) -> View:
    """The frame about the view with that zoom, its centre snapped, and then moved into the outer
    frame where it would reach out of it."""
    step = 2 / (zoom * SNAP)
    snapped = View(round(view.x / step) * step, round(view.y / step) * step, zoom)
    x, y = (
        min(max(at, middle - room), middle + room)
        for at, middle, room in (
            (snapped.x, outer.x, inset[0] * (outer.half(inset) - snapped.half(inset))),
            (snapped.y, outer.y, inset[1] * (outer.half(inset) - snapped.half(inset))),
        )
    )
    return replace(snapped, x=x, y=y)


def _mark(frame: View, inset: Size, other: View, size: Size) -> Mark:
    """Where the other view's picture is on the frame."""
    left, top, right, bottom = map(float, _edges(frame, inset, other, size))
    return Mark(left, top, right, bottom)


def _edges(frame: View, inset: Size, other: View, size: Size) -> tuple[Fraction, ...]:
    """The same, exactly."""
    unit = 2 * frame.half(inset)
    centre = (other.x - frame.x) / unit, (frame.y - other.y) / unit
    reach = [n * other.half(size) / unit for n in size]
    return tuple(
        Fraction(n, 2) + middle + sign * half
        for sign in (-1, 1)
        for n, middle, half in zip(inset, centre, reach, strict=True)
    )


def _holds(frame: View, inset: Size, other: View, size: Size) -> bool:
    left, top, right, bottom = _edges(frame, inset, other, size)
    return min(left, top) >= 0 and right <= inset[0] and bottom <= inset[1]


def _reach(view: View, size: Size) -> Fraction:
    """Half the longer side of a picture, in model units."""
    return view.half(size) * max(size)


def _octaves(ratio: Fraction) -> int:
    """The largest n with 2**n <= ratio."""
    guess = ratio.numerator.bit_length() - ratio.denominator.bit_length()
    return guess if Fraction(2) ** guess <= ratio else guess - 1
