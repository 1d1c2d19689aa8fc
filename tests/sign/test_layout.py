"""A formula as arrays: the same formula, in the order that the arrays promise."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from tests.sign.exact import Meaning, Point, UnknownError, by_layout, points
from tests.sign.shapes import csg
from tests.sign.text import literal
from tests.sign.tiling import layouts
from viewer.program import parse
from viewer.sign.formula import sign_form
from viewer.sign.layout import Layout, lay_out


@given(csg(moves=4, roots=("sin", "floor", "sqrt")), points())
def test_the_layout_is_the_formula(text: str, at: Point) -> None:
    formula = sign_form(parse(text.encode()))
    if isinstance(formula.root, bool):
        return
    layout, meaning = lay_out(formula), Meaning(formula)
    assert layout.literals == len(formula.literals)
    try:
        assert by_layout(layout, meaning.literals(*at)) == meaning.root(*at)
    except UnknownError:
        return
    expressions = layout.expressions
    nodes = oracle.read(expressions.program.text())
    for number, one in enumerate(formula.literals):
        quadratic = layout.quadratics[number]
        assert (quadratic is None) == (number in expressions.roots)
        if quadratic is None:
            sign = oracle.sign(nodes[: expressions.roots[number] + 1], *at)
            assert sign is None or (sign < 0) == meaning.question(one, *at)
        else:
            assert one.quadratic is not None
            own = formula.quadratics[one.quadratic]
            assert quadratic == (own.negative() if one.negated else own)
    assert set(np.flatnonzero(layout.mixed).tolist()) == set(expressions.roots)


@given(csg(moves=2, roots=("sin", "floor", "exp")), points(), st.data())
def test_some_expressions_are_those_alone(text: str, at: Point, data: st.DataObject) -> None:
    formula = sign_form(parse(text.encode()))
    if isinstance(formula.root, bool) or not (every := lay_out(formula).expressions).roots:
        return
    chosen = data.draw(st.sets(st.sampled_from(sorted(every.roots)), min_size=1))
    some = every.only(chosen)
    assert set(some.roots) == chosen
    assert len(some.program) <= len(every.program)
    before, after = oracle.read(every.program.text()), oracle.read(some.program.text())
    for number in chosen:
        expected = oracle.sign(before[: every.roots[number] + 1], *at)
        assert oracle.sign(after[: some.roots[number] + 1], *at) == pytest.approx(
            expected, nan_ok=True
        )


@given(layouts(most=8))
def test_nodes_are_sorted_by_level_and_edges_by_node(layout: Layout) -> None:
    assert (np.diff(layout.level) >= 0).all()
    assert (np.diff(layout.edge_node) >= 0).all()
    level = [0] * layout.literals + layout.level.tolist()
    for node in range(len(layout.all)):
        operands = layout.edge_operand[layout.edge_node == node]
        assert len(operands) > 1
        assert level[layout.literals + node] == 1 + max(level[operand] for operand in operands)
    assert layout.levels == max(level)


def test_a_page() -> None:
    text = "x var-x\ny var-y\nm max x y\nn neg x\np min m n\nq max p y"
    formula = sign_form(parse(text.encode()))
    layout = lay_out(formula)
    texts = [literal(formula, one) for one in formula.literals]
    assert layout.level.tolist() == [1, 2, 3]
    assert layout.all.tolist() == [True, False, True]
    for literals in product((False, True), repeat=3):
        x, y, negative = (literals[texts.index(text)] for text in ("x < 0", "y < 0", "-x < 0"))
        assert by_layout(layout, literals) == (((x and y) or negative) and y)
