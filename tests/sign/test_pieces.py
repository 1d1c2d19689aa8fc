"""Pieces: what is taken off a union and what is left say together what the union said.

Scenes are random but the same each time; points are dyadic, so that NumPy's float64 tells of each
exactly on which side of every quadratic it is, or that it is on it. The laws take the function that
they are about, so that broken copies can be held to them too.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.sign.checks import well_formed
from tests.sign.exact import value
from tests.sign.tiling import formula
from viewer.program.quadratic import Quadratic
from viewer.sign import parts as parts_module
from viewer.sign import pieces as pieces_module
from viewer.sign import polygons as polygons_module
from viewer.sign.formula import Node
from viewer.sign.layout import Layout, lay_out
from viewer.sign.masks import Floats
from viewer.sign.pieces import Detached, detach
from viewer.sign.tables import MOST
from viewer.sign.tiles import Anchor, Tiles, root_tile

Detach = Callable[[Layout, Tiles, int], Detached]
Flags = NDArray[np.bool_]
SCENES = 40
HOME = Anchor(Fraction(0), Fraction(0), Fraction(1))


def line(x: Decimal, y: Decimal, step: Sequence[Decimal], off: Decimal) -> Quadratic:
    """Below zero where a (X - x) + b (Y - y) < off, for a step a, b."""
    a, b = step
    return Quadratic(c=-a * x - b * y - off, x=a, y=b)


def conic(
    x: Decimal, y: Decimal, form: tuple[Decimal, Decimal, Decimal], off: Decimal
) -> Quadratic:
    """Below zero where a (X - x)^2 + b (X - x) (Y - y) + c (Y - y)^2 < off."""
    a, b, c = form
    return Quadratic(
        a * x * x + b * x * y + c * y * y - off, -2 * a * x - b * y, -2 * c * y - b * x, a, b, c
    )


def shapes(chance: random.Random) -> dict[str, tuple[list[Quadratic], Any]]:
    """Small shapes: their quadratics, and how they are joined: lists are or, tuples are and."""

    def part(low: int, high: int) -> Decimal:
        return Decimal(chance.randint(low, high)) / 16

    x, y, r, s = part(-14, 14), part(-14, 14), part(1, 8), part(1, 8)
    one, no = Decimal(1), Decimal(0)
    sides = [line(x, y, step, r) for step in ((one, no), (-one, no), (no, one), (no, -one))]
    slanted = line(x, y, (part(-24, 24), one), no)
    near = line(x, y, (-slanted.x - Decimal("0.125"), -one), s / 16)
    disc = conic(x, y, (one, no, one), r * r)
    hole = conic(x, y, (one, no, one), r * r / 4).negative()
    bite = conic(x + r, y - r / 4, (one, no, one), r * r * 2).negative()
    tilted = conic(x, y, (one, chance.choice((-1, 1)) * Decimal("1.5"), one), r * r)
    saddle = conic(x, y, (one, no, -s), r * r / 16)
    turns = (0.3 + 2 * math.pi * n / 11 for n in range(11))
    steps = [[Decimal(round(64 * f(turn))) / 64 for f in (math.cos, math.sin)] for turn in turns]
    return {
        "box": (sides, (0, 1, 2, 3)),
        "cut": ([*sides, slanted], (0, 1, 2, 3, 4)),
        "sliver": ([sides[2], slanted, near], (0, 1, 2)),
        "disc": ([disc], 0),
        "ring": ([disc, hole], (0, 1)),
        "arc": ([sides[0], sides[2], slanted, disc, hole], (0, 2, 1, 3, 4)),
        "cross": ([*sides, disc], ([0, 2], [1, 3], 4)),
        "either": ([*sides, slanted], ([(0, 1), 4], 2, 3)),
        "crescent": ([disc, bite], (0, 1)),
        "tilted": ([tilted, slanted], (0, 1)),
        "saddle": ([saddle, disc], (0, 1)),
        "rich": ([line(x, y, step, r) for step in steps], tuple(range(11))),
        "fan": ([*(line(x, y, step, no) for step in steps), disc], ([*range(11)], 11)),
        "plane": ([slanted], 0),
    }


@cache
def scene(seed: int) -> Layout:
    """A union of several shapes, or now and then what they share."""
    chance = random.Random(seed)
    literals: list[Quadratic] = []
    nodes: list[Node] = []
    trees = []
    for _ in range(chance.randint(1, 6)):
        own, tree = chance.choice(sorted(shapes(chance).items()))[1]
        literals += [one for one in own if one not in literals]
        trees.append((tree, [literals.index(one) for one in own]))
    roots = [_noded(tree, names, nodes, len(literals)) for tree, names in trees]
    nodes.append(Node(seed % 8 == 7, tuple(dict.fromkeys(roots))))
    return lay_out(formula(literals, nodes, [False] * len(literals)))


def _noded(tree: Any, names: list[int], nodes: list[Node], literals: int) -> int:
    if isinstance(tree, int):
        return names[tree]
    operands = tuple(dict.fromkeys(_noded(part, names, nodes, literals) for part in tree))
    nodes.append(Node(isinstance(tree, tuple), operands))
    return literals + len(nodes) - 1


AT = np.arange(-64, 65) / 64
U, V = (axis.ravel() for axis in np.meshgrid(AT, AT))


@cache
def signs(layout_of: int) -> tuple[list[Flags], Flags]:
    """Of each literal of a scene at all points: whether it is true; and which points are so near
    to an edge, or on it, that pieces may leave them out."""
    truths, near = [], np.zeros(len(U), bool)
    for quadratic in scene(layout_of).quadratics:
        assert quadratic is not None
        c, x, y, xx, xy, yy = map(float, quadratic)
        q = c + x * U + y * V + xx * U * U + xy * U * V + yy * V * V
        truths.append(q < 0)
        near |= np.abs(q) < 2.0**-26
    return truths, near


def said(layout: Layout, tiles: Tiles, truths: list[Flags]) -> Iterator[Flags]:
    """What the formula of each tile says at all points."""
    values = [truths[literal] for literal in tiles.literal]
    for node, number in enumerate(tiles.node):
        operands = [values[operand] for operand in tiles.edge_operand[tiles.edge_node == node]]
        reduce = np.logical_and if layout.all[number] else np.logical_or
        values.append(reduce.reduce(operands))
    yield from (values[root] for root in tiles.root)


def within(box: Floats) -> Flags:
    left, low, right, high = box
    return np.asarray((left <= U) & (right >= U) & (low <= V) & (high >= V))


# --- laws ------------------------------------------------------------------------------------


def together_they_say_the_same(detach: Detach, seed: int) -> None:
    """Never inside what is not, on an edge too; and all that is inside, but next to edges."""
    layout, (truths, near) = scene(seed), signs(seed)
    root = root_tile(layout, HOME)
    (truth,) = said(layout, root, truths)
    found = detach(layout, root, 32 if seed % 2 else 8)
    together = np.zeros(len(U), bool)
    for one in said(layout, found.left, truths):
        together |= one
    for _, boxes in found.inside:
        for box in boxes:
            together |= within(box)
    for _, pieces in found.pieces:
        for box, one in zip(pieces.box, said(layout, pieces.tiles, truths), strict=True):
            together |= within(box) & one
    assert not (together & ~truth).any(), "outside, but said to be inside"
    assert (together == truth)[~near].all(), "inside, but nobody says so"


def they_are_well_formed(detach: Detach, seed: int) -> None:
    """And their coefficients are those of their quadratics in their boxes."""
    layout = scene(seed)
    root = root_tile(layout, HOME)
    found = detach(layout, root, 32 if seed % 2 else 8)
    well_formed(layout, found.left)
    assert len(found.left) == found.which.sum()
    for owner, pieces in found.pieces:
        well_formed(layout, pieces.tiles)
        assert (owner == 0).all()
        assert np.bincount(pieces.tiles.pair_tile).max(initial=0) <= MOST
        assert (np.abs(pieces.box) <= 1).all()
        assert (pieces.box[:, :2] < pieces.box[:, 2:]).all()
        for pair, tile in enumerate(pieces.tiles.pair_tile):
            whole = root.coefficients[pieces.tiles.literal[pair]]
            exact = in_box([Fraction(c) for c in whole.tolist()], pieces.box[tile])
            off = np.abs(pieces.tiles.coefficients[pair] - np.array(exact, float))
            assert off.sum() <= np.abs(whole).sum() / 2**44


def in_box(c: list[Fraction], box: Floats) -> tuple[Fraction, ...]:
    """A quadratic in a box's own coordinates."""
    left, low, right, high = map(Fraction, box.tolist())
    u, v, a, b = (left + right) / 2, (low + high) / 2, (right - left) / 2, (high - low) / 2
    return (
        value(c, u, v),
        (c[1] + 2 * c[3] * u + c[4] * v) * a,
        (c[2] + 2 * c[5] * v + c[4] * u) * b,
        c[3] * a * a,
        c[4] * a * b,
        c[5] * b * b,
    )


LAWS = (together_they_say_the_same, they_are_well_formed)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law(law: Any) -> None:
    for seed in range(SCENES):
        law(detach, seed)


# --- pages -----------------------------------------------------------------------------------


def one(quadratics: list[Quadratic], tree: tuple[int, ...]) -> Detached:
    """A shape and another far away."""
    far = conic(Decimal(40), Decimal(0), (Decimal(1), Decimal(0), Decimal(1)), Decimal(1))
    n = len(quadratics) + 1
    nodes = [Node(True, tree), Node(False, (n - 1, n))] if len(tree) > 1 else []
    nodes = nodes or [Node(False, (0, 1))]
    layout = lay_out(formula([*quadratics, far], nodes, [False] * n))
    return detach(layout, root_tile(layout, HOME), 8)


def boxes(found: Detached) -> list[list[float]]:
    assert len(found.left) == 0
    return [np.round(box, 6).tolist() for _, pieces in found.pieces for box in pieces.box]


D = Decimal
ROUND = (D(1), D(0), D(1))


def test_a_rectangle_needs_no_tests() -> None:
    steps = ((D(1), D(0)), (D(-1), D(0)), (D(0), D(1)))
    sides = [line(D("0.5"), D(0), step, D("0.25")) for step in steps]
    found = one([*sides, line(D(0), D(0), (D(0), D(-1)), D("0.125"))], (0, 1, 2, 3))
    assert boxes(found) == []
    ((_, inside),) = [flats for flats in found.inside if len(flats[0])]
    assert np.round(inside, 6).tolist() == [[0.25, -0.125, 0.75, 0.25]]


def test_boxes_are_tight() -> None:
    disc = conic(D("0.5"), D(0), ROUND, D("0.0625"))
    hole = conic(D("0.5"), D(0), ROUND, D("0.04")).negative()
    assert boxes(one([disc], (0,))) == [[0.25, -0.25, 0.75, 0.25]]
    assert boxes(one([disc, hole], (0, 1))) == [[0.25, -0.25, 0.75, 0.25]]
    tilted = conic(D(0), D(0), (D(1), D("1.2"), D(1)), D("0.01"))
    assert boxes(one([tilted], (0,))) == [[-0.125, -0.125, 0.125, 0.125]]
    steps = ((D(-1), D("0.03125")), (D(1), D(0)), (D(1), D("-0.125")))
    sides = [
        line(D(0), D(0), *cut)
        for cut in zip(steps, (D(0), D("0.0625"), D("0.015625")), strict=True)
    ]
    assert boxes(one(sides, (0, 1, 2))) == [[-0.005208, -0.166667, 0.0625, 1.0]]


def test_few_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces_module, "CROWD", 3)
    found = one([conic(D("0.5"), D(0), ROUND, D("0.0625"))], (0,))
    assert len(found.left) == 1
    assert not found.pieces
    assert not found.inside


def test_what_is_large_stays() -> None:
    found = one([conic(D(0), D(0), ROUND, D("0.81"))], (0,))
    assert len(found.left) == 1
    assert not any(len(pieces.box) for _, pieces in found.pieces)


# --- broken copies ---------------------------------------------------------------------------

MUTANTS = {
    "too small about ellipses": ("np.maximum(depth + off, 0)", "np.maximum(depth * 0.9, 0)"),
    "ellipses that are not": ("(uu > 0) & ", ""),
    "hyperbolas are ellipses": ("(det > uu * vv / 4)", "(det != 0)"),
    "half the mixed term": ("4 * uu * vv - uv * uv", "4 * uu * vv - uv * uv / 2"),
    "corners too strict": ("value <= (slack + 2 * pad)[:, np.newaxis]", "value <= -0.01"),
    "corners mirrored": ("c * d - a * f", "a * f - c * d"),
    "an or demands all": ("(demanded[pairs:] & every)", "demanded[pairs:]"),
    "rows for columns": (
        "[_ENDS[across, 0], _ENDS[along, 0],",
        "[_ENDS[along, 0], _ENDS[across, 0],",
    ),
    "boxes a cell short": ("n.bit_length()) for", "n.bit_length() - 1) for"),
    "children swapped": ("[child % k, child // k]", "[child // k, child % k]"),
    "boxes in the wrong frame": ("_within(pieces.box, box), pieces.source", "box, pieces.source"),
    "what stays goes": ("without(tiles, edges[~stays])", "without(tiles, edges)"),
    "too many tests": ("minlength=len(pieces.tiles)) > MOST", "minlength=len(pieces.tiles)) > 99"),
    "the rich are lost": (
        "stays[cut.cut(pieces.only(worth))] = True",
        "cut.cut(pieces.only(worth))",
    ),
    "flats are lost": ("self.inside.append(", "id("),
    "ands are unions": ("union &= ~layout.all[tiles.node]", ""),
    "nothing is left": (
        "reached[tiles.root[chosen]] = True",
        "reached[tiles.root[chosen]] = False",
    ),
    "operands go astray": ("number, count)\n    operand", "number * 0, count)\n    operand"),
}
MODULES = (polygons_module, pieces_module, parts_module)


def source(module: ModuleType) -> str:
    assert module.__file__ is not None
    return Path(module.__file__).read_text(encoding="utf-8")


def broken(mutant: str) -> Detach:
    """Ours but for one fault, in a copy of the module that it belongs to."""
    good, bad = MUTANTS[mutant]
    found: Detach
    homes = [module for module in MODULES if good in source(module)]
    assert len(homes) == 1, "the code has changed: so must this mutant"
    (home,) = homes
    copy, ours = ModuleType("copy"), ModuleType("ours")
    exec(compile(source(home).replace(good, bad), mutant, "exec"), vars(copy))
    if home is pieces_module:
        vars(copy)["CROWD"] = pieces_module.CROWD
        found = copy.detach
        return found
    exec(compile(source(pieces_module), mutant, "exec"), vars(ours))
    vars(ours)["CROWD"] = pieces_module.CROWD
    for name in ("room", "parts", "without"):
        if hasattr(copy, name) and getattr(copy, name).__module__ == "copy":
            setattr(ours, name, getattr(copy, name))
    found = ours.detach
    return found


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_laws_notice(mutant: str) -> None:
    """Each fault breaks at least one of them."""
    faulty = broken(mutant)
    for seed in range(SCENES):
        for law in LAWS:
            try:
                with np.errstate(all="ignore"):
                    law(faulty, seed)
            except (AssertionError, IndexError, ValueError):
                return
    pytest.fail("no law notices")
