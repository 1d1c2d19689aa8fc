"""Dead code elimination."""

from viewer.program import Instr, Program


def prune(program: Program) -> Program:
    """Only what the root needs, in the same order. The root stays last."""
    live = [False] * len(program)
    live[program.root] = True
    for index in range(program.root, -1, -1):
        if live[index]:
            for arg in program.instrs[index].args:
                live[arg] = True
    names = [0] * len(program)
    instrs: list[Instr] = []
    for index, instr in enumerate(program.instrs):
        if live[index]:
            names[index] = len(instrs)
            args = tuple([names[arg] for arg in instr.args])
            instrs.append(instr if args == instr.args else instr._replace(args=args))
    return Program(tuple(instrs), program.name)
