"""Evaluation, once for all kinds of values: numbers at points, and bounds over boxes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np

from viewer.program import Op, Program
from viewer.program.number import nearest

T = TypeVar("T")


def values(
    program: Program,
    coordinates: Mapping[str, T],
    number: Callable[[Decimal], T],
    apply: Callable[[int, Op, Sequence[T]], T],
    amend: Callable[[int, T], T] | None = None,
) -> Iterator[T]:
    """Yields each value, in order; the last one is the root's.

    number: of a constant.   apply: of an operation, by its index, its op and its operands.
    amend: what becomes of any value, by its index. A value is dropped here after its last use, so
    a caller that keeps none needs memory for a few only.
    """
    last = program.last_uses()
    live: dict[int, T] = {}
    for index, (op, args, value, _) in enumerate(program.instrs):
        with np.errstate(all="ignore"):  # not around the yield: it is the caller's there
            if op.variable is not None:
                result = coordinates[op.variable]
            elif value is not None:
                result = number(value)
            else:
                result = apply(index, op, [live[arg] for arg in args])
            if amend is not None:
                result = amend(index, result)
        live[index] = result
        for arg in {*args, index}:
            if last[arg] == index:
                del live[arg]
        yield result


def field_at(program: Program, coordinates: Mapping[str, Any], dtype: Any) -> Any:
    """The field at points, whose coordinates are arrays of a dtype, or of CuPy's, that broadcast
    together. Its own shape may be less: a number where the field is one."""

    def apply(index: int, op: Op, operands: Sequence[Any]) -> Any:
        assert op.point is not None
        result = op.point(*operands)
        # Of numbers np.where makes an array, which no other library would take.
        return result[()] if isinstance(result, np.ndarray) else result

    result: Any = None
    for result in values(program, coordinates, lambda value: nearest(value, dtype), apply):  # noqa: B007
        pass
    return result
