"""Whether a program's field is below zero at one point: exactly, or not at all.

The field is enclosed with growing precision until its sign shows. Where it stays open at the last
one (it is zero and irrational, say, or the point may be a pole), that is the answer.
"""

from decimal import Decimal
from fractions import Fraction

import numpy as np
from flint import arb, fmpq

from viewer.exact.enclose import Enclosed, enclose
from viewer.exact.raster import Centres, Point
from viewer.program import Program
from viewer.program.number import nearest
from viewer.program.reals import Value
from viewer.view import Grid
from viewer.zoom.balls import ANYTHING
from viewer.zoom.precision import working

GUARD = 64
"""Bits past those of the pixels."""
LEAST = 4096
"""Bits of the last precision that is tried, at least."""
PATIENCE = 256
"""So many pixels of a picture are followed to the last precision in vain; the others then only to
the second, lest a field that is zero everywhere take hours."""
_LONGEST = 10**5  # digits of a constant before or after the point that are still written out


class Decider:
    """Decides pixels of one grid, one by one."""

    def __init__(self, program: Program, grid: Grid) -> None:
        self._program, self._centres = program, Centres.of(grid)
        self._height = grid.z
        self._constants: dict[int, Value] = {
            index: _number(instr.value)
            for index, instr in enumerate(program.instrs)
            if instr.value is not None
        }
        first = _bits(grid) + GUARD
        self.bits = max(LEAST, 4 * first)
        steps = range((self.bits // first).bit_length())
        # Balls alone first, which are quick and nearly always do.
        self._ladder = [(first, False), *((first << step, True) for step in steps)]
        self._ladder.append((self.bits, True))
        self._vain = 0

    def decide(self, i: int, j: int) -> tuple[bool, bool]:
        """Whether a pixel's centre is inside, and whether that was decided: `bits` bits may not
        tell. What is not decided is outside, but for poles, which are as floats have them."""
        point = self._centres.at(i, j)
        ladder = self._ladder if self._vain < PATIENCE else self._ladder[:2]
        for bits, exact in ladder:
            found = self._enclosed(point, bits, exact)
            inside = found.below()
            if inside is not None:
                return inside, True
            if found.pole:
                return self._by_floats(point), False
        self._vain += 1
        return False, False

    def _by_floats(self, point: Point) -> bool:
        """Whether the field is below zero in float64, whose zeros have signs and whose quotients
        by them are infinite."""
        x, y = (Fraction(int(axis), int(point.unit)) for axis in (point.x, point.y))
        coordinates = {"x": x, "y": y, "z": self._height}
        values: list[np.float64] = []
        with np.errstate(all="ignore"):
            for op, args, value, _ in self._program.instrs:
                if value is not None:
                    values.append(nearest(value, np.float64))
                elif op.variable is not None:
                    values.append(nearest(coordinates[op.variable], np.float64))
                else:
                    assert op.point is not None
                    values.append(op.point(*[values[arg] for arg in args]))
        return bool(values[-1] < 0)

    def _enclosed(self, point: Point, bits: int, exact: bool) -> Enclosed:
        x, y = fmpq(point.x, point.unit), fmpq(point.y, point.unit)
        z = fmpq(self._height.numerator, self._height.denominator)
        coordinates: dict[str, Value] = {"x": x, "y": y, "z": z}
        with working(bits):
            if exact:
                return enclose(self._program, coordinates, self._constants)
            balls: dict[str, Value] = {name: arb(value) for name, value in coordinates.items()}
            numbers: dict[int, Value] = {
                index: arb(value) for index, value in self._constants.items()
            }
            return enclose(self._program, balls, numbers)


def _number(value: Decimal) -> fmpq | arb:
    """A constant; one that is out of all proportion is any number."""
    if value and abs(value.adjusted()) > _LONGEST:
        return ANYTHING
    fraction = Fraction(value)
    return fmpq(fraction.numerator, fraction.denominator)


def _bits(grid: Grid) -> int:
    """How many binary digits tell a picture's neighbouring points from each other."""
    reach = max(abs(grid.view.x), abs(grid.view.y), Fraction(1)) + max(grid.size) * grid.half
    return max(0, _log2(reach) - _log2(grid.half))


def _log2(value: Fraction) -> int:
    return value.numerator.bit_length() - value.denominator.bit_length()
