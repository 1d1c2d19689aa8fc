"""Pictures for Python: from a program and a view to arrays, at once or strip by strip."""

from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from typing import Literal, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from viewer.engines import registry
from viewer.engines.engine import Engine
from viewer.errors import UsageError
from viewer.passes import optimise
from viewer.picture.formats.header import Pixels
from viewer.picture.look import Look, look_rows
from viewer.picture.modes import MODES
from viewer.picture.palettes import Palette, palette_named, palette_of
from viewer.picture.render import check_size
from viewer.program import Program
from viewer.sign.undefined import doubtful_rows, may_be_undefined
from viewer.view import Grid, Size, View

Mode = Literal["fill", "distance", "iso", "gradient"]
Sampling = Literal["centers", "reference"]
Strips = Iterator[NDArray[np.uint8]]


class Options(TypedDict, total=False):
    """What `render` and `render_rows` may be told; `render_rows` has the defaults."""

    engine: str
    exact: bool
    z: Fraction | float
    aa: int
    grid: Sampling
    mode: Mode
    palette: str | None
    colors: str | None


def render(
    program: Program, view: View, size: Size, **options: Unpack[Options]
) -> NDArray[np.uint8]:
    """The picture of a program: shape (height, width) for `size` (width, height), row 0 on top.
    Inside is 255, outside 0. The options, by name, with what they are where they are not given:

    engine="auto"   the engine's name, as in `prospero bench`
    exact=False     True decides every sample that rounding leaves in doubt
    z=0             the height of the slice, for programs that have one
    aa=1            2 or more: a pixel is the mean of `aa` x `aa` samples
    grid="centers"  or "reference", the samples of the challenge's own script
    mode="fill"     or "distance", "iso", "gradient"
    palette=None    colours by a palette's name
    colors=None     colours as "inside,outside", each as CSS names it

    With another mode than fill or with colours the picture is RGB, of shape (height, width, 3), or
    RGBA where a colour is transparent, and red where the program has no value. Raises `UsageError`
    for what is not allowed, `DrawError` or `NoDeviceError` where the engine cannot draw.
    """
    return np.concatenate(list(render_rows(program, view, size, **options)))


def render_rows(
    program: Program,
    view: View,
    size: Size,
    *,
    engine: str = "auto",
    exact: bool = False,
    z: Fraction | float = 0,
    aa: int = 1,
    grid: Sampling = "centers",
    mode: Mode = "fill",
    palette: str | None = None,
    colors: str | None = None,
) -> Strips:
    """The picture that `render` returns in strips of whole rows, from the top: arrays of shape
    (rows, width) or (rows, width, 3 or 4), which together have `size`'s height.

    Only a few of them are in memory at once, whatever the size. Options and errors are those of
    `render`; `UsageError` comes at once, what the engine raises with the first strip.
    """
    look = _look(mode, palette, colors)
    samples = Grid(view, *size, _slice(z), _is_reference(grid))
    return _rows(program, samples, aa, look, _name(engine, exact, look))


def _rows(program: Program, grid: Grid, aa: int, look: Look, engine: str) -> Strips:
    check_size(grid, aa)
    return _drawn(optimise(program), grid, aa, look, engine)


def _drawn(program: Program, grid: Grid, aa: int, look: Look, engine: str) -> Strips:
    """A generator, so that the engine lives as long as its strips are asked for."""
    with closing(_engine(engine, program, grid.supersampled(aa), look)) as chosen:
        doubtful = _doubtful(program, grid, look)
        yield from look_rows(chosen, grid, aa, look, _pixels(look), doubtful=doubtful)


def _doubtful(program: Program, grid: Grid, look: Look) -> range:
    """The rows of a filling in colours that may have pixels without a value."""
    coloured = look.mode == "fill" and look.palette is not None
    return doubtful_rows(program, grid) if coloured and may_be_undefined(program) else range(0)


def _engine(name: str, program: Program, samples: Grid, look: Look) -> Engine:
    if name != "auto":
        return registry.create(name, program)
    _, engine, _ = registry.choose(program, samples, field=look.mode in MODES)
    return engine


def _name(engine: str, exact: bool, look: Look) -> str:
    """The engine's name, looked up before anything is drawn."""
    if exact:
        if engine not in ("auto", "exact"):
            raise UsageError(f"exact pictures have their own engine, expected no engine {engine}")
        engine = "exact"
    if engine == "exact" and look.mode in MODES:
        raise UsageError(f"the engine exact knows only what is inside, not mode {look.mode}")
    return engine if engine == "auto" else registry.row(engine).name


def _look(mode: str, palette: str | None, colors: str | None) -> Look:
    if mode not in ("fill", *MODES):
        raise UsageError(f"unknown mode '{mode}', expected one of fill {' '.join(MODES)}")
    if palette and colors:
        raise UsageError("palette and colors both give colours, expected one of them")
    chosen: Palette | None = palette_named(palette) if palette else None
    return Look(mode, palette_of(colors) if colors else chosen)


def _pixels(look: Look) -> Pixels:
    """What suits an array."""
    if look.mode == "fill" and look.palette is None:
        return "grey"
    return "rgb" if look.mode in MODES or look.palette is None or look.palette.opaque else "rgba"


def _is_reference(grid: str) -> bool:
    if grid not in ("centers", "reference"):
        raise UsageError(f"unknown grid '{grid}', expected centers or reference")
    return grid == "reference"


def _slice(z: Fraction | float) -> Fraction:
    try:
        return Fraction(z)
    except (ValueError, OverflowError):
        raise UsageError(f"bad height {z}, expected a finite number") from None
