"""Brings a program to the screen without stopping the window, and without losing what is there.

    bytes -thread-> Program, shader text -helper process-> driver's cache -> linked shaders

A program is made in small steps. The old picture stays until the new one is complete, or for good
where making it fails. Where there is no old one and the driver will take long, the interpreter
draws meanwhile, if it is fast enough; where tiles may be faster than the shaders that were made,
they are tried when those are on the screen.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from viewer.errors import ViewerError
from viewer.gpu.background import in_background
from viewer.gpu.deep import Deep, any_depth
from viewer.gpu.interpreter import Interpreter
from viewer.gpu.painter import Painter
from viewer.gpu.straight import Straight
from viewer.gpu.tile_programs import TilePrograms
from viewer.gpu.tiled import Tiled
from viewer.gpu.trial import (
    Draft,
    Verdict,
    draft,
    glance,
    straight_frame,
    tiled_frame,
    verdict,
)
from viewer.gpu.warm import Warmer
from viewer.program import Program
from viewer.view import Grid, View
from viewer.window.files.reading import Ahead, Reading
from viewer.window.session import Shape

if TYPE_CHECKING:
    import moderngl

AT_ONCE = 60_000
"""Characters of shader text (1,000 operations) up to which the window links alone: that takes less
than the helper process needs to start (measured on llvmpipe: 0.2 s against 0.3 s)."""

LONG = 4 * AT_ONCE
"""From here on it is worth asking how fast the interpreter is (0.1 to 0.3 s on llvmpipe), to have
something to show at first."""


class Made(NamedTuple):
    """A program and how it is drawn, and `why` so near home. `data` is the text that it was read
    from."""

    shape: Shape
    data: bytes
    program: Program
    painter: Painter
    why: str = ""

    @property
    def engine(self) -> str:
        """How it is drawn and why, in a few words."""
        home = not isinstance(self.painter, Deep) or self.painter.at_home
        return ": ".join(filter(None, (self.painter.summary, self.why if home else "")))


class Pause(NamedTuple):
    """What is being done, and after how many seconds it is worth going on."""

    status: str
    seconds: float


class Compiler:
    """The program on the screen (`shown`) and the one that is being made."""

    def __init__(self, ctx: moderngl.Context, ahead: Ahead | None = None) -> None:
        """`ahead`: what is known of programs already."""
        self._ctx, self._ahead = ctx, ahead or Ahead()
        self._programs = TilePrograms(ctx)
        self._making: Generator[Pause | Made, None, None] | None = None
        self.busy = False
        """Whether a program is being made. One that is on the screen, and for which a better way to
        draw it is being tried, is made."""
        self.shown: Made | None = None
        self.before: Made | None = None
        """The program that the same file had before, to compare with."""
        self.version = 0
        """Counts the programs that were shown."""

    def start(self, path: Path, data: bytes, grid: Grid) -> None:
        """Makes the program of these bytes, for a window that shows that grid; one that is still
        being made is given up."""
        self.cancel()
        self._making = self._make(path, data, grid)
        self.busy = True

    def expect(self, path: Path, data: bytes, grid: Grid) -> None:
        """These bytes will be started soon, most likely."""
        self._ahead.expect(path, data, grid)

    def cancel(self) -> None:
        """Gives up what is being made."""
        if self._making is not None:
            self._making.close()
            self._making = None
        self.busy = False

    def step(self) -> Pause | Made | None:
        """Does a little; returns `Made` when it is the picture's turn to change, and None where
        there is nothing to do. Raises `ViewerError` where the program cannot be drawn."""
        if self._making is None:
            return None
        try:
            return next(self._making)
        except StopIteration:
            self._making = None
            return None
        except ViewerError:
            self._making = None
            self.busy = False
            raise

    def release(self) -> None:
        """Gives the GL objects back."""
        self.cancel()
        self._show(None)
        self._programs.release()

    def _make(self, path: Path, data: bytes, grid: Grid) -> Generator[Pause | Made, None, None]:
        reading = self._ahead.take(path, data, grid)
        prepared = in_background(lambda: _prepared(self._ctx, self._programs, reading.result()))
        while not prepared.done():
            yield Pause("reading", 0.005)
        made = prepared.result()
        known = set(self.shown.painter.sources) if self.shown else set()
        with _released_on_failure(made.painter):
            if self.shown is not None:
                yield from _warmed(made, known)
            elif _slow(made, known, LONG):
                yield from self._stand_in(made, grid)
            yield from _compiled(made.painter)
        self._show(made)
        self.busy = False
        yield made
        if isinstance(made.painter, Deep) and isinstance(made.painter.plain, Straight):
            yield from self._try_tiles(made, made.painter, replace(grid, view=View()))

    def _stand_in(self, made: Made, grid: Grid) -> Generator[Pause | Made, None, None]:
        """Shows the interpreter's picture until a helper has compiled the shaders, where that is
        measured to be fast enough."""
        interpreter, enough = Interpreter(self._ctx, made.program), False
        with _released_on_failure(interpreter):
            for pause in _compiled(interpreter):
                yield Pause("preparing", pause.seconds)
            if interpreter.promising(grid):
                planned = in_background(lambda: interpreter.prepare(grid))
                while not planned.done():
                    yield Pause("preparing", 0.005)
                planned.result()
                enough = interpreter.fast_enough(grid)
        if enough:
            shown = made._replace(painter=interpreter, why="until the shaders are compiled")
            self._show(shown)
            yield shown
            yield from _warmed(made, set())
        else:
            interpreter.release()

    def _try_tiles(self, made: Made, deep: Deep, grid: Grid) -> Generator[Pause, None, None]:
        """Draws by tiles near home from now on where that is measured to be better."""
        straight = deep.plain
        assert isinstance(straight, Straight)
        drafted = in_background(lambda: draft(self._ctx, made.program, grid))
        while not drafted.done():
            yield Pause("", 0.01)
        found = drafted.result()
        with _released_on_failure(found.tiled):
            try:
                result = yield from self._judged(made, found, straight, grid)
            except ViewerError as error:  # of tiles alone: the picture is there
                result = Verdict(False, str(error))
        if result.tiles:
            deep.plain = found.tiled
            straight.release()
            self.version += 1
        else:
            found.tiled.release()
        self.shown = made._replace(why=result.why)

    def _judged(
        self, made: Made, found: Draft, straight: Straight, grid: Grid
    ) -> Generator[Pause, None, Verdict]:
        seconds = straight_frame(self._ctx, straight, grid)
        result = glance(found, straight, seconds, grid)
        if not result.tiles:
            return result
        trying = made._replace(painter=found.tiled)
        for pause in chain(_warmed(trying, set()), _compiled(found.tiled)):
            yield Pause("", pause.seconds)  # nobody waits for it
        return verdict(tiled_frame(self._ctx, found.tiled, grid), seconds)

    def _show(self, made: Made | None) -> None:
        last, self.shown = self.shown, made
        self.version += 1
        if last is not None and made is not None and last.data == made.data:
            last.painter.release()  # it stood in
            return
        if self.before is not None:
            self.before.painter.release()
        same = last is not None and made is not None and last.shape.path == made.shape.path
        self.before = last if same else None
        if last is not None and not same:
            last.painter.release()


def _prepared(ctx: moderngl.Context, programs: TilePrograms, reading: Reading) -> Made:
    """With tiles, where they are right at any depth; with straight-line shaders, of local programs
    where the view is deep, for everything else. `programs` outlive what is made."""
    shape, data, program, plane = reading
    exact = plane.exact
    painter = Tiled(ctx, program, plane, programs) if exact else any_depth(ctx, program)
    return Made(shape, data, program, painter)


@contextmanager
def _released_on_failure(painter: Painter) -> Iterator[None]:
    """Gives a painter's GL objects back where the work inside does not come to its end."""
    try:
        yield
    except BaseException:  # GeneratorExit too: they must not outlive the attempt
        painter.release()
        raise


def _fresh(made: Made, known: set[str]) -> tuple[str, ...]:
    return tuple(source for source in made.painter.sources if source not in known)


def _slow(made: Made, known: set[str], much: int = AT_ONCE) -> bool:
    """Whether the driver will take long with the shaders that are not `known` to it."""
    return sum(map(len, _fresh(made, known))) > much


def _warmed(made: Made, known: set[str]) -> Generator[Pause, None, None]:
    """Lets a helper process fill the driver's cache with the shaders that are not `known` to it.

    Where it cannot, the window links alone, and is told by its own driver what is wrong with the
    shaders, if that was the reason.
    """
    if not _slow(made, known):
        return
    warmer = Warmer()
    try:
        warmer.start(_fresh(made, known), made.program.name)
        while not (progress := warmer.poll()).finished:
            yield Pause(_counted(progress.done, progress.total), 0.01)
    finally:
        warmer.cancel()


def _compiled(painter: Painter) -> Generator[Pause, None, None]:
    total = painter.pending
    while painter.pending:
        yield Pause(_counted(total - painter.pending, total), 0.0)
        painter.compile_next()


def _counted(done: int, total: int) -> str:
    return f"compiling {min(done + 1, total)} of {total}"
