"""Point functions that NumPy has no single ufunc for.

Each takes arrays or scalars of one dtype and an optional `out=` array, which may be one of the
operands, and propagates NaN. Everything is written with functions that dispatch on the array
type, so the same code runs on any library that implements NumPy's protocols.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

Point = Callable[..., Any]


def _with_out(function: Point) -> Point:
    """Gives `function` the ufuncs' `out=`; the result is complete before it is written."""

    @wraps(function)
    def point(*args: Any, out: Any = None) -> Any:
        result = function(*args)
        if out is None:
            return result
        out[...] = result
        return out

    return point


def _nan_of(a: Any, b: Any) -> Any:
    return (a != a) | (b != b)


@_with_out
def round_half_away(a: Any) -> Any:
    """The nearest integer, halves away from zero. `a - trunc(a)` is exact, `a + 0.5` is not."""
    whole = np.trunc(a)
    return np.where(np.abs(a - whole) >= 0.5, whole + np.sign(a), whole)


@_with_out
def modulo(a: Any, b: Any) -> Any:
    """Euclidean remainder, in [0, |b|); NaN where b is zero."""
    return np.mod(a, np.abs(b))


@_with_out
def compare(a: Any, b: Any) -> Any:
    """-1, 0 or 1 as `a` is below, equal to, or above `b`."""
    order = np.where(a > b, 1.0, np.where(a < b, -1.0, 0.0)).astype(np.result_type(a, b))
    return np.where(_nan_of(a, b), a + b, order)


@_with_out
def logical_not(a: Any) -> Any:
    """1 where `a` is zero, else 0."""
    return np.where(a != a, a, (a == 0).astype(np.result_type(a)))


@_with_out
def logical_and(a: Any, b: Any) -> Any:
    """`a` where it is zero, else `b`."""
    return np.where(_nan_of(a, b), a + b, np.where(a == 0, a, b))


@_with_out
def logical_or(a: Any, b: Any) -> Any:
    """`a` where it is not zero, else `b`."""
    return np.where(_nan_of(a, b), a + b, np.where(a != 0, a, b))
