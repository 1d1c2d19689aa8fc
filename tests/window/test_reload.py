"""From a finished save to its picture, for the challenge's own program: quickly, and never wrong.

python3 scripts/test.py -m slow -s -k reload            prints a line for each kind of save
PROSPERO_SAVES=1000 python3 scripts/test.py -m slow -s -k reload       a thousand of each kind
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.window.desktop import Viewer
from tests.window.saves import by_rename, by_turning_a_symlink, in_place
from viewer.bench.traces import Event
from viewer.view import View

SAVES = int(os.environ.get("PROSPERO_SAVES", "40"))
"""Of each kind."""
LOOKS = 20
"""Saves between two comparisons of all pixels with the picture of another engine."""
SIZE = (320, 240)
PERCENTILE = 0.95

Save = Callable[[Path, bytes], None]


def truncated(path: Path, data: bytes) -> None:
    """As most programs do, and small editors."""
    path.write_bytes(data)


def in_halves(path: Path, data: bytes) -> None:
    """The first half is a program already, of another picture."""
    middle = data.index(b"\n", len(data) // 2) + 1
    with path.open("wb", buffering=0) as file:
        file.write(data[:middle])
        time.sleep(0.05)
        file.write(data[middle:])


def by_backup(path: Path, data: bytes) -> None:
    """As vim does with `backupcopy=no`."""
    path.rename(path.with_name(path.name + "~"))
    path.write_bytes(data)


def by_one_rename(path: Path, data: bytes) -> None:
    """A symlink is turned, and what it pointed to is gone."""
    old = path.resolve()
    by_turning_a_symlink(path, data)
    if old.name.startswith("state"):
        old.unlink()


KINDS: list[Save] = [in_place, truncated, in_halves, by_rename, by_backup, by_one_rename]


@pytest.fixture
def source(shared: Path) -> bytes:
    return (shared / "models" / "prospero.vm").read_bytes()


@pytest.fixture
def viewer(display: str, tmp_path: Path, source: bytes) -> Iterator[Viewer]:
    path = tmp_path / "prospero.vm"
    path.write_bytes(source)
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        viewer.xdotool("windowsize", "--sync", viewer.window, *SIZE)
        viewer.wait_for_frame(size=list(SIZE))
        yield viewer


def moved(source: bytes, n: int) -> bytes:
    """The same shape, a little to the right: another number in each of its lines and circles."""
    return source.replace(b"_1 var-x", f"X var-x\nC const 0.{n % 500:03}\n_1 sub X C".encode(), 1)


def delay(viewer: Viewer, save: Save, data: bytes) -> float:
    """Seconds from the end of a save to its picture."""
    since, before = len(viewer.events()), viewer.frames()[-1]["picture"]
    save(viewer.path, data)
    end = time.monotonic()

    def new(event: Event) -> bool:
        assert event.get("problem", "") == "", event
        return event["event"] == "frame" and event["complete"] and bool(event["picture"] > before)

    return viewer.clock(viewer.wait_for(new, since=since)) - end


@pytest.mark.slow
@pytest.mark.timeout(20_000)
@pytest.mark.parametrize("save", KINDS, ids=lambda save: save.__name__)
def test_reload_of_every_save_is_quick_and_right(viewer: Viewer, source: bytes, save: Save) -> None:
    delays = []
    for n in range(1, SAVES + 1):
        data = moved(source, n)
        delays.append(delay(viewer, save, data))
        if n % LOOKS == 0 or n == SAVES:
            viewer.assert_shows(View(), SIZE, data)
    delays.sort()
    middle, late = (1e3 * delays[int(part * len(delays))] for part in (0.5, PERCENTILE))
    print(f"\n{save.__name__}: {SAVES} saves, half within {middle:.0f} ms, 95 % {late:.0f} ms")


def test_a_touch_shows_nothing_new(viewer: Viewer) -> None:
    viewer.assert_shows(View(), SIZE)
    frames = len(viewer.frames())
    for _ in range(3):
        since = len(viewer.events())
        os.utime(viewer.path)
        viewer.wait_for_event("file", since=since)
    time.sleep(0.2)
    assert len(viewer.frames()) == frames


def test_a_moved_program_is_shown_at_once_and_whole(viewer: Viewer, source: bytes) -> None:
    for n, save in enumerate(KINDS, 1):
        delay(viewer, save, moved(source, 20 * n))
    viewer.assert_shows(View(), SIZE, moved(source, 20 * len(KINDS)))
