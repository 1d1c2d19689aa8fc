"""What of the program matters in the view: as a list, and as a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from viewer.errors import ViewerError
from viewer.picture.target import whole_file
from viewer.program import parse
from viewer.view import Grid
from viewer.window.errands import Errands
from viewer.window.hands.controls import Action
from viewer.window.insight.decides import source_lines
from viewer.window.insight.extract import of_view, text_of
from viewer.window.insight.listing import Found, rows_of
from viewer.window.insight.probing import Finding
from viewer.window.saving.saves import free_target
from viewer.window.session import Session
from viewer.window.show.compiler import Compiler, Made

LARGEST = 50_000
"""Operations of a program of which the list follows the view: that takes some seconds."""
REST = 0.15
"""Seconds that a view has stayed before it is looked at."""


class Matters:
    """Finds it, in the background."""

    def __init__(self, compiler: Compiler, errands: Errands) -> None:
        self._compiler, self._errands = compiler, errands
        self._asked: tuple[object, float] | None = None
        self.effects: Mapping[Action, Callable[[Session, float], Session]] = {
            Action.EXTRACT: self._extract,
        }

    def due(self, session: Session, now: float) -> Session:
        """Takes in what was found, and has it found for where the view has come to rest."""
        told = self._errands.latest("extract")
        if told is not None:
            self._errands.forget("extract")
            session = session.told(str(told), now)
        shown = self._compiler.shown
        if not session.listing.open or shown is None:
            self._asked = None
            return session
        key = self._compiler.version, session.grid
        if self._asked is None or self._asked[0] != key:
            self._asked = key, now
        if not session.moving and now - self._asked[1] >= REST:
            name = str(shown.shape.path)
            self._errands.ask("list", key, partial(found_in, shown.data, name, session.grid, key))
        return self._listed(session, key)

    @property
    def pause(self) -> float:
        """After how many seconds there may be something to do."""
        return REST if self._asked else 1.0

    def _listed(self, session: Session, key: object) -> Session:
        listing, found = session.listing, self._errands.latest("list")
        if isinstance(found, Found):
            if found is not listing.found:
                listing = listing.known(found)
            if (fresh := found.key == key) != listing.fresh:
                listing = replace(listing, fresh=fresh)
        finding = self._errands.latest("probe") if session.tools.probe else None
        marks = frozenset[int]()
        if isinstance(finding, Finding):
            marks = frozenset(number for number, _ in finding.lines)
        if marks != listing.marks or listing is not session.listing:
            rows = rows_of(session.size, session.scale)
            pinned = session.tools.pin is not None
            listing = listing.marked(marks, rows) if pinned else replace(listing, marks=marks)
        return session if listing is session.listing else replace(session, listing=listing)

    def _extract(self, session: Session, now: float) -> Session:
        if shown := self._compiler.shown:
            self._errands.ask("extract", now, lambda: _extracted(shown, session))
        return session


def found_in(data: bytes, name: str, grid: Grid, key: object) -> Found:
    """An errand: what of a file matters in a picture."""
    program = parse(data, name)
    if len(program) > LARGEST:
        return Found(key, 0, len(program), (), f"no list of more than {LARGEST:,} operations")
    left = of_view(program, grid)
    lines = source_lines(left, range(len(left)), data)
    return Found(key, len(left), len(program), tuple(lines))


def _extracted(shown: Made, session: Session) -> str:
    """An errand: writes the program of the view, beside that of the file; returns what to say."""
    program = parse(shown.data, str(shown.shape.path))
    left = of_view(program, session.grid)
    target = free_target(shown.shape.path, f"{shown.shape.path.stem}-view.vm")
    title = f"{shown.shape.path.name} in the view {session.view}"
    text = text_of(left, shown.data, title)
    try:
        with whole_file(target, force=False) as output:
            output.write(text)
    except ViewerError as error:
        return str(error)
    return f"{len(left):,} of {len(program):,} operations matter here: saved {target}"
