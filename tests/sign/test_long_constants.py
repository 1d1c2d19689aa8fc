"""Constants of many digits are what they say in every rule: what is seen at depth depends on it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.program import parse
from viewer.sign.formula import Formula, sign_form

HEAD = "x var-x\ny var-y\nz var-z\nxx square x\nyy square y\nq add xx yy\nd sqrt q\nc const {c}\n"
BODIES = {
    "sqrt": "r sub d c",
    "root-below": "r sub c d",
    "negated": "n neg d\nr add n c",
    "multiplied": "m mul d c\nk const 2\nr sub m k",
    "multiplied-below": "m mul d c\nk const 2\nr sub k m",
    "divided": "m div d c\nr sub m c",
    "absolute": "l sub x c\na abs l\nr sub a c",
    "square": "s square x\ne mul c c\nr sub s e",
    "height": "r sub d z",
}


def numbers(formula: Formula) -> list[tuple[Fraction, ...]]:
    """The quadratics, each over its largest coefficient of x and y."""
    found = []
    for quadratic in formula.quadratics:
        parts = [Fraction(part) for part in quadratic]
        scale = max(parts[1:], key=abs)
        found.append(tuple(part / abs(scale) for part in parts))
    return found


@given(st.sampled_from(sorted(BODIES)), st.integers(10**30, 10**31 - 1))
def test_what_is_long_is_not_rounded(name: str, digits: int) -> None:
    """Each is a circle, or two lines, whose place on the axis is the constant or a part of it."""
    text = f"0.{digits}"
    c = Fraction(text)
    program = parse((HEAD.format(c=text) + BODIES[name]).encode())
    found = numbers(sign_form(program, Decimal(text)))
    squares = {
        "multiplied": (2 / c) ** 2,
        "multiplied-below": (2 / c) ** 2,
        "divided": c**4,
    }
    assert found
    for c0, x, *_ in found:
        if name == "absolute":
            assert abs(c0) in {0, 2 * c}
            assert abs(x) == 1
        else:
            assert abs(c0) == squares.get(name, c**2)


@pytest.mark.parametrize("digits", [27, 28, 29, 60, 300])
def test_a_height_of_any_length(digits: int) -> None:
    text = "0.5" + "0" * (digits - 2) + "1"
    ((c0, *_),) = numbers(
        sign_form(parse((HEAD.format(c=1) + BODIES["height"]).encode()), Decimal(text))
    )
    assert abs(c0) == Fraction(text) ** 2
