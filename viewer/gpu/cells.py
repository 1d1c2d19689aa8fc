"""Tiles drawn side by side, not where they belong: only what is open is drawn, and read back.

    the picture                    the target
    . . . . . . . . .              +---+-+---+-+
    . +---+ . . . . .              | 0 | | 1 | |      a tile's pixels, and then an empty column
    . | 0 | . +---+ .     --->     +---+ +---+ |      and an empty row, so that each has an end
    . +---+---+ 1 | .              |     |     |
    . . . | 2 |---+ .              +---+-+-----+
    . . . +---+ . . .              | 2 | |

What a tile says of a pixel follows from where the pixel is in the tile: these are the very bits
that are drawn where it belongs.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.gpu.tiles import KINDS, TileShaders, layers
from viewer.sign.cover import Cover
from viewer.sign.layout import Ints
from viewer.sign.runs import Steps

SIDE_BITS = 11
SIDE = 2**SIDE_BITS
"""Pixels along a side of the target. All of it is drawn in some 20 ms."""

Words = NDArray[np.uint32]


class Cells:
    """The target and the shaders on one context, for pictures of a sample a pixel, or of any
    number of them."""

    def __init__(self, ctx: moderngl.Context, *, counted: bool) -> None:
        self._ctx, self._counted = ctx, counted
        self._shaders = TileShaders(ctx, counted=counted)
        self._type = "f4" if counted else "f1"
        self._known: list[tuple[Cover, dict[int, Words]]] = []
        self._target: moderngl.Framebuffer | None = None

    def count(self, covers: Sequence[Cover], rows: range, samples: int) -> int:
        """How many tiles covers have in some rows."""
        tiles = (data for tiles in self._tiles(covers) for data in tiles.values())
        return sum(int(_within(data, rows, samples).sum()) for data in tiles)

    def steps(
        self, covers: Sequence[Cover], rows: range, width: int, samples: int
    ) -> Iterator[Steps]:
        """The steps of covers' tiles in some rows of a picture of that width; the covers are those
        of its samples, samples x samples to a pixel. Raises DrawError."""
        found: dict[int, Words] = {}
        for kind in KINDS[1:]:
            parts = [tiles[kind] for tiles in self._tiles(covers) if kind in tiles]
            if parts:
                found[kind] = np.concatenate([part[_within(part, rows, samples)] for part in parts])
        rectangle = np.concatenate([_rectangles(data) for data in found.values()] or [_NONE])
        if not len(rectangle):
            return
        first = rectangle[:, :2] // samples
        size = -(-(rectangle[:, :2] + rectangle[:, 2:]) // samples) - first
        side = int(size.max()) + 1
        across = SIDE // side
        for low in range(0, len(first), across**2):
            corner = first[low : low + across**2]
            number = np.arange(len(corner))
            place = side * np.stack([number % across, number // across], axis=1)
            some = _some(found, low, (samples * (corner - place)).astype(np.int32))
            counts = self._drawn(some, samples, side * (int(number[-1]) // across + 1))
            yield _told(counts, side, corner, rows, width)

    def _tiles(self, covers: Sequence[Cover]) -> list[dict[int, Words]]:
        """The instances of each by kind, kept until those of others are asked for: a cover has
        more rows than a strip."""
        known = {id(cover): tiles for cover, tiles in self._known}
        self._known = [
            (
                cover,
                known.get(id(cover)) or {kind: data for kind, data in layers(cover) if kind > 0},
            )
            for cover in covers
        ]
        return [tiles for _, tiles in self._known]

    def release(self) -> None:
        """Gives everything back to the driver."""
        self._shaders.release()
        if self._target is not None:
            for part in (*self._target.color_attachments, self._target):
                part.release()
            self._target = None

    def _drawn(self, found: Mapping[int, Words], samples: int, height: int) -> NDArray[Any]:
        """The target's first rows, flat: how many samples are inside of each pixel."""
        target = self._target = self._target or self._made()
        target.use()
        target.clear(viewport=(0, 0, SIDE, height))
        place = {"window": (0, 0, 1, 1), "viewport": (0, 0, SIDE, SIDE), "samples": samples}
        place |= {"rounding": (0, 0, samples - 1, samples - 1), "level": 1.0}
        self._ctx.enable_only(moderngl.PROGRAM_POINT_SIZE)
        for kind, data in found.items():
            self._shaders.draw_once(kind, data, place)
        self._ctx.enable_only(moderngl.NOTHING)
        if (error := self._ctx.error) != "GL_NO_ERROR":
            raise DrawError(f"tiles: the graphics driver reports {error}")
        read = target.read((0, 0, SIDE, height), components=1, alignment=1, dtype=self._type)
        if self._counted:
            return np.frombuffer(read, np.float32)
        return np.frombuffer(read, np.int8) & 1

    def _made(self) -> moderngl.Framebuffer:
        try:
            return self._ctx.framebuffer(
                [self._ctx.renderbuffer((SIDE, SIDE), 1, dtype=self._type)]
            )
        except moderngl.Error as error:
            raise DrawError(f"{SIDE} x {SIDE} pixels: the driver refused them") from error


_NONE = np.empty((0, 4), np.int32)


def _rectangles(data: Words) -> Ints:
    return data[:, :4].view(np.int32)


def _within(data: Words, rows: range, samples: int) -> NDArray[np.bool_]:
    """Which tiles have a sample in some rows of pixels."""
    _, top, _, height = _rectangles(data).T
    return np.asarray((top < rows.stop * samples) & (top + height > rows.start * samples))


def _some(found: Mapping[int, Words], low: int, by: Ints) -> dict[int, Words]:
    """The tiles from one on, counted through all kinds, each moved to the left and up."""
    some, start = {}, 0
    for kind, data in found.items():
        part = data[max(0, low - start) : max(0, low + len(by) - start)].copy()
        if len(part):
            at = max(0, start - low)
            _rectangles(part)[:, :2] -= by[at : at + len(part)]
            some[kind] = part
        start += len(data)
    return some


def _told(counts: NDArray[Any], side: int, corner: Ints, rows: range, width: int) -> Steps:
    """The steps in what was drawn: where it is not as it is one pixel before, and by how much.
    `corner`: int32 (tiles, 2), the tiles' first pixels in the picture."""
    at = np.flatnonzero(counts[1:] != counts[:-1]) + 1
    by = (counts[at] - counts[at - 1]).astype(np.int64)
    if counts[0]:
        at, by = np.insert(at, 0, 0), np.insert(by, 0, int(counts[0]))
    # By tables: to divide numbers takes longer than to look up what comes of it.
    cell, within = np.divmod(np.arange(SIDE), side)
    down, right = at >> SIDE_BITS, at & SIDE - 1
    tile = cell[down] * (SIDE // side) + cell[right]
    row = within[down] + (corner[:, 1] - rows.start)[tile]
    place = row * width + within[right] + corner[:, 0][tile]
    kept = np.flatnonzero((row >= 0) & (row < len(rows)))
    return Steps(place[kept], by[kept])
