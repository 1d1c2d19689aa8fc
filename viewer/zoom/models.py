"""Taylor models: what a value is over a small square, as a quadratic and a bound on the rest.

After Berz and Makino 1998, with balls for coefficients, so that nothing is rounded out of sight.
"""

from typing import NamedTuple

from flint import arb

from viewer.zoom.balls import ZERO

Curve = tuple[arb, arb, arb]
"""Coefficients of X^2, X*Y and Y^2."""


class Size(NamedTuple):
    """How far a square reaches from its centre, and that squared."""

    half: arb
    square: arb


class Model:
    """How a value differs from its reference: x*X + y*Y + curve, and anything up to `rest`.

    X and Y are distances from the square's centre in model units, so that the coefficients of the
    coordinates are whole. `line` and `bend` bound the linear and the quadratic part.
    """

    __slots__ = ("bend", "curve", "line", "rest", "size", "x", "y")

    def __init__(self, size: Size, x: arb, y: arb, curve: Curve | None, rest: arb) -> None:
        self.size, self.x, self.y, self.curve, self.rest = size, x, y, curve, rest
        self.line = (abs(x) + abs(y)) * size.half
        self.bend = sum_of_sizes(curve) * size.square if curve else ZERO

    @property
    def reach(self) -> arb:
        """A bound on the difference."""
        return self.line + self.bend + self.rest

    def plus(self, other: "Model") -> "Model":
        """Of the sum."""
        one, two = self.curve, other.curve
        curve = one or two
        if one and two:
            curve = (one[0] + two[0], one[1] + two[1], one[2] + two[2])
        return Model(self.size, self.x + other.x, self.y + other.y, curve, self.rest + other.rest)

    def times(self, factor: arb) -> "Model":
        """Of the multiple."""
        curve = self.curve
        if curve:
            curve = (curve[0] * factor, curve[1] * factor, curve[2] * factor)
        return Model(self.size, self.x * factor, self.y * factor, curve, self.rest * abs(factor))

    def product(self, a: arb, other: "Model", b: arb) -> "Model":
        """Of the product, where this value's reference is `a` and the other's `b`."""
        x, y = other.x * a + self.x * b, other.y * a + self.y * b
        curve = (self.x * other.x, self.x * other.y + self.y * other.x, self.y * other.y)
        if self.curve:
            one = self.curve
            curve = (curve[0] + one[0] * b, curve[1] + one[1] * b, curve[2] + one[2] * b)
        if other.curve:
            one = other.curve
            curve = (curve[0] + one[0] * a, curve[1] + one[1] * a, curve[2] + one[2] * a)
        theirs = other.line + other.bend
        rest = (
            abs(a) * other.rest
            + abs(b) * self.rest
            + self.line * other.bend
            + self.bend * theirs
            + (self.line + self.bend + self.rest) * other.rest
            + theirs * self.rest
        )
        return Model(self.size, x, y, curve, rest)

    def through(self, slope: arb, curvature: arb, rest: arb) -> "Model":
        """Of a function's value: slope * d + curvature * d^2, and a bound on what is beyond."""
        x, y = self.x * slope, self.y * slope
        curve = (
            curvature * self.x * self.x,
            curvature * self.x * self.y * 2,
            curvature * self.y * self.y,
        )
        if self.curve:
            one = self.curve
            curve = (
                curve[0] + one[0] * slope,
                curve[1] + one[1] * slope,
                curve[2] + one[2] * slope,
            )
        tail = self.bend + self.rest
        beyond = abs(slope) * self.rest + abs(curvature) * (self.line * 2 + tail) * tail + rest
        return Model(self.size, x, y, curve, beyond)


def sum_of_sizes(balls: Curve) -> arb:
    """The sum of the absolute values."""
    return abs(balls[0]) + abs(balls[1]) + abs(balls[2])


def flat(size: Size, reach: arb) -> Model:
    """Of a value of which nothing is known but how far it is from its reference."""
    return Model(size, ZERO, ZERO, None, reach)
