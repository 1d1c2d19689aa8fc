"""Picture files read by decoders that share no code with the writers."""

from __future__ import annotations

import ast
import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def decoded(data: bytes) -> NDArray[Any]:
    """A file's pixels as they are stored, indices not looked up, by Pillow, but for .npy."""
    if data[:6] == b"\x93NUMPY":
        return decoded_npy(data)
    with Image.open(io.BytesIO(data)) as found:
        return np.asarray(found)


def decoded_rgba(data: bytes) -> NDArray[np.uint8]:
    """What a file looks like, uint8 of shape (height, width, 4), by Pillow."""
    with Image.open(io.BytesIO(data)) as found:
        return np.asarray(found.convert("RGBA"))


def decoded_npy(data: bytes) -> NDArray[Any]:
    """An array file, after the description of format 1.0."""
    assert data[6:8] == b"\1\0"
    (length,) = struct.unpack_from("<H", data, 8)
    assert (10 + length) % 64 == 0
    header = ast.literal_eval(data[10 : 10 + length].decode("ascii"))
    assert not header["fortran_order"]
    pixels = np.frombuffer(data, np.dtype(header["descr"]), offset=10 + length)
    return pixels.reshape(header["shape"])


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """A PNG's chunks, after its specification; every check sum and length must be right."""
    assert data[:8] == bytes([137, 80, 78, 71, 13, 10, 26, 10])
    offset = 8
    while offset < len(data):
        length, kind = struct.unpack_from(">I4s", data, offset)
        body = data[offset + 8 : offset + 8 + length]
        (check,) = struct.unpack_from(">I", data, offset + 8 + length)
        assert check == zlib.crc32(kind + body)
        yield kind, body
        offset += 12 + length
    assert offset == len(data)


def directory(data: bytes) -> dict[int, tuple[int, ...]]:
    """The tags of a TIFF's only directory by number, those of whole numbers and of bytes, after
    TIFF 6.0 and the description of BigTIFF."""
    assert data[:2] == b"II"
    big = {42: False, 43: True}[struct.unpack_from("<H", data, 2)[0]]
    word, count_word, step = ("<Q", "<Q", 20) if big else ("<I", "<H", 12)
    (offset,) = struct.unpack_from(word, data, 8 if big else 4)
    (count,) = struct.unpack_from(count_word, data, offset)
    entry = offset + struct.calcsize(count_word)
    tags = {}
    for _ in range(count):
        number, kind = struct.unpack_from("<HH", data, entry)
        (length,) = struct.unpack_from(word, data, entry + 4)
        letter = {1: "B", 2: "B", 3: "H", 4: "I", 16: "Q"}.get(kind)
        if letter:
            form = f"<{length}{letter}"
            at = entry + 4 + struct.calcsize(word)
            if struct.calcsize(form) > struct.calcsize(word):
                (at,) = struct.unpack_from(word, data, at)
            tags[number] = struct.unpack_from(form, data, at)
        entry += step
    assert struct.unpack_from(word, data, entry)[0] == 0  # no other directory
    return tags


def tiles(data: bytes, height: int, width: int) -> NDArray[Any]:
    """The pixels of a TIFF in tiles, without a library: of one number each, 8 bits or floats."""
    tags = directory(data)
    assert tags[259] == (8,)  # deflated
    rows, columns = tags[323][0], tags[322][0]
    dtype = np.dtype({(8, 1): "u1", (32, 3): "<f4", (64, 3): "<f8"}[
        tags[258][0], tags.get(339, (1,))[0]
    ])  # fmt: skip
    across = -(-width // columns)
    result = np.empty((-(-height // rows) * rows, across * columns), dtype)
    for n, (at, length) in enumerate(zip(tags[324], tags[325], strict=True)):
        tile = np.frombuffer(zlib.decompress(data[at : at + length]), dtype)
        j, i = n // across * rows, n % across * columns
        result[j : j + rows, i : i + columns] = tile.reshape(rows, columns)
    return result[:height, :width]
