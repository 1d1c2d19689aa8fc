"""The bundled shapes keep what `assets/README.md` and their own headers promise."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import product, starmap
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import viewer

from . import oracle

ASSETS = Path(__file__).resolve().parent.parent / "assets"
SHAPES = ("dreams", "frost", "gears", "hello", "jellyfish")
CHALLENGE = {"const", "var-x", "var-y", "add", "sub", "mul", "max", "min", "neg", "square", "sqrt"}

Point = tuple[Fraction, Fraction]


@cache
def nodes(name: str) -> oracle.Nodes:
    return oracle.read((ASSETS / f"{name}.vm").read_text(encoding="ascii"))


def words(name: str) -> Counter[str]:
    return Counter(node.word for node in nodes(name))


def readme_row(name: str) -> str:
    lines = (ASSETS / "README.md").read_text(encoding="utf-8").splitlines()
    (row,) = (line for line in lines if line.startswith(f"| `{name}.vm`"))
    return row


def test_every_shape_is_known_here() -> None:
    assert sorted(path.stem for path in ASSETS.glob("*.vm")) == list(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_script_prints_the_file(name: str) -> None:
    command = [sys.executable, "-B", str(ASSETS / "scripts" / f"{name}.py")]
    made = subprocess.run(command, capture_output=True, check=True)
    assert made.stdout.replace(b"\r\n", b"\n") == (ASSETS / f"{name}.vm").read_bytes()


@pytest.mark.parametrize("name", SHAPES)
def test_viewer_reads_it_and_readme_counts_it(name: str) -> None:
    program = viewer.read(ASSETS / f"{name}.vm")
    assert [instr.op.name for instr in program.instrs] == [node.word for node in nodes(name)]
    assert f"| {len(program.instrs):,} |" in readme_row(name)


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_in_it_is_unused(name: str) -> None:
    used = {arg for node in nodes(name) for arg in node.args}
    assert used == set(range(len(nodes(name)) - 1))


# --- dreams --------------------------------------------------------------------------------


def test_dreams_is_like_the_challenge() -> None:
    assert sum(words("dreams").values()) >= 6_000
    assert set(words("dreams")) == CHALLENGE
    assert nodes("dreams")[-1].word == "min"


def verses() -> list[tuple[Fraction, Fraction, Fraction]]:
    """The views that the header of dreams.vm names: x, y, zoom."""
    text = (ASSETS / "dreams.vm").read_text(encoding="ascii")
    found = re.findall(r"^#  +(\S+),(\S+)@(\S+)$", text, re.MULTILINE)
    return list(starmap(lambda x, y, zoom: (Fraction(x), Fraction(y), Fraction(zoom)), found))


@pytest.mark.parametrize(("level", "paper"), list(enumerate([-1, 1, -1, 1])))
def test_dreams_has_a_verse_in_each_stop(level: int, paper: int) -> None:
    """Letters cut out of the stop, then letters filled in a comma that is cut out, and so on."""
    x, y, zoom = verses()[level]

    def sign(across: Fraction, up: Fraction) -> int | float | None:
        return oracle.sign(nodes("dreams"), x + across / zoom, y + up / zoom)

    corners = {sign(Fraction(i), Fraction(j)) for i, j in product((-1, 1), repeat=2)}
    places = product(range(17), (Fraction(0), Fraction(1, 6)))  # along two lines of a verse
    assert corners == {paper}
    assert any(sign(Fraction(i, 40), up) == -paper for i, up in places)


# --- frost ---------------------------------------------------------------------------------

FACTOR = Fraction("2.5")
LEVELS = 112
TIP, ZIGZAG = (Fraction("0.98"), Fraction(0)), (Fraction("0.7"), Fraction("0.28"))


def thousandths(low: int, high: int) -> st.SearchStrategy[Fraction]:
    return st.integers(low, high).map(lambda step: Fraction(step, 1000))


around_zigzag = st.tuples(thousandths(-1000, 1000), thousandths(-1000, 1000))
before_tip = st.tuples(thousandths(-700, 0), thousandths(-250, 250))  # half of it is inside
depths = st.integers(1, 90)


def frost(point: Point) -> Fraction:
    result = oracle.real(nodes("frost"), *point, Fraction(0))
    assert result is not oracle.NAN
    assert result.exact
    return result.low


def near(centre: Point, offset: Point, zoom: Fraction) -> Point:
    return centre[0] + offset[0] / zoom, centre[1] + offset[1] / zoom


def same_side(here: Point, there: Point, levels_left: int) -> None:
    """Both points are inside, or both outside, unless only the deepest levels can tell."""
    deepest = FACTOR**-levels_left
    value = frost(here)
    assume(abs(value) > deepest)
    assert (frost(there) < 0) == (value < 0)


def test_frost_folds_at_least_a_hundred_levels() -> None:
    assert words("frost")["abs"] == 2 * LEVELS
    assert LEVELS >= 100
    assert sum(words("frost").values()) < 13 * LEVELS


@given(before_tip, depths)
@settings(max_examples=40)
def test_frost_is_the_same_at_every_depth_of_its_tip(offset: Point, depth: int) -> None:
    home = near(TIP, offset, Fraction(1))
    same_side(home, near(TIP, offset, FACTOR**depth), LEVELS - depth)


@given(around_zigzag, depths)
@settings(max_examples=40)
def test_frost_is_the_same_or_mirrored_at_every_depth_of_its_side(
    offset: Point, depth: int
) -> None:
    home = near(ZIGZAG, offset, Fraction(2))
    there = offset[::-1] if depth % 2 else offset
    same_side(home, near(ZIGZAG, there, 2 * FACTOR**depth), LEVELS - depth)


@pytest.mark.parametrize("depth", [0, 1, 2, 45, 90])
def test_frost_has_a_star_at_every_depth_of_its_side(depth: int) -> None:
    """So that the laws above do not speak of empty pictures."""
    star, dark = (Fraction("-0.224"), Fraction("-0.0896")), (Fraction("0.5"), Fraction("0.5"))
    zoom = 2 * FACTOR**depth
    assert frost(near(ZIGZAG, star[::-1] if depth % 2 else star, zoom)) < 0
    assert frost(near(ZIGZAG, dark, zoom)) > 0


# --- the others ----------------------------------------------------------------------------


def crossings(name: str, x: float, y: float, radius: float, count: int = 600) -> int:
    """How often the circle around (x, y) enters the shape."""
    around = [2 * math.pi * (i + 0.5) / count for i in range(count)]
    inside = [
        oracle.value(nodes(name), x + radius * math.cos(a), y + radius * math.sin(a)) < 0
        for a in around
    ]
    return sum(now and not inside[i - 1] for i, now in enumerate(inside))


def test_gears_have_their_teeth() -> None:
    module = 0.048
    for teeth, x, y in ((30, -0.2, -0.17), (14, 0.584761, 0.536602)):
        below_the_other = (teeth / 2 - 1.1) * module  # it reaches 1 module into this one
        assert crossings("gears", x, y, below_the_other) == teeth
        assert crossings("gears", x, y, module) == 0  # the bore


def test_jellyfish_is_smooth_and_organic() -> None:
    assert {"exp", "ln", "sin", "cos"} <= set(words("jellyfish"))


def test_hello_is_small_and_explained() -> None:
    assert sum(words("hello").values()) <= 10
    assert oracle.sign(nodes("hello"), Fraction("0.799"), Fraction(0)) == -1
    assert oracle.sign(nodes("hello"), Fraction("0.801"), Fraction(0)) == 1
