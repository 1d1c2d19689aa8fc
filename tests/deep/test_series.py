"""The oracle's functions, held to mpmath, which has no other say in it."""

from fractions import Fraction

import mpmath
from hypothesis import given
from hypothesis import strategies as st

from tests.deep import series

BITS = st.sampled_from([20, 64, 200, 1100])


@st.composite
def numbers(draw: st.DrawFn) -> tuple[int, int]:
    """Of any size, a whole multiple of pi/2 or of ln 2 or next to 1 now and then."""
    bits = draw(BITS)
    one = 1 << bits
    special = draw(st.sampled_from([0, one, one // 2, 3 << bits - 2, series.pi(bits)[0] // 2]))
    spread = draw(st.sampled_from([2, 1 << bits // 2, one, 200 << bits]))
    return draw(st.sampled_from([-3, -1, 1, 2, 7])) * special + draw(
        st.integers(-spread, spread)
    ), bits


def check(found: tuple[int, int], exact: object, bits: int, ulps: int = 4) -> None:
    low, high = found
    assert low <= exact * mpmath.mpf(2) ** bits <= high
    assert high - low <= ulps


@given(numbers())
def test_a_function_encloses_what_mpmath_has(case: tuple[int, int]) -> None:
    a, bits = case
    with mpmath.workprec(3 * bits + 1500):
        x = mpmath.mpf(a) / (1 << bits)
        check(series.exp(a, bits), mpmath.exp(x), bits)
        check(series.sin(a, bits), mpmath.sin(x), bits)
        check(series.cos(a, bits), mpmath.cos(x), bits)
        check(series.atan(a, bits), mpmath.atan(x), bits)
        if a > 0:
            check(series.ln(a, bits), mpmath.ln(x), bits)
        if abs(a) <= 1 << bits:
            check(series.asin(a, bits), mpmath.asin(x), bits)
            check(series.acos(a, bits), mpmath.acos(x), bits)


@given(numbers(), st.integers(-(10**40), 10**40))
def test_an_angle_encloses_what_mpmath_has(case: tuple[int, int], other: int) -> None:
    a, bits = case
    if a or other:
        with mpmath.workprec(3 * bits + 1500):
            check(series.atan2(a, other, bits), mpmath.atan2(a, other), bits)
            check(series.atan2(other, a, bits), mpmath.atan2(other, a), bits)


@given(BITS)
def test_pi(bits: int) -> None:
    with mpmath.workprec(bits + 100):
        check(series.pi(bits), +mpmath.pi, bits)


def test_far_out() -> None:
    """Where a period or an octave has been taken off very often."""
    for x in (10**30, -(10**30), 10**200):
        with mpmath.workprec(3000):
            check(series.sin(x << 64, 64), mpmath.sin(x), 64)
            check(series.cos(x << 64, 64), mpmath.cos(x), 64)
            check(series.ln(abs(x) << 64, 64), mpmath.ln(abs(x)), 64)
            check(series.atan(x << 64, 64), mpmath.atan(x), 64)
    assert series.exp(-(10**30) << 64, 64) == (0, 1)
    with mpmath.workprec(6000):
        check(series.exp(3000 << 64, 64), mpmath.exp(3000), 64)
    assert Fraction(series.exp(0, 64)[1], 1 << 64) >= 1
