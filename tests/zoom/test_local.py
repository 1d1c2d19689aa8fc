"""Laws of local programs: they say what the original says, at any depth, and are small."""

import threading
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from flint import ctx
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from tests.conftest import ROOT
from tests.oracle import NAN, UndecidedError, read, real
from tests.strategies import fractions, grids, programs, tame_constants
from tests.zoom.local_oracle import enclosure, local_of
from viewer.engines.numpy_gc import NumpyGc
from viewer.passes import optimise
from viewer.program import parse
from viewer.sign.tiles import Anchor
from viewer.view import Grid, View
from viewer.zoom.local import localise

DEPTHS = (0, 0, 1, 2, 3, 5, 8, 13, 30, 100, 300)
HALVES = st.builds(
    lambda depth, part: Fraction(part, 100) / 10**depth,
    st.sampled_from(DEPTHS),
    st.integers(100, 999),
)
ROUND = st.integers(-8, 8).map(lambda n: Fraction(n, 4))
"""Places where things happen: singularities, halves, whole numbers."""
PLACES = st.one_of(ROUND, fractions(2), fractions(330))
ANCHORS = st.builds(Anchor, PLACES, PLACES, HALVES)
INSIDE = st.integers(-16, 16).map(lambda n: Fraction(n, 16))


def agree(text: str, anchor: Anchor, points: list[tuple[Fraction, Fraction]]) -> int:
    """Holds a local program to the exact field at points of its square, where both are known.
    Returns at how many that was."""
    local, nodes, told = local_of(text, anchor), read(text), 0
    if not all(doubt.held for doubt in local.doubts):
        return 0
    for u, v in points:
        x, y, half = anchor
        try:
            exact = real(nodes, x + half * u, y + half * v, Fraction(0), 3000)
            found = enclosure(local, u, v)
        except UndecidedError:
            continue
        told += 1
        if exact is NAN:
            assert found is NAN or found.high >= 0
        else:
            assert found is not NAN
            assert found.low <= exact.high and exact.low <= found.high, (u, v)
    return told


@given(
    text=programs(values=tame_constants(), longest=12),
    anchor=ANCHORS,
    points=st.lists(st.tuples(INSIDE, INSIDE), min_size=3, max_size=3),
)
def test_a_local_program_is_the_field(
    text: str, anchor: Anchor, points: list[tuple[Fraction, Fraction]]
) -> None:
    agree(text, anchor, [*points, (Fraction(0), Fraction(0))])


LINES = "x var-x\ny var-y\nz var-z\n"
CONE = LINES + "xx square x\nyy square y\ns add xx yy\nr sqrt s\n"
SINGULAR = {
    "cone": CONE + "c const 7e-50\nd sub r c",
    "cone of a sum": LINES
    + "xx mul x x\nyy mul y y\ns add xx yy\nr sqrt s\nc const 7e-50\nd sub r c",
    "log": LINES + "l ln x\nc const -113\nd sub l c",
    "pole": LINES + "l recip x\nc const 3e49\nd sub l c",
    "quotient": LINES + "l div y x\nc const 0.5\nd sub l c",
    "angle": LINES + "l atan2 y x\nc const 0.5\nd sub l c",
    "cut": LINES + "o const -1\np add x o\nl atan2 y p\nc const 0.5\nd sub l c",
    "end of asin": LINES
    + "o const 1\np add x o\nl asin p\nc const 1.5707963267948966192313216\nd sub l c",
    "end of acos": LINES + "o const -1\np add x o\nl acos p\nc const 3\nd sub l c",
    "step": LINES + "l floor x\nd add l y",
    "halves": LINES + "h const 0.5\nl sub x h\np round l\nd sub p y",
    "teeth": LINES + "h const 0.25\nl mod x h\nd sub l y",
    "not": LINES + "l not x\nc const 0.5\nd sub c l",
    "switch": LINES + "o compare x y\nl and o x\np or l y\nc const 1e-50\nd sub p c",
}


@pytest.mark.parametrize("name", SINGULAR)
@pytest.mark.parametrize("off", ["0", "-1e-200", "0.7e-49"])
def test_singularities_are_right_or_in_doubt(name: str, off: str) -> None:
    anchor = Anchor(Fraction(off), Fraction("2e-51"), Fraction(1, 10**49))
    steps = [Fraction(n, 7) for n in (-6, -1, 3, 7)]
    points = [(u, v) for u in steps for v in steps]
    told = agree(SINGULAR[name], anchor, points)
    assert told >= len(points) // 3  # the rest is at an end of what is defined, or on a jump


@pytest.mark.parametrize(
    "word", ["exp", "ln", "sin", "cos", "tan", "sqrt", "recip", "asin", "atan"]
)
@pytest.mark.parametrize("bent", [False, True])
def test_what_a_polynomial_leaves_out_is_told(word: str, bent: bool) -> None:
    """In squares of every size, of functions of x and of x + |x - 0.3|."""
    fold = "d sub x o\ne abs d\nk add x e\n" if bent else ""
    text = f"x var-x\no const 0.3\n{fold}p {word} {'k' if bent else 'x'}\nq sub p o"
    points = [(Fraction(u), Fraction(0)) for u in (1, Fraction(-15, 16))]
    sizes = [Fraction(4) ** -n for n in range(1, 21)]
    told = sum(agree(text, Anchor(Fraction("0.3"), Fraction(0), half), points) for half in sizes)
    assert told >= 36


@pytest.mark.parametrize("word", ["sin", "cos", "tan"])
def test_whole_turns_are_taken_off(word: str) -> None:
    text = f"x var-x\np {word} x\nc const 0.2\nq sub p c"
    points = [(Fraction(n, 8), Fraction(0)) for n in range(-8, 9)]
    for middle in (0, 4, 8, -11, 10**30):
        assert agree(text, Anchor(Fraction(middle), Fraction(0), Fraction(3)), points) >= 12


@pytest.mark.parametrize("word", ["min", "max", "add", "mul", "compare", "and", "or"])
def test_what_has_no_value_is_not_left_out(word: str) -> None:
    """An operand that decides nothing, and does not exist in one half of the square."""
    below = "9" if word in ("min", "compare", "or") else "-9"
    text = (
        f"x var-x\ny var-y\nr sqrt x\nt const {below}\nm const 0\nz mul r m\n"
        f"s add {'z' if word in ('add', 'mul') else 'r'} t\n"
        f"p {word} {'s y' if word in ('and', 'max') else 'y s'}\nl const 99\nq sub p l"
    )
    points = [(Fraction(n, 8), Fraction(n, 9)) for n in (-8, -5, -1, 2, 7)]
    assert agree(text, Anchor(Fraction(0), Fraction(-1), Fraction(1, 2)), points) == 5


@given(u=INSIDE, deep=st.integers(91, 300))
def test_choices_are_decided_by_all_digits(u: Fraction, deep: int) -> None:
    """1e-90 apart, in squares a millionth of that."""
    text = LINES + "c const 1e-90\na add x c\nm min x a\nn max y m\np neg n"
    anchor = Anchor(Fraction(0), Fraction(-1), Fraction(1, 10**deep))
    local = local_of(text, anchor)
    assert local.program.operations == 1  # -x alone
    assert agree(text, anchor, [(u, u)]) == 1


@pytest.mark.parametrize("least", [True, False])
def test_a_difference_of_references_is_taken_exactly(least: bool) -> None:
    """An open choice between lines that cross within the square, far from zero."""
    word = "min" if least else "max"
    text = LINES + (
        "c const 1e-100\nk const 3\nt mul k x\na sub t c\nb add x c\n"
        f"m {word} a b\np const 1e-100\nd sub m p"
    )
    anchor = Anchor(Fraction(0), Fraction(0), Fraction(4, 10**100))
    points = [(Fraction(n, 16), Fraction(0)) for n in range(-16, 17)]
    assert agree(text, anchor, points) == len(points)
    assert word in [instr.op.name for instr in local_of(text, anchor).program.instrs]


SMOOTH = LINES + (
    "c const 2.5\na mul x c\ns sin a\ne exp y\np mul s e\nq sqrt e\nr div p q\nt tan y\n"
    "w add r t\nl ln e\nm atan2 w l\nn sub m s\nf const 0.4\nd sub n f"
)


@cache
def edge_of_smooth() -> Fraction:
    """Where its field is zero, at x = 0.5."""

    def field(y: Any) -> Any:
        p = mp.sin(mp.mpf("1.25")) * mp.exp(y)
        w = p / mp.sqrt(mp.exp(y)) + mp.tan(y)
        return mp.atan2(w, y) - mp.sin(mp.mpf("1.25")) - mp.mpf("0.4")

    with mp.workdps(400):
        return Fraction(mp.nstr(mp.findroot(field, (0.3, 0.4), tol=mp.mpf("1e-760")), 400))


@pytest.mark.parametrize("deep", [12, 40, 300])
def test_smooth_programs_become_quadratics(deep: int) -> None:
    """At 1e12 the cubic terms are a part in 1e24 of the change."""
    x, y = Fraction("0.5"), edge_of_smooth()
    anchor = Anchor(x, y, Fraction(1, 10**deep))
    local = local_of(SMOOTH, anchor)
    assert local.program.operations <= (10 if deep < 20 else 3)
    assert local.slack.max() < 1e-9
    assert agree(SMOOTH, anchor, [(Fraction(1), Fraction(-1)), (Fraction(1, 2), Fraction(1))]) == 2


@given(
    text=programs(values=tame_constants(), longest=12),
    anchor=ANCHORS,
    dx=st.integers(-8, 8),
    dy=st.integers(-8, 8),
)
def test_squares_that_nearly_coincide_share_a_structure(
    text: str, anchor: Anchor, dx: int, dy: int
) -> None:
    """So that a shader for one draws the other: only numbers differ. Not at special places."""
    x, y, half = anchor
    x, y = x + half / 977, y + half / 1013
    near = Anchor(x + dx * half / 2**60, y + dy * half / 2**60, half)
    one, two = local_of(text, Anchor(x, y, half)), local_of(text, near)
    assert [instr[:2] for instr in one.program.instrs] == [
        instr[:2] for instr in two.program.instrs
    ]


@given(text=programs(values=tame_constants(), longest=12), anchor=ANCHORS)
def test_numbers_are_ordinary(text: str, anchor: Anchor) -> None:
    """And none is written that says nothing."""
    local = local_of(text, anchor)
    # Where nothing bounds a value, a factor that is 1 but for its error is written for that.
    poles = any(instr.op.name in ("div", "recip", "ln", "tan") for instr in local.program.instrs)
    for instr in local.program.instrs:
        assert instr.op.variable != "z"
        if instr.value is not None:
            assert float(instr.value) == instr.value
            assert abs(instr.value) < 2**120
        numbers = [local.program.instrs[arg].value for arg in instr.args]
        assert poles or instr.op.name != "mul" or 1 not in numbers
        assert not (instr.op.name == "add" and 0 in numbers)
    assert len(optimise(local.program)) == len(local.program)


@given(grid=grids(deepest=40), anchor=ANCHORS)
def test_a_local_grid_has_the_same_samples(grid: Grid, anchor: Anchor) -> None:
    local = local_of("x var-x", anchor)
    there = local.grid(grid)
    for i in (0, grid.width - 1):
        x = grid.view.x + (2 * i - (grid.width - 1)) * grid.half
        u = there.view.x + (2 * i - (there.width - 1)) * there.half
        assert x == anchor.x + anchor.half * u
    corners = [there.view.x, there.view.y]
    reach = max(abs(c) for c in corners) + max(grid.size) * there.half
    assert local.covers(grid) or reach > 1
    assert there.z == grid.z


@pytest.mark.parametrize("k", [13, 48, 91])
def test_frost_at_depth_is_frost_at_home(k: int) -> None:
    """By construction (see the file), but for pixels on edges in float32."""
    program = optimise(parse((ROOT / "assets/frost.vm").read_bytes()))

    def picture(level: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        zoom = 5 * Fraction(5, 2) ** level
        grid = Grid(View(Fraction("0.7"), Fraction("0.28"), zoom), 64, 64)
        local = localise(program, Anchor(grid.view.x, grid.view.y, 5 / (4 * zoom)))
        there = local.grid(grid)
        return NumpyGc(local.program).inside(there, there.whole)

    home, deep = picture(0), picture(k)
    mirrored = home[::-1].T[::-1] if k % 2 else home
    assert (deep != mirrored).sum() <= 2
    assert 0.02 < home.mean() < 0.98


def test_flint_is_left_as_it_was() -> None:
    before = ctx.prec
    found: list[int] = []

    def work() -> None:
        for _ in range(20):
            local_of(SMOOTH, Anchor(Fraction(1, 3), Fraction(0), Fraction(1, 10**200)))
        found.append(ctx.prec)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ctx.prec == before and found


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        (LINES + "c const -1\ns sqrt c\nd sub x s", False),
        (LINES + "c const 3\np add x c\ns neg p", True),
        (LINES + "c const 3\ns add x c", False),
        (LINES + "c const 3\ns add x c\nl neg s\nq sqrt l\nm min x q", False),
    ],
)
def test_what_is_decided_is_a_constant(text: str, inside: bool) -> None:
    local = local_of(text, Anchor(Fraction(0), Fraction(0), Fraction(1, 10**9)))
    [instr] = local.program.instrs
    assert instr.value is not None and (instr.value < 0) == inside
    assert local.slack[0] < 1
    assert not local.doubts
