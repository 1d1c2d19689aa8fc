"""What `prospero info` says about a program."""

from collections import Counter

from viewer.passes import PASSES, Tape, allocate, verify
from viewer.passes.flaws import flaws
from viewer.program import OPS, Program
from viewer.sign import sign_form

_LINES = 8
"""How many lines are named."""


def report(program: Program) -> str:
    """Operations by kind before and after each pass, slots and depth, as a table of text."""
    columns = [("file", program)]
    for rewrite in PASSES:
        columns.append((rewrite.__name__, verify(rewrite(columns[-1][1]))))
    best = columns[-1][1]
    facts = [*_facts(program, best, allocate(best)), *_formula(best), *_warnings(program)]
    return "\n".join([*_counts(columns), "", *facts])


def _counts(columns: list[tuple[str, Program]]) -> list[str]:
    counts = [Counter(instr.op.name for instr in program.instrs) for _, program in columns]
    rows = [["operation", *(name for name, _ in columns)]]
    for name in OPS:
        if counts[0][name] or counts[-1][name]:
            rows.append([name, *(str(count[name]) for count in counts)])
    rows.append(["all", *(str(len(program)) for _, program in columns)])
    return [_row(cells) for cells in rows]


def _row(cells: list[str]) -> str:
    return f"{cells[0]:<12}" + "".join(f"{cell:>9}" for cell in cells[1:])


def _facts(program: Program, best: Program, tape: Tape) -> list[str]:
    read = sorted({instr.op.variable for instr in best.instrs if instr.op.variable})
    return [
        f"name         {program.name}",
        f"variables    {' '.join(read) or 'none'}",
        f"depth        {best.depth()}",
        f"slots        {tape.slots}",
    ]


def _formula(program: Program) -> list[str]:
    """The sign form, and the lines of the file that it could not take apart."""
    formula = sign_form(program)
    if isinstance(formula.root, bool):
        return [f"formula      {'inside' if formula.root else 'outside'} everywhere"]
    whole = [literal.question.value for literal in formula.literals if literal.quadratic is None]
    lines = sorted({program.instrs[value].line for value in whole})
    return [
        f"formula      {_counted(len(formula.literals), 'literal')},"
        f" {_counted(len(formula.nodes), 'and/or node')}, {formula.depth()} deep",
        f"quadratics   {len(formula.quadratics)}",
        f"expressions  {len(whole)}" + (f", of the lines {_listed(lines)}" if lines else ""),
    ]


def _warnings(program: Program) -> list[str]:
    """What is odd about lines of the file."""
    found = flaws(program)
    rows = [f"line {line}: {why}" for line, why in found[:_LINES]]
    if len(found) > _LINES:
        rows.append(f"and {len(found) - _LINES} more")
    return [f"{'' if n else 'warnings':<12} {row}" for n, row in enumerate(rows)]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _listed(lines: list[int]) -> str:
    shown = " ".join(map(str, lines[:_LINES]))
    return shown + (f" and {len(lines) - _LINES} more" if len(lines) > _LINES else "")
