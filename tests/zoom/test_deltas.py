"""The delta rules one by one: in float32 each has nearly all digits of a small change."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from numpy.typing import NDArray

from tests.oracle import BINARY, UNARY, read, real
from tests.strategies import fewer
from tests.zoom.local_oracle import local_of
from viewer.passes.values import field_at
from viewer.program import OPS, Program
from viewer.sign.tiles import Anchor

PLACES = [-1, -0.75, -0.25, 0, 0.125, 0.625, 1]
ULP = 2.0**-24
FEW, MORE = 6, 64
"""Ulps of the largest change; and where that is a tenth of the function's own scale, so that
the function itself is taken."""
SMOOTH: dict[str, Any] = {
    "neg": lambda a, b: -a,
    "abs": lambda a, b: abs(a),
    "recip": lambda a, b: 1 / a,
    "sqrt": lambda a, b: mp.sqrt(a),
    "square": lambda a, b: a * a,
    "exp": lambda a, b: mp.exp(a),
    "ln": lambda a, b: mp.log(a),
    "sin": lambda a, b: mp.sin(a),
    "cos": lambda a, b: mp.cos(a),
    "tan": lambda a, b: mp.tan(a),
    "asin": lambda a, b: mp.asin(a),
    "acos": lambda a, b: mp.acos(a),
    "atan": lambda a, b: mp.atan(a),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "min": min,
    "max": max,
    "atan2": mp.atan2,
    "mod": lambda a, b: a - b * mp.floor(a / b),
    "and": lambda a, b: b,
    "or": lambda a, b: a,
}
STEPS = {
    "floor": ("3", "2.5"),
    "ceil": ("3", "3.5"),
    "round": ("3.5", "3.5"),
    "not": ("0", "0.5"),
    "compare": ("0.5", "0.5"),
}
"""Where each jumps, and a number between its values there."""


def test_every_op_is_here() -> None:
    assert SMOOTH.keys() | STEPS.keys() == {*UNARY, *BINARY}
    assert all(op.delta is not None for op in OPS.values() if op.arity)


def in_float32(program: Program, u: NDArray[Any], v: NDArray[Any]) -> NDArray[Any]:
    found = field_at(program, {"x": u, "y": v}, np.float32)
    return np.broadcast_to(found, u.shape)


def off(word: str, x: str, y: str, half: Fraction, *, bent: bool) -> float:
    """How far off the op's changes over a square are, in ulps of the largest. `bent`: of operands
    that are no quadratics, x + |x - x0| and y."""
    places = [(Fraction(p), Fraction(q)) for p in PLACES for q in PLACES]
    with mp.workdps(700):
        here = mp.mpf(x), mp.mpf(y)
        side = mp.mpf(half.numerator) / half.denominator
        middle = SMOOTH[word](*here)
        changes = []
        for p, q in places:
            du, dv = (side * part.numerator / part.denominator for part in (p, q))
            a = here[0] + du + (abs(du) if bent else 0)
            changes.append(SMOOTH[word](a, here[1] + dv) - middle)
        operands = ("k" if bent else "x") + ("" if word in UNARY else " y")
        fold = f"o const {x}\nd sub x o\ne abs d\nk add x e\n" if bent else ""
        root = f"p {word} {operands}\nm const {mp.nstr(middle, 690)}\nq sub p m"
        local = local_of(f"x var-x\ny var-y\n{fold}{root}", Anchor(Fraction(x), Fraction(y), half))
        assert all(doubt.held for doubt in local.doubts)  # bent, it is zero in one half
        u, v = (np.array(column, np.float32) for column in zip(*places, strict=True))
        values = in_float32(local.program, u, v)
        unit = mp.mpf(str(local.unit))
        pairs = zip(values.tolist(), changes, strict=True)
        error = max(abs(unit * value - change) for value, change in pairs)
        return float(error / max(map(abs, changes)) / ULP)


@pytest.mark.parametrize("word", SMOOTH)
@given(
    x=st.integers(201, 699),
    y=st.integers(701, 999),
    deep=st.sampled_from([1, 2, 3, 4, 5, 6, 8, 12, 30, 100, 300]),
    bent=st.booleans(),
)
@fewer(8)
def test_a_small_change_has_nearly_all_its_digits(
    word: str, x: int, y: int, deep: int, bent: bool
) -> None:
    """From a tenth of the operand's distance to where its function bends, to 1e-300."""
    half = Fraction(x, 1009) / 10**deep
    assert off(word, f"0.{x}1", f"0.{y}7", half, bent=bent) < (FEW if deep > 2 else MORE)


@pytest.mark.parametrize("word", STEPS)
@pytest.mark.parametrize("deep", [3, 40, 290])
@pytest.mark.parametrize("shift", [Fraction(-2), Fraction(2), Fraction(0), Fraction(1, 4)])
def test_a_step_is_where_it_is(word: str, deep: int, shift: Fraction) -> None:
    """In squares on either side of it, and across it; on the step itself as well."""
    edge, level = STEPS[word]
    operands = "x" if word in UNARY else "x h"
    text = f"x var-x\nh const 0.5\np {word} {operands}\nm const {level}\nq sub p m"
    half = Fraction(1, 10**deep)
    local = local_of(text, Anchor(Fraction(edge) + shift * half, Fraction(0), half))
    u = np.array([-0.75, -0.25, 0, 0.375, 1], np.float32)
    for p, value in zip(u.tolist(), in_float32(local.program, u, u).tolist(), strict=True):
        exact = real(read(text), local.anchor.x + half * Fraction(p), Fraction(0), Fraction(0))
        assert exact is not None and exact.exact
        assert np.sign(value) == np.sign(float(exact.low))
