"""What the window remembers, with a folder that works and with one that does not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from threading import Event

import pytest

from viewer.errors import FileError
from viewer.view import View
from viewer.window.places.history import REST, Spot
from viewer.window.places.memory import Memory
from viewer.window.places.store import Store

FILE, OTHER = Path("/somewhere/gears.vm"), Path("/somewhere/frost.vm")


def spot(n: int) -> Spot:
    return Spot(View(Fraction(n)))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    found = Memory(Store(tmp_path), spot(0))
    found.opened(FILE)
    yield found
    found.close(None)


def written(memory: Memory) -> FileError | None:
    end = time.monotonic() + 20
    while memory._writing and time.monotonic() < end:
        if error := memory.news():
            return error
        time.sleep(0.001)
    return memory.news()


def test_a_place_is_marked_found_and_forgotten(memory: Memory, tmp_path: Path) -> None:
    assert memory.toggle(spot(1), lambda: b"one") == "marked as 1"
    assert memory.toggle(spot(2), lambda: b"two") == "marked as 2"
    assert memory.marked(2) == spot(2)
    assert memory.marked(3) is None
    assert [place for place, _ in memory.pictures()] == [spot(1), spot(2)]
    assert written(memory) is None
    assert memory.pictures() == [(spot(1), b"one"), (spot(2), b"two")]
    assert memory.toggle(spot(1), lambda: b"again") == "took mark 1 away"
    assert written(memory) is None
    again = Memory(Store(tmp_path), spot(0))
    again.opened(FILE)
    assert again.pictures() == [(spot(2), b"two")]
    again.close(None)


def test_a_mark_that_is_taken_away_at_once_is_gone(memory: Memory, tmp_path: Path) -> None:
    memory.toggle(spot(1), lambda: b"one")
    memory.toggle(spot(1), lambda: b"one")
    assert written(memory) is None
    assert memory.pictures() == []
    assert not list(tmp_path.rglob("*.png"))


def test_a_place_is_marked_before_its_picture_is_drawn(memory: Memory, tmp_path: Path) -> None:
    drawn = Event()

    def draw() -> bytes:
        drawn.wait(20)
        return b"one"

    memory.toggle(spot(1), draw)
    waiting = memory.busy
    assert waiting
    assert memory.pictures() == [(spot(1), b"")]
    drawn.set()
    assert written(memory) is None
    assert not memory.busy
    assert memory.pictures() == [(spot(1), b"one")]


def test_a_place_without_a_picture_is_a_place(memory: Memory, tmp_path: Path) -> None:
    memory.toggle(spot(1), lambda: b"")
    assert written(memory) is None
    assert memory.pictures() == [(spot(1), b"")]
    assert not list(tmp_path.rglob("*.png"))


def test_a_file_is_left_and_found_where_it_was(memory: Memory, tmp_path: Path) -> None:
    memory.close(spot(7))
    again = Memory(Store(tmp_path), spot(0))
    assert again.opened(OTHER) is None
    assert again.opened(FILE) == spot(7)
    again.close(None)


def test_files_are_left_for_each_other_and_found_where_they_were(
    memory: Memory, tmp_path: Path
) -> None:
    """What is written of one is not taken for another's."""
    memory.toggle(spot(1), lambda: b"one")
    memory.jump(spot(2), 1.0)
    memory.left(spot(3))
    assert memory.opened(OTHER) is None
    assert written(memory) is None
    assert memory.pictures() == []
    assert memory.back(2.0) is None
    memory.left(spot(4))
    assert memory.opened(FILE) == spot(3)
    assert memory.pictures() == [(spot(1), b"one")]
    assert memory.back(3.0) == spot(0)
    memory.left(spot(5))
    assert memory.opened(OTHER) == spot(4)
    memory.close(spot(6))
    again = Memory(Store(tmp_path), spot(0))
    assert (again.opened(FILE), again.opened(OTHER)) == (spot(5), spot(6))
    again.close(None)


def test_files_are_found_where_they_were_without_a_disk(tmp_path: Path) -> None:
    (tmp_path / "places").write_text("in the way")
    memory = Memory(Store(tmp_path), spot(0))
    with pytest.raises(FileError):
        memory.opened(FILE)
    memory.left(spot(1))
    assert memory.opened(OTHER) is None
    assert written(memory) is None  # it was told
    memory.left(spot(2))
    assert memory.opened(FILE) == spot(1)
    memory.close(None)


def test_marks_of_other_windows_are_seen(memory: Memory, tmp_path: Path) -> None:
    other = Memory(Store(tmp_path), spot(0))
    other.opened(FILE)
    other.toggle(spot(5), lambda: b"five")
    assert written(other) is None
    other.close(None)
    memory.toggle(spot(6), lambda: b"six")
    assert written(memory) is None
    assert [place for place, _ in memory.pictures()] == [spot(5), spot(6)]


def test_a_folder_that_does_not_work_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "places").write_text("in the way")
    memory = Memory(Store(tmp_path), spot(0))
    with pytest.raises(FileError):
        memory.opened(FILE)
    assert memory.opened(FILE) is None
    assert memory.toggle(spot(1), lambda: b"one") == "marked as 1"
    assert written(memory) is None
    assert memory.toggle(spot(2), lambda: b"two") == "marked as 2"
    assert written(memory) is None
    assert memory.pictures() == [(spot(1), b"one"), (spot(2), b"two")]
    memory.close(spot(3))


def test_back_and_forward(memory: Memory) -> None:
    assert memory.back(0.0) is None
    memory.seen(spot(1), 1.0)
    memory.seen(spot(1), 1.0 + REST)
    assert memory.jump(spot(2), 3.0) == spot(2)
    assert memory.back(4.0) == spot(1)
    assert memory.back(5.0) == spot(0)
    assert memory.forward(6.0) == spot(1)
    assert memory.forward(7.0) == spot(2)
    assert memory.forward(8.0) is None
