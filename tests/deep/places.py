"""Points on the edges of shapes, to within 1e-320: where pictures are hard at any depth.

A search cuts squares in four, by dice that always fall the same way, until one has a corner inside
the shape and one outside. Between those two the edge is bracketed ever more closely, by signs
alone; where the values say is only a guess of where to try next. A corner of the shape is where
the last choice between two pieces is open: there both are zero, which Newton's method finds.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

from tests.deep.oracle import Line, Shape
from tests.deep.ranges import Odd

Point = tuple[Fraction, Fraction]

DEPTH = 1070
"""Edges are found to 2^-1070, some 1e-322 of a model unit."""
_ALL = Fraction(4)
"""Half the side of the square in which edges are looked for."""
_SMALL = Fraction(1, 2**9)
"""The same, where an edge is looked for along a line."""
_SMALLER = Fraction(1, 2**16)
"""The same, for a corner."""
_PATIENCE = 300
"""Squares that one search looks at."""


class Place(NamedTuple):
    """A point within 1e-320 of the edge. `kind`: "edge" (straight), "arc" or "corner"."""

    x: Fraction
    y: Fraction
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} at {float(self.x):.6f},{float(self.y):.6f}"


class Cell(NamedTuple):
    """A square, and the shape as it is there."""

    x: Fraction
    y: Fraction
    half: Fraction
    shape: Shape

    def corners(self) -> list[Point]:
        return [
            (self.x + i * self.half, self.y + j * self.half) for i, j in product((-1, 1), repeat=2)
        ]

    def quarters(self) -> list["Cell"]:
        half = self.half / 2
        centres = [(self.x + i * half, self.y + j * half) for i, j in product((-1, 1), repeat=2)]
        return [Cell(x, y, half, self.shape.near(x, y, half)) for x, y in centres]

    def holds(self, x: Fraction, y: Fraction) -> bool:
        return max(abs(x - self.x), abs(y - self.y)) <= self.half


@cache
def shape_of(path: Path) -> Shape:
    """A model, at z = 0."""
    return Shape.read(path.read_text(encoding="ascii"))


@cache
def places(path: Path, count: int, corners: int = 0) -> list[Place]:
    """So many places on the edges of a model, and up to so many corners; always the same."""
    tree = _Tree(shape_of(path))
    found = [_on_edge(*bracket) for bracket in islice(tree.brackets(), count)]
    return found + list(islice(tree.corners(), corners))


class _Tree:
    """The square [-4, 4]^2, cut up as far as anyone went."""

    def __init__(self, shape: Shape) -> None:
        origin = Fraction(0)
        self._root = Cell(origin, origin, _ALL, shape.near(origin, origin, _ALL))
        self._cut: dict[Point, list[Cell]] = {}

    def brackets(self) -> Iterator[tuple[Cell, Point, Point]]:
        """Squares with a point inside the shape and one outside, those two last."""
        dice = random.Random(5)
        while True:
            for cell in islice(self._walk(dice, _SMALL, lambda cell: True), 1):
                signs = {point: cell.shape.sign(*point) for point in cell.corners()}
                inside = [point for point, sign in signs.items() if sign == -1]
                outside = [point for point, sign in signs.items() if sign == 1]
                if inside and outside:
                    yield cell, dice.choice(inside), dice.choice(outside)

    def corners(self) -> Iterator[Place]:
        """Corners, none twice, until twenty searches in a row have found no more."""
        dice, since = random.Random(6), 0
        seen: set[Place] = set()
        while since < 20:
            since += 1
            for cell in islice(self._walk(dice, _SMALLER, lambda cell: bool(_open(cell.shape))), 5):
                place = _at_corner(cell)
                if place is not None and place not in seen:
                    seen.add(place)
                    since = 0
                    yield place

    def _walk(
        self, dice: random.Random, small: Fraction, wanted: Callable[[Cell], bool]
    ) -> Iterator[Cell]:
        """Small squares that are wanted, and so are all that hold them; in any order. Gives up
        after a few hundred squares."""
        stack = [self._root]
        for _ in range(_PATIENCE):
            if not stack:
                return
            cell = stack.pop()
            if len(cell.shape.lines) == 1 or not wanted(cell):
                continue
            if cell.half <= small:
                yield cell
                continue
            at = cell.x + cell.half / 7, cell.y + cell.half / 7  # another one for each size
            if at not in self._cut:
                self._cut[at] = cell.quarters()
            stack += dice.sample(self._cut[at], 4)


def _on_edge(cell: Cell, inside: Point, outside: Point) -> Place:
    """Where the line between the two crosses the edge. Each turn keeps a part of what is left: one
    of `parts`, whose number is squared when the guess was right (quadratic interval refinement, J.
    Abbott 2006), and 2 after a wrong one, which is bisection."""
    shape, parts = cell.shape, 4
    while (length := max(abs(inside[0] - outside[0]), abs(inside[1] - outside[1]))) > Fraction(
        1, 2**DEPTH
    ):
        step = (outside[0] - inside[0]) / parts, (outside[1] - inside[1]) / parts

        def at(number: int, base: Point = inside, step: Point = step) -> Point:
            return base[0] + number * step[0], base[1] + number * step[1]

        guess = round(_share(shape, inside, outside, length, parts) * parts)
        low = max(0, min(parts - 1, guess - 1))
        high = min(parts, low + 2)
        first, last = shape.sign(*at(low)) == -1, shape.sign(*at(high)) == -1
        if first and not last:
            inside, outside, parts = at(low), at(high), min(parts * parts, 2**DEPTH)
        elif first:
            inside, parts = at(high), 4
        else:
            outside, parts = at(low), 4
        middle = (inside[0] + outside[0]) / 2, (inside[1] + outside[1]) / 2
        shape = shape.near(*middle, max(abs(inside[0] - outside[0]), abs(inside[1] - outside[1])))
    return Place(*middle, _kind(cell, middle))


def _share(shape: Shape, a: Point, b: Point, length: Fraction, parts: int) -> Fraction:
    """Which share of the way from `a` to `b` the field's zero is, by its values there."""
    bits = 64 + parts.bit_length() + (1 / length).__ceil__().bit_length()
    low, high = _value(shape, *a, bits), _value(shape, *b, bits)
    return Fraction(1, 2) if low is None or high is None or low >= high else low / (low - high)


def _value(shape: Shape, x: Fraction, y: Fraction, bits: int) -> Fraction | None:
    """The field, but for about 2^-bits."""
    value = shape.field(x, y, bits)
    return None if isinstance(value, Odd) else Fraction(value[0] + value[1], 2 << bits)


def _kind(cell: Cell, at: Point) -> str:
    """Straight where the field's second difference along the edge is as nothing."""
    values = _slopes(cell.shape.near(*at, Fraction(1, 2**60)), *at, 200)
    if values is None:
        return "arc"
    _, across, up = values
    step = Fraction(1, 2**70) / max(abs(across), abs(up))
    sides = [
        _value(cell.shape, at[0] - k * step * up, at[1] + k * step * across, 400) for k in (-1, 1)
    ]
    bend = abs(sum((side for side in sides if side is not None), Fraction(0)))
    return "arc" if bend > step**2 / 2**30 else "edge"


def _slopes(shape: Shape, x: Fraction, y: Fraction, bits: int) -> tuple[Fraction, ...] | None:
    """The value at a point and its change along x and along y, to about half of so many bits."""
    step = Fraction(1, 2 ** (bits // 2))
    found = [_value(shape, *at, 2 * bits) for at in ((x, y), (x + step, y), (x, y + step))]
    here, right, above = found
    if here is None or right is None or above is None or (right == here == above):
        return None
    return here, (right - here) / step, (above - here) / step


def _open(shape: Shape) -> list[int]:
    """The lines that choose."""
    return [n for n, line in enumerate(shape.lines) if line.word in ("min", "max", "abs")]


def _at_corner(cell: Cell) -> Place | None:
    """Where both ways of the square's only choice make the field zero, if that is in it and
    the edge really turns there."""
    choices = _open(cell.shape)
    if len(choices) != 1:
        return None
    (number,) = choices
    pieces = [_forced(cell.shape, number, way) for way in (0, 1)]
    x, y, bits = cell.x, cell.y, 64
    while bits < 4 * DEPTH:
        one, other = (_slopes(piece, x, y, bits) for piece in pieces)
        if one is None or other is None:
            return None
        (f, fx, fy), (g, gx, gy) = one, other
        area = fx * gy - fy * gx
        if abs(area) < Fraction(1, 1000) * (abs(fx) + abs(fy)) * (abs(gx) + abs(gy)):
            return None
        x, y = (
            _cut_off(x - (f * gy - g * fy) / area, 2 * bits),
            _cut_off(y - (g * fx - f * gx) / area, 2 * bits),
        )
        if not cell.holds(x, y):
            return None
        bits = bits * 3 // 2
    return Place(x, y, "corner") if _turns(cell.shape, x, y) else None


def _forced(shape: Shape, number: int, way: int) -> Shape:
    """The shape as if one choice were made: an operand is taken, or the other one (that of an abs
    and its negative)."""
    lines = list(shape.lines)
    word, args, _ = lines[number]
    taken = args[way % len(args)]
    lines[number] = Line("neg", args) if word == "abs" and way else Line("max", (taken, taken))
    return replace(shape, lines=tuple(lines))


def _turns(shape: Shape, x: Fraction, y: Fraction) -> bool:
    """Whether opposite points next to a place are not of opposite signs, as along a smooth edge."""
    little = Fraction(1, 2 ** (DEPTH - 20))
    pairs = 0
    for i, j in ((i, 16) for i in range(-16, 17)):
        one, other = (shape.sign(x + k * i * little, y + k * j * little) for k in (-1, 1))
        two, another = (shape.sign(x + k * j * little, y - k * i * little) for k in (-1, 1))
        pairs += (one == other) + (two == another)
    return 3 < pairs < 66


def _cut_off(number: Fraction, bits: int) -> Fraction:
    return Fraction(round(number * 2**bits), 2**bits)
