"""Random programs for the sign form, as text: CSG over lines and conics, and what surrounds it."""

from collections.abc import Sequence

from hypothesis import strategies as st

from viewer.program import Program, parse
from viewer.sign.formula import sign_form
from viewer.sign.layout import Layout, lay_out

TENTHS = st.integers(-20, 20).map(lambda n: f"{n / 10}")
GROUPS = ("min", "max")
MOVES = ("neg", "abs", "square", "root", "offset", "factor", "quotient", "slope")


class Writer:
    """Collects the lines of a program."""

    def __init__(self) -> None:
        self.lines = ["x var-x", "y var-y"]

    def __call__(self, code: str) -> str:
        self.lines.append(f"s{len(self.lines)} {code}")
        return f"s{len(self.lines) - 1}"

    def constant(self, text: str) -> str:
        return self(f"const {text}")


@st.composite
def leaves(draw: st.DrawFn, emit: Writer) -> str:
    """A line, a circle (a distance or its square), an ellipse, a hyperbola, a parabola."""
    kind = draw(st.sampled_from(("line", "circle", "disc", "ellipse", "hyperbola", "parabola")))
    a, b, c = (emit.constant(draw(TENTHS)) for _ in range(3))
    if kind == "line":
        slope = emit(f"add {emit(f'mul {a} x')} {emit(f'mul {b} y')}")
        return emit(f"add {slope} {c}")
    dx, dy = emit(f"sub x {a}"), emit(f"sub {b} y")
    if kind == "parabola":
        return emit(f"sub {emit(f'square {dx}')} {dy}")
    if kind == "hyperbola":
        return emit(f"sub {emit(f'mul {dx} {dy}')} {c}")
    if kind == "ellipse":
        dx = emit(f"mul {dx} {emit.constant(draw(TENTHS))}")
    total = emit(f"add {emit(f'square {dx}')} {emit(f'square {dy}')}")
    if kind == "circle":
        return emit(f"sub {emit(f'sqrt {total}')} {c}")
    return emit(f"sub {total} {emit(f'abs {c}')}")


@st.composite
def moved(draw: st.DrawFn, emit: Writer, top: str) -> str:
    """A value under one of the ops that questions move through."""
    kind = draw(st.sampled_from(MOVES))
    if kind in ("neg", "abs", "square"):
        return emit(f"{kind} {top}")
    if kind == "root":
        size = emit(f"{draw(st.sampled_from(('abs', 'square')))} {top}")
        return emit(f"sqrt {size}")
    number = emit.constant(draw(TENTHS))
    if kind == "factor":
        return emit(f"mul {number} {top}")
    if kind == "quotient":
        return emit(f"div {top} {emit.constant(draw(st.sampled_from(('2', '-0.3', '7', '-1'))))}")
    if kind == "slope":
        number = emit(f"mul {number} {draw(st.sampled_from('xy'))}")
    pair = f"{top} {number}" if draw(st.booleans()) else f"{number} {top}"
    return emit(f"{draw(st.sampled_from(('add', 'sub')))} {pair}")


@st.composite
def csg(draw: st.DrawFn, most: int = 6, moves: int = 3, roots: Sequence[str] = ()) -> str:
    """Leaves joined by min and max, some shared, with other ops on the way. Every value is
    defined everywhere. `roots` are opcodes of which one may stand in a leaf's place."""
    emit = Writer()
    tops = [draw(leaves(emit)) for _ in range(draw(st.integers(1, most)))]
    if draw(st.booleans()) and roots:
        tops.append(emit(f"{draw(st.sampled_from(roots))} {draw(st.sampled_from(tops))}"))
    for _ in range(draw(st.integers(0, moves))):
        index = draw(st.integers(0, len(tops) - 1))
        top = draw(moved(emit, tops[index]))
        if draw(st.booleans()):
            tops[index] = top
        else:  # both the value and what was made of it are used
            tops.append(top)
    while len(tops) > 1:
        a, b = tops.pop(0), tops.pop(draw(st.integers(0, len(tops) - 1)))
        tops.append(emit(f"{draw(st.sampled_from(GROUPS))} {a} {b}"))
        if draw(st.integers(0, 3)) == 0:
            tops.append(draw(moved(emit, tops.pop())))
    emit(f"add {tops[0]} {emit.constant('0')}")
    return "\n".join(emit.lines)


@st.composite
def layouts(draw: st.DrawFn, roots: Sequence[str] = ()) -> tuple[Program, Layout]:
    """The layout of a random program that is not all one colour."""
    program = parse(draw(csg(roots=roots)).encode())
    formula = sign_form(program)
    while isinstance(formula.root, bool):
        program = parse(draw(csg(roots=roots)).encode())
        formula = sign_form(program)
    return program, lay_out(formula)
