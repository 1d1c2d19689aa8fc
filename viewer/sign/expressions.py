"""Literals that are not quadratics: programs of their own, bounded by interval arithmetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.passes.bounds import bounds
from viewer.passes.cells import reachable
from viewer.passes.fold import fold
from viewer.program import OPS, Instr, Program
from viewer.program.demands import Question
from viewer.program.interval import Interval
from viewer.program.quadratic import Quadratic

Flags = NDArray[np.bool_]

_CONST, _ADD, _MUL = OPS["const"], OPS["add"], OPS["mul"]
_VARIABLES = {op.variable: op for op in OPS.values() if op.variable is not None}


def at_height(program: Program, z: Decimal) -> Program:
    """The program on the plane at the height z: it does not read z any more."""
    instrs = [
        Instr(_CONST, (), z, instr.line) if instr.op.variable == "z" else instr
        for instr in program.instrs
    ]
    return fold(Program(tuple(instrs), program.name))


@dataclass(frozen=True, slots=True)
class Expressions:
    """Questions about values of one program, by the number of the literal that asks.

    `program` computes, beside everything else, `factor * value + offset` for each: value
    `roots[literal]`.
    """

    program: Program
    roots: Mapping[int, int]

    def only(self, literals: Iterable[int]) -> "Expressions":
        """Some of them, without the instructions that these do not need."""
        wanted = [(literal, self.roots[literal]) for literal in literals]
        live = reachable(self.program, [root for _, root in wanted])
        names = {old: new for new, old in enumerate(live)}
        instrs = [
            self.program.instrs[old]._replace(
                args=tuple([names[arg] for arg in self.program.instrs[old].args])
            )
            for old in live
        ]
        roots = {literal: names[root] for literal, root in wanted}
        return Expressions(Program(tuple(instrs), self.program.name), roots)

    def bound(
        self, x: NDArray[np.float64], y: NDArray[np.float64], half: float
    ) -> dict[int, tuple[Flags, Flags]]:
        """Over squares with these centres and half sides: where each literal surely is true, and
        where it surely is false. Never both, and neither where its value may be NaN."""
        numbers = {root: literal for literal, root in self.roots.items()}
        found = {}
        boxes = _around(x, half), _around(y, half), Interval.exact(0, 0)
        for index, value in enumerate(bounds(self.program, *boxes)):
            if index in numbers:
                true = np.broadcast_to(value.upper < 0, x.shape)
                found[numbers[index]] = true, np.broadcast_to(value.lower >= 0, x.shape)
        return found


def ask(program: Program, questions: Mapping[int, Question]) -> Expressions:
    """Adds the questions to a program that does not read z."""
    instrs = list(program.instrs)

    def emit(instr: Instr) -> int:
        instrs.append(instr)
        return len(instrs) - 1

    def number(constant: Decimal) -> int:
        return emit(Instr(_CONST, (), constant))

    roots = {}
    for literal, (value, factor, offset) in questions.items():
        root = value if factor == 1 else emit(Instr(_MUL, (number(factor), value)))
        for term, names in zip(offset, Quadratic._fields, strict=True):
            if term:
                product = number(term)
                for name in "" if names == "c" else names:
                    product = emit(Instr(_MUL, (product, emit(Instr(_VARIABLES[name])))))
                root = emit(Instr(_ADD, (root, product)))
        roots[literal] = root
    return Expressions(Program(tuple(instrs), program.name), roots)


def _around(centre: NDArray[np.float64], half: float) -> Interval:
    """Padded outwards, for the rounding of the centres too."""
    limits = np.finfo(np.float64)
    slack: Any = 4 * limits.eps * (np.abs(centre) + half) + limits.smallest_normal
    with np.errstate(over="ignore"):  # far away they may be infinite, which is a bound
        return Interval.make(centre - half - slack, centre + half + slack)
