"""PNG after the W3C Recommendation, third edition: four kinds of chunks around what `zlib` makes.

Each strip of rows is packed alone, ends at a whole byte, and knows its check sum: strips are packed
side by side, and one is the same bytes whatever came before the row above it.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.picture.formats.ahead import ahead
from viewer.picture.formats.header import Begun, Header, Piece, Rows

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TYPES = {"bit": 0, "grey": 0, "palette": 3, "rgb": 2, "rgba": 6}
_UP = 2  # the filter type "each byte less the one above"
_BASE = 65521  # of Adler's check sum, RFC 1950
_INCH = 0.0254  # metres


def encode_png(
    header: Header, strips: Iterable[Rows], begun: Begun | None = None, *, threads: bool = True
) -> Iterator[Piece]:
    """A PNG; `header.notes` become text chunks, `dpi` a pHYs chunk. A strip is a chunk, and its
    notes are its check sum and its length. Without `threads`, which a small picture does not pay
    for, it is the same bytes."""
    if begun is None:
        yield Piece(_SIGNATURE + b"".join(_chunk(*chunk) for chunk in _before(header)))
    rows, check = (begun.rows, _joined_all(begun.notes)) if begun else (0, 1)
    pack = partial(_packed, header.detailed)
    lines = _with_above(header, strips, begun)
    for packed in ahead(pack, lines) if threads else map(pack, lines):
        # RFC 1950: 32 KB window, and how hard the compressor tried.
        start = b"" if rows else b"\x78\x9c" if header.detailed else b"\x78\x01"
        done = packed.length // _line_length(header)
        yield Piece(_chunk(b"IDAT", start + packed.data), done, (packed.check, packed.length))
        rows, check = rows + done, _joined(check, packed.check, packed.length)
    if rows == header.size[1]:
        # An empty last block of the fixed kind, RFC 1951, and the sum that makes it whole.
        end = _chunk(b"IDAT", b"\x03\x00" + check.to_bytes(4, "big"))
        yield Piece(end + _chunk(b"IEND", b""))


def lines_of(header: Header, rows: Rows) -> NDArray[np.uint8]:
    """Rows as lines of bytes, shape (rows, bytes): bits packed from the left, 1 for 255."""
    if header.bits:
        return np.packbits(rows != 0, axis=1)
    return np.ascontiguousarray(rows).reshape(len(rows), -1)


def _before(header: Header) -> Iterator[tuple[bytes, bytes]]:
    """The chunks before the pixels."""
    depth, kind = 1 if header.bits else 8, _TYPES[header.pixels]
    width, height = (side.to_bytes(4, "big") for side in header.size)
    # The one way to pack, the one set of filters, not interlaced.
    yield b"IHDR", width + height + bytes([depth, kind, 0, 0, 0])
    if header.dpi is not None:
        each = round(header.dpi / _INCH).to_bytes(4, "big")
        yield b"pHYs", each + each + b"\1"
    if header.pixels == "palette":
        assert header.colours is not None
        table = header.colours[[0, -1]] if header.bits else header.colours
        yield b"PLTE", table[:, :3].tobytes()
        if (table[:, 3] < 255).any():
            yield b"tRNS", table[:, 3].tobytes()
    for keyword, text in header.notes.items():
        yield _note(keyword.encode("latin-1"), text)


def _note(keyword: bytes, text: str) -> tuple[bytes, bytes]:
    """A text chunk that every reader knows where it can hold the text, else a Unicode one."""
    try:
        return b"tEXt", keyword + b"\0" + text.encode("latin-1")
    except UnicodeEncodeError:
        # Not compressed (two bytes), no language, no translated keyword.
        return b"iTXt", keyword + bytes(5) + text.encode("utf-8", "replace")


class _Strip(NamedTuple):
    """Lines of bytes, shape (rows, bytes), and the line above them."""

    above: NDArray[np.uint8]
    lines: NDArray[np.uint8]


class _Packed(NamedTuple):
    """What a strip became; its check sum before packing, and of how many bytes."""

    data: bytes
    check: int
    length: int


def _with_above(
    header: Header, strips: Iterable[Rows], begun: Begun | None = None
) -> Iterator[_Strip]:
    above: NDArray[np.uint8] | None = lines_of(header, begun.above)[-1] if begun else None
    for rows in strips:
        lines = lines_of(header, rows)
        yield _Strip(np.zeros_like(lines[0]) if above is None else above, lines)
        above = lines[-1].copy()


def _packed(detailed: bool, strip: _Strip) -> _Packed:
    """Filters and packs a strip.

    Rows are filtered by `up`: a row of a shape is nearly the row above it, and what is left is
    long runs of zeros. Where there are no greys Z_RLE looks for nothing else, as quick as level 1
    with files as small as level 6; greys are worth a search. Measured on `prospero.vm`, one core,
    zlib 1.2.13 (Mpixels/s, pixels for each byte):

        filter, picture             level 1    level 3    level 6    Z_RLE
        none    4096 x 4096         411,  45   402,  59   192,  96   415,  97
        up                          436,  76   424,  82   238, 157   390, 157
        none    16384 x 512         441,  96   451, 101   101, 197   379, 262
        up                          206, 137   394, 140   249, 324   417, 353
        none    4096 x 4096, greys  314,  26   319,  40   133,  51   317,  18
        up                          364,  36   320,  41   148,  52   336,  20
    """
    above, lines = strip
    filtered = np.empty((lines.shape[0], lines.shape[1] + 1), np.uint8)
    filtered[:, 0] = _UP
    np.subtract(lines[0], above, out=filtered[0, 1:])
    np.subtract(lines[1:], lines[:-1], out=filtered[1:, 1:])
    packer = packer_for(detailed, raw=True)
    data = packer.compress(filtered.data) + packer.flush(zlib.Z_SYNC_FLUSH)
    return _Packed(data, zlib.adler32(filtered.data), filtered.size)


def packer_for(detailed: bool, *, raw: bool) -> "zlib._Compress":
    """The compressor for a part of a picture; `raw` without a header and a check sum."""
    level, strategy = (6, zlib.Z_DEFAULT_STRATEGY) if detailed else (1, zlib.Z_RLE)
    return zlib.compressobj(level, zlib.DEFLATED, -15 if raw else 15, 9, strategy)


def _joined_all(notes: Sequence[int]) -> int:
    """The check sum of all strips, from the notes of each."""
    check = 1
    for following, length in zip(notes[::2], notes[1::2], strict=True):
        check = _joined(check, following, length)
    return check


def _joined(check: int, following: int, length: int) -> int:
    """Adler's check sum of two runs of bytes, one after the other: of the first, of the
    following, which has so many bytes.

    Its low half is 1 more than the sum of the bytes, its high half the sum of the low halves that
    there were on the way.
    """
    low, high = check & 0xFFFF, check >> 16
    low_after, high_after = following & 0xFFFF, following >> 16
    high = (high + high_after + length * (low - 1)) % _BASE
    return high << 16 | (low + low_after - 1) % _BASE


def _line_length(header: Header) -> int:
    """Bytes of a filtered line: the filter's type comes first."""
    width = header.size[0]
    return 1 + (-(-width // 8) if header.bits else width * header.samples)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return len(data).to_bytes(4, "big") + kind + data + check.to_bytes(4, "big")
