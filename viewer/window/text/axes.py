"""A coordinate grid whose labels stay short and exactly right at any depth, as values.

    +------------------------+-------+
    |       |       |        |  0.50 |   lines at round coordinates; their labels along the right
    |-------+-------+--------|       |   and the lower edge, so that panels have what lies between
    |       |       |        |  0.25 |
    +-------+-------+--------+-------+
    |      -40      +0     +40       |   deep down a label is a whole number n, and what all
    | x = -0.2512834…71 + n × 1e-101 |   share stands below, once: the caption
    +--------------------------------+

Coordinates are fractions: whatever the zoom, caption and label together are the line's coordinate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from viewer.view import Size, View

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


class Metrics(NamedTuple):
    """The font on this display: a character's advance and a line's height, in pixels."""

    advance: float
    leading: int


class Tick(NamedTuple):
    """A line of the grid: its exact coordinate, where it is (pixels from the left or the top), and
    its label."""

    value: Fraction
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The lines of one coordinate. A line's coordinate is `base + label * 10**exponent`."""

    name: str
    ticks: tuple[Tick, ...]
    base: Fraction
    base_text: str
    exponent: int

    def caption(self, columns: int) -> str:
        """What the labels leave out, on one line of that width; empty where they are complete.
        Digits that have no room are left out in the middle."""
        if not self.exponent and not self.base:
            return ""
        head, tail = f"{self.name} = ", f"n × 1e{self.exponent}"
        if not self.base:
            return head + tail
        tail = f" + {tail}"
        return head + middle_out(self.base_text, columns - len(head) - len(tail)) + tail


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
    left, top = view.x - size[0] * unit / 2, view.y + size[1] * unit / 2
    densest = max(SHORT, int(width / MOST / advance) - 1)
    x = axis(
        "x", left, unit, width, min(densest, LONGEST), lambda label: advance * (len(label) + 1)
    )
    columns = int(size[0] / advance) - 2
    for lines in (1, 2, 3):  # of text below: x's labels, and the captions that there are
        height = size[1] - lines * leading - leading // 2
        if height < 3 * leading:
            return None
        y = axis("y", top, -unit, height, LONGEST, lambda _: leading)
        captions = [text for part in (x, y) if (text := part.caption(columns))]
        if len(captions) < lines:
            break
    return _laid_out(x, y, size, (width, height), captions, metrics, thick)


def axis(
    name: str,
    start: Fraction,
    unit: Fraction,
    length: int,
    longest: int,
    room: Callable[[str], float],
) -> Axis:
    """The lines of one coordinate over `length` pixels: `start` is the coordinate at the edge of
    the first one, `unit` what a pixel adds. `longest`: characters of a label that is the
    coordinate itself. `room`: the pixels that a label takes there, with the space to the next."""
    span = length * abs(unit)
    low, high = sorted((start, start + length * unit))
    for mantissa, exponent in _steps(span):
        ten = Fraction(10) ** exponent
        step = mantissa * ten
        first, last = math.ceil(low / step), math.floor(high / step)
        counts = [number * mantissa for number in range(first, last + 1)]  # in units of `ten`
        scale, base, text = 0, Fraction(0), "0"
        labels = _plain(counts, exponent, longest)
        if labels is None:
            scale = exponent
            shared, power = _shared((low + high) / 2, span)
            base, text = shared * Fraction(10) ** power, number_text(shared, power)
            away = int(base / ten)
            labels = [f"{count - away:{'+' if shared else ''}d}" for count in counts]
        if max(map(room, labels), default=0) <= step / abs(unit):
            # One exact division for all: fractions of a thousand digits are slow.
            first_at, apart = float((first * step - start) / unit), float(step / unit)
            found = [
                Tick(count * ten, first_at + n * apart, label)
                for n, (count, label) in enumerate(zip(counts, labels, strict=True))
            ]
            found.sort(key=lambda tick: tick.at)
            return Axis(name, tuple(found), base, text, scale)
    raise AssertionError("some step has room for its labels")


def number_text(digits: int, exponent: int) -> str:
    """`digits * 10**exponent` exactly, with an exponent where it would begin or end in many
    zeros."""
    if not digits:
        return "0"
    text = f"{Decimal(abs(digits)):f}"  # Python refuses to write an int of more than 4300 digits
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
    bits = value.numerator.bit_length() - value.denominator.bit_length()
    guess = math.floor(bits * math.log10(2)) + 1
    while Fraction(10) ** guess > value:
        guess -= 1
    return guess


def _steps(span: Fraction) -> Iterator[tuple[int, int]]:
    """Round steps, 1, 2 or 5 times a power of ten (mantissa, exponent), from the shortest that
    goes into `span` at most `MOST` times up."""
    first = decade(span / MOST)
    for exponent in count(first):
        for mantissa in (1, 2, 5):
            if mantissa * Fraction(10) ** exponent * MOST >= span:
                yield mantissa, exponent


def _plain(counts: list[int], exponent: int, longest: int) -> list[str] | None:
    """The multiples of a power of ten in full, with the same number of places; None where one is
    longer than that."""
    if abs(exponent) > longest or any(abs(count) >= 10**longest for count in counts):
        return None
    labels = []
    for count_ in counts:
        digits = str(abs(count_) * 10 ** max(0, exponent)).rjust(1 - exponent, "0")
        whole = len(digits) + min(0, exponent)
        part = f".{digits[whole:]}" if exponent < 0 else ""
        labels.append(f"{'-' if count_ < 0 else ''}{digits[:whole]}{part}")
    return labels if max(map(len, labels), default=0) <= longest else None


def _shared(centre: Fraction, span: Fraction) -> tuple[int, int]:
    """What the coordinates of a picture share: a whole number and the power of ten that it counts.
    The picture's centre without the digits that differ, and `SPARE` before them."""
    power = decade(span) + SPARE
    return round(centre / Fraction(10) ** power), power


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
        (zeros if tick.value == 0 else lines).append(box)
        reach = len(tick.label) * advance / 2
        if reach <= tick.at <= width - reach:
            texts.append(Text(tick.label, tick.at - reach, height + leading / 4))
    longest = max((len(tick.label) for tick in y.ticks), default=0)
    for tick in y.ticks:
        box = (0, _line(tick.at, thick), width, thick)
        (zeros if tick.value == 0 else lines).append(box)
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
