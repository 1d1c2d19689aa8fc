"""Prints jellyfish.vm: a smooth shape of sines, blended by exponentials."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from writer import Value, Writer, coordinates, cos, exp, length, ln, sin, square, union

RIM = 0.22  # height of the bell's edge
SOFTNESS = 60  # shapes that come nearer than about 1 / SOFTNESS run into each other
TENTACLES = ((-0.52, 0.8), (-0.37, 1.02), (-0.23, 1.12), (0.24, 1.14), (0.38, 1.0), (0.53, 0.84))
ARMS = ((-0.1, 0.9), (0.1, 0.98))  # each: where it hangs, and how long it is

HEADER = """
Jellyfish: a bell with a waving rim, two frilled arms and six tentacles.
Made by assets/scripts/jellyfish.py

Tentacles are sines that swing wider the further down they hang. Shapes run into each other by a
smooth minimum, -ln(exp(-k*a) + exp(-k*b) + ...) / k.
"""


def blend(shapes: Iterable[Value]) -> Value:
    """A smooth union of `shapes`."""
    total, *others = (exp(shape * -SOFTNESS) for shape in shapes)
    for other in others:
        total = total + other
    return ln(total) * (-1 / SOFTNESS)


def ellipse(x: Value, y: Value, middle: float, width: float, height: float) -> Value:
    """An ellipse at (0, middle) with these half axes; about a distance near its edge."""
    return (length(x * (1 / width), (y - middle) * (1 / height)) - 1) * min(width, height)


def bell(x: Value, y: Value) -> Value:
    """The dome above its rim, which is arched and in waves."""
    rim = cos(x * 41.4) * 0.02 - square(x) * 0.28 + (RIM + 0.1)
    return ellipse(x, y, 0.26, 0.7, 0.66) & (rim - y)


def markings(x: Value, y: Value) -> Value:
    """Four rings in the bell, seen at a slant, and the canals that run down to the rim."""
    rings = union(
        abs(length((abs(x) - at) * (1 / narrow), y - 0.66) - 0.085) - 0.018
        for at, narrow in ((0.105, 0.85), (0.29, 0.65))
    )
    canals = abs(sin(x * exp((y | 1) * 0.5) * 17.9)) * 0.03 - 0.003
    ends = square(x) * -0.28 - y
    return rings | canals & (ends + 0.4) & -(ends + 0.52)


def strand(x: Value, y: Value, at: float, wave: float, phase: float) -> Value:
    """How far right of a waving line that hangs from (at, RIM) a point is."""
    depth = RIM - y
    return x - at - (sin(y * wave + phase) * 0.1 + at * 0.25) * depth


def hang(distance: Value, y: Value, width: Value, depth: float) -> Value:
    """A strand of this depth: full width at the rim, a fifth of it at its end."""
    end = RIM - depth
    taper = (y - end) * (0.8 / depth) + 0.2
    return abs(distance) - width * taper & (y - (RIM + 0.1)) & (end - y)


def tentacles(x: Value, y: Value) -> list[Value]:
    """The thin ones; each swings a little later than its neighbour."""
    width = cos(y * 90) * 0.0035 + 0.016
    return [hang(strand(x, y, at, 8.5, 2.2 * at), y, width, depth) for at, depth in TENTACLES]


def arms(x: Value, y: Value) -> list[Value]:
    """The broad ones, with frilled edges."""
    return [
        hang(strand(x, y, at, 6.0, 9 * at), y, sin(y * 48 + 20 * at) * 0.02 + 0.055, depth)
        for at, depth in ARMS
    ]


def jellyfish() -> str:
    """The text of jellyfish.vm."""
    writer = Writer()
    x, y = coordinates(writer)
    writer.comment("the arms and tentacles")
    parts = [*arms(x, y), *tentacles(x, y)]
    writer.comment("the bell")
    parts.append(bell(x, y))
    writer.comment("all of them run together, and the markings cut out")
    return writer.finish(blend(parts) & -markings(x, y), HEADER)


if __name__ == "__main__":
    sys.stdout.write(jellyfish())
