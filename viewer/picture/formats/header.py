"""What a picture file is told before its first row, and what its writer makes of the rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from viewer.sign.runs import Runs
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


class Piece(NamedTuple):
    """What comes next in a file: `data`, or where `at` is given, what replaces bytes from there.

    So many `rows` of the picture are whole with it. The `notes` of all pieces so far are what a
    writer has to know to go on after them.
    """

    data: bytes
    rows: int = 0
    notes: tuple[int, ...] = ()
    at: int | None = None


class Begun(NamedTuple):
    """What is there of a file that is gone on with: whole `rows` (1 or more), and the `notes` of
    their pieces. `above` is the last of the rows, as the strips that follow are."""

    rows: int
    notes: tuple[int, ...]
    above: Rows | Runs


Encode = Callable[[Header, Iterable[Any], Begun | None], Iterator[Piece]]
"""The pieces of a file. Takes strips of any number of rows (`Rows`, or `Runs`: see `Format`), from
the top, or from the first row that is not there yet. Where they end before the picture does, the
pieces end with them, and what goes on from `Begun` is the same bytes as if they had not, if the
strips are cut at the same rows. What the strips raise goes through."""


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
    goes_back: bool = False
    """Whether the last piece replaces bytes, which standard output does not allow."""
    takes_runs: bool = False
    """Whether pixels of one number may come as runs."""
