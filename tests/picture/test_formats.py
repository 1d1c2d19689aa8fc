"""Files of every format and every kind of pixels, read back by other decoders."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin, TiffImagePlugin

from tests.picture.decode import chunks, decoded, decoded_rgba, directory, tiles
from viewer.errors import UsageError
from viewer.picture.formats.ahead import THREADS
from viewer.picture.formats.header import Format, Header, Piece, Pixels
from viewer.picture.formats.table import FORMATS, format_for, format_named
from viewer.picture.palettes import PALETTES, palette_of

NOTES = {"Title": "disc.vm", "Prospero View": "-0.4,0.5@1e3"}
KINDS = [(row.name, pixels) for row in FORMATS for pixels in row.pixels]
SIDES = st.integers(1, 40) | st.sampled_from([255, 256, 257, 300])
CUTS = st.lists(st.integers(1, 39), max_size=5)
CLEAR = palette_of("#ff000080,none").table()


def encode(
    name: str, picture: NDArray[Any], pixels: Pixels, cuts: Sequence[int] = (), **more: Any
) -> bytes:
    """The file of a picture that comes in strips cut at the given rows."""
    height, width = picture.shape[:2]
    header = Header((width, height), pixels, picture.dtype, notes=NOTES)
    strips = np.split(picture, sorted({cut for cut in cuts if cut < height}))
    return joined(format_named(name).encode(replace(header, **more), strips, None))


def joined(pieces: Iterable[Piece], data: bytes = b"") -> bytes:
    """The file of pieces that come after `data`."""
    file = io.BytesIO()
    for piece in [Piece(data), *pieces]:
        file.seek(0, io.SEEK_END)
        if piece.at is not None:
            file.seek(piece.at)
        file.write(piece.data)
    return file.getvalue()


@st.composite
def pictures(draw: st.DrawFn, pixels: Pixels) -> NDArray[Any]:
    """Rows of such pixels."""
    shape = (draw(SIDES), draw(SIDES), *{"rgb": (3,), "rgba": (4,)}.get(pixels, ()))
    if pixels == "field":
        dtype = draw(st.sampled_from([np.float32, np.float64]))
        numbers = st.floats(width=32) | st.sampled_from([np.nan, -np.inf, -0.0])
        return draw(arrays(dtype, shape, elements=numbers, fill=st.just(0.5)))
    picture = draw(arrays(np.uint8, shape, fill=st.integers(0, 255)))
    return (picture > 99).view(np.uint8) * np.uint8(255) if pixels == "bit" else picture


@given(st.data(), st.sampled_from(KINDS), CUTS, st.booleans())
def test_what_is_written_is_read_back(
    data: st.DataObject, kind: tuple[str, Pixels], cuts: list[int], detailed: bool
) -> None:
    name, pixels = kind
    picture = data.draw(pictures(pixels if detailed or pixels != "palette" else "bit"))
    more = {"colours": CLEAR, "detailed": detailed}
    found = encode(name, picture, pixels, cuts, **more)
    if pixels == "palette":
        assert np.array_equal(decoded_rgba(found), CLEAR[picture])
    elif pixels == "bit":
        assert np.array_equal(decoded(found), picture > 0)
    elif pixels == "field" and name != "npy":
        height, width = picture.shape
        assert np.array_equal(tiles(found, height, width), picture, equal_nan=True)
    else:
        assert np.array_equal(decoded(found), picture, equal_nan=pixels == "field")


@given(st.data(), st.sampled_from([kind for kind in KINDS if "tiff" in kind[0]]), CUTS)
def test_a_tiff_is_what_its_specification_s_other_readers_expect(
    data: st.DataObject, kind: tuple[str, Pixels], cuts: list[int]
) -> None:
    name, pixels = kind
    picture = data.draw(pictures(pixels))
    with tifffile.TiffFile(io.BytesIO(encode(name, picture, pixels, cuts, dpi=72.5))) as found:
        assert (found.is_bigtiff, len(found.pages)) == (name == "bigtiff", 1)
        expected = picture > 0 if pixels == "bit" else picture
        assert np.array_equal(found.asarray(), expected, equal_nan=pixels == "field")
        assert found.pages.first.description == "\n".join(f"{k}: {v}" for k, v in NOTES.items())
        assert found.pages.first.resolution == (72.5, 72.5)


@given(st.data(), st.sampled_from(KINDS), CUTS)
def test_where_strips_are_cut_cannot_be_seen(
    data: st.DataObject, kind: tuple[str, Pixels], cuts: list[int]
) -> None:
    name, pixels = kind
    picture = data.draw(pictures("bit" if pixels == "palette" else pixels))
    one, other = (encode(name, picture, pixels, c, colours=CLEAR) for c in ([], cuts))
    if name == "png":  # packed strip by strip: the same pixels, not the same bytes
        assert np.array_equal(decoded_rgba(one), decoded_rgba(other))
    else:
        assert one == other


@given(pictures("grey"), CUTS)
def test_a_pgm_is_what_the_challenge_s_script_writes(
    picture: NDArray[np.uint8], cuts: list[int]
) -> None:
    height, width = picture.shape
    expected = f"P5\n{width} {height}\n255\n".encode() + picture.tobytes()
    assert encode("pgm", picture, "grey", cuts) == encode("ppm", picture, "grey") == expected


def test_a_pbm_s_inside_is_white() -> None:
    picture = np.array([[0, 255, 0], [255, 255, 255]], np.uint8)
    assert encode("pbm", picture, "bit") == b"P4\n3 2\n" + bytes([0b10100000, 0])


@given(pictures("grey"), CUTS, st.booleans())
@example(np.zeros((1, 1), np.uint8), [], False)
@example(np.full((40, 300), 255, np.uint8), [1, 2, 39], True)
def test_a_png_keeps_to_its_specification(
    picture: NDArray[np.uint8], cuts: list[int], detailed: bool
) -> None:
    height, width = picture.shape
    found = list(chunks(encode("png", picture, "grey", cuts, detailed=detailed)))
    kinds = [kind for kind, _ in found]
    assert kinds == [b"IHDR", b"tEXt", b"tEXt", *[b"IDAT"] * kinds.count(b"IDAT"), b"IEND"]
    assert found[0][1] == struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    assert found[-1][1] == b""
    unpacker = zlib.decompressobj()  # of the check sum as well
    lines = unpacker.decompress(b"".join(body for kind, body in found if kind == b"IDAT"))
    assert unpacker.eof
    assert unpacker.unused_data == b""
    assert len(lines) == height * (width + 1)
    assert set(lines[:: width + 1]) <= set(range(5))


def test_the_order_of_a_png_s_chunks() -> None:
    picture = np.zeros((2, 2), np.uint8)
    found = encode("png", picture, "palette", colours=CLEAR, dpi=300.0)
    kinds = [kind for kind, _ in chunks(found)]
    assert kinds[:4] == [b"IHDR", b"pHYs", b"PLTE", b"tRNS"]


@pytest.mark.parametrize(("pixels", "kind"), [("bit", 0), ("palette", 3)])
def test_two_colours_take_a_bit_a_pixel(pixels: Pixels, kind: int) -> None:
    picture = np.zeros((1, 9), np.uint8)
    found = list(chunks(encode("png", picture, pixels, colours=PALETTES["dark"].table())))
    assert found[0][1][8:10] == bytes([1, kind])
    assert len(zlib.decompress(b"".join(data for name, data in found if name == b"IDAT"))) == 3
    colours = {name: data for name, data in found if name in (b"PLTE", b"tRNS")}
    assert colours == ({b"PLTE": bytes.fromhex("15181d e8e4da")} if kind else {})


def test_a_large_png_is_written_as_it_comes() -> None:
    pieces: list[Piece] = []
    behind = []
    noise = np.random.default_rng(1).integers(0, 256, (64, 4096), dtype=np.uint8)

    def strips() -> Iterator[NDArray[np.uint8]]:
        for done in range(24):
            behind.append(64 * done - sum(piece.rows for piece in pieces))
            yield noise

    for piece in format_named("png").encode(Header((4096, 64 * 24)), strips(), None):
        pieces.append(piece)
    assert max(behind) <= 64 * THREADS
    assert np.array_equal(decoded(joined(pieces)), np.tile(noise, (24, 1)))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)


@given(st.dictionaries(st.sampled_from(["Title", "Software", "Prospero View"]), TEXT))
@example({"Title": "Ümläut.vm"})
@example({"Title": "ΔΕΛΤΑ.vm", "Prospero View": "0." + "3" * 2000 + ",0@1e2000"})
def test_a_png_s_notes_are_read_back(notes: dict[str, str]) -> None:
    data = encode("png", np.zeros((1, 1), np.uint8), "grey", notes=notes)
    with Image.open(io.BytesIO(data)) as found:
        assert isinstance(found, PngImagePlugin.PngImageFile)
        assert found.text == notes


def test_a_tiff_s_notes_are_lines_of_ascii() -> None:
    notes = {"Title": "Δ.vm", "Software": "Prospero Viewer"}
    data = encode("tiff", np.zeros((1, 1), np.uint8), "grey", notes=notes)
    tags = directory(data)
    assert bytes(tags[270]) == b"Title: \\u0394.vm\nSoftware: Prospero Viewer\0"
    assert bytes(tags[305]) == b"Prospero Viewer\0"


def test_a_name_that_is_not_unicode_can_be_noted() -> None:
    picture, notes = np.zeros((1, 1), np.uint8), {"Title": "\udcff.vm"}
    assert b"?.vm" in encode("png", picture, "grey", notes=notes)
    assert b"\\udcff.vm" in encode("tiff", picture, "grey", notes=notes)


@pytest.mark.parametrize("name", [row.name for row in FORMATS if row.holds_dpi])
def test_the_resolution_is_read_back(name: str) -> None:
    data = encode(name, np.zeros((2, 3), np.uint8), "grey", dpi=300.0)
    with Image.open(io.BytesIO(data)) as found:
        assert found.info["dpi"] == pytest.approx((300, 300), abs=0.02)


@pytest.mark.parametrize(
    ("name", "big"), [("tiff", False), ("bigtiff", True)], ids=["tiff", "bigtiff"]
)
def test_a_tiff_is_in_tiles(name: str, big: bool) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (300, 700), dtype=np.uint8)
    data = encode(name, picture, "grey", range(7, 300, 7), detailed=True)
    assert data[:4] == (b"II+\0" if big else b"II*\0")
    tags = directory(data)
    assert (tags[322], tags[323], len(tags[324])) == ((256,), (256,), 6)
    assert np.array_equal(tiles(data, 300, 700), picture)
    with Image.open(io.BytesIO(data)) as found:
        assert isinstance(found, TiffImagePlugin.TiffImageFile)
        assert np.array_equal(np.asarray(found), picture)


def test_a_tiff_that_may_pass_4_gb_is_a_bigtiff() -> None:
    for height, big in ((40_000, False), (50_000, True)):
        first = next(format_named("tiff").encode(Header((100_000, height)), [], None))
        assert first.data[2] == (43 if big else 42)


def test_a_wide_tiff_has_low_tiles() -> None:
    wide = np.zeros((20, 600_000), np.float64)
    data = encode("tiff", wide, "field")
    assert directory(data)[323] == (16,)
    assert not tiles(data, 20, 600_000).any()


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.name)
def test_the_ending_chooses_the_format(row: Format) -> None:
    for ending in row.endings:
        assert format_for(Path(f"a.b{ending.upper()}")) is row
    assert format_named(row.name) is row


ENDINGS = ".png .ppm .pgm .pbm .tif .tiff .btf .tf8 .npy .svg .pdf"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.jpg", f"a.jpg: found ending '.jpg', expected {ENDINGS}"),
        ("png", f"png: found a name without an ending, expected {ENDINGS}"),
        (".png", f".png: found a name without an ending, expected {ENDINGS}"),
        ("a.png.vm", f"a.png.vm: found ending '.vm', expected {ENDINGS}"),
    ],
)
def test_another_ending_is_refused(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        format_for(Path(name))
    assert str(caught.value) == message


def test_another_format_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        format_named("jpeg")
    assert str(caught.value) == (
        "unknown format 'jpeg', expected one of png ppm pgm pbm tiff bigtiff npy svg pdf"
    )
