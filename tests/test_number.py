"""Numbers: the grammar of constants, and rounding once to float32 and float64."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import constants, decimals
from viewer.program.number import (
    apart,
    decimal,
    digits_of,
    doubled,
    nearest,
    places,
    plus,
    quotient,
    ratio,
    scaled,
)

LARGEST: dict[Any, Fraction] = {
    np.float32: Fraction(2**128 - 2**104),
    np.float64: Fraction(2**1024 - 2**971),
}
LOWEST: dict[Any, int] = {
    np.float32: -149,
    np.float64: -1074,
}  # the exponent of the smallest subnormal
BITS: dict[Any, int] = {np.float32: 24, np.float64: 53}
FLOATS = pytest.mark.parametrize("dtype", [np.float32, np.float64])
HALF_OF_SMALLEST = f"{Fraction(5**150, 10**150).numerator}e-150"  # 2**-150, a tie with zero
TOO_LARGE = 2**128 - 2**103  # the tie between the largest float32 and infinity


def rounded(value: Fraction, dtype: Any) -> Fraction | float:
    """`value` to the nearest multiple of the unit in its last place, ties to even."""
    if value == 0:
        return Fraction(0)
    size = abs(value).numerator.bit_length() - value.denominator.bit_length()
    size -= abs(value) < Fraction(2) ** size  # now 2**size <= |value| < 2**(size + 1)
    unit = Fraction(2) ** max(size + 1 - BITS[dtype], LOWEST[dtype])
    result: Fraction = round(value / unit) * unit
    if abs(result) > LARGEST[dtype]:
        return float("inf") if value > 0 else float("-inf")
    return result


def check(value: Decimal | Fraction, dtype: Any) -> None:
    found = nearest(value, dtype)
    assert type(found) is dtype
    expected = rounded(Fraction(value), dtype)
    if isinstance(expected, float):
        assert found == expected
    else:
        assert Fraction(float(found)) == expected


@FLOATS
@given(value=st.one_of(constants(), decimals()).map(Decimal))
@example(value=Decimal(HALF_OF_SMALLEST))
@example(value=Decimal(HALF_OF_SMALLEST.replace("e", "1e").replace("-150", "-151")))
@example(value=Decimal(TOO_LARGE))
@example(value=Decimal(f"{TOO_LARGE - 1}.999999999"))
@example(value=Decimal(f"-{TOO_LARGE - 1}.999999999"))
@example(value=Decimal(f"{TOO_LARGE}.000000001"))
@example(value=Decimal(2**1024 - 2**970))
@example(value=Decimal(f"{2**1024 - 2**970 - 1}.9"))
@example(value=Decimal(2**24 + 1))
@example(value=Decimal("16777217.0000000000000000000001"))
@example(value=Decimal("16777218.9999999999999999999999"))
def test_a_decimal_is_rounded_once(value: Decimal, dtype: Any) -> None:
    check(value, dtype)


@FLOATS
@given(
    mantissa=st.integers(2**23, 2**24 - 1),
    exponent=st.integers(-175, 110),
    nudge=st.integers(-2, 2),
    far=st.integers(30, 400),
)
def test_ties_of_float32_and_their_neighbours(
    mantissa: int, exponent: int, nudge: int, far: int, dtype: Any
) -> None:
    tie = Fraction(2 * mantissa + 1) * Fraction(2) ** exponent
    for value in (tie, -tie):
        check(value + nudge * value / 2**far, dtype)


@FLOATS
@given(numerator=st.integers(), denominator=st.integers(1, 10**40))
def test_a_fraction_is_rounded_once(numerator: int, denominator: int, dtype: Any) -> None:
    check(Fraction(numerator, denominator), dtype)


@FLOATS
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e999999999", float("inf")),
        ("-1e999999999", float("-inf")),
        ("1e-999999999", 0.0),
        ("-1e-999999999", -0.0),
        ("-0", -0.0),
    ],
)
def test_out_of_range(text: str, expected: float, dtype: Any) -> None:
    found = nearest(Decimal(text), dtype)
    assert (found, np.signbit(found)) == (expected, np.signbit(expected))


@given(text=decimals())
def test_the_grammar_keeps_every_digit(text: str) -> None:
    value = decimal(text.encode("ascii"))
    assert value is not None
    assert Fraction(value) == Fraction(
        text.rstrip(".") if "e" not in text else text.replace(".e", "e")
    )


@pytest.mark.parametrize(
    "text",
    [
        *("", "+", "-", ".", "e5", ".e5", "1e", "1e+", "1.2.3", "--1", "+-1", "1-", "0x10", "1f"),
        *(
            "1_000",
            "1,5",
            "1 0",
            " 1",
            "1\n",
            "1\v",
            "inf",
            "-inf",
            "nan",
            "NaN",
            "Infinity",
            "1d5",
        ),
        *("١", "１", "½", "1e٣", "−1", "\0", "1\0", "1e9999999999999999999"),
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert decimal(text.encode()) is None


@given(text=st.text("0123456789+-.eE_ xnaif\u0661", max_size=12))
def test_nothing_but_the_grammar_is_a_number(text: str) -> None:
    """Told apart by hand, character by character."""
    rest = text[1:] if text[:1] in ("+", "-") else text
    body, mark, exponent = rest.replace("E", "e").partition("e")
    whole, _, part = body.partition(".")
    power = exponent[1:] if exponent[:1] in ("+", "-") else exponent
    good = (
        all(c in "0123456789" for c in whole + part + power)
        and whole + part != ""
        and (power != "") == (mark != "")
    )
    assert (decimal(text.encode()) is not None) == good


ANY = st.fractions(max_denominator=2**200)


@given(ANY, st.integers(0, 300))
def test_places_are_rounded_down(value: Fraction, bits: int) -> None:
    assert places(value, bits) == math.floor(value * 2**bits)


@given(st.integers(), st.integers(1), st.sampled_from([0, 5_000, 20_000]), st.booleans())
def test_long_numbers_are_divided_as_short_ones(a: int, b: int, bits: int, power: bool) -> None:
    a, b = (a << 2 * bits) + a // 3, 1 << bits if power else (b << bits) + 1
    assert quotient(a, b) == a // b
    assert quotient(a, b, a + 1) == a * (a + 1) // b


@given(st.integers(0, 2**64), st.integers(0, 9000))
@example(0, 0)
def test_whole_numbers_of_any_length_are_written(value: int, zeros: int) -> None:
    assert digits_of(value * 10**zeros) == (str(value) + "0" * zeros if value else "0")


@given(ANY, st.integers(-(2**70), 2**70), st.integers(0, 300))
@example(Fraction(3, 8), -3, 3)
@example(Fraction(3, 8), 1, 3)
@example(Fraction(3, 8), 13, 3)
def test_a_sum_with_binary_places_is_exact_and_short(a: Fraction, units: int, bits: int) -> None:
    found, wanted = plus(a, units, bits), a + Fraction(units, 2**bits)
    assert (found.numerator, found.denominator) == (wanted.numerator, wanted.denominator)


@given(ANY, st.integers(0, 300))
@example(Fraction(3, 8), 2)
@example(Fraction(3, 8), 9)
def test_doubling_is_exact_and_short(a: Fraction, times: int) -> None:
    found, wanted = doubled(a, times), a * 2**times
    assert (found.numerator, found.denominator) == (wanted.numerator, wanted.denominator)


@given(st.integers(), st.integers(-300, 300))
def test_powers_of_two_make_short_numbers(units: int, exponent: int) -> None:
    found, wanted = scaled(units, exponent), units * Fraction(2) ** exponent
    assert (found.numerator, found.denominator) == (wanted.numerator, wanted.denominator)


@given(ANY, ANY.filter(lambda value: value > 0), st.integers(0, 90))
def test_a_ratio_is_rounded_once(a: Fraction, b: Fraction, bits: int) -> None:
    assert ratio(a, b, bits) == nearest(a / b / 2**bits, np.float64)


@given(ANY, st.fractions(-1000, 1000), st.integers(0, 4000))
def test_numbers_are_told_apart_at_any_depth(a: Fraction, by: Fraction, depth: int) -> None:
    unit = Fraction(3, 7 * 2**depth)
    told = Fraction(apart(a + by * unit, a, unit))
    assert abs(told - by) <= Fraction(1, 2**60) + abs(by) / 2**53


def test_what_is_too_far_apart_is_infinitely_far() -> None:
    far = Fraction(10) ** 400
    assert (ratio(far, Fraction(1)), ratio(-far, Fraction(1))) == (math.inf, -math.inf)
    assert apart(Fraction(1), Fraction(0), 1 / far) == math.inf
