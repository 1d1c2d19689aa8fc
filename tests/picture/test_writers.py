"""Files read back by decoders that share no code with the writers."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from viewer.errors import UsageError
from viewer.picture.writers import FORMATS, Png, writer_for

GREYS = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40))
FILLS = GREYS.map(lambda picture: (picture > 99).view(np.uint8) * np.uint8(255))
CUTS = st.lists(st.integers(1, 39), max_size=5)
NOTES = {"Title": "disc.vm", "Prospero View": "-0.4,0.5@1e3"}
ENDINGS = st.sampled_from(sorted(FORMATS))


def written(
    ending: str, picture: NDArray[np.uint8], cuts: Sequence[int] = (), greys: bool = True
) -> bytes:
    """The file of a picture that comes in strips cut at the given rows."""
    file = io.BytesIO()
    height, width = picture.shape
    writer = FORMATS[ending](file.write, (width, height), NOTES, greys)
    for strip in np.split(picture, sorted({cut for cut in cuts if cut < height})):
        writer.add(strip)
    writer.finish()
    return file.getvalue()


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


@given(ENDINGS, st.one_of(GREYS, FILLS), CUTS, st.booleans())
def test_what_is_written_is_read_back(
    ending: str, picture: NDArray[np.uint8], cuts: list[int], greys: bool
) -> None:
    with Image.open(io.BytesIO(written(ending, picture, cuts, greys))) as found:
        assert found.mode == "L"
        assert np.array_equal(np.asarray(found), picture)


@given(GREYS, CUTS)
def test_a_pgm_is_what_the_challenge_s_script_writes(
    picture: NDArray[np.uint8], cuts: list[int]
) -> None:
    height, width = picture.shape
    expected = f"P5\n{width} {height}\n255\n".encode() + picture.tobytes()
    assert written(".pgm", picture, cuts) == written(".ppm", picture) == expected


@given(GREYS, CUTS, st.booleans())
@example(np.zeros((1, 1), np.uint8), [], False)
def test_a_png_keeps_to_its_specification(
    picture: NDArray[np.uint8], cuts: list[int], greys: bool
) -> None:
    height, width = picture.shape
    found = list(chunks(written(".png", picture, cuts, greys)))
    kinds = [kind for kind, _ in found]
    assert kinds == [b"IHDR", b"tEXt", b"tEXt", *[b"IDAT"] * kinds.count(b"IDAT"), b"IEND"]
    assert found[0][1] == struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    assert found[-1][1] == b""
    unpacker = zlib.decompressobj()
    lines = unpacker.decompress(b"".join(body for kind, body in found if kind == b"IDAT"))
    assert unpacker.eof
    assert unpacker.unused_data == b""
    assert len(lines) == height * (width + 1)
    assert set(lines[:: width + 1]) <= set(range(5))


def test_a_large_png_is_written_as_it_comes() -> None:
    file = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (64, 4096), dtype=np.uint8)
    writer = Png(file.write, (4096, 64 * 8), {})
    lengths = []
    for _ in range(8):
        writer.add(noise)
        lengths.append(len(file.getvalue()))
    assert all(after > before for before, after in pairwise(lengths))
    writer.finish()
    with Image.open(io.BytesIO(file.getvalue())) as found:
        assert np.array_equal(np.asarray(found), np.tile(noise, (8, 1)))


@given(st.dictionaries(
    st.sampled_from(["Title", "Software", "Prospero View"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50),
))  # fmt: skip
@example({"Title": "Ümläut.vm"})
@example({"Title": "ΔΕΛΤΑ.vm", "Prospero View": "0." + "3" * 2000 + ",0@1e2000"})
def test_notes_are_read_back(notes: dict[str, str]) -> None:
    file = io.BytesIO()
    writer = Png(file.write, (1, 1), notes)
    writer.add(np.zeros((1, 1), np.uint8))
    writer.finish()
    with Image.open(io.BytesIO(file.getvalue())) as found:
        assert isinstance(found, PngImagePlugin.PngImageFile)
        assert found.text == notes


def test_a_name_that_is_not_unicode_can_be_noted() -> None:
    file = io.BytesIO()
    Png(file.write, (1, 1), {"Title": "\udcff.vm"})
    assert b"?.vm" in file.getvalue()


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.b.Pgm", "a.ppm"])
def test_the_ending_chooses_the_format(name: str) -> None:
    assert writer_for(Path(name)) is FORMATS[Path(name).suffix.lower()]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.jpg", "a.jpg: found ending '.jpg', expected .png .ppm .pgm"),
        ("png", "png: found a name without an ending, expected .png .ppm .pgm"),
        (".png", ".png: found a name without an ending, expected .png .ppm .pgm"),
        ("a.png.vm", "a.png.vm: found ending '.vm', expected .png .ppm .pgm"),
    ],
)
def test_another_ending_is_refused(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        writer_for(Path(name))
    assert str(caught.value) == message
