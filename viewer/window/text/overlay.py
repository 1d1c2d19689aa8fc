"""Panels to pixels: Pillow writes the text in the bundled font, once until the text changes."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viewer.resources import asset
from viewer.window.text.axes import Box
from viewer.window.text.panels import Panel, Place, Tone

Pixels = tuple[int, int]

FONT = "fonts/DejaVuSansMono.ttf"
EM = 14
"""The height of the font in pixels at scale 1."""

SMALLEST = 7
"""The font is made smaller, down to this, before a panel is cut off by a small window."""
LEAST = 0.8
"""And only down to this part of its height for panels at the top: the numbers stay legible."""

ROOM = (640, 480)
"""Pixels of a window in which all panels have room at scale 1."""

BACKGROUND = (18, 20, 26, 248)
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


class _Laid(NamedTuple):
    """A panel in a font of that height."""

    panel: Panel
    em: int
    placed: Placed


class Hit(NamedTuple):
    """A character of a panel, by its line and its column, from 0."""

    panel: Panel
    line: int
    column: int


class Room(NamedTuple):
    """Where panels lie, in pixels, and the font's height `em` there. All may lie in `free`, from
    the upper left corner on; those at the top, where they find no place there, also in what
    `whole` has more. What is `taken` is left to pictures."""

    em: int
    free: Pixels
    whole: Pixels
    taken: tuple[Box, ...] = ()

    @classmethod
    def of(cls, size: Pixels, scale: float) -> Room:
        """All of a window."""
        return cls(em_of(size, scale), size, size)


class Typesetter:
    """Turns panels into images; keeps those of the last frame."""

    def __init__(self) -> None:
        self._path = asset(FONT)
        self._fonts: dict[int, ImageFont.FreeTypeFont] = {}
        self._images: dict[tuple[Panel, int], NDArray[np.uint8]] = {}
        self._laid: list[_Laid] = []
        self._key: object = None

    def columns(self, room: Room) -> int:
        """How many characters a panel may be wide."""
        free = room.free[0] - 2 * (margin_of(room.em) + _padding(room.em))
        return max(8, int(free / self.font(room.em).getlength("0")))

    def lines(self, room: Room) -> int:
        """How many lines a panel may have, beside one of a line."""
        return _lines(room.free[1], room.em)

    def place(self, panels: tuple[Panel, ...], room: Room) -> list[Placed]:
        """The panels as images, in their places. At the top they are in columns; where that is too
        much for a small window they are a little smaller, and then cut off. Others overlap only
        where not even the smallest font makes room."""
        if self._key != (panels, room):
            self._key, self._laid = (panels, room), self._all_laid(panels, room)
            self._images = {(laid.panel, laid.em): laid.placed.image for laid in self._laid}
        return [laid.placed for laid in self._laid]

    def _all_laid(self, panels: tuple[Panel, ...], room: Room) -> list[_Laid]:
        laid: list[_Laid] = []
        margin = margin_of(room.em)
        taken, bottom = [*room.taken], room.free[1] - margin
        for panel in sorted(panels, key=lambda panel: panel.place.value):
            if panel.place is Place.TOP:
                continue
            em = self._fitting(panel, (room.free[0] - 2 * margin, bottom - margin), room.em)
            width, height = self._extent(panel, em)
            if panel.place is Place.CENTRE:
                at = max(0, (room.free[0] - width) // 2), max(0, (margin + bottom - height) // 2)
            elif panel.place is Place.RIGHT:
                at = room.free[0] - margin - width, margin
            else:
                at = margin, bottom - height
                bottom -= height + margin // 2
            laid.append(self._set(panel, em, at))
            taken.append(box_of(laid[-1].placed))
        tables = [panel for panel in panels if panel.place is Place.TOP]
        return [*laid, *self._in_columns(tables, room, taken, bottom)]

    def _in_columns(
        self, panels: list[Panel], room: Room, taken: list[Box], bottom: int
    ) -> list[_Laid]:
        """The panels at the top: as large as all of them may be, or with the tallest cut off as
        far as the others need."""
        least = max(SMALLEST, round(LEAST * room.em))
        for em in range(room.em, least - 1, -1):
            if (found := self._in_font(panels, em, room, taken, bottom)) is not None:
                return found
        while (found := self._in_font(panels, least, room, taken, bottom)) is None:
            tallest = max(range(len(panels)), key=lambda n: len(panels[n].lines))
            lines = len(panels[tallest].lines) - 1
            cut = [panels[tallest].cut(lines)] if lines > 1 else []
            panels = [*panels[:tallest], *cut, *panels[tallest + 1 :]]
        return found

    def _in_font(
        self, panels: list[Panel], em: int, room: Room, taken: list[Box], bottom: int
    ) -> list[_Laid] | None:
        """Each in the first column that has room for it; None where one finds none."""
        spots: list[Box] = []
        for panel in panels:
            extent = self._extent(panel, em)
            at = _spot(extent, room, [*taken, *spots], bottom)
            if at is None:
                return None
            spots.append((*at, *extent))
        return [self._set(panel, em, spot[:2]) for panel, spot in zip(panels, spots, strict=True)]

    def _set(self, panel: Panel, em: int, at: Pixels) -> _Laid:
        known = self._images.get((panel, em))
        return _Laid(panel, em, Placed(self._draw(panel, em) if known is None else known, at))

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
    return _lines(size[1], em_of(size, scale))


def _lines(height: int, em: int) -> int:
    free = height - 4 * margin_of(em) - 4 * _padding(em)
    return max(1, free // leading_of(em) - 1)


def leading_of(em: int) -> int:
    """From one line to the next."""
    return round(em * 1.36)


def _padding(em: int) -> int:
    return round(em * 0.8)


def margin_of(em: int) -> int:
    """Between panels and the edges of the window."""
    return round(em * 0.9)


def box_of(placed: Placed) -> Box:
    """Where an image lies."""
    return *placed.at, placed.image.shape[1], placed.image.shape[0]


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes have pixels in common."""
    return all(
        one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )


def uncovered(under: tuple[Placed, ...], over: list[Placed]) -> tuple[Placed, ...]:
    """Those images that have nothing of others over them."""
    boxes = [box_of(placed) for placed in over]
    return tuple(
        placed for placed in under if not any(overlap(box_of(placed), box) for box in boxes)
    )


def _spot(extent: Pixels, room: Room, taken: list[Box], bottom: int) -> Pixels | None:
    """Where a panel has room: in the left column, as high up as it can be, or else at the right of
    what is free, or of all; None where it has none."""
    margin = margin_of(room.em)
    tops = sorted({margin, *(top + height + margin // 2 for _, top, _, height in taken)})
    lefts = margin, room.free[0] - margin - extent[0], room.whole[0] - margin - extent[0]
    for left, top in product(lefts, tops):
        free = not any(overlap((left, top, *extent), box) for box in taken)
        if free and left >= margin and top + extent[1] <= bottom:
            return left, top
    return None
