"""Colours of a picture: by name, or two of one's own."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.errors import UsageError

Colour = tuple[int, int, int, int]
"""Red, green, blue and alpha, 0 to 255, not premultiplied."""

UNDEFINED: Colour = (255, 0, 0, 255)
"""Where a field is NaN, whatever the palette; nothing else in a palette looks like it."""


class Palette(NamedTuple):
    """What inside and outside look like, and the lines of a field."""

    inside: Colour
    outside: Colour
    line: Colour

    @property
    def opaque(self) -> bool:
        """Whether nothing shines through."""
        return self.inside[3] == self.outside[3] == 255

    @property
    def stops(self) -> tuple[Colour, Colour, Colour]:
        """The ends and the middle of a ramp from outside to inside that gets ever lighter, or
        ever darker: lines have the colour of the middle where it is between the two."""
        low, high = sorted((luminance(self.outside), luminance(self.inside)))
        line = low < luminance(self.line) < high
        mean = [(a + b) // 2 for a, b in zip(self.outside, self.inside, strict=True)]
        middle = self.line if line else (mean[0], mean[1], mean[2], mean[3])
        return self.outside, middle, self.inside

    def table(self) -> NDArray[np.uint8]:
        """The colours of greys 0 (outside) to 255 (inside), uint8 of shape (256, 4).

        Between the two each part of a pixel counts as much as it covers and is opaque.
        """
        share = np.arange(256)[:, np.newaxis] / 255
        ends = np.array([self.outside, self.inside], float)
        alphas = ends[:, 3:]
        alpha = (1 - share) * alphas[0] + share * alphas[1]
        covered = (1 - share) * alphas[0] * ends[0, :3] + share * alphas[1] * ends[1, :3]
        colour = np.divide(covered, alpha, out=np.zeros_like(covered), where=alpha > 0)
        return np.asarray(np.rint(np.hstack([colour, alpha])), np.uint8)


def luminance(colour: Colour) -> float:
    """How bright a colour looks, from 0 to 1: that of sRGB, its gamma as a plain power."""
    parts = zip(colour[:3], (0.2126, 0.7152, 0.0722), strict=True)
    return float(sum(weight * (part / 255) ** 2.2 for part, weight in parts))


def colour(text: str) -> Colour:
    """`none`, a name of CSS, or `#rgb`, `#rrggbb`, `#rrggbbaa`. Raises `UsageError`."""
    from PIL import ImageColor

    if text == "none":
        return (0, 0, 0, 0)
    try:
        red, green, blue, *alpha = ImageColor.getrgb(text)
    except ValueError:
        raise UsageError(
            f"bad colour '{text}', expected a name, #rrggbb, #rrggbbaa or none"
        ) from None
    return red, green, blue, alpha[0] if alpha else 255


def palette_of(text: str) -> Palette:
    """A palette of two colours, `IN,OUT`; lines are half-way between. Raises `UsageError`."""
    parts = text.split(",")
    if len(parts) != 2:
        raise UsageError(f"bad colours '{text}', expected IN,OUT such as white,#203040")
    inside, outside = (colour(part.strip()) for part in parts)
    red, green, blue, _ = ((a + b) // 2 for a, b in zip(inside, outside, strict=True))
    return Palette(inside, outside, (red, green, blue, 255))


def palette_named(name: str) -> Palette:
    """A palette of the table. Raises `UsageError`."""
    if name not in PALETTES:
        raise UsageError(f"unknown palette '{name}', expected one of {' '.join(PALETTES)}")
    return PALETTES[name]


def _palette(inside: int, outside: int, line: int) -> Palette:
    colours = ((rgb >> 16, rgb >> 8 & 255, rgb & 255, 255) for rgb in (inside, outside, line))
    return Palette(*colours)


PALETTES: Mapping[str, Palette] = {
    "dark": _palette(0xE8E4DA, 0x15181D, 0xFF9F43),
    "light": _palette(0x28406B, 0xF6F3EC, 0x0090A8),
    "print": _palette(0x000000, 0xFFFFFF, 0x808080),
    # Blue and yellow of Okabe and Ito's set, which people tell apart with any kind of cones; with
    # none, by how bright they are. Lines of black on yellow would be the red of `UNDEFINED` to
    # those who see no red.
    "safe": _palette(0x0072B2, 0xF0E442, 0x0018A8),
}
