"""The options of `prospero render`, and what they come to. Imports nothing heavy until it must."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viewer.errors import UsageError
from viewer.picture.options import Strict, Wanted, positive, wanted
from viewer.picture.options import add_options as add_picture_options
from viewer.picture.work import Drawing, Say

if TYPE_CHECKING:
    from viewer.engines.engine import Engine
    from viewer.program import Program
    from viewer.view import Grid, View

EXACT = "exact"
"""The engine of `--exact`."""
FALLBACK_SIZE = 1024
"""Pixels a side of the picture that stands in for the window where there is no display."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them to the command's parser."""
    add = parser.add_argument
    add("file", metavar="FILE", help="a .vm program")
    endings = ".png .tif .ppm .pgm .pbm .npy, .svg .pdf for outlines"
    add("-o", "--output", required=True, metavar="OUT", help=f"{endings}; - to stdout")
    add("--format", default="", metavar="NAME", help="for other endings, and for -: png, ppm, ...")
    add_picture_options(parser)
    add("--tolerance", default="0.1", metavar="N", help="of outlines, in pixels (default 0.1)")
    add("--engine", default="auto", metavar="NAME", help="auto, or one of the engines")
    add("--exact", action="store_true", help="right at every sample: doubts are decided exactly")
    add("--force", action="store_true", help="replace an existing file")
    add("--resume", action="store_true", help="go on with what a stopped run left of OUT")
    add("--progress", action="store_true", help="instead of a bar, lines 'DONE ALL' to stdout")


def prepare(options: argparse.Namespace, say: Say) -> Drawing:
    """The drawing that is asked for, not yet done; `say` is told what was passed over for it.

    Raises `ViewerError`, also for what would only be refused after the drawing.
    """
    picture = wanted(options)
    path, target = Path(options.file), Path(options.output)
    if options.progress and str(target) == "-":
        raise UsageError("--progress and -o - both write to standard output, expected one of them")
    engine = exact_engine(options.engine) if options.exact else options.engine
    tolerance = positive(options.tolerance, "--tolerance")
    if options.resume:
        _check_resumable(target, options.format)
    # What another program asks for is whole or not at all.
    resume = options.resume or (None if options.progress else False)
    chosen = engine, options.format, options.force, resume
    return _picture(path, target, picture, say, *chosen, tolerance)


def exact_engine(engine: str) -> str:
    """The engine of `--exact`, where no other is asked for. Raises `UsageError`."""
    if engine not in ("auto", EXACT):
        raise UsageError(f"--exact draws with the engine {EXACT}, expected no --engine {engine}")
    return EXACT


def prepare_instead(path: Path, view: View, z: Fraction, say: Say) -> Drawing:
    """The drawing of a square picture in the current folder, where no window can be opened."""
    from viewer.picture.look import Look
    from viewer.picture.save import next_free
    from viewer.view import Grid

    target = next_free(Path.cwd() / f"{path.stem}.png")
    grid = Grid(view, FALLBACK_SIZE, FALLBACK_SIZE, z=z)
    return _picture(path, target, Wanted(grid, 1, Look()), say)


def _picture(
    path: Path,
    target: Path,
    picture: Wanted,
    say: Say,
    engine: str = "auto",
    form: str = "",
    force: bool = False,
    resume: bool | None = None,
    tolerance: float = 0,
) -> Drawing:
    """`resume` says whether to go on with what is there; None that nothing is kept."""
    from viewer.picture.begun import rows_begun
    from viewer.picture.outline.outline import save_outline
    from viewer.picture.patience import patient
    from viewer.picture.save import Keep, save
    from viewer.picture.target import STANDARD

    grid, aa, look = picture.grid, picture.aa, picture.look
    outlined, field = _checked(path, target, picture, engine, form, force)
    (program, digest), start = read_program(path), time.perf_counter()
    if picture.digest not in ("", digest):
        say(f"{path}: is not the program of that picture")
    name, chosen = engine_for(engine, program, grid.supersampled(aa), say, field)
    before = rows_begun(target) if resume else 0
    if resume and not before:
        say(f"{target}: found nothing to go on with, drawing all of it")

    def draw(progress: Callable[[int], None]) -> None:
        def rows(done: int, _: int) -> None:
            progress(done)

        given: dict[str, Any] = {"engine": chosen, "look": look, "form": form, "digest": digest}
        given |= {"force": force, "progress": rows}
        if outlined:
            save_outline(target, program, grid, tolerance=tolerance, **given)
        elif resume is None or target == STANDARD:
            save(target, program, grid, aa=aa, **given)
        else:
            with patient(say, "a strip") as stop:
                save(target, program, grid, aa=aa, keep=Keep(name, resume, stop), **given)

    what = f"{grid.width} x {grid.height} pixels"
    if before:
        what += f", {before} rows of them from before"
    return Drawing(target, what, grid.height, "row", chosen, name, draw, start, aa, before)


def _check_resumable(target: Path, form: str) -> None:
    from viewer.picture.outline.outline import is_outline
    from viewer.picture.target import STANDARD

    if target == STANDARD:
        raise UsageError("standard output is not kept, expected no --resume beside -o -")
    if is_outline(target, form):
        raise UsageError("an outline is drawn as a whole, expected no --resume")


def check(arguments: Sequence[str]) -> None:
    """Refuses what `prospero render` with these arguments would refuse before it reads the program.
    Raises `UsageError` or `FileError`."""
    parser = Strict(add_help=False, allow_abbrev=False)
    add_options(parser)
    options = parser.parse_args(arguments)
    path, target = Path(options.file), Path(options.output)
    engine = exact_engine(options.engine) if options.exact else options.engine
    _checked(path, target, wanted(options), engine, options.format, options.force)


def _checked(
    path: Path, target: Path, picture: Wanted, engine: str, form: str, force: bool
) -> tuple[bool, bool]:
    """Whether it is an outline, and whether it shows more of the field than its sign. Refuses what
    makes no sense together."""
    from viewer.picture.outline.outline import check_outline, is_outline
    from viewer.picture.render import check_size
    from viewer.picture.save import check_target

    look = picture.look
    if is_outline(target, form):
        check_outline(target, source=path, look=look, form=form, force=force)
        check_size(picture.grid, 1)
        return True, False
    written = check_target(target, source=path, look=look, form=form, force=force)
    field = look.shows_field(written)
    if field and engine == EXACT:
        raise UsageError("the engine exact knows only what is inside, expected no field beside it")
    if picture.aa > 1 and look.in_format(written) == "field":
        raise UsageError("a field has one sample a pixel, expected no --aa")
    check_size(picture.grid, picture.aa)
    return False, field


def read_program(path: Path) -> tuple[Program, str]:
    """The program of a file, and its digest."""
    from viewer.passes import optimise
    from viewer.picture.provenance import digest_of
    from viewer.program.parse import parse, read_bytes

    data = read_bytes(path)
    return optimise(parse(data, str(path))), digest_of(data)


def engine_for(
    name: str, program: Program, grid: Grid, say: Say, field: bool = False
) -> tuple[str, Engine]:
    """The engine asked for, or the best one here, with a word about what was passed over."""
    from viewer.engines import registry

    if name != "auto":
        return name, registry.create(name, program)
    row, engine, why = registry.choose(program, grid, field=field)
    if why:
        say(f"{why}: drawing with {row.name}")
    return row.name, engine
