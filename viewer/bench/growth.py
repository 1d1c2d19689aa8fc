"""What is measured: a program at a size, or a row of cases of which one thing grows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from viewer.errors import UsageError
from viewer.passes import prune
from viewer.passes.cells import reachable
from viewer.program import OPS, Instr, Program, parse

PARTS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
"""The prefixes of a program that `by_operations` makes."""


class Case(NamedTuple):
    """A program's text, the name errors call it, the view as text, and the pixels a side."""

    source: bytes
    name: str
    view: str
    size: int


def by_size(source: bytes, name: str, view: str, sizes: Sequence[int]) -> list[Case]:
    """The same program at each size, ascending."""
    return [Case(source, name, view, size) for size in sorted(set(sizes))]


def by_operations(source: bytes, name: str, view: str, size: int) -> list[Case]:
    """Ever longer beginnings of a program, the whole of it last.

    Raises `UsageError` where the result is not a min or max of several operands.
    """
    program = parse(source, name)
    parts = operands(program)
    if len(parts) < 2:
        root = program.instrs[program.root].op.name
        raise UsageError(f"--ops cuts a union: expected min or max at the end, {name} has '{root}'")
    counts = sorted({max(1, round(len(parts) * part)) for part in PARTS})
    texts = [prefix(program, parts, count).text().encode() for count in counts[:-1]]
    return [Case(text, name, view, size) for text in [*texts, source]]


def by_copies(source: bytes, name: str, view: str, size: int, count: int) -> list[Case]:
    """A program, and so many copies of it side by side."""
    text = copies(parse(source, name), count).text().encode()
    return [Case(source, name, view, size), Case(text, name, view, size)]


def copies(program: Program, count: int) -> Program:
    """The union of copies of a program, shrunken into a grid: each shows in a square of its own
    what the whole square from -1 to 1 shows otherwise."""
    columns = 1
    while columns**2 < count:
        columns *= 2  # their centres are short decimals
    rows = -(-count // columns)
    instrs: list[Instr] = []

    def emit(name: str, *args: int, value: Decimal | None = None) -> int:
        instrs.append(Instr(OPS[name], args, value))
        return len(instrs) - 1

    x, y, scale = emit("var-x"), emit("var-y"), emit("const", value=Decimal(columns))
    root = -1
    for copy in range(count):
        column, row = copy % columns, copy // columns
        at = Decimal(2 * column + 1 - columns), Decimal(rows - 1 - 2 * row)
        middle = [emit("const", value=number / columns) for number in at]
        own = {"x": emit("mul", emit("sub", x, middle[0]), scale)}
        own["y"] = emit("mul", emit("sub", y, middle[1]), scale)
        names: list[int] = []
        for op, args, value, _ in program.instrs:
            if op.variable in own:
                names.append(own[op.variable])
            else:
                names.append(emit(op.name, *(names[arg] for arg in args), value=value))
        last = names[program.root]
        root = last if root < 0 else emit("min", root, last)
    return Program(tuple(instrs), program.name)


def operands(program: Program) -> list[int]:
    """What the root's min or max combines, its own nested calls taken apart: indices, ascending.

    In a text these are its strokes and letters in the order of writing. Only the root where it is
    something else.
    """
    root = program.instrs[program.root].op
    if root.name not in ("min", "max"):
        return [program.root]
    found: set[int] = set()
    stack, seen = [program.root], {program.root}
    while stack:
        for index in set(program.instrs[stack.pop()].args) - seen:
            seen.add(index)
            (stack.append if program.instrs[index].op is root else found.add)(index)
    return sorted(found)


def prefix(program: Program, parts: Sequence[int], count: int) -> Program:
    """The root's op over the first `count` of its operands, and nothing that they do not need."""
    live = reachable(program, parts[:count])
    names = {index: name for name, index in enumerate(live)}
    instrs = [
        program.instrs[index]._replace(
            args=tuple([names[arg] for arg in program.instrs[index].args])
        )
        for index in live
    ]
    root, joined = program.instrs[program.root], names[parts[0]]
    for part in parts[1:count]:
        instrs.append(Instr(root.op, (joined, names[part]), None, root.line))
        joined = len(instrs) - 1
    return prune(Program(tuple(instrs[: joined + 1]), program.name))
