"""Heights of the slice: the ends between which it is moved, and the way up and down between them.

low |--------o-----------| high      about as far apart as the picture is wide, z between them
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from viewer.view import View, log2

STEP = Fraction(1, 50)
"""What a key moves the slice at zoom 1, in model units."""
PARTS = 256
"""Parts of a step that are told apart."""
GRAIN = 1000
"""Steps between the ends of a slider."""
REACH = 8
"""Units beyond which the ends are not moved apart, but moved."""
DIGITS = 4
"""Of a height after the point, at zoom 1."""
SWEEP_SECONDS = 4.0
"""From one end to the other."""
SWEEP_GRAIN = 10**6
"""Steps of the way between the ends, for a sweep."""


def stepped(z: Fraction, steps: float, zoom: Fraction) -> Fraction:
    """So many steps higher; a step is finer where the zoom is larger."""
    # One of 1, 2, 5, 10, 20, ... near the zoom: heights stay short decimals, and steps reversible.
    decades, rest = divmod(max(0.0, _log10(zoom)), 1)
    finer = (1 if rest < 0.2 else 2 if rest < 0.5 else 5) * Fraction(10) ** int(decades)
    return z + Fraction(round(steps * PARTS), PARTS) * STEP / finer


def as_text(z: Fraction, zoom: Fraction) -> str:
    """A height as a decimal, to the digits that make a difference at that zoom."""
    scale = 10 ** (max(0, math.ceil(_log10(zoom))) + DIGITS)
    return str(View(Fraction(round(z * scale), scale), base=zoom)).partition(",")[0]


class Ends(NamedTuple):
    """The lowest and the highest height of a slider; both are whole numbers of units."""

    low: Fraction = Fraction(-1)
    high: Fraction = Fraction(1)
    unit: Fraction = Fraction(1)

    @property
    def span(self) -> Fraction:
        """From the one to the other."""
        return self.high - self.low

    def holding(self, z: Fraction, zoom: Fraction) -> Ends:
        """The ends for a height at a zoom: these, where they will do; moved apart, where it is
        beyond them; and other ones about it, where it is far away or the zoom has become
        another."""
        wide = zoom < 1
        unit = Fraction(2) ** -round(log2(zoom)) if wide else Fraction(10) ** -round(_log10(zoom))
        low, high = math.floor(z / unit) * unit, math.ceil(z / unit) * unit
        far = not self.low - REACH * unit <= z <= self.high + REACH * unit
        if unit != self.unit or far:
            middle = round(z / unit) * unit
            return Ends(middle - unit, middle + unit, unit)
        return self._replace(low=min(self.low, low), high=max(self.high, high))

    def part(self, z: Fraction) -> float:
        """How far up a height is, from 0 to 1."""
        return float(min(Fraction(1), max(Fraction(0), (z - self.low) / self.span)))

    def at(self, part: float, grain: int = GRAIN) -> Fraction:
        """The height that far up, rounded to one of `grain` steps and never beyond the ends."""
        steps = round(min(1.0, max(0.0, part)) * grain)
        return self.low + self.span * Fraction(steps, grain)


class Sweep(NamedTuple):
    """The slice goes up and down between two ends at a constant rate. `begun` is when it was, or
    would have been, at the lower end on its way up; None before the first tick."""

    ends: Ends
    begun: float | None = None

    def begun_by(self, now: float, z: Fraction) -> Sweep:
        """With its beginning: from `z` upwards, where it has none yet."""
        if self.begun is not None:
            return self
        return self._replace(begun=now - SWEEP_SECONDS * self.ends.part(z))

    def at(self, now: float) -> Fraction:
        """The height by now."""
        assert self.begun is not None, "begun before it is asked"
        turn = (now - self.begun) / SWEEP_SECONDS % 2
        return self.ends.at(min(turn, 2 - turn), SWEEP_GRAIN)


def _log10(zoom: Fraction) -> float:
    return log2(zoom) * math.log10(2)
