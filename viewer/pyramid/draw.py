"""A batch of tiles as PNG files, the same bytes in whichever process, on whichever machine."""

import hashlib
import threading
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.engines import registry
from viewer.engines.engine import Engine, Smooth
from viewer.passes import optimise
from viewer.picture.formats.header import Header, Pixels
from viewer.picture.formats.png import encode_png
from viewer.picture.palettes import Palette
from viewer.picture.render import block_greys
from viewer.program.parse import parse
from viewer.pyramid.levels import TILE, Batch, Pyramid
from viewer.view import Block, Grid


class Tile(NamedTuple):
    """A tile's place in its level and its file; `flat` where its pixels are all alike."""

    column: int
    row: int
    data: bytes
    flat: bool


@dataclass(frozen=True)
class Recipe:
    """All that drawing a batch takes, to be sent to who draws. `packed` is the program's text,
    compressed."""

    packed: bytes
    name: str
    engine: str
    aa: int
    palette: Palette | None

    @staticmethod
    def of(text: bytes, name: str, engine: str, aa: int, palette: Palette | None) -> "Recipe":
        """Of a program's text, with the name of an engine (not auto)."""
        return Recipe(zlib.compress(text), name, engine, aa, palette)

    @cached_property
    def digest(self) -> str:
        """What tells its pictures from others'."""
        parts = (zlib.decompress(self.packed), self.engine, self.aa, self.palette)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def make(self) -> Engine:
        """The engine, for one thread. Raises `NoDeviceError` where it cannot run."""
        program = parse(zlib.decompress(self.packed), self.name)
        return registry.create(self.engine, optimise(program))


def draw(recipe: Recipe, pyramid: Pyramid, batch: Batch) -> list[Tile]:
    """Draws a batch. The engine is kept for the thread's next batch of the same recipe.

    Raises the engine's errors.
    """
    return draw_with(_own.engine(recipe), recipe, pyramid, batch)


def draw_with(engine: Engine, recipe: Recipe, pyramid: Pyramid, batch: Batch) -> list[Tile]:
    """The same with an engine that is at hand."""
    grid, block = pyramid.place(batch)
    greys = _greys(engine, grid, block, recipe.aa)
    found = []
    for column, row, part in pyramid.tiles(batch):
        pixels = greys[part.j : part.j + part.height, part.i : part.i + part.width]
        flat = bool((pixels == pixels[0, 0]).all())
        found.append(Tile(column, row, encoded(pixels, recipe), flat))
    return found


def encoded(greys: NDArray[np.uint8], recipe: Recipe) -> bytes:
    """A tile as a PNG file: one bit a pixel where there are two colours."""
    palette, smooth = recipe.palette, recipe.aa > 1
    kind: Pixels = "palette" if palette else "grey" if smooth else "bit"
    height, width = greys.shape
    colours = palette.table() if palette else None
    header = Header((width, height), kind, colours=colours, detailed=smooth)
    return b"".join(piece.data for piece in encode_png(header, [greys], threads=False))


def _greys(engine: Engine, grid: Grid, block: Block, aa: int) -> NDArray[np.uint8]:
    """In parts where a batch has more samples than an engine should be asked for at once."""
    if aa == 1 or isinstance(engine, Smooth):
        return block_greys(engine, grid, block, aa)
    greys = np.empty((block.height, block.width), np.uint8)
    side = max(1, TILE // aa)
    for j in range(0, block.height, side):
        for i in range(0, block.width, TILE):
            size = min(TILE, block.width - i), min(side, block.height - j)
            part = Block(block.i + i, block.j + j, *size)
            greys[j : j + side, i : i + TILE] = block_greys(engine, grid, part, aa)
    return greys


class _Own(threading.local):
    """What a thread keeps: contexts of OpenGL are for the thread that made them."""

    def __init__(self) -> None:
        self._recipe: Recipe | None = None
        self._engine: Engine | None = None

    def engine(self, recipe: Recipe) -> Engine:
        """The last one, or a new one in its place."""
        if self._engine is None or self._recipe != recipe:
            if self._engine is not None:
                self._engine.close()
            self._engine = None
            self._recipe, self._engine = recipe, recipe.make()
        return self._engine


_own = _Own()
