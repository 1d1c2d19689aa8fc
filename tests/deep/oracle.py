"""The sign of a program at an exact point, at any depth, by integers alone.

    shape = Shape.read(text)
    shape.sign(x, y)           -1, 0, 1 or NaN as the field is over the reals; None: undecided
    shape.near(x, y, half)     the same shape in a square: fewer lines, the same signs there

Ranges of whole numbers (see `ranges`) decide, with more and more bits. What a range decides once
is left out of the next: the losing operand of a `min`, and all that it alone reads. Where a range
stays open, exact fractions may tell: that it is zero, say.

Nothing here is shared with `viewer/`, nor with any library that computes.
"""

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from tests.deep.exact import apply
from tests.deep.ranges import BINARY, NAN, UNARY, UNKNOWN, Odd, Value, fixed

VARIABLES = ("var-x", "var-y", "var-z")
COARSE = 64
"""Bits after the point for a first look."""
ROUNDS = 4
"""How often the bits are doubled before a sign is given up."""


class Line(NamedTuple):
    word: str
    args: tuple[int, ...] = ()
    number: Fraction = Fraction(0)


Lines = tuple[Line, ...]
Ranged = tuple[Fraction, Fraction]
"""The lowest and the highest of a coordinate."""


@dataclass(frozen=True)
class Shape:
    """A program, or what is left of it in a square; `bits` is where `sign` begins."""

    lines: Lines
    z: Fraction = Fraction(0)
    bits: int = COARSE

    @staticmethod
    def read(text: str, z: Fraction = Fraction(0)) -> "Shape":
        """A program that is known to be good."""
        places: dict[str, int] = {}
        lines: list[Line] = []
        for row in text.splitlines():
            words = re.findall(r"[^ \t]+", row.split("#")[0])
            if not words:
                continue
            name, word, *rest = words
            if word == "const":
                lines.append(Line(word, (), Fraction(rest[0])))
            else:
                assert word in VARIABLES or word in UNARY or word in BINARY, word
                lines.append(Line(word, tuple(places[other] for other in rest)))
            places[name] = len(lines) - 1
        return Shape(tuple(lines), z)

    def near(self, x: Fraction, y: Fraction, half: Fraction) -> "Shape":
        """The same signs for points up to `half` from (x, y) in both coordinates, from fewer lines.

        It may only be asked about such points.
        """
        box = (x - half, x + half), (y - half, y + half)
        fine = max(COARSE, 48 + _size(1 / half))
        shape = self
        for bits in {self.bits: 0, fine: 0}:
            shape = shape._left(shape._values(*box, bits), bits)
        return replace(shape, bits=fine)

    def sign(self, x: Fraction, y: Fraction) -> int | float | None:
        """-1, 0, 1 or NaN; None where the last of the bits do not tell."""
        shape, bits = self, self.bits
        enough = 64 + max(_size(Fraction(x.denominator)), _size(Fraction(y.denominator)))
        for turn in range(ROUNDS + 1):
            values = shape._values((x, x), (y, y), bits)
            found = _sign(values[-1])
            if found is not None:
                return found
            shape = shape._left(values, bits)
            exact = shape._exact(x, y) if turn == 1 else None
            if exact is not None:
                return (exact > 0) - (exact < 0)
            bits = max(2 * bits, enough) if turn == 0 else 2 * bits
        return None

    def field(self, x: Fraction, y: Fraction, bits: int) -> Value:
        """The value at a point, in units of 2^-bits; that of a piece, but for its sign, if this is
        a piece."""
        return self._values((x, x), (y, y), bits)[-1]

    def _values(self, x: Ranged, y: Ranged, bits: int) -> list[Value]:
        """The range of each line over a box."""
        point = {
            word: (fixed(low, bits)[0], fixed(high, bits)[1])
            for word, (low, high) in zip(VARIABLES, (x, y, (self.z, self.z)), strict=True)
        }
        values: list[Value] = []
        for word, args, number in self.lines:
            if len(args) == 2:
                a, b = values[args[0]], values[args[1]]
                if isinstance(a, Odd) or isinstance(b, Odd):
                    values.append(NAN if a is NAN or b is NAN else UNKNOWN)
                else:
                    values.append(BINARY[word](bits, a, b))
            elif args:
                a = values[args[0]]
                values.append(a if isinstance(a, Odd) else UNARY[word](bits, a))
            else:
                values.append(fixed(number, bits) if word == "const" else point[word])
        return values

    def _left(self, values: list[Value], bits: int) -> "Shape":
        """The lines that matter where these are the values."""
        stands = [_stand_in(line, number, values) for number, line in enumerate(self.lines)]
        for number in range(len(stands)):
            stands[number] = stands[stands[number]]
        root = _sign_alone(self.lines, stands, values)
        if _sign(values[root]) in (-1, 0, 1):
            return replace(self, lines=(Line("const", (), Fraction(_sign(values[root]) or 0)),))
        needed = {root}
        for number in range(root, -1, -1):
            if number in needed and not _known(values[number]):
                needed |= {stands[arg] for arg in self.lines[number].args}
        order = sorted(needed)
        place = {number: here for here, number in enumerate(order)}
        lines = []
        for number in order:
            line, value = self.lines[number], values[number]
            if _known(value) and line.word != "const":
                assert not isinstance(value, Odd)
                line = Line("const", (), Fraction(value[0], 1 << bits))
            lines.append(line._replace(args=tuple(place[stands[arg]] for arg in line.args)))
        return replace(self, lines=tuple(lines))

    def _exact(self, x: Fraction, y: Fraction) -> Fraction | None:
        """The value where fractions can tell, or None."""
        point = dict(zip(VARIABLES, (x, y, self.z), strict=True))
        values: list[Fraction | None] = []
        for word, args, number in self.lines:
            operands = [values[arg] for arg in args]
            known = [value for value in operands if value is not None]
            if word == "const" or word in point:
                values.append(point.get(word, number))
            elif len(known) < len(operands):
                values.append(None)
            else:
                values.append(apply(word, *known))
        return values[-1]


def _size(number: Fraction) -> int:
    """About its binary logarithm, rounded up."""
    return max(0, number.numerator.bit_length() - number.denominator.bit_length() + 1)


def _known(value: Value) -> bool:
    """Whether the range is one number."""
    return not isinstance(value, Odd) and value[0] == value[1]


def _sign(value: Value) -> int | float | None:
    if isinstance(value, Odd):
        return math.nan if value is NAN else None
    low, high = value
    if low > 0 or high < 0 or low == high:
        return (low > 0) - (high < 0)
    return None


def _stand_in(line: Line, number: int, values: list[Value]) -> int:
    """The line that has the same value, for certain: an operand, or itself."""
    ranges = [values[arg] for arg in line.args]
    pairs = [pair for pair in ranges if not isinstance(pair, Odd)]
    if len(pairs) < len(ranges):
        return number
    match line.word, pairs:
        case "min", [a, b]:
            first, second = a[1] <= b[0], b[1] <= a[0]
        case "max", [a, b]:
            first, second = a[0] >= b[1], b[0] >= a[1]
        case "or", [a, _]:
            first, second = not a[0] <= 0 <= a[1], a == (0, 0)
        case "and", [a, _]:
            first, second = a == (0, 0), not a[0] <= 0 <= a[1]
        case "abs", [a]:
            first, second = a[0] >= 0, False
        case _:
            return number
    return line.args[0] if first else line.args[1] if second else number


def _sign_alone(lines: Lines, stands: list[int], values: list[Value]) -> int:
    """The line whose sign is the root's: of a `min`, what is positive does not matter."""
    number = stands[-1]
    while lines[number].word in ("min", "max"):
        way = 1 if lines[number].word == "min" else -1
        ahead = [arg for arg in lines[number].args if not _sign_is(values[arg], way)]
        if len(ahead) == 2:
            break
        number = stands[(ahead or lines[number].args)[0]]
    return number


def _sign_is(value: Value, way: int) -> bool:
    return not isinstance(value, Odd) and (value[0] > 0 if way > 0 else value[1] < 0)
