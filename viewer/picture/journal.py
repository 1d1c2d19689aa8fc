"""The journal of a picture that is being written: lines of JSON that are only ever added to.

    {"prospero": 1, "of": "big.png", "asked": {"Format": "png", "Prospero View": "0,0", ...}}
    {"rows": 1024, "bytes": 52311, "notes": [817238, 33555456, ...]}
    {"rows": 4096, "bytes": 180422, "notes": [...]}

The first line says what is asked for. Each further one says how many rows are whole, how long the
file is with them, and what its writer noted of those since the line before (see
`formats.header.Piece`). A line is written when the rows are on the disk: what it says holds after
a power cut as well. Of a line that was cut off itself nothing is believed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_VERSION = 1


@dataclass(frozen=True)
class Journal:
    """What a journal says of a file: so many whole `rows`, of so many bytes (`size`). It is good up
    to its own `length`."""

    asked: Mapping[str, str]
    rows: int
    size: int
    notes: tuple[int, ...]
    length: int


def first_line(name: str, asked: Mapping[str, str]) -> bytes:
    """The start of the journal of a file with that name."""
    return _line({"prospero": _VERSION, "of": name, "asked": dict(asked)})


def entry(rows: int, size: int, notes: Sequence[int]) -> bytes:
    """A further line."""
    return _line({"rows": rows, "bytes": size, "notes": list(notes)})


def read(text: bytes, size: int) -> Journal | None:
    """What a journal says of a file that has `size` bytes; None where that is nothing."""
    lines = text.splitlines(keepends=True)
    start = _value(lines[0]) if lines else {}
    if start.get("prospero") != _VERSION or not isinstance(start.get("asked"), dict):
        return None
    rows, end, length, notes = 0, 0, len(lines[0]), []
    for line in lines[1:]:
        match _value(line):
            case {"rows": int(more), "bytes": int(at), "notes": list(found)} if at <= size:
                rows, end, length = more, at, length + len(line)
                notes.extend(found)
            case _:
                break
    return Journal(start["asked"], rows, end, tuple(notes), length) if rows else None


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode("ascii") + b"\n"


def _value(line: bytes) -> dict[str, Any]:
    """A line's; empty where it is cut off or is no such thing."""
    try:
        value = json.loads(line) if line.endswith(b"\n") else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
