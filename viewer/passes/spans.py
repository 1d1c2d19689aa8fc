"""Spans of a whole program: what its field can be over many boxes, or at many points, at once."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isfinite

import numpy as np

from viewer.program import OPS, Op, Program
from viewer.program.number import nearest
from viewer.program.spans import Span, either

Watch = Callable[[int, Op, list[Span]], None]
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
    last = program.last_uses()
    live: dict[int, Span] = {}
    result = around(Fraction(0))
    with np.errstate(all="ignore"):
        for index, (op, args, value, _) in enumerate(program.instrs):
            if op.variable is not None:
                result = point[op.variable]
            elif value is not None:
                result = around(value)
            else:
                if watch is not None:
                    watch(index, op, [live[arg] for arg in args])
                result = _applied(op, args, live)
            if slack is not None and slack[index]:
                result = result.widened(slack[index])
            live[index] = result
            for arg in {*args, index}:
                if last[arg] == index:
                    del live[arg]
    return result


def _applied(op: Op, args: tuple[int, ...], live: Mapping[int, Span]) -> Span:
    """What does not exist in an operand does not in the result."""
    if op is _MUL and args[0] == args[1]:
        op, args = _SQUARE, args[:1]
    assert op.span is not None
    operands = [live[arg] for arg in args]
    found = op.span(*operands)
    maybe, never = found.maybe, found.never
    for operand in operands:
        maybe, never = either(maybe, operand.maybe), either(never, operand.never)
    return Span(found.lower, found.upper, maybe, never)


def around(value: Decimal | Fraction) -> Span:
    """A number; of one that is a float64 both bounds are the same object."""
    found = nearest(value, np.float64)
    kind = type(value)
    if isfinite(found) and kind(float(found)) == value:
        return Span(found, found)
    return Span(np.nextafter(found, -np.inf), np.nextafter(found, np.inf))
