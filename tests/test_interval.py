"""Intervals: a law for each op and for whole programs, and mutants that the law must catch.
`test_tightness` has pages of how tight they are.

The law: whatever a machine computes (see `tests/machines.py`) at a point of a box lies between
the bounds over the box; where it is NaN, the bounds say that it may be.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from tests.machines import MACHINES, Array, Machine, computed, run
from tests.strategies import fewer, numbers, programs, shapes
from viewer.passes.bounds import bounds, root_bounds
from viewer.program import OPS, Op, Program, interval, parse
from viewer.program.interval import INF, Interval

COMPUTED = [op for op in OPS.values() if op.arity]
ROWS = pytest.mark.parametrize("op", COMPUTED, ids=lambda op: op.name)
LARGEST = float(np.finfo(np.float32).max)
ENDS = (
    *(-np.inf, -LARGEST, -300.0, -3.0, -1.5707964, -1.0, -0.5, -1e-6, -1e-40, 0.0, 1e-45, 1e-38),
    *(0.3, 1.0, 1.5, 1.5665, 1.5707964, 2.5, 3.1415927, 17.0, 90.0, 1e19, LARGEST, np.inf),
)
FEW = (*ENDS[:-1:2], ENDS[-1])
INNER = (0.0, 0.1, 0.37, 0.5, 0.63, 1.0)


def between(low: Array, high: Array) -> Array:
    """Points from low to high, ends and zero included; shape (k, *low.shape)."""
    with np.errstate(all="ignore"):
        wide_low, wide_high = low.astype(np.float64), high.astype(np.float64)
        clipped = [np.clip(x, -LARGEST, LARGEST) for x in (wide_low, wide_high)]
        points = [clipped[0] * (1 - t) + clipped[1] * t for t in INNER]
        points += [wide_low, wide_high, np.zeros_like(wide_low), np.full_like(wide_low, 1e-39)]
        return np.clip(np.array(points).astype(np.float32), low, high)


def boxes(op: Op) -> list[Interval]:
    """All intervals between special ends; for a binary op all pairs of some."""
    pairs = np.array(list(combinations_with_replacement(ENDS, 2)), np.float32)
    low, high = pairs.T
    if op.arity == 1:
        return [Interval.given(low, high)]
    low, high = np.array(list(combinations_with_replacement(FEW, 2)), np.float32).T
    return [
        Interval.given(low[:, np.newaxis], high[:, np.newaxis]),
        Interval.given(low[np.newaxis, :], high[np.newaxis, :]),
    ]


def outside(found: Array, bound: Interval) -> Array:
    """Where a computed value breaks the promise of its bounds."""
    promised = ~bound.maybe_nan
    with np.errstate(invalid="ignore"):
        wrong: Array = promised & ~((found >= bound.lower) & (found <= bound.upper))
    return wrong


def op_violations(op: Op, machines: tuple[Machine, ...] = MACHINES) -> Iterator[str]:
    """What breaks the law for one op, over all special boxes."""
    args = boxes(op)
    assert op.interval is not None
    with np.errstate(all="ignore"):
        bound = op.interval(*args)
        points = [between(arg.lower, arg.upper) for arg in args]
        if op.arity == 2:
            points = [points[0][:, np.newaxis], points[1][np.newaxis, :]]
        for machine in machines:
            found = computed(op, [x.astype(machine.dtype) for x in points], machine)
            for index in np.argwhere(outside(found, bound))[:1]:
                at = tuple(index)
                where = [float(np.broadcast_to(x, found.shape)[at]) for x in points]
                low, high = (
                    float(np.broadcast_to(side, found.shape)[at])
                    for side in (bound.lower, bound.upper)
                )
                yield f"{op.name}{where} is {found[at]} on {machine.name}, not in [{low}, {high}]"


@ROWS
def test_every_op_stays_within_its_bounds(op: Op) -> None:
    assert list(op_violations(op)) == []


@ROWS
def test_a_bound_is_never_nan_alone(op: Op) -> None:
    assert op.interval is not None
    with np.errstate(all="ignore"):
        found = op.interval(*boxes(op))
    assert found.lower.dtype == found.upper.dtype == np.float32
    assert (np.isnan(found.lower) == np.isnan(found.upper)).all()
    with np.errstate(invalid="ignore"):
        assert (found.maybe_nan | (found.lower <= found.upper)).all()


@ROWS
def test_of_anything_anything_comes(op: Op) -> None:
    """NaN in any operand is NaN in the result, whatever the other operand is."""
    assert op.interval is not None
    for place in range(op.arity):
        for other in (Interval.exact(0, 0), Interval.exact(1, 2), Interval.exact(-INF, INF)):
            args = [other] * op.arity
            args[place] = Interval.anything()
            with np.errstate(all="ignore"):
                assert op.interval(*args).maybe_nan.all()


@ROWS
def test_bounds_broadcast(op: Op) -> None:
    assert op.interval is not None
    row = Interval.exact(np.array([[1, 2, 3]]), np.array([[2, 3, 4]]))
    column = Interval.exact(np.array([[1], [2]]), np.array([[2], [3]]))
    with np.errstate(all="ignore"):
        found = op.interval(*[row, column][: op.arity])
    shape = (2, 3) if op.arity == 2 else (1, 3)
    assert np.broadcast_shapes(found.lower.shape, found.upper.shape) == shape


@ROWS
def test_a_box_does_not_spoil_its_neighbours(op: Op) -> None:
    """Bounds of a box are known, or not, whatever the other boxes of the array are."""
    assert op.interval is not None
    args = [Interval.given(np.array([0.5, np.nan, 0.25]), np.array([1, np.nan, 0.75]))] * op.arity
    alone = [Interval.given(0.5, 1)] * op.arity
    with np.errstate(all="ignore"):
        together, single = op.interval(*args), op.interval(*alone)
    assert together.maybe_nan.tolist() == [False, True, False]
    np.testing.assert_allclose(together.lower[0], single.lower, rtol=1e-4)
    np.testing.assert_allclose(together.upper[0], single.upper, rtol=1e-4)


# --- whole programs ------------------------------------------------------------------------

Box = tuple[float, float]


def program_violations(program: Program, box: tuple[Box, Box, Box]) -> Iterator[str]:
    """What breaks the law in any value of a program over a box of x, y, z."""
    sides = [Interval.given(*side) for side in box]
    found = list(bounds(program, *sides))
    points = {
        name: between(side.lower, side.upper)[order]
        for name, side, order in zip("xyz", sides, _ORDERS, strict=True)
    }
    for machine in MACHINES:
        for index, values in enumerate(run(program, points, machine)):
            wrong = outside(values, found[index])
            if wrong.any():
                value = values[wrong][0]
                low, high = float(found[index].lower), float(found[index].upper)
                yield (
                    f"value {index} of\n{program.text()}over {box} is {value} on {machine.name},"
                    f" not in [{low}, {high}]"
                )
                break


# The points of the three sides in every pairing of x and y; z goes along.
_COUNT = len(INNER) + 4
_ORDERS = (
    np.repeat(np.arange(_COUNT), _COUNT),
    np.tile(np.arange(_COUNT), _COUNT),
    np.tile(np.arange(_COUNT), _COUNT)[::-1].copy(),
)


@st.composite
def sides(draw: st.DrawFn) -> Box:
    low, high = sorted((draw(numbers(32)), draw(numbers(32))))
    return float(np.float32(low)), float(np.float32(high))


@given(text=programs(), box=st.tuples(sides(), sides(), sides()))
def test_every_value_of_a_program_stays_within_its_bounds(
    text: str, box: tuple[Box, Box, Box]
) -> None:
    assert list(program_violations(parse(text.encode()), box)) == []


@given(text=shapes(), box=st.tuples(sides(), sides(), sides()))
def test_every_value_of_a_shape_stays_within_its_bounds(
    text: str, box: tuple[Box, Box, Box]
) -> None:
    assert list(program_violations(parse(text.encode()), box)) == []


@fewer(3)
@given(text=programs(leaves=("var-x", "var-y")), box=st.tuples(sides(), sides()))
def test_a_point_has_bounds_too(text: str, box: tuple[Box, Box]) -> None:
    """A box of one point, and one that is as thin as can be."""
    (x, _), (_, y) = box
    program = parse(text.encode())
    thin = float(np.nextafter(np.float32(x), np.float32(np.inf)))
    if np.isfinite(thin):
        assert list(program_violations(program, ((x, thin), (y, y), (0.0, 0.0)))) == []


@given(text=programs(), x=numbers(32), y=numbers(32))
def test_the_value_over_the_reals_is_within_the_bounds(text: str, x: float, y: float) -> None:
    """Also where every float overflows: 1e400 is a number like any other."""
    x, y = float(np.float32(x)), float(np.float32(y))
    sides = [Interval.given(side, side) for side in (x, y, 0.5)]
    found = root_bounds(parse(text.encode()), *sides)
    try:
        exact = oracle.real(oracle.read(text), Fraction(x), Fraction(y), Fraction(1, 2))
    except oracle.UndecidedError:
        return
    if exact is oracle.NAN or found.maybe_nan:
        assert found.maybe_nan
    else:
        low, high = float(found.lower), float(found.upper)
        assert low == -INF or Fraction(low) <= exact.high
        assert high == INF or Fraction(high) >= exact.low


def test_the_last_bounds_are_the_roots() -> None:
    program = parse(b"x var-x\nr const 1\nd sub x r")
    side = Interval.exact(2, 3)
    *_, last = bounds(program, side, side, side)
    found = root_bounds(program, side, side, side)
    assert (found.lower, found.upper) == (last.lower, last.upper)
    assert 0.999 < found.lower <= 1 < 2 <= found.upper < 2.001


# --- mutants: the law must see them -----------------------------------------------------------


def halved(transfer: Callable[..., Interval], upper: bool) -> Callable[..., Interval]:
    """A transfer that forgets an eighth of its result, at one end."""

    def mutant(*args: Interval) -> Interval:
        found = transfer(*args)
        low, high = (np.clip(side, -1e30, 1e30) for side in (found.lower, found.upper))
        cut = (high - low) / 8
        if upper:
            return Interval.exact(found.lower, np.where(cut > 0, high - cut, found.upper))
        return Interval.exact(np.where(cut > 0, low + cut, found.lower), found.upper)

    return mutant


def replaced(op: Op, transfer: Callable[..., Interval]) -> Op:
    fields = {name: getattr(op, name) for name in Op.__slots__}
    return Op(**{**fields, "interval": transfer})


@pytest.mark.parametrize("upper", [False, True], ids=["lower", "upper"])
@ROWS
def test_the_law_sees_a_bound_that_is_too_close(op: Op, upper: bool) -> None:
    assert op.interval is not None
    assert list(op_violations(replaced(op, halved(op.interval, upper))))


@ROWS
def test_the_law_sees_a_nan_that_is_kept_quiet(op: Op) -> None:
    """Bounds from -inf to inf instead of "anything", wherever the operands are numbers."""

    def mutant(*args: Interval) -> Interval:
        assert op.interval is not None
        found = op.interval(*args)
        return Interval.exact(
            np.where(found.maybe_nan, -INF, found.lower),
            np.where(found.maybe_nan, INF, found.upper),
        )

    seen = bool(list(op_violations(replaced(op, mutant))))
    assert seen == op.makes_nan


@pytest.mark.parametrize("name", ["add", "sub", "mul", "square", "sqrt", "div", "recip", "exp"])
def test_the_law_sees_missing_padding(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpadded(bound: Any, ulps: float, absolute: float) -> Any:
        return bound

    monkeypatch.setattr(interval, "_down", unpadded)
    assert list(op_violations(OPS[name]))


def test_the_law_sees_float64_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that hold for float64 alone do not hold for a float32 engine."""
    monkeypatch.setattr(interval, "_down", lambda bound, ulps, absolute: bound)
    text = "\n".join(
        ["x var-x", "c const 0.1", "d0 mul x c", *(f"d{i + 1} add d{i} c" for i in range(4))]
    )
    assert list(program_violations(parse(text.encode()), ((0.1, 0.7), (0.0, 0.0), (0.0, 0.0))))
