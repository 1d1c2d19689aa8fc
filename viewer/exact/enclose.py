"""The field at one point, as closely as asked: rational where it is, else a ball that holds it.

A value is a fraction (`fmpq`) as long as the operations are rational and it is not too long, and
then a ball (`arb`): a midpoint and a radius that hold what it is over the reals. FLINT's balls are
rigorous (F. Johansson, "Arb: Efficient Arbitrary-Precision Midpoint-Radius Interval Arithmetic",
2017), and give NaN where they cannot exclude that a function has no value.
"""

from collections.abc import Mapping
from typing import NamedTuple

from flint import arb

from viewer.program import Program
from viewer.program.reals import Value
from viewer.zoom.balls import ANYTHING


class Enclosed(NamedTuple):
    """value: None where it surely does not exist.   sure: whether it surely does, if not None.
    pole: it surely has none, or two, but floats have; no precision will tell more."""

    value: Value | None
    sure: bool = True
    pole: bool = False

    def below(self) -> bool | None:
        """Whether there is a value below zero; None where this does not tell."""
        if self.value is None or self.value >= 0:
            return False
        return True if self.value < 0 and self.sure else None


def enclose(program: Program, point: Mapping[str, Value], numbers: Mapping[int, Value]) -> Enclosed:
    """The field at a point, in FLINT's current precision.

    `numbers` are the program's constants, by index. Given as balls, those and the coordinates make
    all values balls: quicker, but never exact.
    """
    values: list[Value] = []
    sure, pole = True, False
    for index, (op, args, _, _) in enumerate(program.instrs):
        if index in numbers:
            values.append(numbers[index])
            continue
        if op.variable is not None:
            values.append(point[op.variable])
            continue
        assert op.real is not None
        operands = [values[arg] for arg in args]
        value = op.real(*operands)
        if value is None:  # and so is all that is made of it
            return Enclosed(None)
        if isinstance(value, arb) and value.is_nan():
            sure, value = False, ANYTHING
            pole = pole or op.real.pole(*operands)
        values.append(value)
    return Enclosed(values[-1], sure, pole)
