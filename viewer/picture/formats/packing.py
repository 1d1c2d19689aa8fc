"""Strips of rows as parts of one deflate stream (RFC 1951), for PNG.

Each strip is packed alone, ends at a whole byte, and knows its check sum: strips are packed side by
side, and one is the same bytes whatever came before the row above it. Those of runs are packed
without a look at their pixels, and are the same bytes as those of pixels.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.picture.formats.deflate import check_sum, deflated
from viewer.picture.formats.header import Begun, Header, Rows
from viewer.picture.formats.lines import UP, filtered, packed_bits
from viewer.sign.runs import Runs

CROWDED = 1 / 128
"""Runs to a byte from which on it is better to look at the bytes."""
MANY = 2**18
"""Runs that are filtered at once: they take 200 bytes each on the way."""


class Strip(NamedTuple):
    """Rows, and the one above them; None above the first."""

    above: Rows | Runs | None
    rows: Rows | Runs


class Packed(NamedTuple):
    """What a strip became; its check sum before packing, and of how many bytes."""

    data: bytes
    check: int
    length: int


def with_above(strips: Iterable[Rows | Runs], begun: Begun | None = None) -> Iterator[Strip]:
    """Strips one by one, the first after what is there already."""
    above = begun.above if begun else None
    for rows in strips:
        yield Strip(above, rows)
        last = len(rows) - 1
        above = rows.part(range(last, last + 1)) if isinstance(rows, Runs) else rows[last:].copy()


def packed_strip(header: Header, strip: Strip) -> Packed:
    """Filters and packs a strip.

    Rows are filtered by `up`: a row of a shape is nearly the row above it, and what is left is
    long runs of zeros. Where those are long they are packed run by run; else zlib looks for them
    (Z_RLE), and where there are greys for more (level 6). Measured on `prospero.vm`, one core,
    zlib 1.2.13: bytes, and seconds of one core from runs, where zlib has to look at each byte:

        picture                   run by run       Z_RLE            level 6
        1024 x 1024                   25,184           21,813           21,612
        4096 x 4096                  111,568  0.04    106,000  0.04    107,000  0.10
        16384 x 16384                632,041  0.06    625,888  0.48    692,307  0.90
        4096 x 4096, 4 x 4 samples   256,394  0.05    238,886  0.04    250,673  0.09
        16384 x 16384, 4 x 4       1,211,590  0.17  1,163,285  0.50  1,264,231  1.06
    """
    length = len(strip.rows) * line_length(header)
    few = _few(_filtered(header, strip), CROWDED * length)
    if few:
        values, lengths = (np.concatenate(column) for column in zip(*few, strict=True))
        return Packed(deflated(values, lengths), check_sum(values, lengths), length)
    packer, parts, check = packer_for(header.detailed, raw=True), [], 1
    for lines in _filtered(header, strip):
        data = (lines.pixels() if isinstance(lines, Runs) else lines).data
        parts.append(packer.compress(data))
        check = zlib.adler32(data, check)
    return Packed(b"".join(parts) + packer.flush(zlib.Z_SYNC_FLUSH), check, length)


def line_length(header: Header) -> int:
    """Bytes of a filtered line: the filter's type comes first."""
    width = header.size[0]
    return 1 + (-(-width // 8) if header.bits else width * header.samples)


def packer_for(detailed: bool, *, raw: bool) -> "zlib._Compress":
    """The compressor of what is looked at byte by byte; `raw` without a header and a check sum."""
    level, strategy = (6, zlib.Z_DEFAULT_STRATEGY) if detailed else (1, zlib.Z_RLE)
    return zlib.compressobj(level, zlib.DEFLATED, -15 if raw else 15, 9, strategy)


def _few(
    parts: Iterable[NDArray[np.uint8] | Runs], limit: float
) -> list[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    """Values and lengths of the runs of all parts, or nothing where there are more than that."""
    found, count = [], 0
    for part in parts:
        runs = part if isinstance(part, Runs) else Runs.of(part)
        count += len(runs.starts)
        if count > limit:
            return []
        found.append((runs.values, runs.lengths))
    return found


def _filtered(header: Header, strip: Strip) -> Iterator[NDArray[np.uint8] | Runs]:
    """The lines of a strip, each after the filter's type; runs of runs, some rows at a time where
    there are many."""
    above, rows = strip
    if not isinstance(rows, Runs):
        yield _filtered_bytes(header, above, rows)
        return
    before: Rows | Runs = np.zeros((1, rows.width), np.uint8) if above is None else above
    step = max(1, MANY * len(rows) // len(rows.starts))
    for first in range(0, len(rows), step):
        part = rows.part(range(first, min(first + step, len(rows))))
        yield filtered(_line_runs(header, before), _line_runs(header, part))
        before = part.part(range(len(part) - 1, len(part)))


def _filtered_bytes(header: Header, above: Rows | Runs | None, rows: Rows) -> NDArray[np.uint8]:
    lines = _lines(header, rows)
    result = np.empty((len(lines), lines.shape[1] + 1), np.uint8)
    result[:, 0] = UP
    np.subtract(lines[:1], 0 if above is None else _lines(header, above), out=result[:1, 1:])
    np.subtract(lines[1:], lines[:-1], out=result[1:, 1:])
    return result


def _line_runs(header: Header, rows: Rows | Runs) -> Runs:
    if not isinstance(rows, Runs):
        return Runs.of(_lines(header, rows))
    return packed_bits(rows) if header.bits else rows


def _lines(header: Header, rows: Rows | Runs) -> NDArray[np.uint8]:
    """Rows as lines of bytes, shape (rows, bytes): bits packed from the left, 1 for 255."""
    pixels = rows.pixels() if isinstance(rows, Runs) else rows
    if header.bits:
        return np.packbits(pixels != 0, axis=1)
    return np.ascontiguousarray(pixels).reshape(len(pixels), -1)
