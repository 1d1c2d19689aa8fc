"""The lines of a PNG as runs, from rows of runs: bits packed, bytes filtered."""

import numpy as np
from numpy.typing import NDArray

from viewer.sign.runs import Runs, Steps, joined_steps

UP = 2
"""The filter type "each byte less the one above"."""


def packed_bits(rows: Runs) -> Runs:
    """Rows as rows of bytes: eight pixels each, the first one highest, 1 for all but 0."""
    rows = Runs.made(rows.width, len(rows), rows.starts, (rows.values > 0).astype(np.uint8))
    width, ends = -(-rows.width // 8), rows.width * np.arange(1, len(rows) + 1)
    row, column = np.divmod(rows.starts[int(rows.values[0] == 0) :], rows.width)
    # What is inside at the end of a row ends there, and begins again where the next one does.
    over = np.flatnonzero(rows.values[np.searchsorted(rows.starts, ends, "left") - 1])
    turned = [8 * width * row + column, 8 * width * over + rows.width, 8 * width * (over + 1)]
    byte, bit = np.divmod(np.concatenate(turned), 8)
    # From a bit on all are turned over: the rest of its byte, and the bytes after it.
    rest = (0xFF >> bit).astype(np.uint8)
    byte, by = np.concatenate([byte, byte + 1]), np.concatenate([rest, ~rest])
    order = np.argsort(byte)
    byte, values = byte[order], np.bitwise_xor.accumulate(by[order])
    last = np.flatnonzero(np.diff(byte, append=-1))
    return Runs.made(width, len(rows), byte[last], values[last])


def filtered(above: Runs, rows: Runs) -> Runs:
    """Rows of bytes, each less the one above it, after a byte that says so. `above` is the row
    above the first."""
    width, first = rows.width, rows.width * np.arange(len(rows))
    before = np.concatenate([above.starts, rows.starts + width])
    values = np.concatenate([above.values, rows.values])
    here, there = _differences(rows.values), _differences(values)
    parts = [Steps(rows.starts, here), Steps(before, -there), Steps(first, np.zeros_like(first))]
    at, less = joined_steps(parts).summed()
    at = at[at < width * len(rows)]
    places, row_starts = at + at // width + 1, np.flatnonzero(at % width == 0)
    places = np.insert(places, row_starts, places[row_starts] - 1)
    values = np.insert((less[: len(at)] & 0xFF).astype(np.uint8), row_starts, UP)
    return Runs.made(width + 1, len(rows), places, values)


def _differences(values: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How much more each is than the one before, and the first than 0."""
    found = values.astype(np.int64)
    found[1:] -= found[:-1].copy()
    return found
