"""Saving a picture: the engine's strips, the format's bytes, the file's place."""

import os
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from itertools import chain, count
from pathlib import Path

from viewer.engines.engine import Engine
from viewer.errors import UsageError
from viewer.picture.begun import begun_file
from viewer.picture.formats.header import Begun, Encode, Format, Header, Pixels, Rows
from viewer.picture.formats.table import format_for, format_named
from viewer.picture.look import Look, look_rows, look_runs
from viewer.picture.provenance import Provenance
from viewer.picture.render import check_size
from viewer.picture.target import STANDARD, Output, check_place, opened
from viewer.program import Program
from viewer.sign.runs import Runs
from viewer.sign.undefined import doubtful_rows, may_be_undefined
from viewer.view import Grid


@dataclass(frozen=True)
class Keep:
    """How an unfinished picture is kept (see `picture.begun`). `engine` is its name: another may
    make other bytes. With `resume` one goes on with what is there; `stop` is asked after each strip
    whether that was the last one."""

    engine: str
    resume: bool = False
    stop: Callable[[], bool] = lambda: False


def save(
    path: Path,
    program: Program,
    grid: Grid,
    *,
    engine: Engine,
    aa: int = 1,
    look: Look = Look(),
    form: str = "",
    digest: str = "",
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
    keep: Keep | None = None,
) -> None:
    """Draws `program` with its `engine` and writes the picture to `path`, `-` for standard output.

    `form` names the format; else it is the one of the ending. `path` is either the old file or the
    whole new one at every moment (see `target`). `digest` is the program's, for the file's notes
    (see `Provenance`). `progress` is told the rows done and all rows. With `keep` an unfinished
    picture is there to go on with. Raises `UsageError`, `FileError`, or the engine's errors, and
    `KeyboardInterrupt` where it was told to stop.
    """
    chosen = check_target(path, look=look, form=form, force=force)
    check_size(grid, aa)
    pixels, doubtful = _told(look, chosen, program, grid)
    header = Header(
        grid.size,
        pixels,
        colours=look.palette.table() if look.palette else None,
        notes=Provenance.of(grid, aa, look, digest).notes(program.name),
        dpi=look.dpi,
        detailed=aa > 1 or look.mode != "fill" or pixels == "field",
    )

    def strips(rows: range) -> Iterator[Rows | Runs]:
        runs = look_runs(engine, grid, aa, look, pixels, rows=rows) if chosen.takes_runs else None
        made = look_rows(engine, grid, aa, look, pixels, rows=rows, doubtful=doubtful)
        return runs or made

    with _opened(path, header, chosen, keep, force) as output:
        begun = None
        if before := output.before:
            (above,) = strips(range(before.rows - 1, before.rows))
            begun = Begun(before.rows, before.notes, above)
        rows = range(begun.rows if begun else 0, grid.height)
        counted = _counted(strips(rows), rows, progress, keep)
        if _written(output, chosen.encode, header, counted, begun) < len(rows):
            raise KeyboardInterrupt


def _told(look: Look, form: Format, program: Program, grid: Grid) -> tuple[Pixels, range]:
    """What the pixels are, and the rows that may have some without a value. A palette of two
    colours has no third one for these."""
    pixels = look.in_format(form)
    if look.mode != "fill" or pixels not in ("palette", "rgb", "rgba"):
        return pixels, range(0)
    doubtful = doubtful_rows(program, grid) if may_be_undefined(program) else range(0)
    other: Pixels = "rgb" if look.palette and look.palette.opaque else "rgba"
    if doubtful and pixels == "palette" and look.pixels is None and other in form.pixels:
        return other, doubtful
    return pixels, doubtful


def check_target(
    path: Path,
    *,
    source: Path | None = None,
    look: Look = Look(),
    form: str = "",
    force: bool = False,
) -> Format:
    """Refuses at once what `save` would refuse after the drawing, and to overwrite `source`.

    Returns the format. Raises `UsageError` for a name or a look that is none for a picture or for
    its format, else `FileError`.
    """
    if path == STANDARD and not form:
        raise UsageError("-: found no ending, expected --format and a name such as png")
    chosen = format_named(form) if form else format_for(path)
    look.in_format(chosen)
    if path == STANDARD and chosen.goes_back:
        raise UsageError(f"{chosen.name} goes back in its file, expected another name than -")
    check_place(path, source=source, force=force)
    return chosen


def next_free(path: Path, taken: Collection[Path] = ()) -> Path:
    """`path`, or where that is there or `taken` `shot-2.png` for `shot.png`, and so on.

    It may be taken by the time that it is used: `save` without `force` then refuses.
    """
    names = (path if n == 1 else path.with_stem(f"{path.stem}-{n}") for n in count(1))
    return next(name for name in names if not (name in taken or os.path.lexists(name)))


def _opened(
    path: Path, header: Header, form: Format, keep: Keep | None, force: bool
) -> AbstractContextManager[Output]:
    """Where it goes, with what is there already."""
    if keep is None:
        return opened(path, force=force)
    asked = {key.removeprefix("Prospero ").lower(): text for key, text in header.notes.items()}
    asked |= {"format": form.name, "engine": keep.engine, "zlib": zlib.ZLIB_RUNTIME_VERSION}
    return begun_file(path, {**asked, "version": _version()}, force=force, resume=keep.resume)


def _version() -> str:
    try:
        return version("prospero-viewer")
    except PackageNotFoundError:
        return ""


def _written(
    output: Output,
    encode: Encode,
    header: Header,
    strips: Iterator[Rows | Runs],
    begun: Begun | None,
) -> int:
    """Writes what the strips make, and returns how many rows that was."""
    first = begun.above if begun else next(strips)  # which knows its numbers' type
    rest = strips if begun else chain((first,), strips)
    done = 0
    for piece in encode(replace(header, dtype=first.dtype), rest, begun):
        output.write(piece.data, piece.at)
        output.note(piece.rows, piece.notes)
        done += piece.rows
    return done


def _counted(
    strips: Iterator[Rows | Runs],
    rows: range,
    progress: Callable[[int, int], None] | None,
    keep: Keep | None,
) -> Iterator[Rows | Runs]:
    """The strips of some rows, up to the one after which it is told to stop."""
    done = rows.start
    for strip in strips:
        done += len(strip)
        if progress:
            progress(done, rows.stop)
        yield strip
        if keep and keep.stop():
            return
