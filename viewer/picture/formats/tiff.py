"""TIFF 6.0 in tiles, and BigTIFF.

A band of tiles is in memory at once, and a tile is packed while the next rows are drawn. The
directory, which says where each tile lies, comes last, so that a file is only ever added to; where
it lies itself is put into the first bytes in the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.picture.formats.ahead import ahead
from viewer.picture.formats.directory import BIG, CLASSIC, Layout, Tag, directory
from viewer.picture.formats.header import Begun, Header, Piece, Rows
from viewer.picture.formats.packing import packer_for

TILE = 256
"""Pixels a side: what most writers of tiles take. Lower where a band of them would be large."""
_BAND = 2**26
"""Bytes of a band of tiles, about."""
_REACH = 2**32 - 2**26
"""Bytes of pixels up to which the offsets of TIFF 6.0 reach, however badly they pack."""


def encode_tiff(
    header: Header, strips: Iterable[Rows], begun: Begun | None = None, *, big: bool | None = None
) -> Iterator[Piece]:
    """A TIFF, or (`big`; by default where it may grow beyond 4 GB) a BigTIFF. A tile is a piece,
    and its notes are its length.

    `header.notes` are lines of its description, "keyword: text".
    """
    width, height = header.size
    raw = height * width * header.samples * header.dtype.itemsize
    layout = BIG if (raw > _REACH if big is None else big) else CLASSIC
    if begun is None:
        yield Piece(layout.start)
    rows, lengths = (begun.rows, list(begun.notes)) if begun else (0, [])
    tile = _tile_height(header), TILE
    across = -(-width // TILE)
    for data in ahead(
        partial(_packed, header), _tiles(_bands(strips, tile[0], height - rows), tile)
    ):
        lengths.append(len(data))
        done = 0 if len(lengths) % across else min(tile[0], height - rows)
        yield Piece(data, done, (len(data),))
        rows += done
    if rows == height:
        yield from _end(header, layout, tile, lengths)


def _end(
    header: Header, layout: Layout, tile: tuple[int, int], lengths: Sequence[int]
) -> Iterator[Piece]:
    """The directory, and where it lies."""
    *offsets, end = accumulate(lengths, initial=len(layout.start))
    filling = bytes(-end % layout.align)
    place = end + len(filling)
    tags = [*_tags(header, tile), Tag(324, layout.offset, offsets), Tag(325, "LONG", lengths)]
    yield Piece(filling + directory(layout, tags, place))
    yield Piece(layout.packed(place), at=layout.place)


def _tags(header: Header, tile: tuple[int, int]) -> Iterator[Tag]:
    """All but where the tiles lie; the numbers are those of TIFF 6.0."""
    (width, height), notes = header.size, header.notes
    texts = {270: "\n".join(f"{key}: {text}" for key, text in notes.items())}
    texts[305] = notes.get("Software", "")
    for number, text in texts.items():
        if text:
            # What else a name holds is written as a reader of text expects it.
            yield Tag(number, "ASCII", text.encode("ascii", "backslashreplace") + b"\0")
    for number, length in {256: width, 257: height, 322: tile[1], 323: tile[0]}.items():
        yield Tag(number, "LONG", [length])
    bits = 1 if header.bits else 8 * header.dtype.itemsize
    yield Tag(258, "SHORT", [bits] * header.samples)
    yield Tag(259, "SHORT", [8])  # deflated
    yield Tag(262, "SHORT", [2 if header.samples > 1 else 1])  # RGB; else 0 is black
    yield Tag(277, "SHORT", [header.samples])
    yield Tag(284, "SHORT", [1])  # the numbers of a pixel lie together
    if header.dpi is not None:
        ratio = Fraction(header.dpi).limit_denominator(1000).as_integer_ratio()
        yield Tag(282, "RATIONAL", ratio)
        yield Tag(283, "RATIONAL", ratio)
        yield Tag(296, "SHORT", [2])  # to an inch
    if header.pixels == "rgba":
        yield Tag(338, "SHORT", [2])  # not premultiplied
    if header.pixels == "field":
        yield Tag(339, "SHORT", [3])  # floats


def _tile_height(header: Header) -> int:
    """Rows of a tile: a multiple of 16, as the format wants it."""
    line = header.size[0] * header.samples * header.dtype.itemsize
    return min(TILE, max(16, _BAND // line // 16 * 16))


def _bands(strips: Iterable[Rows], height: int, total: int) -> Iterator[Rows]:
    """The rows anew, `total` in all, in strips of exactly `height` but for the last. Where they end
    before, what is no whole strip is left out."""
    kept: list[Rows] = []
    count, wanted = 0, min(height, total)
    for strip in strips:
        rows = strip
        while wanted and count + len(rows) >= wanted:
            yield np.concatenate([*kept, rows[: wanted - count]])
            rows, kept, count = rows[wanted - count :], [], 0
            total -= wanted
            wanted = min(height, total)
        kept.append(rows)
        count += len(rows)


def _tiles(bands: Iterable[Rows], size: tuple[int, int]) -> Iterator[Rows]:
    """Tiles from left to right, then down; those at the end are filled up with zeros."""
    height, width = size
    for band in bands:
        for left in range(0, band.shape[1], width):
            tile = np.zeros((height, width, *band.shape[2:]), band.dtype)
            part = band[:, left : left + width]
            tile[: part.shape[0], : part.shape[1]] = part
            yield tile


def _packed(header: Header, tile: NDArray[Any]) -> bytes:
    data = np.packbits(tile != 0, axis=1) if header.bits else tile
    packer = packer_for(header.detailed, raw=False)
    return packer.compress(data.tobytes()) + packer.flush()
