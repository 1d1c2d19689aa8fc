"""The slider of the slice: where it is on the screen, what a place on it means, and its image.

.--------------------------------------------.
| z   -1 |----------o-------------| 1  -0.15 |
'--------------------------------------------'
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from viewer.view import Size
from viewer.window.hands.heights import Ends, as_text
from viewer.window.text.overlay import (
    BACKGROUND,
    COLOURS,
    EDGE,
    Placed,
    Typesetter,
    em_of,
    leading_of,
    margin_of,
)
from viewer.window.text.panels import Tone

Point = tuple[float, float]

WIDEST = 44
"""Of the slider, in font heights."""
LEAST = 6
"""Of its groove: where there is no room for so many, there is no slider."""
END, VALUE = 7, 15
"""Characters there is room for, beside the groove, for an end and for the height."""


class Track(NamedTuple):
    """A slider on the screen, in pixels, y down: its box, and the groove of the handle."""

    left: int
    top: int
    width: int
    height: int
    start: int
    length: int
    ends: Ends

    def holds(self, at: Point) -> bool:
        """Whether a place is on it."""
        x, y = at[0] - self.left, at[1] - self.top
        return 0 <= x < self.width and 0 <= y < self.height

    def height_at(self, x: float) -> Fraction:
        """The height of the slice for a handle there; beyond the groove, that of its end."""
        return self.ends.at((x - self.start) / self.length)

    def handle(self, z: Fraction) -> int:
        """Where the handle is for a height."""
        return self.start + round(self.ends.part(z) * self.length)


def track(ends: Ends, free: Size, size: Size, scale: float, advance: float) -> Track | None:
    """The slider at the lower edge of what is `free` of a window of `size` pixels; None where
    there is no room. `advance`: from one character to the next."""
    em = em_of(size, scale)
    margin, height = margin_of(em), leading_of(em) + em
    width = min(WIDEST * em, free[0] - 2 * margin)
    left, top = (free[0] - width) // 2, free[1] - margin - height
    before, after = round((3 + END) * advance), round((2 + END + VALUE) * advance)
    length = width - 2 * em - before - after
    if length < LEAST * em or free[1] < 4 * height:
        return None
    return Track(left, top, width, height, left + em + before, length, ends)


class Sliders:
    """Draws them; keeps the last one."""

    def __init__(self, typesetter: Typesetter) -> None:
        self._typesetter = typesetter
        self._kept: tuple[object, Placed] | None = None

    def track(self, ends: Ends, free: Size, size: Size, scale: float) -> Track | None:
        """See `track`."""
        advance = self._typesetter.font(em_of(size, scale)).getlength("0")
        return track(ends, free, size, scale, advance)

    def image(self, at: Track, z: Fraction, zoom: Fraction, em: int) -> Placed:
        """A slider with its handle at a height, in a font of `em` pixels."""
        key = at, z, zoom, em
        if self._kept is None or self._kept[0] != key:
            self._kept = key, Placed(self._drawn(at, z, zoom, em), (at.left, at.top))
        return self._kept[1]

    def _drawn(self, at: Track, z: Fraction, zoom: Fraction, em: int) -> NDArray[np.uint8]:
        font = self._typesetter.font(em)
        advance = font.getlength("0")
        image = Image.new("RGBA", (at.width, at.height))
        draw = ImageDraw.Draw(image)
        corner = at.width - 1, at.height - 1
        draw.rounded_rectangle((0, 0, *corner), em // 2, fill=BACKGROUND, outline=EDGE)
        middle, first, last = at.height / 2, at.start - at.left, at.start - at.left + at.length

        def write(x: float, words: str, tone: Tone, anchor: str) -> None:
            draw.text((x, middle), words, font=font, fill=COLOURS[tone], anchor=anchor)

        write(em, "z", Tone.QUIET, "lm")
        write(first - advance, _short(as_text(at.ends.low, zoom), END), Tone.QUIET, "rm")
        write(last + advance, _short(as_text(at.ends.high, zoom), END), Tone.QUIET, "lm")
        write(at.width - em, _short(as_text(z, zoom), VALUE), Tone.PLAIN, "rm")
        thick, arm = max(1, em // 7), em // 4
        draw.line((first, middle, last, middle), fill=COLOURS[Tone.QUIET], width=thick)
        marks = [Fraction(0)] if at.ends.low < 0 < at.ends.high else []
        for mark in (at.ends.low, *marks, at.ends.high):
            x = at.handle(mark) - at.left
            draw.line((x, middle - arm, x, middle + arm), fill=COLOURS[Tone.QUIET], width=thick)
        handle = _disc(em)
        corner = at.handle(z) - at.left - em // 2, (at.height - em) // 2
        image.paste(COLOURS[Tone.KEY], corner, handle)
        return np.asarray(image)


@lru_cache(maxsize=4)
def _disc(side: int) -> Image.Image:
    """A disc that fills a square, as a mask with smooth edges."""
    fine = Image.new("L", (8 * side, 8 * side))
    ImageDraw.Draw(fine).ellipse((0, 0, 8 * side - 1, 8 * side - 1), fill=255)
    return fine.resize((side, side), Image.Resampling.BOX)


def _short(text: str, most: int) -> str:
    """With so many characters at most: the first ones, and the last, which change."""
    first = most // 2
    return text if len(text) <= most else f"{text[:first]}…{text[first + 1 - most :]}"
