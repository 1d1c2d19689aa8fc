"""Draws strokes: straight bars, slanted bars and ring sectors, as half planes and circles.

Lengths are in x-heights of the letters that are drawn; y points up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from writer import Value, length

STROKE = 0.16


@dataclass(frozen=True)
class Pen:
    """Draws with its origin at (left, baseline) of the paper whose coordinates are `x` and `y`."""

    x: Value
    y: Value
    left: float
    baseline: float

    def before(self, x: float) -> Value:
        """The half plane left of the vertical at x."""
        return self.x - (self.left + x)

    def after(self, x: float) -> Value:
        """The half plane right of the vertical at x."""
        return (self.left + x) - self.x

    def below(self, y: float) -> Value:
        """The half plane under the horizontal at y."""
        return self.y - (self.baseline + y)

    def above(self, y: float) -> Value:
        """The half plane over the horizontal at y."""
        return (self.baseline + y) - self.y

    def between(self, bottom: float, top: float) -> Value:
        """What lies between two horizontals."""
        return self.above(bottom) & self.below(top)

    def stem(self, x: float, bottom: float, top: float) -> Value:
        """A vertical stroke whose left edge is at x."""
        return self.after(x) & self.before(x + STROKE) & self.between(bottom, top)

    def bar(self, left: float, right: float, bottom: float) -> Value:
        """A horizontal stroke whose lower edge is at `bottom`."""
        return self.after(left) & self.before(right) & self.between(bottom, bottom + STROKE)

    def disc(self, x: float, y: float, radius: float) -> Value:
        """A full circle."""
        return self._distance(x, y) - radius

    def ring(self, x: float, y: float, radius: float) -> Value:
        """A circular stroke with this outer radius."""
        distance = self._distance(x, y)
        return (distance - radius) & ((radius - STROKE) - distance)

    def left_of(self, x: float, y: float, run: float, rise: float) -> Value:
        """The half plane left of the line through (x, y), as one goes along (run, rise)."""
        size = math.hypot(run, rise)
        run, rise = run / size, rise / size
        tilted = self.x * rise - self.y * run
        return tilted - (rise * (self.left + x) - run * (self.baseline + y))

    def right_of(self, x: float, y: float, run: float, rise: float) -> Value:
        """The half plane right of the same line."""
        return -self.left_of(x, y, run, rise)

    def slanted(self, x: float, y: float, run: float, rise: float) -> Value:
        """An endless slanted stroke, right of the line through (x, y) along (run, rise)."""
        edge = self.left_of(x, y, run, rise)
        return (edge - STROKE) & -edge

    def _distance(self, x: float, y: float) -> Value:
        return length(self.x - (self.left + x), self.y - (self.baseline + y))
