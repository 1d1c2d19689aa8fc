"""How tight bounds are: pages, an op with operands and what is expected a line."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from viewer.passes.bounds import root_bounds
from viewer.program import OPS, parse
from viewer.program.interval import Interval

LARGEST = float(np.finfo(np.float32).max)
Box = tuple[float, float]


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("neg", [(1, 2)], (-2, -1)),
        ("abs", [(-3, 2)], (0, 3)),
        ("recip", [(2, 4)], (0.25, 0.5)),
        ("recip", [(-4, -2)], (-0.5, -0.25)),
        ("sqrt", [(4, 9)], (2, 3)),
        ("sqrt", [(0, 9)], (0, 3)),
        ("square", [(-3, 2)], (0, 9)),
        ("floor", [(-0.5, 1.5)], (-1, 1)),
        ("ceil", [(-0.5, 1.5)], (0, 2)),
        ("round", [(0.6, 1.4)], (0, 2)),
        ("exp", [(0, 1)], (1, np.e)),
        ("exp", [(0, 90)], (1, np.inf)),
        ("exp", [(90, 91)], (LARGEST, np.inf)),
        ("ln", [(1, np.e)], (0, 1)),
        ("sin", [(0, 1)], (0, np.sin(1))),
        ("sin", [(1, 2)], (np.sin(1), 1)),
        ("sin", [(-8, 8)], (-1, 1)),
        ("cos", [(-1, 1)], (np.cos(1), 1)),
        ("cos", [(3, 4)], (-1, np.cos(4))),
        ("tan", [(0, 1)], (0, np.tan(1))),
        ("tan", [(1, 2)], (-np.inf, np.inf)),
        ("asin", [(0, 1)], (0, np.pi / 2)),
        ("acos", [(0, 1)], (0, np.pi / 2)),
        ("atan", [(-1, 1)], (-np.pi / 4, np.pi / 4)),
        ("not", [(1, 2)], (0, 0)),
        ("not", [(0, 0)], (1, 1)),
        ("not", [(0, 2)], (0, 1)),
        ("add", [(1, 2), (3, 4)], (4, 6)),
        ("sub", [(1, 2), (3, 4)], (-3, -1)),
        ("mul", [(-1, 2), (3, 4)], (-4, 8)),
        ("mul", [(-3, -2), (-5, 4)], (-12, 15)),
        ("div", [(1, 2), (4, 8)], (0.125, 0.5)),
        ("min", [(1, 5), (2, 3)], (1, 3)),
        ("max", [(1, 5), (2, 3)], (2, 5)),
        ("atan2", [(1, 2), (1, 2)], (np.arctan2(1, 2), np.arctan2(2, 1))),
        ("mod", [(5, 6), (-3, 4)], None),
        ("mod", [(5, 6), (3, 4)], (0, 4)),
        ("compare", [(1, 2), (3, 4)], (-1, -1)),
        ("compare", [(5, 6), (3, 4)], (1, 1)),
        ("compare", [(1, 1), (1, 1)], (0, 0)),
        ("compare", [(1, 3), (3, 4)], (-1, 0)),
        ("compare", [(1, 4), (3, 4)], (-1, 1)),
        ("and", [(0, 0), (3, 4)], (0, 0)),
        ("and", [(1, 2), (3, 4)], (3, 4)),
        ("and", [(-1, 2), (3, 4)], (0, 4)),
        ("or", [(0, 0), (3, 4)], (3, 4)),
        ("or", [(1, 2), (3, 4)], (1, 2)),
        ("or", [(-1, 2), (3, 4)], (-1, 4)),
        # NaN is possible
        ("sqrt", [(-1, 1)], None),
        ("ln", [(-1, 1)], None),
        ("asin", [(0, 1.5)], None),
        ("acos", [(-1.5, 0)], None),
        ("recip", [(-1, 1)], None),
        ("div", [(1, 2), (-1, 1)], None),
        ("sin", [(0, np.inf)], None),
        ("add", [(-np.inf, 0), (0, np.inf)], None),
        ("mul", [(0, 1), (1, np.inf)], None),
    ],
)
def test_how_tight(name: str, operands: list[Box], expected: Box | None) -> None:
    """Padded by a thousandth at most (a hundredth where drivers promise little)."""
    op = OPS[name]
    assert op.interval is not None
    with np.errstate(all="ignore"):
        found = op.interval(*[Interval.exact(*operand) for operand in operands])
    if expected is None:
        assert found.maybe_nan
        return
    low, high = expected
    assert not found.maybe_nan
    if low == LARGEST:
        assert 0.999 * LARGEST < found.lower <= LARGEST
        return
    slack = 0.01 if name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2") else 1e-3
    assert low - slack <= found.lower <= np.float32(low)
    assert np.float32(high) <= found.upper <= high + slack


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (((2, 3), (2, 3)), "outside"),
        (((-0.1, 0.1), (-0.1, 0.1)), "inside"),
        (((0.9, 1.1), (0, 0.1)), "open"),
        (((0, 0), (1, 1)), "open"),
    ],
)
def test_a_circle_decides_boxes(box: tuple[Box, Box], expected: str) -> None:
    circle = b"x var-x\ny var-y\na square x\nb square y\nc add a b\nd sqrt c\ne const 1\nf sub d e"
    x, y = (Interval.exact(*side) for side in box)
    found = root_bounds(parse(circle), x, y, Interval.exact(0, 0))
    verdict = "outside" if found.lower > 0 else "inside" if found.upper < 0 else "open"
    assert verdict == expected


@given(st.lists(st.floats(width=32, allow_subnormal=False), min_size=1))
@example([float(np.finfo(np.float32).max)])
def test_a_computed_bound_is_padded_by_one_number(ends: list[float]) -> None:
    bound = np.array(ends, np.float32)
    found = Interval.make(bound, bound)
    least = 2 * np.finfo(np.float32).smallest_normal
    ordinary = np.abs(bound) >= least  # zeros are exact or not, by their sign
    with np.errstate(over="ignore"):
        below, above = (np.nextafter(bound, np.float32(end)) for end in (-np.inf, np.inf))
    assert np.array_equal(found.lower[ordinary], below[ordinary])
    assert np.array_equal(found.upper[ordinary], above[ordinary])
    assert np.isnan(found.lower[np.isnan(bound)]).all()
