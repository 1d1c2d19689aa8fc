"""What controls do with pictures to be saved: at once, or as the form says; and what is told of it.

S          what is shown -> Saves -> a file
Shift+S    the form, as `session` has it -> judged while it changes -> Enter -> an order
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from viewer.errors import ViewerError
from viewer.picture.command import check
from viewer.view import Grid
from viewer.window.files.opener import open_file
from viewer.window.hands.controls import Action, key_of
from viewer.window.saving.form import Form, file_name, options
from viewer.window.saving.renders import Order, Saved
from viewer.window.saving.saves import Saves, free_target, place_of, told_of
from viewer.window.saving.snapshot import Pixels, Snapshot
from viewer.window.session import Session
from viewer.window.show.compiler import Compiler, Made
from viewer.window.show.screen import Screen
from viewer.window.trace import Trace

NEWS_EVERY = 0.25
"""Seconds between two words on how far a picture is: each is a frame."""


class SaveDesk:
    """What it all is done with."""

    def __init__(
        self, screen: Screen, compiler: Compiler, snapshot: Snapshot, trace: Trace
    ) -> None:
        self._screen, self._compiler, self._trace = screen, compiler, trace
        self._snapshot = snapshot
        self._saves = Saves()
        self._judged: tuple[object, ...] = ()
        self._news_due = 0.0
        self.effects: Mapping[Action, Callable[[Session, float], Session]] = {
            Action.SAVE: self._save_shown,
            Action.SHOW_SAVED: self._show_saved,
            Action.GIVE_UP: self._give_up,
        }

    @property
    def pause(self) -> float:
        """After how many seconds there may be something to do."""
        return 0.05 if self._saves.busy else 1.0

    def due(self, session: Session, now: float) -> Session:
        """Takes in what was done, and what was asked for in the form."""
        for result in self._saves.finished():
            if isinstance(result, Saved):
                key = key_of(session.controls, Action.SHOW_SAVED)
                hint = f": {key} opens it" if key else ""
                words = f"saved {result.path}{hint}", result.note
                session = session.told("\n".join(filter(None, words)), now)
                self._trace("save", path=str(result.path), note=result.note)
            else:
                session = session.told(str(result), now)
                self._trace("save", problem=str(result))
        if session.form.open:
            session = self._with_form(session, now)
        return self._with_news(session, now)

    def close(self) -> None:
        """Finishes what is being written, gives up what is being drawn."""
        self._saves.close()

    # The form

    def _with_form(self, session: Session, now: float) -> Session:
        """What the form says is judged where it is new, and done where that was asked for."""
        shown = self._compiler.shown
        if shown is None:
            form = session.form.judged("", "nothing is shown that could be saved")
            return session if form == session.form else replace(session, form=form)
        form, grid = session.form, session.grid
        key = form.values, grid.size, shown.shape.path  # wherever that is
        judged = key == self._judged and (form.target or form.refusal)
        if judged and not form.asked:
            return session
        self._judged = key
        order = self._order(form, grid, shown.shape.path, shown.data)
        if isinstance(order, ViewerError):
            return replace(session, form=form.judged("", str(order)))
        if not form.asked:
            return replace(session, form=form.judged(str(order.target), ""))
        self._saves.add(order)
        self._news_due = 0.0
        self._trace("order", target=str(order.target), options=list(order.options))
        return replace(session, form=form.closed())

    def _order(self, form: Form, grid: Grid, source: Path, data: bytes) -> Order | ViewerError:
        """What the form asks for, or why `prospero render` would refuse it."""
        try:
            name = file_name(form, source, grid.size)
            target = free_target(source, name, self._saves.targets)
            told = [*place_of(grid), *options(form, grid.size)]
            check([str(source), f"--output={target}", *told])
        except ViewerError as error:
            return error
        return Order(source, data, target, tuple(told))

    # What controls do

    def _save_shown(self, session: Session, now: float) -> Session:
        """The picture as it is there, or, where it is still being painted, from another process:
        nobody waits for it here."""
        if (shown := self._compiler.shown) is None:
            return session
        compared = session.looks.difference or session.looks.wipe  # which only the window knows
        if compared or self._screen.ready(session, self._compiler):
            return self._snapshot.ask(session, partial(self._save_picture, shown), now)
        samples = self._screen.samples(session, self._compiler)
        path = shown.shape.path
        target = free_target(path, f"{path.stem}.png", self._saves.targets)
        told = tuple(told_of(session.grid, samples, session.look))
        self._saves.add(Order(path, shown.data, target, told))
        return session

    def _save_picture(self, shown: Made, session: Session, picture: Pixels, now: float) -> Session:
        samples = self._screen.samples(session, self._compiler)
        path, grid, look = shown.shape.path, session.grid, session.look
        self._saves.save_shown(path, shown.data, shown.program, grid, picture, samples, look)
        return session

    def _show_saved(self, session: Session, now: float) -> Session:
        if self._saves.last is None:
            key = key_of(session.controls, Action.SAVE)
            return session.told(f"nothing is saved yet: {key} saves what is shown", now)
        return session.told(open_file(self._saves.last), now)

    def _give_up(self, session: Session, now: float) -> Session:
        target = self._saves.give_up()
        if target is None:
            return session.told("nothing is being saved", now)
        self._trace("given up", target=str(target))
        return session.told(f"gave up saving {target}", now)

    def _with_news(self, session: Session, now: float) -> Session:
        """How far the picture is that is drawn, and which key gives it up."""
        progress = self._saves.progress
        if progress is None:
            return replace(session, saving="") if session.saving else session
        if now < self._news_due:
            return session
        self._news_due = now + NEWS_EVERY
        key = key_of(session.controls, Action.GIVE_UP)
        words = f"{progress}; {key} gives it up" if key else str(progress)
        return session if words == session.saving else replace(session, saving=words)
