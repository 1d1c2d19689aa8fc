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
from viewer.gpu.refusals import refusals
from viewer.program.parse import read_bytes
from viewer.view import Size
from viewer.window.backends import open_window
from viewer.window.desk import Desk
from viewer.window.errands import Errands
from viewer.window.files.browsing import Browser
from viewer.window.files.reading import Ahead
from viewer.window.hands.camera import FRAME
from viewer.window.hands.controls import Action
from viewer.window.hands.inputs import Inputs
from viewer.window.hands.keyfile import own_controls
from viewer.window.hands.told import greeting
from viewer.window.places.history import Spot
from viewer.window.places.memory import Memory
from viewer.window.places.store import Store, folder
from viewer.window.session import Session, Shape
from viewer.window.show.compiler import Compiler, Made, Pause
from viewer.window.show.screen import Screen
from viewer.window.show.undrawn import Undrawn
from viewer.window.thrift import Tidy, spare_memory
from viewer.window.trace import Trace

SIZE: Size = (1024, 768)
STATUS_AFTER = 0.25
STATUS_EVERY = 0.1
"""Seconds before work is worth a word on the screen, and between two such words: each is a frame
that the work has to wait for."""
LONG = 0.05
"""Seconds of the window's thread in a turn of the loop from which on the trace has it."""
GREETED = 15.0
"""Seconds for which who is new is told what to do, or somebody that the keys are broken."""


def run(
    named: tuple[Path, ...],
    session: Session,
    trace: Path | None = None,
    *,
    resume: bool = False,
    backend: str | None = None,
) -> int:
    """Opens a window on the files, and those in the folders, that are `named`, with what the
    session says, and follows the one that is shown until it is closed. With `resume` it looks where
    it was left. `backend` is the window library that is wanted. Who is new here is told which key
    shows the others.

    Returns the exit status. Raises `FileError` where there is no such file and `NoDeviceError`
    where no window can be opened; a broken program is shown in the window, to be mended.
    `trace` (or the environment's PROSPERO_TRACE) is where to write what happens.
    """
    spare_memory()
    browser = Browser(named)
    session = replace(session, files=browser.files)
    if not os.access(folder(), os.F_OK):  # nobody has been here before
        session = session.told(greeting(session.controls), time.monotonic(), GREETED)
    try:
        session = replace(session, controls=own_controls(folder(), session.controls))
    except ViewerError as error:
        session = session.told(str(error), time.monotonic(), GREETED)
    environment = os.environ.get("PROSPERO_TRACE")
    log = Trace(trace or (Path(environment) if environment else None))
    try:
        App(browser, session, log, resume, backend).loop()
    except KeyboardInterrupt:
        pass
    finally:
        log.close()
    return 0


class App:
    """Everything that has to do with time, files and the window; what to show is a `Session`."""

    def __init__(
        self, browser: Browser, session: Session, trace: Trace, resume: bool, backend: str | None
    ) -> None:
        ahead, path = Ahead(), browser.files.current
        ahead.expect(path, read_bytes(path), session.resized(SIZE, 1.0).grid)
        self._browser, self._title = browser, _title(session)
        self.session, self._resume = session, resume
        self._trace = trace
        self._inputs = Inputs(self)
        self._backend, name, news = open_window(self._title, SIZE, self._inputs, self, backend)
        if news:
            self._say(news)
        self._errands = Errands()
        self._memory = Memory(Store(folder()), Spot(session.goal, session.z))
        self._screen = Screen(self._backend, self._errands, self._memory)
        self._compiler = Compiler(self._backend.ctx, ahead)
        self._desk = Desk(
            self._backend, self._screen, self._compiler, self._errands, self._memory, trace
        )
        self._tidy = Tidy()
        self._status_due = 0.0
        self._quit = False
        self._hidden = False
        self._undrawn = Undrawn()
        self._effects: Mapping[Action, Callable[[], None]] = {
            Action.FULL_SCREEN: self._backend.toggle_full_screen,
            Action.QUIT: self._leave,
        }
        self._backend.swap()  # Mesa asks for a size after one: window managers may have changed it
        self.resized()
        driver, size = self._screen.driver, self.session.size
        trace("open", driver=driver, size=size, scale=self.session.scale, backend=name)

    def loop(self) -> None:
        """Runs until the window is closed."""
        try:
            pause = 0.0
            while not (self._quit or self._backend.is_closing):
                begun = time.thread_time()
                self._backend.wait(pause)
                pause = self._turn(time.monotonic())
                self._tidy.rest(pause, self._screen.frames, time.monotonic())
                if (took := time.thread_time() - begun) > LONG:
                    self._trace("long", milliseconds=round(took * 1e3))
        finally:
            self._close()

    def _turn(self, now: float) -> float:
        """Does what is due and draws what changed; returns how long to sleep, in seconds."""
        self._inputs.repeat(now)
        self._look_at_file(now)
        pause = min(self._browser.pause, self._compile(now))
        if self._errands.collect() or self._browser.aged(self.session, now):
            self._screen.refresh()
        self.session = self._desk.due(self.session.ticked(now), now)
        self.session = self._browser.due(self.session, now)
        self._rename(_title(self.session))
        pause = min(pause, self._desk.pause)
        if self._hidden:
            return pause
        pause = min(pause, self._draw())
        if self.session.moving:
            pause = min(pause, max(0.0, now + FRAME - time.monotonic()))
        return pause

    def _draw(self) -> float:
        """What cannot be drawn is told until there is something else to draw, which can be."""
        if (left := self._undrawn.left(self.session, time.monotonic())) > 0:
            return left
        try:
            with refusals():
                pause = self._screen.draw(self.session, self._compiler, self._trace)
        except ViewerError as error:
            self._screen.forget()
            self.session = self._undrawn.refused(self.session, error, time.monotonic())
            return self._undrawn.left(self.session, time.monotonic())
        before, self.session = self.session, self._undrawn.drawn(self.session)
        return pause if self.session is before else 0.0

    # What is due

    def _look_at_file(self, now: float) -> None:
        watch = self._browser.watch
        news = watch.poll(now)
        if (likely := watch.glimpse(now)) is not None:
            self._compiler.expect(watch.path, likely, self.session.grid)
            self._screen.stop_mark()
        if isinstance(news, FileError):
            self._trace("file", problem=str(news))
            self._fail(news)
        elif news is not None:
            self._trace("file", bytes=len(news))
            shown, path = self._compiler.shown, watch.path
            known = shown and (shown.shape.path, shown.data) == (path, news)
            if known and not self._compiler.busy:
                self.session = self.session.mended()
                return
            self._status_due = now + STATUS_AFTER
            self._compiler.start(path, news, self.session.grid)

    def _compile(self, now: float) -> float:
        try:
            result = self._compiler.step()
        except ViewerError as error:
            self._fail(error)
            return 0.0
        if isinstance(result, Made):
            self._trace("shape", path=str(result.shape.path), operations=result.shape.operations)
            self._load(result.shape)
        elif isinstance(result, Pause):
            if now >= self._status_due and result.status != self.session.status:
                self._status_due = now + STATUS_EVERY
                self._trace("progress", status=result.status)
                self.session = replace(self.session, status=result.status)
            return result.seconds
        return 1.0

    def _load(self, shape: Shape) -> None:
        known, before = self.session.shape, self.session
        self.session = self.session.loaded(shape)
        if known is None or known.path != shape.path:
            if known is not None:
                self._desk.left(before)
            resume, self._resume = self._resume, True
            self.session = self._desk.opened(self.session, resume=resume, now=time.monotonic())

    def _fail(self, problem: ViewerError) -> None:
        """Something is wrong with the file that is open. The picture stays where it is of that
        file: of another it would be misread."""
        shown = self._compiler.shown
        if shown and shown.shape.path != self._browser.watch.path:
            self._desk.left(self.session)
            self._compiler.release()
            self.session = self.session.unloaded()
        self.session = replace(self.session.failed(problem), status="")

    def _rename(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self._backend.rename(title)

    # What controls do

    def act(self, action: Action) -> None:
        """Does what a control asks for: in the session, and beyond it."""
        self.session = self.session.stopped().act(action)
        try:
            if action in self._effects:
                self._effects[action]()
            elif effect := self._desk.effects.get(action) or self._browser.effects.get(action):
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
    def screen(self) -> Screen:
        """What is where on the screen."""
        return self._screen

    # Events

    def dropped(self, paths: list[str]) -> None:
        """Opens files and folders, or shows where a picture is of: see `Browser.dropped`."""
        named = tuple(map(Path, paths))
        try:
            if named:
                self.session = self._browser.dropped(self.session, named, time.monotonic())
        except ViewerError as error:
            self.session = self.session.failed(error)

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


def _title(session: Session) -> str:
    if session.files is None:
        return "Prospero"
    position = f" ({session.files.position})" if session.files.position else ""
    return f"{session.files.current.name}{position} - Prospero"
