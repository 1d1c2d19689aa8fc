"""What the window writes over the picture, as values: panels of coloured text, without a pixel.

+----------------------+
| HUD             list |   TOP      numbers about what is shown
|       help           |   CENTRE   the table of controls
| error, message       |   BOTTOM   stacked upwards; RIGHT: what matters here
+----------------------+
"""

from __future__ import annotations

import textwrap
from enum import Enum, auto
from functools import lru_cache
from itertools import product, zip_longest
from typing import NamedTuple

from viewer.errors import ParseError, ViewerError
from viewer.window.hands.controls import CONTROLS, Control
from viewer.window.hands.told import grouped

ACROSS = (1, 2, 3)
WORDS = (60, 42, 36, 33, 30, 26, 22, 18)
"""Layouts of the help that are tried, with and without empty lines between groups: parts side by
side, and characters of what a key does."""


TABLE, STEADY = 40, 8
"""A table has room for so many characters, or for more by a multiple of so many."""


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
    RIGHT = auto()
    TOP = auto()
    CENTRE = auto()


class Span(NamedTuple):
    """A run of characters of one look; a colour, red, green and blue, stands for itself."""

    text: str
    tone: Tone = Tone.PLAIN
    colour: tuple[int, int, int] | None = None


Line = tuple[Span, ...]

GAP: Line = (Span("   "),)
"""Between two parts of the help."""


class Row(NamedTuple):
    """A name and its value."""

    name: str
    value: str
    tone: Tone = Tone.PLAIN


class Panel(NamedTuple):
    """Lines of text of at most `columns` characters in one translucent box, which is wide enough
    for `least` of them."""

    place: Place
    lines: tuple[Line, ...]
    least: int = 0

    @property
    def columns(self) -> int:
        """The width of the widest line in characters, or of more."""
        widths = (sum(len(span.text) for span in line) for line in self.lines)
        return max(self.least, *widths, 0)

    def cut(self, lines: int) -> Panel:
        """The first of its lines, so many with a sign that there are more."""
        return self._replace(lines=(*self.lines[: lines - 1], (Span("…", Tone.QUIET),)))

    def text(self) -> str:
        """The panel as plain text."""
        return "\n".join("".join(span.text for span in line) for line in self.lines)


@lru_cache(maxsize=4)
def help_panel(table: tuple[Control, ...] = CONTROLS, columns: int = 80, lines: int = 40) -> Panel:
    """The table of controls, laid out so that it can be written largest in a window that has room
    for so many characters and lines: side by side, and with its words wrapped, where that helps."""
    found: list[tuple[float, Panel]] = []
    for how in product((True, False), ACROSS, WORDS):
        panel = _laid_out(table, *how)
        found.append((max(1.0, panel.columns / columns, len(panel.lines) / lines), panel))
        if found[-1][0] == 1:  # it has room: none is written larger
            break
    return min(found, key=lambda shrunk: shrunk[0])[1]


def _laid_out(table: tuple[Control, ...], airy: bool, across: int, words: int) -> Panel:
    """The table side by side in so many parts of about the same height; what a control does takes
    up to `words` characters a line. `airy`: with an empty line before each group."""
    entries = _entries(table, words)
    parts: list[list[_Entry]] = [[] for _ in range(across)]
    height, done = sum(entry.height(airy) for entry in entries), 0
    for entry in entries:
        parts[min(across - 1, done * across // height)].append(entry)
        done += entry.height(airy)
    sides = [_described(part, airy) for part in parts if part]
    blanks = [(Span(" " * Panel(Place.CENTRE, tuple(side)).columns),) for side in sides]
    found: list[Line] = []
    for abreast in zip_longest(*sides):
        line: Line = ()
        for side, blank in zip(abreast, blanks, strict=True):
            line = (*line, *(GAP if line else ()), *(side or blank))
        found.append(line)
    return Panel(Place.CENTRE, tuple(found))


class _Entry(NamedTuple):
    """A control of the help: the `group` that begins with it, its keys, and what they do."""

    group: str
    shown: str
    words: list[str]

    def height(self, airy: bool) -> int:
        """Lines that it takes."""
        return len(self.words) + (1 + airy if self.group else 0)


@lru_cache(maxsize=2 * len(WORDS))
def _entries(table: tuple[Control, ...], words: int) -> tuple[_Entry, ...]:
    """The table with what a control does in lines of up to so many characters."""
    return tuple(
        _Entry(group if not n else "", control.shown, textwrap.wrap(control.help, words) or [""])
        for group, controls in grouped(table)
        for n, control in enumerate(controls)
    )


def _described(entries: list[_Entry], airy: bool) -> list[Line]:
    """Groups, keys and what they do, all of the same width."""
    keys = max(len(entry.shown) for entry in entries)
    words = max(len(line) for entry in entries for line in entry.words)
    found: list[Line] = []
    for entry in entries:
        if entry.group:
            blank = [(Span(" " * (keys + 2 + words)),)] if airy and found else []
            found += [*blank, (Span(f"{entry.group:<{keys + 2 + words}}", Tone.QUIET),)]
        found += [
            (Span(f"{'' if n else entry.shown:<{keys}}", Tone.KEY), Span(f"  {line:<{words}}"))
            for n, line in enumerate(entry.words)
        ]
    return found


def table_panel(rows: list[Row], columns: int) -> Panel:
    """A line for each row; a value too long for `columns` goes on below itself. Its width changes
    seldom, since values do often."""
    width = max(len(row.name) for row in rows)
    lines: list[Line] = []
    for row in rows:
        for index, part in enumerate(wrapped(row.value, columns - width - 2)):
            name = "" if index else row.name
            lines.append((Span(f"{name:<{width}}  ", Tone.QUIET), Span(part, row.tone)))
    panel = Panel(Place.TOP, tuple(lines))
    roomy = max(TABLE, -(-panel.columns // STEADY) * STEADY)
    return panel._replace(least=min(columns, roomy))


def message_panel(text: str, columns: int) -> Panel:
    """A message, wrapped."""
    return Panel(Place.BOTTOM, tuple((Span(line),) for line in wrapped(text, columns)))


def problem_panel(problem: ViewerError, columns: int, *, brief: bool = False) -> Panel:
    """An error: its one line, and for an error in a program the line with a caret under it.
    `brief`: as much as one line has room for."""
    if brief:
        return Panel(Place.BOTTOM, ((Span(_shortened(str(problem), columns), Tone.BAD),),))
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


def _shortened(text: str, columns: int) -> str:
    """As much of its first line as has room."""
    line = text.partition("\n")[0]
    return line if len(line) <= columns else f"{line[: max(1, columns - 1)]}…"


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
