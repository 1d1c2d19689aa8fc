"""What is kept about one file: where it was left, and the places that were marked, as a value.

Written as TOML, so that people can read and mend it; coordinates are text, since no TOML number
has their digits:

    file = "/home/me/gears.vm"

    [last]
    view = "-0.4,0.65@12"

    [[bookmark]]
    view = "-0.43719562,0.65@1e30"
    z = "0.02"
    picture = "gears-1f0c5a3e-7d21.png"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

from viewer.errors import FileError, UsageError
from viewer.view import View, parse_number
from viewer.window.places.history import Spot
from viewer.window.text.axes import number_text

DIGITS = 400
"""Places of a slice's height that are written; those that keys reach have far fewer."""


class Bookmark(NamedTuple):
    """A place that was marked, and the name of its small picture's file (or nothing)."""

    spot: Spot
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one file, in the order in which they were marked."""

    bookmarks: tuple[Bookmark, ...] = ()
    last: Spot | None = None

    def number(self, spot: Spot) -> int | None:
        """The number, from 1, of a place that is marked."""
        for number, mark in enumerate(self.bookmarks, 1):
            if str(mark.spot.view) == str(spot.view) and mark.spot.z == spot.z:
                return number
        return None

    def added(self, bookmark: Bookmark) -> Places:
        """One more; a place that is marked already stays as it is."""
        if self.number(bookmark.spot) is not None:
            return self
        return replace(self, bookmarks=(*self.bookmarks, bookmark))

    def without(self, spot: Spot) -> Places:
        """No mark at a place."""
        number = self.number(spot)
        if number is None:
            return self
        rest = (*self.bookmarks[: number - 1], *self.bookmarks[number:])
        return replace(self, bookmarks=rest)

    def left_at(self, spot: Spot) -> Places:
        """The file was closed there."""
        return replace(self, last=spot)


def to_toml(places: Places, file: str) -> str:
    """The places of a file as TOML."""
    import tomli_w

    document: dict[str, Any] = {"file": file}
    if places.last is not None:
        document["last"] = _table(places.last)
    if places.bookmarks:
        document["bookmark"] = [
            _table(mark.spot) | ({"picture": mark.picture} if mark.picture else {})
            for mark in places.bookmarks
        ]
    return tomli_w.dumps(document)


def from_toml(data: bytes, name: str) -> Places:
    """Reads what `to_toml` wrote, or a person; keys that are not known are passed over. `name` is
    what the `FileError` calls it."""
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FileError(f"{name}: byte {error.start} is not UTF-8, expected TOML") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FileError(f"{name}: not TOML: {str(error).splitlines()[0].lower()}") from None
    marks = document.get("bookmark", [])
    if not isinstance(marks, list):
        raise FileError(f"{name}: found one 'bookmark', expected a list: [[bookmark]]")
    last = document.get("last")
    return Places(
        tuple(
            Bookmark(_spot(mark, f"{name}: bookmark {number}"), _picture(mark))
            for number, mark in enumerate(marks, 1)
        ),
        None if last is None else _spot(last, f"{name}: last"),
    )


def _table(spot: Spot) -> dict[str, str]:
    table = {"view": str(spot.view)}
    return table | ({"z": _decimal(spot.z)} if spot.z else {})


def _decimal(value: Fraction) -> str:
    """A number as a decimal, exactly where it is one of at most `DIGITS` places."""
    digits = 0
    while digits < DIGITS and (value * 10**digits).denominator != 1:
        digits += 1
    return number_text(round(value * 10**digits), -digits)


def _spot(table: Any, place: str) -> Spot:
    if not isinstance(table, dict):
        raise FileError(f"{place}: found {table!r:.40}, expected a table with a view")
    view, z = table.get("view"), table.get("z", "0")
    if not isinstance(view, str) or not isinstance(z, str):
        found = f"view {view!r:.40}" if not isinstance(view, str) else f"z {z!r:.40}"
        raise FileError(f"{place}: found {found}, expected text in quotes")
    try:
        return Spot(View.parse(view), parse_number(z, "height"))
    except UsageError as error:
        raise FileError(f"{place}: {str(error)[:200]}") from None


def _picture(table: dict[str, Any]) -> str:
    """The picture's file name; anything that could lead out of the folder is none."""
    picture = table.get("picture", "")
    plain = isinstance(picture, str) and not set(picture) & set("/\\:\0") and picture[:1] != "."
    return picture if plain else ""
