"""The directory of a TIFF file, after TIFF 6.0 and the description of BigTIFF: tags as bytes."""

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Tag(NamedTuple):
    """A tag by its number, and its values; of "RATIONAL" they are numerator and denominator."""

    number: int
    kind: str
    values: Sequence[int]


class Kind(NamedTuple):
    """How values of a type are stored: the type's number, a letter of `struct`, and how many of
    those make a value."""

    number: int
    letter: str
    each: int = 1


_KINDS = {
    "ASCII": Kind(2, "B"),
    "SHORT": Kind(3, "H"),
    "LONG": Kind(4, "I"),
    "RATIONAL": Kind(5, "I", 2),
    "LONG8": Kind(16, "Q"),
}


class Layout(NamedTuple):
    """How TIFF and BigTIFF differ: in the file's first bytes, and where in them it says where the
    directory lies; in what offsets are (a kind), which the directory's parts are multiples of; and
    in how the directory says its length (a letter of `struct`)."""

    start: bytes
    place: int
    offset: str
    align: int
    length: str

    def packed(self, offset: int) -> bytes:
        """An offset as it is stored."""
        return struct.pack(f"<{_KINDS[self.offset].letter}", offset)


CLASSIC = Layout(b"II*\0" + bytes(4), place=4, offset="LONG", align=2, length="H")
BIG = Layout(b"II+\0\x08\0\0\0" + bytes(8), place=8, offset="LONG8", align=8, length="Q")


def directory(layout: Layout, tags: Iterable[Tag], at: int) -> bytes:
    """The file's only directory, to lie at the offset `at`, a multiple of `layout.align`.

    What is too long for a tag's own room, that of an offset, follows the tags.
    """
    ordered = sorted(tags)
    room = len(layout.packed(0))
    length = struct.pack(f"<{layout.length}", len(ordered))
    follows = at + len(length) + len(ordered) * (4 + 2 * room) + room
    entries, longer = [length], b""
    for tag in ordered:
        kind = _KINDS[tag.kind]
        data = struct.pack(f"<{len(tag.values)}{kind.letter}", *tag.values)
        entries.append(struct.pack("<HH", tag.number, kind.number))
        entries.append(layout.packed(len(tag.values) // kind.each))
        if len(data) > room:
            longer += bytes(-(follows + len(longer)) % layout.align)
            entries.append(layout.packed(follows + len(longer)))
            longer += data
        else:
            entries.append(data.ljust(room, b"\0"))
    return b"".join([*entries, layout.packed(0), longer])  # no other directory follows
