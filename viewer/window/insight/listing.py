"""The list of what matters in the view: the lines of the file that are left there, as values.

413 of 7,866 operations        the lines from `top` on are shown, as many as have room
matter here: 21 to 50
  212  _d3 sub _d1 _d2
› 215  _d6 max _d3 _d5         those that the probe names are marked
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from viewer.view import Size
from viewer.window.text.overlay import lines_of
from viewer.window.text.panels import Line, Panel, Place, Span, Tone

HEAD = 2
"""Lines above the list."""
BELOW = 2
"""Lines that are left for a message below it."""
WHEEL = 3
"""Lines that a click of the wheel scrolls."""
WIDEST, NARROWEST = 46, 30
"""Characters of the panel's width: two fifths of the window's, within these."""


class Found(NamedTuple):
    """What matters in a picture: so many operations of all, and their lines of the file with
    their numbers, ascending; or why that is not known. `key` tells the picture from others."""

    key: object
    kept: int
    operations: int
    lines: tuple[tuple[int, str], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Whether it is `open`, its first line in sight, from 0, what was `found` last, whether that
    is `fresh` or of a picture before, and the numbers of lines that are marked."""

    open: bool = False
    top: int = 0
    found: Found | None = None
    fresh: bool = False
    marks: frozenset[int] = frozenset()

    def toggled(self) -> Listing:
        """Opened, or closed."""
        return CLOSED if self.open else Listing(open=True)

    def known(self, found: Found) -> Listing:
        """With what was found; the line at the top stays there, or the one after it."""
        if self.found is None or not self.found.lines:
            return replace(self, found=found)
        number = self.found.lines[min(self.top, len(self.found.lines) - 1)][0]
        top = sum(1 for line, _ in found.lines if line < number)
        return replace(self, found=found, top=top)

    def marked(self, marks: frozenset[int], rows: int) -> Listing:
        """With other lines marked; the first of them comes in sight where `rows` have room."""
        lines = self.found.lines if self.found else ()
        at = next((at for at, (number, _) in enumerate(lines) if number in marks), self.top)
        top = min(max(self.top, at - rows + 1), at)
        return replace(self, marks=marks, top=top)

    def scrolled(self, lines: int, rows: int) -> Listing:
        """So many lines further down, as far as there are any."""
        count = len(self.found.lines) if self.found else 0
        return replace(self, top=min(max(0, self.top + lines), max(0, count - rows)))

    def keyed(self, trigger: str, rows: int) -> Listing | None:
        """After a key; None where it means nothing here."""
        if trigger not in ("PageUp", "PageDown"):
            return None
        page = max(1, rows - 1)
        return self.scrolled(page if trigger == "PageDown" else -page, rows)

    def wheeled(self, clicks: float, rows: int) -> Listing:
        """After the wheel, upwards for positive clicks."""
        return self.scrolled(-round(WHEEL * clicks) or (-1 if clicks > 0 else 1), rows)


CLOSED = Listing()


def rows_of(size: Size, scale: float) -> int:
    """How many lines of the list have room in a window of `size` pixels."""
    return max(1, lines_of(size, scale) - HEAD - BELOW)


def width_of(columns: int) -> int:
    """The panel's width in characters, where the window has room for so many."""
    return min(columns, WIDEST, max(NARROWEST, columns * 2 // 5))


def listing_panel(listing: Listing, columns: int, rows: int) -> Panel:
    """The list as it is in sight; grey where it is not fresh."""
    width, found = width_of(columns), listing.found
    if found is None:
        return Panel(Place.RIGHT, (_padded("what matters here: …", width, Tone.QUIET),))
    if found.problem:
        return Panel(Place.RIGHT, (_padded(found.problem, width, Tone.QUIET),))
    tone = Tone.PLAIN if listing.fresh else Tone.QUIET
    count = len(found.lines)
    first = min(listing.top, max(0, count - rows))
    seen = found.lines[first : first + rows]
    digits = len(str(found.lines[-1][0]))
    head = (
        f"{found.kept:,} of {found.operations:,} operations",
        f"matter here: {first + 1:,} to {first + len(seen):,}",
    )
    lines: list[Line] = [_padded(head[0], width, tone), _padded(head[1], width, Tone.QUIET)]
    for number, text in seen:
        marked = number in listing.marks
        name = f"{'›' if marked else ' '} {number:>{digits}}  "
        words = _padded(text, width - len(name), Tone.KEY if marked else tone)
        lines.append((Span(name, Tone.KEY if marked else Tone.QUIET), *words))
    return Panel(Place.RIGHT, tuple(lines))


def _padded(text: str, width: int, tone: Tone) -> Line:
    """As a line of just that width, so that the panel keeps its own."""
    short = text if len(text) <= width else text[: width - 1] + "…"
    return (Span(f"{short:<{width}}", tone),)
