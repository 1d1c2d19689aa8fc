"""Saving a picture: the engine's strips, the format's bytes, the file's place."""

import os
from collections.abc import Callable, Iterator
from itertools import chain, count
from pathlib import Path

from viewer.engines.engine import Engine
from viewer.errors import UsageError
from viewer.picture.formats.header import Format, Header, Rows
from viewer.picture.formats.table import format_for, format_named
from viewer.picture.look import Look, look_rows
from viewer.picture.provenance import Provenance
from viewer.picture.render import check_size
from viewer.picture.target import STANDARD, check_place, opened
from viewer.program import Program
from viewer.view import Grid


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
) -> None:
    """Draws `program` with its `engine` and writes the picture to `path`, `-` for standard output.

    `form` names the format; else it is the one of the ending. `path` is either the old file or the
    whole new one at every moment (see `target`). `digest` is the program's, for the file's notes
    (see `Provenance`). `progress` is told the rows done and all rows. Raises `UsageError`,
    `FileError`, or the engine's errors.
    """
    chosen = check_target(path, look=look, form=form, force=force)
    check_size(grid, aa)
    pixels = look.in_format(chosen)
    strips = _counted(look_rows(engine, grid, aa, look, pixels), grid.height, progress)
    with opened(path, force=force) as output:
        first = next(strips)  # which knows its numbers' type
        header = Header(
            grid.size,
            pixels,
            first.dtype,
            look.palette.table() if look.palette else None,
            Provenance.of(grid, aa, look, digest).notes(program.name),
            look.dpi,
            detailed=aa > 1 or look.mode != "fill" or pixels == "field",
        )
        for piece in chosen.encode(header, chain((first,), strips), None):
            output.write(piece.data, piece.at)


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


def next_free(path: Path) -> Path:
    """`path`, or where that is taken `shot-2.png` for `shot.png`, and so on.

    It may be taken by the time that it is used: `save` without `force` then refuses.
    """
    names = (path if n == 1 else path.with_stem(f"{path.stem}-{n}") for n in count(1))
    return next(name for name in names if not os.path.lexists(name))


def _counted(
    strips: Iterator[Rows], height: int, progress: Callable[[int, int], None] | None
) -> Iterator[Rows]:
    done = 0
    for rows in strips:
        done += len(rows)
        if progress:
            progress(done, height)
        yield rows
