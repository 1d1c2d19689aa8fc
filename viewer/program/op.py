"""What a row of the op table says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from viewer.program import deltas, demands, points
from viewer.program.interval import Interval
from viewer.program.quadratic import Polynomial, Quadratic
from viewer.program.reals import Real
from viewer.program.spans import Span

Exact = Callable[..., Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One opcode.

    point: the value at points; takes arrays or scalars of one dtype and `out=`.
    interval: bounds of the value from bounds of the operands (see `Interval`).
    span: bounds in float64 of the value over the reals, as narrow as can be (see `Span`).
    real: the value over the reals at one point, exact or in a ball.
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
    delta: how the value changes near one place, from how the operands do; None for leaves.
    defined: whether the value is a number wherever its operands are, over the reals, from the
        quadratics of the operands (or None) and whether they are never below zero.
    nonnegative: whether the value is never below zero, from the same of its operands.
    """

    name: str
    arity: int
    point: points.Point | None = None
    interval: Callable[..., Interval] | None = None
    span: Callable[..., Span] | None = None
    real: Real | None = None
    glsl: str = ""
    exact: Exact | None = None
    choice: bool = False
    commutative: bool = False
    hides_nan: bool = False
    makes_nan: bool = False
    variable: str | None = None
    polynomial: Polynomial | None = None
    demand: demands.Rule | None = None
    delta: deltas.Rule | None = None
    defined: Callable[[Sequence[Quadratic | None], Sequence[bool]], bool] = lambda *_: True
    nonnegative: Callable[[Sequence[bool]], bool] = lambda operands: False

    @property
    def constant(self) -> bool:
        """Whether this is the op whose instruction carries a number."""
        return self.arity == 0 and self.variable is None

    def __repr__(self) -> str:
        return f"OPS[{self.name!r}]"
