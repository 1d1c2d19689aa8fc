"""The analysis of tiles: it never decides what is not so, and hands on what matters, exactly.

The laws take the module that they are about, so that broken copies of it can be held to them too.
"""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sign.analysed import LAWS, Analysis
from tests.sign.checks import (
    KS,
    LAW,
    UNITS,
    bit,
    equal,
    well_formed,
)
from tests.sign.exact import (
    Meaning,
    Square,
    UnknownError,
    by_layout,
    by_tile,
    extremes,
    local,
    value,
)
from tests.sign.shapes import csg
from tests.sign.tiling import anchor, formula, layouts, places, squares
from viewer.program import parse
from viewer.program.quadratic import Quadratic
from viewer.sign import refine as refine_module
from viewer.sign import tiles as tiles_module
from viewer.sign.formula import sign_form
from viewer.sign.layout import Layout, lay_out
from viewer.sign.masks import pack, set_bits
from viewer.sign.refine import inside_at, refine
from viewer.sign.tiles import root_tile


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law(law: Any) -> None:
    law(Analysis())


@LAW
@given(layouts(), KS, st.data())
def test_children_that_are_not_wanted_are_outside(
    layout: Layout, k: int, data: st.DataObject
) -> None:
    root = root_tile(layout, anchor(data.draw(places(layout))))
    every = (1 << k * k) - 1
    wanted = data.draw(st.integers(0, every))
    found = refine(layout, root, k)
    some = refine(layout, root, k, np.array([wanted], np.uint64))
    assert int(some.inside[0]) == int(found.inside[0]) & wanted
    assert int(some.open[0]) == int(found.open[0]) & wanted
    kept = np.array([bit(wanted, int(child)) for child in found.child], bool)
    equal(some.children, found.children.only(kept))


@LAW
@given(layouts(), st.integers(1, 8), st.integers(1, 8), st.data())
def test_the_formula_at_points_of_a_tile(
    layout: Layout, columns: int, rows: int, data: st.DataObject
) -> None:
    """`inside_at` where no quadratic is next to zero."""
    square = data.draw(places(layout, 8))
    root = root_tile(layout, anchor(square))
    u, v = (
        np.array([[data.draw(st.floats(-1, 1)) for _ in range(count)]]) for count in (columns, rows)
    )
    found = inside_at(layout, root, u, v)
    assert found.shape == (1, rows, columns)
    for (_, row, column), said in np.ndenumerate(found):
        at = Fraction(u[0, column]), Fraction(v[0, row])
        values = [value(local(q, square), *at) for q in layout.quadratics if q is not None]
        sizes = [sum(map(abs, local(q, square))) for q in layout.quadratics if q is not None]
        if all(abs(a) > size * 2.0**-48 for a, size in zip(values, sizes, strict=True)):
            assert said == by_layout(layout, [a < 0 for a in values])


@given(st.lists(st.integers(0, 2**64 - 1), max_size=9))
def test_bits_of_masks(masks: list[int]) -> None:
    index, number = set_bits(np.array(masks, np.uint64))
    expected = [(i, b) for i, mask in enumerate(masks) for b in range(64) if bit(mask, b)]
    assert list(zip(index.tolist(), number.tolist(), strict=True)) == expected
    flags = np.zeros((len(masks), 8, 8), bool)
    flags.reshape(-1, 64)[index, number] = True
    assert pack(flags).tolist() == masks


@LAW
@given(squares(8), KS, st.data())
def test_lines_are_decided_exactly(square: Square, k: int, data: st.DataObject) -> None:
    """Padding is a matter of the last digits: it costs nothing that can be seen."""
    numbers = [data.draw(st.integers(-30, 30)) for _ in range(3)]
    line = Quadratic(*map(Decimal, numbers))
    if line.degree == 0:
        return
    layout = lay_out(formula([line], [], [False]))
    found = refine(layout, root_tile(layout, anchor(square)), k)
    size = sum(map(abs, local(line, square)))
    for child in range(k * k):
        least, most = extremes(local(line, square.child(child, k)))
        if min(abs(least), abs(most)) > size * 2.0**-44:
            assert bit(found.open[0], child) == (least < 0 < most)


OTHERS = ("sin", "exp", "floor", "sqrt", "ln", "recip", "atan")


@LAW
@given(csg(moves=2, roots=OTHERS), st.lists(KS, min_size=1, max_size=6), st.data())
def test_expressions_are_decided_only_where_they_are_so(
    text: str, ks: list[int], data: st.DataObject
) -> None:
    """With literals that are not quadratics: what is decided is right at any point, down any
    chain of levels; and what is left of the formula is right where it is open."""
    program = parse(text.encode())
    made = sign_form(program)
    if isinstance(made.root, bool):
        return
    layout, meaning = lay_out(made), Meaning(made)
    square = data.draw(squares(3))
    tiles = root_tile(layout, anchor(square))
    for k in ks:
        found = refine(layout, tiles, k)
        child = data.draw(st.integers(0, k * k - 1))
        if len(found.children) and data.draw(st.integers(0, 3)):
            child = int(data.draw(st.sampled_from(found.child.tolist())))
        square = square.child(child, k)
        try:
            literals = meaning.literals(*square.at(*data.draw(st.tuples(UNITS, UNITS))))
        except UnknownError:
            return
        truth = by_layout(layout, literals)
        if not bit(found.open[0], child):
            assert truth == bit(found.inside[0], child)
            return
        tiles = found.children.only(found.child == child)
        well_formed(layout, tiles)
        assert by_tile(layout, tiles, 0, [literals[n] for n in tiles.literal]) == truth


MUTANTS = {
    "no padding": (
        "pad = error[:, np.newaxis] + 16 * EPSILON",
        "pad = error[:, np.newaxis] * 0 + 0",
    ),
    "no room for errors": ("pad = error[:, np.newaxis] + ", "pad = "),
    "errors are forgotten": ("error + 8 * EPSILON", "0 * EPSILON"),
    "the first rounding is forgotten": ("error = 16 * EPSILON * (np", "error = 0 * (np"),
    "no curvature in u": (
        "high_u = along_u + radius_u + np.maximum(uu, 0) * s * s",
        "high_u = along_u + radius_u",
    ),
    "no curvature in v": (
        "low_v = along_v - radius_v + np.minimum(vv, 0) * s * s",
        "low_v = along_v - radius_v",
    ),
    "no curvature with a mixed term": (
        "radius = (radius_v + slant + curved)",
        "radius = (radius_v + slant)",
    ),
    "no slant": ("radius = (radius_v + slant + curved)", "radius = (radius_v + curved)"),
    "half the slope": ("np.abs(gu + 2 * uu * at) * s", "np.abs(gu + uu * at) * s"),
    "rows for columns": (
        "pack(high_u[:, np.newaxis, :] < -high_v[:, :, np.newaxis])",
        "pack(high_u[:, :, np.newaxis] < -high_v[:, np.newaxis, :])",
    ),
    "zero is below": (
        "pack(low_u[:, np.newaxis, :] > -low_v[:, :, np.newaxis])",
        "pack(low_u[:, np.newaxis, :] > -low_v[:, :, np.newaxis] - 1e-9)",
    ),
    "children swapped": (
        "at = Boxes(centres(k)[pair_child % k], centres(k)[pair_child // k],",
        "at = Boxes(centres(k)[pair_child // k], centres(k)[pair_child % k],",
    ),
    "and for or": (
        "any_ = np.bitwise_or.reduceat(np.where(conjunctive, no, yes), starts)",
        "any_ = np.bitwise_or.reduceat(np.where(conjunctive, yes, no), starts)",
    ),
    "too much goes": (
        "here = matters[pairs + tiles.edge_node[edges]] & open_[operands]",
        "here = matters[pairs + tiles.edge_node[edges]] & open_[operands] & 0xFFFF",
    ),
    "edges go astray": (
        "edge_operand=operand[tiles.edge_operand[edge], edge_child][order]",
        "edge_operand=operand[tiles.edge_operand[edge], edge_child]",
    ),
    "half the scale": ("uv * (wide * high),\n", "uv * wide,\n"),
}


@cache
def source(module: ModuleType) -> str:
    assert module.__file__ is not None
    return Path(module.__file__).read_text(encoding="utf-8")


def broken(mutant: str) -> Analysis:
    """Ours but for one fault, in a copy of the module that it belongs to."""
    good, bad = MUTANTS[mutant]
    homes = [module for module in (tiles_module, refine_module) if good in source(module)]
    assert len(homes) == 1, "the code has changed: so must this mutant"
    copy = ModuleType("copy")
    exec(compile(source(homes[0]).replace(good, bad), mutant, "exec"), vars(copy))
    if homes[0] is tiles_module:
        return Analysis(root_tile=copy.root_tile)
    return Analysis(refine=copy.refine)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_laws_notice(mutant: str) -> None:
    """Each fault breaks at least one of them."""
    analysis = broken(mutant)
    for law in LAWS:
        try:
            law(analysis)
        except (AssertionError, IndexError, ExceptionGroup):
            return
    pytest.fail("no law notices")
