"""Laws of the program of a view: what is left of a file where only that view is looked at."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import fewer, fractions, grids, programs, shapes
from tests.window.test_decides import PAGE
from viewer.engines.blocks import Blocks
from viewer.passes.settle import outcomes, settle
from viewer.program import parse
from viewer.program.interval import Interval
from viewer.view import Grid, View
from viewer.window.insight.decides import decide
from viewer.window.insight.extract import of_view, text_of


@fewer(2)
@given(shapes() | programs(), grids(largest=12, deepest=5))
def test_what_is_left_in_a_view_draws_the_same_picture(text: str, grid: Grid) -> None:
    data = text.encode()
    program = parse(data)
    left = parse(text_of(of_view(program, grid), data, "left"))
    assert len(left) <= len(program)
    one, other = (Blocks(p, np.float32).field(grid, grid.whole) for p in (program, left))
    assert np.array_equal(one, other, equal_nan=True)


def sawtooth(lines: list[tuple[int, int, int]], x: str, y: str, unit: str) -> bytes:
    """Half planes a * (x - X) + b * (y - Y) + c * unit, all of them near one point."""
    text = ["x var-x", "y var-y", f"X const {x}", f"Y const {y}", f"u const {unit}"]
    text += ["p sub x X", "q sub y Y"]
    for n, (a, b, c) in enumerate(lines):
        text += [f"a{n} const {a}", f"b{n} const {b}", f"c{n} const {c}"]
        text += [f"d{n} mul a{n} p", f"e{n} mul b{n} q", f"f{n} mul c{n} u", f"g{n} add d{n} e{n}"]
        text.append(f"s{n} add g{n} f{n}")
        if n:
            text.append(f"t{n} {'max' if n % 2 else 'min'} {f't{n - 1}' if n > 1 else 's0'} s{n}")
    return "\n".join(text).encode()


half_planes = st.lists(st.tuples(*[st.integers(-9, 9)] * 3), min_size=2, max_size=6)


@fewer(2)
@given(
    half_planes,
    st.integers(-9, 9),
    st.integers(-9, 9),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
)
def test_what_is_left_reaches_to_the_edges_of_the_view(
    lines: list[tuple[int, int, int]], x: int, y: int, size: tuple[int, int]
) -> None:
    """Of a sawtooth of half planes, anywhere in it."""
    data = sawtooth(lines, "0", "0", "0.25")
    grid = Grid(View(Fraction(x, 8), Fraction(y, 8), Fraction(2)), *size)
    fields = [
        Blocks(program, np.float32).field(grid, grid.whole)
        for program in (parse(data), of_view(parse(data), grid))
    ]
    assert np.array_equal(fields[0], fields[1])


@fewer(2)
@given(half_planes, st.integers(9, 200), st.integers(0, 40), st.integers(0, 30))
def test_so_it_does_at_depth(lines: list[tuple[int, int, int]], depth: int, i: int, j: int) -> None:
    data = sawtooth(lines, "0.3", "-0.7", f"1e-{depth}")
    grid = Grid(View.parse(f"0.3,-0.7@4e{depth - 1}"), 40, 30)
    at = (*grid.view.model_at((i, j), grid.size), Fraction(0))
    programs = (parse(data), of_view(parse(data), grid))
    one, other = (decide(program, at, 2 * grid.half) for program in programs)
    assert (one.value, one.inside) == (other.value, other.inside)


@fewer(4)
@given(shapes(most=12), st.integers(-64, 64), st.integers(-64, 64))
def test_close_to_one_edge_little_is_left(text: str, i: int, j: int) -> None:
    grid = Grid(View(Fraction(i, 16), Fraction(j, 16), Fraction(10**4)), 20, 20)
    program = parse(text.encode())
    left = of_view(program, grid)
    edges = [instr for instr in left.instrs if instr.op.choice]
    points = [(x, y) for x in (-1, 1) for y in (-1, 1)]
    found = {
        decide(program, (*grid.view.model_at((10 + 9 * x, 10 + 9 * y), grid.size), Fraction(0)),
               2 * grid.half).literal
        for x, y in points
    }  # fmt: skip
    assert len(found) <= len(edges) + 1


def test_the_program_of_a_view_as_a_page() -> None:
    grid = Grid(View.parse("3,-0.1@20"), 40, 30)
    assert text_of(of_view(parse(PAGE), grid), PAGE, "discs.vm at 3,-0.1@20").decode() == (
        "# discs.vm at 3,-0.1@20\n# 1 of 14 lines\ny var-y\n"
    )


def test_names_are_those_of_the_file() -> None:
    data = "ä\tvar-x # one\n\n  b   neg  ä\r\n".encode()
    program = parse(data)
    again = text_of(of_view(program, Grid(View(), 4, 4)), data, "a\nb")
    assert again.decode() == "# a b\n# 2 of 2 lines\nä var-x\nb neg ä\n"
    assert parse(again).text() == program.text()


@fewer(2)
@given(
    shapes() | programs(),
    fractions(),
    fractions(),
    st.integers(9, 300),
    st.integers(0, 3),
)
@example("x var-x\ny var-y\ns min x y", Fraction(0), Fraction(0), 100, 3)
@example("o const 0\nm const -1\nr sqrt m\nd and o r", Fraction(0), Fraction(0), 100, 3)
def test_what_is_left_at_depth_has_the_same_values(
    text: str, x: Fraction, y: Fraction, exponent: int, corner: int
) -> None:
    """Over the reals: floats cannot tell its points apart."""
    grid = Grid(View(x, y, Fraction(10) ** exponent), 30, 20)
    program = parse(text.encode())
    left = of_view(program, grid)
    at = grid.view.model_at((30 * (corner % 2), 20 * (corner // 2)), grid.size)
    one, other = (decide(p, (*at, Fraction(0)), 2 * grid.half) for p in (program, left))
    assert (one.value, one.inside, one.gradient) == (other.value, other.inside, other.gradient)


@pytest.mark.parametrize("depth", [0, 50])
@pytest.mark.parametrize("axis", ["x", "y"])
def test_a_choice_is_left_where_it_falls_both_ways(axis: str, depth: int) -> None:
    size, view = (40, 40), View.parse(f"0.3,0.3@1e{depth}")
    for tenth in range(-12, 13):
        words = f"v var-{axis}\no const 0.3\nd sub v o\nc const {tenth}e-{depth + 1}\nm min d c"
        left = of_view(parse(words.encode()), Grid(view, *size))
        assert any(instr.op.choice for instr in left.instrs) == (-10 <= tenth <= 10), tenth


def test_at_depth_one_side_of_a_corner_is_left() -> None:
    data = b"x var-x\ny var-y\na abs x\ns min a y\nd max s x"
    left = {
        text: of_view(parse(data), Grid(View.parse(text), 40, 30)).text()
        for text in ("0.1,-0.2@1e50", "0.1,0.1@1e50", "0.1,1e-45@1e50")
    }
    one, both = "_0 var-x\n", "_0 var-x\n_1 var-y\n_2 abs _0\n_3 min _2 _1\n_4 max _3 _0\n"
    assert left == {"0.1,-0.2@1e50": one, "0.1,0.1@1e50": both, "0.1,1e-45@1e50": one}


def test_small_boxes_tell_more_than_a_large_one() -> None:
    program = parse(b"x var-x\ny var-y\nd sub y x\ne add d x\none const 1.5\nm min e one")
    edges = np.linspace(-1, 1, 9, dtype=np.float32)
    z = Interval.given(np.float32(0), np.float32(0))
    whole = Interval.given(np.float32(-1), np.float32(1))
    parts = Interval.given(edges[:-1], edges[1:])
    assert outcomes(program, whole, whole, z) == {}
    assert outcomes(program, parts, parts, z) == {5: 3}
    assert settle(program, {5: 3}).text() == "_0 var-x\n_1 var-y\n_2 sub _1 _0\n_3 add _2 _0\n"
