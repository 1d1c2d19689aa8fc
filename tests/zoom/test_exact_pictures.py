"""The engine `exact` against the exact oracle, at every pixel. For pictures of real models deep
down see `tests/deep` as well."""

from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.sign.shapes import csg
from tests.strategies import fewer, fractions, programs, tame_constants
from tests.zoom.pictures import Flags, edge, expected
from viewer.engines.exact import Exact
from viewer.program import parse
from viewer.sign.tiles import Anchor
from viewer.view import Grid, View
from viewer.zoom.local import localise


def drawn(text: str, grid: Grid) -> tuple[Flags, Exact]:
    with Exact(parse(text.encode())) as engine:
        return engine.inside(grid, grid.whole), engine


def check(text: str, grid: Grid) -> None:
    """Right wherever the oracle knows; what is not decided is said."""
    found, engine = drawn(text, grid)
    inside, known = expected(text, grid)
    wrong = int(((found != inside) & known).sum())
    assert wrong <= engine.tally.undecided
    if engine.tally.undecided == 0:
        assert known.all() or not wrong


@fewer(4)
@given(text=csg(), x=fractions(4), y=fractions(30), exponent=st.integers(-3, 40))
def test_formulas_are_right_at_every_pixel(
    text: str, x: Fraction, y: Fraction, exponent: int
) -> None:
    grid = Grid(View(x / 4, y / 4, Fraction(10) ** exponent), 9, 7)
    found, engine = drawn(text, grid)
    inside, known = expected(text, grid)
    assert known.all()
    assert engine.tally.undecided == 0
    np.testing.assert_array_equal(found, inside)


@fewer(2)
@given(
    text=st.one_of(programs(), programs(values=tame_constants())),
    x=fractions(2),
    y=fractions(20),
    exponent=st.integers(-2, 3),
)
def test_programs_are_right_at_every_pixel(
    text: str, x: Fraction, y: Fraction, exponent: int
) -> None:
    check(text, Grid(View(x, y, Fraction(10) ** exponent), 5, 4, Fraction(1, 3)))


def agree(path: Path, zoom: Fraction) -> None:
    """On an edge of a model a few pixels are all right, and known to be."""
    text = path.read_text(encoding="utf-8")
    with Exact(parse(text.encode())) as engine:
        bits = 30 + zoom.numerator.bit_length()
        place = edge(lambda grid: engine.inside(grid, grid.whole), bits)
        grid = Grid(View(*place, zoom), 4, 3)
        found = engine.inside(grid, grid.whole)
        assert engine.tally.undecided == 0
    inside, known = expected(text, grid)
    assert known.all()
    assert {*found.flat} == {False, True}
    np.testing.assert_array_equal(found, inside)


@pytest.mark.parametrize(
    ("name", "exponent"),
    [
        *product(("hello", "gears", "jellyfish", "frost", "dreams"), (3,)),
        *product(("hello", "gears"), (17,)),
        *(pytest.param(name, 60, marks=pytest.mark.slow) for name in ("gears", "frost", "dreams")),
    ],
)
def test_bundled_models_are_right_on_their_edges(name: str, exponent: int) -> None:
    agree(ROOT / "assets" / f"{name}.vm", Fraction(10) ** exponent)


@pytest.mark.parametrize("name", ["bear", "quarter", "prospero"])
def test_shared_models_are_right_on_their_edges(shared: Path, name: str) -> None:
    agree(shared / "models" / f"{name}.vm", Fraction(10) ** 6)


def test_two_scales_in_one_picture() -> None:
    """Left of a jump a value 1e98 times smaller decides: there only squares of its own show it."""
    text = """x var-x
        y var-y
        ten const 10
        tenth const 0.1
        a mul ten x
        b floor a
        half const 0.5
        c sub b half
        d sub y tenth
        r max c d"""
    grid = Grid(View(Fraction(1, 10), Fraction(1, 10), Fraction(10) ** 98), 128, 128)
    found, engine = drawn(text, grid)
    tenth = Fraction(1, 10)
    (doubt,) = localise(parse(text.encode()), Anchor(tenth, tenth, tenth**98)).doubts
    assert doubt.held  # nor is it passed over in silence
    expected = np.zeros((128, 128), np.bool_)
    expected[64:, :64] = True
    np.testing.assert_array_equal(found, expected)
    assert 0 < engine.tally.again <= 16 * 128
    assert engine.tally.undecided == 0
