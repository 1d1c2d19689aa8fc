"""A formula as arrays, for analysing many tiles at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.program.quadratic import Quadratic
from viewer.sign.expressions import Expressions, ask
from viewer.sign.formula import Formula

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Layout:
    """What `tiles` needs of a formula whose root is a literal or a node.

    Operands are numbers: literals first, then nodes, renumbered so that deeper levels come later.

    literals: how many.
    quadratics: each literal's, with the literal's sign in it, so that each asks whether its
        quadratic is below zero; None where a literal is not a quadratic.
    coefficients: float64 (literals, 6): those rounded once, each scaled by a power of ten of its
        own, which leaves its sign. Zeros where there is no quadratic.
    mixed: bool (literals,), which are not quadratics.
    expressions: those literals, as values of one program that are below zero where they are true.
    all: bool (nodes,), and / or.   level: int32 (nodes,), from 1 above the literals, ascending.
    edge_node, edge_operand: int32 (edges,), sorted by node.
    root: operand.
    """

    literals: int
    quadratics: tuple[Quadratic | None, ...]
    coefficients: NDArray[np.float64]
    mixed: NDArray[np.bool_]
    expressions: Expressions
    all: NDArray[np.bool_]
    level: Ints
    edge_node: Ints
    edge_operand: Ints
    root: int

    @property
    def levels(self) -> int:
        """The highest level."""
        return int(self.level[-1]) if len(self.level) else 0


def lay_out(formula: Formula) -> Layout:
    """Sorts the nodes by level. The root of `formula` must not be a truth value."""
    literals = len(formula.literals)
    depth = [0] * literals
    for node in formula.nodes:
        depth.append(1 + max(depth[operand] for operand in node.operands))
    level = np.array(depth[literals:], np.int32)
    order = np.argsort(level, kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    names = [*range(literals), *(literals + place).tolist()]
    edges = [
        (index, names[number])
        for index, old in enumerate(order.tolist())
        for number in formula.nodes[old].operands
    ]
    pairs = np.array(edges, np.int32).reshape(-1, 2)
    quadratics = _exact(formula)
    rounded = [(quadratic or Quadratic()).scaled() for quadratic in quadratics]
    return Layout(
        literals=literals,
        quadratics=quadratics,
        coefficients=np.array(rounded, np.float64).reshape(-1, 6),
        mixed=np.array([quadratic is None for quadratic in quadratics], bool),
        expressions=ask(
            formula.program,
            {
                index: literal.question
                for index, literal in enumerate(formula.literals)
                if literal.quadratic is None
            },
        ),
        all=np.array([formula.nodes[old].all for old in order], bool),
        level=level[order],
        edge_node=pairs[:, 0].copy(),
        edge_operand=pairs[:, 1].copy(),
        root=names[formula.root],
    )


def _exact(formula: Formula) -> tuple[Quadratic | None, ...]:
    """Each literal's quadratic with its sign; one negated object for all that share it."""
    negative = [quadratic.negative() for quadratic in formula.quadratics]
    return tuple(
        None
        if literal.quadratic is None
        else (negative if literal.negated else formula.quadratics)[literal.quadratic]
        for literal in formula.literals
    )
