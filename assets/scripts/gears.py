"""Prints gears.vm: two meshing spur gears with true involute teeth."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from decimal import Decimal

from writer import Value, Writer, acos, atan2, coordinates, cos, length, sin, sqrt, square

MODULE = 0.048  # pitch diameter over number of teeth
PRESSURE = math.radians(25)
BACKLASH = 0.05 * MODULE  # play between the flanks, on the pitch circle
TIP, ROOT = 0.12 * MODULE, 0.3 * MODULE  # radii of the rounded tips and root fillets
LINE = math.radians(42)  # direction from the wheel's axle to the pinion's
TURN = math.radians(2.0)  # how far the wheel is turned from a tooth on that line

HEADER = """
Gears: a wheel of 30 teeth and a pinion of 14, in mesh, pressure angle 25 degrees.
Made by assets/scripts/gears.py

The flanks are true involutes: at the distance r from the axle a tooth is as wide as the angle
w - (tan(a) - a), a = acos(base / r). The teeth come from folding the angle with mod. They roll on
each other with a play of 0.05 modules and touch nowhere.
"""


@dataclass(frozen=True)
class Gear:
    """A spur gear with its axle at (x, y); a tooth points in the direction `phase` (radians)."""

    teeth: int
    x: float
    y: float
    phase: float

    @property
    def pitch(self) -> float:
        """Radius of the circle that rolls on the other gear's."""
        return MODULE * self.teeth / 2

    @property
    def base(self) -> float:
        """Radius of the circle that the involutes unwind from."""
        return self.pitch * math.cos(PRESSURE)


def round_meet(a: Value, b: Value, radius: float) -> Value:
    """What `a` and `b` have in common, its corner rounded; exact where they cross squarely."""
    return length((a + radius) & 0, (b + radius) & 0) + ((a & b) + radius | 0) - radius


def round_union(a: Value, b: Value, radius: float) -> Value:
    """`a` and `b` together, the corner between them filled."""
    return -round_meet(-a, -b, radius)


def fold(angle: Value, count: int, phase: float) -> Value:
    """The angle from the nearest of `count` evenly spread directions, the first one at `phase`."""
    step = 2 * math.pi / count
    exact = Decimal(repr(step))  # six places would show where the angle jumps from pi to -pi
    return abs((angle + (step / 2 - phase)) % exact - exact / 2)


def toothed(gear: Gear, radius: Value, angle: Value) -> Value:
    """The full disc with its teeth."""
    along = gear.base / (radius & gear.base) | 1  # never above 1, whatever the division rounds to
    unwound = sqrt(1 - square(along)) / along - acos(along)
    half = math.pi / 2 / gear.teeth + math.tan(PRESSURE) - PRESSURE - BACKLASH / 2 / gear.pitch
    flank = (fold(angle, gear.teeth, gear.phase) + unwound - half) * radius
    tooth = round_meet(flank, radius - (gear.pitch + MODULE), TIP)
    return round_union(tooth, radius - (gear.pitch - 1.25 * MODULE), ROOT)


def bore(x: Value, y: Value, radius: float) -> Value:
    """A hole for the axle with its keyway."""
    key = (abs(x) - 0.28 * radius) & (y - 1.32 * radius) & -y
    return length(x, y) - radius | key


def windows(radius: Value, angle: Value, count: int, inner: float, outer: float) -> Value:
    """Holes between spokes, from the hub to the rim, with round corners."""
    spoke = sin(math.pi / count - fold(angle, count, LINE + TURN)) * radius
    sides = (radius - inner) * -0.03 + 0.045 - spoke
    return round_meet(round_meet(sides, inner - radius, 0.03), radius - outer, 0.03)


def wheel(gear: Gear, x: Value, y: Value) -> Value:
    """The large gear: hub, six spokes, rim, and six bolts' holes around the axle."""
    radius, angle = length(x, y), atan2(y, x)
    near = fold(angle, 6, LINE + TURN)
    bolt = length(radius * cos(near) - 0.185, radius * sin(near)) - 0.018
    holes = windows(radius, angle, 6, 0.26, gear.pitch - 3.4 * MODULE)
    return toothed(gear, radius, angle) & -(holes | bore(x, y, 0.11) | bolt)


def pinion(gear: Gear, x: Value, y: Value) -> Value:
    """The small gear: a plain disc with holes to make it light."""
    radius, angle = length(x, y), atan2(y, x)
    near = fold(angle, 7, gear.phase)
    holes = length(radius * cos(near) - 0.2, radius * sin(near)) - 0.038
    return toothed(gear, radius, angle) & -(holes | bore(x, y, 0.09))


def gears() -> str:
    """The text of gears.vm."""
    writer = Writer()
    x, y = coordinates(writer)
    large = Gear(30, -0.2, -0.17, LINE + TURN)
    gap = LINE + math.pi - TURN * 30 / 14  # it faces the wheel's tooth, and turns against it
    distance = MODULE * (30 + 14) / 2
    across, up = distance * math.cos(LINE), distance * math.sin(LINE)
    small = Gear(14, large.x + across, large.y + up, gap + math.pi / 14)
    writer.comment("the wheel")
    first = wheel(large, x - large.x, y - large.y)
    writer.comment("the pinion")
    second = pinion(small, x - small.x, y - small.y)
    return writer.finish(first | second, HEADER)


if __name__ == "__main__":
    sys.stdout.write(gears())
