"""The sign form: pages of programs and what becomes of them, and the law that nothing changes."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracle
from tests.sign.exact import Meaning, Point, UnknownError, points
from tests.sign.shapes import csg
from tests.sign.text import written
from tests.strategies import EXACT_WORDS, programs
from viewer.program import parse
from viewer.sign.formula import Formula, sign_form

X_Y = "x var-x\ny var-y\n"


def form(text: str, z: str = "0") -> Formula:
    return sign_form(parse(text.encode()), Decimal(z))


PAGES = {
    # min is or, max is and, neg flips the test.
    "r min x y": "x < 0 or y < 0",
    "r max x y": "x < 0 and y < 0",
    "m max x y\nr neg m": "-x < 0 or -y < 0",
    "n neg x\nr min n y": "-x < 0 or y < 0",
    "r neg x": "-x < 0",
    "a neg x\nb neg a\nr neg b": "-x < 0",
    # Offsets and factors move through.
    "m min x y\nc const 0.5\nr add m c": "x + 0.5 < 0 or y + 0.5 < 0",
    "m min x y\nr sub m x": "-x + y < 0",
    "m min x y\nc const 0.5\nr sub c m": "-x + 0.5 < 0 and -y + 0.5 < 0",
    "m max x y\nc const 3\nd const -1\ns mul m c\nr add s d": "3x - 1 < 0 and 3y - 1 < 0",
    "m max x y\nc const -2\ns mul c m\nd const 1\nr sub s d": "-2x - 1 < 0 or -2y - 1 < 0",
    "m max x y\nq square y\nr add q m": "y^2 + x < 0 and y^2 + y < 0",
    "m min x y\nc const 0\ns mul m c\nd const -1\nr add s d": "inside",
    "m min x y\nc const 0\nr mul m c": "outside",
    # A constant divisor multiplies the rest by its size.
    "m min x y\nc const 4\nq div m c\nd const 1\nr sub q d": "x - 4 < 0 or y - 4 < 0",
    "m min x y\nc const -3\nq div m c\nd const 1\nr sub q d": "-x - 3 < 0 and -y - 3 < 0",
    # Quadratics are multiplied out, exactly; their factor is what is first asked for.
    "a square x\nb square y\ns add a b\nc const 0.01\nr sub s c": "x^2 + y^2 - 0.01 < 0",
    "c const 0.1\nd sub x c\nr square d": "x^2 - 0.2x + 0.01 < 0",
    "p mul x y\nc const 1\nr sub p c": "xy - 1 < 0",
    "p mul x y\nq mul p x\nr mul q y": "mul@5 < 0",
    "c const 1e-30\nd add x c\nq square d\ns square x\nr sub q s": "2e-30x + 1e-60 < 0",
    # A root meets its threshold.
    "a abs x\nm min a y\ns abs m\nr sqrt s": "outside",
    "a square x\nb square y\ns add a b\nd sqrt s\nc const 2\nr sub d c": "x^2 + y^2 - 4 < 0",
    "a square x\nb square y\ns add a b\nd sqrt s\nc const 2\nr sub c d": "-x^2 - y^2 + 4 < 0",
    "a square x\nb square y\ns add a b\nd sqrt s\nc const 2\nr add c d": "outside",
    "a square x\nb square y\ns add a b\nd sqrt s\nc const -2\nr sub c d": "inside",
    "a square x\nb square y\ns add a b\nd sqrt s": "outside",
    "a square x\nb square y\ns add a b\nd sqrt s\nr neg d": "-x^2 - y^2 < 0",
    "a square x\nd sqrt a\nc const 3\nm mul c d\ne const 2\nr sub m e": "9x^2 - 4 < 0",
    "a abs x\nd sqrt a\nc const 3\nr sub d c": "x - 9 < 0 and -x - 9 < 0",
    # Of a number that may be negative it stays: where it is NaN, all that reads it is outside.
    "d sqrt x\nc const 2\nr sub d c": "sub@5 < 0",
    "d sqrt x\nr min d y": "min@4 < 0",
    "d sqrt x\nn neg d\nr max n y": "max@5 < 0",
    # So does one whose threshold depends on the place.
    "a square x\nd sqrt a\nr sub d y": "sqrt@4 - y < 0",
    # A square meets the threshold's root, where that is a decimal.
    "m min x y\ns square m\nc const 0.25\nr sub s c": "(x - 0.5 < 0 or y - 0.5 < 0) and "
    "-x - 0.5 < 0 and -y - 0.5 < 0",
    "m min x y\ns square m\nc const 4\nr sub c s": "(-x + 2 < 0 and -y + 2 < 0) or "
    "x + 2 < 0 or y + 2 < 0",
    "m min x y\ns square m\nr neg s": "(-x < 0 and -y < 0) or x < 0 or y < 0",
    "m min x y\ns square m\nc const 2\nr sub s c": "square@4 - 2 < 0",
    "m min x y\ns square m\nc const 1\nr add s c": "outside",
    "m min x y\ns square m\nc const -1\nr sub c s": "inside",
    # |a| is the larger of a and -a.
    "a abs x\nc const 1\nr sub a c": "x - 1 < 0 and -x - 1 < 0",
    "a abs x\nc const 1\nr sub c a": "-x + 1 < 0 or x + 1 < 0",
    "r abs x": "x < 0 and -x < 0",
    # z is a number.
    "z var-z\nr sub x z": "x - 0.75 < 0",
    "z var-z\nq square z\na square x\ns add a q\nc const 1\nr sub s c": "x^2 - 0.4375 < 0",
    # Constants decide.
    "r const -1": "inside",
    "r const 0": "outside",
    "r const -0": "outside",
    "c const -1\nr min x c": "inside",
    "c const 0\nr min x c": "x < 0",
    "c const 1\nr max x c": "outside",
    "c const -1\nr max x c": "x < 0",
    "r sub x x": "outside",
    "s sub x x\nc const -1e-300\nr add s c": "inside",
    "c const 2\nd sqrt c\nr sub x d": "-1 * sqrt@4 + x < 0",
    # Chains are flat.
    "a const 1\nb add x a\nc min x y\nd min c b\ne neg y\nr min d e": "x < 0 or y < 0 or "
    "x + 1 < 0 or -y < 0",
    "m min x y\nr min m x": "x < 0 or y < 0",
    "m min x x": "x < 0",
    "n neg x\nm max x n\nr min m y": "(x < 0 and -x < 0) or y < 0",
    # What is shared stays shared.
    "m max x y\na const 1\nb sub x a\nc sub y a\np max b c\nq min m p\n"
    "d neg x\ns min m d\nr max q s": "a = x < 0 and y < 0\n"
    "(a or (x - 1 < 0 and y - 1 < 0)) and (a or -x < 0)",
    # Anything else stays an expression, and all that needs nothing but it.
    "s sin x\nr min s y": "sin@3 < 0 or y < 0",
    "s sin x\nm min s y\nc const 2\nt mul m c\nr add t x": "2 * sin@3 + x < 0 or x + 2y < 0",
    "s sin x\na abs s\nc const 0.5\nr sub a c": "sin@3 - 0.5 < 0 and -1 * sin@3 - 0.5 < 0",
    "s recip x\nr min s y": "min@4 < 0",
    "f floor x\nr max f y": "floor@3 < 0 and y < 0",
    "s mul x y\nt mul s x\nu add t y\nr min u y": "mul@4 + y < 0 or y < 0",
}


@pytest.mark.parametrize(("text", "expected"), PAGES.items(), ids=lambda text: text.split("\n")[-1])
def test_pages(text: str, expected: str) -> None:
    assert written(form(X_Y + text, "0.75")) == expected


def test_on_the_edge_both_sides_are_outside() -> None:
    """`q < 0` and `-q < 0` are two literals of one quadratic."""
    formula = form(X_Y + "n neg x\nr min x n")
    assert written(formula) == "x < 0 or -x < 0"
    assert len(formula.quadratics) == 1
    assert not Meaning(formula).root(Fraction(0), Fraction(1))


def test_multiples_are_one_quadratic() -> None:
    text = (
        "t const 3\na mul t x\nb const 0.5\nc add x b\nd mul t c\nm min x a\nn min c d\nr min m n"
    )
    formula = form(X_Y + text)
    assert written(formula) == "3x < 0 or 3x + 1.5 < 0"
    assert len(formula.quadratics) == 2


def test_a_line_that_is_asked_both_ways_is_one_quadratic_and_two_literals() -> None:
    formula = form(X_Y + "t const -3\na mul t x\nr max a x")
    assert (len(formula.quadratics), len(formula.literals)) == (1, 2)


def test_depth_and_order() -> None:
    formula = form(X_Y + "m max x y\nn neg m\np min m n\nq max p x\nr min q y")
    first = len(formula.literals)
    for number, node in enumerate(formula.nodes, first):
        assert all(operand < number for operand in node.operands)
        assert len(set(node.operands)) == len(node.operands) > 1
    assert formula.depth() == 4
    assert form(X_Y + "r neg x").depth() == 0
    assert form("r const 1").depth() == 0


def test_a_deep_chain_is_no_recursion() -> None:
    lines = ["x var-x", "y var-y", "t0 max x y"]
    for number in range(1, 20_000):
        word = "min" if number % 2 else "max"
        lines.append(f"t{number} {word} t{number - 1} {'xy'[number // 2 % 2]}")
    formula = form("\n".join(lines))
    assert len(formula.literals) == 2


def test_a_long_chain_is_gone_through_once() -> None:
    """To copy what is gathered with every step would take minutes."""
    count = 80_000
    lines = ["x var-x", "t0 neg x"]
    for number in range(1, count):
        lines.append(f"c{number} const {number}\nd{number} sub c{number} x")
        lines.append(f"t{number} min t{number - 1} d{number}")
    formula = form("\n".join(lines))
    assert len(formula.nodes) == 1
    assert sorted(formula.nodes[0].operands) == list(range(count))


def agrees(text: str, x: Fraction, y: Fraction) -> None:
    """The formula says what the oracle says of the program, where both can."""
    formula = form(text)
    sign = oracle.sign(oracle.read(text), x, y)
    try:
        inside = Meaning(formula).root(x, y)
    except UnknownError:
        return
    if sign is not None:
        assert inside == (sign < 0), f"{written(formula)} at {x}, {y}: the program is {sign}"


@settings(max_examples=2 * settings().max_examples)
@given(csg(), st.lists(points(), min_size=1, max_size=8))
def test_formula_is_the_sign_of_the_program(text: str, where: list[Point]) -> None:
    for x, y in where:
        agrees(text, x, y)


@given(csg(roots=("sin", "exp", "floor", "ln", "sqrt", "recip", "not")), points())
def test_other_ops_do_not_disturb_it(text: str, where: Point) -> None:
    agrees(text, *where)


@given(programs(), points())
def test_any_program_has_a_formula_that_agrees(text: str, where: Point) -> None:
    """With constants of every size, and every op: NaN is outside, whatever reads it."""
    agrees(text, *where)


@settings(max_examples=2 * settings().max_examples)
@given(programs(words=EXACT_WORDS), points())
def test_where_all_is_exact_it_agrees(text: str, where: Point) -> None:
    agrees(text, *where)


@pytest.mark.parametrize(
    "text",
    [
        "a const 1e20000\nb add x a\nc const 1\nr add b c",
        "a const -1e999999999999\nr add x a",
        "a const 1e9999999999\nb mul a a\nr sub x b",
        "a const 1e9999999\nb mul x a\nr sub b y",
        "a const 1e400000000\nm min x y\ns abs m\nd sqrt s\nr sub d a",
        "a const 1e-60000\nb mul x a\nc mul y a\nd mul b c\nm min d x\nr sub m x",
    ],
)
def test_numbers_too_long_for_exact_arithmetic_stay_expressions(text: str) -> None:
    assert not isinstance(form(X_Y + text).root, bool)


def test_a_constant_squared_too_often_stays_an_expression() -> None:
    squares = [f"a{n + 1} square a{n}" for n in range(40)]
    formula = form("\n".join(["x var-x", "a0 const 1.234567", *squares, "r sub x a40"]))
    assert [one.quadratic for one in formula.literals] == [None]


@given(csg(moves=6))
def test_nodes_are_in_order_and_all_are_read(text: str) -> None:
    formula = form(text)
    first = len(formula.literals)
    readers = {operand for node in formula.nodes for operand in node.operands}
    for number, node in enumerate(formula.nodes, first):
        assert len(set(node.operands)) == len(node.operands) > 1
        assert max(node.operands) < number
        assert number in readers or number == formula.root
    assert not (isinstance(formula.root, bool) and formula.nodes)
