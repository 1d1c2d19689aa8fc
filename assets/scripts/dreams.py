"""Prints dreams.vm: lines set in strokes, with smaller and smaller verses in its last full stop.

Both texts are in the public domain: Shakespeare, The Tempest, act IV, scene 1; Blake, Auguries of
Innocence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pen import Pen
from typeface import GLYPHS, KERNING
from writer import Value, Writer, coordinates, number, union

SPEECH = """\
Like the baseless fabric of
this vision, the cloud-capp'd
towers, the gorgeous palaces,
the solemn temples, the great
globe itself, yea, all which it
inherit, shall dissolve and,
like this insubstantial pageant
faded, leave not a rack behind.
We are such stuff as dreams
are made on, and our little
life is rounded with a sleep."""
VERSES = (
    "To see\na World in a\nGrain of Sand,",
    "And a Heaven\nin a Wild\nFlower,",
    "Hold Infinity\nin the palm of\nyour hand,",
    "And Eternity\nin an hour.",
)

UNITS = 16  # x-heights in one model unit
SMALLER = 2000  # each verse is this much smaller than the stop that it is hidden in
PITCH = 2.7  # from baseline to baseline
SPACE = 0.62
LETTER_TOP, LETTER_BOTTOM = 1.6, -0.58  # how far letters reach from their baseline
HALF_VERSE = 8  # a verse fits into a square of twice this side
DOT = 0.13, 0.115  # the middle of the dot of a full stop or comma

HEADER = f"""
Dreams: lines from a speech in The Tempest (act IV, scene 1) in strokes: lines and ring sectors.
Made by assets/scripts/dreams.py

Only the eleven opcodes of the Prospero challenge. Every comparison is with a line or a circle; the
root is a min over letters, each a min of strokes. Lengths are x-heights, {UNITS} to a model unit.
The last full stop is a grain of sand: to see a world in it, go to
"""


@dataclass(frozen=True)
class Letter:
    """A character of a page and where it stands, in x-heights from the middle of the page."""

    name: str
    left: float
    baseline: float


def widths(line: str) -> list[float]:
    """Where each character of `line` begins, and at the end how long the line is."""
    places, x, previous = [], 0.0, ""
    for name in line:
        if name != " ":
            glyph = GLYPHS[name]
            x += glyph.before + KERNING.get(previous + name, 0.0)
        places.append(x)
        x += SPACE if name == " " else glyph.width + glyph.after
        previous = name
    return [*places, x]


def words(text: str) -> Iterator[list[Letter]]:
    """The words of `text`, its lines centred and the whole around the origin."""
    lines = text.split("\n")
    middle = ((len(lines) - 1) * PITCH - LETTER_TOP - LETTER_BOTTOM) / 2
    for row, line in enumerate(lines):
        *places, length = widths(line)
        word: list[Letter] = []
        for name, x in zip(line + " ", [*places, length], strict=True):
            if name == " ":
                yield word
                word = []
            else:
                word.append(Letter(name, x - length / 2, middle - row * PITCH))


def dot(text: str) -> tuple[Decimal, Decimal]:
    """The middle of the dot that `text` ends with, rounded to six places."""
    *_, word = words(text)
    x, y = word[-1].left + DOT[0], word[-1].baseline + DOT[1]
    return Decimal(f"{x:.6f}"), Decimal(f"{y:.6f}")


def page(x: Value, y: Value, texts: Sequence[str]) -> Value:
    """The first of `texts`, and in its last dot, cut out of it, a page of the others."""
    text, *others = texts
    letters = [letter for word in words(text) for letter in draw(x, y, word)]
    if others:
        stop_x, stop_y = dot(text)
        inner = page((x - stop_x) * SMALLER, (y - stop_y) * SMALLER, others)
        letters[-1] = letters[-1] & -(inner * (1 / Decimal(SMALLER)))
    return union(letters)


def draw(x: Value, y: Value, word: list[Letter]) -> list[Value]:
    """The shapes of the letters of `word`, under a comment that spells it."""
    x.writer.comment("".join(letter.name for letter in word))
    return [GLYPHS[letter.name].draw(Pen(x, y, letter.left, letter.baseline)) for letter in word]


def views() -> Iterator[str]:
    """Where each verse fills the picture, as `x,y@zoom`, exactly."""
    x, y, unit = Decimal(0), Decimal(0), Decimal(1) / UNITS
    for text in (SPEECH, *VERSES[:-1]):
        stop_x, stop_y = dot(text)
        x, y, unit = x + stop_x * unit, y + stop_y * unit, unit / SMALLER
        yield f"{number(x)},{number(y)}@{number(1 / unit / HALF_VERSE)}"


def dreams() -> str:
    """The text of dreams.vm."""
    writer = Writer()
    x, y = coordinates(writer)
    shape = page(x * UNITS, y * UNITS, (SPEECH, *VERSES))
    return writer.finish(shape, HEADER + "\n".join(f"  {view}" for view in views()))


if __name__ == "__main__":
    sys.stdout.write(dreams())
