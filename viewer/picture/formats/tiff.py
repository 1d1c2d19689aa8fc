"""TIFF 6.0 in tiles, and BigTIFF: tiles are packed here, side by side; tifffile has the container.

A band of tiles is in memory at once, and a tile is packed while the next rows are drawn.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from viewer.picture.formats.ahead import ahead
from viewer.picture.formats.header import File, Header, Rows
from viewer.picture.formats.png import packer_for

TILE = 256
"""Pixels a side: what most writers of tiles take. Lower where a band of them would be large."""
_BAND = 2**26
"""Bytes of a band of tiles, about."""
_CLASSIC = 2**32 - 2**26
"""Bytes of pixels up to which the offsets of TIFF 6.0 reach, however badly they pack."""


def write_tiff(file: File, header: Header, strips: Iterable[Rows], big: bool | None = None) -> None:
    """Writes a TIFF, or (`big`; by default where it may grow beyond 4 GB) a BigTIFF.

    `header.notes` are lines of its description, "keyword: text".
    """
    from tifffile import TiffWriter  # tens of milliseconds, for this format alone

    width, height = header.size
    shape = (height, width, header.samples) if header.samples > 1 else (height, width)
    raw = height * width * header.samples * header.dtype.itemsize
    tile = _tile_height(header), TILE
    with TiffWriter(cast(BinaryIO, file), bigtiff=raw > _CLASSIC if big is None else big) as writer:
        writer.write(
            ahead(partial(_packed, header), _tiles(_bands(strips, tile[0]), tile)),
            shape=shape,
            dtype=bool if header.bits else header.dtype,
            tile=tile,
            compression="zlib",
            description=_description(header),
            metadata=None,
            software=header.notes.get("Software", ""),
            **_colours(header),
            **_resolution(header),
        )


def _description(header: Header) -> str:
    """ASCII, as the tag has it: what else a name holds is written as a reader of text expects."""
    lines = (f"{keyword}: {text}" for keyword, text in header.notes.items())
    return "\n".join(lines).encode("ascii", "backslashreplace").decode("ascii")


def _colours(header: Header) -> dict[str, Any]:
    if header.pixels == "rgba":
        return {"photometric": "rgb", "extrasamples": ["unassalpha"]}
    return {"photometric": "rgb" if header.pixels == "rgb" else "minisblack"}


def _resolution(header: Header) -> dict[str, Any]:
    if header.dpi is None:
        return {}
    return {"resolution": (header.dpi, header.dpi), "resolutionunit": "inch"}


def _tile_height(header: Header) -> int:
    """Rows of a tile: a multiple of 16, as the format wants it."""
    line = header.size[0] * header.samples * header.dtype.itemsize
    return min(TILE, max(16, _BAND // line // 16 * 16))


def _bands(strips: Iterable[Rows], height: int) -> Iterator[Rows]:
    """The rows anew, in strips of exactly `height`, but for the last."""
    kept: list[Rows] = []
    count = 0
    for strip in strips:
        rows = strip
        while count + len(rows) >= height:
            yield np.concatenate([*kept, rows[: height - count]])
            rows, kept, count = rows[height - count :], [], 0
        kept.append(rows)
        count += len(rows)
    if count:
        yield np.concatenate(kept)


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
