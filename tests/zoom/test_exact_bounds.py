"""Spans and balls hold what the reals say, of every opcode."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from tests import oracle
from tests.sign.shapes import csg
from tests.strategies import fewer, programs, tame_constants
from viewer.exact.bands import Frame
from viewer.exact.enclose import enclose
from viewer.exact.traces import CHOICES, left
from viewer.passes import optimise
from viewer.passes.spans import around
from viewer.program import OPS, parse
from viewer.program.reals import Value
from viewer.program.spans import Span
from viewer.sign.tiles import Anchor
from viewer.zoom.local import Local, localise
from viewer.zoom.precision import working

WORDS = st.sampled_from((*oracle.UNARY, *oracle.BINARY))
NUMBERS = st.one_of(
    st.integers(-40, 40).map(lambda n: n / 8),
    st.floats(-4, 4),
    st.sampled_from((0.0, -0.0, 1.0, -1.0, 1e-300, -5e-324, 1e9, math.pi, -math.pi / 2, 1e160)),
)


def _span(word: str) -> Callable[..., Span]:
    found = OPS[word].span
    assert found is not None
    return found


def reals(word: str, *operands: Fraction) -> oracle.Real:
    """One opcode on exact numbers. Raises `UndecidedError`."""
    values = [oracle.Range(operand, operand) for operand in operands]
    return oracle.REAL[word](300, *values)


def test_every_opcode_has_its_rows() -> None:
    operations = {op.name for op in OPS.values() if op.arity}
    choices = {op.name for op in OPS.values() if op.choice}
    assert {op.name for op in OPS.values() if op.span} == operations
    assert {op.name for op in OPS.values() if op.real} == operations
    assert set(CHOICES) == choices


@pytest.mark.parametrize("word", (*oracle.UNARY, *oracle.BINARY))
@fewer(3)
@given(data=st.data())
def test_a_span_holds_the_values_of_its_points(word: str, data: st.DataObject) -> None:
    spans, points = [], []
    for _ in range(oracle.ARITY[word]):
        low, high = sorted((data.draw(NUMBERS), data.draw(NUMBERS)))
        if data.draw(st.booleans()):
            high = low
        spans.append(Span(np.array([low]), np.array([high])))
        part = Fraction(data.draw(st.integers(0, 8)), 8)
        points.append(Fraction(low) + (Fraction(high) - Fraction(low)) * part)
    with np.errstate(all="ignore"):
        found = _span(word)(*spans)
    try:
        exact = reals(word, *points)
    except oracle.UndecidedError:
        assert found.maybe is not None or word == "exp" or max(map(abs, points)) > 1e100
        return
    check(found, exact)


def check(found: Span, exact: oracle.Real) -> None:
    """A span's promises about one value."""
    missing = [flag is not None and bool(flag.all()) for flag in (found.maybe, found.never)]
    if exact is oracle.NAN:
        assert any(missing)
        return
    assert not missing[1]
    lower, upper = (float(np.asarray(bound).reshape(-1)[0]) for bound in (found.lower, found.upper))
    if math.isfinite(lower):
        assert Fraction(lower) <= exact.high
    if math.isfinite(upper):
        assert Fraction(upper) >= exact.low
    assert lower != math.inf
    assert upper != -math.inf


@given(word=WORDS, data=st.data())
def test_a_span_of_a_point_is_narrow(word: str, data: st.DataObject) -> None:
    """Some units in the last place, of values of ordinary size away from where functions jump."""
    operands = [data.draw(st.floats(0.125, 0.875)) for _ in range(oracle.ARITY[word])]
    assume(word != "mod" or len({*operands}) == 2)
    values = [np.array([operand]) for operand in operands]
    found = _span(word)(*[Span(value, value) for value in values])
    assert found.maybe is None
    assert found.never is None
    size = 1 + abs(float(found.upper[0]))
    assert 0 <= float(found.upper[0] - found.lower[0]) <= 40 * 2.0**-52 * size


@given(value=st.one_of(st.fractions(), st.decimals(allow_nan=False, allow_infinity=False)))
def test_a_number_is_held(value: Fraction) -> None:
    low, high, _, _ = around(value)
    assert float(low) <= value <= float(high)
    assert (low is high) == (Fraction(float(low)) == value)


ANCHORS = st.builds(
    Anchor,
    st.fractions(-3, 3, max_denominator=10**20),
    st.fractions(-3, 3, max_denominator=10**20),
    st.sampled_from([Fraction(10) ** -n for n in range(0, 20, 3)]),
)
TEXTS = st.one_of(programs(), programs(values=tame_constants()))
UNITS = st.integers(-8, 8).map(lambda n: Fraction(n, 8))


SQUARE = Span(np.array([-1.0]), np.array([1.0]))


def spot(value: Fraction) -> Span:
    found = np.array([float(value)])
    return Span(found, found)


@fewer(2)
@given(
    text=st.one_of(programs(), programs(values=tame_constants())), anchor=ANCHORS, u=UNITS, v=UNITS
)
def test_a_frame_holds_the_field(text: str, anchor: Anchor, u: Fraction, v: Fraction) -> None:
    """At a point, over the whole square, and in the square for what is left of the program."""
    z = Fraction(1, 3)
    point = anchor.x + anchor.half * u, anchor.y + anchor.half * v
    try:
        exact = oracle.real(oracle.read(text), *point, z)
    except oracle.UndecidedError:
        return
    frame = Frame.of(parse(text.encode()), anchor, z)
    here = spot(u), spot(v)
    rest = left(frame)
    for found in (
        frame.field(*here),
        frame.field(SQUARE, SQUARE),
        rest.field(*here),
        rest.field(SQUARE, SQUARE),
    ):
        check(found, exact)


@given(text=TEXTS, x=UNITS, y=UNITS)
@pytest.mark.parametrize("bits", [53, 400])
def test_balls_hold_the_field(text: str, x: Fraction, y: Fraction, bits: int) -> None:
    program = optimise(parse(text.encode()))
    numbers = {
        index: fraction(Fraction(instr.value))
        for index, instr in enumerate(program.instrs)
        if instr.value is not None
    }
    with working(bits):
        point = {"x": fraction(x), "y": fraction(y), "z": fmpq(1, 3)}
        found = enclose(program, point, numbers)
    try:
        exact = oracle.real(oracle.read(text), x, y, Fraction(1, 3), 300)
    except oracle.UndecidedError:
        return
    if exact is oracle.NAN:
        assert found.value is None or not found.sure
        return
    assert found.value is not None
    assert held(found.value, exact)
    below = found.below()
    if below is not None:
        assert exact.low < 0 if below else exact.high >= 0


def fraction(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def held(found: Value, exact: oracle.Range) -> bool:
    """Whether a value may be the oracle's."""
    with working(2000):
        return not (found > fraction(exact.high) or found < fraction(exact.low))


def test_slack_widens_a_local_frame() -> None:
    local = Local(
        Anchor(Fraction(0), Fraction(0), Fraction(1)),
        parse(b"x var-x\ny var-y\nr add x y"),
        np.array([0.25, 0.0, 0.125]),
        Decimal(1),
    )
    low, high, _, _ = Frame.local(local).field(spot(Fraction(1)), spot(Fraction(1, 2)))
    assert 1.125 - 1e-15 <= low[0] <= 1.125
    assert 1.875 <= high[0] <= 1.875 + 1e-15


@fewer(2)
@given(text=st.one_of(csg(), programs(values=tame_constants())), anchor=ANCHORS, u=UNITS, v=UNITS)
def test_a_local_frame_never_tells_a_wrong_sign(
    text: str, anchor: Anchor, u: Fraction, v: Fraction
) -> None:
    program = optimise(parse(text.encode()))
    local = localise(program, anchor)
    if local.doubts:
        return
    frame = Frame.local(local)
    point = anchor.x + anchor.half * u, anchor.y + anchor.half * v
    sign = oracle.sign(oracle.read(text), *point)
    for found in (frame.field(spot(u), spot(v)), frame.field(SQUARE, SQUARE)):
        if sign is not None:
            assert not (found.below().all() and not sign < 0)
            assert not (found.above().all() and sign < 0)
