"""What the window writes over the picture, as values: panels of coloured text, without a pixel.

+----------------------+
| HUD                  |   TOP      numbers about what is shown
|       help           |   CENTRE   the table of controls
| error, message       |   BOTTOM   stacked upwards
+----------------------+
"""

from __future__ import annotations

import textwrap
from enum import Enum, auto
from itertools import zip_longest
from typing import NamedTuple

from viewer.errors import ParseError, ViewerError
from viewer.window.controls import CONTROLS, Control


class Tone(Enum):
    """How a piece of text looks."""

    PLAIN = auto()
    QUIET = auto()
    KEY = auto()
    BAD = auto()


class Place(Enum):
    """Where a panel lies, in the order in which they get their room; panels of one edge are
    stacked away from it."""

    BOTTOM = auto()
    TOP = auto()
    CENTRE = auto()


class Span(NamedTuple):
    """A run of characters of one look; a colour, red, green and blue, stands for itself."""

    text: str
    tone: Tone = Tone.PLAIN
    colour: tuple[int, int, int] | None = None


Line = tuple[Span, ...]


class Row(NamedTuple):
    """A name and its value."""

    name: str
    value: str
    tone: Tone = Tone.PLAIN


class Panel(NamedTuple):
    """Lines of text of at most `columns` characters in one translucent box."""

    place: Place
    lines: tuple[Line, ...]

    @property
    def columns(self) -> int:
        """The width of the widest line in characters."""
        return max((sum(len(span.text) for span in line) for line in self.lines), default=0)

    def text(self) -> str:
        """The panel as plain text."""
        return "\n".join("".join(span.text for span in line) for line in self.lines)


def help_panel(table: tuple[Control, ...] = CONTROLS, lines: int = 0) -> Panel:
    """The table of controls: in one column where it has that many lines, else in two."""
    first = len(table) if len(table) <= lines else (len(table) + 1) // 2
    columns = [_described(part) for part in (table[:first], table[first:])]
    gap = (Span("   "),) if columns[1] else ()
    rows = zip_longest(*columns, fillvalue=())
    return Panel(Place.CENTRE, tuple((*left, *gap, *right) for left, right in rows))


def _described(table: tuple[Control, ...]) -> list[Line]:
    """Keys and what they do, all of the same width."""
    keys = max((len(control.shown) for control in table), default=0)
    words = max((len(control.help) for control in table), default=0)
    return [
        (Span(f"{control.shown:<{keys}}", Tone.KEY), Span(f"  {control.help:<{words}}"))
        for control in table
    ]


def table_panel(rows: list[Row], columns: int) -> Panel:
    """A line for each row; a value too long for `columns` goes on below itself."""
    width = max(len(row.name) for row in rows)
    lines: list[Line] = []
    for row in rows:
        for index, part in enumerate(wrapped(row.value, columns - width - 2)):
            name = "" if index else row.name
            lines.append((Span(f"{name:<{width}}  ", Tone.QUIET), Span(part, row.tone)))
    return Panel(Place.TOP, tuple(lines))


def message_panel(text: str, columns: int) -> Panel:
    """A message, wrapped."""
    return Panel(Place.BOTTOM, tuple((Span(line),) for line in wrapped(text, columns)))


def problem_panel(problem: ViewerError, columns: int) -> Panel:
    """An error: its one line, and for an error in a program the line with a caret under it."""
    lines: list[Line] = [(Span(line, Tone.BAD),) for line in wrapped(str(problem), columns)]
    if isinstance(problem, ParseError) and problem.text:
        text, column = _excerpt(problem.text, problem.column - 1, columns)
        lines += [(Span(text),), (Span(" " * column + "^", Tone.BAD),)]
    return Panel(Place.BOTTOM, tuple(lines))


def wrapped(text: str, columns: int) -> list[str]:
    """The text on lines of at most `columns` characters; every line of it stays a line."""
    columns = max(columns, 8)
    return [
        part for line in text.splitlines() or [""] for part in textwrap.wrap(line, columns) or [""]
    ]


def _excerpt(text: str, column: int, columns: int) -> tuple[str, int]:
    """The part of one line that shows `column` (from 0), and where it is in that part.

    Every character, tabs included, takes one column, so that the caret stands right.
    """
    text = "".join(char if char.isprintable() else " " for char in text)
    column = min(column, len(text))
    columns = max(columns, 8)
    if len(text) < columns:
        return text, column
    start = min(max(0, column - columns // 2), max(0, len(text) + 1 - columns))
    part = text[start : start + columns]
    if start > 0:
        part = "…" + part[1:]
    if start + columns < len(text):
        part = part[:-1] + "…"
    return part, column - start
