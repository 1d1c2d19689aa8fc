"""Where the window has been: back and forward, and the places of the file that is open.

Pressing a key waits for no disk: the store is written by a thread, and what fails there is told
once. The window goes on with what it knows, marked places included.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from viewer.errors import FileError
from viewer.window.places.bookmarks import Bookmark, Places
from viewer.window.places.history import History, Spot
from viewer.window.places.store import Store


class Memory:
    """The history of this window, and the `places` of its file."""

    def __init__(self, store: Store, start: Spot) -> None:
        self.history = History.starting(start)
        self.places = Places()
        self._store = store
        self._file: Path | None = None
        self._pictures: dict[Bookmark, bytes] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="places")
        self._writing: list[tuple[Path, Future[Places]]] = []
        self._left: dict[Path, tuple[Spot, History]] = {}
        self._told = False

    # History

    def seen(self, spot: Spot, now: float) -> None:
        """Where the window looks now."""
        self.history = self.history.seen(spot, now)

    def back(self, now: float) -> Spot | None:
        """The place before; None where there is none."""
        return self._moved(self.history.previous(now))

    def forward(self, now: float) -> Spot | None:
        """The place after; None where there is none."""
        return self._moved(self.history.next(now))

    def jump(self, spot: Spot, now: float) -> Spot:
        """Goes there at once."""
        self.history = self.history.to(spot, now)
        return spot

    def _moved(self, history: History | None) -> Spot | None:
        if history is None:
            return None
        self.history = history
        return history.here

    # Places

    def left(self, spot: Spot) -> None:
        """The file is no longer open, and was left at that spot."""
        file = self._file
        if file is not None:
            self._left[file] = spot, self.history
            self._write(file, lambda: self._store.change(file, lambda kept: kept.left_at(spot)))
        self._file, self.places, self._pictures = None, Places(), {}

    def opened(self, file: Path) -> Spot | None:
        """Another file is open: where it was left, if that is known. Raises `FileError`, once."""
        self._file, self.places, self._pictures = file, Places(), {}
        if self._left:
            _, self.history = self._left.get(file, (None, History.starting(Spot())))
        try:
            self.places = self._store.read(file)
        except FileError:
            if not self._told:
                self._told = True
                raise
        return self._left[file][0] if file in self._left else self.places.last

    def toggle(self, spot: Spot, draw: Callable[[], bytes]) -> str:
        """Marks a place, or takes its mark away; returns what to say. `draw` makes its picture, a
        small PNG or nothing, and is called by the thread that writes."""
        file, number = self._file, self.places.number(spot)
        if file is None:
            return "nothing is open"
        if number is not None:
            self.places = self.places.without(spot)
            self._write(file, lambda: self._store.unmark(file, spot))
            return f"took mark {number} away"
        mark, pictures = Bookmark(spot), self._pictures
        self.places = self.places.added(mark)

        def work() -> Places:
            pictures[mark] = picture = draw()
            return self._store.mark(file, spot, picture)

        self._write(file, work)
        return f"marked as {len(self.places.bookmarks)}"

    def marked(self, number: int) -> Spot | None:
        """A marked place by its number, from 1."""
        marks = self.places.bookmarks
        return marks[number - 1].spot if number <= len(marks) else None

    def pictures(self) -> list[tuple[Spot, bytes]]:
        """The marked places with their pictures; that of a new one may be to come."""
        for mark in self.places.bookmarks:
            if mark.picture and mark not in self._pictures:
                self._pictures[mark] = self._store.picture(mark)
        return [(mark.spot, self._pictures.get(mark, b"")) for mark in self.places.bookmarks]

    @property
    def busy(self) -> bool:
        """Whether something is being written: there will be news."""
        return bool(self._writing)

    def news(self) -> FileError | None:
        """Takes in what was written; an error, the first time that there is one."""
        for file, done in [written for written in self._writing if written[1].done()]:
            self._writing.remove((file, done))
            error = done.exception()
            if error is None and not self._writing and file == self._file:
                self.places = done.result()  # another window may have marked places, too
            if isinstance(error, FileError) and not self._told:
                self._told = True
                return error
        return None

    def close(self, spot: Spot | None) -> None:
        """The window is closed, looking at that (None: at nothing that should be kept)."""
        self._writer.shutdown(wait=True)
        if self._file is not None and spot is not None:
            with suppress(FileError):  # nobody is there to be told
                self._store.change(self._file, lambda places: places.left_at(spot))

    def _write(self, file: Path, work: Callable[[], Places]) -> None:
        self._writing.append((file, self._writer.submit(work)))
