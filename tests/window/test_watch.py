"""The watch against real saves in a real folder: each kind is seen, no torn state ever is."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from viewer.errors import FileError
from viewer.program.parse import read_bytes
from viewer.window.files import watch as watching
from viewer.window.files.watch import CLOSE_INTERVAL, EARLY, INTERVAL, QUIET, Watch

WHOLE = [f"_0 var-x\n# version {n}\n".encode() + b"# filling\n" * 400 for n in range(8)]


def in_place(path: Path, data: bytes) -> None:
    with path.open("r+b") as file:
        file.write(data)
        file.truncate()


def slowly(path: Path, data: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), 1000):
            file.write(data[start : start + 1000])
            time.sleep(0.03)


def by_rename(path: Path, data: bytes) -> None:
    new = path.with_name(".new")
    new.write_bytes(data)
    new.replace(path)


def by_backup(path: Path, data: bytes) -> None:
    """As vim does with `backupcopy=no`: the old file is moved away, a new one is written."""
    path.rename(path.with_name(path.name + "~"))
    time.sleep(0.02)
    slowly(path, data)


def deleted_and_recreated(path: Path, data: bytes) -> None:
    path.unlink()
    time.sleep(0.15)
    path.write_bytes(data)


def through_a_symlink(path: Path, data: bytes) -> None:
    target = path.with_name("target")
    if not path.is_symlink():
        path.rename(target)
        path.symlink_to(target)
    by_rename(target, data)


def by_turning_a_symlink(path: Path, data: bytes) -> None:
    target = path.with_name(f"state{time.monotonic_ns()}")
    target.write_bytes(data)
    link = path.with_name(".link")
    link.symlink_to(target)
    link.replace(path)


def with_an_old_date(path: Path, data: bytes) -> None:
    """As `cp -p`, a checkout or a restored backup: the new contents are older than the old."""
    by_rename(path, data)
    os.utime(path, (1_000_000_000, 1_000_000_000))


Save = Callable[[Path, bytes], None]
SAVES: list[Save] = [
    in_place,
    slowly,
    by_rename,
    by_backup,
    deleted_and_recreated,
    through_a_symlink,
    by_turning_a_symlink,
    with_an_old_date,
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shape.vm"
    path.write_bytes(WHOLE[0])
    return path


def told(watch: Watch, seconds: float) -> Iterator[bytes | FileError]:
    """What a window would hear in that time, looking as often as it does."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        news = watch.poll(now)
        if news is not None:
            yield news
        time.sleep(watch.interval)


def test_what_is_there_is_told_once(path: Path) -> None:
    assert list(told(Watch(path), 0.5)) == [WHOLE[0]]


def test_an_old_file_is_told_at_the_first_look(path: Path) -> None:
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert Watch(path).poll(time.monotonic()) == WHOLE[0]


def test_a_file_that_is_being_written_at_the_start_is_waited_for(path: Path) -> None:
    watch = Watch(path)
    writer = threading.Thread(target=slowly, args=(path, WHOLE[1]))
    writer.start()
    assert list(told(watch, 0.6)) == [WHOLE[1]]
    writer.join()


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_each_kind_of_save_is_told_whole_and_once(path: Path, save: Save) -> None:
    watch = Watch(path)
    assert list(told(watch, 0.3)) == [WHOLE[0]]
    for data in WHOLE[1:3]:
        writer = threading.Thread(target=save, args=(path, data))
        writer.start()
        assert list(told(watch, 0.6)) == [data]
        writer.join()


def test_a_quick_save_is_told_soon(path: Path) -> None:
    watch = Watch(path)
    assert list(told(watch, 0.3)) == [WHOLE[0]]
    for data in WHOLE[1:]:
        by_rename(path, data)
        start = time.monotonic()
        assert next(told(watch, 2.0)) == data
        # A look to see it, the quiet window, a look to end it; the rest is for a busy machine.
        assert time.monotonic() - start < INTERVAL + QUIET + CLOSE_INTERVAL + 0.05


def test_many_saves_in_a_row_end_with_the_last_and_are_never_torn(path: Path) -> None:
    watch = Watch(path)
    heard: list[bytes | FileError] = []

    def write() -> None:
        for n in range(24):
            SAVES[n % 4](path, WHOLE[n % 8])
            time.sleep(0.13 * (n % 3))

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        heard += told(watch, 0.1)
    heard += told(watch, 0.4)
    assert set(heard) <= set(WHOLE)
    assert heard[-1] == WHOLE[23 % 8]
    assert len(heard) >= 4


def test_a_file_that_vanishes_is_told_after_a_while_and_so_is_its_return(path: Path) -> None:
    watch = Watch(path)
    assert list(told(watch, 0.3)) == [WHOLE[0]]
    path.unlink()
    start = time.monotonic()
    news = next(told(watch, 2.0))
    assert isinstance(news, FileError)
    assert str(news) == f"{path}: no such file or directory"
    assert time.monotonic() - start >= 0.5
    assert list(told(watch, 0.4)) == []
    path.write_bytes(WHOLE[0])
    assert list(told(watch, 0.4)) == [WHOLE[0]]


def test_a_folder_in_its_place_is_told_and_so_is_its_end(path: Path) -> None:
    watch = Watch(path)
    assert list(told(watch, 0.3)) == [WHOLE[0]]
    path.unlink()
    path.mkdir()
    news = list(told(watch, 0.9))
    assert [str(one) for one in news] == [f"{path}: found a directory, expected a file"]
    path.rmdir()
    path.write_bytes(WHOLE[1])
    assert list(told(watch, 0.5)) == [WHOLE[1]]


def test_a_fifo_does_not_stop_it(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)
    start = time.monotonic()
    news = Watch(path).poll(start)
    assert isinstance(news, FileError)
    assert time.monotonic() - start < 0.1


def test_what_was_read_while_it_was_saved_is_not_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The save begins just when the quiet window is over: the first read is torn."""

    def torn(name: Path) -> bytes:
        monkeypatch.setattr(watching, "read_bytes", read_bytes)
        half = read_bytes(name)[:100]
        name.write_bytes(WHOLE[1])
        return half

    watch = Watch(path)
    monkeypatch.setattr(watching, "read_bytes", torn)
    assert list(told(watch, 0.6)) == [WHOLE[1]]


def test_touching_a_file_tells_its_contents_again(path: Path) -> None:
    watch = Watch(path)
    assert list(told(watch, 0.3)) == [WHOLE[0]]
    os.utime(path)
    assert list(told(watch, 0.4)) == [WHOLE[0]]


class Clock:
    """The clocks of a watch, at one moment."""

    def __init__(self, wall: float) -> None:
        self.wall = wall

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.wall - 1000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(2_000_000_000.0)
    monkeypatch.setattr(watching, "time", clock)
    return clock


def dated(path: Path, data: bytes, when: float) -> None:
    path.write_bytes(data)
    os.utime(path, ns=(0, round(when * 1e9)))


@pytest.mark.parametrize(
    ("ago", "wait"),
    [
        (0.04, QUIET - 0.04),  # written since the last look, as its date says
        (0.06, QUIET),  # or renamed, since it was another at the last look
        (-5.0, QUIET),  # on a server whose clock is ahead
    ],
)
def test_the_quiet_time_is_counted_from_the_last_write(
    path: Path, clock: Clock, ago: float, wait: float
) -> None:
    dated(path, WHOLE[0], clock.wall - 100)
    watch = Watch(path)
    assert watch.poll(clock.monotonic()) == WHOLE[0]
    clock.wall += 0.05
    dated(path, WHOLE[1], clock.wall - ago)
    assert watch.poll(clock.monotonic()) is None
    clock.wall += wait - 0.001
    assert watch.poll(clock.monotonic()) is None
    clock.wall += 0.002
    assert watch.poll(clock.monotonic()) == WHOLE[1]


def test_a_save_is_guessed_before_it_is_told(path: Path, clock: Clock) -> None:
    dated(path, WHOLE[0], clock.wall - 100)
    watch = Watch(path)
    assert watch.poll(clock.monotonic()) == WHOLE[0]
    assert watch.glimpse(clock.monotonic()) is None
    for data in (WHOLE[1][:500], WHOLE[1]):
        clock.wall += 0.05
        dated(path, data, clock.wall)
        assert watch.poll(clock.monotonic()) is None
        assert watch.glimpse(clock.monotonic()) is None
        clock.wall += EARLY + 0.001
        assert watch.poll(clock.monotonic()) is None
        assert watch.glimpse(clock.monotonic()) == data
        assert watch.glimpse(clock.monotonic()) is None
    path.unlink()
    assert watch.poll(clock.monotonic()) is None
    clock.wall += EARLY + 0.001
    assert watch.glimpse(clock.monotonic()) is None
