"""The window's glue: events and files in, frames out, and asleep where nothing changes.

wait for events -> session        one turn of the loop; all events that are there are handled
look at file, compiler, saves     before at most one frame is drawn, so that a drag of a
draw what changed                 hundred motions draws once
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from viewer.errors import FileError, ViewerError
from viewer.picture.provenance import is_picture, read
from viewer.program.parse import parse, read_bytes
from viewer.view import Size
from viewer.window.backends import open_window
from viewer.window.camera import FRAME
from viewer.window.compiler import Compiler, Made, Pause
from viewer.window.controls import Action
from viewer.window.desk import Desk
from viewer.window.errands import Errands
from viewer.window.history import Spot
from viewer.window.inputs import Inputs
from viewer.window.keyfile import own_controls
from viewer.window.memory import Memory
from viewer.window.places import Store, folder
from viewer.window.screen import Screen
from viewer.window.session import Session, Shape
from viewer.window.slider import Track
from viewer.window.trace import Trace
from viewer.window.watch import Watch

SIZE: Size = (1024, 768)
STATUS_AFTER = 0.25
STATUS_EVERY = 0.1
"""Seconds before work is worth a word on the screen, and between two such words: each is a frame
that the work has to wait for."""


def run(
    path: Path,
    session: Session,
    trace: Path | None = None,
    *,
    resume: bool = False,
    backend: str | None = None,
) -> int:
    """Opens a window on `path` with what the session says, and follows the file until it is closed.
    With `resume` it looks where it was left. `backend` is the window library that is wanted.

    Returns the exit status. Raises `FileError` where there is no such file and `NoDeviceError`
    where no window can be opened; a broken program is shown in the window, to be mended.
    `trace` (or the environment's PROSPERO_TRACE) is where to write what happens.
    """
    read_bytes(path)
    try:
        session = replace(session, controls=own_controls(folder()))
    except ViewerError as error:
        session = session.told(str(error), time.monotonic())
    environment = os.environ.get("PROSPERO_TRACE")
    log = Trace(trace or (Path(environment) if environment else None))
    try:
        App(path, session, log, resume, backend).loop()
    except KeyboardInterrupt:
        pass
    finally:
        log.close()
    return 0


class App:
    """Everything that has to do with time, files and the window; what to show is a `Session`."""

    def __init__(
        self, path: Path, session: Session, trace: Trace, resume: bool, backend: str | None
    ) -> None:
        self.session, self._resume = session, resume
        self._trace = trace
        self._inputs = Inputs(self)
        self._backend, name, news = open_window(_title(path), SIZE, self._inputs, self, backend)
        if news:
            self._say(news)
        self._errands = Errands()
        self._memory = Memory(Store(folder()), Spot(session.goal, session.z))
        self._screen = Screen(self._backend, self._errands, self._memory)
        self._compiler = Compiler(self._backend.ctx)
        self._desk = Desk(
            self._backend, self._screen, self._compiler, self._errands, self._memory, trace
        )
        self._watch = Watch(path)
        self._status_due = 0.0
        self._quit = False
        self._hidden = False
        self._effects: Mapping[Action, Callable[[], None]] = {
            Action.FULL_SCREEN: self._backend.toggle_full_screen,
            Action.QUIT: self._leave,
        }
        self.resized()
        driver, size = self._screen.driver, self.session.size
        trace("open", driver=driver, size=size, scale=self.session.scale, backend=name)

    def loop(self) -> None:
        """Runs until the window is closed."""
        try:
            pause = 0.0
            while not (self._quit or self._backend.is_closing):
                self._backend.wait(pause)
                pause = self._turn(time.monotonic())
        finally:
            self._close()

    def _turn(self, now: float) -> float:
        """Does what is due and draws what changed; returns how long to sleep, in seconds."""
        self._inputs.repeat(now)
        self._look_at_file(now)
        pause = min(self._watch.interval, self._compile(now))
        if self._errands.collect():
            self._screen.refresh()
        self.session = self._desk.due(self.session.ticked(now), now)
        pause = min(pause, self._desk.pause)
        if self._hidden:
            return pause
        try:
            pause = min(pause, self._screen.draw(self.session, self._compiler, self._trace))
        except ViewerError as error:
            self.session = self.session.failed(error)
            return 0.0
        if self.session.moving:
            pause = min(pause, max(0.0, now + FRAME - time.monotonic()))
        return pause

    # What is due

    def _look_at_file(self, now: float) -> None:
        news = self._watch.poll(now)
        if isinstance(news, FileError):
            self._trace("file", problem=str(news))
            self.session = self.session.failed(news)
        elif news is not None:
            self._trace("file", bytes=len(news))
            shown = self._compiler.shown
            if (
                shown
                and not self._compiler.busy
                and (shown.shape.path, shown.data)
                == (
                    self._watch.path,
                    news,
                )
            ):
                self.session = self.session.mended()
                return
            self._status_due = now + STATUS_AFTER
            self._compiler.start(self._watch.path, news, self.session.grid)

    def _compile(self, now: float) -> float:
        try:
            result = self._compiler.step()
        except ViewerError as error:
            self.session = replace(self.session.failed(error), status="")
            return 0.0
        if isinstance(result, Made):
            self._trace("shape", path=str(result.shape.path), operations=result.shape.operations)
            self._load(result.shape)
            self._backend.rename(_title(result.shape.path))
        elif isinstance(result, Pause):
            if now >= self._status_due and result.status != self.session.status:
                self._status_due = now + STATUS_EVERY
                self._trace("progress", status=result.status)
                self.session = replace(self.session, status=result.status)
            return result.seconds
        return 1.0

    def _load(self, shape: Shape) -> None:
        known = self.session.shape
        self.session = self.session.loaded(shape)
        if known is None or known.path != shape.path:
            resume = self._resume or known is not None
            self.session = self._desk.opened(self.session, resume=resume, now=time.monotonic())

    # What controls do

    def act(self, action: Action) -> None:
        """Does what a control asks for: in the session, and beyond it."""
        self.session = self.session.stopped().act(action)
        try:
            if action in self._effects:
                self._effects[action]()
            elif effect := self._desk.effects.get(action):
                self.session = effect(self.session, time.monotonic())
            self._desk.acted(action, self.session, time.monotonic())
        except (ViewerError, OSError) as error:
            self._say(str(error))

    def _leave(self) -> None:
        self._quit = True

    def _say(self, text: str) -> None:
        self.session = self.session.told(text, time.monotonic())

    def _close(self) -> None:
        self._desk.close(self.session)
        cpu = time.process_time()
        self._trace("close", frames=self._screen.frames, cpu_seconds=round(cpu, 3))
        self._compiler.release()
        self._screen.release()
        self._backend.close()

    def sizes(self) -> tuple[Size, Size]:
        """The window's size in its own units, and in pixels."""
        return self._backend.sizes

    @property
    def track(self) -> Track | None:
        """Where the slider of the slice is on the screen."""
        return self._screen.track

    # Events

    def dropped(self, paths: list[str]) -> None:
        """Opens the first file. A `.vm` is followed even while it is broken, anything else only
        where it is a program; else the picture and the file that is followed stay. A picture
        that was saved here shows its view."""
        path = Path(paths[0]) if paths else None
        if path is None:
            return
        try:
            if is_picture(path.name):
                self.session = self.session.going(read(path).view)
                return
            data = read_bytes(path)
            if path.suffix != ".vm":
                parse(data, str(path))
        except ViewerError as error:
            self.session = self.session.failed(error)
            return
        self._watch = Watch(path)

    def resized(self) -> None:
        """The framebuffer has a new size."""
        self.session = self.session.resized(self._backend.sizes[1], self._backend.scale)

    def exposed(self) -> None:
        """The screen has to be drawn again."""
        self._screen.forget()

    def hidden(self, hidden: bool) -> None:
        """Nothing is drawn while nobody can see it."""
        self._hidden = hidden
        self._screen.forget()


def _title(path: Path) -> str:
    return f"{path.name} - Prospero"
