"""Which file is followed: the one before, the next, the one chosen from the overview, a drop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from viewer.picture.provenance import is_picture, read
from viewer.program.parse import parse, read_bytes
from viewer.window.files.gallery import CLOSED, sheet_of
from viewer.window.files.listed import Files, Folders, opened
from viewer.window.files.watch import Watch
from viewer.window.hands.controls import Action
from viewer.window.session import Session

EVERY = 0.5
"""Seconds between two looks at the files of the overview."""


class Browser:
    """The files and folders that were named last, and the `watch` of the file that is open.
    Raises `FileError` where there is no file."""

    def __init__(self, named: tuple[Path, ...]) -> None:
        self.files = opened(named)
        self.watch = Watch(self.files.current)
        self._folders = Folders(named)
        self._looked = 0.0
        self.effects: Mapping[Action, Callable[[Session, float], Session]] = {
            Action.NEXT_FILE: lambda session, now: self._stepped(session, 1, now),
            Action.PREVIOUS_FILE: lambda session, now: self._stepped(session, -1, now),
        }

    def due(self, session: Session, now: float) -> Session:
        """Takes in what came and went in folders, and what was chosen."""
        paths = self._folders.poll(now)
        if paths is not None and session.files:
            session = replace(session, files=session.files.relisted(paths))
        if not session.gallery.open or session.files is None:
            return session
        count = len(session.files.paths)
        gallery = session.gallery.fitted(count, sheet_of(count, session.size, session.scale))
        if gallery.asked:
            files = session.files.at(gallery.at)
            return self._followed(replace(session, gallery=CLOSED), files, now)
        return session if gallery == session.gallery else replace(session, gallery=gallery)

    def aged(self, session: Session, now: float) -> bool:
        """Whether the files of the overview may have changed since this was last said."""
        if not session.gallery.open or now < self._looked + EVERY:
            return False
        self._looked = now
        return True

    @property
    def pause(self) -> float:
        """After how many seconds it is to be asked what is due."""
        return min(EVERY, self.watch.interval)

    def dropped(self, session: Session, paths: tuple[Path, ...], now: float) -> Session:
        """Opens files and folders, of which the first file is shown. A `.vm` is followed even while
        it is broken, anything else only where it is a program; a picture that was saved here shows
        its view. Raises `ViewerError`; then the file that is open stays."""
        if is_picture(paths[0].name):
            view = read(paths[0]).view
            return session.going(view).told(f"went to the view of {paths[0].name}", now)
        files = opened(paths)
        data = read_bytes(files.current)
        if files.current.suffix != ".vm":
            parse(data, str(files.current))
        if len(paths) == 1 and session.files and files.current in session.files.paths:
            files = session.files.at(session.files.paths.index(files.current))
        else:
            self._folders = Folders(paths)
        return self._followed(replace(session, gallery=CLOSED), files, now)

    def _stepped(self, session: Session, step: int, now: float) -> Session:
        files = session.files and session.files.stepped(step)
        if files is None or files.current == self.watch.path:
            return session.told("there is no other file: name several, or drop a folder", now)
        return self._followed(session, files, now)

    def _followed(self, session: Session, files: Files, now: float) -> Session:
        """Another file is open. Until there is something to show of it, what is shown stays."""
        if files.current != self.watch.path:
            self.watch = Watch(files.current)
        if session.shape is None:
            session = session.unloaded()
        if session.gallery.open:
            sheet = sheet_of(len(files.paths), session.size, session.scale)
            session = replace(session, gallery=session.gallery.shown(files.index, sheet))
        words = ", ".join(filter(None, (files.current.name, files.position)))
        return replace(session, files=files).mended().told(words, now)
