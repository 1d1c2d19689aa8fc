"""The options of `prospero film`, and what they come to. Imports nothing heavy until it must."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viewer.errors import UsageError
from viewer.picture.command import EXACT, engine_for, exact_engine, read_program
from viewer.picture.options import count, place, positive, wanted
from viewer.picture.work import Drawing, Say

if TYPE_CHECKING:
    from viewer.flight import Tour
    from viewer.picture.film.film import Film
    from viewer.program import Program

SIZE, AA, RATE = "1280x720", 2, "30"
"""Where none is asked for. Edges that move seem to crawl where each pixel has one sample; lines of
a field are smooth anyway."""
MOST = 10**6
"""Frames."""
_EASE = 1.0
"""Seconds that a flight takes to get up to speed, and to slow down."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the command's parser."""
    add, view = parser.add_argument, "X,Y@ZOOM"
    add("file", metavar="FILE", help="a .vm program")
    add("-o", "--output", required=True, metavar="OUT", help=".mp4 .webm .gif, or f%%04d.png")
    add(
        "--from",
        dest="start",
        default="0,0",
        metavar=view,
        help="or a saved picture (default: home)",
    )
    add("--to", dest="end", required=True, metavar=view, help="or a saved picture")
    more = "on the way; as often as wanted"
    add("--via", action="append", default=[], metavar=view, help=more)
    add("--seconds", required=True, metavar="S", help="how long it is")
    add("--fps", default=RATE, metavar="N", help=f"frames a second (default {RATE})")
    add("--size", default=SIZE, metavar="N|WxH", help=f"pixels (default {SIZE})")
    few = f"N x N samples a pixel (default {AA}, in other modes than fill 1)"
    add("--aa", metavar="N", help=few)
    ease = argparse.BooleanOptionalAction
    add("--ease", action=ease, default=True, help="set off and arrive gently (default)")
    add("--z", metavar="H", help="height of the slice, for programs with var-z")
    add("--to-z", metavar="H", help="its height at the end")
    add("--mode", metavar="NAME", help="fill (default), distance, iso or gradient")
    add("--palette", metavar="NAME", help="dark, light, print, or safe for all kinds of eyes")
    add("--colors", metavar="IN,OUT", help="names, #rrggbb, or #rrggbbaa")
    add("--engine", default="auto", metavar="NAME", help="auto, or one of the engines")
    add("--exact", action="store_true", help="right at every sample: doubts are decided exactly")
    add("--resume", action="store_true", help="go on with one that was stopped")
    add("--force", action="store_true", help="replace existing files")
    none = dict.fromkeys(("grid", "pixels", "dpi", "like", "view", "center", "zoom"))
    parser.set_defaults(**none)


def prepare(options: argparse.Namespace, say: Say) -> Drawing:
    """The film that is asked for, not yet drawn; `say` is told what was passed over for it.

    Raises `ViewerError`, also for what would only be refused after the drawing.
    """
    from viewer.picture.film.film import check_film, film
    from viewer.picture.film.reel import frames_begun
    from viewer.picture.patience import patient

    path, target = Path(options.file), Path(options.output)
    (program, digest), start = read_program(path), time.perf_counter()
    asked = _asked(options, program, digest)
    engine = exact_engine(options.engine) if options.exact else options.engine
    if asked.shows_field and engine == EXACT:
        raise UsageError("the engine exact knows only what is inside, expected no --mode beside it")
    check_film(target, asked, source=path, force=options.force, resume=options.resume)
    samples = asked.deepest.supersampled(asked.aa)
    name, chosen = engine_for(engine, program, samples, say, asked.shows_field)
    before = (frames_begun(target) if options.resume else 0) or 0
    if options.resume and not before:
        say(f"{target}: found nothing to go on with, filming all of it")

    def draw(progress: Callable[[int], None]) -> None:
        how: dict[str, Any] = {"force": options.force, "resume": options.resume}
        with patient(say, "a frame") as stop:
            film(target, asked, chosen, name, **how, progress=progress, stop=stop)

    frames, (width, height) = asked.tour.frames, asked.size
    what = f"{frames} frames of {width} x {height} pixels"
    if before:
        what += f", {before} of them from before"
    return Drawing(target, what, frames, "frame", chosen, name, draw, start, asked.aa, before)


def _asked(options: argparse.Namespace, program: Program, digest: str) -> Film:
    from viewer.picture.film.film import Film
    from viewer.picture.render import check_size
    from viewer.view import parse_number

    picture = wanted(options)
    aa = picture.aa if options.aa or picture.look.mode != "fill" else AA
    check_size(picture.grid, aa)
    rate = count(options.fps, "--fps")
    height = picture.grid.z
    heights = height, parse_number(options.to_z, "height") if options.to_z else height
    size, look = picture.grid.size, picture.look
    return Film(program, digest, _tour(options, rate), size, rate, aa, look, heights)


def _tour(options: argparse.Namespace, rate: int) -> Tour:
    from viewer.flight import Tour

    views = tuple(place(text) for text in (options.start, *options.via, options.end))
    seconds = positive(options.seconds, "--seconds")
    frames = round(seconds * rate)
    if not len(views) <= frames <= MOST:
        raise UsageError(
            f"{options.seconds} seconds at {rate} frames a second are {frames} frames, expected"
            f" {len(views)} to {MOST}"
        )
    return Tour(views, frames, _EASE * rate if options.ease else 0)
