"""What a picture file is told before its first row."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from viewer.view import Size

Pixels = Literal["bit", "grey", "palette", "rgb", "rgba", "field"]
"""What a pixel is. Rows are arrays of shape (rows, width):

    bit      uint8, 0 or 255      one bit in the file
    grey     uint8
    palette  uint8, an index      `Header.colours` says what that looks like
    rgb      uint8, shape (rows, width, 3)
    rgba     uint8, shape (rows, width, 4), not premultiplied
    field    float32 or float64   the program's value
"""

PIXELS: tuple[Pixels, ...] = get_args(Pixels)

Rows = NDArray[Any]
"""A strip of whole rows, as `Pixels` says; row 0 on top."""


@dataclass(frozen=True)
class Header:
    """The picture's size and pixels, and what else a format may hold.

    `notes` are texts by keyword, `dpi` pixels an inch. `colours`, uint8 of shape (256, 4), are what
    the indices of "palette" look like, as RGBA. `detailed` says that there is more than two kinds
    of pixels: it is worth the compressor's search.
    """

    size: Size
    pixels: Pixels = "grey"
    dtype: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.uint8))
    colours: NDArray[np.uint8] | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    dpi: float | None = None
    detailed: bool = False

    @property
    def bits(self) -> bool:
        """Whether pixels are single bits in the file: those of a "palette" of two colours too."""
        return self.pixels == "bit" or (self.pixels == "palette" and not self.detailed)

    @property
    def samples(self) -> int:
        """Numbers to a pixel."""
        return {"rgb": 3, "rgba": 4}.get(self.pixels, 1)


class File(Protocol):
    """What is written to."""

    def write(self, data: bytes, /) -> int | None:
        """Takes all of the bytes, or raises."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Goes on elsewhere. Only formats that say so do that."""
        ...

    def tell(self) -> int:
        """Where it goes on."""
        ...


Encode = Callable[[File, Header, Iterable[Rows]], None]
"""Writes a file: takes strips of any number of rows, all in all those of the header, from the top.
What the file's `write` or the strips raise goes through."""


class Format(NamedTuple):
    """One kind of file: what it is asked for by, what it holds, how it is written."""

    name: str
    """For `--format`, and in messages."""
    endings: tuple[str, ...]
    """Of the file's name, in small letters."""
    pixels: tuple[Pixels, ...]
    """What its pixels may be."""
    encode: Encode
    holds_dpi: bool = False
    seeks: bool = False
    """Whether it goes back in the file, which standard output may not allow."""
