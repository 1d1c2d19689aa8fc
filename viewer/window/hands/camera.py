"""Where the window looks, and how it gets there: the part of the session that moves.

    input -> goal        at once: ten clicks of the wheel end where ten clicks end
    clock -> view, z     what is shown: on a trip from where it was to the goal, or there

No clock in here either: an input only says where to go, and the next tick sets out. An input on the
way goes on from where the picture is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple, Self

from viewer.flight import Flight
from viewer.view import Size, View
from viewer.window.hands.heights import Sweep

Point = tuple[float, float]

WHEEL_STEP = 0.25
"""Octaves of one click of the wheel; trackpads send many small parts of a click."""
MOVE_SECONDS = 0.2
"""How long a move takes."""
LONGEST = 16.0
"""Octaves of the longest trip that is made in that time: past it nothing on the way is seen, and it
would keep the picture waiting."""
FLY_OCTAVES = 6.0
"""Octaves a second of a long flight: 1e100 is a minute away."""
GLIDE_SECONDS = 0.9
"""How long a picture that was let go in full swing moves on."""
GLIDE_MOST = 0.9
"""How far it gets at most, as a part of the shorter side."""
GLIDE_LEAST = 100.0
"""Pixels a second below which a hand has stopped before it let go."""
FRAME = 1 / 60
"""Seconds between two pictures of a trip. It sets out with one of them, not with a pause."""


class Trip(NamedTuple):
    """A flight in time. A `steady` one is at a constant rate, else it starts at once and slows
    down towards the end. A `loose` one goes nowhere in particular: any input stops it where it is.
    `begun` is None before the first tick."""

    flight: Flight
    seconds: float
    steady: bool = False
    loose: bool = False
    begun: float | None = None

    def at(self, now: float) -> View:
        """Where it is; from its end on, exactly the flight's end."""
        if self.begun is None:
            return self.flight.start
        t = min(1.0, (now - self.begun) / self.seconds)
        return self.flight.at(t if self.steady else 1 - (1 - t) ** 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """The view and where it is going, and the height of the slice. `size` is never below 1 x 1;
    `animated` says whether moves take a moment, `glides` whether a picture that is let go in full
    swing moves on."""

    view: View = View()
    trip: Trip | None = None
    z: Fraction = Fraction(0)
    sweep: Sweep | None = None
    animated: bool = False
    glides: bool = False
    size: Size = (1, 1)
    cursor: Point | None = None

    @property
    def goal(self) -> View:
        """Where the view will be when it rests."""
        return self.trip.flight.end if self.trip else self.view

    @property
    def moving(self) -> bool:
        """Whether the next frame will be another one."""
        return self.sweep is not None or (self.trip is not None and self.trip.begun is not None)

    def going(self, goal: View) -> Self:
        """On the way to a view, or there where moves take no time."""
        flight = Flight(self.view, goal)
        if not self.animated or goal == self.view or flight.octaves > LONGEST:
            return self.arrived(goal)
        if self.trip and self.trip.flight.end == goal:
            return self
        return replace(self, trip=Trip(flight, MOVE_SECONDS))

    def flying(self, goal: View) -> Self:
        """On a long flight to a view, at a constant rate."""
        flight = Flight(self.view, goal)
        if not flight.octaves:
            return self.arrived(goal)
        trip = Trip(flight, flight.octaves / FLY_OCTAVES, steady=True, loose=True)
        return replace(self, trip=trip)

    def thrown(self, dx: float, dy: float) -> Self:
        """Let go by a hand that moved the picture by so many pixels a second: where it glides, it
        goes on at that speed, slows down and comes to rest."""
        speed = math.hypot(dx, dy)
        if not self.glides or speed < GLIDE_LEAST:
            return self
        # A trip that slows down begins at three times its mean speed.
        seconds = min(GLIDE_SECONDS / 3, GLIDE_MOST * min(self.size) / speed)
        goal = self.view.panned(dx * seconds, dy * seconds, self.size)
        return replace(self, trip=Trip(Flight(self.view, goal), 3 * seconds, loose=True))

    def arrived(self, view: View) -> Self:
        """At rest there."""
        return replace(self, view=view, trip=None)

    def stopped(self) -> Self:
        """A long flight and a glide end where they are; a short move goes on."""
        return self.arrived(self.view) if self.trip and self.trip.loose else self

    def at_height(self, z: Fraction) -> Self:
        """At that slice, at rest."""
        return replace(self, z=z, sweep=None)

    def moved(self, now: float) -> Self:
        """Where it is by now."""
        if self.sweep is None:
            return self._travelled(now)
        sweep = self.sweep.begun_by(now - FRAME, self.z)
        return replace(self, z=sweep.at(now), sweep=sweep)._travelled(now)

    def _travelled(self, now: float) -> Self:
        if self.trip is None:
            return self
        begun = now - FRAME if self.trip.begun is None else self.trip.begun
        trip = self.trip._replace(begun=begun)
        if now >= begun + trip.seconds:
            return self.arrived(self.goal)
        return replace(self, view=trip.at(now), trip=trip)

    def dragged(self, dx: float, dy: float) -> Self:
        """The picture moved with the hand, in pixels, at once."""
        if not (dx or dy):
            return self
        return self.arrived(self.view.panned(dx, dy, self.size))

    def panned(self, dx: float, dy: float) -> Self:
        """The picture moved by so many pixels."""
        return self.going(self.goal.panned(dx, dy, self.size))

    def zoomed(self, octaves: float, at: Point | None = None) -> Self:
        """Zoomed about a screen position, or the centre."""
        at = at or (self.size[0] / 2, self.size[1] / 2)
        return self.going(self.goal.zoomed(octaves, at, self.size))

    def wheeled(self, clicks: float) -> Self:
        """Zoomed about the cursor, or the centre where the cursor is not over the picture."""
        return self.zoomed(clicks * WHEEL_STEP, self.cursor)

    def pointed(self, at: Point | None) -> Self:
        """The cursor moved to `at`, or left the window."""
        return replace(self, cursor=at)
