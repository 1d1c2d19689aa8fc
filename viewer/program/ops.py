"""The one table of opcodes. Everything about an opcode is its row.

A row says how to compute the op on numbers (`point`), on bounds (`interval`), exactly on
decimals (`exact`), and how to write it in GLSL (`glsl`). Readers ask for a property
(`op.choice`), never for a name.
"""

import decimal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

import numpy as np

from viewer.program import demands, points, transfers
from viewer.program.interval import Interval
from viewer.program.number import EXACT
from viewer.program.quadratic import Polynomial, Quadratic

Exact = Callable[..., Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One opcode.

    point: the value at points; takes arrays or scalars of one dtype and `out=`.
    interval: bounds of the value from bounds of the operands (see `Interval`).
    glsl: an expression over its operands `{0}`, `{1}`; functions named `op_*` are in
        `shaders/ops.glsl`.
    exact: the value of exact decimals, raising where it is not a short decimal; None where it
        never is.
    choice: the value is one of the operands, so bounds can tell which.
    hides_nan: GLSL's own expression may turn a NaN operand into a number.
    makes_nan: the value can be NaN though no operand is.
    variable: which coordinate a leaf reads; None for every other op.
    polynomial: the value as a quadratic where the operands are; None where it never is.
    demand: how the question whether the value is below zero moves to the operands.
    defined: whether the value is a number wherever its operands are, over the reals, from the
        quadratics of the operands (or None) and whether they are never below zero.
    nonnegative: whether the value is never below zero, from the same of its operands.
    """

    name: str
    arity: int
    point: points.Point | None = None
    interval: Callable[..., Interval] | None = None
    glsl: str = ""
    exact: Exact | None = None
    choice: bool = False
    commutative: bool = False
    hides_nan: bool = False
    makes_nan: bool = False
    variable: str | None = None
    polynomial: Polynomial | None = None
    demand: demands.Rule | None = None
    defined: Callable[[Sequence[Quadratic | None], Sequence[bool]], bool] = lambda *_: True
    nonnegative: Callable[[Sequence[bool]], bool] = lambda operands: False

    @property
    def constant(self) -> bool:
        """Whether this is the op whose instruction carries a number."""
        return self.arity == 0 and self.variable is None

    def __repr__(self) -> str:
        return f"OPS[{self.name!r}]"


def _positive_remainder(a: Decimal, b: Decimal) -> Decimal:
    rest = EXACT.remainder(a, b)
    return EXACT.add(rest, EXACT.abs(b)) if rest < 0 else rest


def _never(*_: object) -> bool:
    return False


def _nonzero(divisor: Quadratic | None) -> bool:
    return divisor is not None and divisor.degree == 0 and divisor.c != 0


def _integral(rounding: str) -> Exact:
    def exact(a: Decimal) -> Decimal:
        # A plain integer below 10^64, or nothing: 1e999999 would be a million digits.
        return EXACT.quantize(a.to_integral_value(rounding), Decimal(1))

    return exact


_ROWS: tuple[Op, ...] = (
    Op(name="const", arity=0),
    Op(name="var-x", arity=0, variable="x"),
    Op(name="var-y", arity=0, variable="y"),
    Op(name="var-z", arity=0, variable="z"),
    Op(
        name="neg",
        arity=1,
        point=np.negative,
        interval=transfers.neg,
        glsl="-{0}",
        exact=Decimal.copy_negate,  # EXACT.minus makes 0 of 0, whose reciprocal is another
        polynomial=Quadratic.negative,
        demand=demands.neg,
    ),
    Op(
        name="abs",
        arity=1,
        point=np.absolute,
        interval=transfers.absolute,
        glsl="abs({0})",
        exact=EXACT.abs,
        demand=demands.absolute,
        nonnegative=lambda operands: True,
    ),
    Op(
        name="recip",
        arity=1,
        point=np.reciprocal,
        interval=transfers.recip,
        glsl="1.0 / {0}",
        exact=lambda a: EXACT.divide(Decimal(1), a),
        defined=_never,
        nonnegative=all,
    ),
    Op(
        name="sqrt",
        arity=1,
        point=np.sqrt,
        interval=transfers.sqrt,
        glsl="sqrt({0})",
        exact=EXACT.sqrt,
        makes_nan=True,
        demand=demands.sqrt,
        defined=lambda _, nonnegative: nonnegative[0],
        nonnegative=lambda operands: True,
    ),
    Op(
        name="square",
        arity=1,
        point=np.square,
        interval=transfers.square,
        glsl="{0} * {0}",
        exact=lambda a: EXACT.multiply(a, a),
        polynomial=Quadratic.square,
        demand=demands.square,
        nonnegative=lambda operands: True,
    ),
    Op(
        name="floor",
        arity=1,
        point=np.floor,
        interval=transfers.floor,
        glsl="floor({0})",
        exact=_integral(decimal.ROUND_FLOOR),
        nonnegative=all,
    ),
    Op(
        name="ceil",
        arity=1,
        point=np.ceil,
        interval=transfers.ceil,
        glsl="ceil({0})",
        exact=_integral(decimal.ROUND_CEILING),
        nonnegative=all,
    ),
    Op(
        name="round",
        arity=1,
        point=points.round_half_away,
        interval=transfers.round_half_away,
        glsl="op_round({0})",
        exact=_integral(decimal.ROUND_HALF_UP),
        nonnegative=all,
    ),
    Op(
        name="exp",
        arity=1,
        point=np.exp,
        interval=transfers.exp,
        glsl="exp({0})",
        nonnegative=lambda operands: True,
    ),
    Op(
        name="ln",
        arity=1,
        point=np.log,
        interval=transfers.ln,
        glsl="op_ln({0})",
        makes_nan=True,
        defined=_never,
    ),
    Op(name="sin", arity=1, point=np.sin, interval=transfers.sin, glsl="sin({0})", makes_nan=True),
    Op(name="cos", arity=1, point=np.cos, interval=transfers.cos, glsl="cos({0})", makes_nan=True),
    Op(
        name="tan",
        arity=1,
        point=np.tan,
        interval=transfers.tan,
        glsl="tan({0})",
        makes_nan=True,
        defined=_never,
    ),
    Op(
        name="asin",
        arity=1,
        point=np.arcsin,
        interval=transfers.asin,
        glsl="op_asin({0})",
        makes_nan=True,
        defined=_never,
    ),
    Op(
        name="acos",
        arity=1,
        point=np.arccos,
        interval=transfers.acos,
        glsl="op_acos({0})",
        makes_nan=True,
        defined=_never,
    ),
    Op(
        name="atan",
        arity=1,
        point=np.arctan,
        interval=transfers.atan,
        glsl="atan({0})",
        nonnegative=all,
    ),
    Op(
        name="not",
        arity=1,
        point=points.logical_not,
        interval=transfers.logical_not,
        glsl="op_not({0})",
        exact=lambda a: Decimal(int(a == 0)),
        hides_nan=True,
        nonnegative=lambda operands: True,
    ),
    Op(
        name="add",
        arity=2,
        point=np.add,
        interval=transfers.add,
        glsl="{0} + {1}",
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
        exact=EXACT.divide,
        makes_nan=True,
        demand=demands.div,
        defined=lambda quadratics, _: _nonzero(quadratics[1]),
        nonnegative=all,
    ),
    Op(
        name="min",
        arity=2,
        point=np.minimum,
        interval=transfers.minimum,
        glsl="min({0}, {1})",
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
        hides_nan=True,
        defined=_never,
    ),
    Op(
        name="mod",
        arity=2,
        point=points.modulo,
        interval=transfers.modulo,
        glsl="op_mod({0}, {1})",
        exact=_positive_remainder,
        makes_nan=True,
        defined=_never,
        nonnegative=lambda operands: True,
    ),
    Op(
        name="compare",
        arity=2,
        point=points.compare,
        interval=transfers.compare,
        glsl="op_compare({0}, {1})",
        exact=EXACT.compare,
        hides_nan=True,
    ),
    Op(
        name="and",
        arity=2,
        point=points.logical_and,
        interval=transfers.logical_and,
        glsl="op_and({0}, {1})",
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
        exact=lambda a, b: a if a != 0 else b,
        choice=True,
        hides_nan=True,
        nonnegative=all,
    ),
)

OPS: Mapping[str, Op] = MappingProxyType({row.name: row for row in _ROWS})
