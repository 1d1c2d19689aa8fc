"""The chain of frames and the marked places as images, to be laid over the picture."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from viewer.view import Size, View
from viewer.window.files.sheet import Cell, Sheet, drawn
from viewer.window.places.history import Spot
from viewer.window.places.minimap import Frame
from viewer.window.text.overlay import (
    COLOURS,
    Pixels,
    Placed,
    Typesetter,
    em_of,
    leading_of,
    margin_of,
)
from viewer.window.text.panels import Tone, wrapped

INSET = (10, 7.5)
"""Width and height of a frame of the map, or of a marked place's picture, in font heights."""
MARK = (255, 132, 40)
DARK = 40
"""The grey of what is outside, and of what is not there yet; what is inside is half as bright as
white, so that a mark is seen on both."""
ARM = 0.5
"""Half the length of a cross's lines, in font heights."""
MOST = 3
"""Frames of the map at most."""
ACROSS = 3
"""Marked places side by side: nine are a square."""

Greys = NDArray[np.uint8]


def inset_size(size: Size, scale: float) -> Size:
    """Pixels of a frame, in a window of `size`."""
    em = em_of(size, scale)
    return round(INSET[0] * em), round(INSET[1] * em)


def map_frames(size: Size, scale: float) -> int:
    """How many frames have room one below the other; none where they would take too much."""
    em = em_of(size, scale)
    width, height = inset_size(size, scale)
    if size[0] < 3 * width:
        return 0
    return min(MOST, (size[1] - 8 * em) // (height + 2 * leading_of(em)))


class Shelf(NamedTuple):
    """Where marked places lie: the sheet, its top left pixel, and how many places there are."""

    sheet: Sheet
    at: Pixels
    places: int

    @classmethod
    def of(cls, count: int, free: Size, whole: Size, scale: float) -> Shelf:
        """Up to nine of them in the middle of what is `free` of a window."""
        count = min(count, ACROSS * ACROSS)
        across = min(ACROSS, count)
        sheet = Sheet(across, -(-count // across), inset_size(whole, scale), em_of(whole, scale))
        return cls(sheet, sheet.middle(free), count)

    def number_at(self, at: tuple[float, float]) -> int | None:
        """The place whose picture is at a pixel, from 1; None where there is none."""
        cell = self.sheet.cell_at(at[0] - self.at[0], at[1] - self.at[1])
        return None if cell is None or cell >= self.places else cell + 1


class Insets:
    """Draws them; keeps the last of each."""

    def __init__(self, typesetter: Typesetter) -> None:
        self._typesetter = typesetter
        self._kept: dict[str, tuple[object, Placed]] = {}

    def map(
        self,
        frames: Sequence[Frame],
        pictures: Sequence[Greys],
        free: Size,
        whole: Size,
        scale: float,
    ) -> Placed:
        """The frames, the first on top, at the right of `free`, each with its zoom. `pictures`
        are those of the first of them; frames whose picture is to come are dark."""
        key = tuple(frames), tuple(picture.tobytes() for picture in pictures), free, whole, scale

        def draw() -> Placed:
            em = em_of(whole, scale)
            cells = [
                Cell(_framed(frame, picture, inset_size(whole, scale), em), _zoom(frame.view))
                for frame, picture in zip_longest(frames, pictures)
            ]
            sheet = Sheet(1, len(cells), inset_size(whole, scale), em)
            image = drawn(cells, sheet, self._typesetter.font(em))
            margin = margin_of(em)
            return Placed(image, (free[0] - image.shape[1] - margin, margin))

        return self._once("map", key, draw)

    def shelf(self, marks: Sequence[tuple[Spot, bytes]], shelf: Shelf) -> Placed:
        """The marked places that have room there, with their numbers. Their pictures are PNG; one
        that is lost is dark."""

        def draw() -> Placed:
            sheet = shelf.sheet
            cells = [
                Cell(_opened(png, sheet.inset), f"{number}: {_zoom(spot.view)}")
                for number, (spot, png) in enumerate(marks[: shelf.places], 1)
            ]
            return Placed(drawn(cells, sheet, self._typesetter.font(sheet.em)), shelf.at)

        return self._once("shelf", (tuple(marks), shelf), draw)

    def gallery(self, thumbs: Sequence[Thumb], sheet: Sheet, free: Size) -> Placed:
        """Files with their pictures, in the middle of `free`; those whose picture is to come are
        dark, and those that are broken say why."""

        def draw() -> Placed:
            font = self._typesetter.font(sheet.em)
            cells = [_thumbed(thumb, sheet, font) for thumb in thumbs]
            return Placed(drawn(cells, sheet, font), sheet.middle(free))

        return self._once("gallery", (tuple(thumbs), sheet, free), draw)

    def _once(self, kind: str, key: object, draw: Callable[[], Placed]) -> Placed:
        if kind not in self._kept or self._kept[kind][0] != key:
            self._kept[kind] = key, draw()
        return self._kept[kind][1]


class Thumb(NamedTuple):
    """A file in the overview: its name, its `picture`, a byte of grey for each pixel of an inset,
    empty until it is drawn, and what is wrong with it."""

    name: str
    picture: bytes = b""
    problem: str = ""
    chosen: bool = False


def _thumbed(thumb: Thumb, sheet: Sheet, font: ImageFont.FreeTypeFont) -> Cell:
    """A file's cell."""
    image = Image.new("RGB", sheet.inset, (DARK,) * 3)
    if thumb.picture:
        image.paste(Image.frombytes("L", sheet.inset, thumb.picture).convert("RGB"))
    elif thumb.problem:
        draw = ImageDraw.Draw(image)
        columns = int((sheet.inset[0] - 2 * sheet.pad) / font.getlength("0"))
        rows = (sheet.inset[1] - sheet.pad) // leading_of(sheet.em)
        for n, line in enumerate(wrapped(thumb.problem, columns)[:rows]):
            at = sheet.pad, sheet.pad // 2 + n * leading_of(sheet.em)
            draw.text(at, line, font=font, fill=COLOURS[Tone.BAD])
    return Cell(image, thumb.name, Tone.BAD if thumb.problem else Tone.PLAIN, thumb.chosen)


def _framed(frame: Frame, picture: Greys | None, inset: Size, em: int) -> Image.Image:
    """A frame's picture with its mark."""
    found = Image.fromarray(picture) if picture is not None else Image.new("L", inset, DARK)
    image = found.resize(inset).point(lambda grey: DARK + grey // 2).convert("RGB")
    draw = ImageDraw.Draw(image)
    mark, wide = frame.mark, max(1, em // 12)
    if mark.small:
        x, y, arm = (mark.left + mark.right) / 2, (mark.top + mark.bottom) / 2, ARM * em
        draw.line((x - arm, y, x + arm, y), fill=MARK, width=wide)
        draw.line((x, y - arm, x, y + arm), fill=MARK, width=wide)
    else:
        draw.rectangle(mark, outline=MARK, width=wide)
    return image


def _opened(png: bytes, inset: Size) -> Image.Image:
    """A picture in the middle of an inset."""
    image = Image.new("RGB", inset, (DARK,) * 3)
    with suppress(OSError, ValueError, Image.DecompressionBombError):
        found = Image.open(io.BytesIO(png)).convert("RGB")
        found.thumbnail(inset, Image.Resampling.BOX)
        image.paste(found, ((inset[0] - found.width) // 2, (inset[1] - found.height) // 2))
    return image


def _zoom(view: View) -> str:
    zoom = f"{Decimal(view.zoom_text()):.3g}".replace("e+", "e")
    return f"zoom {zoom}"
