"""Pictures as runs of equal pixels: what is flat takes no memory, and no work.

A picture is told by its steps: how much the number of samples that are inside grows from a pixel
to the one before it. Rectangles and tiles have steps of their own, which simply add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.sign.layout import Ints

Longs = NDArray[np.int64]

_STEP_BITS = 14
"""A step is of at most 64 x 64 samples, either way."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Whole rows of pixels, row after row.

    starts: int64 (n,), the first pixel of each run, row * width + column; ascending from 0.
    values: uint8 (n,), what the pixels from there to the next run are, never the same as before.
    """

    width: int
    rows: int
    starts: Longs
    values: NDArray[np.uint8]

    def __len__(self) -> int:
        return self.rows

    @property
    def dtype(self) -> np.dtype[Any]:
        """The pixels' type."""
        return self.values.dtype

    @property
    def count(self) -> int:
        """How many pixels there are."""
        return self.rows * self.width

    @property
    def lengths(self) -> Longs:
        """How many pixels each run has, int64 (n,)."""
        return np.diff(self.starts, append=self.count)

    def pixels(self) -> NDArray[np.uint8]:
        """All of them, uint8 (rows, width)."""
        return np.repeat(self.values, self.lengths).reshape(self.rows, self.width)

    def part(self, rows: range) -> "Runs":
        """Some of the rows."""
        low, high = rows.start * self.width, rows.stop * self.width
        first, last = np.searchsorted(self.starts, (low, high - 1), "right")
        starts = self.starts[first - 1 : last] - low
        starts[0] = 0
        return Runs(self.width, len(rows), starts, self.values[first - 1 : last])

    @staticmethod
    def made(width: int, rows: int, at: Longs, values: NDArray[np.uint8]) -> "Runs":
        """Rows of what there is from each of some pixels on, int64 (n,) and ascending. Before them
        there is 0. What is as it was before, or after the last row, is left out."""
        kept = at < width * rows
        at, values = at[kept], values[kept]
        if not len(at) or at[0]:
            at, values = np.insert(at, 0, 0), np.insert(values, 0, 0)
        new = np.flatnonzero(values[1:] != values[:-1]) + 1
        return Runs(width, rows, np.append(0, at[new]), np.append(values[0], values[new]))

    @staticmethod
    def joined(parts: "Sequence[Runs]") -> "Runs":
        """Rows one below the other."""
        width, rows = parts[0].width, np.cumsum([0, *(len(part) for part in parts)]).tolist()
        at = [part.starts + width * first for part, first in zip(parts, rows, strict=False)]
        values = np.concatenate([part.values for part in parts])
        return Runs.made(width, rows[-1], np.concatenate(at), values)

    @staticmethod
    def of(pixels: NDArray[np.uint8]) -> "Runs":
        """The runs of an array of rows."""
        flat = pixels.ravel()
        starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
        return Runs(pixels.shape[1], len(pixels), starts, flat[starts])


class Steps(NamedTuple):
    """at: int64 (n,), pixels, in any order and more than once.   by: int64 (n,), how much more
    there is there than in the pixel before."""

    at: Longs
    by: Longs

    def summed(self) -> "Steps":
        """The pixels in order and what there is from each of them on."""
        keys = (self.at << _STEP_BITS) + (self.by + (1 << _STEP_BITS - 1))
        keys.sort()
        by = (keys & (1 << _STEP_BITS) - 1) - (1 << _STEP_BITS - 1)
        at = keys >> _STEP_BITS
        last = np.flatnonzero(np.diff(at, append=-1))
        return Steps(at[last], by.cumsum()[last])


def joined_steps(parts: Sequence[Steps]) -> Steps:
    """The steps of all parts."""
    return Steps(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def runs_of(steps: Steps, width: int, rows: int, samples: int) -> Runs:
    """The greys of rows in which the steps count samples, samples x samples to a pixel."""
    at, level = steps.summed()
    return Runs.made(width, rows, at, grey_levels(samples)[level])


@lru_cache(maxsize=8)
def grey_levels(samples: int) -> NDArray[np.uint8]:
    """The grey of a pixel of samples x samples by how many of them are inside: of c it is 255 * c
    / samples**2, rounded to the nearest, halves up, in whole numbers."""
    count = samples**2
    return ((np.arange(count + 1) * 510 + count) // (2 * count)).astype(np.uint8)


def flat_steps(rectangle: Ints, rows: range, width: int, samples: int) -> Steps:
    """The steps of rectangles, int32 (n, 4) in samples, in some rows of a picture of that width.
    Pixels are counted from the first of the rows."""
    left, top, wide, high = rectangle.astype(np.int64).T
    low = np.maximum(top, rows.start * samples)
    high = np.minimum(top + high, rows.stop * samples)
    first = low // samples
    count = np.maximum(0, -(-high // samples) - first)
    which = np.repeat(np.arange(len(rectangle)), count)
    row = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + first[which]
    # How many rows of samples there are in a row of pixels.
    each = np.minimum(high[which], (row + 1) * samples) - np.maximum(low[which], row * samples)
    start = (row - rows.start) * width
    parts = []
    for edge, sign in ((left, 1), (left + wide, -1)):
        column, over = np.divmod(edge, samples)
        parts.append(Steps(start + column[which], sign * each * (samples - over)[which]))
        if samples > 1:
            some = over[which] > 0
            at = start[some] + column[which][some] + 1
            parts.append(Steps(at, sign * each[some] * over[which][some]))
    return joined_steps(parts)
