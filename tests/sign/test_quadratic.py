"""The arithmetic of quadratics: exact, whatever the size of the numbers."""

from decimal import Decimal
from fractions import Fraction
from math import gcd

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.sign.exact import Point, Square, local, points, value
from viewer.program.quadratic import Quadratic

NUMBERS = st.one_of(
    st.integers(-400, 400).map(lambda n: Decimal(n) / 100),
    st.sampled_from([Decimal(text) for text in ("0", "1e-300", "-1e300", "0.1", "3e-7")]),
    st.integers(-(10**23), 10**23).map(lambda n: Decimal(n).scaleb(-20)),
)


def quadratics(terms: int) -> st.SearchStrategy[Quadratic]:
    return st.tuples(*[NUMBERS] * terms).map(lambda numbers: Quadratic(*numbers))


ANY = st.one_of(quadratics(6), quadratics(3), quadratics(1))


@given(ANY, ANY, points())
def test_sums_and_differences(a: Quadratic, b: Quadratic, at: Point) -> None:
    assert value(a.plus(b), *at) == value(a, *at) + value(b, *at)
    assert value(a.minus(b), *at) == value(a, *at) - value(b, *at)
    assert value(a.negative(), *at) == -value(a, *at)


@given(ANY, NUMBERS, points())
def test_multiples(a: Quadratic, factor: Decimal, at: Point) -> None:
    assert value(a.times(factor), *at) == Fraction(factor) * value(a, *at)


@given(ANY, ANY, points())
def test_products(a: Quadratic, b: Quadratic, at: Point) -> None:
    product = a.product(b)
    if product is None:
        assert a.degree + b.degree > 2
    else:
        assert value(product, *at) == value(a, *at) * value(b, *at)
        assert b.product(a) == product
    square = a.square()
    assert (square is None) == (a.degree == 2)
    if square is not None:
        assert value(square, *at) == value(a, *at) ** 2


@given(ANY)
def test_degree(a: Quadratic) -> None:
    assert a.degree == (2 if any(a[3:]) else 1 if any(a[1:3]) else 0)


@given(
    ANY,
    *[st.fractions(-9, 9).map(lambda n: Decimal(n.numerator) / 1024)] * 2,
    st.integers(-3300, 40),
)
def test_recentring_is_exact(a: Quadratic, x: Decimal, y: Decimal, exponent: int) -> None:
    half = Decimal(f"976562.5e{exponent}")
    square = Square(Fraction(x), Fraction(y), Fraction(half))
    assert tuple(map(Fraction, a.recentred(x, y, half))) == local(a, square)


@given(ANY, st.integers(-4000, 4000))
def test_scaled_is_a_positive_multiple_rounded_once(a: Quadratic, exponent: int) -> None:
    a = a.times(Decimal(f"1e{exponent}"))
    found = a.scaled()
    if not any(a):
        assert found == (0.0,) * 6
        return
    power = Fraction(10) ** -max(number.adjusted() for number in a if number)
    assert 1 <= max(map(abs, found)) <= 10
    assert found == tuple(float(Fraction(number) * power) for number in a)


@given(ANY, NUMBERS)
def test_multiples_have_one_normal_form(a: Quadratic, factor: Decimal) -> None:
    assume(factor)
    (form, negative), (same, other) = a.normal(), a.times(factor).normal()
    assert form == same
    if any(a):
        assert (negative != other) == (factor < 0)
        assert next(filter(None, form)) > 0
        assert gcd(*form) == 1
        lead, of = next((p, q) for p, q in zip(a, form, strict=True) if q)
        assert [Fraction(p) * of for p in a] == [q * Fraction(lead) for q in form]
    else:
        assert not any(form)
        assert not negative


def test_what_does_not_fit_raises_rather_than_rounds() -> None:
    huge, tiny = Quadratic(Decimal("1e50000")), Quadratic(Decimal("1e-50000"))
    with pytest.raises(ArithmeticError):
        huge.plus(tiny)
    with pytest.raises(ArithmeticError):
        huge.times(Decimal("1e50001"))


@given(ANY, points())
def test_what_is_nowhere_negative_is_not_so_anywhere(a: Quadratic, at: Point) -> None:
    if a.nowhere_negative():
        assert value(a, *at) >= 0


@given(quadratics(3), quadratics(3), NUMBERS)
def test_a_sum_of_squares_is_nowhere_negative(a: Quadratic, b: Quadratic, c: Decimal) -> None:
    squares = a.square(), b.square()
    assert squares[0] is not None and squares[1] is not None
    found = squares[0].plus(squares[1]).plus(Quadratic(abs(c)))
    assert found.nowhere_negative()
    below = found.plus(Quadratic(found.c.copy_negate())).plus(Quadratic(Decimal(-1)))
    assert not below.nowhere_negative()
