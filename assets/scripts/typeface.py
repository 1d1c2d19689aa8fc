"""A geometric typeface in one stroke width: the letters of the bundled text, each a few strokes.

Lengths are in x-heights. A glyph stands on the baseline y = 0 and its ink begins at x = 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from pen import STROKE, Pen
from writer import Value

Draw = Callable[[Pen], Value]


@dataclass(frozen=True)
class Glyph:
    """A letter: the width of its ink, the space at its sides, how it is drawn."""

    width: float
    before: float
    after: float
    draw: Draw


GLYPHS: dict[str, Glyph] = {}
KERNING = {
    "We": -0.12,
    "Wi": -0.05,
    "r,": -0.12,
    "f,": -0.1,
    "fa": -0.03,
    "ff": -0.02,
}

STRAIGHT, ROUND, OPEN = 0.17, 0.105, 0.05  # the space beside upright, round and open sides
OVERSHOOT = 0.015  # round letters reach a little past the lines, or they would look too small
ASCENDER, CAPITAL, DESCENDER = 1.6, 1.45, -0.58
BOWL = 0.5 + OVERSHOOT  # outer radius of o
ROUND_CAPITAL = CAPITAL / 2 + OVERSHOOT  # outer radius of O
ARCH = 0.44  # outer radius of n
LEAN, STEEP = 0.37, 0.3  # run of the slanted strokes of v, and of w, for a rise of 1
POINT = 0.2  # width where two slanted strokes meet
OVERLAP = math.hypot(1, STEEP) * STROKE - POINT  # of the two wedges of w


def glyph(name: str, width: float, before: float, after: float) -> Callable[[Draw], Draw]:
    """Registers the drawing function of a letter."""

    def register(draw: Draw) -> Draw:
        GLYPHS[name] = Glyph(width, before, after, draw)
        return draw

    return register


def arch(pen: Pen, x: float, radius: float) -> Value:
    """The bend of n from the stem at x to the next one, and that stem."""
    centre = 1 + OVERSHOOT - radius
    bend = pen.ring(x + radius, centre, radius) & pen.above(centre)
    return bend | pen.stem(x + 2 * radius - STROKE, 0, centre)


def strip(left: Value, right: Value) -> Value:
    """The strokes along the inner side of two edges, where both are passed: the legs of v or A."""
    return left & right & -((left + STROKE) & (right + STROKE))


def wedge(pen: Pen, x: float, top: float, lean: float) -> Value:
    """Two slanted strokes that meet at the baseline, from x on: v."""
    run = lean * top
    left = pen.right_of(x + run, 0, -lean, 1)
    right = pen.left_of(x + run + POINT, 0, lean, 1)
    return strip(left, right) & pen.between(0, top)


def spine(pen: Pen, upper: float, lower: float) -> Value:
    """The two bends of s, with these outer radii, from the baseline up."""
    x = max(upper, lower)
    low = lower - OVERSHOOT
    high = low + lower + upper - STROKE
    bottom = pen.right_of(x, low, 1, 1) | pen.after(x)
    top = pen.left_of(x, high, 1, 1) | pen.before(x)
    return pen.ring(x, low, lower) & bottom | pen.ring(x, high, upper) & top


@glyph("a", 2 * BOWL, ROUND, STRAIGHT)
def _(pen: Pen) -> Value:
    return pen.ring(BOWL, 0.5, BOWL) | pen.stem(2 * BOWL - STROKE, 0, 1)


@glyph("b", 2 * BOWL, STRAIGHT, ROUND)
def _(pen: Pen) -> Value:
    return pen.stem(0, 0, ASCENDER) | pen.ring(BOWL, 0.5, BOWL)


@glyph("c", 1.7 * BOWL, ROUND, OPEN)
def _(pen: Pen) -> Value:
    jaws = pen.left_of(BOWL, 0.5, 1, 1) | pen.left_of(BOWL, 0.5, -1, 1)
    return pen.ring(BOWL, 0.5, BOWL) & jaws


@glyph("d", 2 * BOWL, ROUND, STRAIGHT)
def _(pen: Pen) -> Value:
    return pen.ring(BOWL, 0.5, BOWL) | pen.stem(2 * BOWL - STROKE, 0, ASCENDER)


@glyph("e", 2 * BOWL, ROUND, ROUND - 0.02)
def _(pen: Pen) -> Value:
    bottom = 0.5 - STROKE / 2
    jaws = pen.above(bottom) | pen.left_of(BOWL, 0.5, -1, 1)
    edge = pen.between(bottom, bottom + STROKE) & pen.disc(BOWL, 0.5, BOWL)
    return pen.ring(BOWL, 0.5, BOWL) & jaws | edge


@glyph("f", 0.62, OPEN, 0.0)
def _(pen: Pen) -> Value:
    left, radius = 0.16, 0.36
    centre = ASCENDER - radius
    hook = pen.ring(left + radius, centre, radius) & pen.above(centre) & pen.before(0.62)
    return hook | pen.stem(left, 0, centre) | pen.bar(0, 0.56, 1 - STROKE)


@glyph("g", 2 * BOWL, ROUND, STRAIGHT)
def _(pen: Pen) -> Value:
    centre = DESCENDER + BOWL
    tail = pen.ring(BOWL, centre, BOWL) & pen.below(centre) & pen.right_of(BOWL, centre, 1, 1)
    return pen.ring(BOWL, 0.5, BOWL) | pen.stem(2 * BOWL - STROKE, centre, 1) | tail


@glyph("h", 2 * ARCH, STRAIGHT, STRAIGHT)
def _(pen: Pen) -> Value:
    return pen.stem(0, 0, ASCENDER) | arch(pen, 0, ARCH)


@glyph("i", STROKE, STRAIGHT, STRAIGHT)
def _(pen: Pen) -> Value:
    return pen.stem(0, 0, 1) | pen.disc(STROKE / 2, 1.38, 0.12)


@glyph("k", 0.84, STRAIGHT, OPEN - 0.02)
def _(pen: Pen) -> Value:
    arm = pen.slanted(0, 0.26, 1, 1) & pen.between(0.2, 1) & pen.after(STROKE / 2)
    leg = pen.slanted(0.84 - STROKE * math.sqrt(2), 0, -1, 1) & pen.above(0)
    foot = leg & pen.right_of(0, 0.26, 1, 1)
    return pen.stem(0, 0, ASCENDER) | arm | foot


@glyph("l", STROKE, STRAIGHT, STRAIGHT)
def _(pen: Pen) -> Value:
    return pen.stem(0, 0, ASCENDER)


@glyph("m", 4 * 0.4 - STROKE, STRAIGHT, STRAIGHT)
def _(pen: Pen) -> Value:
    return pen.stem(0, 0, 1) | arch(pen, 0, 0.4) | arch(pen, 0.8 - STROKE, 0.4)


@glyph("n", 2 * ARCH, STRAIGHT, STRAIGHT)
def _(pen: Pen) -> Value:
    return pen.stem(0, 0, 1) | arch(pen, 0, ARCH)


@glyph("o", 2 * BOWL, ROUND, ROUND)
def _(pen: Pen) -> Value:
    return pen.ring(BOWL, 0.5, BOWL)


@glyph("p", 2 * BOWL, STRAIGHT, ROUND)
def _(pen: Pen) -> Value:
    return pen.stem(0, DESCENDER, 1) | pen.ring(BOWL, 0.5, BOWL)


@glyph("r", 0.62, STRAIGHT, 0.0)
def _(pen: Pen) -> Value:
    centre = 1 + OVERSHOOT - ARCH
    bend = pen.ring(ARCH, centre, ARCH) & pen.above(centre) & pen.before(0.62)
    return pen.stem(0, 0, 1) | bend


@glyph("s", (1 + STROKE + 2 * OVERSHOOT) / 2, ROUND, ROUND)
def _(pen: Pen) -> Value:
    radius = (1 + STROKE + 2 * OVERSHOOT) / 4
    return spine(pen, radius, radius)


@glyph("t", 0.6, OPEN, OPEN)
def _(pen: Pen) -> Value:
    left, radius = 0.17, 0.34
    foot = pen.ring(left + radius, radius, radius) & pen.below(radius) & pen.before(0.6)
    return foot | pen.stem(left, radius, 1.4) | pen.bar(0, 0.56, 1 - STROKE)


@glyph("u", 2 * ARCH, STRAIGHT, STRAIGHT)
def _(pen: Pen) -> Value:
    centre = ARCH - OVERSHOOT
    bend = pen.ring(ARCH, centre, ARCH) & pen.below(centre)
    return bend | pen.stem(0, centre, 1) | pen.stem(2 * ARCH - STROKE, 0, 1)


@glyph("v", 2 * LEAN + POINT, OPEN, OPEN)
def _(pen: Pen) -> Value:
    return wedge(pen, 0, 1, LEAN)


@glyph("w", 4 * STEEP + POINT - OVERLAP, OPEN, OPEN)
def _(pen: Pen) -> Value:
    return wedge(pen, 0, 1, STEEP) | wedge(pen, 2 * STEEP - OVERLAP, 1, STEEP)


@glyph("y", 2 * LEAN + POINT, OPEN, OPEN)
def _(pen: Pen) -> Value:
    right = pen.left_of(LEAN + POINT, 0, LEAN, 1)
    left = pen.right_of(LEAN, 0, -LEAN, 1)
    long = right & (-STROKE - right) & pen.between(DESCENDER, 1)
    return long | left & (-STROKE - left) & right & pen.between(0, 1)


@glyph("A", 2 * LEAN * CAPITAL + POINT, OPEN, OPEN)
def _(pen: Pen) -> Value:
    run = LEAN * CAPITAL
    left = pen.right_of(0, 0, LEAN, 1)
    right = pen.left_of(2 * run + POINT, 0, -LEAN, 1)
    edge = left & right & pen.between(0.38, 0.38 + STROKE)
    return strip(left, right) & pen.between(0, CAPITAL) | edge


@glyph("E", 0.8, STRAIGHT, ROUND)
def _(pen: Pen) -> Value:
    rows = pen.between(0, STROKE) | pen.between(CAPITAL - STROKE, CAPITAL)
    arms = rows & pen.after(0) & pen.before(0.8)
    return pen.stem(0, 0, CAPITAL) | arms | pen.bar(0, 0.72, 0.68)


@glyph("F", 0.76, STRAIGHT, OPEN)
def _(pen: Pen) -> Value:
    top = pen.bar(0, 0.76, CAPITAL - STROKE)
    return pen.stem(0, 0, CAPITAL) | top | pen.bar(0, 0.68, 0.62)


@glyph("G", 2 * ROUND_CAPITAL, ROUND, ROUND)
def _(pen: Pen) -> Value:
    middle = CAPITAL / 2
    jaws = pen.below(middle) | pen.left_of(ROUND_CAPITAL, middle, 1, 1)
    tongue = pen.bar(ROUND_CAPITAL, 2 * ROUND_CAPITAL - STROKE / 2, middle - STROKE)
    return pen.ring(ROUND_CAPITAL, middle, ROUND_CAPITAL) & jaws | tongue


@glyph("H", 1.12, STRAIGHT, STRAIGHT)
def _(pen: Pen) -> Value:
    stems = pen.stem(0, 0, CAPITAL) | pen.stem(1.12 - STROKE, 0, CAPITAL)
    return stems | pen.bar(0, 1.12, 0.66)


@glyph("I", STROKE, STRAIGHT, STRAIGHT)
def _(pen: Pen) -> Value:
    return pen.stem(0, 0, CAPITAL)


@glyph("L", 0.74, STRAIGHT, OPEN)
def _(pen: Pen) -> Value:
    return pen.stem(0, 0, CAPITAL) | pen.bar(0, 0.74, 0)


@glyph("S", 0.84, ROUND, ROUND)
def _(pen: Pen) -> Value:
    return spine(pen, (CAPITAL + STROKE + 2 * OVERSHOOT) / 2 - 0.42, 0.42)


@glyph("T", 1.06, OPEN, OPEN)
def _(pen: Pen) -> Value:
    return pen.stem(0.53 - STROKE / 2, 0, CAPITAL) | pen.bar(0, 1.06, CAPITAL - STROKE)


@glyph("W", 4 * STEEP * CAPITAL + POINT - OVERLAP, OPEN, OPEN)
def _(pen: Pen) -> Value:
    second = 2 * STEEP * CAPITAL - OVERLAP
    return wedge(pen, 0, CAPITAL, STEEP) | wedge(pen, second, CAPITAL, STEEP)


@glyph(".", 0.26, ROUND + 0.02, ROUND)
def _(pen: Pen) -> Value:
    return pen.disc(0.13, 0.115, 0.13)


@glyph(",", 0.26, ROUND + 0.02, ROUND)
def _(pen: Pen) -> Value:
    tail = pen.disc(0.0, 0.115, 0.26) & -pen.disc(-0.12, 0.175, 0.276) & pen.below(0.115)
    return pen.disc(0.13, 0.115, 0.13) | tail


@glyph("'", 0.18, ROUND, ROUND)
def _(pen: Pen) -> Value:
    left, right = pen.right_of(0, ASCENDER, -0.1, 1), pen.left_of(0.18, ASCENDER, 0.1, 1)
    return left & right & pen.between(1.12, ASCENDER)


@glyph("-", 0.42, ROUND, ROUND)
def _(pen: Pen) -> Value:
    return pen.bar(0, 0.42, 0.42)
