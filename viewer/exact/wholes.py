"""Quadratics in whole numbers: their signs at points, and their coefficients about any square.

Only signs matter, so a quadratic is multiplied by what makes its coefficients whole, and what is
worked out from it by what makes that whole: nothing is divided, and no fraction reduced. FLINT's
integers are quick at any size.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from flint import fmpz
from numpy.typing import NDArray

from viewer.exact.raster import Point, common
from viewer.program.quadratic import PLACES, Quadratic
from viewer.sign.tiles import EPSILON, Anchor

Floats = NDArray[np.float64]

BITS = 64
"""Of the largest coefficient, what is kept when it is rounded."""


class Whole(NamedTuple):
    """A positive multiple of a quadratic: c + x*X + y*Y + xx*X^2 + xy*X*Y + yy*Y^2."""

    c: fmpz
    x: fmpz
    y: fmpz
    xx: fmpz
    xy: fmpz
    yy: fmpz

    @staticmethod
    def of(quadratic: Quadratic) -> "Whole":
        """The same quadratic, times a power of ten."""
        least = min(int(value.as_tuple().exponent) for value in quadratic)
        return Whole(*[fmpz(int(PLACES.scaleb(value, -least))) for value in quadratic])

    def below(self, point: Point) -> bool:
        """Whether it is below zero at a point."""
        x, y, unit = point
        value = self.c * unit + self.x * x + self.y * y
        if self.xx or self.xy or self.yy:
            value = value * unit + self.xx * x * x + (self.xy * x + self.yy * y) * y
        return bool(value < 0)

    def recentred(self, centre: Point, half: fmpz) -> tuple[fmpz, ...]:
        """Coefficients of a positive multiple in coordinates whose origin is at a point and whose
        unit is `half`, in the point's own unit."""
        x, y, unit = centre
        c, bx, by, xx, xy, yy = self
        if not (xx or xy or yy):
            return c * unit + bx * x + by * y, half * bx, half * by, *(fmpz(0),) * 3
        slope_x, slope_y = bx * unit + xx * x + xy * y, by * unit + yy * y
        square = half * half
        return (
            c * unit * unit + slope_x * x + slope_y * y,
            half * (slope_x + xx * x),
            half * (slope_y + yy * y + xy * x),
            square * xx,
            square * xy,
            square * yy,
        )


def about(wholes: Sequence[Whole], anchor: Anchor) -> tuple[Floats, Floats]:
    """Coefficients in the coordinates of a square, each quadratic's largest about 1, float64
    (n, 6), and how far off these quadratics may be anywhere in it, float64 (n,)."""
    *centre, half, unit = common(anchor.x, anchor.y, anchor.half)
    point = Point(centre[0], centre[1], unit)
    local = np.array([_leading(whole.recentred(point, half)) for whole in wholes], np.float64)
    local = np.ldexp(local.reshape(-1, 6), -BITS)
    # A coefficient is cut to a part in 2**BITS of the largest, and rounded.
    return local, EPSILON * np.abs(local).sum(axis=1)


def _leading(values: tuple[fmpz, ...]) -> list[int]:
    """The same times a power of two, in whole numbers below 2**BITS."""
    drop = max([value.bit_length() for value in values]) - BITS
    if drop < 0:
        return [int(value << -drop) for value in values]
    return [int(value >> drop) for value in values]
