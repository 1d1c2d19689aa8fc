"""The options of `prospero pyramid`, and what they come to. Imports nothing heavy until it must."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.picture.options import place, wanted
from viewer.picture.work import Say

if TYPE_CHECKING:
    from viewer.picture.options import Wanted
    from viewer.pyramid.build import Site
    from viewer.pyramid.crew import Crew
    from viewer.pyramid.draw import Recipe
    from viewer.pyramid.plan import Stage

SIZE = "8192"
"""Pixels a side of the finest level that is there as a whole, where none are asked for."""


@dataclass(frozen=True)
class Building:
    """A pyramid to be drawn, in steps that can be counted: batches of tiles."""

    target: Path
    site: Site
    crew: Crew
    force: bool
    steps: int
    unit: str = "batch"
    doubts: str = ""
    before: int = 0

    def run(self, progress: Callable[[int], None]) -> str:
        """Draws what is not there yet, and writes it."""
        from viewer.pyramid.build import build

        start = time.perf_counter()
        drawn = build(self.target, self.site, self.crew, progress, force=self.force)
        if not drawn:
            return f"{self.target}: was there already, as a whole"
        what = f"{self.steps} batches of tiles"
        if drawn < self.steps:
            what += f", {self.steps - drawn} of them from before"
        seconds = time.perf_counter() - start
        engine = self.site.recipe.engine
        return f"{self.target / 'index.html'}: {what}, engine {engine}, {seconds:.2f} s"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the command's parser."""
    add = parser.add_argument
    add("file", metavar="FILE", help="a .vm program")
    add("-o", "--output", required=True, metavar="DIR", help="a new folder, or one to go on with")
    add("--size", default=SIZE, metavar="N|WxH", help=f"pixels of all of it (default {SIZE})")
    add("--center", metavar="X,Y", help="model point at the centre (default 0,0)")
    add("--zoom", metavar="Z", help="1 shows [-1, 1] along the shorter side (default)")
    add("--view", metavar="X,Y@ZOOM", help="both, as Ctrl+C copies it, or a saved picture")
    add(
        "--around",
        action="append",
        default=[],
        metavar="X,Y@ZOOM",
        help="go deeper around this view, to its zoom; as often as wanted",
    )
    add("--aa", metavar="N", help="N x N samples a pixel (default 1)")
    add("--z", metavar="H", help="height of the slice, for programs with var-z")
    add("--palette", metavar="NAME", help="dark, light, print, or safe for all kinds of eyes")
    add("--colors", metavar="IN,OUT", help="names, #rrggbb, #rrggbbaa, or none: clear")
    add("--engine", default="auto", metavar="NAME", help="auto, or one of the engines")
    add("--dask", metavar="ADDRESS", help="draw on the Dask cluster of this scheduler")
    add("--force", action="store_true", help="replace another pyramid in DIR")
    parser.set_defaults(grid=None, mode=None, pixels=None, dpi=None, like=None)


def prepare(options: argparse.Namespace, say: Say) -> Building:
    """The pyramid that is asked for, not yet drawn; `say` is told what was passed over for it.

    Raises `ViewerError`, also for what would only be refused after the drawing.
    """
    from viewer.engines.blocks import all_cores
    from viewer.picture.render import check_size
    from viewer.pyramid.build import Site
    from viewer.pyramid.crew import here, on_dask
    from viewer.pyramid.folder import check
    from viewer.pyramid.plan import plan

    picture = wanted(options)
    check_size(picture.grid, picture.aa)
    views = tuple(dict.fromkeys(place(text) for text in options.around))
    stages = plan(picture.grid, views)
    for stage in stages:
        check_size(stage.pyramid.sheet(), picture.aa)
    path, target = Path(options.file), Path(options.output)
    check(target)
    recipe = _recipe(path, options.engine, stages, picture, say)
    crew = on_dask(options.dask) if options.dask else here(all_cores())
    site = Site(recipe, stages, views)
    return Building(target, site, crew, options.force, site.steps)


def _recipe(
    path: Path, engine: str, stages: tuple[Stage, ...], picture: Wanted, say: Say
) -> Recipe:
    """With the engine asked for, or the one that suits the deepest pixels."""
    from viewer.engines import registry
    from viewer.passes import optimise
    from viewer.program.parse import parse, read_bytes
    from viewer.pyramid.draw import Recipe

    text = read_bytes(path)
    program = optimise(parse(text, str(path)))
    if engine == "auto":
        finest = min((stage.pyramid for stage in stages), key=lambda pyramid: pyramid.pixel)
        row, made, why = registry.choose(program, finest.sheet().supersampled(picture.aa))
        engine = row.name
        if why:
            say(f"{why}: drawing with {engine}")
    else:
        made = registry.create(engine, program)
    made.close()
    return Recipe.of(text, path.name, engine, picture.aa, picture.look.palette)
