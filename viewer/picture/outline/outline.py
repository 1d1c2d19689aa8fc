"""The outline of a shape in a picture, and its file."""

import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Context, Decimal
from pathlib import Path as FilePath

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import Engine
from viewer.errors import UsageError
from viewer.picture.formats.table import OUTLINES
from viewer.picture.look import Look
from viewer.picture.outline.corners import traced
from viewer.picture.outline.documents import Write, pdf, svg
from viewer.picture.outline.edges import Edge, Values
from viewer.picture.outline.fit import Path, fitted
from viewer.picture.outline.lattice import march
from viewer.picture.outline.quadrics import Quadrics
from viewer.picture.provenance import Provenance
from viewer.picture.render import BLOCK, check_size
from viewer.picture.target import check_place, opened
from viewer.program import Program
from viewer.sign.formula import sign_form
from viewer.sign.layout import lay_out
from viewer.view import Grid

TOLERANCE = 0.1
"""Pixels."""

DOCUMENTS: Mapping[str, Write] = dict(zip(OUTLINES, (svg, pdf), strict=True))
"""By the ending of the name in small letters."""


def outline(
    program: Program,
    grid: Grid,
    engine: Engine,
    tolerance: float = TOLERANCE,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """The edge of what the engine's picture of a program shows, as closed paths.

    In pixels from the top left corner of the picture, y down, which also cuts the shape. An odd
    number of paths is around what is inside; holes go the other way round. No path is farther from
    the edge than `tolerance` pixels; parts and gaps that no pixel's centre is in are left out, as
    in the picture. Memory is that for the length of the edge. `progress` is told the rows done
    and all rows. Raises `UsageError`, or the engine's errors.
    """
    check_size(grid, 1)
    edge = edge_of(program, grid)
    crossings = march(_rows(engine, grid, progress), grid.size, edge.inside)
    return [fitted(loop, edge, 0.8 * tolerance) for loop in traced(edge, crossings, grid.size)]


def save_outline(
    path: FilePath,
    program: Program,
    grid: Grid,
    *,
    engine: Engine,
    tolerance: float = TOLERANCE,
    look: Look = Look(),
    form: str = "",
    digest: str = "",
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes the outline as SVG or PDF, as `save` does pictures. Without a palette it is black, and
    nothing is behind it."""
    write = check_outline(path, look=look, form=form, force=force)
    paths = outline(program, grid, engine, tolerance, progress)
    digits = max(0, 2 - math.floor(math.log10(tolerance)))
    notes = Provenance.of(grid, 1, look, digest).notes(program.name)
    data = write(paths, grid.size, digits, look.palette, look.dpi, notes)
    with opened(path, force=force) as output:
        output.write(data)


def is_outline(path: FilePath, form: str = "") -> bool:
    """Whether a name, or else the format that is named, is that of an outline's file."""
    return _ending(path, form) in DOCUMENTS


def check_outline(
    path: FilePath,
    *,
    source: FilePath | None = None,
    look: Look = Look(),
    form: str = "",
    force: bool = False,
) -> Write:
    """Refuses at once what `save_outline` would refuse in the end, and to overwrite `source`.

    Raises `UsageError` or `FileError`.
    """
    if look.mode != "fill" or look.pixels:
        raise UsageError("an outline is filled and has no pixels, expected no --mode or --pixels")
    check_place(path, source=source, force=force)
    return DOCUMENTS[_ending(path, form)]


def edge_of(program: Program, grid: Grid) -> Edge:
    """The edge of a program in a picture."""
    height = Context(prec=100).divide(Decimal(grid.z.numerator), Decimal(grid.z.denominator))
    formula = sign_form(program, height)
    if not formula.pure or isinstance(formula.root, bool):
        return Values(program, grid)
    return Quadrics(lay_out(formula), grid)


def _ending(path: FilePath, form: str) -> str:
    return f".{form}" if form else path.suffix.lower()


def _rows(
    engine: Engine, grid: Grid, progress: Callable[[int, int], None] | None
) -> Iterator[NDArray[np.bool_]]:
    for strip in grid.blocks(grid.width, max(1, BLOCK // grid.width)):
        yield engine.inside(grid, strip)
        if progress:
            progress(strip.j + strip.height, grid.height)
