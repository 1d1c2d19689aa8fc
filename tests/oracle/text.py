"""Programs as the oracle reads them: a list of lines."""

import re
from fractions import Fraction
from typing import NamedTuple

VARIABLES = ("var-x", "var-y", "var-z")
UNARY = (
    *("neg", "abs", "recip", "sqrt", "square", "floor", "ceil", "round", "exp", "ln"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "not"),
)
BINARY = (*("add", "sub", "mul", "div", "min", "max", "atan2", "mod", "compare", "and", "or"),)
ARITY = dict.fromkeys(VARIABLES, 0) | dict.fromkeys(UNARY, 1) | dict.fromkeys(BINARY, 2)


class Node(NamedTuple):
    """One line: an opcode, the lines that it reads, and a constant's number."""

    word: str
    args: tuple[int, ...] = ()
    number: Fraction | None = None


Nodes = list[Node]


def read(text: str) -> Nodes:
    """The lines of a text that is known to be good."""
    places: dict[str, int] = {}
    nodes: Nodes = []
    for line in text.splitlines():
        words = re.findall(r"[^ \t]+", line.split("#")[0])
        if not words:
            continue
        name, word, *rest = words
        if word == "const":
            nodes.append(Node(word, (), Fraction(rest[0])))
        else:
            assert len(rest) == ARITY[word]
            nodes.append(Node(word, tuple(places[other] for other in rest)))
        places[name] = len(nodes) - 1
    return nodes
