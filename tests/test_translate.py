"""Translated GLSL as pages: a program on the left, its text on the right."""

import re
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given

from tests.strategies import constants, programs
from viewer.gpu.sources import explain
from viewer.gpu.translate import constants as constants_of
from viewer.gpu.translate import translate
from viewer.passes.cells import nan_possible
from viewer.program import OPS, parse
from viewer.resources import shader


def text(program: str) -> str:
    return translate(parse(program.encode()))


def body(program: str) -> list[str]:
    """The statements of `shape`, without the functions before it."""
    lines = text(program).split("float shape(")[1].splitlines()
    return [line.strip() for line in lines[1:-1]]


def test_a_circle_reads_like_its_program() -> None:
    circle = """\
# a circle of radius 1/2

x var-x
y var-y
xx square x
yy square y

r2 add xx yy
r sqrt r2     # the distance
c const 0.5
out sub r c
"""
    assert text(circle) == (
        "float shape(float x, float y, float z) {\n"
        "#line 3\n"
        "    precise float v0 = x;\n"
        "    precise float v1 = y;\n"
        "    precise float v2 = v0 * v0;\n"
        "    precise float v3 = v1 * v1;\n"
        "#line 8\n"
        "    precise float v4 = v2 + v3;\n"
        "    precise float v5 = sqrt(v4);\n"
        "    precise float v6 = uintBitsToFloat(0x3f000000u); // 0.5\n"
        "    precise float v7 = v5 - v6;\n"
        "    return v7;\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("constant", "statement"),
    [
        ("1", "uintBitsToFloat(0x3f800000u); // 1"),
        ("0", "op_opaque(uintBitsToFloat(0x00000000u)); // 0"),
        ("-0", "op_opaque(uintBitsToFloat(0x80000000u)); // -0"),
        ("1e-60", "op_opaque(uintBitsToFloat(0x00000000u)); // 1E-60"),
        ("8.13008", "uintBitsToFloat(0x410214cfu); // 8.13008"),
        ("1e400", "uintBitsToFloat(0x7f800000u); // 1E+400"),
        # Between two float32 numbers by less than a float64 can tell: rounded once, not twice.
        ("1.000000059604644775390625000001", "uintBitsToFloat(0x3f800001u);"),
        ("1.00000005960464477539062499", "uintBitsToFloat(0x3f800000u);"),
    ],
)
def test_constants_are_exact_to_the_bit(constant: str, statement: str) -> None:
    assert body(f"c const {constant}") == [
        "#line 1",
        f"precise float v0 = {statement}",
        "return v0;",
    ]


@given(constants())
def test_a_constant_never_leaves_its_line(constant: str) -> None:
    *_, statement, _ = body(f"c const {constant}")
    number = r"uintBitsToFloat\(0x[0-9a-f]{8}u\)"
    pattern = rf"precise float v0 = ({number}|op_opaque\({number}\));( // [-+.E0-9]{{1,24}})?"
    assert re.fullmatch(pattern, statement)


def test_nan_is_guarded_only_where_it_is_possible() -> None:
    # sqrt of a sum of squares is a number; sqrt of x is not where x is negative.
    sure = "x var-x\ns square x\nr sqrt s\nout min r x\n"
    unsure = "x var-x\nr sqrt x\nout min r x\n"
    assert "precise float v3 = min(v2, v0);" in body(sure)
    assert "precise float v2 = op_nan(v1, min(v1, v0));" in body(unsure)
    assert "op_nan" not in text(sure)
    assert text(unsure).count("float op_nan(float a, float result) {") == 1


def test_each_unsure_operand_is_guarded_once() -> None:
    both = "x var-x\na sqrt x\nb ln x\nout max a b\nagain max out out"
    lines = body(both)
    assert "precise float v3 = op_nan(v2, op_nan(v1, max(v1, v2)));" in lines
    assert "precise float v4 = op_nan(v3, max(v3, v3));" in lines


def test_functions_come_along_only_when_called_and_with_what_they_call() -> None:
    assert text("x var-x\nout round x").count("\nfloat op_") == 1
    names = re.findall(r"^float (\w+)\(", text("x var-x\nout acos x"), re.MULTILINE)
    assert names == ["op_asin", "op_acos", "shape"]


def test_every_function_that_a_row_calls_is_in_the_library() -> None:
    called = {name for op in OPS.values() for name in re.findall(r"op_\w+", op.glsl)}
    defined = set(re.findall(r"^float (op_\w+)\(", shader("ops.glsl"), re.MULTILINE))
    assert called <= defined


def test_names_of_the_file_never_reach_glsl() -> None:
    # `vec2` is a type, the second an injection, the third a name of ours.
    hostile = "vec2 var-x\n;}void\xffmain(){ neg vec2\nv0 add ;}void\xffmain(){ vec2\n"
    lines = translate(parse(hostile.encode("latin-1"))).splitlines()
    assert lines[2:5] == [
        "    precise float v0 = x;",
        "    precise float v1 = -v0;",
        "    precise float v2 = v1 + v0;",
    ]


@given(programs())
def test_there_is_one_statement_for_each_value_in_order(program: str) -> None:
    made = parse(program.encode())
    found = re.findall(r"^    precise float v(\d+) = ", text(program).split("float shape")[1], re.M)
    assert found == [str(index) for index in range(len(made))]


@given(programs())
def test_line_directives_give_each_value_its_own_line(program: str) -> None:
    made = parse(program.replace("\n", "\n\n", 2).encode())
    line, lines = 0, []
    for row in translate(made).split("float shape(")[1].splitlines()[1:]:
        if directive := re.match(r"#line (\d+)$", row):
            line = int(directive[1])
        elif row.startswith("    precise"):
            lines.append(line)
            line += 1
    assert lines == [instr.line for instr in made.instrs]


def test_a_program_of_any_depth_is_text_in_linear_time() -> None:
    count = 100_000
    made = parse(
        b"x var-x\n"
        + b"".join(b"x%d neg x%s\n" % (i, b"%d" % (i - 1) if i else b"") for i in range(count))
    )
    nan = [False] * len(made)
    start = perf_counter()
    lines = translate(made, nan).count("\n")
    assert lines == count + 5
    assert perf_counter() - start < 5


def test_nan_possible_is_told_over_the_domain_only() -> None:
    # 2^20 squared 6 times is beyond float32: infinity minus infinity there, but not for x^4.
    small = "x var-x\na square x\nb square a\nout sub b b"
    large = small.replace("out sub b b", "c square b\nd square c\ne square d\nout sub e e")
    assert not nan_possible(parse(small.encode())).any()
    assert np.flatnonzero(nan_possible(parse(large.encode()))).tolist() == [6]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("0:12(5): error: syntax error", ":12: {} this line: error: syntax error"),
        ("0(12) : error C1008: undefined", ":12: {} this line: error C1008: undefined"),
        ("ERROR: 0:12: 'q' : undeclared", ":12: {} this line: 'q' : undeclared"),
        ("0:2000000003(1): error: no", ": {} the program: 0:2000000003(1): error: no"),
        ("0:2(1): warning: a\n0:7(1): error: b\n0:8(1): error: c", ":7: {} this line: error: b"),
        ("linking failed", ": {} the program: GLSL Linker: linking failed"),
    ],
)
def test_drivers_messages_become_one_line(message: str, told: str) -> None:
    line = explain(f"GLSL Linker:\n{message}\n", "a.vm")
    assert line == "a.vm" + told.format("the graphics driver refused")


def test_constants_may_come_from_a_block() -> None:
    """Then programs that differ in them alone have one text, which names no lines."""
    pages = []
    for numbers, gap in (("1 2 3 4 5", ""), ("0 -0 1e-60 8.13 1e400", "\n\n")):
        lines = ["x var-x"]
        for index, number in enumerate(numbers.split()):
            lines += [
                f"c{index} const {number}",
                f"a{index} add {'x' if not index else f'a{index - 1}'} c{index}",
            ]
        program = parse((gap + "\n".join(lines)).encode())
        pages.append(translate(program, [False] * len(program), uniform=True))
        expected = [float(number) for number in numbers.split()] + [0.0] * 3
        np.testing.assert_array_equal(constants_of(program), np.array(expected, np.float32))
    assert pages[0] == pages[1]
    assert pages[0] == (
        "layout(std140) uniform Constants { vec4 constants[2]; };\n"
        "float shape(float x, float y, float z) {\n"
        "    precise float v0 = x;\n"
        "    precise float v1 = constants[0].x;\n"
        "    precise float v2 = v0 + v1;\n"
        "    precise float v3 = constants[0].y;\n"
        "    precise float v4 = v2 + v3;\n"
        "    precise float v5 = constants[0].z;\n"
        "    precise float v6 = v4 + v5;\n"
        "    precise float v7 = constants[0].w;\n"
        "    precise float v8 = v6 + v7;\n"
        "    precise float v9 = constants[1].x;\n"
        "    precise float v10 = v8 + v9;\n"
        "    return v10;\n"
        "}\n"
    )


def test_a_program_without_constants_has_no_block() -> None:
    program = parse(b"x var-x\ny var-y\nr mul x y\n")
    assert "Constants" not in translate(program, uniform=True)
    assert not len(constants_of(program))
