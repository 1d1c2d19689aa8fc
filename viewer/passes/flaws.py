"""Lines of a program that are probably not meant as they are."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import fmpq

from viewer.program import Program
from viewer.program.number import nearest
from viewer.program.reals import Value

ORDINARY = 37
"""Decimal exponents up to which, of either sign, a constant is an ordinary number in float32."""
LONGEST = 400
"""Decimal exponents up to which constants are worked with, to see what has no value."""


class Flaw(NamedTuple):
    """A line of the source, from 1, and what is odd about it."""

    line: int
    why: str


def flaws(program: Program) -> tuple[Flaw, ...]:
    """Values that nothing reads, constants that floats cannot hold, and values that are no number
    whatever the coordinates are; in the order of the lines. Linear in the program."""
    found = [*_unread(program), *_beyond(program), *_none(program)]
    return tuple(sorted(found))


def _unread(program: Program) -> Iterator[Flaw]:
    for index, last in enumerate(program.last_uses()):
        if last == index:
            yield Flaw(program.instrs[index].line, "nothing reads this value")


def _beyond(program: Program) -> Iterator[Flaw]:
    for instr in program.instrs:
        value = instr.value
        if not value or abs(value.adjusted()) <= ORDINARY:
            continue
        for kind in (np.float64, np.float32):  # what the wide one cannot hold, neither can
            size, name = abs(nearest(value, kind)), np.dtype(kind).name
            if np.isinf(size):
                yield Flaw(instr.line, f"too large for {name}: infinite there")
                break
            if size < np.finfo(kind).smallest_normal:
                yield Flaw(instr.line, f"too small for {name}: may be zero there")
                break


def _none(program: Program) -> Iterator[Flaw]:
    """Of values that are made of such ones only the first is told."""
    known: dict[int, Value] = {}
    for index, (op, args, number, line) in enumerate(program.instrs):
        if number is not None and (not number or abs(number.adjusted()) <= LONGEST):
            fraction = Fraction(number)
            known[index] = fmpq(fraction.numerator, fraction.denominator)
        elif args and all(arg in known for arg in args):
            assert op.real is not None
            value = op.real(*(known[arg] for arg in args))
            if value is None:
                yield Flaw(line, "this is no number")
            else:
                known[index] = value
