"""Equal values once (common subexpressions)."""

from viewer.program import Instr, Program


def merge(program: Program) -> Program:
    """Instructions with the same op and operands (in either order where it commutes) become one.

    Later readers use the first of them; the others are left for `prune`. The root stays last:
    where it equals an earlier value, everything after that value is dropped.
    """
    first: dict[object, int] = {}
    names: list[int] = []
    instrs: list[Instr] = []
    for op, args, value, line in program.instrs:
        renamed = tuple([names[arg] for arg in args])
        operands = tuple(sorted(renamed)) if op.commutative else renamed
        # as_tuple tells 0 from -0, whose reciprocals differ.
        key = (op.name, operands, None if value is None else (value, value.is_signed()))
        index = first.setdefault(key, len(instrs))
        if index == len(instrs):
            instrs.append(Instr(op, renamed, value, line))
        names.append(index)
    return Program(tuple(instrs[: names[program.root] + 1]), program.name)
