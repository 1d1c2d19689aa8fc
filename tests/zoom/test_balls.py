"""Balls of exact numbers hold them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from flint import arb, fmpq

from viewer.zoom.balls import ball
from viewer.zoom.precision import working

TEXTS = ["0", "-0", "1.25", "-3e-7", "1e30", "-2.5e400", "3e25000"]
LONG = ["7" * 9000, "-0." + "123456789" * 1000]


@pytest.mark.parametrize("text", TEXTS + LONG)
def test_a_ball_holds_its_decimal(text: str) -> None:
    exact = Fraction(Decimal(text))
    with working(100):
        found = ball(Decimal(text))
    with working(200_000):
        assert found.contains(arb(fmpq(exact.numerator, exact.denominator)))
        assert found.rad() <= abs(found) * arb(2) ** -98
