"""What a local program says of a point, by the tests' own arithmetic."""

from fractions import Fraction

from tests.oracle import NAN, REAL, Range, Real, UndecidedError
from viewer.passes import optimise
from viewer.program import parse
from viewer.sign.tiles import Anchor
from viewer.zoom.local import Local, localise

BITS = 150
"""Of enclosures of local programs, whose numbers are ordinary."""


def local_of(text: str, anchor: Anchor) -> Local:
    return localise(optimise(parse(text.encode())), anchor)


def enclosure(local: Local, u: Fraction, v: Fraction) -> Real:
    """The original's field at a point of the square, from the local program and its slack.

    Raises UndecidedError where that says nothing.
    """
    point = {"x": Range(u, u), "y": Range(v, v)}
    values: list[Real] = []
    for (op, args, value, _), slack in zip(local.program.instrs, local.slack.tolist(), strict=True):
        operands = [values[arg] for arg in args]
        if op.variable is not None:
            found: Real = point[op.variable]
        elif value is not None:
            found = Range(Fraction(value), Fraction(value))
        else:
            found = NAN if NAN in operands else REAL[op.name](BITS, *operands)
        if found is not NAN:
            if slack == float("inf"):
                raise UndecidedError
            found = Range(found.low - Fraction(slack), found.high + Fraction(slack))
        values.append(found)
    if values[-1] is NAN:
        return NAN
    # The unit is written in 25 digits.
    low, high = values[-1]
    off = max(abs(low), abs(high)) / 10**23
    unit = Fraction(local.unit)
    return Range((low - off) * unit, (high + off) * unit)
