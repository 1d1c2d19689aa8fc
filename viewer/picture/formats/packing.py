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

CROWDED = 1 / 16
"""Runs to a byte from which on it is quicker to look at the bytes."""
_PART = 2**20
"""Bytes that are looked at at once."""


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
    long runs of zeros. Where there are no greys nothing else is looked for; greys are worth a
    search. Measured on `prospero.vm`, one core, zlib 1.2.13 (Mpixels/s, pixels for each byte):

        filter, picture             level 1    level 3    level 6    Z_RLE
        none    4096 x 4096         411,  45   402,  59   192,  96   415,  97
        up                          436,  76   424,  82   238, 157   390, 157
        none    16384 x 512         441,  96   451, 101   101, 197   379, 262
        up                          206, 137   394, 140   249, 324   417, 353
        none    4096 x 4096, greys  314,  26   319,  40   133,  51   317,  18
        up                          364,  36   320,  41   148,  52   336,  20
    """
    lines = _filtered(header, strip)
    if not header.detailed:
        runs = lines if isinstance(lines, Runs) else Runs.of(lines)
        if len(runs.starts) <= CROWDED * runs.count:
            data = deflated(runs.values, runs.lengths)
            return Packed(data, check_sum(runs.values, runs.lengths), runs.count)
    packer, parts, check, length = packer_for(header.detailed, raw=True), [], 1, 0
    for part in _parts(lines):
        parts.append(packer.compress(part.data))
        check, length = zlib.adler32(part.data, check), length + part.size
    return Packed(b"".join(parts) + packer.flush(zlib.Z_SYNC_FLUSH), check, length)


def packer_for(detailed: bool, *, raw: bool) -> "zlib._Compress":
    """The compressor of what is looked at byte by byte; `raw` without a header and a check sum."""
    level, strategy = (6, zlib.Z_DEFAULT_STRATEGY) if detailed else (1, zlib.Z_RLE)
    return zlib.compressobj(level, zlib.DEFLATED, -15 if raw else 15, 9, strategy)


def _filtered(header: Header, strip: Strip) -> NDArray[np.uint8] | Runs:
    """The lines of a strip, each after the filter's type; runs of runs."""
    above, rows = strip
    if isinstance(rows, Runs):
        if above is None:
            above = Runs.of(np.zeros((1, rows.width), np.uint8))
        before, lines = (_line_runs(header, part) for part in (above, rows))
        return filtered(before, lines)
    here = _lines(header, rows)
    result = np.empty((len(here), here.shape[1] + 1), np.uint8)
    result[:, 0] = UP
    first = 0 if above is None else _lines(header, above)
    np.subtract(here[:1], first, out=result[:1, 1:])
    np.subtract(here[1:], here[:-1], out=result[1:, 1:])
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


def _parts(lines: NDArray[np.uint8] | Runs) -> Iterator[NDArray[np.uint8]]:
    """Lines as bytes, some at once where they are runs."""
    if not isinstance(lines, Runs):
        yield lines
        return
    step = max(1, _PART // lines.width)
    for first in range(0, len(lines), step):
        yield lines.part(range(first, min(first + step, len(lines)))).pixels()
