"""The deep oracle, held to the other one and to what it is told by construction."""

import ast
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests import oracle
from tests.deep.oracle import Shape
from tests.strategies import EXACT_WORDS, programs, shapes, tame_constants

PARTS = ("series", "ranges", "exact", "oracle")
TENTHS = st.integers(-30, 30).map(lambda n: Fraction(n, 10))


def anywhere() -> st.SearchStrategy[Fraction]:
    """Short decimals, where random shapes have their edges, and long ones next to them."""
    return st.builds(
        lambda a, b, digits: a + Fraction(b, 10**digits),
        TENTHS,
        st.integers(-9, 9),
        st.sampled_from([1, 3, 20, 100, 320]),
    )


@pytest.mark.parametrize("part", PARTS)
def test_it_shares_no_code(part: str) -> None:
    """Neither with what it is to judge nor with what that computes with."""
    tree = ast.parse((Path(__file__).parent / f"{part}.py").read_text(encoding="utf-8"))
    found = {
        name.split(".")[0] if not name.startswith("tests.deep") else "tests.deep"
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    standard = {"ast", "collections", "dataclasses", "enum", "fractions", "functools", "math", "re"}
    assert found <= standard | {"typing", "tests.deep"}


def agree(text: str, x: Fraction, y: Fraction, z: Fraction = Fraction(0)) -> None:
    there = oracle.sign(oracle.read(text), x, y, z)
    here = Shape.read(text, z).sign(x, y)
    if there is None or here is None:
        return
    assert here == there or (math.isnan(here) and math.isnan(there))


@given(programs(values=tame_constants()), anywhere(), anywhere(), TENTHS)
def test_both_oracles_agree(text: str, x: Fraction, y: Fraction, z: Fraction) -> None:
    agree(text, x, y, z)


@given(programs(), TENTHS, TENTHS, TENTHS)
def test_both_oracles_agree_on_spicy_programs(
    text: str, x: Fraction, y: Fraction, z: Fraction
) -> None:
    agree(text, x, y, z)


@given(shapes(), anywhere(), anywhere())
def test_both_oracles_agree_on_shapes(text: str, x: Fraction, y: Fraction) -> None:
    agree(text, x, y)


@given(programs(words=EXACT_WORDS, values=tame_constants(), longest=12), TENTHS, TENTHS)
def test_a_fraction_is_always_decided(text: str, x: Fraction, y: Fraction) -> None:
    """Zero included: the other oracle works with fractions from the start."""
    there = oracle.sign(oracle.read(text), x, y)
    assume(there is not None)
    here = Shape.read(text).sign(x, y)
    assert here == there or math.isnan(there or 0)


@given(
    shapes() | programs(values=tame_constants()),
    anywhere(),
    anywhere(),
    st.sampled_from([0, 1, 5, 30, 110]),
    st.lists(st.tuples(st.integers(-100, 100), st.integers(-100, 100)), min_size=1, max_size=3),
)
def test_a_square_keeps_its_signs(
    text: str, x: Fraction, y: Fraction, depth: int, at: list[tuple[int, int]]
) -> None:
    half = Fraction(1, 10**depth)
    shape = Shape.read(text)
    near = shape.near(x, y, half)
    for i, j in at:
        point = x + half * i / 100, y + half * j / 100
        here, there = near.sign(*point), shape.sign(*point)
        if here is not None and there is not None:
            assert here == there or (math.isnan(here) and math.isnan(there))
        else:
            assert here == there or there is None


DISC = "x var-x\ny var-y\na square x\nb square y\ns add a b\nr sqrt s\nc const 1\nd sub r c"


@pytest.mark.parametrize("depth", [10, 100, 320, 1000])
def test_next_to_a_circle(depth: int) -> None:
    """(3/5, 4/5) lies on it: on the edge, a little further out, a little further in."""
    shape, little = Shape.read(DISC), Fraction(1, 10**depth)
    x, y = Fraction(3, 5), Fraction(4, 5)
    assert shape.sign(x, y) == 0
    assert shape.sign(x + little, y) == 1
    assert shape.sign(x - little, y) == -1
    assert shape.sign(x + 4 * little, y - 3 * little) == 1  # along the tangent


def test_it_says_when_it_does_not_know() -> None:
    """sqrt(2) * sqrt(2) - 2 is zero, but no fraction says so; 1 / 0 is nothing at all."""
    text = "two const 2\nr sqrt two\ns mul r r\nd sub s two"
    assert Shape.read(text).sign(Fraction(0), Fraction(0)) is None
    assert Shape.read("x var-x\nr recip x").sign(Fraction(0), Fraction(0)) is None
