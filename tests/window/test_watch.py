"""The watch against saves in a real folder: each kind is seen, no torn state ever is."""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.window import saves
from tests.window.saves import SAVES, Save, in_place, slowly, with_an_old_date
from viewer.errors import FileError
from viewer.program.parse import read_bytes
from viewer.window.files import watch as watching
from viewer.window.files.watch import CLOSE_INTERVAL, EARLY, INTERVAL, PATIENCE, QUIET, Watch

WHOLE = [f"_0 var-x\n# version {n}\n".encode() + b"# filling\n" * 400 for n in range(8)]


def dated(path: Path, data: bytes, when: float) -> None:
    path.write_bytes(data)
    os.utime(path, ns=(0, round(when * 1e9)))


class Clock:
    """The clocks of a watch, at one moment."""

    def __init__(self, wall: float) -> None:
        self.wall = wall

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.wall - 1000


class World:
    """A file that is watched as a window does, while others save it. Time goes on only here, so
    that it is the same for all, whatever else the machine has to do."""

    def __init__(self, path: Path, clock: Clock, patch: pytest.MonkeyPatch) -> None:
        self.path, self.clock = path, clock
        patch.setattr(saves, "sleep", self.wait)
        self.watch = Watch(path)
        self._due, self._heard = clock.wall, list[bytes | FileError]()

    def save(self, save: Save, data: bytes) -> None:
        """Saves the file in that way."""
        save(self.path, data)
        if save is not with_an_old_date:
            self.touch()

    def touch(self) -> None:
        """Gives the file the date of this moment."""
        stamp = round(self.clock.wall * 1e9)
        os.utime(self.path, ns=(stamp, stamp))

    def wait(self, seconds: float) -> None:
        """Lets time go on."""
        end = self.clock.wall + seconds
        while self._due < end:
            self.clock.wall = self._due
            news = self.watch.poll(self.clock.monotonic())
            if news is not None:
                self._heard.append(news)
            self._due += self.watch.interval
        self.clock.wall = end

    def told(self, seconds: float) -> list[bytes | FileError]:
        """What was told since the last time, and is in so many seconds from now."""
        self.wait(seconds)
        heard, self._heard = self._heard, []
        return heard


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shape.vm"
    path.write_bytes(WHOLE[0])
    return path


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(2_000_000_000.0)
    monkeypatch.setattr(watching, "time", clock)
    return clock


@pytest.fixture
def world(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> World:
    dated(path, WHOLE[0], clock.wall)
    return World(path, clock, monkeypatch)


def test_what_is_there_is_told_once(world: World) -> None:
    assert world.told(0.5) == [WHOLE[0]]


def test_an_old_file_is_told_at_the_first_look(path: Path, clock: Clock) -> None:
    dated(path, WHOLE[0], clock.wall - 1000)
    assert Watch(path).poll(clock.monotonic()) == WHOLE[0]


def test_a_file_that_is_being_written_at_the_start_is_waited_for(world: World) -> None:
    world.save(slowly, WHOLE[1])
    assert world.told(0.3) == [WHOLE[1]]


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_each_kind_of_save_is_told_whole_and_once(world: World, save: Save) -> None:
    assert world.told(0.3) == [WHOLE[0]]
    for data in WHOLE[1:3]:
        world.save(save, data)
        assert world.told(0.3) == [data]


@given(
    st.lists(
        st.tuples(
            # Inode, size and date of one with an old date may be those of the one before the last.
            st.sampled_from([save for save in SAVES if save is not with_an_old_date]),
            st.integers(0, len(WHOLE) - 1),
            st.floats(INTERVAL, 0.4),  # so that what is there between two is seen
        ),
        min_size=1,
        max_size=12,
    )
)
def test_many_saves_in_a_row_end_with_the_last_and_are_never_torn(
    found: list[tuple[Save, int, float]],
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path, clock = Path(folder) / "shape.vm", Clock(2_000_000_000.0)
        patch.setattr(watching, "time", clock)
        dated(path, WHOLE[0], clock.wall)
        world = World(path, clock, patch)
        for save, number, pause in found:
            world.save(save, WHOLE[number])
            world.wait(pause)
        heard = world.told(0.3)
    assert set(heard) <= {WHOLE[0], *(WHOLE[number] for _, number, _ in found)}
    assert heard[-1] == WHOLE[found[-1][1]]
    assert len(heard) >= sum(pause > INTERVAL + QUIET + CLOSE_INTERVAL for _, _, pause in found)


@pytest.mark.skipif(os.name == "nt", reason="Windows tells when a file was made instead")
def test_a_save_that_keeps_size_and_date_is_told(world: World) -> None:
    assert world.told(0.3) == [WHOLE[0]]
    before = world.path.stat()
    time.sleep(0.02)  # systems count these dates in steps of some milliseconds
    in_place(world.path, WHOLE[1])
    os.utime(world.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = world.path.stat()
    assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    assert world.told(0.3) == [WHOLE[1]]


def test_a_file_that_vanishes_is_told_after_a_while_and_so_is_its_return(world: World) -> None:
    assert world.told(0.3) == [WHOLE[0]]
    world.path.unlink()
    assert world.told(PATIENCE) == []
    (news,) = world.told(0.5)
    assert isinstance(news, FileError)
    assert str(news) == f"{world.path}: no such file or directory"
    dated(world.path, WHOLE[0], world.clock.wall)
    assert world.told(0.4) == [WHOLE[0]]


def test_a_folder_in_its_place_is_told_and_so_is_its_end(world: World) -> None:
    assert world.told(0.3) == [WHOLE[0]]
    world.path.unlink()
    world.path.mkdir()
    world.touch()
    assert list(map(str, world.told(0.9))) == [f"{world.path}: found a directory, expected a file"]
    world.path.rmdir()
    dated(world.path, WHOLE[1], world.clock.wall)
    assert world.told(0.5) == [WHOLE[1]]


def test_a_fifo_does_not_stop_it(path: Path, clock: Clock) -> None:
    path.unlink()
    os.mkfifo(path)
    news = Watch(path).poll(clock.monotonic())  # would wait for a writer, who never comes
    assert isinstance(news, FileError)


def test_what_was_read_while_it_was_saved_is_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The save begins just when the quiet window is over: the first read is torn."""

    def torn(name: Path) -> bytes:
        monkeypatch.setattr(watching, "read_bytes", read_bytes)
        half = read_bytes(name)[:100]
        dated(name, WHOLE[1], world.clock.wall)
        return half

    monkeypatch.setattr(watching, "read_bytes", torn)
    assert world.told(0.6) == [WHOLE[1]]


def test_touching_a_file_tells_its_contents_again(world: World) -> None:
    assert world.told(0.3) == [WHOLE[0]]
    world.touch()
    assert world.told(0.4) == [WHOLE[0]]


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


@pytest.mark.parametrize("late", [0.0, 0.013, INTERVAL])
def test_a_quick_save_is_told_soon(path: Path, clock: Clock, late: float) -> None:
    """However long after a look it comes."""
    dated(path, WHOLE[0], clock.wall - 100)
    watch = Watch(path)
    assert watch.poll(clock.monotonic()) == WHOLE[0]
    for data in WHOLE[1:]:
        due = clock.wall + watch.interval
        clock.wall += late
        dated(path, data, saved := clock.wall)
        clock.wall = max(due, saved)
        while (news := watch.poll(clock.monotonic())) is None:
            clock.wall += watch.interval
        assert news == data
        assert clock.wall - saved < INTERVAL + QUIET + CLOSE_INTERVAL


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
