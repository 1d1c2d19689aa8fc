"""Program text: pages of what is read and of what is said about the rest, and laws."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import oracle
from tests.conftest import SHARED, model_paths
from tests.steps import lines_run
from tests.strategies import programs, shapes
from viewer.errors import ParseError
from viewer.program import OPS, Program, parse

Make = Callable[[int], bytes]

EMPTY = "1:1: the program is empty, expected at least one line such as '_0 var-x'"
NUMBER = "expected a decimal number such as -0.25 or 1e-3"
EARLIER = "expected the name of an earlier line"


def shown(program: Program) -> str:
    """A program as `line: value opcode operands`, values numbered."""
    page = []
    for index, (op, args, value, line) in enumerate(program.instrs):
        page.append(" ".join(map(str, [f"{line}:", index, op.name, *(args or [value or ""])])))
    return "\n".join(line.rstrip() for line in page)


def failure(data: bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(data, "a.vm")
    return caught.value


@pytest.mark.parametrize(
    ("data", "page"),
    [
        (b"a var-x\nb var-y\nc add a b", "1: 0 var-x\n2: 1 var-y\n3: 2 add 0 1"),
        (b"a var-x\nb neg a\na2 sub a b\n", "1: 0 var-x\n2: 1 neg 0\n3: 2 sub 0 1"),
        (b"# hi\n\n \t \n a\tconst  -0.50 # c\r\n", "4: 0 const -0.50"),
        (b"\xef\xbb\xbf# a mark\r\nx var-x\r\n", "2: 0 var-x"),
        (b"\xef\xbb\xbfx var-x", "1: 0 var-x"),
        (b"a var-x#b var-y", "1: 0 var-x"),
        (b"a const 1e400\nb const +.5\nc const 7.\nd const -0", None),
        (b"add var-x\nvar-x neg add", "1: 0 var-x\n2: 1 neg 0"),
        (b"_ec2 var-x\nvec2; neg _ec2\n*/ neg vec2;", "1: 0 var-x\n2: 1 neg 0\n3: 2 neg 1"),
        (b"\v var-x\n\f neg \v\n\v\f neg \f", "1: 0 var-x\n2: 1 neg 0\n3: 2 neg 1"),
        (b"a\0 var-x\na neg a\0\n\0 neg a", "1: 0 var-x\n2: 1 neg 0\n3: 2 neg 1"),
        (b"\xff\xfe var-x\n\xc3 neg \xff\xfe", "1: 0 var-x\n2: 1 neg 0"),
        (b"a\rb var-x\nc neg a\rb\r\n", "1: 0 var-x\n2: 1 neg 0"),
        ("é var-x\nе\u0301 neg é\n\u00a0 neg é".encode(), "1: 0 var-x\n2: 1 neg 0\n3: 2 neg 0"),
        (b"\xef\xbb\xbf\xef\xbb\xbfa var-x\nb neg \xef\xbb\xbfa", "1: 0 var-x\n2: 1 neg 0"),
        (b"' var-x\n\" neg '", "1: 0 var-x\n2: 1 neg 0"),
    ],
    ids=lambda value: None if isinstance(value, str) else repr(value),
)
def test_what_is_read(data: bytes, page: str | None) -> None:
    program = parse(data)
    if page is None:
        values = [instr.value for instr in program.instrs]
        assert values == [Decimal("1e400"), Decimal("0.5"), Decimal(7), Decimal(0)]
        assert str(values[3]) == "-0"
    else:
        assert shown(program) == page


@pytest.mark.parametrize(
    ("data", "message"),
    [
        # nothing
        (b"", EMPTY),
        (b"\xef\xbb\xbf", EMPTY),
        (b"# only a comment\r\n\r\n \t", EMPTY),
        # names
        (b"a neg b", f"1:7: 'b' is not defined, {EARLIER}"),
        (b"a neg b # b\nb var-x", f"1:7: 'b' is defined only later, at line 2, {EARLIER}"),
        (b"a neg a", f"1:7: 'a' refers to itself, {EARLIER}"),
        (b"x var-x\na add x A", f"2:9: 'A' is not defined, {EARLIER}"),
        (b"x var-x\na add q r", f"2:7: 'q' is not defined, {EARLIER}"),
        (b"x var-x\n\nx var-y", "3:1: 'x' is defined already at line 1, expected a new name"),
        (b"x var-x\nx nonsense", "2:1: 'x' is defined already at line 1, expected a new name"),
        (b"x var-x\n\xef\xbb\xbfy neg y", f"2:8: 'y' is not defined, {EARLIER}"),
        # opcodes
        (b"a", "1:2: found the end of the line, expected an opcode after 'a'"),
        (b"x var-x\n  a # add", "2:4: found the end of the line, expected an opcode after 'a'"),
        (b"a var_x", "1:3: unknown opcode 'var_x', expected 'var-x'"),
        (b"a sqr b", "1:3: unknown opcode 'sqr', expected 'sqrt'"),
        (b"a ADD b b", "1:3: unknown opcode 'ADD', expected 'add'"),
        (b"a ad b b", "1:3: unknown opcode 'ad', expected 'add'"),
        (b"a var-x\rb var-y", r"1:3: unknown opcode 'var-x\rb', expected 'var-x'"),
        (b"a sin\0 a", r"1:3: unknown opcode 'sin\x00', expected 'sin'"),
        (b"a \xffneg a", r"1:3: unknown opcode '\xffneg', expected 'neg'"),
        ("a var\u2028x".encode(), r"1:3: unknown opcode 'var\u2028x', expected 'var-x'"),
        (b"a \x1b[2J", rf"1:3: unknown opcode '\x1b[2J', expected one of {' '.join(OPS)}"),
        # numbers of operands
        (b"x var-x\na add x", "2:3: 'add' takes 2 operands, found 1"),
        (b"x var-x\na neg x x", "2:3: 'neg' takes 1 operand, found 2"),
        (b"x var-x\na neg", "2:3: 'neg' takes 1 operand, found 0"),
        (b"x var-x y", "1:3: 'var-x' takes 0 operands, found 1"),
        (b"a add b", "1:3: 'add' takes 2 operands, found 1"),
        (b"c const", "1:3: 'const' takes 1 number, found 0"),
        (b"c const 1 2", "1:3: 'const' takes 1 number, found 2"),
        (b"c const # 1", "1:3: 'const' takes 1 number, found 0"),
        # constants
        *(
            (f"c const {bad}".encode(), f"1:9: bad constant '{bad}', {NUMBER}")
            for bad in ("1_000", "١", "inf", "nan", "-Infinity", "0x10", "1e", "1,5", ".", "--1")
        ),
        (b"c const 1\0", rf"1:9: bad constant '1\x00', {NUMBER}"),
        (b"c const 1\v", rf"1:9: bad constant '1\x0b', {NUMBER}"),
        (b"c const \xff", rf"1:9: bad constant '\xff', {NUMBER}"),
        (b"x var-x\nc const x", f"2:9: bad constant 'x', {NUMBER}"),
        (
            b"c const " + b"9" * 50 + b"x",
            f"1:9: bad constant '{'9' * 39}…', {NUMBER}",
        ),
        # columns count characters
        ("é\tneg  ü".encode(), f"1:8: 'ü' is not defined, {EARLIER}"),
        (b"\xef\xbb\xbfa neg b", f"1:7: 'b' is not defined, {EARLIER}"),
        (b"\x7fELF\x01\x02\xff\0\x80 foo\n", "1:11: unknown opcode 'foo', expected 'floor'"),
        (b"P5\n2 2\n255\n", "1:3: found the end of the line, expected an opcode after 'P5'"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else "",
)
def test_what_is_said_of_the_rest(data: bytes, message: str) -> None:
    error = failure(data)
    assert str(error) == f"a.vm:{message}"
    assert error.path == "a.vm"
    assert error.message == message.split(": ", 1)[1]
    assert error.exit_status == 1


def test_the_line_is_shown_as_it_is_but_for_what_moves_the_cursor() -> None:
    error = failure(b"x var-x\r\n\ta\x1b[2J\0 neg\v \xff  # c\r\n")
    assert error.text == "\ta�[2J� neg� �  # c"
    assert error.text[error.column - 1 :].startswith("neg")


@pytest.mark.parametrize("data", [b"", b"x"], ids=["empty", "bad"])
def test_a_name_cannot_break_the_line_of_its_error(data: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parse(data, "a\nb\udcff\x1b.vm")
    assert str(caught.value).startswith(r"a\nb\udcff\x1b.vm:1:")


def accepted(data: bytes) -> Program | None:
    """Parses anything; whatever is wrong is a `ParseError` of one line that points at it."""
    try:
        return parse(data, "a.vm")
    except ParseError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 400
        lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(error.text) + 1
        assert error.text.replace("\t", " ").isprintable()
        if error.text:
            code = lines[error.line - 1].removesuffix(b"\r").decode("utf-8", "replace")
            assert len(error.text) == len(code) or error.column + 200 < len(error.text) < len(code)
        return None


# Words that get past the first check, so that the later ones are reached too.
_WORDS = st.sampled_from(
    [b"a", b"b", b"\xff", b"\0", b"\v", b"1", b"1e", b"#", b"\xef\xbb\xbf", b"\xc3", b"-0.5"]
    + [name.encode() for name in OPS]
)
_ENDS = st.sampled_from([b" ", b"\t", b"\n", b"\r\n", b"\r", b"  "])


@given(
    data=st.one_of(
        st.binary(),
        st.lists(st.tuples(_WORDS, _ENDS)).map(
            lambda pairs: b"".join(b"".join(pair) for pair in pairs)
        ),
    )
)
@example(data=b"a var-x\n\nb neg a\n\xc3\tneg \xa9")
def test_parse_takes_any_bytes(data: bytes) -> None:
    accepted(data)


@given(data=st.data())
def test_parse_takes_files_that_were_cut_and_spoilt(data: st.DataObject) -> None:
    text = (SHARED / "models" / "quarter.vm").read_bytes() if SHARED.is_dir() else _QUARTER
    spoilt = bytearray(text[: data.draw(st.integers(0, len(text)))])
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, 255)))):
        if at < len(spoilt):
            spoilt[at] = byte
    accepted(bytes(spoilt))


_QUARTER = b"x var-x\ny var-y\nr const 1\nx2 square x\ny2 square y\ns add x2 y2\nd sub s r\n"


def test_every_cut_of_a_real_file(model: Path) -> None:
    """About a quarter of all prefixes are programs; none is anything worse than an error."""
    text = model.read_bytes()
    step = max(1, len(text) // 60)
    good = sum(accepted(text[:cut]) is not None for cut in range(0, len(text), step | 1))
    assert good > 0


@given(text=st.one_of(programs(), shapes()))
def test_text_and_parse_are_inverse(text: str) -> None:
    program = parse(text.encode(), "p")
    again = parse(program.text().encode(), "p")
    assert [i[:3] for i in again.instrs] == [i[:3] for i in program.instrs]
    assert [str(i.value) for i in again.instrs] == [str(i.value) for i in program.instrs]
    assert again == parse(again.text().encode(), "p")  # lines too


@given(text=programs())
def test_parse_reads_what_the_oracle_reads(text: str) -> None:
    found = [(i.op.name, i.args) for i in parse(text.encode()).instrs]
    assert found == [(node.word, node.args) for node in oracle.read(text)]


def test_every_model_is_read_as_the_oracle_reads_it(model: Path) -> None:
    instrs = parse(model.read_bytes()).instrs
    for instr, node in zip(instrs, oracle.read(model.read_text()), strict=True):
        assert (instr.op.name, instr.args, instr.value) == node
    again = parse(parse(model.read_bytes()).text().encode()).instrs
    assert [instr[:3] for instr in again] == [instr[:3] for instr in instrs]


def noisy(text: bytes, number: int) -> bytes:
    """The same lines with comments, blanks, tabs and other line ends."""
    ends = (b"\n", b"\r\n", b" # x\n", b"\t\n\n", b"#\r\n")
    lines = text.splitlines()
    return b"".join(
        line.replace(b" ", b" \t") + ends[(i + number) % 5] for i, line in enumerate(lines)
    )


@given(text=programs(), number=st.integers(0, 4))
def test_layout_means_nothing(text: str, number: int) -> None:
    plain = [i[:3] for i in parse(text.encode()).instrs]
    assert [i[:3] for i in parse(noisy(text.encode(), number)).instrs] == plain


def wide(count: int) -> bytes:
    return b"x var-x\n" + b"".join(b"w%d neg x\n" % i for i in range(count))


def deep(count: int) -> bytes:
    return b"d0 var-x\n" + b"".join(b"d%d neg d%d\n" % (i + 1, i) for i in range(count))


def late(count: int) -> bytes:
    """The slow second look, for the error, happens once, and looks at each line once."""
    return deep(count) + b"last neg nobody\n" + b"# \n" * count


@pytest.mark.parametrize(("make", "read"), [(wide, parse), (deep, parse), (late, failure)])
def test_work_is_linear(make: Make, read: Callable[[bytes], object]) -> None:
    small, large = make(300), make(3000)
    assert lines_run(lambda: read(large)) < 11 * lines_run(lambda: read(small))


@pytest.mark.parametrize("make", [wide, deep])
@pytest.mark.parametrize(
    "count", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)], ids=["1e5", "1e6"]
)
def test_large_programs_are_read(make: Make, count: int) -> None:
    """What is hidden from a count of lines would take hours."""
    assert len(parse(make(count))) == count + 1


def test_a_late_error_is_found() -> None:
    error = failure(late(100_000))
    assert str(error) == f"a.vm:100002:10: 'nobody' is not defined, {EARLIER}"


def test_a_binary_file_is_refused() -> None:
    """Ten million bytes in a line: going through the rest at each of them would take hours."""
    noise = bytes(range(256)).replace(b"\n", b"") * 40_000
    assert len(failure(noise).text) < 2000
    accepted(noise.replace(b" ", b"").replace(b"#", b"") + b" " + noise)


def test_there_are_models() -> None:
    assert model_paths()
