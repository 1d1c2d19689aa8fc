"""The way from one view to another, exactly, at any depth.

    near                                   far
                                                     /----- over -----\\
    start . . . .  the zoom grows at a              out                in
           end     constant ratio about           /                      \\
                   one point of the screen     start                     end

Where the coarser of the two views (nearly) shows the place of the other, the picture moves as under
a hand that zooms: one point stays fixed on the screen, and the zoom's ratio is the same from each
moment to the next. Where they are far apart for their zoom, that would sweep past at an absurd
speed: the flight goes out until both places are seen, over and in, on the path that is shortest to
the eye (J. J. van Wijk and W. A. A. Nuij, "Smooth and efficient zooming and panning", 2003).

Either way the centre is a part of the whole way away from one of its ends, and that part is known
to as many digits as the picture has there: nothing is lost at zoom 1e300.

A tour is flights one after the other, in the frames of a film.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from viewer.program.number import places, plus, quotient, ratio
from viewer.view import View, log2

NEAR = 2
"""How far the other place may be from the centre of the coarser view, in halves of its shorter
side, for a flight about one point: just outside of the picture."""
RHO2 = 2
"""What panning costs: a screen's width as much as so many e-folds of zooming. Van Wijk and Nuij
found that people like 1.42 ** 2."""
_BITS = 52
"""Centres are rounded to this fraction of half the picture's shorter side."""
_GUARD = 8
"""Binary places past those."""


class Moment(NamedTuple):
    """A place on the way: the zoom, and how far the centre is from that of an end of the flight
    (the start or not), as a part of the whole way."""

    zoom: Fraction
    from_start: bool
    part: Fraction


@dataclass(frozen=True)
class Flight:
    """A flight between two views."""

    start: View
    end: View

    def at(self, t: float) -> View:
        """The view at a moment from 0, exactly the start, to 1, exactly the end. Equal steps of t
        are equal steps to the eye."""
        if t <= 0:
            return self.start
        if t >= 1:
            return self.end
        zoom, from_start, part = self._over(t) if self.is_far else self._about_a_point(t)
        anchor, other = (self.start, self.end) if from_start else (self.end, self.start)
        bits = max(0, math.ceil(log2(zoom)) + _BITS)
        x, y = (
            _between(near, far, part, bits)
            for near, far in ((anchor.x, other.x), (anchor.y, other.y))
        )
        return View(x, y, zoom)

    @cached_property
    def is_far(self) -> bool:
        """Whether it goes out, over and in."""
        return self._swept > NEAR

    @cached_property
    def octaves(self) -> float:
        """How long it is to the eye, in octaves of zooming."""
        if self.is_far:
            first, last = self._turns
            return (last - first) / math.log(2)
        deep = abs(self._ratio) * math.log(2)
        swept = self._swept / 2
        if deep:
            swept *= deep / -math.expm1(-deep)
        return math.hypot(deep, RHO2 * swept) / math.log(2)

    @cached_property
    def _ratio(self) -> float:
        """The zoom of the end over that of the start, in octaves."""
        grown = ratio(self.end.zoom, self.start.zoom)
        if 0 < grown < math.inf:
            return math.log2(grown)
        return log2(self.end.zoom) - log2(self.start.zoom)

    @cached_property
    def _swept(self) -> float:
        """The distance of the two centres in halves of the shorter side of the coarser view."""
        return ratio(self._distance, 1 / min(self.start.zoom, self.end.zoom))

    @cached_property
    def _distance(self) -> Fraction:
        """Of the two centres, in model units: to 60 bits, but for what no view would show."""
        zoom = max(self.start.zoom, self.end.zoom)
        bits = max(0, math.ceil(log2(zoom))) + 2 * _BITS
        ends = (self.start.x, self.end.x), (self.start.y, self.end.y)
        across, along = (places(end, bits) - places(start, bits) for start, end in ends)
        spare = max(0, max(abs(across), abs(along)).bit_length() - 64)
        length = math.isqrt((across >> spare) ** 2 + (along >> spare) ** 2)
        return plus(Fraction(0), length << spare, bits)

    def _about_a_point(self, t: float) -> Moment:
        """The centre's way from that of the deeper end is in proportion to how much larger a pixel
        is, so that one point of the picture stays where it is."""
        zoom = self.start.zoom * _power(t * self._ratio)
        inwards = self.end.zoom >= self.start.zoom
        left = 1 - t if inwards else t
        deep = abs(self._ratio) * math.log(2)
        # (1/zoom - 1/deepest) / (1/coarsest - 1/deepest), without a difference of near numbers.
        grown = math.expm1(-left * deep) / math.expm1(-deep) if deep else left
        wider = _power((left - 1) * abs(self._ratio))  # the coarsest zoom over this one
        return Moment(zoom, not inwards, wider * Fraction(grown))

    @cached_property
    def _turns(self) -> tuple[float, float]:
        """Van Wijk and Nuij's r0 and r1: the parameter along the path, 0 where it is highest."""
        first, last = 2 / self.start.zoom, 2 / self.end.zoom
        across = RHO2 * self._distance
        rise, twice = last**2 - first**2, 2 * across
        return (
            -_asinh((rise + across**2) / (first * twice)),
            -_asinh((rise - across**2) / (last * twice)),
        )

    def _over(self, t: float) -> Moment:
        """In their words: w(s) = w0 cosh r0 / cosh(rho s + r0), and the way from the start is
        u(s) = w(s) / rho^2 * sinh(rho s) / cosh r0; seen from the end it is the same."""
        first, last = self._turns
        place = first + t * (last - first)
        from_start = place < 0
        end, turn = (self.start, first) if from_start else (self.end, last)
        zoom = end.zoom * _power(_log2_cosh(place) - _log2_cosh(turn))
        gone = abs(place - turn)
        # sinh(gone) / cosh(turn), of numbers that may both be beyond any float
        slope = math.exp(gone - abs(turn)) * -math.expm1(-2 * gone) / (1 + math.exp(-2 * abs(turn)))
        return Moment(zoom, from_start, 2 / zoom * Fraction(slope / RHO2) / self._distance)


@dataclass(frozen=True)
class Tour:
    """Flights through 2 or more `views`, in `frames` (numbered from 0), at least one for each.

    Each view is that of a frame, exactly. A flight has frames in proportion to its octaves. It
    takes `ramp` of them to get up to speed, and as many to slow down, or a quarter of them where it
    is short; between the two it is as fast all the time.
    """

    views: tuple[View, ...]
    frames: int
    ramp: float = 0

    def at(self, frame: int) -> View:
        """The view of a frame."""
        leg, passed = self._place(frame)
        return self.flights[leg].at(passed)

    def passed(self, frame: int) -> float:
        """How much of the tour lies behind a frame: 0 for the first, 1 for the last, and as steady
        as the views between."""
        leg, passed = self._place(frame)
        first, last = self.stops[leg : leg + 2]
        return (first + (last - first) * passed) / (self.frames - 1)

    @cached_property
    def flights(self) -> tuple[Flight, ...]:
        """From each view to the next."""
        return tuple(Flight(*ends) for ends in pairwise(self.views))

    @cached_property
    def stops(self) -> tuple[int, ...]:
        """The frames of the views."""
        steps, count = self.frames - 1, len(self.flights)
        octaves = [flight.octaves for flight in self.flights]
        if not any(octaves):
            octaves = [1.0] * count
        # One step for each flight, and the others in proportion.
        parts = (gone / sum(octaves) for gone in accumulate(octaves))
        ends = (leg + (steps - count) * part for leg, part in enumerate(parts, 1))
        return (0, *(math.floor(end + 0.5) for end in ends))

    def _place(self, frame: int) -> tuple[int, float]:
        """The flight that a frame is of, and how much of it has passed."""
        leg = min(bisect_right(self.stops, frame), len(self.flights)) - 1
        first, last = self.stops[leg : leg + 2]
        steps = last - first
        return leg, eased((frame - first) / steps, min(self.ramp / steps, 0.25))


def eased(t: float, ramp: float) -> float:
    """How far something has come at a moment from 0 to 1 that moves steadily but for its ends.

    It takes the part `ramp` of its time (at most a half) to get up to speed, and as long to slow
    down. The speed grows as 3 t^2 - 2 t^3 does, without a jerk.
    """
    if t > 0.5:
        return 1 - eased(1 - t, ramp)
    if t >= ramp:
        return (t - ramp / 2) / (1 - ramp)
    return ramp * ((t / ramp) ** 3 - (t / ramp) ** 4 / 2) / (1 - ramp)


def _between(near: Fraction, far: Fraction, part: Fraction, bits: int) -> Fraction:
    """A part of the way from one number to another, to so many binary places."""
    start, end = (places(number, bits + _GUARD) for number in (near, far))
    gone = start + quotient(end - start, part.denominator, part.numerator)
    return plus(Fraction(0), gone + (1 << _GUARD - 1) >> _GUARD, bits)


def _power(octaves: float) -> Fraction:
    """2**octaves for any finite number, to 53 bits."""
    whole = math.floor(octaves)
    return Fraction(2.0 ** (octaves - whole)) * Fraction(2) ** whole


def _log2_cosh(x: float) -> float:
    return (abs(x) + math.log1p(math.exp(-2 * abs(x)))) / math.log(2) - 1


def _asinh(x: Fraction) -> float:
    """The inverse of sinh for a number of any size."""
    if abs(x) < 2**30:
        return math.asinh(x)
    size = (log2(abs(x)) + 1) * math.log(2)
    return size if x > 0 else -size
