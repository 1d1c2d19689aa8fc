"""The invariants of a program, checked after every pass."""

from viewer.program import Program


def verify(program: Program) -> Program:
    """Returns `program` as it is, or raises `AssertionError`: a defect in a pass, not in input.

    Holds: there is an instruction; every operand is an earlier value; operand counts are the
    op's; constants, and only they, carry a number.
    """
    if not program.instrs:
        raise AssertionError("empty program")
    for index, (op, args, value, _) in enumerate(program.instrs):
        if len(args) != op.arity:
            raise AssertionError(f"value {index}: {op.name} with {len(args)} operands")
        for arg in args:
            if not 0 <= arg < index:
                raise AssertionError(f"value {index}: operand {arg} is not an earlier value")
        if op.constant != (value is not None):
            raise AssertionError(f"value {index}: {op.name} with the number {value}")
    return program
