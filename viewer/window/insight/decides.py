"""Why a point is inside or outside: the value there, and which lines of the file it comes from.

    root min --+-- max --+-- a circle's test   <- its value is the root's: it decides
               |         +-- a line's test        greater or less, its choice fell the other way
               +-- ...

Worked out in balls (see `viewer.program.reals`), so that it holds at any depth: every choice is the
one that the reals make, as far as the precision tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import arb, fmpq

from viewer.program import OPS, Instr, Op, Program
from viewer.program.number import nearest
from viewer.program.reals import Value
from viewer.zoom.balls import ball
from viewer.zoom.precision import working

_OR = OPS["or"]

GUARD = 96
"""Bits past those that tell neighbouring pixels apart."""
LAST = 4
"""How many times as many bits are tried where a choice is open, and then with fractions, which are
exact where balls are not: `x - x` is zero."""
STEP = Fraction(1, 2**20)
"""Pixels on both sides between which the gradient is taken."""
NEWTON = 8
"""Steps towards the edge that are taken at most."""
ACCURATE = 24
"""Bits of a value that is close enough to be shown. One whose sign is open has none."""
LONGEST = 1000
"""Digits of a constant before or after the point that make it a ball."""
NEAR = 1 / 64
"""Pixels of a step that is the last."""

Point = tuple[Fraction, Fraction, Fraction]
Values = list[Value | None]


class Decision(NamedTuple):
    """What the field is at a point.

    value: as text, six digits of any exponent; empty where it is not a number.
    inside: whether that is below zero.
    gradient: of the field, per model unit; None where it has none.
    distance: pixels to where the deciding values are zero; None where they are not, near here.
    literal: the value whose sign decides: the last that is reached from the root by the choices.
    lines: the values that the root's comes from there, ascending; of `literal`, its own.
    """

    value: str
    inside: bool
    gradient: tuple[float, float] | None
    distance: float | None
    literal: int
    lines: tuple[int, ...]
    own: tuple[int, ...]


def decide(program: Program, point: Point, pixel: Fraction) -> Decision:
    """What decides the field at a point, where a pixel is so wide (all in model units)."""
    bits = max(0, _log2(max(map(abs, (*point, Fraction(1)))) / pixel)) + GUARD
    run = _run(program, point, bits)
    if not run.enough:
        run = _run(program, point, LAST * bits, exact=True)
    value, taken = run.values[program.root], run.taken
    lines = _needed(program, program.root, taken)
    trace = _trace(program, lines, taken)
    literal = _literal(program, taken)
    gradient, distance = (None, None) if value is None else _way(trace, point, pixel, bits)
    return Decision(
        "" if value is None else arb(value).str(6, radius=False),
        value is not None and bool(value < 0),
        gradient,
        distance,
        literal,
        lines,
        _needed(program, literal, taken),
    )


def source_lines(program: Program, values: Sequence[int], data: bytes) -> list[tuple[int, str]]:
    """The lines of the text that define those values: their numbers, and what they say."""
    text = data.decode("utf-8", "replace").split("\n")
    numbers = sorted({program.instrs[value].line for value in values} - {0})
    return [(number, " ".join(text[number - 1].split())) for number in numbers]


class _Run(NamedTuple):
    """All values at a point, None where there is none; of each choice the operand that it is; and
    whether all choices are certain, and the last value close."""

    values: Values
    taken: dict[int, int]
    enough: bool


def _run(program: Program, point: Point, bits: int, exact: bool = False) -> _Run:
    """Without `exact` all values are balls. A choice that they leave open is guessed."""
    coordinates = dict(zip("xyz", point, strict=True))
    values: Values = []
    taken, certain = {}, True
    with working(bits):
        for index, (op, args, number, _) in enumerate(program.instrs):
            given = coordinates[op.variable] if op.variable is not None else number
            if given is not None:
                values.append(_exactly(given) if exact else ball(given))
                continue
            operands = [value for arg in args if (value := values[arg]) is not None]
            if len(operands) < len(args):
                values.append(None)
                if op.choice:  # what is no number shows through
                    taken[index] = next(arg for arg in args if values[arg] is None)
            elif op.choice:
                second, sure = _second(op, *operands)
                taken[index], certain = args[second], certain and sure
                values.append(operands[second])
            else:
                assert op.real is not None
                found = op.real(*operands)
                nothing = isinstance(found, arb) and not found.is_finite()
                values.append(None if nothing else found)
    last = values[-1]
    close = isinstance(last, arb) and last.rel_accuracy_bits() >= ACCURATE
    return _Run(values, taken, certain and close)


def _second(op: Op, a: Value, b: Value) -> tuple[bool, bool]:
    """Whether a choice is its second operand, and whether that is sure. Where the precision does
    not tell, operands are taken to be equal, and to be zero."""
    assert op.real is not None
    chosen = op.real.chosen(a, b)
    return (op is _OR if chosen is None else chosen is not a), chosen is not None


def _exactly(value: Decimal | Fraction) -> Value:
    """A fraction, where it is not out of all proportion."""
    if isinstance(value, Decimal) and value and abs(value.adjusted()) > LONGEST:
        return ball(value)
    fraction = Fraction(value)
    return fmpq(fraction.numerator, fraction.denominator)


def _needed(program: Program, root: int, taken: dict[int, int]) -> tuple[int, ...]:
    """The values that one comes from, itself included, when the choices are made; ascending."""
    seen, stack = {root}, [root]
    while stack:
        index = stack.pop()
        args = (taken[index],) if index in taken else program.instrs[index].args
        stack.extend(arg for arg in args if arg not in seen)
        seen.update(args)
    return tuple(sorted(seen))


def _literal(program: Program, taken: dict[int, int]) -> int:
    """Down from the root: by the choices, and past what is done to their outcome."""
    chooses = [False] * len(program)
    for index, instr in enumerate(program.instrs):
        chooses[index] = index in taken or any(chooses[arg] for arg in instr.args)
    index = program.root
    while chooses[index]:
        if index in taken:
            index = taken[index]
            continue
        ways = [arg for arg in dict.fromkeys(program.instrs[index].args) if chooses[arg]]
        if len(ways) > 1:
            break  # made of several: a blend
        index = ways[0]
    return index


def _trace(program: Program, lines: tuple[int, ...], taken: dict[int, int]) -> Program:
    """The program without its choices."""
    names: dict[int, int] = {}
    instrs: list[Instr] = []
    for index in lines:
        if index in taken:
            names[index] = names[taken[index]]
            continue
        op, args, value, line = program.instrs[index]
        names[index] = len(instrs)
        instrs.append(Instr(op, tuple([names[arg] for arg in args]), value, line))
    last = names[program.root]
    return Program(tuple(instrs[: last + 1]), program.name)


def _way(
    trace: Program, point: Point, pixel: Fraction, bits: int
) -> tuple[tuple[float, float] | None, float | None]:
    """The gradient, and how many pixels away the trace is zero, by Newton's method."""
    first = None
    x, y, z = point
    for _ in range(NEWTON):
        slope = _gradient(trace, (x, y, z), pixel, bits)
        value = _run(trace, (x, y, z), bits).values[-1]
        if slope is None or not isinstance(value, arb):
            break
        first = first or slope
        with working(bits):
            square = slope[0] * slope[0] + slope[1] * slope[1]
            if not square > 0:
                break
            steps = [_fraction(value * part / square) for part in slope]
        x, y = x - steps[0], y - steps[1]
        if max(map(abs, steps)) < NEAR * pixel:
            away = ((x - point[0]) / pixel, (y - point[1]) / pixel)
            return _floats(first), abs(complex(*map(_float, away)))
    return (None if first is None else _floats(first)), None


def _gradient(trace: Program, at: Point, pixel: Fraction, bits: int) -> tuple[arb, arb] | None:
    """By central differences over a small part of a pixel."""
    x, y, z = at
    h = pixel * STEP
    slopes = []
    for ahead, behind in (((x + h, y, z), (x - h, y, z)), ((x, y + h, z), (x, y - h, z))):
        a, b = (_run(trace, place, bits).values[-1] for place in (ahead, behind))
        if not isinstance(a, arb) or not isinstance(b, arb):
            return None  # there is none
        with working(bits):
            slope = (a - b) / ball(2 * h)
        if not slope.is_finite():
            return None
        slopes.append(slope)
    return slopes[0], slopes[1]


def _fraction(value: arb) -> Fraction:
    """A ball's midpoint."""
    mantissa, exponent = value.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _float(value: Fraction) -> float:
    return float(nearest(value, np.float64))


def _floats(slope: tuple[arb, arb]) -> tuple[float, float]:
    return float(slope[0]), float(slope[1])


def _log2(value: Fraction) -> int:
    return value.numerator.bit_length() - value.denominator.bit_length()
