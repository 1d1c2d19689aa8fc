"""Where the window looks, and how it gets there: the part of the session that moves.

    input -> goal        at once: ten clicks of the wheel end where ten clicks end
    clock -> view        what is shown: on a trip from where it was to the goal, or there

No clock in here either: an input only says where to go, and the next tick sets out. An input on the
way goes on from where the picture is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from viewer.flight import Flight
from viewer.view import Size, View

Point = tuple[float, float]

WHEEL_STEP = 0.25
"""Octaves of one click of the wheel; trackpads send many small parts of a click."""
WHEEL_MOST = 16.0
"""Clicks taken from one event: more is a broken driver, not a hand."""
MOVE_SECONDS = 0.2
"""How long a move takes."""
LONGEST = 16.0
"""Octaves of the longest trip that is made in that time: past it nothing on the way is seen, and it
would keep the picture waiting."""
FLY_OCTAVES = 6.0
"""Octaves a second of a long flight: 1e100 is a minute away."""
FRAME = 1 / 60
"""Seconds between two pictures of a trip. It sets out with one of them, not with a pause."""


class Trip(NamedTuple):
    """A flight in time. A `steady` one is at a constant rate and for looking at, so that any input
    stops it; else it starts at once and slows down towards the end. `begun` is None before the
    first tick."""

    flight: Flight
    seconds: float
    steady: bool
    begun: float | None = None

    def at(self, now: float) -> View:
        """Where it is; from its end on, exactly the flight's end."""
        if self.begun is None:
            return self.flight.start
        t = min(1.0, (now - self.begun) / self.seconds)
        return self.flight.at(t if self.steady else 1 - (1 - t) ** 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """The view and where it is going. `size` is never below 1 x 1; `animated` says whether moves
    take a moment."""

    view: View = View()
    trip: Trip | None = None
    animated: bool = False
    size: Size = (1, 1)
    cursor: Point | None = None

    @property
    def goal(self) -> View:
        """Where the view will be when it rests."""
        return self.trip.flight.end if self.trip else self.view

    @property
    def moving(self) -> bool:
        """Whether the next frame will be another one."""
        return self.trip is not None and self.trip.begun is not None

    def going(self, goal: View) -> Self:
        """On the way to a view, or there where moves take no time."""
        flight = Flight(self.view, goal)
        if not self.animated or goal == self.view or flight.octaves > LONGEST:
            return self.arrived(goal)
        if self.trip and self.trip.flight.end == goal:
            return self
        return replace(self, trip=Trip(flight, MOVE_SECONDS, steady=False))

    def flying(self, goal: View) -> Self:
        """On a long flight to a view, at a constant rate."""
        flight = Flight(self.view, goal)
        if not flight.octaves:
            return self.arrived(goal)
        return replace(self, trip=Trip(flight, flight.octaves / FLY_OCTAVES, steady=True))

    def arrived(self, view: View) -> Self:
        """At rest there."""
        return replace(self, view=view, trip=None)

    def stopped(self) -> Self:
        """A long flight ends where it is; a short move goes on."""
        return self.arrived(self.view) if self.trip and self.trip.steady else self

    def moved(self, now: float) -> Self:
        """Where it is by now."""
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
        clicks = max(-WHEEL_MOST, min(WHEEL_MOST, clicks))
        return self.zoomed(clicks * WHEEL_STEP, self.cursor)

    def pointed(self, at: Point | None) -> Self:
        """The cursor moved to `at`, or left the window."""
        return replace(self, cursor=at)
