"""How a picture looks: its mode, its colours, what its pixels are; and the rows that it makes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from viewer.engines.engine import Counting, Engine, Looked, Sparse
from viewer.errors import UsageError
from viewer.picture.formats.ahead import ahead
from viewer.picture.formats.header import Format, Pixels, Rows
from viewer.picture.formats.table import FORMATS
from viewer.picture.modes import MODES, Floats, Mode, measure_of, step_of, wanted_step
from viewer.picture.palettes import PALETTES, UNDEFINED, Palette
from viewer.picture.render import BLOCK, render_rows, render_runs
from viewer.sign.runs import Runs
from viewer.view import Block, Grid

_PART = 2**18
"""Samples of a field that are coloured at once: they take about 100 bytes each on the way."""
_FEW, _MANY = 32, 256
"""Samples along the shorter side of a picture, and at most along the longer, that tell its step."""
NEUTRAL = PALETTES["dark"]
"""The colours of fields where none are asked for."""


@dataclass(frozen=True)
class Look:
    """`mode` is fill, distance, iso or gradient. Without a `palette` a filling is in greys.
    `pixels` are those of the file, None for what suits the rest and the format; `dpi` how many make
    an inch. `steps` are those of the field, in model units, and what each counts of the picture, 1
    in all: those of a frame between others. Else there is one, which follows from the view."""

    mode: str = "fill"
    palette: Palette | None = None
    pixels: Pixels | None = None
    dpi: float | None = None
    steps: tuple[tuple[Decimal, float], ...] = ()

    def shows_field(self, form: Format) -> bool:
        """Whether a file of a format has more of the field than its sign."""
        return self.mode in MODES or self.in_format(form) == "field"

    def options(self) -> Iterator[str]:
        """What `prospero render` is told for it."""
        if self.mode != "fill":
            yield f"--mode={self.mode}"
        if self.palette in PALETTES.values():
            name = next(name for name, palette in PALETTES.items() if palette == self.palette)
            yield f"--palette={name}"
        elif self.palette:
            ends = (f"#{bytes(colour).hex()}" for colour in self.palette[:2])
            yield f"--colors={','.join(ends)}"
        if self.pixels:
            yield f"--pixels={self.pixels}"
        if self.dpi:
            yield f"--dpi={repr(self.dpi).removesuffix('.0')}"

    def in_format(self, form: Format) -> Pixels:
        """What the pixels are in a format. Raises `UsageError` where it cannot hold the look."""
        if self.dpi and not form.holds_dpi:
            holders = " ".join(other.name for other in FORMATS if other.holds_dpi)
            raise UsageError(f"{form.name} holds no dpi, expected {holders}")
        suitable = self._suitable(form)
        if self.pixels is not None:
            if self.pixels not in form.pixels:
                raise UsageError(
                    f"{form.name} has no {self.pixels} pixels, expected {' '.join(form.pixels)}"
                )
            if self.pixels == "palette" and not self.palette:
                raise UsageError("palette pixels need --palette or --colors")
            if self.pixels not in suitable:
                what = f"mode {self.mode}" if self.mode != "fill" else "a palette"
                raise UsageError(f"{self.pixels} pixels cannot show {what}")
            return self.pixels
        for pixels in suitable:
            if pixels in form.pixels:
                return pixels
        able = (other.name for other in FORMATS if set(suitable) & set(other.pixels))
        raise UsageError(f"{form.name} holds no colours, expected {' '.join(able)}")

    def _suitable(self, form: Format) -> tuple[Pixels, ...]:
        """The kinds of pixels that show it, the best first."""
        if self.mode != "fill":
            return ("rgb",)
        if self.palette is None:
            return tuple(pixels for pixels in form.pixels if pixels != "palette")
        return ("palette", "rgb", "rgba") if self.palette.opaque else ("palette", "rgba")


def look_rows(
    engine: Engine,
    grid: Grid,
    aa: int,
    look: Look,
    pixels: Pixels,
    *,
    block: int = BLOCK,
    rows: range | None = None,
    doubtful: range = range(0),
) -> Iterator[Rows]:
    """The picture in strips of whole rows, from the top, as `Pixels` says. `block` and `rows` are
    as for `render_rows`. In `doubtful` rows a filling in colours is red where a pixel's centre has
    no value. Raises `UsageError`, at once."""
    if pixels == "field":
        if aa > 1:
            raise UsageError("a field has one sample a pixel, expected no --aa")
        return (_whole(engine.field, grid, strip) for strip in _cut(grid, block, rows))
    if pixels == "rgb" and isinstance(engine, Looked):
        return (engine.colours(grid, strip) for strip in _cut(grid, block, rows))
    if look.mode in MODES:
        return _in_mode(engine, grid, aa, look, block, rows)
    greys = render_rows(engine, grid, aa, block=block, rows=rows)
    if pixels not in ("rgb", "rgba"):
        return greys
    palette = look.palette or Palette((255, 255, 255, 255), (0, 0, 0, 255), UNDEFINED)
    table = palette.table()[:, : 3 if pixels == "rgb" else 4].copy()
    red = np.array(UNDEFINED[: table.shape[1]], np.uint8)
    return _marked((table[strip] for strip in greys), engine, grid, red, rows, doubtful)


def _marked(
    strips: Iterator[Rows],
    engine: Engine,
    grid: Grid,
    red: Rows,
    rows: range | None,
    doubtful: range,
) -> Iterator[Rows]:
    """Strips of a filling, with that colour where there is no value."""
    first = rows.start if rows else 0
    for strip in strips:
        last = first + len(strip)
        low, high = max(first, doubtful.start), min(last, doubtful.stop)
        if low < high:
            part = Block(0, low, grid.width, high - low)
            strip[low - first : high - first][np.isnan(_whole(engine.field, grid, part))] = red
        first = last
        yield strip


def look_runs(
    engine: Engine, grid: Grid, aa: int, look: Look, pixels: Pixels, *, rows: range | None = None
) -> Iterator[Runs] | None:
    """The same as runs, where the engine can tell them and pixels are one number each."""
    if look.mode in MODES or pixels not in ("bit", "grey", "palette"):
        return None
    if not isinstance(engine, Sparse) or not engine.sparse:
        return None
    return render_runs(engine, grid, aa, rows=rows)


def _in_mode(
    engine: Engine, grid: Grid, aa: int, look: Look, block: int, rows: range | None
) -> Iterator[Rows]:
    """Rows of RGB: strips of the field are coloured in threads while the next are computed."""
    mode = MODES[look.mode]
    steps = look.steps or ((step_of(mode, *_sampled(engine, grid)), 1.0),)
    palette = look.palette or NEUTRAL
    samples = grid.supersampled(aa)
    unit = _unit(engine, samples)
    base = engine.base(samples) if isinstance(engine, Counting) else Decimal(0)
    measures = [(measure_of(mode, step, grid, unit, base), part) for step, part in steps]

    def colour(field: Floats) -> Rows:
        pictures = ((mode.colours(field, one, float(aa), palette), part) for one, part in measures)
        return _means(_mixed(list(pictures)), aa)

    pixels = max(1, min(block, _PART) // aa**2)
    width, height = min(grid.width, pixels), max(1, pixels // grid.width)
    parts = grid.blocks(width, height, rows)
    told = _changes(engine)
    fields = (_whole(told, samples, _wider(part.supersampled(aa))) for part in parts)
    return _side_by_side(ahead(colour, fields), -(-grid.width // width))


def _side_by_side(parts: Iterator[Rows], across: int) -> Iterator[Rows]:
    """Strips of whole rows from so many parts each."""
    while strip := list(islice(parts, across)):
        yield np.hstack(strip) if across > 1 else strip[0]


def usual_step(engine: Engine, grid: Grid, mode: Mode) -> Fraction | None:
    """The step that suits a picture before it is made a round number, from a few samples of its
    field; None where that has no slope."""
    return wanted_step(mode, *_sampled(engine, grid))


def few_samples(grid: Grid) -> Grid:
    """The same picture in few samples."""
    scale = _FEW / min(grid.size)
    width, height = (min(_MANY, round(side * scale)) for side in grid.size)
    return replace(grid, width=width, height=height)


def _sampled(engine: Engine, grid: Grid) -> tuple[Floats, Grid, Fraction]:
    """The field in few samples, their grid, and what they count in."""
    few = few_samples(grid)
    return _whole(_changes(engine), few, few.whole), few, _unit(engine, few)


def _cut(grid: Grid, samples: int, rows: range | None) -> Iterator[Block]:
    return grid.blocks(grid.width, max(1, samples // grid.width), rows)


def _wider(block: Block) -> Block:
    """One sample more on every side."""
    return Block(block.i - 1, block.j - 1, block.width + 2, block.height + 2)


def _whole(told: Callable[[Grid, Block], Floats], grid: Grid, block: Block) -> Floats:
    """What is told of a block, asked for in parts of at most `BLOCK` samples."""
    width = min(block.width, BLOCK)
    parts = [
        told(grid, Block(block.i + i, block.j, min(width, block.width - i), block.height))
        for i in range(0, block.width, width)
    ]
    return parts[0] if len(parts) == 1 else np.hstack(parts)


def _changes(engine: Engine) -> Callable[[Grid, Block], Floats]:
    """What an engine tells of the field with digits for how it changes."""
    return engine.changes if isinstance(engine, Counting) else engine.field


def _unit(engine: Engine, grid: Grid) -> Fraction:
    """What the field of a grid counts, in model units."""
    return engine.unit(grid) if isinstance(engine, Counting) else Fraction(1)


def _mixed(pictures: list[tuple[NDArray[np.uint8], float]]) -> NDArray[np.uint8]:
    """Pictures of one shape on top of each other, each as much as its part."""
    if len(pictures) == 1:
        return pictures[0][0]
    sums = sum(picture * np.float32(part) for picture, part in pictures)
    return np.asarray(np.rint(sums), np.uint8)


def _means(colours: NDArray[np.uint8], n: int) -> NDArray[np.uint8]:
    """The mean of each n x n samples: shape (n * h, n * w, 3) to (h, w, 3), halves up."""
    if n == 1:
        return colours
    height, width, channels = colours.shape
    blocks = colours.reshape(height // n, n, width // n, n, channels)
    totals = blocks.sum(axis=(1, 3), dtype=np.uint32)
    return np.asarray((totals * 2 + n * n) // (2 * n * n), np.uint8)
