"""Laws of what is kept about a file: as text, and in a folder that others write to as well."""

from __future__ import annotations

import re
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import fractions, views
from viewer.errors import FileError
from viewer.view import View
from viewer.window.places import store as module
from viewer.window.places.bookmarks import Bookmark, Places, from_toml, to_toml
from viewer.window.places.history import Spot
from viewer.window.places.store import Store, folder

heights = fractions(3).map(lambda z: z / 2**7)
spots = st.builds(Spot, views(deepest=150), heights)
names = st.sampled_from(("", "gears-1f0c5a3e-7d21.png", "é ü.png"))
bookmarks = st.builds(Bookmark, spots, names)
FILE = Path("/somewhere/gears.vm")


def spot(n: int) -> Spot:
    return Spot(View(Fraction(n)))


def as_written(mark: Spot) -> tuple[str, Fraction]:
    return str(mark.view), mark.z


@st.composite
def collections(draw: st.DrawFn) -> Places:
    found = Places(last=draw(st.none() | spots))
    for mark in draw(st.lists(bookmarks, max_size=4)):
        found = found.added(mark)
    return found


@given(collections(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_what_is_written_is_read(places: Places, file: str) -> None:
    text = to_toml(places, file)
    assert tomllib.loads(text)["file"] == file
    found = from_toml(text.encode(), "a.toml")
    assert [as_written(mark.spot) for mark in found.bookmarks] == [
        as_written(mark.spot) for mark in places.bookmarks
    ]
    assert [mark.picture for mark in found.bookmarks] == [m.picture for m in places.bookmarks]
    assert (found.last and as_written(found.last)) == (places.last and as_written(places.last))
    assert to_toml(found, file) == text


def test_the_text_as_a_page() -> None:
    digits = "-0.437195628374651928376451928374659187236451982736459182736459128734"
    there = Spot(View.parse(f"{digits},0.65@1e60"), Fraction(1, 50))
    places = Places().added(Bookmark(there, "gears-7d21.png")).left_at(Spot(View.parse("-1,0@2")))
    assert to_toml(places, "/home/me/gears.vm").splitlines() == [
        'file = "/home/me/gears.vm"',
        "",
        "[last]",
        'view = "-1,0@2"',
        "",
        "[[bookmark]]",
        f'view = "{digits},0.65@1e60"',
        'z = "0.02"',
        'picture = "gears-7d21.png"',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xff", "a.toml: byte 0 is not UTF-8, expected TOML"),
        (b"file =", "a.toml: not TOML: invalid value (at end of document)"),
        (b"bookmark = 1", "a.toml: found one 'bookmark', expected a list: [[bookmark]]"),
        (b"[last]", "a.toml: last: found view None, expected text in quotes"),
        (b"last = 3", "a.toml: last: found 3, expected a table with a view"),
        (
            b'[[bookmark]]\nview = "0,0"\n[[bookmark]]\nview = 0.5',
            "a.toml: bookmark 2: found view 0.5, expected text in quotes",
        ),
        (
            b'[[bookmark]]\nview = "0,0@x"',
            "a.toml: bookmark 1: bad zoom 'x', expected a decimal number such as -0.25 or 1e-3",
        ),
        (
            b'[last]\nview = "0,0"\nz = 1',
            "a.toml: last: found z 1, expected text in quotes",
        ),
    ],
)
def test_a_broken_text_is_one_line_that_says_where(text: bytes, message: str) -> None:
    with pytest.raises(FileError, match=f"^{re.escape(message)}$"):
        from_toml(text, "a.toml")


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@example(b"a = " + b"[" * 5000)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        from_toml(data, "a.toml")
    except FileError as error:
        assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("name", ["../keys.toml", "a/b.png", "..", "C:x", "a\\b"])
def test_a_picture_stays_in_its_folder(name: str) -> None:
    found = from_toml(to_toml(Places((Bookmark(spot(1), name),)), "f").encode(), "a.toml")
    assert found.bookmarks[0].picture == ""


# In a folder


def test_a_file_that_nothing_is_known_of_has_no_places(tmp_path: Path) -> None:
    assert Store(tmp_path / "missing").read(FILE) == Places()
    assert not (tmp_path / "missing").exists()


def test_places_are_kept_for_each_file(tmp_path: Path) -> None:
    for n, file in enumerate((FILE, Path("/elsewhere/gears.vm"), Path("/s/\udcff.vm"))):
        Store(tmp_path).change(file, partial(Places.left_at, spot=spot(n)))
        assert Store(tmp_path).read(file).last == spot(n)
    assert Store(tmp_path).read(FILE).last == spot(0)


def test_a_link_and_its_file_have_the_same_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.vm").touch()
    (tmp_path / "a-link.vm").symlink_to(tmp_path / "a.vm")
    store = Store(tmp_path / "config")
    store.change(tmp_path / "a.vm", lambda places: places.left_at(spot(7)))
    monkeypatch.chdir(tmp_path)
    assert store.read(Path("a.vm")).last == spot(7)


def test_a_mark_has_its_picture_until_it_is_taken_away(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (mark,) = store.mark(FILE, spot(1), b"png").bookmarks
    assert store.picture(mark) == b"png"
    assert store.mark(FILE, spot(1), b"again").bookmarks == (mark,)
    assert len(list(tmp_path.rglob("*.png"))) == 1
    assert store.unmark(FILE, mark.spot) == Places()
    assert store.picture(mark) == b""
    assert not list(tmp_path.rglob("*.png"))


def test_windows_that_mark_places_at_once_lose_none(tmp_path: Path) -> None:
    ready = threading.Barrier(4)

    def window(first: int) -> None:
        store = Store(tmp_path)
        ready.wait()
        for n in range(first, first + 6):
            store.mark(FILE, spot(n), b"png")

    with ThreadPoolExecutor(4) as windows:
        list(windows.map(window, (0, 100, 200, 300)))
    found = {int(mark.spot.view.x) for mark in Store(tmp_path).read(FILE).bookmarks}
    assert found == {start + n for start in (0, 100, 200, 300) for n in range(6)}


def test_a_broken_file_is_not_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.mark(FILE, spot(1), b"png")
    (path,) = tmp_path.rglob("*.toml")
    path.write_bytes(b"[[bookmark]]\nview = 1")
    with pytest.raises(FileError, match="bookmark 1: found view 1"):
        store.read(FILE)
    with pytest.raises(FileError, match="bookmark 1: found view 1"):
        store.mark(FILE, spot(2), b"png")
    assert path.read_bytes() == b"[[bookmark]]\nview = 1"
    assert len(list(tmp_path.rglob("*.png"))) == 1


def test_a_folder_that_cannot_be_made_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("in the way")
    store = Store(tmp_path / "config")
    with pytest.raises(FileError, match=r"config/places/.*: not a directory"):
        store.read(FILE)
    with pytest.raises(FileError, match=r"config/places/.lock: not a directory"):
        store.mark(FILE, spot(2), b"png")


def test_a_window_that_hangs_holds_nobody_up_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.02)
    store = Store(tmp_path)
    with store._alone(), pytest.raises(FileError, match="another window keeps it locked"):
        store.change(FILE, lambda places: places.left_at(spot(1)))
    assert store.change(FILE, lambda places: places.left_at(spot(1))).last == spot(1)


def test_the_folder_is_the_user_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder().name == "prospero-viewer"
    assert not folder().exists()
