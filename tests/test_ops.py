"""The table of opcodes, row by row, against the oracle."""

import math
from decimal import Decimal, DecimalException
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests import oracle
from tests.strategies import constants, fewer
from viewer.program import OPS, Op

Array = NDArray[Any]

SPECIALS = (
    *(math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0),
    *(0.49999999999999994, 1e-45, -1e-45, 1e-310, 1e38, -1e38, 3e38, 1e300, 88.5, -100.0, 720.0),
    *(math.pi, -math.pi / 2, 8388609.0, 4503599627370497.0),
)
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
COMPUTED = [op for op in OPS.values() if op.arity]
ROWS = pytest.mark.parametrize("op", COMPUTED, ids=lambda op: op.name)
ROUNDED_TWICE = ("exp", "ln", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "mod")
# Where IEEE 754 says which zero it is. A zero of the other ops is no one's promise.
SIGNED_ZEROS = (
    "neg",
    "abs",
    "recip",
    "sqrt",
    "square",
    "floor",
    "ceil",
    "add",
    "sub",
    "mul",
    "div",
)


def operands(op: Op, dtype: Any) -> list[Array]:
    """All specials, or all pairs of them, as arrays."""
    with np.errstate(over="ignore"):
        pairs: Array = np.array(list(product(SPECIALS, repeat=op.arity)), dtype)
    return list(pairs.T.copy())


def point(op: Op, args: list[Array], out: Array | None = None) -> Array:
    assert op.point is not None
    with np.errstate(all="ignore"):
        result: Array = op.point(*args, out=out)
    return result


def test_the_table_is_complete() -> None:
    assert {op.name: op.arity for op in COMPUTED} | dict.fromkeys(oracle.VARIABLES, 0) == (
        oracle.ARITY
    )
    assert set(OPS) == {*oracle.ARITY, "const"}
    for name, op in OPS.items():
        assert op.name == name
        assert (op.point is None, op.interval is None, op.glsl == "") == (op.arity == 0,) * 3
        assert op.constant == (name == "const")
        assert op.variable == (name[-1] if name in oracle.VARIABLES else None)
        for index in range(op.arity):
            assert f"{{{index}}}" in op.glsl


@DTYPES
@ROWS
def test_point_of_specials(op: Op, dtype: Any) -> None:
    """The oracle computes in float64 and is rounded: so float32 is exact for + - * / sqrt (Figueroa
    1995), and within an ulp or so elsewhere."""
    args = operands(op, dtype)
    found = point(op, args)
    assert found.dtype == dtype
    for *given_, result in zip(*args, found, strict=True):
        exact = oracle.call(op.name, *map(float, given_))
        with np.errstate(over="ignore", under="ignore"):
            expected = dtype(exact)
            slack = 4 * np.spacing(abs(expected)) if math.isfinite(expected) else 0
        note = f"{op.name}{tuple(map(float, given_))} = {result}, not {expected}"
        if math.isnan(expected):
            assert math.isnan(result), note
        elif op.name in ROUNDED_TWICE:
            assert result == expected or abs(result - expected) <= slack, note
        else:
            assert result == expected, note
        if result == 0 and op.name in SIGNED_ZEROS:
            assert np.signbit(result) == np.signbit(expected), note


@DTYPES
@ROWS
def test_nan_propagates(op: Op, dtype: Any) -> None:
    args = operands(op, dtype)
    any_nan = np.logical_or.reduce([np.isnan(arg) for arg in args])
    assert np.isnan(point(op, args)[any_nan]).all()
    made = np.isnan(point(op, args)) & ~any_nan
    assert made.any() <= op.makes_nan, "an op that says it makes no NaN does"


@DTYPES
@ROWS
def test_out_may_be_an_operand(op: Op, dtype: Any) -> None:
    """As registers are reused, and with broadcast operands and scalars too."""
    expected = point(op, operands(op, dtype))
    for index in range(op.arity):
        args = operands(op, dtype)
        assert point(op, args, out=args[index]) is args[index]
        np.testing.assert_array_equal(args[index], expected)
    fresh = np.empty_like(expected)
    assert point(op, operands(op, dtype), out=fresh) is fresh
    np.testing.assert_array_equal(fresh, expected)


@DTYPES
@ROWS
def test_both_operands_may_be_the_same_buffer(op: Op, dtype: Any) -> None:
    first = operands(op, dtype)[0]
    expected = point(op, [first.copy() for _ in range(op.arity)])
    assert point(op, [first] * op.arity, out=first) is first
    np.testing.assert_array_equal(first, expected)


@DTYPES
@ROWS
def test_operands_broadcast(op: Op, dtype: Any) -> None:
    row: Array = np.array([[1, 2, 3]], dtype)
    shapes = [row, np.array([[1], [2]], dtype)][: op.arity]
    assert point(op, shapes).shape == np.broadcast_shapes(*(a.shape for a in shapes))
    assert point(op, [dtype(1)] * op.arity).dtype == dtype
    assert point(op, [row, dtype(2)][: op.arity]).dtype == dtype


@ROWS
def test_commutative_ops_commute(op: Op) -> None:
    if op.commutative:
        args = operands(op, np.float64)
        np.testing.assert_array_equal(point(op, args), point(op, args[::-1]))


@DTYPES
@given(a=st.floats(width=32), b=st.floats(width=32))
@example(a=-1e-20, b=1.0)
@example(a=-0.0, b=3.0)
@example(a=7.0, b=-2.5)
@example(a=1e30, b=3.0)
def test_mod_is_euclidean(a: float, b: float, dtype: Any) -> None:
    a, b = float(dtype(a)), float(dtype(b))
    found = float(point(OPS["mod"], [np.array(a, dtype), np.array(b, dtype)]))
    if not (math.isfinite(a) and math.isfinite(b) and b):
        return
    size = Fraction(abs(b))
    exact = Fraction(a) - size * math.floor(Fraction(a) / size)
    assert 0 <= exact < size
    assert 0 <= found <= size
    assert abs(Fraction(found) - exact) <= Fraction(float(np.spacing(dtype(abs(b)))))


@DTYPES
@given(a=st.floats(width=32, allow_nan=False, allow_infinity=False))
@example(a=0.49999997)
@example(a=8388609.0)
@example(a=-2.5)
def test_round_is_to_the_nearest_halves_away(a: float, dtype: Any) -> None:
    found = float(point(OPS["round"], [np.array(a, dtype)]))
    nearest = math.floor(abs(Fraction(a)) + Fraction(1, 2))
    assert found == (nearest if a > 0 else -nearest)


# --- exact: on decimals ----------------------------------------------------------------------

EXACT_ROWS = pytest.mark.parametrize(
    "op", [op for op in COMPUTED if op.exact], ids=lambda op: op.name
)


def check_exact(op: Op, args: list[Decimal]) -> bool:
    """`exact` gives what the oracle gives, or raises. Returns whether it gave anything."""
    assert op.exact is not None
    before = [str(arg) for arg in args]
    try:
        found = op.exact(*args)
    except DecimalException:
        return False
    assert found.is_finite()
    assert [str(arg) for arg in args] == before
    ranges = [oracle.Range(Fraction(arg), Fraction(arg)) for arg in args]
    expected = oracle.REAL[op.name](400, *ranges)
    assert expected is not None, "a number where there is none"
    assert expected.low <= Fraction(found) <= expected.high
    assert expected.exact or op.name == "sqrt"
    return True


@EXACT_ROWS
@fewer(3)
@given(data=st.data())
def test_exact_is_exact_or_raises(op: Op, data: st.DataObject) -> None:
    check_exact(op, [Decimal(data.draw(constants())) for _ in range(op.arity)])


@EXACT_ROWS
def test_exact_of_plain_numbers_does_not_raise(op: Op) -> None:
    """So that raising always does not pass."""
    for args in product(map(Decimal, ("0.25", "4", "16")), repeat=op.arity):
        assert check_exact(op, list(args))


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("add", "0.1 0.2", "0.3"),
        ("div", "1 3", None),
        ("div", "1 8", "0.125"),
        ("div", "1 0", None),
        ("div", "0 0", None),
        ("recip", "0", None),
        ("recip", "4", "0.25"),
        ("sqrt", "2", None),
        ("sqrt", "2.25", "1.5"),
        ("sqrt", "-1", None),
        ("mod", "-7 3", "2"),
        ("mod", "-7 -3", "2"),
        ("mod", "7 -2.5", "2.0"),
        ("mod", "1 0", None),
        ("mod", "1e70 3", None),
        ("mod", "-1e-70 1", None),
        ("round", "2.5", "3"),
        ("round", "-2.5", "-3"),
        ("round", "0.49999999999999999999999999", "0"),
        ("floor", "-0.5", "-1"),
        ("ceil", "1e999999", None),
        ("compare", "0.1 0.10", "0"),
        ("compare", "1e400 2e400", "-1"),
        ("not", "-0", "1"),
        ("and", "0 5", "0"),
        ("and", "2 5", "5"),
        ("or", "0 5", "5"),
        ("or", "2 5", "2"),
        ("min", "1e400 1e-400", "1e-400"),
        ("square", "1e32", "1e64"),
        ("square", "12345678901234567890123456789012345", None),
        ("mul", "1e999999 1e999999", None),
        ("sub", "1e400 1", None),
        ("exp", "0", None),
    ],
)
def test_exact_pages(name: str, args: str, expected: str | None) -> None:
    op = OPS[name]
    try:
        found = op.exact(*map(Decimal, args.split())) if op.exact else None
    except DecimalException:
        found = None
    assert found == (None if expected is None else Decimal(expected))
