"""Polynomials of degree two or less in x and y, with exact decimal coefficients.

    c + x*X + y*Y + xx*X^2 + xy*X*Y + yy*Y^2

Nearly every leaf of a CSG program is one: a line, a circle, an ellipse. Sums and products of
decimals are decimals, so nothing is rounded; `None` stands for "not a quadratic".
"""

import math
from collections.abc import Callable
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import NamedTuple

ARITHMETIC = Context(prec=10_000, Emax=10**5, Emin=-(10**5), traps=[Inexact])
"""Room for any sensible coefficient; raises rather than rounds."""
PLACES = Context(prec=10**6, Emax=10**7, Emin=-(10**7), traps=[Inexact])
"""Room for coordinates at any depth too, where they have as many digits as the zoom is deep."""

ZERO, ONE = Decimal(0), Decimal(1)
_add, _sub, _mul = ARITHMETIC.add, ARITHMETIC.subtract, ARITHMETIC.multiply
_shared = lru_cache(maxsize=8)(PLACES.multiply)


class Quadratic(NamedTuple):
    """The coefficients, exactly."""

    c: Decimal = ZERO
    x: Decimal = ZERO
    y: Decimal = ZERO
    xx: Decimal = ZERO
    xy: Decimal = ZERO
    yy: Decimal = ZERO

    @staticmethod
    def number(value: Decimal) -> "Quadratic":
        """A constant. Raises `DecimalException`, as all that is made of it may, where there is no
        room for it."""
        return Quadratic(ARITHMETIC.plus(value))

    @property
    def degree(self) -> int:
        """0, 1 or 2. The zero polynomial counts as a constant."""
        if self.xx or self.xy or self.yy:
            return 2
        return 1 if self.x or self.y else 0

    def plus(self, other: "Quadratic") -> "Quadratic":
        """The sum."""
        return Quadratic(*map(_add, self, other)) if any(other) else self

    def minus(self, other: "Quadratic") -> "Quadratic":
        """The difference."""
        return Quadratic(*map(_sub, self, other))

    def negative(self) -> "Quadratic":
        """The opposite."""
        return Quadratic(*map(ARITHMETIC.minus, self))

    def square(self) -> "Quadratic | None":
        """The square, or None where its degree is above two."""
        return self.product(self)

    def times(self, factor: Decimal) -> "Quadratic":
        """The multiple by a number."""
        if factor == 1:
            return self
        return Quadratic(*[_mul(factor, value) if value else value for value in self])

    def product(self, other: "Quadratic") -> "Quadratic | None":
        """The product, or None where its degree is above two."""
        if other.degree == 0:
            return self.times(other.c)
        if self.degree == 0:
            return other.times(self.c)
        if self.degree + other.degree > 2:
            return None
        a, b = self, other
        return Quadratic(
            _mul(a.c, b.c),
            _add(_mul(a.c, b.x), _mul(a.x, b.c)),
            _add(_mul(a.c, b.y), _mul(a.y, b.c)),
            _mul(a.x, b.x),
            _add(_mul(a.x, b.y), _mul(a.y, b.x)),
            _mul(a.y, b.y),
        )

    def nowhere_negative(self) -> bool:
        """Whether it is at least zero everywhere: then, and only then, no principal minor of its
        (doubled, homogeneous) matrix is negative."""
        c, x, y, xx, xy, yy = self
        if not (xx or xy or yy):
            return not (x or y or c < 0)
        if c < 0 or xx < 0 or yy < 0:
            return False
        a, b, c = _add(xx, xx), _add(yy, yy), _add(c, c)
        pairs = ((a, b, xy), (a, c, x), (b, c, y))
        if any(_mul(p, q) < _mul(r, r) for p, q, r in pairs):
            return False
        crossed = _mul(_mul(_add(x, x), y), xy)
        lost = [_mul(_mul(r, r), other) for (_, _, r), other in zip(pairs, (c, b, a), strict=True)]
        return _add(_mul(_mul(a, b), c), crossed) >= _add(_add(lost[0], lost[1]), lost[2])

    def recentred(self, x: Decimal, y: Decimal, half: Decimal) -> "Quadratic":
        """The same in coordinates whose origin is at (x, y) and whose unit is `half`."""
        add, mul = PLACES.add, PLACES.multiply
        c, bx, by, xx, xy, yy = self
        if not (xx or xy or yy):
            at = add(c, add(mul(bx, x), mul(by, y)))
            return Quadratic(at, mul(half, bx), mul(half, by))
        # All products of two long numbers: other quadratics need the same ones.
        across, along = _shared(half, x), _shared(half, y)
        slanted = add(mul(xx, _shared(x, x)), add(mul(xy, _shared(x, y)), mul(yy, _shared(y, y))))
        square = _shared(half, half)
        return Quadratic(
            add(c, add(add(mul(bx, x), mul(by, y)), slanted)),
            add(mul(bx, half), add(mul(add(xx, xx), across), mul(xy, along))),
            add(mul(by, half), add(mul(add(yy, yy), along), mul(xy, across))),
            *[mul(square, value) for value in (xx, xy, yy)],
        )

    def scaled(self) -> tuple[float, ...]:
        """Float64 coefficients of a multiple by a power of ten, the largest of about 1, each
        rounded once. The zero polynomial gives zeros."""
        places = -max([value.adjusted() for value in self if value], default=0)
        return tuple([float(PLACES.scaleb(value, places)) if value else 0.0 for value in self])

    def normal(self) -> tuple[tuple[int, ...], bool]:
        """What is the same for all multiples: whole coefficients without a common factor, of which
        the first that is not zero is positive; and whether it was negative. The zero polynomial is
        its own normal form."""
        ratios = [value.as_integer_ratio() for value in self]
        common = math.lcm(*[denominator for _, denominator in ratios])
        whole = [numerator * (common // denominator) for numerator, denominator in ratios]
        divisor = math.gcd(*whole) or 1
        negated = next((value for value in whole if value), 1) < 0
        if negated:
            divisor = -divisor
        return tuple([value // divisor for value in whole]), negated


Polynomial = Callable[..., Quadratic | None]
"""From the quadratics of the operands to that of the value."""
