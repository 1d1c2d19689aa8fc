"""Pictures side by side, each over its words: where they lie, and as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viewer.view import Size
from viewer.window.text.axes import middle_out
from viewer.window.text.overlay import BACKGROUND, COLOURS, EDGE, Pixels, leading_of
from viewer.window.text.panels import Tone

CHOSEN = COLOURS[Tone.KEY]
LINE = (52, 56, 64, 255)
"""Around a picture: opaque, since what is drawn replaces what is below, its opacity included."""


class Cell(NamedTuple):
    """A picture of the sheet's `inset`, and what it is called."""

    picture: Image.Image
    words: str
    tone: Tone = Tone.PLAIN
    chosen: bool = False


class Sheet(NamedTuple):
    """Cells in rows: a picture of size `inset` over a line of words each, with room around them.
    All in pixels."""

    across: int
    down: int
    inset: Size
    em: int

    @property
    def pad(self) -> int:
        """Between cells, and around them."""
        return self.em // 2

    @property
    def step(self) -> Size:
        """From a cell to the next, across and down."""
        return self.inset[0] + self.pad, self.inset[1] + leading_of(self.em) + self.pad // 2

    @property
    def size(self) -> Size:
        """Of all of it."""
        return self.across * self.step[0] + self.pad, self.down * self.step[1] + self.pad

    def corner(self, n: int) -> Pixels:
        """Where the n-th cell begins."""
        return self.pad + n % self.across * self.step[0], self.pad + n // self.across * self.step[1]

    def middle(self, free: Size) -> Pixels:
        """Where it begins in the middle of a window of that size."""
        left, top = ((n - side) // 2 for n, side in zip(free, self.size, strict=True))
        return left, max(0, top)

    def cell_at(self, x: float, y: float) -> int | None:
        """The cell at a place of the sheet; None between cells and beside them."""
        column, row = int((x - self.pad) // self.step[0]), int((y - self.pad) // self.step[1])
        if not (0 <= column < self.across and 0 <= row < self.down):
            return None
        left, top = self.corner(row * self.across + column)
        inside = x - left < self.inset[0] and y - top < self.step[1]
        return row * self.across + column if inside else None


def drawn(cells: Sequence[Cell], sheet: Sheet, font: ImageFont.FreeTypeFont) -> NDArray[np.uint8]:
    """The sheet with these cells, shape (height, width, 4); of words too long for theirs both
    ends are shown."""
    image = Image.new("RGBA", sheet.size)
    draw = ImageDraw.Draw(image)
    corner = image.width - 1, image.height - 1
    draw.rounded_rectangle((0, 0, *corner), sheet.em // 2, fill=BACKGROUND, outline=EDGE)
    room = int(sheet.inset[0] / font.getlength("0"))
    for n, cell in enumerate(cells):
        left, top = sheet.corner(n)
        right, bottom = left + sheet.inset[0], top + sheet.inset[1]
        image.paste(cell.picture, (left, top))
        if cell.chosen:
            wide = max(2, sheet.em // 6)
            draw.rectangle((left - 1, top - 1, right, bottom), outline=CHOSEN, width=wide)
        else:
            draw.rectangle((left, top, right, bottom), outline=LINE)
        words = middle_out(cell.words, room)  # names of a series differ at the end
        tone = Tone.KEY if cell.chosen and cell.tone is Tone.PLAIN else cell.tone
        draw.text((left, bottom + sheet.pad // 4), words, font=font, fill=COLOURS[tone])
    return np.asarray(image)
