"""Passes: pure functions from a program to a program, and on to the forms engines run.

Program -fold-> -merge-> -prune-> Program -allocate-> Tape
                                      |--bounds--> Interval of every value over boxes
                                      `--split---> pieces of the root's min or max
"""

from viewer.passes.allocate import Step, Tape, allocate
from viewer.passes.fold import fold
from viewer.passes.merge import merge
from viewer.passes.prune import prune
from viewer.passes.verify import verify
from viewer.program import Program

__all__ = ["PASSES", "Step", "Tape", "allocate", "fold", "merge", "optimise", "prune", "verify"]

PASSES = (fold, merge, prune)
"""What `optimise` does, in order."""


def optimise(program: Program) -> Program:
    """The same field with fewer instructions: constants folded, equal values once, nothing dead.

    Linear in the program; verified after every pass.
    """
    verify(program)
    for rewrite in PASSES:
        program = verify(rewrite(program))
    return program
