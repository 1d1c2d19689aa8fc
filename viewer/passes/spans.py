"""Spans of a whole program: what its field can be over many boxes, or at many points, at once."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isfinite

import numpy as np

from viewer.passes.values import values
from viewer.program import OPS, Op, Program
from viewer.program.number import nearest
from viewer.program.spans import Span, either

Watch = Callable[[int, Op, Sequence[Span]], None]
"""Told of the index of an operation, of its op and of what that is given."""

_MUL, _SQUARE = OPS["mul"], OPS["square"]


def field_span(
    program: Program,
    point: Mapping[str, Span],
    slack: Sequence[float] | None = None,
    watch: Watch | None = None,
) -> Span:
    """The field over boxes, or at points, of these coordinates. `slack` says how far each value may
    be from what it would be of its own operands; None: not at all."""

    def apply(index: int, op: Op, operands: Sequence[Span]) -> Span:
        if watch is not None:
            watch(index, op, operands)
        if op is _MUL and operands[0] is operands[1]:
            op, operands = _SQUARE, operands[:1]
        assert op.span is not None
        found = op.span(*operands)
        maybe, never = found.maybe, found.never
        for operand in operands:  # what does not exist in an operand does not in the result
            maybe, never = either(maybe, operand.maybe), either(never, operand.never)
        return Span(found.lower, found.upper, maybe, never)

    def amend(index: int, span: Span) -> Span:
        return span.widened(slack[index]) if slack is not None and slack[index] else span

    result = around(Fraction(0))
    for result in values(program, point, around, apply, amend):  # noqa: B007 - the last is wanted
        pass
    return result


def around(value: Decimal | Fraction) -> Span:
    """A number; of one that is a float64 both bounds are the same object."""
    found = nearest(value, np.float64)
    kind = type(value)
    if isfinite(found) and kind(float(found)) == value:
        return Span(found, found)
    return Span(np.nextafter(found, -np.inf), np.nextafter(found, np.inf))
