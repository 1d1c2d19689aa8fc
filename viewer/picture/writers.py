"""Picture files, written row by row: PNG, PGM and PPM, by the ending of the name.

No library does this: Pillow needs the whole picture in memory, and pypng writes no text chunks
and only unfiltered rows. A grey PNG is four kinds of chunks around what `zlib` makes.
PNG after the W3C Recommendation, third edition; PGM after netpbm's pgm(5).
"""

import zlib
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.errors import UsageError
from viewer.view import Size

Write = Callable[[bytes], object]
"""Takes all of the bytes, or raises."""


class Writer(Protocol):
    """Writes one picture."""

    def __init__(
        self, write: Write, size: Size, notes: Mapping[str, str], greys: bool = False
    ) -> None:
        """Writes the header. `notes` are texts by keyword, for formats that hold some; `greys`
        says that there will be more than black and white."""
        ...

    def add(self, rows: NDArray[np.uint8]) -> None:
        """Writes the next rows, shape (any, width), from the top."""
        ...

    def finish(self) -> None:
        """Writes what follows the last row."""
        ...


class Png:
    """8-bit grey PNG. `notes` become text chunks, keyword to text.

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

    def __init__(
        self, write: Write, size: Size, notes: Mapping[str, str], greys: bool = False
    ) -> None:
        self._write = write
        level, strategy = (6, zlib.Z_DEFAULT_STRATEGY) if greys else (1, zlib.Z_RLE)
        self._packer = zlib.compressobj(level, zlib.DEFLATED, 15, 9, strategy)
        self._packed: list[bytes] = []
        self._above = np.zeros(size[0], np.uint8)
        write(b"\x89PNG\r\n\x1a\n")
        width, height = (side.to_bytes(4, "big") for side in size)
        # 8 bits, grey; the one way to pack, the one set of filters, not interlaced.
        self._chunk(b"IHDR", width + height + bytes([8, 0, 0, 0, 0]))
        for keyword, text in notes.items():
            self._note(keyword.encode("latin-1"), text)

    def add(self, rows: NDArray[np.uint8]) -> None:
        """Writes the next rows, shape (any, width)."""
        lines = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
        lines[:, 0] = _UP
        np.subtract(rows[0], self._above, out=lines[0, 1:])
        np.subtract(rows[1:], rows[:-1], out=lines[1:, 1:])
        self._above = rows[-1].copy()
        self._data(self._packer.compress(lines.data))

    def finish(self) -> None:
        """Writes the last packed bytes and the end."""
        self._data(self._packer.flush(), least=1)
        self._chunk(b"IEND", b"")

    def _note(self, keyword: bytes, text: str) -> None:
        """A text chunk that every reader knows where it can hold the text, else a Unicode one."""
        try:
            self._chunk(b"tEXt", keyword + b"\0" + text.encode("latin-1"))
        except UnicodeEncodeError:
            # Not compressed (two bytes), no language, no translated keyword.
            self._chunk(b"iTXt", keyword + bytes(5) + text.encode("utf-8", "replace"))

    def _data(self, packed: bytes, least: int = 2**16) -> None:
        """Keeps packed bytes until there are enough of them for a chunk."""
        self._packed.append(packed)
        if sum(map(len, self._packed)) >= least:
            self._chunk(b"IDAT", b"".join(self._packed))
            self._packed.clear()

    def _chunk(self, kind: bytes, data: bytes) -> None:
        check = zlib.crc32(data, zlib.crc32(kind))
        self._write(len(data).to_bytes(4, "big") + kind + data + check.to_bytes(4, "big"))


class Pgm:
    """Binary PGM (P5), as the challenge's script writes it: no place for `notes`, not packed."""

    def __init__(
        self, write: Write, size: Size, notes: Mapping[str, str], greys: bool = False
    ) -> None:
        del notes, greys
        self._write = write
        write(b"P5\n%d %d\n255\n" % size)

    def add(self, rows: NDArray[np.uint8]) -> None:
        """Writes the next rows, shape (any, width)."""
        self._write(rows.tobytes())

    def finish(self) -> None:
        """Nothing follows the last row."""


FORMATS: Mapping[str, type[Writer]] = {
    ".png": Png,
    ".ppm": Pgm,  # readers of PPM take P5 as well
    ".pgm": Pgm,
}
"""By the ending of the name, in small letters."""

_UP = 2  # the filter type "each byte less the one above"


def writer_for(path: PurePath) -> type[Writer]:
    """The format that a name asks for. Raises `UsageError`."""
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        found = f"ending '{path.suffix}'" if path.suffix else "a name without an ending"
        raise UsageError(f"{path}: found {found}, expected {' '.join(FORMATS)}") from None
