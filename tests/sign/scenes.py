"""Random scenes of shapes that can be taken apart, and what is so at their points."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.sign.tiling import formula
from viewer.program.quadratic import Quadratic
from viewer.sign.formula import Node
from viewer.sign.layout import Layout, lay_out
from viewer.sign.masks import Floats
from viewer.sign.pieces import Detached
from viewer.sign.tiles import Anchor, Tiles

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
