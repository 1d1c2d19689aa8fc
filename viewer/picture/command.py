"""The options of `prospero render`, and what they come to. Imports nothing heavy until it must."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.errors import UsageError

if TYPE_CHECKING:
    from viewer.engines.engine import Engine
    from viewer.program import Program
    from viewer.view import Grid, Size, View

FALLBACK_SIZE = 1024
"""Pixels a side of the picture that stands in for the window where there is no display."""

Say = Callable[[str], None]
"""Tells the user one line, beside the command's own output."""


@dataclass(frozen=True)
class Work:
    """A drawing that takes a while, in steps that can be counted: rows or frames."""

    target: Path
    what: str
    steps: int
    unit: str
    engine: Engine
    engine_name: str
    draw: Callable[[Callable[[int], None]], None]
    """Draws and writes it all, and tells the steps done."""
    start: float

    def run(self, progress: Callable[[int], None]) -> str:
        """Does it, once; `progress` is told the steps done. Returns the line to print."""
        try:
            self.draw(progress)
        finally:
            self.engine.close()
        seconds = time.perf_counter() - self.start
        return f"{self.target}: {self.what}, engine {self.engine_name}, {seconds:.2f} s"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the command's parser."""
    add = parser.add_argument
    add("file", metavar="FILE", help="a .vm program")
    add("-o", "--output", required=True, metavar="OUT", help="the picture: .png, .ppm or .pgm")
    add("--size", default="1024", metavar="N|WxH", help="pixels (default 1024)")
    add("--center", metavar="X,Y", help="model point at the centre (default 0,0)")
    add("--zoom", metavar="Z", help="1 shows [-1, 1] along the shorter side (default)")
    add("--view", metavar="X,Y@ZOOM", help="centre and zoom in one, as Ctrl+C copies it")
    add("--zoom-to", metavar="X,Y@ZOOM", help="a film: fly there from the centre and zoom above")
    add("--frames", metavar="N", help="of the film; OUT is then f%%04d.png, .mp4, .webm or .gif")
    add("--aa", default="1", metavar="N", help="N x N samples a pixel (default 1)")
    add("--z", default="0", metavar="H", help="height of the slice, for programs with var-z")
    add("--grid", choices=("centers", "reference"), default="centers", help="where samples lie")
    add("--engine", default="auto", metavar="NAME", help="auto, or one of the engines")
    add("--force", action="store_true", help="replace an existing file")


def prepare(options: argparse.Namespace, say: Say) -> Work:
    """The drawing that is asked for, not yet done; `say` is told what was passed over for it.

    Raises `ViewerError`, also for what would only be refused after the drawing.
    """
    from viewer.view import Grid, View, parse_number

    size, z = _size(options.size), parse_number(options.z, "height")
    grid = Grid(_view(options), *size, z, options.grid == "reference")
    aa = _count(options.aa, "--aa")
    path, target = Path(options.file), Path(options.output)
    if bool(options.zoom_to) != bool(options.frames):
        raise UsageError("--zoom-to says where a film ends and --frames how long it is: give both")
    if not options.zoom_to:
        return _picture(path, target, grid, say, options.engine, aa, options.force)
    end, frames = View.parse(options.zoom_to), _count(options.frames, "--frames", least=2)
    return _film(path, target, grid, end, frames, say, options.engine, aa, options.force)


def prepare_instead(path: Path, view: View, z: Fraction, say: Say) -> Work:
    """The drawing of a square picture in the current folder, where no window can be opened."""
    from viewer.picture.save import next_free
    from viewer.view import Grid

    target = next_free(Path.cwd() / f"{path.stem}.png")
    return _picture(path, target, Grid(view, FALLBACK_SIZE, FALLBACK_SIZE, z=z), say)


def _picture(
    path: Path,
    target: Path,
    grid: Grid,
    say: Say,
    engine: str = "auto",
    aa: int = 1,
    force: bool = False,
) -> Work:
    from viewer.picture.save import check_target, save

    check_target(target, source=path, force=force)
    program, start = _read(path), time.perf_counter()
    name, chosen = _engine(engine, program, grid.supersampled(aa), say)

    def draw(progress: Callable[[int], None]) -> None:
        def rows(done: int, _: int) -> None:
            progress(done)

        save(target, program, grid, engine=chosen, aa=aa, force=force, progress=rows)

    what = f"{grid.width} x {grid.height} pixels"
    return Work(target, what, grid.height, "row", chosen, name, draw, start)


def _film(
    path: Path,
    target: Path,
    grid: Grid,
    end: View,
    frames: int,
    say: Say,
    engine: str,
    aa: int,
    force: bool,
) -> Work:
    from viewer.flight import Flight
    from viewer.picture.film import check_film, film

    check_film(target, frames, source=path, force=force)
    program, start = _read(path), time.perf_counter()
    flight = Flight(grid.view, end)
    deepest = replace(grid, view=max(grid.view, end, key=lambda view: view.zoom))
    name, chosen = _engine(engine, program, deepest.supersampled(aa), say)

    def draw(progress: Callable[[int], None]) -> None:
        film(target, program, flight, grid, frames, chosen, aa, force, progress)

    what = f"{frames} frames of {grid.width} x {grid.height} pixels"
    return Work(target, what, frames, "frame", chosen, name, draw, start)


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


def _count(text: str, option: str, least: int = 1) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < least:
        raise UsageError(f"bad {option} '{text}', expected a whole number from {least}")
    return int(text)
