"""The options of `prospero bench`, and what they come to. Imports nothing heavy until it must."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.errors import FileError, UsageError

if TYPE_CHECKING:
    from viewer.bench.dive import Dive
    from viewer.bench.race import Race
    from viewer.bench.rendering import Rendering
    from viewer.bench.walk import Walk
    from viewer.bench.window import Window

    Bench = Race | Walk | Dive | Rendering | Window

PATHS = ("scripted", "deep")
"""The walks of `--path`."""
PLACES = "20"
"""Where pictures are held to exact arithmetic."""
SIZE, LARGE = "1024", "16384"
"""Pixels a side, and those of a picture to be saved."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the command's parser."""
    add = parser.add_argument
    add("file", metavar="FILE", help="a .vm program")
    add("--size", metavar="N", help=f"pixels a side (default {SIZE}; --render: {LARGE})")
    add("--view", default="0,0@1", metavar="X,Y@ZOOM", help="where to look (default 0,0@1)")
    add("--engines", metavar="A,B", help="some of the engines (default all)")
    add("--limit", default="20", metavar="S", help="seconds an engine may draw (default 20)")
    grow = parser.add_mutually_exclusive_group()
    grow.add_argument("--sizes", metavar="N,M", help="how cost grows with the picture")
    grow.add_argument("--ops", action="store_true", help="how cost grows with the program")
    grow.add_argument("--copies", metavar="N", help="so many copies of it in one, against one")
    grow.add_argument("--path", choices=PATHS, help="frames along a walk, as the window draws them")
    grow.add_argument("--render", action="store_true", help="a large picture to a PNG file")
    grow.add_argument("--window", action="store_true", help="a window: opening, resting, editing")
    add(
        "--places",
        metavar="N",
        help=f"--path deep: places held to exact arithmetic (default {PLACES})",
    )
    add("--json", action="store_true", help="print JSON (see docs/bench.md)")
    add("--plot", metavar="OUT.svg", help="draw it as well")
    add("--force", action="store_true", help="replace an existing plot")


def prepare(options: argparse.Namespace) -> Bench:
    """What is asked for, not yet run.

    Raises `UsageError`, `FileError`, `ParseError`.
    """
    from viewer.bench.growth import by_copies, by_operations, by_size
    from viewer.bench.race import Race
    from viewer.engines import registry
    from viewer.program import read
    from viewer.program.parse import read_bytes

    options.size = options.size or (LARGE if options.render else SIZE)
    if options.plot:
        _check_plot(Path(options.plot), options.force)
    size, limit = _count(options.size, "--size"), _count(options.limit, "--limit")
    sizes = [_count(text, "--sizes") for text in (options.sizes or options.size).split(",")]
    engines = options.engines.split(",") if options.engines else registry.names()
    read(options.file)  # says at once what is wrong with it
    if options.places and options.path != "deep":
        raise UsageError("--places goes with --path deep")
    if options.path:
        return _walk(options)
    if options.render:
        return _rendering(options)
    if options.window:
        return _window(options)
    source = read_bytes(options.file)
    if options.ops:
        cases = by_operations(source, options.file, options.view, size)
    elif options.copies:
        count = _count(options.copies, "--copies")
        cases = by_copies(source, options.file, options.view, size, count)
    else:
        cases = by_size(source, options.file, options.view, sizes)
    return Race(cases, engines, limit=limit)


def finish(options: argparse.Namespace, race: Bench) -> str:
    """Draws the plot, if one is asked for, and returns the text to print. Raises `FileError`."""
    from viewer.bench.plot import plot
    from viewer.bench.race import Race
    from viewer.bench.table import ratios, table
    from viewer.picture.target import whole_file

    if not isinstance(race, Race):
        return race.text(options.json)
    report = race.report()
    if options.plot:
        with whole_file(Path(options.plot), force=options.force) as output:
            output.write(plot(report).encode())
    if options.json:
        return report.as_json()
    return "\n".join([table(report), *(ratios(report) if options.copies else ())])


def _walk(options: argparse.Namespace) -> Walk | Dive:
    from viewer.bench.dive import Dive
    from viewer.bench.walk import Walk
    from viewer.passes import optimise
    from viewer.program import read

    if options.plot or options.engines:
        raise UsageError("--path draws as the window does, expected no --plot or --engines")
    side, program = _count(options.size, "--size"), optimise(read(options.file))
    if options.path == "deep":
        return Dive(program, (side, side), _count(options.places or PLACES, "--places"))
    return Walk(program, options.path, (side, side))


def _rendering(options: argparse.Namespace) -> Rendering:
    from viewer.bench.rendering import Rendering
    from viewer.picture.render import check_size

    if options.plot or options.engines:
        raise UsageError("--render draws as prospero render does, expected no --plot or --engines")
    found = Rendering(Path(options.file), options.view, _count(options.size, "--size"))
    check_size(found.grid, 1)
    return found


def _window(options: argparse.Namespace) -> Window:
    from viewer.bench.window import Window

    if options.plot or options.engines:
        raise UsageError("--window is one window, expected no --plot or --engines")
    return Window(Path(options.file))


def _check_plot(path: Path, force: bool) -> None:
    """Refuses before the race what would be refused after it."""
    from viewer.picture.target import exists

    if path.suffix.lower() != ".svg":
        raise UsageError(f"bad plot '{path}', expected a name that ends in .svg")
    if not path.parent.is_dir():
        raise FileError(f"{path}: there is no folder {path.parent}")
    if os.path.lexists(path) and not force:
        raise exists(path)


def _count(text: str, option: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) == 0:
        raise UsageError(f"bad {option} '{text}', expected whole numbers from 1")
    return int(text)
