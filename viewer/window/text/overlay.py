"""Panels to pixels: Pillow writes the text in the bundled font, once until the text changes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viewer.resources import asset
from viewer.window.text.panels import Panel, Place, Tone

Pixels = tuple[int, int]

FONT = "fonts/DejaVuSansMono.ttf"
EM = 14
"""The height of the font in pixels at scale 1."""

SMALLEST = 7
"""The font is made smaller, down to this, before a panel is cut off by a small window."""

ROOM = (640, 480)
"""Pixels of a window in which all panels have room at scale 1."""

BACKGROUND = (18, 20, 26, 232)
EDGE = (120, 128, 140, 110)
COLOURS = {
    Tone.PLAIN: (238, 238, 234, 255),
    Tone.QUIET: (150, 160, 174, 255),
    Tone.KEY: (255, 204, 112, 255),
    Tone.BAD: (255, 138, 122, 255),
}


class Placed(NamedTuple):
    """An image (height, width, RGBA) of uint8 and where its top-left pixel goes, y down."""

    image: NDArray[np.uint8]
    at: Pixels


class Hit(NamedTuple):
    """A character of a panel, by its line and its column, from 0."""

    panel: Panel
    line: int
    column: int


class Typesetter:
    """Turns panels into images; keeps those of the last frame."""

    def __init__(self) -> None:
        self._path = asset(FONT)
        self._fonts: dict[int, ImageFont.FreeTypeFont] = {}
        self._images: dict[tuple[Panel, int], NDArray[np.uint8]] = {}
        self._laid: list[tuple[Panel, int, Placed]] = []

    def columns(self, size: Pixels, scale: float) -> int:
        """How many characters a panel may be wide in a window of `size` pixels."""
        em = em_of(size, scale)
        free = size[0] - 2 * (margin_of(em) + _padding(em))
        return max(8, int(free / self.font(em).getlength("0")))

    def lines(self, size: Pixels, scale: float) -> int:
        """How many lines a panel may have there, beside one of a line."""
        return lines_of(size, scale)

    def place(self, panels: tuple[Panel, ...], size: Pixels, scale: float) -> list[Placed]:
        """The panels as images, placed in a window of `size` pixels; they overlap only where
        not even the smallest font makes room. `scale`: pixels of the display for one of an
        ordinary one."""
        kept, self._laid = {}, []
        largest = em_of(size, scale)
        top = margin = margin_of(largest)
        bottom = size[1] - margin
        for panel in sorted(panels, key=lambda panel: panel.place.value):
            em = self._fitting(panel, (size[0] - 2 * margin, bottom - top), largest)
            image = self._images.get((panel, em))
            kept[panel, em] = image = self._draw(panel, em) if image is None else image
            height, width = image.shape[:2]
            if panel.place is Place.CENTRE:
                at = (max(0, (size[0] - width) // 2), max(0, (top + bottom - height) // 2))
            elif panel.place is Place.RIGHT:
                at = (size[0] - margin - width, margin)
            elif panel.place is Place.TOP:
                at = (margin, top)
                top += height + margin // 2
            else:
                at = (margin, bottom - height)
                bottom -= height + margin // 2
            self._laid.append((panel, em, Placed(image, at)))
        self._images = kept
        return [placed for _, _, placed in self._laid]

    def text_at(self, at: tuple[float, float]) -> Hit | None:
        """What of the panels that were placed last is at a pixel."""
        for panel, em, (image, corner) in reversed(self._laid):
            x, y = at[0] - corner[0], at[1] - corner[1]
            if 0 <= x < image.shape[1] and 0 <= y < image.shape[0]:
                line = (y - _padding(em)) // leading_of(em)
                column = (x - _padding(em)) // self.font(em).getlength("0")
                return Hit(panel, int(line), int(column))
        return None

    def _fitting(self, panel: Panel, free: Pixels, largest: int) -> int:
        """The largest font height, up to that, at which the panel fits into `free`."""
        for em in range(largest, SMALLEST, -1):
            width, height = self._extent(panel, em)
            if width <= free[0] and height <= free[1]:
                return em
        return SMALLEST

    def _extent(self, panel: Panel, em: int) -> Pixels:
        width = self.font(em).getlength("0") * panel.columns
        return int(width) + 2 * _padding(em), leading_of(em) * len(panel.lines) + 2 * _padding(em)

    def _draw(self, panel: Panel, em: int) -> NDArray[np.uint8]:
        width, height = self._extent(panel, em)
        image = Image.new("RGBA", (width, height))
        draw = ImageDraw.Draw(image)
        draw.rounded_rectangle(
            (0, 0, width - 1, height - 1), radius=em // 2, fill=BACKGROUND, outline=EDGE
        )
        font, y = self.font(em), _padding(em)
        for line in panel.lines:
            x = float(_padding(em))
            for span in line:
                draw.text((x, y), span.text, font=font, fill=span.colour or COLOURS[span.tone])
                x += font.getlength(span.text)
            y += leading_of(em)
        return np.asarray(image)

    def font(self, em: int) -> ImageFont.FreeTypeFont:
        """The font of that height in pixels; every character has the same advance."""
        if em not in self._fonts:
            layout = ImageFont.Layout.BASIC  # one advance for every character
            self._fonts[em] = ImageFont.truetype(self._path, em, layout_engine=layout)
        return self._fonts[em]


def em_of(size: Pixels, scale: float) -> int:
    """The font's height on that display, less where the window is smaller than `ROOM`."""
    room = min(n / needed for n, needed in zip(size, ROOM, strict=True))
    return max(SMALLEST, round(EM * min(scale, room)))


def lines_of(size: Pixels, scale: float) -> int:
    """How many lines a panel may have in a window of `size` pixels, beside one of a line."""
    em = em_of(size, scale)
    free = size[1] - 4 * margin_of(em) - 4 * _padding(em)
    return max(1, free // leading_of(em) - 1)


def leading_of(em: int) -> int:
    """From one line to the next."""
    return round(em * 1.36)


def _padding(em: int) -> int:
    return round(em * 0.8)


def margin_of(em: int) -> int:
    """Between panels and the edges of the window."""
    return round(em * 0.9)
