"""Sign form: a program as and/or over tests of quadratics.

Only whether the root is below zero is wanted, so the question is handed down (the rules are in
the op table): `min` is *or*, `max` is *and*, `neg` flips it, offsets and factors move through, a
root or a square meets its threshold. What is left at the bottom are literals `q < 0`: quadratics,
nearly always, or tests of values that cannot be taken apart.

"Demanded sign" is in C. F. Bolz-Tereick's pyfidget; the boolean form of CSG is older than that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import NamedTuple

from viewer.program import Program
from viewer.program.demands import Facts, Question
from viewer.program.quadratic import Polynomial, Quadratic
from viewer.sign.expressions import at_height

MOST_QUESTIONS = 8
"""A value that is asked about in more ways stays whole: nested absolute values would double their
number with every level."""


class Literal(NamedTuple):
    """One test. Where `quadratic` is a number, it is `q < 0` for that quadratic of the formula,
    or `-q < 0` where `negated`: on q = 0 both are false. Where it is None, it is `question`, about
    a value of the program that the sign form cannot take apart."""

    quadratic: int | None
    negated: bool
    question: Question


class Node(NamedTuple):
    """And (`all`) or or over operands. An operand below the number of literals is a literal, any
    other is an earlier node, counted on from there."""

    all: bool
    operands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """`root` is an operand as in `Node`, or a truth value where the picture is all one colour.

    `program` does not read z. `quadratics` are distinct up to a factor. Nodes are in order,
    operands first; chains of one kind are flat and what is shared in the program is shared here.
    """

    program: Program
    quadratics: tuple[Quadratic, ...]
    literals: tuple[Literal, ...]
    nodes: tuple[Node, ...]
    root: int | bool

    @property
    def pure(self) -> bool:
        """Whether all literals are quadratics."""
        return all(literal.quadratic is not None for literal in self.literals)

    def depth(self) -> int:
        """Levels of and/or above the literals."""
        depths = [0] * len(self.literals)
        for node in self.nodes:
            depths.append(1 + max(depths[operand] for operand in node.operands))
        return 0 if isinstance(self.root, bool) else depths[self.root]


def sign_form(program: Program, z: Decimal = Decimal(0)) -> Formula:
    """The formula of a program at the slice height `z`. Linear in the program."""
    return _Builder(at_height(program, z)).build()


class _Builder:
    """Questions on a stack, answered from the root down; nodes made on the way back up."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.facts, self.defined = _facts(program)
        self.asked = [0] * len(self.program)
        self.quadratics: dict[tuple[int, ...], int] = {}
        self.quadratic_list: list[Quadratic] = []
        self.literals: list[Literal] = []
        self.literal_ids: dict[object, int] = {}
        self.nodes: list[Node] = []
        self.node_ids: dict[Node, int] = {}
        # A literal is k >= 0, a node ~k until the number of literals is known.
        self.answers: dict[Question, int | bool] = {}

    def build(self) -> Formula:
        question = Question(self.program.root, Decimal(1), Quadratic())
        self._ask(question)
        return _finish(self, self.answers[question])

    def _ask(self, root: Question) -> None:
        stack: list[tuple[Question, tuple[bool, tuple[Question, ...]] | None]] = [(root, None)]
        while stack:
            question, demand = stack.pop()
            if demand is not None:
                self.answers[question] = self._node(*demand)
            elif question not in self.answers:
                answer = self._reduce(question)
                if isinstance(answer, int):
                    self.answers[question] = answer
                else:
                    stack.append((question, answer))
                    stack += [(part, None) for part in answer[1]]

    def _reduce(self, question: Question) -> int | tuple[bool, tuple[Question, ...]]:
        """A truth value, a literal, or further questions."""
        value, factor, offset = question
        quadratic = self.facts.quadratics[value]
        op, args, _, _ = self.program.instrs[value]
        try:
            if quadratic is not None:
                return self._literal(quadratic.times(factor).plus(offset), question)
            self.asked[value] += 1
            if op.demand and self.defined[value] and self.asked[value] <= MOST_QUESTIONS:
                demand = op.demand(question, args, self.facts)
                if demand is not None:
                    return demand if isinstance(demand, bool) else (demand.all, demand.questions)
        except DecimalException:
            pass  # numbers that exact arithmetic has no room for
        return self._new_literal(question, None, False, question)

    def _literal(self, quadratic: Quadratic, question: Question) -> int:
        if quadratic.degree == 0:
            return quadratic.c < 0
        normal, negated = quadratic.normal()
        index = self.quadratics.setdefault(normal, len(self.quadratics))
        if index == len(self.quadratic_list):
            self.quadratic_list.append(quadratic.negative() if negated else quadratic)
        return self._new_literal((index, negated), index, negated, question)

    def _new_literal(
        self, key: object, quadratic: int | None, negated: bool, question: Question
    ) -> int:
        index = self.literal_ids.setdefault(key, len(self.literals))
        if index == len(self.literals):
            self.literals.append(Literal(quadratic, negated, question))
        return index

    def _node(self, every: bool, questions: tuple[Question, ...]) -> int | bool:
        operands: dict[int, None] = {}
        for question in questions:
            answer = self.answers[question]
            if isinstance(answer, bool):
                if answer != every:
                    return answer
            else:
                operands[answer] = None
        if not operands:
            return every
        if len(operands) == 1:
            return next(iter(operands))
        node = Node(every, tuple(operands))
        index = self.node_ids.setdefault(node, len(self.nodes))
        if index == len(self.nodes):
            self.nodes.append(node)
        return ~index


def _facts(program: Program) -> tuple[Facts, list[bool]]:
    """The quadratic and the sign of each value, and whether it is surely defined (not NaN)."""
    coordinates = {
        "x": Quadratic(x=Decimal(1)),
        "y": Quadratic(y=Decimal(1)),
    }
    quadratics: list[Quadratic | None] = []
    nonnegative: list[bool] = []
    defined: list[bool] = []
    for op, args, value, _ in program.instrs:
        operands = [quadratics[arg] for arg in args]
        signs = [nonnegative[arg] for arg in args]
        quadratic: Quadratic | None = None
        if op.polynomial is not None:
            quadratic = _applied(op.polynomial, operands)
        elif value is not None:
            quadratic = _applied(Quadratic.number, [value])
        elif op.variable is not None:
            quadratic = coordinates[op.variable]
        quadratics.append(quadratic)
        nonnegative.append(op.nonnegative(signs) or _nowhere_negative(quadratic))
        sure = [defined[arg] for arg in args]
        defined.append(all(sure) and op.defined(operands, signs))
    return Facts(quadratics, nonnegative), defined


def _applied(rule: Polynomial, operands: Sequence[object]) -> Quadratic | None:
    """A value that is a quadratic of numbers that exact arithmetic has room for, or None."""
    if None in operands:
        return None
    try:
        return rule(*operands)
    except DecimalException:
        return None


def _nowhere_negative(quadratic: Quadratic | None) -> bool:
    try:
        return quadratic is not None and quadratic.nowhere_negative()
    except DecimalException:
        return False


def _finish(builder: _Builder, root: int | bool) -> Formula:
    """Flattens chains and numbers the nodes that are reached, operands first."""
    literals = len(builder.literals)
    kept: dict[int, int] = {}
    nodes: list[Node] = []
    flat = _flattened(builder.nodes, root)
    for index, operands in flat.items():
        renamed = [operand if operand >= 0 else kept[~operand] for operand in operands]
        kept[index] = literals + len(nodes)
        nodes.append(Node(builder.nodes[index].all, tuple(renamed)))
    if not isinstance(root, bool) and root < 0:
        root = kept[~root]
    return Formula(
        builder.program, tuple(builder.quadratic_list), tuple(builder.literals), tuple(nodes), root
    )


def _flattened(nodes: list[Node], root: int | bool) -> dict[int, list[int]]:
    """The operands of each node that stays, in order: those reached from the root, with operands
    of the same kind that nothing else reads taken into their reader."""
    readers = [0] * len(nodes)
    taken = [False] * len(nodes)  # by their only reader, which is of the same kind
    if not isinstance(root, bool) and root < 0:
        readers[~root] = 1
    for index in range(len(nodes) - 1, -1, -1):
        if readers[index]:
            every = nodes[index].all
            for operand in nodes[index].operands:
                if operand < 0:
                    readers[~operand] += 1
                    taken[~operand] = readers[~operand] == 1 and nodes[~operand].all == every
    flat: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        if readers[index] and not taken[index]:
            operands: dict[int, None] = {}
            stack = list(reversed(node.operands))
            while stack:
                operand = stack.pop()
                if operand < 0 and taken[~operand]:
                    stack += reversed(nodes[~operand].operands)
                else:
                    operands[operand] = None
            flat[index] = list(operands)
    return flat
