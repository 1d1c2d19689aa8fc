"""A coordinate grid whose labels stay short and exactly right at any depth, as values.

    +------------------------+-------+
    |       |       |        |  0.50 |   lines at round coordinates; their labels along the right
    |-------+-------+--------|       |   and the lower edge, so that panels have what lies between
    |       |       |        |  0.25 |
    +-------+-------+--------+-------+
    |      -40      +0     +40       |   deep down a label is a whole number n, and what all
    | x = -0.2512834…71 + n × 1e-101 |   share stands below, once: the caption
    +--------------------------------+

Whatever the zoom, caption and label together are the line's coordinate, exactly: a whole number of
a power of ten. What lies between the lines is of ordinary size, and floats do for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from viewer.program.number import digits_of, quotient, ratio
from viewer.view import Size, View, log2

MOST = 10
"""The shortest step goes into the axis at most so many times: there are 4 to 11 lines where every
label has room."""
LONGEST = 8
"""Characters of a label that is the coordinate itself; longer ones are taken apart."""
SHORT = 5
"""Characters of a label that is not taken apart: where they are wide, the lines are fewer."""
SPARE = 2
"""Digits of a label before the first that changes across the picture: the caption then stays the
same for a while of panning."""
ZEROS = 6
"""Zeros that a number is written with before it gets an exponent."""
COLUMNS = 2 + LONGEST
"""Characters of the labels' column, with the space on both sides of them."""
_FINER = 40
"""Binary places of a power of ten to which it is known where on the screen its multiples are."""
_DOUBT = 1e-9
"""By how much a logarithm is off at most, and more."""


class Metrics(NamedTuple):
    """The font on this display: a character's advance and a line's height, in pixels."""

    advance: float
    leading: int


class Tick(NamedTuple):
    """A line of the grid: its coordinate, so many times a power of ten, where it is (pixels from
    the left or the top), and its label."""

    times: int
    exponent: int
    at: float
    label: str

    @property
    def value(self) -> Fraction:
        """Its coordinate."""
        return self.times * Fraction(10) ** self.exponent


@dataclass(frozen=True, slots=True)
class Axis:
    """The lines of one coordinate. A line's coordinate is `base + label * 10**exponent`; `base` is
    a number as it is written."""

    name: str
    ticks: tuple[Tick, ...]
    base: str = "0"
    exponent: int = 0

    def caption(self, columns: int) -> str:
        """What the labels leave out, on one line of that width; empty where they are complete.
        Digits that have no room are left out in the middle."""
        if not self.exponent and self.base == "0":
            return ""
        head, tail = f"{self.name} = ", f"n × 1e{self.exponent}"
        if self.base == "0":
            return head + tail
        tail = f" + {tail}"
        return head + middle_out(self.base, columns - len(head) - len(tail)) + tail


class Text(NamedTuple):
    """A line of text and the top left corner of its first character's cell, in pixels."""

    text: str
    left: float
    top: float


Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels, y down."""


@dataclass(frozen=True, slots=True)
class Axes:
    """A grid, ready to be drawn: `lines` over the picture, `zeros` among them where a coordinate
    is 0, and `texts` on two `bands` at the right and below. `free` is what they leave."""

    x: Axis
    y: Axis
    free: Size
    lines: tuple[Box, ...]
    zeros: tuple[Box, ...]
    bands: tuple[Box, Box]
    texts: tuple[Text, ...]


def axes(view: View, size: Size, metrics: Metrics, thick: int = 1) -> Axes | None:
    """The grid of a picture of `size` pixels, its lines `thick` pixels wide; None where there is
    no room for its labels."""
    advance, leading = metrics
    width = size[0] - math.ceil(COLUMNS * advance)
    if width < COLUMNS * advance:
        return None
    unit = 2 * view.half(size)
    densest = max(SHORT, int(width / MOST / advance) - 1)
    across = Stretch(view.x, size[0] / 2, unit, width)
    x = axis("x", across, min(densest, LONGEST), lambda label: advance * (len(label) + 1))
    columns = int(size[0] / advance) - 2
    for lines in (1, 2, 3):  # of text below: x's labels, and the captions that there are
        height = size[1] - lines * leading - leading // 2
        if height < 3 * leading:
            return None
        along = Stretch(view.y, size[1] / 2, unit, height, falls=True)
        y = axis("y", along, LONGEST, lambda _: leading)
        captions = [text for part in (x, y) if (text := part.caption(columns))]
        if len(captions) < lines:
            break
    return _laid_out(x, y, size, (width, height), captions, metrics, thick)


class Stretch(NamedTuple):
    """Of one coordinate, what a picture shows: `centre` is that of the pixel position `middle`, of
    `length`; a pixel adds `unit` to it or, where it `falls`, takes it away."""

    centre: Fraction
    middle: float
    unit: Fraction
    length: int
    falls: bool = False

    def ends(self, scale: float) -> tuple[float, float]:
        """The least and the largest coordinate, from the centre; `scale` is what a pixel adds."""
        ends = -self.middle * scale, (self.length - self.middle) * scale
        return (-ends[1], -ends[0]) if self.falls else ends

    def at(self, away: float, scale: float) -> float:
        """The pixel of a coordinate so far from the centre, to a millionth."""
        return round(self.middle + (-away if self.falls else away) / scale, 6)


def axis(name: str, shown: Stretch, longest: int, room: Callable[[str], float]) -> Axis:
    """The lines of one coordinate. `longest`: characters of a label that is the coordinate itself.
    `room`: the pixels that a label takes there, with the space to the next."""
    for mantissa, exponent in _steps(shown.unit * shown.length):
        scale = ratio(shown.unit, Fraction(10) ** exponent)
        whole, part = _counted(shown.centre, exponent)
        low, high = (part + end for end in shown.ends(scale))
        first = whole + math.ceil(low)
        counts = range(first + -first % mantissa, whole + math.floor(high) + 1, mantissa)
        plain, middle = _plain(counts, exponent, longest), whole + round((low + high) / 2)
        labels, base = plain or _apart(counts, middle, exponent, high - low)
        if max(map(room, labels), default=0) <= mantissa / scale:
            ticks = [
                Tick(count, exponent, shown.at(count - whole - part, scale), label)
                for count, label in zip(counts, labels, strict=True)
            ]
            ticks.sort(key=lambda tick: tick.at)
            return Axis(name, tuple(ticks), base, 0 if plain else exponent)
    raise AssertionError("some step has room for its labels")


def number_text(digits: int, exponent: int) -> str:
    """`digits * 10**exponent` exactly, with an exponent where it would begin or end in many
    zeros."""
    if not digits:
        return "0"
    text = digits_of(abs(digits))
    sign = "-" if digits < 0 else ""
    power = exponent + len(text) - 1  # of the first digit
    if exponent <= 0 and power >= -ZEROS:
        text = text.rjust(1 - exponent, "0")
        whole, part = text[: len(text) + exponent], text[len(text) + exponent :].rstrip("0")
        return sign + whole + (f".{part}" if part else "")
    if exponent > 0 and power <= ZEROS:
        return sign + text + "0" * exponent
    part = text[1:].rstrip("0")
    return f"{sign}{text[0]}{'.' if part else ''}{part}e{power}"


def middle_out(text: str, columns: int) -> str:
    """The text, or as much of both its ends as `columns` characters hold."""
    if len(text) <= columns:
        return text
    tail = max(1, (columns - 1) // 2)
    return f"{text[: max(1, columns - 1 - tail)]}…{text[-tail:]}"


def decade(value: Fraction) -> int:
    """The largest d with 10**d <= value, a positive number."""
    size = log2(value) * math.log10(2)
    found = math.floor(size + _DOUBT)
    if size < found + _DOUBT and Fraction(10) ** found > value:
        return found - 1
    return found


def _steps(span: Fraction) -> Iterator[tuple[int, int]]:
    """Round steps, 1, 2 or 5 times a power of ten (mantissa, exponent), from the shortest that
    goes into `span` at most `MOST` times up."""
    exponent = decade(span / MOST)
    most = ratio(span / MOST, Fraction(10) ** exponent)
    yield from ((mantissa, exponent) for mantissa in (1, 2, 5) if mantissa >= most)
    while True:
        exponent += 1
        yield from ((mantissa, exponent) for mantissa in (1, 2, 5))


@lru_cache(maxsize=16)
def _counted(value: Fraction, exponent: int) -> tuple[int, float]:
    """How many powers of ten there are in a number: the whole ones, and the part of one that is
    left."""
    more, less = 10 ** max(0, -exponent), 10 ** max(0, exponent)
    found = quotient(value.numerator << _FINER, value.denominator * less, more)
    whole = found >> _FINER
    return whole, (found - (whole << _FINER)) / 2**_FINER


def _plain(counts: range, exponent: int, longest: int) -> tuple[list[str], str] | None:
    """The multiples of a power of ten in full, with the same number of places, and what they leave
    out: nothing; None where one is longer than that."""
    if abs(exponent) > longest or any(abs(count) >= 10**longest for count in counts):
        return None
    labels = []
    for count in counts:
        digits = str(abs(count) * 10 ** max(0, exponent)).rjust(1 - exponent, "0")
        whole = len(digits) + min(0, exponent)
        part = f".{digits[whole:]}" if exponent < 0 else ""
        labels.append(f"{'-' if count < 0 else ''}{digits[:whole]}{part}")
    return (labels, "0") if max(map(len, labels), default=0) <= longest else None


def _apart(counts: range, middle: int, exponent: int, span: float) -> tuple[list[str], str]:
    """The multiples without what they share, and that: the number in the picture's middle without
    the digits that differ, and `SPARE` before them. All in powers of ten, `span` of them wide."""
    more = max(0, math.floor(math.log10(span)) + SPARE)
    shared = (middle + 10**more // 2) // 10**more
    away = shared * 10**more
    labels = [f"{count - away:{'+' if shared else ''}d}" for count in counts]
    return labels, number_text(shared, exponent + more)


def _laid_out(
    x: Axis,
    y: Axis,
    size: Size,
    free: Size,
    captions: list[str],
    metrics: Metrics,
    thick: int,
) -> Axes:
    advance, leading = metrics
    width, height = free
    lines: list[Box] = []
    zeros: list[Box] = []
    texts: list[Text] = []
    for tick in x.ticks:
        box = (_line(tick.at, thick), 0, thick, height)
        (lines if tick.times else zeros).append(box)
        reach = len(tick.label) * advance / 2
        if reach <= tick.at <= width - reach:
            texts.append(Text(tick.label, tick.at - reach, height + leading / 4))
    longest = max((len(tick.label) for tick in y.ticks), default=0)
    for tick in y.ticks:
        box = (0, _line(tick.at, thick), width, thick)
        (lines if tick.times else zeros).append(box)
        if leading / 2 <= tick.at <= height - leading / 2:
            left = width + (1 + longest - len(tick.label)) * advance
            texts.append(Text(tick.label, left, tick.at - leading / 2))
    for row, caption in enumerate(captions, 1):
        texts.append(Text(caption, advance, height + leading / 4 + row * leading))
    right, below = (width, 0, size[0] - width, height), (0, height, size[0], size[1] - height)
    return Axes(x, y, free, tuple(lines), tuple(zeros), (right, below), tuple(texts))


def _line(at: float, thick: int) -> int:
    """The first pixel of a line of that thickness about a position."""
    return round(at - thick / 2)
