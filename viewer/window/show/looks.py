"""How the window shows a shape, as a value: its mode and colours, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from viewer.gpu.colours import Inks
from viewer.gpu.compare import Contrast
from viewer.picture.look import NEUTRAL, Look
from viewer.picture.palettes import PALETTES, UNDEFINED, Colour, Palette, luminance

DIFFERENCE = "difference"
WORDS = {
    "fill": "fill: inside and outside",
    "distance": "distance: bands of equal steps of the value",
    "iso": "iso: lines at round values",
    "gradient": "gradient: how fast the value changes",
    DIFFERENCE: "difference: before and after the last change of the file",
}
"""The window's modes, in the order of the key that goes through them."""

DARK = Contrast((230, 159, 0), (86, 180, 233), (138, 142, 148), (21, 24, 29))
LIGHT = Contrast((200, 130, 0), (0, 114, 178), (176, 178, 182), (252, 252, 250))
"""Orange and blue of Okabe and Ito's set, for dark surroundings and, darker, for light ones. Their
vermilion would be taken for the red of what has no value."""


@dataclass(frozen=True, slots=True)
class Looks:
    """`difference` and `wipe` show the shape before the last change of its file, too; with
    `highlight` what a change has changed is marked for a moment."""

    look: Look = Look()
    difference: bool = False
    wipe: bool = False
    highlight: bool = True

    @property
    def mode(self) -> str:
        """A key of `WORDS`."""
        return DIFFERENCE if self.difference else self.look.mode

    @property
    def seen(self) -> Palette | None:
        """The palette that is seen; None for black and white, which a field is never in."""
        return self.look.palette or (None if self.look.mode == "fill" else NEUTRAL)

    def with_mode(self, mode: str) -> Looks:
        """In a mode of `WORDS`."""
        if mode == DIFFERENCE:
            return replace(self, difference=True, look=replace(self.look, mode="fill"))
        return replace(self, difference=False, look=replace(self.look, mode=mode))

    def next_mode(self, step: int, *, comparable: bool) -> Looks:
        """So many modes on; there is no difference where there is nothing to compare with."""
        modes = [mode for mode in WORDS if comparable or mode != DIFFERENCE]
        at = modes.index(self.mode) if self.mode in modes else 0
        return self.with_mode(modes[(at + step) % len(modes)])

    def next_palette(self, step: int) -> Looks:
        """So many palettes on; of a shape that is filled in one is none: black and white."""
        palettes = ([None] if self.look.mode == "fill" else []) + [*PALETTES.values()]
        at = palettes.index(self.seen) if self.seen in palettes else 0
        palette = palettes[(at + step) % len(palettes)]
        return replace(self, look=replace(self.look, palette=palette))

    def alone(self) -> Looks:
        """Of a shape of which nothing else is known."""
        return replace(self, difference=False, wipe=False)


PLAIN = Looks()


def palette_name(palette: Palette | None) -> str:
    """What to call it."""
    names = (name for name, other in PALETTES.items() if other == palette)
    return "black and white" if palette is None else next(names, "of your own")


def ends_of(palette: Palette | None) -> tuple[tuple[int, int, int], tuple[int, int, int]] | None:
    """What black and white are shown as."""
    return None if palette is None else (_rgb(palette.outside), _rgb(palette.inside))


def inks_of(palette: Palette | None) -> Inks:
    """The colours of a field."""
    palette = palette or NEUTRAL
    colours = palette.inside, palette.outside, palette.line, palette.stops[1], UNDEFINED
    return Inks(*map(_rgb, colours))


def contrast_of(palette: Palette | None) -> Contrast:
    """The colours of a difference."""
    return LIGHT if palette and luminance(palette.outside) > 0.5 else DARK


def _rgb(colour: Colour) -> tuple[int, int, int]:
    return colour[0], colour[1], colour[2]
