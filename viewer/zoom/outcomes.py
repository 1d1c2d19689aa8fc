"""Which choices of a program fall the same way all over a picture, however small."""

from fractions import Fraction

from flint import arb

from viewer.program import Op, Program
from viewer.program.reals import Value
from viewer.view import Grid, log2
from viewer.zoom.balls import ball
from viewer.zoom.precision import working

GUARD = 96
"""Bits past those that tell neighbouring pixels apart."""

_UNIT, _UNKNOWN = arb(0, 1), arb("nan")


def outcomes(program: Program, grid: Grid) -> dict[int, int]:
    """Those choices, and the operands that they are over the reals, everywhere between the outer
    samples of a picture. One box is bounded: it is meant for pictures of which a box tells enough.
    """
    view, half = grid.view, grid.half
    far = max(Fraction(1), abs(view.x), abs(view.y), abs(grid.z))
    found: dict[int, int] = {}
    with working(GUARD + max(0, round(log2(far / half)))):
        given: dict[str, Value] = {
            "x": ball(view.x) + ball(grid.width * half) * _UNIT,
            "y": ball(view.y) + ball(grid.height * half) * _UNIT,
            "z": ball(grid.z),
        }
        values: list[Value] = []
        for index, (op, args, number, _) in enumerate(program.instrs):
            if op.variable is not None:
                values.append(given[op.variable])
            elif number is not None:
                values.append(ball(number))
            else:
                operands = [values[arg] for arg in args]
                if op.choice and (taken := _taken(op, *operands)) is not None:
                    found[index] = args[taken]
                    values.append(operands[taken])
                else:
                    assert op.real is not None
                    result = op.real.ball(*operands)
                    values.append(_UNKNOWN if result is None else result)
    return found


def _taken(op: Op, a: Value, b: Value) -> int | None:
    """Which operand a choice is, where that is sure and neither may be none."""
    assert op.real is not None
    if arb(a).is_nan() or arb(b).is_nan():
        return None
    chosen = op.real.chosen(a, b)
    return None if chosen is None else 0 if chosen is a else 1
