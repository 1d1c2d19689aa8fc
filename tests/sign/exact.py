"""What quadratics, formulas and tiles mean: in fractions, one at a time, slow and plain."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from hypothesis import strategies as st

from tests import oracle
from viewer.program.quadratic import Quadratic
from viewer.sign.formula import Formula, Literal
from viewer.sign.layout import Layout
from viewer.sign.tiles import Tiles

Point = tuple[Fraction, Fraction]


def points() -> st.SearchStrategy[Point]:
    """Tenths, where the edges of random shapes cross and touch, and points anywhere."""
    tenth = st.integers(-30, 30).map(lambda n: Fraction(n, 10))
    anywhere = st.fractions(-4, 4, max_denominator=10**9)
    return st.tuples(tenth, tenth) | st.tuples(anywhere, anywhere)


def value(coefficients: Sequence[object], x: Fraction, y: Fraction) -> Fraction:
    """Of c + x*X + y*Y + xx*X^2 + xy*X*Y + yy*Y^2, the coefficients being numbers of any kind."""
    c, bx, by, xx, xy, yy = (Fraction(number) for number in coefficients)  # type: ignore[call-overload]
    return Fraction(c + bx * x + by * y + xx * x * x + xy * x * y + yy * y * y)


class UnknownError(Exception):
    """The oracle cannot decide a value that is not a fraction: it is zero, most likely."""


class Meaning:
    """A formula at points: each literal by its own definition, then and/or as written."""

    def __init__(self, formula: Formula) -> None:
        self._formula = formula
        self._nodes = oracle.read(formula.program.text())

    def literal(self, literal: Literal, x: Fraction, y: Fraction) -> bool:
        """One test at a point. Raises UnknownError."""
        if literal.quadratic is not None:
            found = value(self._formula.quadratics[literal.quadratic], x, y)
            return found > 0 if literal.negated else found < 0
        return self.question(literal, x, y)

    def question(self, literal: Literal, x: Fraction, y: Fraction) -> bool:
        """What a literal asks, worked out from the program. Raises UnknownError."""
        number, factor, offset = literal.question
        asked = [
            *self._nodes[: number + 1],
            oracle.Node("const", (), Fraction(factor)),
            oracle.Node("mul", (number, number + 1)),
            oracle.Node("const", (), value(offset, x, y)),
            oracle.Node("add", (number + 2, number + 3)),
        ]
        sign = oracle.sign(asked, x, y)
        if sign is None:
            raise UnknownError
        return sign < 0

    def literals(self, x: Fraction, y: Fraction) -> list[bool]:
        """All tests at a point. Raises UnknownError."""
        return [self.literal(literal, x, y) for literal in self._formula.literals]

    def root(self, x: Fraction, y: Fraction) -> bool:
        """The formula at a point. Raises UnknownError."""
        if isinstance(self._formula.root, bool):
            return self._formula.root
        values = self.literals(x, y)
        for node in self._formula.nodes:
            operands = [values[operand] for operand in node.operands]
            values.append(all(operands) if node.all else any(operands))
        return values[self._formula.root]


def by_layout(layout: Layout, literals: Sequence[bool]) -> bool:
    """The root of a layout from the truth of its literals."""
    values = list(literals)
    for node, every in enumerate(layout.all):
        edges = layout.edge_operand[layout.edge_node == node]
        operands = [values[operand] for operand in edges]
        values.append(all(operands) if every else any(operands))
    return bool(values[layout.root])


def by_tile(layout: Layout, tiles: Tiles, tile: int, pairs: Sequence[bool]) -> bool:
    """The formula that is left in a tile, from the truth of all pairs."""
    values = list(pairs)
    for node, number in enumerate(tiles.node):
        edges = tiles.edge_operand[tiles.edge_node == node]
        operands = [values[operand] for operand in edges]
        values.append(all(operands) if layout.all[number] else any(operands))
    return bool(values[tiles.root[tile]])


class Square(NamedTuple):
    """A square of the plane: its centre and half its side."""

    x: Fraction
    y: Fraction
    half: Fraction

    def child(self, number: int, k: int) -> "Square":
        """One of its k x k children, numbered from the lower left, row by row."""
        row, column = divmod(number, k)
        half = self.half / k
        corner = self.x - self.half, self.y - self.half
        return Square(corner[0] + (2 * column + 1) * half, corner[1] + (2 * row + 1) * half, half)

    def at(self, u: Fraction, v: Fraction) -> Point:
        """A point from coordinates that span [-1, 1]."""
        return self.x + self.half * u, self.y + self.half * v


def local(quadratic: Quadratic, square: Square) -> tuple[Fraction, ...]:
    """A quadratic's coefficients in a square's own coordinates: six values tell them."""

    def q(u: int, v: int) -> Fraction:
        return value(quadratic, *square.at(Fraction(u), Fraction(v)))

    c = q(0, 0)
    x, xx = (q(1, 0) - q(-1, 0)) / 2, (q(1, 0) + q(-1, 0)) / 2 - c
    y, yy = (q(0, 1) - q(0, -1)) / 2, (q(0, 1) + q(0, -1)) / 2 - c
    return c, x, y, xx, q(1, 1) - c - x - y - xx - yy, yy


def extremes(coefficients: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The least and the largest value of a quadratic on [-1, 1] x [-1, 1]: at a corner, where an
    edge turns, or where its gradient is zero."""
    _, x, y, xx, xy, yy = coefficients
    one = Fraction(1)
    points = [(s * one, t * one) for s in (-1, 1) for t in (-1, 1)]
    for end in (-one, one):
        if yy:
            points.append((end, -(y + xy * end) / (2 * yy)))
        if xx:
            points.append((-(x + xy * end) / (2 * xx), end))
    determinant = 4 * xx * yy - xy * xy
    if determinant:
        points.append(((xy * y - 2 * yy * x) / determinant, (xy * x - 2 * xx * y) / determinant))
    inside = [(u, v) for u, v in points if abs(u) <= 1 and abs(v) <= 1]
    values = [value(coefficients, u, v) for u, v in inside]
    return min(values), max(values)
