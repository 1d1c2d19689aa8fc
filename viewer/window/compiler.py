"""Brings a program to the screen without stopping the window, and without losing what is there.

    bytes -thread-> Program, shader text -helper process-> driver's cache -> linked shaders

A program is made in small steps. The old picture stays until the new one is complete, or for good
where making it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from viewer.errors import ViewerError
from viewer.gpu.painter import Painter
from viewer.gpu.straight import Straight
from viewer.gpu.tiled import Tiled
from viewer.gpu.warm import Warmer
from viewer.passes import optimise
from viewer.program import Program, parse
from viewer.window.session import Shape

if TYPE_CHECKING:
    import moderngl

T = TypeVar("T")

AT_ONCE = 60_000
"""Characters of shader text (1,000 operations) up to which the window links alone: that takes less
than the helper process needs to start (measured on llvmpipe: 0.2 s against 0.3 s)."""


class Made(NamedTuple):
    """A program and how it is drawn. `data` is the text that it was read from."""

    shape: Shape
    data: bytes
    program: Program
    painter: Painter


class Pause(NamedTuple):
    """What is being done, and after how many seconds it is worth going on."""

    status: str
    seconds: float


class Compiler:
    """The program on the screen (`shown`) and the one that is being made."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._making: Generator[Pause, None, Made] | None = None
        self.shown: Made | None = None
        self.version = 0
        """Counts the programs that were shown."""

    @property
    def busy(self) -> bool:
        """Whether a program is being made."""
        return self._making is not None

    def start(self, path: Path, data: bytes) -> None:
        """Makes the program of these bytes; one that is still being made is given up."""
        self.cancel()
        self._making = self._make(path, data)

    def cancel(self) -> None:
        """Gives up what is being made."""
        if self._making is not None:
            self._making.close()
            self._making = None

    def step(self) -> Pause | Made | None:
        """Does a little; returns `Made` when it is the picture's turn to change, and None where
        there is nothing to do. Raises `ViewerError` where the program cannot be drawn."""
        if self._making is None:
            return None
        try:
            return next(self._making)
        except StopIteration as end:
            self._making = None
            made: Made = end.value
            return made
        except ViewerError:
            self._making = None
            raise

    def release(self) -> None:
        """Gives the GL objects back."""
        self.cancel()
        self._show(None)

    def _make(self, path: Path, data: bytes) -> Generator[Pause, None, Made]:
        prepared = _in_background(lambda: _prepare(self._ctx, path, data))
        while not prepared.done():
            yield Pause("reading", 0.005)
        made = prepared.result()
        try:
            if self.shown is not None:
                yield from _warm(made, set(self.shown.painter.sources))
            total = made.painter.pending
            while made.painter.pending:
                yield Pause(_counted(total - made.painter.pending, total), 0.0)
                made.painter.compile_next()
        except BaseException:  # GeneratorExit too: the GL objects must not outlive the attempt
            made.painter.release()
            raise
        self._show(made)
        return made

    def _show(self, made: Made | None) -> None:
        if self.shown is not None:
            self.shown.painter.release()
        self.shown = made
        self.version += 1


def _prepare(ctx: moderngl.Context, path: Path, data: bytes) -> Made:
    source = parse(data, str(path))
    program = optimise(source)
    uses_z = any(instr.op.variable == "z" for instr in program.instrs)
    shape = Shape(path, len(source), len(program), uses_z)
    return Made(shape, data, program, _painter(ctx, program))


def _painter(ctx: moderngl.Context, program: Program) -> Painter:
    """Tiles, where they are right at any depth; straight-line shaders for everything else."""
    tiled = Tiled(ctx, program)
    return tiled if tiled.exact else Straight(ctx, program)


def _warm(made: Made, known: set[str]) -> Generator[Pause, None, None]:
    """Lets a helper process fill the driver's cache with the shaders that are not `known` to it.

    Where it cannot, the window links alone, and is told by its own driver what is wrong with the
    shaders, if that was the reason.
    """
    fresh = tuple(source for source in made.painter.sources if source not in known)
    if sum(map(len, fresh)) <= AT_ONCE:
        return
    warmer = Warmer()
    try:
        warmer.start(fresh, made.program.name)
        while not (progress := warmer.poll()).finished:
            yield Pause(_counted(progress.done, progress.total), 0.01)
    finally:
        warmer.cancel()


def _counted(done: int, total: int) -> str:
    return f"compiling {min(done + 1, total)} of {total}"


def _in_background(work: Callable[[], T]) -> Future[T]:
    """Runs pure work in a thread that does not keep the program from ending."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # raised again where the result is asked for
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future
