"""What a program means, worked out slowly and plainly, sharing no code with `viewer/`.

Two readings of the same text (`tests/band.py` has a third, for whole pictures):

    sign(nodes, x, y)     over the real numbers: exact fractions, and enclosures of growing
                          precision where a result is no fraction; or None: undecided
    value(nodes, x, y)    one float64 at a time with `math`, infinities and NaN included
"""

from tests.oracle.floats import call, nearest, value
from tests.oracle.reals import NAN, REAL, Range, Real, UndecidedError, real, sign
from tests.oracle.text import ARITY, BINARY, UNARY, VARIABLES, Node, Nodes, read

__all__ = [
    "ARITY",
    "BINARY",
    "NAN",
    "REAL",
    "UNARY",
    "VARIABLES",
    "Node",
    "Nodes",
    "Range",
    "Real",
    "UndecidedError",
    "call",
    "nearest",
    "read",
    "real",
    "sign",
    "value",
]
