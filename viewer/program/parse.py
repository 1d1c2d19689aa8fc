"""Program text to `Program`. One pass over the bytes; errors say place, found, expected.

    # a circle
    _0 var-x
    _1 square _0        name, opcode, operands: all names of earlier lines
    ...

Lines end in \\n (one \\r before it is dropped), words are separated by spaces and tabs, `#` starts
a comment anywhere. Names are any bytes but these; they stay in here, instructions are numbered.
"""

import errno
import os
import stat
from collections.abc import Iterator
from difflib import SequenceMatcher, get_close_matches
from typing import NoReturn

from viewer.errors import FileError, ParseError
from viewer.program.number import decimal
from viewer.program.op import Op
from viewer.program.ops import OPS
from viewer.program.program import Instr, Program

MAX_BYTES = 64 * 2**20
"""The largest file that is read: about three million operations."""

_SHOWN = 1000
"""How many bytes of a bad line are shown from the fault on."""
_BOM = b"\xef\xbb\xbf"
_BY_WORD: dict[bytes, Op] = {name.encode("ascii"): op for name, op in OPS.items()}


def parse(data: bytes, name: str = "<program>") -> Program:
    """Reads program text. `name` is what errors call it. Raises `ParseError`.

    Linear in the length of the text, without recursion.
    """
    instrs: list[Instr] = []
    indices: dict[bytes, int] = {}
    for number, words in _lines(data):
        if len(words) < 2 or words[0] in indices:
            _fail(data, name, number)
        op = _BY_WORD.get(words[1])
        if op is None:
            _fail(data, name, number)
        if op.constant:
            value = decimal(words[2]) if len(words) == 3 else None
            if value is None:
                _fail(data, name, number)
            instr = Instr(op, (), value, number)
        else:
            try:
                args = tuple([indices[word] for word in words[2:]])
            except KeyError:
                _fail(data, name, number)
            if len(args) != op.arity:
                _fail(data, name, number)
            instr = Instr(op, args, None, number)
        indices[words[0]] = len(instrs)
        instrs.append(instr)
    if not instrs:
        message = "the program is empty, expected at least one line such as '_0 var-x'"
        raise ParseError(_place(name), 1, 1, message)
    return Program(tuple(instrs), name)


def read(path: str | os.PathLike[str]) -> Program:
    """Reads and parses a file. Raises `FileError` or `ParseError`."""
    return parse(read_bytes(path), os.fspath(path))


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a regular file of at most `MAX_BYTES`. Raises `FileError`, and never waits:
    a FIFO without a writer is refused, not opened."""
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for its writer.
        descriptor = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
        try:
            _check_kind(path, os.fstat(descriptor))
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(MAX_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise FileError(f"{_place(path)}: {_reason(error)}") from None
    except ValueError:
        raise FileError(f"{_place(path)}: not a possible file name") from None
    if len(data) > MAX_BYTES:
        _too_large(path, len(data))
    return data


def _check_kind(path: str | os.PathLike[str], info: os.stat_result) -> None:
    if not stat.S_ISREG(info.st_mode):
        kinds = {stat.S_IFDIR: "a directory", stat.S_IFIFO: "a FIFO", stat.S_IFCHR: "a device"}
        kind = kinds.get(stat.S_IFMT(info.st_mode), "something else")
        raise FileError(f"{_place(path)}: found {kind}, expected a file")
    if info.st_size > MAX_BYTES:
        _too_large(path, info.st_size)


def _too_large(path: str | os.PathLike[str], size: int) -> NoReturn:
    raise FileError(
        f"{_place(path)}: found a file of {size / 2**20:.0f} MB,"
        f" expected a program of at most {MAX_BYTES // 2**20} MB"
    )


def _reason(error: OSError) -> str:
    if error.errno == errno.EISDIR:
        return "found a directory, expected a file"
    return (error.strerror or str(error)).lower()


def _lines(data: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """The number and the words of each line that has any."""
    # bytes.split() would also split at \r, \v and \f, which belong to words here.
    plain = not any(byte in data for byte in (b"\r", b"\v", b"\f"))
    for number, line in enumerate(data.removeprefix(_BOM).split(b"\n"), 1):
        code = line if b"#" not in line else line[: line.index(b"#")]
        words = code.split() if plain else [word for _, word in _split(line)]
        if words:
            yield number, words


def _split(line: bytes) -> list[tuple[int, bytes]]:
    """The words of a line, each with its offset."""
    code = line.removesuffix(b"\r").partition(b"#")[0].replace(b"\t", b" ")
    words, offset = [], 0
    for word in code.split(b" "):
        if word:
            words.append((offset, word))
        offset += len(word) + 1
    return words


def _fail(data: bytes, name: str, number: int) -> NoReturn:
    """Looks at a bad line again, slowly, and raises the error that says what is wrong with it."""
    lines = data.removeprefix(_BOM).split(b"\n")
    line = lines[number - 1].removesuffix(b"\r")
    offset, message = _diagnose(lines, number)
    column = len(line[:offset].decode("utf-8", "replace")) + 1
    # One character for each, so that the column stays true; a binary file is one long line.
    start = line[: offset + _SHOWN].decode("utf-8", "replace")
    text = "".join(c if c.isprintable() or c == "\t" else "�" for c in start)
    raise ParseError(_place(name), number, column, message, text)


def _diagnose(lines: list[bytes], number: int) -> tuple[int, str]:
    """Where in the line (a byte offset) what is wrong."""
    words = _split(lines[number - 1])
    target = words[0][1]
    earlier = _definitions(lines[: number - 1])
    if target in earlier:
        line = earlier[target]
        return words[0][
            0
        ], f"{_quote(target)} is defined already at line {line}, expected a new name"
    if len(words) < 2:
        end = words[0][0] + len(target)
        return end, f"found the end of the line, expected an opcode after {_quote(target)}"
    where, word = words[1]
    op = _BY_WORD.get(word)
    if op is None:
        return where, f"unknown opcode {_quote(word)}, expected {_opcodes_like(word)}"
    operands = words[2:]
    wanted = 1 if op.constant else op.arity
    if len(operands) != wanted:
        noun = "number" if op.constant else "operand" if wanted == 1 else "operands"
        return where, f"{_quote(word)} takes {wanted} {noun}, found {len(operands)}"
    if op.constant:
        where, word = operands[0]
        return (
            where,
            f"bad constant {_quote(word)}, expected a decimal number such as -0.25 or 1e-3",
        )
    where, word = next((at, word) for at, word in operands if word not in earlier)
    later = _definitions(lines[number:])
    found = "is not defined"
    if word == target:
        found = "refers to itself"
    elif word in later:
        found = f"is defined only later, at line {number + later[word]}"
    return where, f"{_quote(word)} {found}, expected the name of an earlier line"


def _definitions(lines: list[bytes]) -> dict[bytes, int]:
    """The first line, counted from 1, that each name is defined at."""
    found: dict[bytes, int] = {}
    for number, line in enumerate(lines, 1):
        words = _split(line)
        if words:
            found.setdefault(words[0][1], number)
    return found


def _opcodes_like(word: bytes) -> str:
    text = word.decode("utf-8", "replace").lower()
    near = get_close_matches(text, OPS)
    # Of the nearest the first in the table: for `ad` that is `add`, and not `and`.
    nearest = max(
        (name for name in OPS if name in near),
        key=lambda name: SequenceMatcher(None, name, text).ratio(),
        default="",
    )
    return _quote(nearest.encode()) if nearest else "one of " + " ".join(OPS)


def _quote(word: bytes) -> str:
    return f"'{_printable(word)}'"


def _printable(word: bytes) -> str:
    """At most 40 characters that print on one line, whatever the bytes were."""
    text = _escaped(word[:200].decode("utf-8", "backslashreplace"))
    return text if len(text) <= 40 else text[:39] + "…"


def _place(path: str | os.PathLike[str]) -> str:
    """A path as an error's line begins with it: it may hold line ends and undecodable bytes."""
    return _escaped(os.fspath(path)) or "''"


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
