"""Pieces: what is taken off a union and what is left say together what the union said.

Scenes are random but the same each time; points are dyadic, so that NumPy's float64 tells of each
exactly on which side of every quadratic it is, or that it is on it. The laws take the function that
they are about, so that broken copies can be held to them too.
"""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.sign.checks import well_formed
from tests.sign.exact import value
from tests.sign.scenes import HOME, SCENES, Detach, U, conic, line, said, scene, signs, within
from tests.sign.tiling import formula
from viewer.program.quadratic import Quadratic
from viewer.sign import parts as parts_module
from viewer.sign import pieces as pieces_module
from viewer.sign import polygons as polygons_module
from viewer.sign.formula import Node
from viewer.sign.layout import lay_out
from viewer.sign.masks import Floats
from viewer.sign.pieces import Detached, detach
from viewer.sign.tables import MOST
from viewer.sign.tiles import root_tile


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
