"""How a survey is shown: colours over the picture, and the panel that says what they mean."""

from __future__ import annotations

import numpy as np

from viewer.gpu.marks import Ink, Layer
from viewer.sign.layout import Ints
from viewer.sign.survey import Survey
from viewer.window.text.panels import Line, Panel, Place, Span, Tone, wrapped

RAMP = (
    *((106, 0, 168), (143, 13, 164), (177, 42, 144), (204, 71, 120), (225, 100, 98)),
    *((242, 132, 75), (252, 166, 54), (252, 206, 37), (240, 249, 33)),
)
"""From little work to much, each lighter than the one before by about the same: matplotlib's
"plasma" (public domain), without its darkest fifth."""
CALM = (52, 58, 70)
"""Where there is nothing to compute."""
OPACITY = 0.7
"""Of a colour over the picture: what is inside stays lighter than what is outside."""
LINES: Ink = 0.0, 0.0, 0.0, 0.35
CALM_LINES: Ink = 0.55, 0.6, 0.68, 0.22
PATCHES: Ink = 0.45, 0.8, 1.0, 0.55
HEAD = "work of a pixel"
"""Over the squares and the names of the legend."""
ROOM = 5
"""A rectangle of so many lines' width a side has room for them."""


def colour(heat: float) -> tuple[int, int, int]:
    """The colour of a zone with that heat, 0 to 1."""
    if heat <= 0:
        return CALM
    at = np.clip(heat, 0, 1) * (len(RAMP) - 1)
    red, green, blue = (np.interp(at, range(len(RAMP)), part) for part in zip(*RAMP, strict=True))
    return round(red), round(green), round(blue)


def layers(survey: Survey, scale: float) -> list[Layer]:
    """What to lay over the picture; `scale` is how many pixels an ordinary one is."""
    thick = max(1, round(2 * scale))
    found = []
    for zone in survey.zones:
        red, green, blue = (part / 255 for part in colour(zone.heat))
        found.append(Layer((red, green, blue, OPACITY), zone.rectangles))
        roomy = zone.rectangles[zone.rectangles[:, 2:].min(axis=1) >= ROOM]
        found.append(Layer(LINES if zone.heat else CALM_LINES, edges(roomy, 1)))
    return [*found, Layer(PATCHES, edges(survey.patches, thick))]


def edges(rectangles: Ints, thick: int) -> Ints:
    """The upper and left edges of rectangles, inside them and `thick` pixels wide: enough where
    they tile the plane. No pixel is in both edges of one."""
    i, j, width, height = rectangles.T
    across, down = np.minimum(thick, width), np.minimum(thick, height)
    upper = np.stack([i, j, width, down], axis=1)
    left = np.stack([i, j + down, across, height - down], axis=1)
    return np.concatenate([upper, left])


def legend_panel(survey: Survey | None, columns: int) -> Panel:
    """What the colours mean, how many rectangles there are of each and what share of the pixels is
    in them; or that there are none."""
    if survey is None:
        lines = wrapped("no tiles: every pixel is drawn alike", columns)
        return Panel(Place.TOP, tuple((Span(line, Tone.QUIET),) for line in lines))
    total = max(1, sum(zone.pixels for zone in survey.zones))
    counts = [
        f" {len(zone.rectangles):6,} {100 * zone.pixels / total:5.1f} %" for zone in survey.zones
    ]
    room = max(4, columns - 2 - max(map(len, counts), default=0))
    names = HEAD[2:], *(zone.name for zone in survey.zones)
    width = min(room, max(map(len, names)))
    head = f"{HEAD[: width + 2]:<{width + 2}} {'tiles':>6} {'area':>7}"
    rows: list[Line] = [(Span(head, Tone.QUIET),)]
    for zone, count in zip(survey.zones, counts, strict=True):
        name = Span(f"{zone.name[:width]:<{width}}")
        rows.append((Span("■ ", colour=colour(zone.heat)), name, Span(count, Tone.QUIET)))
    notes = [part for note in survey.notes for part in wrapped(note, columns)]
    return Panel(Place.TOP, (*rows, *((Span(note, Tone.QUIET),) for note in notes)))
