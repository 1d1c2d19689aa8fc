"""What strips are packed into: zlib's own reader gets back every byte, and runs and pixels are
packed into the same ones."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from tests.sign.test_runs import Pixels, cuts, rows
from viewer.picture.formats.deflate import check_sum, deflated
from viewer.picture.formats.header import Header
from viewer.picture.formats.header import Pixels as Kind
from viewer.picture.formats.lines import filtered, packed_bits
from viewer.picture.formats.packing import CROWDED, Packed, Strip, packed_strip, with_above
from viewer.sign.runs import Runs

LENGTHS = st.one_of(
    st.integers(1, 6), st.sampled_from((257, 258, 259, 260, 261, 516, 517)), st.integers(1, 10**6)
)
KINDS: tuple[Kind, ...] = ("grey", "palette", "bit")


@given(st.lists(st.tuples(st.integers(0, 255), LENGTHS), min_size=1, max_size=60))
def test_any_runs_of_bytes_come_back(runs: list[tuple[int, int]]) -> None:
    values = np.array([value for value, _ in runs], np.uint8)
    lengths = np.array([length for _, length in runs], np.int64)
    plain = np.repeat(values, lengths).tobytes()
    reader = zlib.decompressobj(-15)
    assert reader.decompress(deflated(values, lengths)) == plain
    # It ended at a whole byte, and more may follow.
    assert reader.decompress(deflated(values, lengths) + b"\x03\x00") == plain
    assert reader.eof
    assert check_sum(values, lengths) == zlib.adler32(plain)


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(1, 20_000))
def test_many_runs_of_all_bytes_come_back(seed: int, count: int) -> None:
    """Codes of all depths: few bytes are frequent, and many are rare."""
    dice = np.random.default_rng(seed)
    values = np.minimum(dice.pareto(0.3, count), 255).astype(np.uint8)
    lengths = np.minimum(1 + dice.pareto(0.5, count), 3000).astype(np.int64)
    plain = np.repeat(values, lengths).tobytes()
    assert zlib.decompressobj(-15).decompress(deflated(values, lengths)) == plain
    assert check_sum(values, lengths) == zlib.adler32(plain)


def test_what_is_flat_takes_two_bits_for_258_bytes() -> None:
    lengths = np.array([10**10], np.int64)
    packed = deflated(np.zeros(1, np.uint8), lengths)
    assert len(packed) < 10**10 / 258 / 4 + 100
    assert check_sum(np.zeros(1, np.uint8), lengths) == 1 | 10**10 % 65521 << 16


@given(rows())
def test_rows_are_filtered_as_their_pixels_are(pixels: Pixels) -> None:
    above, lines = pixels[:1], pixels[1:] if len(pixels) > 1 else pixels
    before = np.concatenate([above, lines[:-1]])
    expected = np.hstack([np.full((len(lines), 1), 2, np.uint8), lines - before])
    assert np.array_equal(filtered(Runs.of(above), Runs.of(lines)).pixels(), expected)


@given(rows())
def test_bits_are_packed_as_those_of_pixels_are(pixels: Pixels) -> None:
    found = packed_bits(Runs.of(pixels))
    assert np.array_equal(found.pixels(), np.packbits(pixels > 0, axis=1))


@given(rows(), st.sampled_from(KINDS), st.booleans(), st.integers(1, 400), st.data())
def test_runs_and_pixels_are_packed_into_the_same_bytes(
    pixels: Pixels, kind: Kind, detailed: bool, stretch: int, data: st.DataObject
) -> None:
    pixels = np.repeat(pixels, stretch, axis=1)  # few runs to a byte, or many
    header = Header((pixels.shape[1], len(pixels)), kind, detailed=detailed and kind != "bit")
    parts = data.draw(cuts(len(pixels)))
    strips = [pixels[part.start : part.stop] for part in parts]
    of_pixels = packed(header, strips)
    assert packed(header, [Runs.of(strip) for strip in strips]) == of_pixels
    stream = b"".join(part.data for part in of_pixels)
    plain = zlib.decompressobj(-15).decompress(stream)
    assert unfiltered(plain, len(pixels)).tobytes() == stored(header, pixels).tobytes()
    assert [part.check for part in of_pixels] == [
        zlib.adler32(part) for part in parted(plain, parts)
    ]


def packed(header: Header, strips: list[Pixels] | list[Runs]) -> list[Packed]:
    return [packed_strip(header, strip) for strip in with_above(strips)]


def stored(header: Header, pixels: Pixels) -> Pixels:
    """The lines of a file without filters."""
    return np.packbits(pixels > 0, axis=1) if header.bits else pixels


def unfiltered(plain: bytes, height: int) -> Pixels:
    """Lines after the filter "up", which must be that of all."""
    lines = np.frombuffer(plain, np.uint8).reshape(height, -1)
    assert (lines[:, 0] == 2).all()
    return lines[:, 1:].cumsum(axis=0, dtype=np.uint8)


def parted(plain: bytes, parts: list[range]) -> list[bytes]:
    lines = np.frombuffer(plain, np.uint8).reshape(parts[-1].stop, -1)
    return [lines[part.start : part.stop].tobytes() for part in parts]


@pytest.mark.parametrize("detailed", [False, True])
def test_a_strip_is_the_same_whatever_came_before_the_row_above(detailed: bool) -> None:
    """What makes a picture that was begun come out the same."""
    dice = np.random.default_rng(3)
    pixels = np.repeat(dice.choice([0, 255], (40, 9)), 300, axis=1).astype(np.uint8)
    header = Header((2700, 40), "grey", detailed=detailed)
    whole = packed(header, [Runs.of(pixels[:30]), Runs.of(pixels[30:])])[1]
    for above in (pixels[29:30], Runs.of(pixels[29:30])):
        assert packed_strip(header, Strip(above, Runs.of(pixels[30:]))) == whole


def test_crowded_strips_are_looked_at_byte_by_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts, if they are of runs: the same bytes again."""
    monkeypatch.setattr("viewer.picture.formats.packing.MANY", 500)
    noise = np.random.default_rng(4).choice([0, 255], (64, 128)).astype(np.uint8)
    header = Header((128, 64))
    assert len(Runs.of(noise).starts) > CROWDED * noise.size
    of_runs, of_pixels = packed(header, [Runs.of(noise)])[0], packed(header, [noise])[0]
    assert of_runs == of_pixels
    plain = zlib.decompressobj(-15).decompress(of_runs.data)
    assert np.array_equal(unfiltered(plain, 64), noise)


@given(arrays(np.uint8, (3, 5, 3)))
def test_colours_are_packed_number_by_number(pixels: NDArray[np.uint8]) -> None:
    (found,) = packed(Header((5, 3), "rgb"), [pixels])
    plain = zlib.decompressobj(-15).decompress(found.data)
    assert np.array_equal(unfiltered(plain, 3), pixels.reshape(3, 15))
    assert (found.check, found.length) == (zlib.adler32(plain), len(plain))
