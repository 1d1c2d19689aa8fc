"""Laws of warnings: what is odd about lines of a program, and how `prospero info` tells it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import programs
from viewer.info import report
from viewer.passes import prune
from viewer.passes.flaws import Flaw, flaws
from viewer.passes.values import field_at
from viewer.program import parse

PAGE = b"""# odd in many ways
x var-x
u neg x          # nothing reads it
b const 1e39
c const -1e309
d const 1e-39
e const -1e-400
z const 0
m const -1
s sqrt m         # no number
t neg s          # nor this, of course
n add b c
o add d e
p add n o
q add p z
r add q t
w add r x
"""
WARNINGS = (
    Flaw(3, "nothing reads this value"),
    Flaw(4, "too large for float32: infinite there"),
    Flaw(5, "too large for float64: infinite there"),
    Flaw(6, "too small for float32: may be zero there"),
    Flaw(7, "too small for float64: may be zero there"),
    Flaw(10, "this is no number"),
)


def test_warnings_as_a_page() -> None:
    assert flaws(parse(PAGE)) == WARNINGS
    told = report(parse(PAGE)).partition("warnings")[2].splitlines()
    assert [line.strip() for line in told] == [f"line {n}: {why}" for n, why in WARNINGS]


def test_info_names_a_few_and_counts_the_others() -> None:
    unread = b"x var-x\n" + b"".join(b"u%d neg x\n" % n for n in range(20)) + b"r neg x"
    last = report(parse(unread)).splitlines()[-1]
    assert last.strip() == "and 12 more"


def test_models_are_quiet(model: Path) -> None:
    program = parse(model.read_bytes())
    assert flaws(program) == ()
    assert "warnings" not in report(program)


@given(programs())
@example("x var-x\ny var-y\na neg x")
def test_where_no_value_is_unread_nothing_can_be_left_out(text: str) -> None:
    program = parse(text.encode())
    unread = [flaw for flaw in flaws(program) if "reads" in flaw.why]
    assert bool(unread) == (len(prune(program)) < len(program))
    read = {arg for instr in program.instrs for arg in instr.args} | {program.root}
    assert [flaw.line - 1 for flaw in unread] == sorted(set(range(len(program))) - read)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.builds(lambda n, e: Decimal(n).scaleb(e), st.integers(-99, 99), st.integers(-400, 400))
)
@example(Decimal(float(np.finfo(np.float32).max)))
@example(Decimal(float(np.finfo(np.float32).max)) * Decimal("1.00000005"))
@example(Decimal(float(np.finfo(np.float32).smallest_normal)))
@example(Decimal(float(np.finfo(np.float64).smallest_normal)) * Decimal("0.99"))
@example(Decimal("1e999999"))
@example(Decimal("-1e-999999"))
def test_constants_that_floats_hold_are_quiet(value: Decimal) -> None:
    """As NumPy reads them."""
    found = flaws(parse(f"x var-x\nc const {value}\nr add x c".encode()))
    kinds = []
    for kind in (np.float64, np.float32):
        with np.errstate(all="ignore"):
            size: Any = abs(kind(str(value)))
        tiny = size < np.finfo(kind).smallest_normal and value != 0
        kinds += [np.dtype(kind).name] if np.isinf(size) or tiny else []
    assert bool(found) == bool(kinds)
    for flaw in found:
        assert flaw.line == 2 and f" {kinds[0]}:" in flaw.why
        assert ("large" in flaw.why) == (abs(value) > 1)


@given(programs())
@example("x var-x\na const 0\nb recip a\nr add x b")
@example("m const -2\nr asin m")
def test_what_is_no_number_is_none_in_floats(text: str) -> None:
    program = parse(text.encode())
    told = {flaw.line for flaw in flaws(program) if "number" in flaw.why}
    for number in told:
        part = parse("\n".join(text.splitlines()[:number]).encode())
        points = np.zeros(1)
        value = field_at(part, {"x": points, "y": points, "z": points}, np.float64)
        assert np.isnan(value).all()


@pytest.mark.parametrize("value", ["0", "1e37", "-1e-37", "3.4e38", "0.1", "123456789"])
def test_ordinary_constants(value: str) -> None:
    assert flaws(parse(f"x var-x\nc const {value}\nr add x c".encode())) == ()
