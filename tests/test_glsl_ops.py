"""The opcodes in GLSL: specials as in NumPy, functions to a few units in the last place."""

from dataclasses import replace

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from viewer.gpu.straight import compile_shader
from viewer.gpu.translate import translate
from viewer.program import OPS, Instr, Program, parse
from viewer.resources import shader


def table(word: str) -> Program:
    """An opcode over x and y, or over x alone."""
    lines = "x var-x\ny var-y\n" + f"out {word} x" + (" y" if OPS[word].arity == 2 else "")
    return parse(lines.encode())


OVER = """
uniform sampler2D at;
out float value;

float shape(float x, float y, float z);

void main() {
    vec2 point = texelFetch(at, ivec2(gl_FragCoord.xy), 0).xy;
    value = shape(point.x, point.y, 0.0);
}
"""


def over(
    context: moderngl.Context, program: Program, x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The value of a program at any coordinates at all, NaN and infinities included."""
    text = shader("header.glsl") + OVER + translate(program, [True] * len(program))
    pipeline = compile_shader(context, text, "table", field=True)
    points = np.stack([x, y], axis=1).astype(np.float32)
    texture = context.texture((len(x), 1), 2, points.tobytes(), dtype="f4")
    memory = context.renderbuffer((len(x), 1), 1, dtype="f4")
    target = context.framebuffer([memory])
    target.use()
    texture.use(0)
    pipeline.draw(rectangle=(-1.0, -1.0, 1.0, 1.0), at=0)
    values = np.frombuffer(target.read(components=1, dtype="f4"), np.float32)
    context.detect_framebuffer(0).use()
    for made in (pipeline, target, memory, texture):
        made.release()
    assert context.error == "GL_NO_ERROR"
    return values


SPECIALS = np.array(
    [0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 2, -3, 1e30, -1e30, np.inf, -np.inf, np.nan],
    np.float32,
)


def disagreements(
    word: str, drawn: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]
) -> list[str]:
    """Where the value drawn is not what NumPy makes of the operands, in words."""
    point = OPS[word].point
    assert point is not None
    with np.errstate(all="ignore"):
        expected = np.asarray(point(*[x, y][: OPS[word].arity]), np.float32)
        close = (drawn == expected) | (np.abs(drawn - expected) <= 1e-5 * np.abs(expected))
    wrong = ~(close | (np.isnan(drawn) & np.isnan(expected)))
    found = zip(x[wrong], y[wrong], drawn[wrong], expected[wrong], strict=True)
    return [f"{word} {a} {b} is {result}, not {wanted}" for a, b, result, wanted in found]


@pytest.mark.parametrize("word", [word for word, op in OPS.items() if op.arity])
def test_specials_give_what_numpy_gives(context: moderngl.Context, word: str) -> None:
    x, y = (axis.ravel() for axis in np.meshgrid(SPECIALS, SPECIALS))
    if word in ("sin", "cos", "tan", "mod"):  # nobody's digits are right there
        x, y = (axis[np.abs(x) != np.float32(1e30)] for axis in (x, y))
    assert disagreements(word, over(context, table(word), x, y), x, y) == []


@pytest.mark.parametrize("constant", ["0", "-0", "1", "-1", "2", "1e400", "-1e400"])
@pytest.mark.parametrize("word", [word for word, op in OPS.items() if op.arity == 2])
def test_specials_meet_constants_as_in_numpy(
    context: moderngl.Context, word: str, constant: str
) -> None:
    """What the driver knows at compile time tempts it to simplify."""
    x = SPECIALS[np.abs(SPECIALS) < 1e20] if word == "mod" else SPECIALS
    fixed = np.full_like(x, np.float32(float(constant)))
    for first, second, operands in ((x, fixed, "x c"), (fixed, x, "c x")):
        text = f"x var-x\nc const {constant}\nout {word} {operands}"
        drawn = over(context, parse(text.encode()), x, x)
        assert disagreements(word, drawn, first, second) == []


@pytest.mark.parametrize("word", [word for word, op in OPS.items() if op.arity == 2])
def test_specials_meet_themselves_as_in_numpy(context: moderngl.Context, word: str) -> None:
    drawn = over(context, parse(f"x var-x\nout {word} x x".encode()), SPECIALS, SPECIALS)
    assert disagreements(word, drawn, SPECIALS, SPECIALS) == []


LIBRARY = {
    "op_exp": (np.exp, -87, 88),
    "op_ln": (np.log, 1e-6, 1e6),
    "op_asin": (np.arcsin, -1, 1),
    "op_acos": (np.arccos, -1, 1),
    "op_atan": (np.arctan, -50, 50),
}


@pytest.mark.parametrize("name", LIBRARY)
def test_the_librarys_functions_are_right_to_a_few_units_in_the_last_place(
    context: moderngl.Context, name: str
) -> None:
    function, low, high = LIBRARY[name]
    x = np.random.default_rng(1).uniform(low, high, 8000).astype(np.float32)
    call = replace(OPS["neg"], glsl=f"{name}({{0}})")
    drawn = over(context, Program((Instr(OPS["var-x"]), Instr(call, (0,)))), x, x)
    exact = function(x.astype(np.float64))
    ulps = np.abs(drawn - exact) / np.spacing(np.abs(exact).astype(np.float32))
    assert ulps.max() < 4
