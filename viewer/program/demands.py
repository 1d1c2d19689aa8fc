"""Sign rules: how the question "is this below zero?" moves through an op to its operands.

The question about value v is `factor * v + offset < 0`, with a number that is not zero and a
quadratic in the coordinates. A rule answers with questions about the operands, all or any of which
must hold; with a truth value; or with None: it cannot be moved. Rules hold over the reals and
wherever no operand is NaN; `Facts` says what they may rely on. Operators of `Decimal` are not used,
not even signs: they round to 28 digits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import NamedTuple

from viewer.program.exact import EXACT
from viewer.program.quadratic import ARITHMETIC, Quadratic


class Question(NamedTuple):
    """The question `factor * value + offset < 0`."""

    value: int
    factor: Decimal
    offset: Quadratic


class Demand(NamedTuple):
    """The answer: all of these questions hold, or any of them."""

    all: bool
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each value: its quadratic, where it is one, and that it is never below
    zero."""

    quadratics: Sequence[Quadratic | None]
    nonnegative: Sequence[bool]


Rule = Callable[[Question, tuple[int, ...], Facts], Demand | bool | None]


def _of_both(question: Question, args: tuple[int, ...]) -> tuple[Question, ...]:
    """The same question about each operand."""
    _, factor, offset = question
    return tuple([Question(arg, factor, offset) for arg in args])


def _one(question: Question) -> Demand:
    return Demand(True, (question,))


def neg(question: Question, args: tuple[int, ...], facts: Facts) -> Demand:
    return _one(Question(args[0], question.factor.copy_negate(), question.offset))


def minimum(question: Question, args: tuple[int, ...], facts: Facts) -> Demand:
    return Demand(question.factor < 0, _of_both(question, args))


def maximum(question: Question, args: tuple[int, ...], facts: Facts) -> Demand:
    return Demand(question.factor > 0, _of_both(question, args))


def absolute(question: Question, args: tuple[int, ...], facts: Facts) -> Demand:
    """|a| is the larger of a and -a."""
    a = args[0]
    both = (
        Question(a, question.factor, question.offset),
        Question(a, question.factor.copy_negate(), question.offset),
    )
    return Demand(question.factor > 0, both)


def add(question: Question, args: tuple[int, ...], facts: Facts) -> Demand | None:
    """A quadratic operand joins the offset."""
    for value, other in (args, args[::-1]):
        quadratic = facts.quadratics[other]
        if quadratic is not None:
            return _one(
                Question(
                    value, question.factor, question.offset.plus(quadratic.times(question.factor))
                )
            )
    return None


def sub(question: Question, args: tuple[int, ...], facts: Facts) -> Demand | None:
    left, right = args
    if (quadratic := facts.quadratics[right]) is not None:
        return _one(
            Question(
                left,
                question.factor,
                question.offset.plus(quadratic.times(question.factor.copy_negate())),
            )
        )
    if (quadratic := facts.quadratics[left]) is not None:
        return _one(
            Question(
                right,
                question.factor.copy_negate(),
                question.offset.plus(quadratic.times(question.factor)),
            )
        )
    return None


def mul(question: Question, args: tuple[int, ...], facts: Facts) -> Demand | bool | None:
    """A constant operand joins the factor."""
    for value, other in (args, args[::-1]):
        constant = _constant(facts.quadratics[other])
        if constant is not None:
            if not constant:
                return _sign(question.offset)
            return _one(
                Question(value, ARITHMETIC.multiply(question.factor, constant), question.offset)
            )
    return None


def div(question: Question, args: tuple[int, ...], facts: Facts) -> Demand | None:
    """The whole question times the size of a constant divisor."""
    divisor = _constant(facts.quadratics[args[1]])
    if not divisor:
        return None
    factor = question.factor if divisor > 0 else question.factor.copy_negate()
    return _one(Question(args[0], factor, question.offset.times(divisor.copy_abs())))


def sqrt(question: Question, args: tuple[int, ...], facts: Facts) -> Demand | bool | None:
    """The root of q >= 0 meets a threshold r where q meets its square, if r is not negative."""
    offset = _constant(question.offset)
    if offset is None or not facts.nonnegative[args[0]]:
        return None
    above = question.factor < 0  # the question is whether the root is above r, else whether below
    if above and offset < 0:
        return True
    if not above and offset >= 0:
        return False
    square = ARITHMETIC.multiply(question.factor, question.factor)
    limit = ARITHMETIC.multiply(offset, offset)
    if above:
        return _one(Question(args[0], square.copy_negate(), Quadratic(limit)))
    return _one(Question(args[0], square, Quadratic(limit.copy_negate())))


def square(question: Question, args: tuple[int, ...], facts: Facts) -> Demand | bool | None:
    """a^2 meets r where |a| meets its root, if that root is a decimal."""
    offset = _constant(question.offset)
    if offset is None:
        return None
    above = question.factor < 0
    if above and offset < 0:
        return True
    if not above and offset >= 0:
        return False
    try:
        root = EXACT.sqrt(EXACT.divide(offset.copy_abs(), question.factor.copy_abs()))
    except DecimalException:
        return None
    one = Decimal(-1 if above else 1)
    return absolute(
        Question(question.value, one, Quadratic(root if above else root.copy_negate())), args, facts
    )


def _constant(quadratic: Quadratic | None) -> Decimal | None:
    return quadratic.c if quadratic is not None and quadratic.degree == 0 else None


def _sign(offset: Quadratic) -> bool | None:
    return offset.c < 0 if offset.degree == 0 else None


def never(*_: object) -> bool:
    """For an op that may be undefined whatever is known of its operands."""
    return False


def nonzero(divisor: Quadratic | None) -> bool:
    """Whether a value is known to be a number other than zero."""
    return bool(_constant(divisor))
