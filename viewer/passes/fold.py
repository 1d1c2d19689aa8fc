"""Constant folding, exact or not at all."""

from decimal import Decimal, DecimalException

from viewer.program import OPS, Instr, Op, Program

_CONST = OPS["const"]


def fold(program: Program) -> Program:
    """Operations on constants become constants where the result is a short decimal.

    "Short" is 64 digits (`exact.EXACT`): 1/3 and sqrt(2) stay operations, since rounding them here
    would choose a precision for every engine; and repeated squaring stays linear in cost.
    Instructions keep their indices.
    """
    values: list[Decimal | None] = []
    instrs = []
    for instr in program.instrs:
        op, args, value, line = instr
        if args:
            value = _folded(op, [values[arg] for arg in args])
        values.append(value)
        instrs.append(instr if value is None or not args else Instr(_CONST, (), value, line))
    return Program(tuple(instrs), program.name)


def _folded(op: Op, operands: list[Decimal | None]) -> Decimal | None:
    if op.exact is None or None in operands:
        return None
    try:
        return op.exact(*operands)
    except DecimalException:
        return None
