"""What controls do beyond the session: with the disk, the clipboard, and work in the background.

Each takes the session and returns it changed; nothing here waits for a disk or for long work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from viewer.errors import FileError, ViewerError
from viewer.passes.extent import Box, extent
from viewer.picture.provenance import Provenance, digest_of
from viewer.view import View
from viewer.window.backends import Backend
from viewer.window.errands import Errands
from viewer.window.files.editor import edit
from viewer.window.hands import slices
from viewer.window.hands.controls import Action
from viewer.window.insight.matters import Matters
from viewer.window.insight.probing import Finding
from viewer.window.insight.warned import warnings_in
from viewer.window.places.fit import fitted
from viewer.window.places.history import Spot
from viewer.window.places.insets import inset_size
from viewer.window.places.memory import Memory
from viewer.window.places.portrait import portrait
from viewer.window.saving import clipboard
from viewer.window.saving.save_desk import SaveDesk
from viewer.window.saving.snapshot import Pixels, Snapshot
from viewer.window.session import Session
from viewer.window.show import switches
from viewer.window.show.compiler import Compiler, Made
from viewer.window.show.looks import WORDS
from viewer.window.show.screen import Screen
from viewer.window.trace import Trace

WARNED = 200_000
"""Operations of a program that is looked at for what is odd about it: that takes a second."""
SETTLED = 0.5
"""Seconds that it is shown before."""

Effect = Callable[[Session, float], Session]

JUMPS = (Action.HOME, Action.PASTE)

PLACES = (
    *(Action.PLACE_1, Action.PLACE_2, Action.PLACE_3, Action.PLACE_4, Action.PLACE_5),
    *(Action.PLACE_6, Action.PLACE_7, Action.PLACE_8, Action.PLACE_9),
)


class Desk:
    """What it all is done with."""

    def __init__(
        self,
        backend: Backend,
        screen: Screen,
        compiler: Compiler,
        errands: Errands,
        memory: Memory,
        trace: Trace,
    ) -> None:
        self._backend, self._screen, self._compiler = backend, screen, compiler
        self._news = 0, 0.0  # which program was shown last, and since when
        self._sought: tuple[View, Path] | None = None  # what was shown when F was pressed
        self._errands, self._memory, self._trace = errands, memory, trace
        self._snapshot = Snapshot(screen, compiler)
        self._saves = SaveDesk(screen, compiler, self._snapshot, trace)
        self._matters = Matters(compiler, errands)
        self.effects: Mapping[Action, Effect] = {
            **self._saves.effects,
            **self._matters.effects,
            Action.COPY: self._copy,
            Action.COPY_PICTURE: self._copy_picture,
            Action.PASTE: self._paste,
            Action.BACK: self._back,
            Action.FORWARD: self._forward,
            Action.MARK: self._mark,
            Action.FIT: self._fit,
            Action.EDIT: self._edit,
            **slices.CHANGES,
            Action.MODE_NEXT: partial(self._mode, 1),
            Action.MODE_BEFORE: partial(self._mode, -1),
            **switches.CHANGES,
            Action.WIPE: self._wipe,
            **{action: partial(self._go, number) for number, action in enumerate(PLACES, 1)},
        }

    def due(self, session: Session, now: float) -> Session:
        """Takes in what was done in the background."""
        session = self._saves.due(self._snapshot.due(session, now), now)
        session = self._matters.due(self._found(session, now), now)
        session = self._warned(session, now)
        self._memory.seen(Spot(session.goal, session.z), now)
        return self._written(session, now)

    def acted(self, action: Action, session: Session, now: float) -> None:
        """An action was done: where it was a jump, both its ends are places."""
        if action in JUMPS:
            self._memory.jump(Spot(session.goal, session.z), now)

    @property
    def pause(self) -> float:
        """After how many seconds there may be something to take in."""
        busy = 0.02 if self._errands.busy or self._memory.busy else 1.0
        return min(busy, self._saves.pause, self._matters.pause)

    def left(self, session: Session) -> None:
        """The file that is shown is no longer open."""
        self._memory.left(Spot(session.goal, session.z))

    def opened(self, session: Session, *, resume: bool, now: float) -> Session:
        """A file was opened: goes where it was left, where that is known and wanted."""
        assert session.shape is not None
        try:
            last = self._memory.opened(session.shape.path)
        except FileError as error:
            return session.told(str(error), now)
        if last is None or not resume:
            return session
        found = replace(session.arrived(last.view), z=last.z)
        self._memory.jump(last, now)
        return found

    def close(self, session: Session) -> None:
        """Finishes what is being written, gives up the rest."""
        self._errands.close()
        self._saves.close()
        self._memory.close(Spot(session.goal, session.z) if session.shape else None)

    # Text

    def _copy(self, session: Session, now: float) -> Session:
        self._backend.copy(str(session.goal))
        return session.told("copied the view", now)

    def _copy_picture(self, session: Session, now: float) -> Session:
        if shown := self._compiler.shown:
            return self._snapshot.ask(session, partial(self._put_picture, shown), now)
        return session

    def _put_picture(self, shown: Made, session: Session, picture: Pixels, now: float) -> Session:
        if picture.ndim == 2 and session.look.palette:
            picture = session.look.palette.table()[picture]
        name, notes = shown.shape.path.stem, self._notes(shown, session)
        self._errands.ask("copy", now, partial(clipboard.put_picture, picture, notes, name))
        return session

    def _notes(self, shown: Made, session: Session) -> Mapping[str, str]:
        """What a picture of the window says of itself."""
        samples = self._screen.samples(session, self._compiler)
        known = Provenance.of(session.grid, samples, session.look, digest_of(shown.data))
        return known.notes(shown.shape.path.name)

    def _copied(self, result: Path | ViewerError | str) -> str:
        """What to say of a picture that was copied, or is a file instead."""
        if not isinstance(result, Path):
            return str(result)
        self._backend.copy(str(result))
        return f"no picture can be put on this clipboard: copied the name of {result}"

    def _paste(self, session: Session, now: float) -> Session:
        return session.pasted(self._backend.paste(), now)

    # Looks

    def _mode(self, step: int, session: Session, now: float) -> Session:
        looks = session.looks.next_mode(step, comparable=self._compiler.before is not None)
        return replace(session, looks=looks).told(WORDS[looks.mode], now)

    def _wipe(self, session: Session, now: float) -> Session:
        wipe = not session.looks.wipe
        if wipe and self._compiler.before is None:
            return session.told("nothing to wipe to: the file has not changed yet", now)
        words = "wipe: before the last change at the left" if wipe else "no wipe"
        return replace(session, looks=replace(session.looks, wipe=wipe)).told(words, now)

    # Places

    def _back(self, session: Session, now: float) -> Session:
        return _gone(session, self._memory.back(now), "there is nothing before this", now)

    def _forward(self, session: Session, now: float) -> Session:
        return _gone(session, self._memory.forward(now), "there is nothing after this", now)

    def _mark(self, session: Session, now: float) -> Session:
        """Marks where the view is going, if it moves."""
        shown, spot = self._compiler.shown, Spot(session.goal, session.z)
        if shown is None:
            return session.told("nothing is open", now)
        inset = inset_size(session.size, session.scale)
        draw = partial(portrait, shown.program, spot, session.size, inset)
        return session.told(self._memory.toggle(spot, draw), now)

    def _written(self, session: Session, now: float) -> Session:
        """Takes in what has been written of places, their pictures included."""
        before, problem = self._memory.busy, self._memory.news()
        if before and not self._memory.busy:
            self._screen.refresh()
        return session.told(str(problem), now) if problem else session

    def _go(self, number: int, session: Session, now: float) -> Session:
        spot = self._memory.marked(number)
        if spot is not None:
            self._memory.jump(spot, now)
            session = replace(session, tools=replace(session.tools, shelf=False))
        return _gone(session, spot, f"no place {number} is marked: B marks one", now)

    # Work

    def _warned(self, session: Session, now: float) -> Session:
        """Has the program looked at, once, for what is odd about it: not at once, since the next
        change may be on its way."""
        if self._news[0] != self._compiler.version:
            self._news = self._compiler.version, now
        if now < self._news[1] + SETTLED:
            return session
        shown = self._compiler.shown
        if shown is None or shown.shape.operations > WARNED:
            return session
        work = partial(warnings_in, shown.data, str(shown.shape.path))
        found = self._errands.ask("warnings", self._compiler.version, work)
        if found is None or found == session.warnings.found:
            return session
        return session.warned(session.warnings.known(found, now))

    def _fit(self, session: Session, now: float) -> Session:
        if shown := self._compiler.shown:
            z, self._sought = session.z, (session.goal, shown.shape.path)
            self._errands.ask("fit", now, lambda: extent(shown.program, z))
        return session

    def _found(self, session: Session, now: float) -> Session:
        """Goes where the shape is, once that is found, unless somebody has gone on meanwhile."""
        box = self._errands.latest("fit")
        if isinstance(box, Box):
            self._errands.forget("fit")
            if session.shape is None or self._sought != (session.goal, session.shape.path):
                return session
            if box.empty:
                return session.told("nothing is inside", now)
            if not box.bounded:
                return session.told("the shape has no bounds that can be shown", now)
            view = fitted(box, session.size)
            self._memory.jump(Spot(view, session.z), now)
            return session.going(view)
        copied = self._errands.latest("copy")
        if copied is not None:
            self._errands.forget("copy")
            return session.told(self._copied(copied), now)
        return session

    def _edit(self, session: Session, now: float) -> Session:
        """At the line that the probe found, where it is in use."""
        if session.shape is None:
            return session
        finding = self._errands.latest("probe") if session.tools.probe else None
        line = max(1, finding.line) if isinstance(finding, Finding) else 1
        return session.told(edit(session.shape.path, line), now)


def _gone(session: Session, spot: Spot | None, why_not: str, now: float) -> Session:
    if spot is None:
        return session.told(why_not, now)
    return session.going(spot.view).at_height(spot.z)
