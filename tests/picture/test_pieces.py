"""Files in pieces, and the journal of those that are there: what to go on from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.picture.test_formats import CLEAR, CUTS, KINDS, NOTES, joined, pictures
from viewer.picture.formats.header import Begun, Header, Pixels
from viewer.picture.formats.table import format_named
from viewer.picture.journal import Journal, entry, first_line, read


@given(st.data(), st.sampled_from(KINDS), CUTS, st.booleans())
def test_a_file_gone_on_with_is_the_same_file(
    data: st.DataObject, kind: tuple[str, Pixels], cuts: list[int], detailed: bool
) -> None:
    name, pixels = kind
    picture = data.draw(pictures(pixels if detailed or pixels != "palette" else "bit"))
    height, width = picture.shape[:2]
    header = Header((width, height), pixels, picture.dtype, CLEAR, NOTES, detailed=detailed)
    strips = np.split(picture, sorted({cut for cut in cuts if cut < height}))
    pieces = list(format_named(name).encode(header, strips, None))
    assert sum(piece.rows for piece in pieces) == height
    stop = data.draw(st.sampled_from([n for n, piece in enumerate(pieces, 1) if piece.rows]))
    there = pieces[:stop]
    rows = sum(piece.rows for piece in there)
    notes = tuple(note for piece in there for note in piece.notes)
    begun = Begun(rows, notes, picture[rows - 1 : rows])
    rest = format_named(name).encode(header, list(after(strips, rows)), begun)
    assert joined([*there, *rest]) == joined(pieces)


def after(strips: Sequence[NDArray[Any]], rows: int) -> Iterator[NDArray[Any]]:
    """The strips without so many rows, cut at the same places."""
    for strip in strips:
        if len(strip) > rows:
            yield strip[rows:]
        rows = max(0, rows - len(strip))


@given(st.data(), st.sampled_from(KINDS))
def test_a_file_whose_strips_end_early_has_no_end(
    data: st.DataObject, kind: tuple[str, Pixels]
) -> None:
    name, pixels = kind
    picture = data.draw(pictures("bit" if pixels == "palette" else pixels))
    height, width = picture.shape[:2]
    header = Header((width, height), pixels, picture.dtype, CLEAR)
    strips = np.split(picture, range(1, height))
    stop = data.draw(st.integers(0, height - 1))
    whole = list(format_named(name).encode(header, strips, None))
    part = list(format_named(name).encode(header, strips[:stop], None))
    assert part == whole[: len(part)]
    assert sum(piece.rows for piece in part) <= stop


ENTRIES = st.lists(
    st.tuples(st.integers(1, 99), st.integers(0, 99), st.lists(st.integers(0, 2**63), max_size=3))
)


@given(ENTRIES, st.integers(0, 200), st.integers(0, 2000), st.binary(max_size=3))
@example([(7, 5, [1])], 0, 4, b"")
@example([(7, 5, [1])], 1, 5, b"")
def test_a_journal_that_was_cut_off_says_what_is_whole(
    entries: list[tuple[int, int, list[int]]], cut: int, size: int, rubbish: bytes
) -> None:
    lines, known = [first_line("a.png", {"view": "0,0"})], [Journal({"view": "0,0"}, 0, 0, (), 0)]
    for rows, more, notes in entries:
        last = known[-1]
        lines.append(entry(last.rows + rows, last.size + more, notes))
        everything = (*last.notes, *notes)
        length = sum(map(len, lines))
        known.append(Journal(last.asked, last.rows + rows, last.size + more, everything, length))
    text = b"".join(lines)
    text = text[: max(0, len(text) - cut)]
    found = read(text + rubbish.replace(b"\n", b""), size)
    good = [known for known in known[1:] if known.length <= len(text) and known.size <= size]
    assert found == (good[-1] if good else None)


@pytest.mark.parametrize(
    "text",
    [b"", b"\n", b"{}\n{}\n", b"[1]\n", b"\xff\n", b'{"prospero": 2, "asked": {}}\n', b"1\n" * 3],
)
def test_what_is_no_journal_says_nothing(text: bytes) -> None:
    assert read(text + entry(1, 1, ()), 9) is None
