"""Places on a program's edges, to as many digits as any view has.

Two neighbouring pixels of the home view, one inside and one outside, have the edge between them.
It is bracketed ever more closely by exact arithmetic: each turn keeps one of `parts` equal parts,
which their number is squared for when the values' guess was right, and is back at a few when not
(quadratic interval refinement, after J. Abbott 2006).
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from flint import arb

from viewer.engines.exact import Exact
from viewer.errors import DrawError
from viewer.exact.enclose import enclose
from viewer.passes import optimise
from viewer.passes.simplify import simplify
from viewer.program import Program
from viewer.program.quadratic import Quadratic
from viewer.sign import sign_form
from viewer.view import Grid, View
from viewer.zoom.balls import ball
from viewer.zoom.precision import working

Point = tuple[Fraction, Fraction]

DEPTH = 1070
"""Edges are found to 2^-1070 of a model unit, some 1e-322."""
SIDE = 256
"""Pixels a side of the home view in which edges are looked for."""
LOOKED = 2000
"""Pairs of pixels that are looked at for a corner, at most."""
_GUARD = 96
"""Bits past those that tell the ends of a bracket apart."""
_ORIGIN = Fraction(0)


class Place(NamedTuple):
    """A point of the edge. `kind`: "edge" on a straight literal, "arc" on a curved one, "corner"
    where two vanish, "place" where the program is not a formula over quadratics."""

    x: Fraction
    y: Fraction
    kind: str

    def view(self, zoom: Fraction) -> View:
        """With the place a little off the centre, as a hand would have it."""
        return View(self.x + 2 / (5 * zoom), self.y - 2 / (7 * zoom), zoom)


class Pair(NamedTuple):
    """Two neighbouring pixels, the first inside and the other outside, and the program there."""

    inside: Point
    outside: Point
    program: Program

    @property
    def quadratics(self) -> tuple[Quadratic, ...]:
        """What the sign depends on around here; nothing where it is not quadratics alone."""
        formula = sign_form(self.program)
        return formula.quadratics if formula.pure else ()


def places(program: Program, count: int) -> list[Place]:
    """So many places, from all over the home view. Raises `DrawError` where there is no edge."""
    return [_place(pair) for pair in _pairs(program, count)]


def corner(program: Program) -> Place | None:
    """The first corner that is found in the home view, if the program is a formula."""
    if not sign_form(program).pure:
        return None
    for pair in _pairs(program, LOOKED):
        for one, other in combinations(pair.quadratics, 2):
            at = _meeting(one, other, pair.inside)
            if at is not None and _turns(Field(pair.program), at, (one, other)):
                return Place(*at, "corner")
    return None


class Field:
    """The values of a program at exact points, where z is 0."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def at(self, point: Point, bits: int) -> Fraction | None:
        """About the value, worked out in so many bits: of the right sign, or 0 where these do not
        tell; None where there is none."""
        with working(bits):
            x, y, z = (ball(axis) for axis in (*point, _ORIGIN))
            numbers = {
                index: ball(instr.value)
                for index, instr in enumerate(self._program.instrs)
                if instr.value is not None
            }
            found = enclose(self._program, {"x": x, "y": y, "z": z}, numbers)
            if found.value is None or not found.sure:
                return None
            value = arb(found.value)
            return _ORIGIN if value.contains(0) else _middle(value)


def _pairs(program: Program, count: int) -> Iterator[Pair]:
    """Neighbours in the home view, evenly chosen from all, top to bottom."""
    program = optimise(program)
    grid = Grid(View(), SIDE, SIDE)
    inside = Exact(program).inside(grid, grid.whole)
    found = np.argwhere(inside[:, 1:] != inside[:, :-1])
    if not len(found):
        raise DrawError(f"{program.name}: there is no edge in the home view")
    for k in np.linspace(0, len(found) - 1, min(count, len(found))).astype(int):
        j, i = (int(axis) for axis in found[k])
        left, right = (((2 * n - SIDE + 1) * grid.half) for n in (i, i + 1))
        y = (SIDE - 1 - 2 * j) * grid.half
        box = np.array([float(left), float(y), 0.0]), np.array([float(right), float(y), 0.0])
        reach = np.array([float(grid.half), float(grid.half), 0.0])
        near = simplify(program, box[0] - reach, box[1] + reach)
        ends = (left, y), (right, y)
        yield Pair(*(ends if inside[j, i] else ends[::-1]), near)


def _place(pair: Pair) -> Place:
    at = _crossing(Field(pair.program), pair.inside, pair.outside)
    if not pair.quadratics:
        return Place(*at, "place")
    nearest = min(pair.quadratics, key=lambda quadratic: _distance(quadratic, at))
    return Place(*at, "arc" if nearest.degree > 1 else "edge")


def _crossing(field: Field, inside: Point, outside: Point) -> Point:
    """A point within 2^-DEPTH of where the line from one to the other crosses the edge."""
    parts = 4
    while (length := abs(outside[0] - inside[0])) > Fraction(1, 2**DEPTH):
        bits = _GUARD + parts.bit_length() + int(1 / length).bit_length()
        step = (outside[0] - inside[0]) / parts
        ends = [field.at(point, bits) or _ORIGIN for point in (inside, outside)]
        share = ends[0] / (ends[0] - ends[1]) if ends[0] < 0 < ends[1] else Fraction(1, 2)
        low = max(0, min(parts - 2, round(share * parts) - 1))
        first, last = ((inside[0] + k * step, inside[1]) for k in (low, low + 2))
        if not _below(field, first, bits):
            outside, parts = first, 4
        elif _below(field, last, bits):
            inside, parts = last, 4
        else:
            inside, outside, parts = first, last, min(parts * parts, 2**DEPTH)
    return (inside[0] + outside[0]) / 2, inside[1]


def _below(field: Field, point: Point, bits: int) -> bool:
    value = field.at(point, bits)
    return value is not None and value < 0


def _meeting(one: Quadratic, other: Quadratic, start: Point) -> Point | None:
    """Where both vanish, within two pixels of a point, by Newton's method."""
    (x, y), bits = start, 64
    while bits < 4 * DEPTH:
        (f, fx, fy), (g, gx, gy) = _slopes(one, x, y), _slopes(other, x, y)
        area = fx * gy - fy * gx
        if abs(area) * 100 < (abs(fx) + abs(fy)) * (abs(gx) + abs(gy)):
            return None  # they hardly cross
        x, y = x - (f * gy - g * fy) / area, y - (g * fx - f * gx) / area
        x, y = (Fraction(round(axis * 2**bits), 2**bits) for axis in (x, y))
        if max(abs(x - start[0]), abs(y - start[1])) > Fraction(4, SIDE):
            return None
        bits = bits * 3 // 2
    return x, y


def _turns(field: Field, at: Point, quadratics: tuple[Quadratic, Quadratic]) -> bool:
    """Whether of the four parts into which two edges cut the plane, one or three are inside."""
    (_, fx, fy), (_, gx, gy) = (_slopes(quadratic, *at) for quadratic in quadratics)
    area = (fx * gy - fy * gx) * 2 ** (DEPTH - 30)
    count = 0
    for s, t in product((-1, 1), repeat=2):
        point = at[0] + (s * gy - t * fy) / area, at[1] + (t * fx - s * gx) / area
        count += _below(field, point, 2 * DEPTH)
    return count in (1, 3)


def _slopes(quadratic: Quadratic, x: Fraction, y: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """The value and its changes along x and y."""
    c, bx, by, xx, xy, yy = map(Fraction, quadratic)
    value = c + (bx + xx * x + xy * y) * x + (by + yy * y) * y
    return value, bx + 2 * xx * x + xy * y, by + 2 * yy * y + xy * x


def _distance(quadratic: Quadratic, at: Point) -> Fraction:
    """About how far the edge of a quadratic is."""
    value, x, y = _slopes(quadratic, *at)
    return abs(value) / (abs(x) + abs(y)) if x or y else Fraction(2**DEPTH)


def _middle(value: arb) -> Fraction:
    mantissa, exponent = value.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
