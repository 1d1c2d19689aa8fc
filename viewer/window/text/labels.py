"""The values at some of the lines of a field: which of them have a label, and where, as values."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viewer.picture.modes import FIFTH, Measure
from viewer.picture.palettes import Colour
from viewer.view import Size
from viewer.window.text.axes import middle_out, number_text

Floats = NDArray[np.floating[Any]]

EACH = 8
"""Pixels of a display of ordinary density from one of the samples that tell lines to the next."""
MOST = 9
"""Labels in a picture."""
LONGEST = 13
"""Characters of a label; of a longer number both ends are shown."""
APART = 8.0
"""Between two labels, in font heights, at least; and of one line, in `AGAIN` of the picture."""
AGAIN = 0.5
ROOM = 1.3
"""Lines of text that have room between two lines, where they may have labels."""
OPACITY = 225


class Crossing(NamedTuple):
    """Where lines are crossed: x and y in pixels, the line's number, and how many pixels are to the
    next one; arrays of one length."""

    x: Floats
    y: Floats
    line: NDArray[np.int64]
    room: Floats


class Label(NamedTuple):
    """A line's number, and the middle of its label in pixels."""

    line: int
    x: float
    y: float


def crossings(values: Floats, measure: Measure, size: Size) -> Crossing:
    """Where a field passes through round values, told from samples spread evenly over a picture of
    that size, shape (rows, columns), row 0 at the top. Zero is left out: the edge of the shape
    needs no label, and one would bite into the shape."""
    with np.errstate(all="ignore"):
        steps = (values.astype(np.float64) + measure.offset) / measure.step
    apart = size[0] / values.shape[1], size[1] / values.shape[0]
    found = []
    slope = _slope(steps, apart)
    for down in (False, True):
        a, b = (steps[:-1], steps[1:]) if down else (steps[:, :-1], steps[:, 1:])
        with np.errstate(all="ignore"):
            line = np.ceil(np.minimum(a, b))
            # Of lines that are close, or where the value jumps, none can be told apart.
            hit = (line <= np.maximum(a, b)) & (np.abs(a - b) < 1) & (a != b)
            if not measure.side:
                hit &= line != 0
        j, i = np.nonzero(hit)
        part = (line[hit] - a[hit]) / (b[hit] - a[hit])
        x, y = i + 0.5 + (0 if down else part), j + 0.5 + (part if down else 0)
        room = 1 / np.maximum(slope[j, i], 1e-12)
        found.append((x * apart[0], y * apart[1], line[hit].astype(np.int64), room))
    x, y, lines, room = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Crossing(x, y, lines, room)


def chosen(found: Crossing, size: Size, em: int, room: Size) -> list[Label]:
    """Some of the crossings, for labels of at most `room` pixels in a font of that height: few, far
    from each other, and those of strong lines first."""
    strong = found.line % FIFTH == 0
    between = np.where(strong, FIFTH, 1) * found.room
    inside = (np.abs(found.x - size[0] / 2) <= (size[0] - room[0]) / 2 - em) & (
        np.abs(found.y - size[1] / 2) <= (size[1] - room[1]) / 2 - em
    )
    fits = inside & (between >= ROOM * room[1])
    labels: list[Label] = []
    for kind in (strong, ~strong):
        if len(labels) < MOST // 3:
            _choose(Crossing(*(part[fits & kind] for part in found)), size, em, labels)
    return labels


def _choose(found: Crossing, size: Size, em: int, labels: list[Label]) -> None:
    """Adds labels: each line gets the crossing that is farthest from other labels."""
    lines = sorted(set(found.line.tolist()), key=lambda line: (abs(line), line))
    far = AGAIN * min(size)
    for again in (False, True):
        for line in lines:
            of_line = found.line == line
            x, y = found.x[of_line], found.y[of_line]
            away = np.hypot(x - size[0] / 2, y - size[1] / 2)
            clear = np.full(x.shape, np.inf)
            for label in labels:
                distance = np.hypot(x - label.x, y - label.y)
                least = far if label.line == line else APART * em
                clear = np.where(distance < least, -1.0, np.minimum(clear, distance))
            best = int(np.lexsort((away, -np.minimum(clear, far)))[0])
            known = any(label.line == line for label in labels)
            if clear[best] > 0 and known == again and len(labels) < MOST:
                labels.append(Label(int(line), float(x[best]), float(y[best])))


def text_of(line: int, step: Decimal, measure: Measure, base: Decimal) -> str:
    """The value at a line. Where that has too many digits both its ends are shown, the last with
    all zeros, so that labels can be told apart."""
    exponent = step.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    fifth = FIFTH * Fraction(step)
    start = Fraction(base) // fifth * fifth if measure.side else Fraction(0)
    digits = int((start + line * Fraction(step)) / Fraction(10) ** exponent)
    text = number_text(digits, exponent)
    if len(text) <= LONGEST:
        return text
    parts = tuple(map(int, f"{Decimal(abs(digits)):f}"))
    return middle_out(f"{Decimal((int(digits < 0), parts, exponent)):f}", LONGEST)


def drawn(
    text: str, font: ImageFont.FreeTypeFont, em: int, ink: Colour, paper: Colour
) -> NDArray[np.uint8]:
    """A label: shape (height, width, 4)."""
    left, top, right, bottom = font.getbbox(text)
    pad = max(2, em // 4)
    size = round(right - left) + 2 * pad, round(bottom - top) + 2 * pad
    image = Image.new("RGBA", size)
    draw = ImageDraw.Draw(image)
    corner = size[0] - 1, size[1] - 1
    draw.rounded_rectangle((0, 0, *corner), pad, fill=(*paper[:3], OPACITY))
    draw.text((pad - left, pad - top), text, font=font, fill=(*ink[:3], 255))
    return np.asarray(image)


def _slope(steps: Floats, apart: tuple[float, float]) -> Floats:
    """How many lines lie in a pixel."""
    with np.errstate(all="ignore"):
        down, across = np.gradient(steps) if min(steps.shape) > 1 else (steps * 0, steps * 0)
        slope: Floats = np.hypot(across / apart[0], down / apart[1])
    return np.where(np.isfinite(slope), slope, np.inf)
