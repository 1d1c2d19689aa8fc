"""The overview of the files: which is chosen, and what of it has room, as values.

+--------------------------+
| 1.vm     2.vm     3.vm   |  rows from `top` on are shown, as many as have room
| 4.vm    [5.vm]    6.vm   |  arrows move the choice, which stays in sight
+--------------------------+  Enter or a click opens it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from viewer.view import Size
from viewer.window.files.sheet import Sheet
from viewer.window.text.overlay import em_of, leading_of, margin_of

INSET = (15, 11.25)
"""Width and height of a thumbnail in font heights."""
WHEEL = 1.0
"""Rows that a click of the wheel scrolls."""


def sheet_of(count: int, size: Size, scale: float) -> Sheet:
    """The sheet for so many files in a window of `size`: what has room, and at least a cell."""
    em = em_of(size, scale)
    inset = round(INSET[0] * em), round(INSET[1] * em)
    step = Sheet(1, 1, inset, em).step
    margin = 2 * margin_of(em) + em // 2
    below = 2 * leading_of(em) + 2 * margin_of(em)  # a message, and how to go on
    across = max(1, min(count, (size[0] - margin) // step[0]))
    down = max(1, min(-(-count // across), (size[1] - margin - below) // step[1]))
    return Sheet(across, down, inset, em)


@dataclass(frozen=True, slots=True)
class Gallery:
    """Whether it is `open`, the file that is chosen, by its number from 0, the first row in sight,
    and whether the choice is to be shown in the window."""

    open: bool = False
    at: int = 0
    top: int = 0
    asked: bool = False

    def shown(self, at: int, sheet: Sheet) -> Gallery:
        """Opened with the choice on a file."""
        return Gallery(True, max(0, at)).seen(sheet)

    def seen(self, sheet: Sheet) -> Gallery:
        """Scrolled as little as brings the choice in sight."""
        row = self.at // sheet.across
        return replace(self, top=min(max(self.top, row - sheet.down + 1), row))

    def fitted(self, count: int, sheet: Sheet) -> Gallery:
        """For so many files, where there were others, or the sheet was another."""
        last = max(0, count - 1)
        rows = last // sheet.across + 1
        top = min(max(0, self.top), max(0, rows - sheet.down))
        return replace(self, at=min(self.at, last), top=top, asked=self.asked and count > 0)

    def keyed(self, trigger: str, count: int, sheet: Sheet) -> Gallery | None:
        """After a key; None where it means nothing here."""
        if trigger == "Enter":
            return replace(self, asked=count > 0)
        if not (step := STEPS.get(trigger)):
            return None
        there = self.at + step(sheet)
        if trigger in ("Up", "Down") and not 0 <= there < count:
            return self.seen(sheet)
        return replace(self, at=min(max(0, there), max(0, count - 1))).seen(sheet)

    def wheeled(self, clicks: float, count: int, sheet: Sheet) -> Gallery:
        """Scrolled, upwards for positive clicks; the choice may go out of sight."""
        rows = round(WHEEL * clicks) or (1 if clicks > 0 else -1)
        return replace(self, top=self.top - rows).fitted(count, sheet)

    def pressed(self, cell: int, count: int, sheet: Sheet) -> Gallery:
        """After a click on a cell of the sheet."""
        at = self.top * sheet.across + cell
        return replace(self, at=at, asked=True) if at < count else self


CLOSED = Gallery()

STEPS: Mapping[str, Callable[[Sheet], int]] = MappingProxyType(
    {
        "Left": lambda sheet: -1,
        "Right": lambda sheet: 1,
        "Up": lambda sheet: -sheet.across,
        "Down": lambda sheet: sheet.across,
        "PageUp": lambda sheet: -sheet.across * sheet.down,
        "PageDown": lambda sheet: sheet.across * sheet.down,
        "Home": lambda sheet: -(10**9),
        "End": lambda sheet: 10**9,
    }
)
"""How far keys move the choice."""
