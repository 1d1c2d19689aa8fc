"""Laws of finding a shape: nothing of it lies outside its box, and the view shows the box."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.oracle import read, value
from tests.strategies import fewer, fractions, numbers, programs, shapes, tame_constants
from viewer.passes.extent import Box, extent
from viewer.program import parse
from viewer.program import read as read_file
from viewer.view import Block, Grid
from viewer.window.places.fit import MARGIN, fitted

EXACT = ("add", "sub", "mul", "min", "max", "neg", "abs", "square", "sqrt", "div", "exp", "ln")
points = st.tuples(numbers(32), numbers(32))
sizes = st.tuples(st.integers(1, 3000), st.integers(1, 3000))


def box_of(text: str, z: Fraction = Fraction(0)) -> Box:
    return extent(parse(text.encode()), z)


def holds(box: Box, x: float, y: float) -> bool:
    inside = box.left <= Fraction(x) <= box.right and box.bottom <= Fraction(y) <= box.top
    return inside or max(abs(x), abs(y)) > 2.0**20


@fewer(2)
@given(
    programs(words=EXACT, values=tame_constants()) | shapes(),
    st.lists(points, min_size=1, max_size=30),
    st.integers(-8, 8).map(lambda n: n / 4),
)
def test_every_inside_point_is_in_the_box(
    text: str, places: list[tuple[float, float]], z: float
) -> None:
    box, nodes = box_of(text, Fraction(z)), read(text)
    for x, y in places:
        assert holds(box, x, y) or not value(nodes, x, y, z) < 0


@fewer(2)
@given(shapes(), st.integers(-300, 300), st.integers(-300, 300))
def test_every_inside_point_of_a_shape_is_in_the_box(text: str, i: int, j: int) -> None:
    test = value(read(text), i / 64, j / 64)
    assert holds(box_of(text), i / 64, j / 64) or not test < 0


CIRCLE = """
x var-x
y var-y
a const {0}
b const {1}
r const {2}
dx sub x a
dy sub y b
xx square dx
yy square dy
s add xx yy
q sqrt s
d sub q r
"""


@given(fractions(4), fractions(4), st.integers(1, 1000))
def test_the_box_of_a_circle_is_close(x: Fraction, y: Fraction, size: int) -> None:
    r = Fraction(size, 100)
    box = box_of(CIRCLE.format(*map(float, (x, y, r))))
    wanted = (x - r, y - r, x + r, y + r)
    assert all(abs(a - b) <= r / 4 for a, b in zip(box, wanted, strict=True))


discs = st.tuples(st.integers(-40, 40), st.integers(-40, 40), st.integers(1, 20))


@given(st.lists(discs, min_size=2, max_size=5))
def test_the_box_of_a_union_holds_each_part_and_is_close(found: list[tuple[int, int, int]]) -> None:
    lines = ["x var-x", "y var-y"]
    for n, (a, b, r) in enumerate(found):
        lines += [f"a{n} const {a / 8}", f"b{n} const {b / 8}", f"r{n} const {r / 8}"]
        lines += [f"dx{n} sub x a{n}", f"dy{n} sub y b{n}", f"xx{n} square dx{n}"]
        lines += [f"yy{n} square dy{n}", f"s{n} add xx{n} yy{n}", f"q{n} sqrt s{n}"]
        lines += [f"d{n} sub q{n} r{n}", f"u{n} min {f'u{n - 1}' if n else 'd0'} d{n}"]
    box = box_of("\n".join(lines))
    sides = zip(*[(a - r, b - r, -a - r, -b - r) for a, b, r in found], strict=True)
    wanted = [Fraction(min(side), 8) for side in sides]
    for end, edge in zip((box.left, box.bottom, -box.right, -box.top), wanted, strict=True):
        assert edge - Fraction(1, 2) <= end <= edge


@pytest.mark.parametrize(
    ("text", "bounded", "empty"),
    [
        ("x var-x", False, False),  # a half plane
        ("c const 1", True, True),
        ("c const -1", False, False),
        ("x var-x\ny sqrt x", False, False),  # nowhere, but what is no number has no bounds
        (f"{CIRCLE}n neg d".format(0, 0, 1), False, False),  # all but a disc
        (f"{CIRCLE}z var-z\ne add d z".format(0, 0, 1), True, False),
    ],
)
def test_what_has_no_box_says_so(text: str, bounded: bool, empty: bool) -> None:
    found = box_of(text)
    assert (found.bounded, found.empty) == (bounded, empty)


def test_the_slice_matters() -> None:
    ball = CIRCLE.format(0, 0, 1) + "z var-z\ne add d z"
    assert box_of(ball, Fraction(9, 8)).empty
    assert box_of(ball, Fraction(1, 2)).right < Fraction(6, 10)
    assert box_of(ball, Fraction(1, 3)).right > Fraction(6, 10)


@given(st.lists(fractions(5), min_size=4, max_size=4), sizes)
@example([Fraction(0)] * 4, (800, 600))
def test_the_view_shows_the_box_and_little_else(
    ends: list[Fraction], size: tuple[int, int]
) -> None:
    left, right = sorted(ends[:2])
    bottom, top = sorted(ends[2:])
    view = fitted(Box(left, bottom, right, top), size)
    half = view.half(size)
    assert (view.x, view.y) == ((left + right) / 2, (bottom + top) / 2)
    shares = [(right - left) / (2 * half * size[0]), (top - bottom) / (2 * half * size[1])]
    free = 1 - 2 * MARGIN
    assert max(shares) <= free
    assert max(shares) > free * Fraction(98, 100) or right - left == top - bottom == 0
    assert len(view.zoom_text()) < 12


def test_a_view_that_fits_shows_a_shape() -> None:
    from viewer.engines.numpy_gc import NumpyGc

    text = CIRCLE.format(300, -200, 40)
    grid = Grid(fitted(box_of(text), (40, 30)), 40, 30)
    inside = NumpyGc(parse(text.encode())).inside(grid, Block(0, 0, 40, 30))
    assert 0.2 < inside.mean() < 0.6
    assert not inside[0].any()
    assert not inside[-1].any()


def test_a_long_text_has_a_box(shared: Path) -> None:
    """Its letters' wedges reach far, but not in small cells of their own."""
    program = read_file(shared / "models" / "prospero.vm")
    box = extent(program)
    assert box.bounded
    assert max(-box.left, -box.bottom, box.right, box.top) < 1
