"""Pictures drawn by other processes: in turn, with news, given up without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT
from tests.window.disc import disc
from viewer.errors import FileError
from viewer.picture.provenance import read
from viewer.window.saving.renders import NICENESS, Order, Progress, Queue, Saved

SMALL = ("--size=64x48", "--view=0.5,0@2")
LARGE = ("--size=20000", "--aa=8", "--engine=blocks")
PATIENCE = 30.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return tmp_path


@pytest.fixture
def queue() -> Iterator[Queue]:
    queue = Queue()
    yield queue
    queue.close()


def order(folder: Path, name: str, *options: str) -> Order:
    return Order(folder / "disc.vm", disc(), folder / name, options)


def ended(queue: Queue, count: int) -> list[Saved | FileError]:
    """The next results."""
    end, found = time.monotonic() + PATIENCE, list(queue.due())
    while len(found) < count:
        assert time.monotonic() < end
        time.sleep(0.01)
        found += queue.due()
    return found


def begun(queue: Queue) -> Progress:
    """What is told once rows are done."""
    end = time.monotonic() + PATIENCE
    while not (progress := queue.progress) or not progress.done:
        assert time.monotonic() < end
        assert not list(queue.due())
        time.sleep(0.01)
    return progress


def left(folder: Path) -> list[str]:
    """What lies in the folder and among temporary files."""
    return sorted(path.name for path in folder.rglob("*") if path.name != "temporary")


def test_orders_are_done_in_turn_from_the_text_that_was_given(folder: Path, queue: Queue) -> None:
    (folder / "disc.vm").write_text("broken by now", encoding="utf-8")
    names = ["b.png", "a.tif"]
    for name in names:
        queue.add(order(folder, name, *SMALL))
    assert queue.targets == {folder / name for name in names}
    assert ended(queue, 2) == [Saved(folder / name) for name in names]
    assert queue.progress is None
    assert queue.targets == set()
    assert str(read(folder / "b.png").view) == "0.5,0@2"
    assert left(folder) == sorted([*names, "disc.vm"])


def test_what_goes_wrong_is_one_line_and_the_next_is_drawn(folder: Path, queue: Queue) -> None:
    (folder / "taken.png").touch()
    for name, options in (("lost/a.png", ()), ("b.png", ("--aa=none",)), ("taken.png", ())):
        queue.add(order(folder, name, *SMALL, *options))
    lost, refused, done = ended(queue, 3)
    assert str(lost) == f"{folder}/lost/a.png: there is no folder {folder}/lost"
    assert str(refused) == f"{folder}/b.png: bad --aa 'none', expected a whole number from 1"
    assert done == Saved(folder / "taken-2.png")


def test_one_that_is_given_up_leaves_nothing_and_makes_room(folder: Path, queue: Queue) -> None:
    queue.add(order(folder, "large.png", *LARGE))
    queue.add(order(folder, "small.png", *SMALL, "--exact"))
    progress = begun(queue)
    assert (progress.target, progress.rows, progress.waiting) == (folder / "large.png", 20000, 1)
    assert "large.png" in str(progress)
    assert "of 20,000 rows" in str(progress)
    assert str(progress).endswith("1 more to do")
    process = psutil.Process().children()[-1]
    if sys.platform != "win32":
        assert process.nice() == min(19, psutil.Process().nice() + NICENESS)
    assert queue.cancel() == folder / "large.png"
    assert queue.cancel() is None
    (done,) = ended(queue, 1)
    assert done == Saved(folder / "small.png", "decided again: 0 pixels, undecided: none")
    queue.close()
    assert not process.is_running()
    assert left(folder) == ["small.png"]


def idle_policy() -> bool:
    """Whether there is such a policy, and what runs us allows it: tried on a thread."""
    if sys.platform != "linux":
        return False
    with ThreadPoolExecutor(1) as pool:
        tried = pool.submit(os.sched_setscheduler, 0, os.SCHED_IDLE, os.sched_param(0))
        return tried.exception() is None


@pytest.mark.skipif(not idle_policy(), reason="no policy for what gives way to all else")
@pytest.mark.parametrize("engine", ["blocks-mt", "glsl"])
def test_every_thread_of_a_drawing_takes_what_others_leave(
    folder: Path, queue: Queue, engine: str, request: pytest.FixtureRequest
) -> None:
    if engine == "glsl":
        request.getfixturevalue("ctx")  # the driver has threads of its own
    queue.add(order(folder, "large.png", *LARGE[:-1], f"--engine={engine}"))
    begun(queue)
    process = psutil.Process().children()[-1]
    threads = [thread.id for thread in process.threads()]
    names = [Path(f"/proc/{process.pid}/task/{thread}/comm").read_text() for thread in threads]
    # Mesa's own, for its cache, has the lowest of the ordinary priorities.
    drawing = [thread for thread, name in zip(threads, names, strict=True) if "disk$" not in name]
    assert len(drawing) > 1
    assert {os.sched_getscheduler(thread) for thread in drawing} == {os.SCHED_IDLE}
    assert os.sched_getscheduler(0) != os.SCHED_IDLE


def test_closing_gives_up_all(folder: Path) -> None:
    queue = Queue()
    for name in ("a.png", "b.png"):
        queue.add(order(folder, name, *LARGE))
    begun(queue)
    queue.close()
    assert list(queue.due()) == []
    assert left(folder) == []


@pytest.mark.skipif(sys.platform == "win32", reason="kills are otherwise there")
def test_when_the_window_is_killed_so_is_the_drawing(folder: Path) -> None:
    code = (
        "import time; from pathlib import Path; from viewer.window.saving.renders import *;"
        f"q = Queue(); q.add(Order(Path('d.vm'), {disc()!r}, Path({str(folder / 'a.png')!r}),"
        f" {LARGE!r}));"
        "[*q.due()]\nwhile not q.progress.done: time.sleep(0.01)\n"
        "print(q._render._process.pid, flush=True); time.sleep(100)"
    )
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "TMPDIR": str(folder / "temporary")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, text=True) as window:
        assert window.stdout is not None
        process = psutil.Process(int(window.stdout.readline()))
        os.kill(window.pid, signal.SIGKILL)
    process.wait(PATIENCE)
    assert left(folder) == []


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(Path("/a/b.png"), 0, 0, None, 0), "saving b.png: starting"),
        (Progress(Path("b.png"), 0, 10, None, 2), "saving b.png: 0 of 10 rows, 2 more to do"),
        (
            Progress(Path("b.png"), 1234, 16384, 41.6, 0),
            "saving b.png: 1,234 of 16,384 rows, 42 s left",
        ),
        (Progress(Path("b.png"), 1, 2, 600, 0), "saving b.png: 1 of 2 rows, 10 min left"),
        (Progress(Path("b.png"), 1, 2, 7500, 0), "saving b.png: 1 of 2 rows, 2 h 5 min left"),
    ],
)
def test_progress_as_text(progress: Progress, text: str) -> None:
    assert str(progress) == text
