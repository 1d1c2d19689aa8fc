"""What is in doubt, and that all of it is: whole numbers, bounds, counts, and honest answers."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.strategies import fewer, grids
from tests.zoom.pictures import centre
from viewer.engines.blocks import Blocks
from viewer.engines.exact import Exact
from viewer.exact.decide import PATIENCE, Decider
from viewer.exact.raster import SMALLEST, Centres, Point, Raster, common
from viewer.exact.tally import Tally
from viewer.exact.verdict import Canvas
from viewer.exact.wholes import Whole, about
from viewer.program import Program, parse
from viewer.program.quadratic import Quadratic
from viewer.sign.tiles import Anchor
from viewer.view import Block, Grid, View

DECIMALS = st.decimals(-3, 3, places=20)
QUADRATICS = st.builds(Quadratic, *[DECIMALS] * 3, *[st.one_of(st.just(Decimal(0)), DECIMALS)] * 3)
FRACTIONS = st.fractions(-4, 4, max_denominator=10**30)
HALVES = st.integers(-60, 3).map(lambda n: Fraction(7, 5) * Fraction(10) ** n)


def value(quadratic: Quadratic, x: Fraction, y: Fraction) -> Fraction:
    c, bx, by, xx, xy, yy = map(Fraction, quadratic)
    return c + bx * x + by * y + xx * x * x + xy * x * y + yy * y * y


@given(quadratic=QUADRATICS, x=FRACTIONS, y=FRACTIONS)
def test_whole_numbers_have_the_sign(quadratic: Quadratic, x: Fraction, y: Fraction) -> None:
    point = Point(*common(x, y))
    assert Whole.of(quadratic).below(point) == (value(quadratic, x, y) < 0)
    through = quadratic.plus(Quadratic(Decimal(-1)))  # and where it is exactly zero
    there = Fraction(1)
    zero = Quadratic(-through.x - through.xx, through.x, Decimal(0), through.xx)
    assert not Whole.of(zero).below(Point(*common(there, y)))
    assert not Whole.of(zero.negative()).below(Point(*common(there, y)))


@given(
    quadratic=QUADRATICS,
    anchor=st.builds(Anchor, FRACTIONS, FRACTIONS, HALVES),
    u=st.fractions(-1, 1, max_denominator=64),
    v=st.fractions(-1, 1, max_denominator=64),
)
def test_coefficients_about_a_square_are_off_by_no_more_than_said(
    quadratic: Quadratic, anchor: Anchor, u: Fraction, v: Fraction
) -> None:
    """After scaling by what its largest coefficient shows: any positive factor will do."""
    if quadratic.degree == 0:
        return
    [local], [error] = about([Whole.of(quadratic)], anchor)
    x, y, half = anchor
    exact = local_coefficients(quadratic, x, y, half)
    largest = int(np.argmax(np.abs(local)))
    factor = Fraction(float(local[largest])) / exact[largest]
    assert factor > 0
    found = at(local.tolist(), u, v)
    expected = factor * value(quadratic, x + half * u, y + half * v)
    # The factor is only as good as the largest coefficient, which may itself be rounded.
    assert abs(found - expected) <= 2 * Fraction(float(error))
    assert 0.25 <= np.abs(local).max() <= 1


def local_coefficients(
    quadratic: Quadratic, x: Fraction, y: Fraction, half: Fraction
) -> list[Fraction]:
    _, bx, by, xx, xy, yy = map(Fraction, quadratic)
    slopes = bx + 2 * xx * x + xy * y, by + 2 * yy * y + xy * x
    square = half * half
    return [
        value(quadratic, x, y),
        *[half * slope for slope in slopes],
        *[square * curve for curve in (xx, xy, yy)],
    ]


def at(coefficients: list[float], u: Fraction, v: Fraction) -> Fraction:
    c, gu, gv, uu, uv, vv = map(Fraction, coefficients)
    return c + gu * u + gv * v + uu * u * u + uv * u * v + vv * v * v


# --- squares of pixels -------------------------------------------------------------------------


@given(grid=grids(largest=300, deepest=30), data=st.data())
def test_a_raster_knows_where_pixels_are(grid: Grid, data: st.DataObject) -> None:
    i = data.draw(st.integers(0, grid.width - 1))
    j = data.draw(st.integers(0, grid.height - 1))
    block = Block(i, j, grid.width - i, grid.height - j)
    raster = Raster.of(grid, block)
    assert raster.side >= max(block.width, block.height)
    assert np.prod(raster.factors()) == raster.side
    x, y, half = raster.anchor()
    column, row = np.array([0, raster.side - 1]), np.array([raster.side - 1, raster.side - 1])
    us, vs = raster.centre(column, 1), raster.centre(row, 1)
    point = Centres.of(grid).at(i, j)
    left, top = (Fraction(int(axis), int(point.unit)) for axis in (point.x, point.y))
    assert raster.pixel(0, raster.side - 1) == (i, j)
    assert x + half * Fraction(float(us[0])) == left
    assert y + half * Fraction(float(vs[0])) == top
    if not grid.reference:
        assert (left, top) == centre(grid, i, j)


@given(
    width=st.integers(1, 70), height=st.integers(1, 70), i=st.integers(0, 9), j=st.integers(0, 9)
)
def test_a_canvas_and_a_raster_agree(width: int, height: int, i: int, j: int) -> None:
    """Every pixel drawn alone, or in a square, comes out at its own place; and no other."""
    raster = Raster.of(Grid(View(), 100, 100), Block(i, j, width, height))
    expected = np.random.default_rng(width * height).random((height, width)) < 0.5
    canvas, count = Canvas(raster), raster.side // SMALLEST
    row, column = np.divmod(np.arange(count * count), count)
    seen = raster.wanted(column, row, SMALLEST, 1)
    masks = np.zeros(len(row), np.uint64)
    for square, (c, r) in enumerate(zip(column, row, strict=True)):
        for bit in range(64):
            if not int(seen[square]) >> bit & 1:
                continue
            x, y = raster.pixel(c * SMALLEST + bit % SMALLEST, r * SMALLEST + bit // SMALLEST)
            if expected[y - j, x - i]:
                masks[square] |= np.uint64(1 << bit)
    there = seen != 0
    canvas.draw(column[there], row[there], masks[there])
    np.testing.assert_array_equal(canvas.picture(), expected)
    assert sum(int(mask).bit_count() for mask in seen) == width * height


# --- pixels on the edge itself -------------------------------------------------------------------


def program(text: str) -> Program:
    return parse(text.encode())


def drawn(text: str, grid: Grid) -> tuple[NDArray[np.bool_], Exact]:
    with Exact(program(text)) as engine:
        return engine.inside(grid, grid.whole), engine


HALF_PLANE = "x var-x\ny var-y\n{0}"
ODD = Grid(View(), 31, 31)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("x var-x\nr neg x", 31),  # a column
        ("x var-x\ny var-y\nr sub x y", 31),  # the diagonal
        ("x var-x\ny var-y\na sub x y\nr sin a", 31),  # by fractions, where balls would not do
        ("x var-x\ny var-y\nr max x y", 31),  # a corner: half of each line, and the corner itself
    ],
)
def test_a_line_through_centres_is_outside(text: str, again: int) -> None:
    found, engine = drawn(text, ODD)
    assert engine.tally.again == again
    assert engine.tally.undecided == 0
    opposite, other = drawn(text + "\nopposite neg r", ODD)
    assert not (found & opposite).any()
    assert (~found & ~opposite).sum() == again
    assert other.tally.again == again


def test_a_circle_through_pythagorean_points_is_outside_there() -> None:
    """x^2 + y^2 = 1 at (3/5, 4/5) and its like, where floats are off: with a root and without."""
    grid = Grid(View(base=Fraction(2, 3)), 15, 15)  # pixel centres are whole fifths
    for text in (
        "x var-x\ny var-y\na square x\nb square y\nc add a b\no const 1\nr sub c o",
        "x var-x\ny var-y\na square x\nb square y\nc add a b\nd sqrt c\no const 1\nr sub d o",
    ):
        found, engine = drawn(text, grid)
        opposite, _ = drawn(text + "\nopposite neg r", grid)
        on = ~found & ~opposite
        places = {centre(grid, i, j) for j, i in np.argwhere(on).tolist()}
        fifths = [Fraction(n, 5) for n in range(-5, 6)]
        assert places == {(x, y) for x in fifths for y in fifths if x * x + y * y == 1}
        assert len(places) == 12
        assert 12 <= engine.tally.again <= 20
        assert engine.tally.undecided == 0


@pytest.mark.parametrize("root", ["", "k sin r\n"], ids=["pure", "not pure"])
def test_floats_are_wrong_where_exact_is_right(root: str) -> None:
    """A line so close to the centres of a diagonal's pixels that float64 cannot tell the side."""
    for tiny, expected in (("1e-30", 0), ("-1e-30", 31)):
        text = f"""x var-x
            y var-y
            a const 0.1
            b const 0.2
            c const 0.3
            d mul a x
            e mul b x
            f mul c y
            g add d e
            h sub g f
            i const {tiny}
            r add h i
            {root}"""
        found, engine = drawn(text, ODD)
        on_diagonal = np.fliplr(found).diagonal()
        assert int(on_diagonal.sum()) == expected
        assert engine.tally.again == 31
        assert engine.tally.undecided == 0
        assert int(found.sum()) == 465 + expected
    floats = Blocks(program(text)).inside(ODD, ODD.whole)
    assert (floats != found).any()


@pytest.mark.parametrize(
    ("text", "inside", "undecided"),
    [
        # sin^2 + cos^2 - 1: zero, and no fraction
        (
            "x var-x\na sin x\nb cos x\nc square a\nd square b\ne add c d\nf const 1\nr sub e f",
            0,
            120,  # not where x is zero: sin and cos are fractions there
        ),
        # -1 inside, but where a root of that zero may not exist
        (
            "x var-x\na sin x\nb cos x\nc square a\nd square b\ne add c d\nf const 1\ng sub e f"
            "\nh sqrt g\ni const -1\nr or i h",
            12,
            120,
        ),
        ("y var-y\na const -3\nb sqrt y\nr min a b", 6 * 11, 0),  # a choice of what may not be
        ("x var-x\nr recip x", 5 * 12, 12),  # a pole at x = 0, where floats have +inf
        ("x var-x\na abs x\nr ln a", 11 * 12, 12),  # and here -inf, which is below zero
        ("x var-x\nr sqrt x", 0, 0),
        ("x var-x\na sqrt x\nr neg a", 5 * 12, 0),  # exactly zero on the middle column
        ("x var-x\na const -3\nb sqrt a\nr min b x", 0, 0),  # nowhere a number
    ],
)
def test_what_cannot_be_decided_is_said(text: str, inside: int, undecided: int) -> None:
    grid = Grid(View(base=Fraction(11, 12)), 11, 12)
    found, engine = drawn(text, grid)
    assert engine.tally.undecided == undecided
    assert int(found.sum()) == inside
    first = (5, 0) if undecided == 12 else (0, 0)
    assert engine.tally.first == (first if undecided else None)


def test_patience_ends() -> None:
    """A field that is zero everywhere is not followed to the last precision at every pixel."""
    text = "x var-x\na sin x\nb cos x\nc square a\nd square b\ne add c d\nf const 1\nr sub e f"
    decider = Decider(program(text), Grid(View(), 1000, 1000))
    assert decider.bits == 4096
    steps = []
    enclosed = decider._enclosed
    decider._enclosed = lambda *args: steps.append(args[1]) or enclosed(*args)  # type: ignore
    for i in range(PATIENCE + 1):
        steps.clear()
        assert decider.decide(i, 1) == (False, False)
        assert (max(steps) == 4096) == (i < PATIENCE)


@fewer(4)
@given(n=st.integers(3, 300))
def test_deeper_views_are_given_more_precision(n: int) -> None:
    decider = Decider(program("x var-x"), Grid(View(base=Fraction(10) ** n), 100, 100))
    assert decider.bits >= max(4096, 4 * 3.32 * n + 64)


def test_a_tally_is_of_all_blocks() -> None:
    tally = Tally()
    assert tally.line() == "decided again: 0 pixels, undecided: none"
    tally.add(1, ())
    assert tally.line() == "decided again: 1 pixel, undecided: none"
    tally.add(4000, ((7, 5), (1, 6)))
    tally.add(3, ((0, 9),))
    found = "decided again: 4,001 samples, undecided: 3 samples (first at 7,5)"
    assert tally.line("sample") == found
