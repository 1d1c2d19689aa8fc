"""Masks: one bit for each of up to 64 children of a tile, or of up to 64 points in it."""

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint64]
Floats = NDArray[np.float64]


def every(k: int) -> np.uint64:
    """The mask of all k * k children."""
    return np.uint64(2 ** (k * k) - 1)


def centres(k: int) -> Floats:
    """Where the children's centres are in u or v."""
    return (2 * np.arange(k) + 1 - k) / k


def pack(flags: NDArray[np.bool_]) -> Mask:
    """Masks from flags of shape (n, k, k), v first."""
    each = flags.reshape(len(flags), flags.shape[1] * flags.shape[2])
    bits = np.packbits(each, axis=1, bitorder="little")
    padded = np.zeros((len(flags), 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view("<u8")[:, 0].astype(np.uint64, copy=False)


def unpack(masks: Mask) -> NDArray[np.bool_]:
    """Flags from masks, shape (n, 64), the lowest bit first."""
    octets = np.ascontiguousarray(masks.astype("<u8", copy=False)).view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1, bitorder="little").view(np.bool_)


def set_bits(masks: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The index and the bit of every bit that is set, in order."""
    # In one dimension, and of booleans: NumPy is several times faster at that.
    found = np.flatnonzero(unpack(masks).ravel())
    return found >> 6, found & 63
