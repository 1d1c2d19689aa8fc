"""A coordinate grid to pixels: its lines as rectangles, its labels on two translucent bands."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from viewer.gpu.marks import Ink, Layer
from viewer.view import Size, View
from viewer.window.text.axes import Axes, Box, Metrics, axes
from viewer.window.text.overlay import BACKGROUND, COLOURS, Placed, Typesetter, em_of, leading_of
from viewer.window.text.panels import Tone

LINES: Ink = 0.36, 0.56, 0.92, 0.5
ZEROS: Ink = 0.36, 0.56, 0.92, 0.95
"""A blue that shows on white as well as on black."""


class Engraver:
    """Keeps the grid of the last frame."""

    def __init__(self, typesetter: Typesetter) -> None:
        self._typesetter = typesetter
        self._key: tuple[View, Size, float] | None = None
        self._axes: Axes | None = None
        self._images: tuple[Placed, ...] = ()

    def axes(self, view: View, size: Size, scale: float) -> Axes | None:
        """The grid of a picture; None where there is no room. `scale`: as for `Typesetter`."""
        key = view, size, scale
        if key != self._key:
            em = em_of(size, scale)
            metrics = Metrics(self._typesetter.font(em).getlength("0"), leading_of(em))
            self._axes = axes(view, size, metrics, max(1, round(scale)))
            self._images = tuple(self._drawn(self._axes, em)) if self._axes else ()
            self._key = key
        return self._axes

    @property
    def images(self) -> tuple[Placed, ...]:
        """The bands of the grid that `axes` returned."""
        return self._images

    def _drawn(self, found: Axes, em: int) -> list[Placed]:
        placed = []
        for band in found.bands:
            left, top, width, height = band
            image = Image.new("RGBA", (width, height), BACKGROUND)
            draw = ImageDraw.Draw(image)
            for text in found.texts:
                if _on(band, text.left, text.top):
                    at = text.left - left, text.top - top
                    draw.text(
                        at, text.text, font=self._typesetter.font(em), fill=COLOURS[Tone.PLAIN]
                    )
            placed.append(Placed(np.asarray(image), (left, top)))
        return placed


def layers(found: Axes) -> list[Layer]:
    """The lines, to be laid over the picture."""
    inks = ((LINES, found.lines), (ZEROS, found.zeros))
    return [Layer(ink, np.array(boxes, np.int32).reshape(-1, 4)) for ink, boxes in inks]


def _on(band: Box, x: float, y: float) -> bool:
    left, top, width, height = band
    return left <= x < left + width and top <= y < top + height
