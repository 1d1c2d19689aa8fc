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

from viewer.program.number import apart, quotient, ratio
from viewer.view import Size, View

CLOSE = 3
"""Octaves, at least, between the view's longer side and the frame about it."""
APART = 3
"""Octaves between two frames, where there are enough frames."""
SNAP = 4
"""Steps that a frame's centre takes to cross the frame's shorter side."""
SMALL = 5
"""Pixels of a mark's sides, below which it is a cross."""
_DOUBT = 1e-6
"""Pixels of a frame by which it is off where something is told to lie: and more."""


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
    snapped = View(_nearest(view.x, step), _nearest(view.y, step), zoom)
    unit, small = 2 * outer.half(inset), snapped.half(inset)
    x, y = (
        _moved_in(at, middle, unit, (n * unit / 2, n * small))
        for n, at, middle in zip(inset, (snapped.x, snapped.y), (outer.x, outer.y), strict=True)
    )
    return replace(snapped, x=x, y=y)


def _nearest(value: Fraction, step: Fraction) -> Fraction:
    """The multiple of a step that is nearest to a number."""
    halves = quotient(2 * value.numerator, value.denominator * step.numerator, step.denominator)
    return (halves + 1) // 2 * step


def _moved_in(
    at: Fraction, middle: Fraction, unit: Fraction, reach: tuple[Fraction, Fraction]
) -> Fraction:
    """The centre of a stretch, moved so that the stretch lies in another one about `middle`, whose
    pixels are `unit` wide. `reach`: how far the other one reaches, and the one itself."""
    whole, own = reach
    if abs(apart(at, middle, unit)) < ratio(whole, unit) - ratio(own, unit) - _DOUBT:
        return at  # nearly always, and soon known
    return min(max(at, middle - whole + own), middle + whole - own)


def _mark(frame: View, inset: Size, other: View, size: Size) -> Mark:
    """Where the other view's picture is on the frame."""
    unit = 2 * frame.half(inset)
    x, y = apart(other.x, frame.x, unit), apart(frame.y, other.y, unit)
    pixel = ratio(other.half(size), unit)  # half of it
    left, top, right, bottom = (
        n / 2 + middle + sign * reach * pixel
        for sign in (-1, 1)
        for n, middle, reach in zip(inset, (x, y), size, strict=True)
    )
    return Mark(left, top, right, bottom)


def _holds(frame: View, inset: Size, other: View, size: Size) -> bool:
    """Whether the other view's picture is on the frame; where it is as good as at its edge, not."""
    left, top, right, bottom = _mark(frame, inset, other, size)
    far = inset[0] - _DOUBT, inset[1] - _DOUBT
    return min(left, top) > _DOUBT and right < far[0] and bottom < far[1]


def _reach(view: View, size: Size) -> Fraction:
    """Half the longer side of a picture, in model units."""
    return view.half(size) * max(size)


def _octaves(ratio: Fraction) -> int:
    """The largest n with 2**n <= ratio."""
    guess = ratio.numerator.bit_length() - ratio.denominator.bit_length()
    return guess if Fraction(2) ** guess <= ratio else guess - 1
