"""The options of `prospero render`, and what they come to. Imports nothing heavy until it must."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from viewer.errors import UsageError

if TYPE_CHECKING:
    from viewer.engines.engine import Engine
    from viewer.program import Program
    from viewer.view import Grid, Size, View

FALLBACK_SIZE = 1024
"""Pixels a side of the picture that stands in for the window where there is no display."""

Say = Callable[[str], None]
"""Tells the user one line, beside the command's own output."""


class Work(Protocol):
    """Something that takes a while, in steps that can be counted."""

    @property
    def name(self) -> str:
        """What is being made."""

    @property
    def unit(self) -> str:
        """What a step is."""

    @property
    def steps(self) -> int:
        """How many there are."""

    def run(self, progress: Callable[[int], None]) -> str:
        """Does it, once; `progress` is told the steps done. Returns the line to print."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the command's parser."""
    add = parser.add_argument
    add("file", metavar="FILE", help="a .vm program")
    add("-o", "--output", required=True, metavar="OUT", help="the picture: .png, .ppm or .pgm")
    add("--size", default="1024", metavar="N|WxH", help="pixels (default 1024)")
    add("--center", metavar="X,Y", help="model point at the centre (default 0,0)")
    add("--zoom", metavar="Z", help="1 shows [-1, 1] along the shorter side (default)")
    add("--view", metavar="X,Y@ZOOM", help="centre and zoom in one, as Ctrl+C copies it")
    add("--aa", default="1", metavar="N", help="N x N samples a pixel (default 1)")
    add("--z", default="0", metavar="H", help="height of the slice, for programs with var-z")
    add("--grid", choices=("centers", "reference"), default="centers", help="where samples lie")
    add("--engine", default="auto", metavar="NAME", help="auto, or one of the engines")
    add("--force", action="store_true", help="replace an existing file")


def prepare(options: argparse.Namespace, say: Say) -> Work:
    """The drawing that is asked for, not yet done; `say` is told what was passed over for it.

    Raises `ViewerError`, also for what would only be refused after the drawing.
    """
    from viewer.view import Grid, parse_number

    size, z = _size(options.size), parse_number(options.z, "height")
    grid = Grid(_view(options), *size, z, options.grid == "reference")
    aa = _count(options.aa, "--aa")
    target = Path(options.output)
    return _drawing(Path(options.file), target, grid, say, options.engine, aa, options.force)


def prepare_instead(path: Path, view: View, z: Fraction, say: Say) -> Work:
    """The drawing of a square picture in the current folder, where no window can be opened."""
    from viewer.picture.save import next_free
    from viewer.view import Grid

    target = next_free(Path.cwd() / f"{path.stem}.png")
    return _drawing(path, target, Grid(view, FALLBACK_SIZE, FALLBACK_SIZE, z=z), say)


@dataclass(frozen=True)
class Drawing:
    """One picture to be written: `Work`, its steps are rows."""

    target: Path
    program: Program
    grid: Grid
    engine: Engine
    engine_name: str
    aa: int
    force: bool
    start: float
    unit: ClassVar[str] = "row"

    @property
    def name(self) -> str:
        """The file's name."""
        return self.target.name

    @property
    def steps(self) -> int:
        """Rows."""
        return self.grid.height

    def run(self, progress: Callable[[int], None]) -> str:
        """Draws and writes it."""
        from viewer.picture.save import save

        try:
            save(
                self.target,
                self.program,
                self.grid,
                engine=self.engine,
                aa=self.aa,
                force=self.force,
                progress=lambda done, _: progress(done),
            )
        finally:
            self.engine.close()
        seconds = time.perf_counter() - self.start
        pixels = f"{self.grid.width} x {self.grid.height} pixels"
        return f"{self.target}: {pixels}, engine {self.engine_name}, {seconds:.2f} s"


def _drawing(
    path: Path,
    target: Path,
    grid: Grid,
    say: Say,
    engine: str = "auto",
    aa: int = 1,
    force: bool = False,
) -> Drawing:
    from viewer.picture.save import check_target

    check_target(target, source=path, force=force)
    program = _read(path)
    start = time.perf_counter()
    name, chosen = _engine(engine, program, grid.supersampled(aa), say)
    return Drawing(target, program, grid, chosen, name, aa, force, start)


def _read(path: Path) -> Program:
    from viewer.passes import optimise
    from viewer.program import read

    return optimise(read(path))


def _engine(name: str, program: Program, grid: Grid, say: Say) -> tuple[str, Engine]:
    """The engine asked for, or the best one here, with a word about what was passed over."""
    from viewer.engines import registry

    if name != "auto":
        return name, registry.create(name, program)
    row, engine, why = registry.choose(program, grid)
    if why:
        say(f"{why}: drawing with {row.name}")
    return row.name, engine


def _view(options: argparse.Namespace) -> View:
    from viewer.view import View

    if options.view and (options.center or options.zoom):
        raise UsageError("--view gives centre and zoom, expected no --center or --zoom beside it")
    if options.view:
        return View.parse(options.view)
    return View.parse(f"{options.center or '0,0'}@{options.zoom or '1'}")


def _size(text: str) -> Size:
    match = re.fullmatch(r"([0-9]{1,9})(?:[xX]([0-9]{1,9}))?", text)
    if not match or int(match[1]) == 0 or int(match[2] or 1) == 0:
        raise UsageError(f"bad size '{text}', expected N or WxH in pixels, such as 1024 or 800x600")
    return int(match[1]), int(match[2] or match[1])


def _count(text: str, option: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) == 0:
        raise UsageError(f"bad {option} '{text}', expected a whole number from 1")
    return int(text)
