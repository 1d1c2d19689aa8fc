"""Laws of telling what decides a point, and what is left of a program in a view."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.oracle import read, real, sign
from tests.strategies import fewer, fractions, programs, tame_constants
from viewer.program import Program, parse
from viewer.window.insight.decides import Decision, decide, source_lines

WORDS = ("add", "sub", "mul", "min", "max", "neg", "abs", "square", "and", "or", "sqrt")
PAGE = b"""# two discs, one cut off
x   var-x
y   var-y
yy  square y
xx  square x
s   add xx yy
one const 1
big sub s one          # a disc of radius 1
a   const 3
dx  sub x a
dxx square dx
t   add dxx yy
sma sub t one          # and one about (3, 0)
cut max sma y          # its lower half
all min big cut
"""
PIXEL = Fraction(1, 400)


def decided(text: bytes, x: Fraction, y: Fraction, pixel: Fraction = PIXEL) -> Decision:
    return decide(parse(text), (x, y, Fraction(0)), pixel)


def named(text: bytes, decision: Decision) -> str:
    program = parse(text)
    return source_lines(program, [decision.literal], text)[0][1].split()[0]


@pytest.mark.parametrize(
    ("x", "y", "literal", "inside"),
    [("0.5", "0", "big", True), ("3", "-0.2", "y", True), ("3", "1", "y", False),
     ("3", "-0.9", "sma", True), ("1.2", "0", "big", False), ("2.5", "-2", "sma", False)],
)  # fmt: skip
def test_the_line_that_decides_as_a_page(x: str, y: str, literal: str, inside: bool) -> None:
    found = decided(PAGE, Fraction(x), Fraction(y))
    assert (named(PAGE, found), found.inside) == (literal, inside)


def test_what_is_done_to_the_outcome_of_choices_decides_nothing() -> None:
    text = PAGE + b"n neg all\no add one n\np abs o\nq mul p p\n"
    assert named(text, decided(text, Fraction(3), Fraction(1))) == "y"
    blend = text + b"r add q cut\n"
    assert named(blend, decided(blend, Fraction(3), Fraction(1))) == "r"


def test_the_lines_have_their_numbers_and_their_text() -> None:
    found = decided(PAGE, Fraction(1, 2), Fraction(0))
    assert source_lines(parse(PAGE), found.own, PAGE) == [
        (2, "x var-x"),
        (3, "y var-y"),
        (4, "yy square y"),
        (5, "xx square x"),
        (6, "s add xx yy"),
        (7, "one const 1"),
        (8, "big sub s one # a disc of radius 1"),
    ]
    assert source_lines(parse(PAGE), found.lines, PAGE)[-1] == (15, "all min big cut")


def only(program: Program, lines: tuple[int, ...], text: str) -> str:
    """The text where all other lines are NaN, but for choices, which are what is left of them."""
    given = text.splitlines()
    names = [line.split()[0] for line in given]
    found = []
    for index, instr in enumerate(program.instrs):
        if index not in lines:
            continue
        args = [arg for arg in instr.args if arg in lines]
        words = given[index].split()
        if instr.op.choice and len(set(args)) < len(set(instr.args)):
            words = [names[index], "max", names[args[0]], names[args[0]]]
        found.append(" ".join(words))
    return "\n".join(found)


@fewer(2)
@given(
    programs(words=WORDS, values=tame_constants(), leaves=("var-x", "var-y")),
    fractions(3),
    fractions(3),
)
def test_the_lines_are_all_that_the_value_needs(text: str, x: Fraction, y: Fraction) -> None:
    zero = Fraction(0)
    nodes = read(text)
    truth = sign(nodes, x, y, zero)
    if truth is None or math.isnan(truth):
        return
    program = parse(text.encode())
    found = decided(text.encode(), x, y)
    assert found.inside == (truth < 0)
    rest = only(program, found.lines, text)
    assert sign(read(rest), x, y, zero) == truth
    whole, part = real(nodes, x, y, zero), real(read(rest), x, y, zero)
    assert whole is not None
    assert part is not None
    assert whole.low <= part.high
    assert part.low <= whole.high
    value, slack = Fraction(found.value), abs(whole.low) / 10**4
    assert whole.low - slack <= value <= whole.high + slack


@given(fractions(3), fractions(3), st.integers(0, 150))
@example(Fraction(1, 3), Fraction(1, 2), 100)
def test_the_gradient_and_the_distance_of_a_disc(x: Fraction, y: Fraction, depth: int) -> None:
    """At any depth: the point is moved next to the rim, some pixels out of it."""
    assume(x != 0 or y != 0)
    unit = Fraction(1, 10**depth)
    # The rim's point in that direction, to more digits than the depth, and then 3 pixels out.
    length = Fraction(math.isqrt(int((x * x + y * y) * 10 ** (2 * depth + 80))), 10 ** (depth + 40))
    rim = (x / length, y / length)
    at = (rim[0] * (1 + 3 * unit), rim[1] * (1 + 3 * unit))
    found = decided(PAGE.split(b"a ")[0], *at, pixel=unit)
    assert found.gradient is not None
    for slope, place in zip(found.gradient, rim, strict=True):
        assert slope == pytest.approx(2 * float(place) * float(1 + 3 * unit), abs=1e-6)
    assert found.distance == pytest.approx(3, rel=0.02)


@pytest.mark.parametrize(
    ("text", "value", "gradient", "distance"),
    [
        (b"c const 2", "2.00000", (0.0, 0.0), None),
        (b"x var-x\nr sqrt x", "", None, None),
        (b"x var-x\nr ln x", "", None, None),
        (b"x var-x\nz var-z\nd div x z", "", None, None),
        (b"x var-x\nh const 1\ns add x h", "0.500000", (1.0, 0.0), 200.0),
    ],
)
def test_what_has_no_value_gradient_or_edge(
    text: bytes, value: str, gradient: tuple[float, float] | None, distance: float | None
) -> None:
    found = decided(text, Fraction(-1, 2), Fraction(0))
    assert (found.value, found.gradient, found.distance) == (value, gradient, distance)
    assert not found.inside


@pytest.mark.parametrize(
    ("choice", "literal"),
    [
        ("c max x s", "s"),  # by sixty digits
        ("c min x s", "x"),
        ("c or d x", "x"),  # d is zero, though no precision says so
        ("c and d x", "d"),
    ],
)
def test_close_choices_are_made_as_over_the_reals(choice: str, literal: str) -> None:
    text = f"x var-x\ne const 1e-60\ns add x e\nr sqrt s\nd sub r r\n{choice}".encode()
    assert named(text, decided(text, Fraction(1, 3), Fraction(0))) == literal


def test_a_number_that_is_none_shows_through_choices() -> None:
    text = b"x var-x\nr sqrt x\nm min x r"
    found = decided(text, Fraction(-1), Fraction(0))
    assert not found.inside
    assert named(text, found) == "r"
