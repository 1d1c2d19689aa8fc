"""What is odd about the program, as it is told: quietly, once, and then in the numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from viewer.errors import ViewerError
from viewer.passes.flaws import flaws
from viewer.program import parse
from viewer.window.text.panels import Line, Panel, Place, Row, Span, Tone, wrapped

SECONDS = 8.0
"""How long they are shown without being asked for."""
TOLD = 3
"""How many of them are written out."""


class Warned(NamedTuple):
    """A line of the file, from 1, what is odd about it, and what it says."""

    line: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Warnings:
    """All that were `found`, and until when, by the caller's clock, they are shown."""

    found: tuple[Warned, ...] = ()
    ends: float = 0.0

    def known(self, found: tuple[Warned, ...], now: float) -> Warnings:
        """With those of a program: shown for a while where any of them is new, wherever it is."""
        before = {warned[1:] for warned in self.found}
        new = any(warned[1:] not in before for warned in found)
        ends = now + SECONDS if new else self.ends if found else 0.0
        return Warnings(found, ends)

    def ticked(self, now: float) -> Warnings:
        """Time has passed."""
        return self.hidden() if 0 < self.ends <= now else self

    def hidden(self) -> Warnings:
        """No longer shown, but known."""
        return replace(self, ends=0.0) if self.ends else self

    @property
    def shown(self) -> bool:
        """Whether they are."""
        return self.ends > 0


NONE = Warnings()


def warnings_in(data: bytes, name: str) -> tuple[Warned, ...]:
    """An errand: those of a text; none where it is broken, which is told otherwise."""
    try:
        program = parse(data, name)
    except ViewerError:
        return ()
    lines = data.decode("utf-8", "replace").split("\n")
    return tuple(
        Warned(line, why, " ".join(lines[line - 1].split())) for line, why in flaws(program)
    )


def warnings_panel(warnings: Warnings, path: Path, columns: int) -> Panel:
    """The first ones with their lines, and how many more there are."""
    lines: list[Line] = []
    for line, why, text in warnings.found[:TOLD]:
        told = wrapped(f"{path.name}:{line}: {why}", columns)
        short = text if len(text) < columns else text[: max(1, columns - 1)] + "…"
        lines += [*((Span(part, Tone.KEY),) for part in told), (Span(short),)]
    if (more := len(warnings.found) - TOLD) > 0:
        lines.append((Span(f"and {more:,} more", Tone.QUIET),))
    return Panel(Place.BOTTOM, tuple(lines))


def warnings_row(warnings: Warnings) -> Row | None:
    """A row of the numbers, where there are any."""
    if not warnings.found:
        return None
    line, why, _ = warnings.found[0]
    more = f", and {len(warnings.found) - 1:,} more" if len(warnings.found) > 1 else ""
    return Row("warnings", f"line {line}: {why}{more}", Tone.KEY)
