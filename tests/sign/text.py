"""A formula as text to be read: `x < 0 and (y - 1 < 0 or -x < 0)`.

Nodes that several others read come first, on lines of their own: `a = ...`. A literal that is not
a quadratic names the op and the line that it asks about: `2 * sin@3 + x < 0`.
"""

from collections import Counter
from decimal import Decimal

from viewer.program.quadratic import Quadratic
from viewer.sign.formula import Formula, Literal

_TERMS = (("xx", "x^2"), ("xy", "xy"), ("yy", "y^2"), ("x", "x"), ("y", "y"), ("c", ""))


def written(formula: Formula) -> str:
    """The formula, last line last."""
    if isinstance(formula.root, bool):
        return "inside" if formula.root else "outside"
    readers = Counter(operand for node in formula.nodes for operand in node.operands)
    first = len(formula.literals)
    texts = {index: literal(formula, one) for index, one in enumerate(formula.literals)}
    bare = set(texts)
    lines: list[str] = []
    for number, node in enumerate(formula.nodes, first):
        word = " and " if node.all else " or "
        parts = [texts[o] if o in bare else f"({texts[o]})" for o in node.operands]
        texts[number] = word.join(parts)
        if readers[number] > 1:
            name = "abcdefgh"[len(lines)]
            lines.append(f"{name} = {texts[number]}")
            texts[number] = name
            bare.add(number)
    return "\n".join([*lines, texts[formula.root]])


def literal(formula: Formula, one: Literal) -> str:
    """One test."""
    if one.quadratic is not None:
        quadratic = formula.quadratics[one.quadratic]
        return f"{polynomial(quadratic.negative() if one.negated else quadratic)} < 0"
    value, factor, offset = one.question
    instr = formula.program.instrs[value]
    text = f"{instr.op.name}@{instr.line}"
    text = text if factor == 1 else f"{_number(factor)} * {text}"
    return f"{text}{_signed(polynomial(offset)) if any(offset) else ''} < 0"


def polynomial(quadratic: Quadratic) -> str:
    """`-2x^2 + xy - 0.5`."""
    text = ""
    for name, symbol in _TERMS:
        number = getattr(quadratic, name)
        if number:
            size = "" if symbol and abs(number) == 1 else _number(abs(number))
            text += (" - " if number < 0 else " + ") + size + symbol
    text = text.removeprefix(" + ")
    return f"-{text[3:]}" if text.startswith(" - ") else text or "0"


def _signed(text: str) -> str:
    return f" - {text[1:]}" if text.startswith("-") else f" + {text}"


def _number(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return text if len(text) < 12 else f"{number.normalize():e}"
