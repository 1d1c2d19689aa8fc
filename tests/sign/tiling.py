"""Random formulas on random squares, and batches of tiles told from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from tests.sign.exact import Square, extremes, local, value
from viewer.program import parse
from viewer.program.demands import Question
from viewer.program.quadratic import PLACES, Quadratic
from viewer.sign.formula import Formula, Literal, Node
from viewer.sign.layout import Layout, lay_out
from viewer.sign.tiles import Anchor, Tiles

_NOTHING = parse(b"x var-x")
_SMALL = st.integers(-30, 30).map(lambda n: Decimal(n) / 10)


@st.composite
def quadratics(draw: st.DrawFn) -> Quadratic:
    """Lines, conics with and without a mixed term, of about unit size; never constant."""
    terms = draw(
        st.sampled_from(
            ("c x y", "c x y xx yy", "c x y xx", "c x y yy", "c x y xx xy yy", "c xy", "xx", "x")
        )
    )
    quadratic = Quadratic(**{name: draw(_SMALL) for name in terms.split()})
    return quadratic if quadratic.degree else quadratic._replace(x=Decimal(1))


@st.composite
def squares(draw: st.DrawFn, deepest: int = 30) -> Square:
    """Dyadic ones, within a few units of the origin."""
    half = Fraction(2) ** draw(st.integers(-deepest, 3))
    unit = Fraction(1, 2**20)
    x, y = (draw(st.integers(-(2**21), 2**21)) * unit for _ in range(2))
    return Square(x, y, half)


@st.composite
def places(draw: st.DrawFn, layout: Layout, deepest: int = 30) -> Square:
    """Squares in which a literal of a layout is open, where one is found; any depth."""
    quadratic = draw(st.sampled_from(layout.quadratics))
    assert quadratic is not None
    lattice = [(Fraction(x), Fraction(y)) for x in range(-3, 4) for y in range(-3, 4)]
    below = [at for at in lattice if value(quadratic, *at) < 0]
    above = [at for at in lattice if value(quadratic, *at) >= 0]
    depth = draw(st.integers(0, 4) | st.integers(0, deepest))
    if not below or not above:
        return draw(squares(2))
    a, b = draw(st.sampled_from(below)), draw(st.sampled_from(above))
    for _ in range(depth):
        middle = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
        a, b = (middle, b) if value(quadratic, *middle) < 0 else (a, middle)
    return Square(*a, Fraction(draw(st.integers(1, 4)), 2**depth))


def anchor(square: Square) -> Anchor:
    return Anchor(*square)


def formula(
    quadratics_: Sequence[Quadratic], nodes: Sequence[Node], negated: Sequence[bool]
) -> Formula:
    """A formula whose literal i is about quadratic i."""
    literals = [
        Literal(index, flag, Question(0, Decimal(1), Quadratic()))
        for index, flag in enumerate(negated)
    ]
    root = len(literals) + len(nodes) - 1
    return Formula(_NOTHING, tuple(quadratics_), tuple(literals), tuple(nodes), root)


@st.composite
def layouts(draw: st.DrawFn, most: int = 6) -> Layout:
    """A random formula: a few literals, nodes with two operands or more, all reached."""
    chosen = draw(st.lists(quadratics(), min_size=1, max_size=most))
    negated = [draw(st.booleans()) for _ in chosen]
    nodes: list[Node] = []
    unread = list(range(len(chosen)))
    while len(unread) > 1:
        count = draw(st.integers(2, min(4, len(unread))))
        operands, unread = unread[:count], unread[count:]
        number = len(chosen) + len(nodes)
        other = draw(st.integers(0, number - 1))  # shared, often
        if other not in operands and draw(st.booleans()):
            operands.append(other)
        nodes.append(Node(draw(st.booleans()), tuple(operands)))
        unread.append(number)
        if draw(st.booleans()):
            unread.reverse()
            unread.sort(key=lambda operand: operand >= len(chosen))
    return lay_out(formula(chosen, nodes, negated))


@dataclass(frozen=True)
class Touch:
    """A single literal whose largest value (or least) in one child is `margin`, all but zero."""

    layout: Layout
    square: Square
    k: int
    child: int
    margin: Fraction


@st.composite
def touches(draw: st.DrawFn) -> Touch:
    """Squares, and conics that just touch one of their children, from within or from outside."""
    square, k = draw(squares(6)), draw(st.integers(2, 8))
    child = draw(st.integers(0, k * k - 1))
    k = draw(st.sampled_from((2, 4, 8))) if draw(st.booleans()) else k
    child %= k * k
    quadratic = draw(quadratics())
    least, most = extremes(local(quadratic, square.child(child, k)))
    end = most if draw(st.booleans()) else least
    places = Fraction(1, 10**60)
    size = max(abs(most), abs(least), Fraction(1, 10**12))
    margin = draw(st.integers(-3, 3)) * size / 2**56
    shift = Decimal(round((margin - end) / places)).scaleb(-60, PLACES)
    quadratic = quadratic._replace(c=PLACES.add(quadratic.c, shift))
    node: list[Node] = []
    layout = lay_out(formula([quadratic], node, [draw(st.booleans())]))
    return Touch(layout, square, k, child, margin)


def nudged(tiles: Tiles, by: float, signs: Sequence[int]) -> Tiles:
    """Coefficients that are off by a part of their size, and an error that says so."""
    step = np.resize(np.array(signs, float), tiles.coefficients.shape) * by / 6
    size = np.abs(tiles.coefficients).sum(axis=1, keepdims=True)
    return replace(
        tiles,
        coefficients=tiles.coefficients + step * size,
        error=tiles.error + 1.0000001 * by * size[:, 0],
    )
