"""PNG after the W3C Recommendation, third edition: four kinds of chunks around packed strips."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from viewer.picture.formats.ahead import ahead
from viewer.picture.formats.header import Begun, Header, Piece, Rows
from viewer.picture.formats.packing import line_length, packed_strip, with_above
from viewer.sign.runs import Runs

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TYPES = {"bit": 0, "grey": 0, "palette": 3, "rgb": 2, "rgba": 6}
_BASE = 65521  # of Adler's check sum, RFC 1950
_INCH = 0.0254  # metres


def encode_png(
    header: Header,
    strips: Iterable[Rows | Runs],
    begun: Begun | None = None,
    *,
    threads: bool = True,
) -> Iterator[Piece]:
    """A PNG; `header.notes` become text chunks, `dpi` a pHYs chunk. A strip is a chunk, and its
    notes are its check sum and its length. Without `threads`, which a small picture does not pay
    for, it is the same bytes."""
    if begun is None:
        yield Piece(_SIGNATURE + b"".join(_chunk(*chunk) for chunk in _before(header)))
    rows, check = (begun.rows, _joined_all(begun.notes)) if begun else (0, 1)
    pack, pairs = partial(packed_strip, header), with_above(strips, begun)
    for packed in ahead(pack, pairs) if threads else map(pack, pairs):
        # RFC 1950: 32 KB window, and how hard the compressor tried.
        start = b"" if rows else b"\x78\x9c" if header.detailed else b"\x78\x01"
        done = packed.length // line_length(header)
        yield Piece(_chunk(b"IDAT", start + packed.data), done, (packed.check, packed.length))
        rows, check = rows + done, _joined(check, packed.check, packed.length)
    if rows == header.size[1]:
        # An empty last block of the fixed kind, RFC 1951, and the sum that makes it whole.
        end = _chunk(b"IDAT", b"\x03\x00" + check.to_bytes(4, "big"))
        yield Piece(end + _chunk(b"IEND", b""))


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


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return len(data).to_bytes(4, "big") + kind + data + check.to_bytes(4, "big")
