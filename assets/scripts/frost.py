"""Prints frost.vm: a snow crystal made by folding, the same at every depth."""

from __future__ import annotations

import sys
from decimal import Decimal

from writer import Value, Writer, coordinates

LEVELS = 112
FACTOR = Decimal("2.5")
DISTANCE = Decimal("0.588")
TAPER = Decimal("0.3")
WIDTH = Decimal("0.14")

HEADER = """
Frost: a star with four stars at its tips, each 2.5 times smaller, and so on, 112 levels deep.
Made by assets/scripts/frost.py

Every level is the same text: fold the plane into the sector 0 <= y <= x, take the star there, then
make the small star at (0.588, 0) the large one: x = (x - 0.588) * 2.5, y = y * 2.5. So the picture
repeats, exactly (but for what is deeper than the last level, 2.5^-112 or some 1e-45):

- around (0.98, 0): for |u|, |v| <= 0.48 the point (0.98 + u, v) is inside just when
  (0.98 + 2.5*u, 2.5*v) is; for each k >= 0 the view 0.98,0 at zoom 2.5^k is the same picture;
- around (0.7, 0.28): for |u|, |v| <= 0.2 the point (0.7 + u, 0.28 + v) is inside just when
  (0.7 + 2.5*v, 0.28 + 2.5*u) is; for each k >= 0 the view 0.7,0.28 at zoom 2 * 2.5^k is the same
  picture, mirrored about the rising diagonal where k is odd.
"""


def frost() -> str:
    """The text of frost.vm."""
    writer = Writer()
    x, y = coordinates(writer)
    stars: list[Value] = []
    for level in range(LEVELS):
        writer.comment(f"level {level}")
        if level:
            x, y = (x - DISTANCE) * FACTOR, y * FACTOR
        x, y = abs(x), abs(y)
        x, y = x & y, x | y
        stars.append(x * TAPER + y - WIDTH)
    return writer.finish(_shrunk_together(writer, stars), HEADER)


def _shrunk_together(writer: Writer, stars: list[Value]) -> Value:
    """The union of `stars`, the last one first, shrinking by the factor at every step."""
    writer.comment("the levels together, from the smallest star to the largest")
    shape = stars[-1]
    for star in reversed(stars[:-1]):
        shape = star | shape * (1 / FACTOR)
    return shape


if __name__ == "__main__":
    sys.stdout.write(frost())
