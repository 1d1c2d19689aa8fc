"""The one table of opcodes. Everything about an opcode is its row.

A row says how to compute the op on numbers (`point`), on bounds (`interval`), exactly on
decimals (`exact`), and how to write it in GLSL (`glsl`). Readers ask for a property
(`op.choice`), never for a name.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from viewer.program import choices, deltas, demands, exact, points, transfers
from viewer.program.exact import EXACT
from viewer.program.op import Op
from viewer.program.quadratic import Quadratic
from viewer.program.unary import UNARY

_ROWS: tuple[Op, ...] = (
    Op(name="const", arity=0),
    Op(name="var-x", arity=0, variable="x"),
    Op(name="var-y", arity=0, variable="y"),
    Op(name="var-z", arity=0, variable="z"),
    *UNARY,
    Op(
        name="add",
        arity=2,
        point=np.add,
        interval=transfers.add,
        glsl="{0} + {1}",
        delta=deltas.add,
        exact=EXACT.add,
        commutative=True,
        makes_nan=True,
        polynomial=Quadratic.plus,
        demand=demands.add,
        nonnegative=all,
    ),
    Op(
        name="sub",
        arity=2,
        point=np.subtract,
        interval=transfers.sub,
        glsl="{0} - {1}",
        delta=deltas.sub,
        exact=EXACT.subtract,
        makes_nan=True,
        polynomial=Quadratic.minus,
        demand=demands.sub,
    ),
    Op(
        name="mul",
        arity=2,
        point=np.multiply,
        interval=transfers.mul,
        glsl="{0} * {1}",
        delta=deltas.mul,
        exact=EXACT.multiply,
        commutative=True,
        makes_nan=True,
        polynomial=Quadratic.product,
        demand=demands.mul,
        nonnegative=all,
    ),
    Op(
        name="div",
        arity=2,
        point=np.divide,
        interval=transfers.div,
        glsl="{0} / {1}",
        delta=deltas.div,
        exact=EXACT.divide,
        makes_nan=True,
        demand=demands.div,
        defined=lambda quadratics, _: demands.nonzero(quadratics[1]),
        nonnegative=all,
    ),
    Op(
        name="min",
        arity=2,
        point=np.minimum,
        interval=transfers.minimum,
        glsl="min({0}, {1})",
        delta=choices.minimum,
        exact=EXACT.min,
        choice=True,
        commutative=True,
        hides_nan=True,
        demand=demands.minimum,
        nonnegative=all,
    ),
    Op(
        name="max",
        arity=2,
        point=np.maximum,
        interval=transfers.maximum,
        glsl="max({0}, {1})",
        delta=choices.maximum,
        exact=EXACT.max,
        choice=True,
        commutative=True,
        hides_nan=True,
        demand=demands.maximum,
        nonnegative=any,
    ),
    Op(
        name="atan2",
        arity=2,
        point=np.arctan2,
        interval=transfers.atan2,
        glsl="op_atan2({0}, {1})",
        delta=deltas.atan2,
        hides_nan=True,
        defined=demands.never,
    ),
    Op(
        name="mod",
        arity=2,
        point=points.modulo,
        interval=transfers.modulo,
        glsl="op_mod({0}, {1})",
        delta=choices.mod,
        exact=exact.remainder,
        makes_nan=True,
        defined=demands.never,
        nonnegative=lambda operands: True,
    ),
    Op(
        name="compare",
        arity=2,
        point=points.compare,
        interval=transfers.compare,
        glsl="op_compare({0}, {1})",
        delta=choices.compare,
        exact=EXACT.compare,
        hides_nan=True,
    ),
    Op(
        name="and",
        arity=2,
        point=points.logical_and,
        interval=transfers.logical_and,
        glsl="op_and({0}, {1})",
        delta=choices.logical_and,
        exact=lambda a, b: a if a == 0 else b,
        choice=True,
        hides_nan=True,
        nonnegative=lambda operands: operands[1],
    ),
    Op(
        name="or",
        arity=2,
        point=points.logical_or,
        interval=transfers.logical_or,
        glsl="op_or({0}, {1})",
        delta=choices.logical_or,
        exact=lambda a, b: a if a != 0 else b,
        choice=True,
        hides_nan=True,
        nonnegative=all,
    ),
)

OPS: Mapping[str, Op] = MappingProxyType({row.name: row for row in _ROWS})
