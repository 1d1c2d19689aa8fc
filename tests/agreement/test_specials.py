"""NaN and infinities, all opcodes, all engines; and random programs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests import oracle
from tests.agreement.expected import Picture, flaws
from tests.band import DIGITS, Band, band
from tests.engines import running
from tests.strategies import fewer, programs, shapes, tame_constants
from viewer.engines.registry import ENGINES, Row
from viewer.program import parse
from viewer.view import Grid, View

Array = NDArray[Any]
Mask = NDArray[np.bool_]

ROWS = pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)

# At 0.5, 1.5, ... 5.5: NaN, inf, -0, -0.69, inf, 1.39; at -0.5, -1.5, ... the same negated.
SPECIAL = (
    *("{0}a abs {0}", "{0}f floor {0}a", "{0}1 const 1", "{0}i sub {0}f {0}1"),  # -1, 0, ... 4
    *("{0}l ln {0}i", "{0}3 const 3", "{0}d sub {0}i {0}3", "{0}q div {0}l {0}d"),
    *("{0}0 const 0", "{0}w compare {0} {0}0", "{0}s mul {0}q {0}w"),
)
TWELVE = Grid(View(base=Fraction(1, 6)), 12, 12)
SAMPLES = tuple(index - 5.5 for index in range(12))


def special_program(word: str) -> str:
    """One opcode on special operands: the first made from x, the second from y."""
    axes = "xy"[: oracle.ARITY[word]]
    lines = ["x var-x", "y var-y", *(line.format(axis) for axis in axes for line in SPECIAL)]
    return "\n".join([*lines, " ".join(["r", word, *(f"{axis}s" for axis in axes)])])


def kind_of(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return f"{value:+}" if math.isinf(value) else "finite"


def compared(word: str, digits: str, found: Array, inside: Mask) -> Iterator[str]:
    """What is wrong with an engine's field and inside for one opcode at the samples of TWELVE."""
    parsed = oracle.read(special_program(word))
    relative = 1e-14 if digits == "float64" else 1e-5
    for (j, y), (i, x) in product(enumerate(reversed(SAMPLES)), enumerate(SAMPLES)):
        expected, got = oracle.value(parsed, x, y), float(found[j, i])
        same = kind_of(expected) == kind_of(got)
        if math.isfinite(expected) and math.isfinite(got):
            same = abs(expected - got) <= relative * max(1.0, abs(expected))
        if not same or bool(inside[j, i]) != (expected < 0):
            yield f"{word} at ({x}, {y}): {got}, inside {inside[j, i]}; not {expected}"


@ROWS
def test_nan_and_infinities(row: Row) -> None:
    """The field is what `math` says, and inside where that is below zero, for every opcode."""
    complaints: list[str] = []
    for word in (*oracle.UNARY, *oracle.BINARY):
        with running(row, parse(special_program(word).encode())) as engine:
            found = engine.field(TWELVE, TWELVE.whole)
            inside = engine.inside(TWELVE, TWELVE.whole)
        complaints += compared(word, row.digits, found, inside)
    assert complaints == []


def test_the_specials_are_special() -> None:
    """They are NaN, both infinities, both zeros and plain numbers."""
    lines = special_program("neg").splitlines()[:-1]
    values = [oracle.value(oracle.read("\n".join(lines)), sample, 0.0) for sample in SAMPLES]
    met = {f"{value:+}" if value == 0 else kind_of(value) for value in values}
    assert met == {"nan", "-inf", "+inf", "+0.0", "-0.0", "finite"}


@ROWS
@fewer(10)
@given(text=st.one_of(shapes(), programs(), programs(values=tame_constants())))
def test_random_programs(row: Row, text: str) -> None:
    """The band is that of the running error alone."""
    digits = "float32" if row.digits == "exact" else row.digits
    x = np.array(SAMPLES) / 4
    none = np.zeros_like(x)
    across = Band(x[np.newaxis], none[np.newaxis])
    down = Band(-x[:, np.newaxis], none[:, np.newaxis])
    found = band(oracle.read(text), across, down, 0.0, DIGITS[digits])
    values, errors = (np.broadcast_to(part, (12, 12)) for part in found)
    with np.errstate(invalid="ignore"):
        expected = values < 0
        certain = (abs(values) > 2 * errors) | (np.isnan(values) & (errors == 0))
    grid = Grid(View(base=Fraction(2, 3)), 12, 12)
    with running(row, parse(text.encode())) as engine:
        inside = engine.inside(grid, grid.whole)
    assert flaws(inside, Picture(expected, certain)) == ""
