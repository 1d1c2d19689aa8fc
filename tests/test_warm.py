"""The helper process that compiles first: what it says, and that it never outlives anyone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import moderngl
import pytest

from tests.conftest import ROOT
from viewer.gpu.sources import fragment
from viewer.gpu.warm import Progress, Warmer
from viewer.program import parse

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def _gl(context: moderngl.Context) -> None:
    """Skips where there is no GL for the helper either."""


@pytest.fixture
def warmer() -> Iterator[Warmer]:
    made = Warmer()
    yield made
    made.cancel()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for Mesa, used by this process's helpers."""
    monkeypatch.setenv("MESA_SHADER_CACHE_DIR", str(tmp_path))
    return tmp_path


def circles(count: int, tag: int = 0) -> list[str]:
    """Sources that no cache has seen before."""
    stamp = time.time_ns()
    texts = (f"x var-x\nr const {stamp}{tag}{n}e-9\nout sub x r\n" for n in range(count))
    return [fragment("inside.frag", parse(text.encode())) for text in texts]


def endless() -> str:
    """A source that keeps a compiler busy for long: nothing is shared, all is in one line."""
    lines = ["x var-x", "y var-y", f"s const {time.time_ns()}e-20", "v0 add x s"]
    lines += [f"v{n + 1} {('sin', 'sqrt', 'exp')[n % 3]} v{n}" for n in range(40_000)]
    return fragment("inside.frag", parse("\n".join(lines).encode()), [False] * len(lines))


def wait(warmer: Warmer, until: Callable[[Progress], bool]) -> list[Progress]:
    """Every progress that was seen, as soon as one is as wished."""
    seen = [warmer.poll()]
    end = time.monotonic() + PATIENCE
    while not until(seen[-1]):
        assert time.monotonic() < end, seen[-1]
        time.sleep(0.005)
        now = warmer.poll()
        if now != seen[-1]:
            seen.append(now)
    return seen


def finished(progress: Progress) -> bool:
    return progress.finished


def gone(process: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_counts_to_the_end_and_fills_the_cache(warmer: Warmer, cache: Path) -> None:
    assert warmer.poll() == Progress(0, 0, None, finished=True)
    warmer.start(circles(4), "a.vm")
    assert warmer.poll() == Progress(0, 4, None, finished=False)
    seen = wait(warmer, finished)
    counts = [progress.done for progress in seen]
    assert counts == sorted(counts)
    assert seen[-1] == Progress(4, 4, None, finished=True)
    assert warmer.poll() == seen[-1]
    assert any(path.is_file() for path in cache.rglob("*"))


def test_nothing_to_compile_is_finished_at_once(warmer: Warmer) -> None:
    warmer.start([], "a.vm")
    assert warmer.poll() == Progress(0, 0, None, finished=True)


def test_a_refused_source_is_one_line_and_the_end(warmer: Warmer) -> None:
    sources = circles(3)
    sources[1] = sources[1].replace("v0 - v1", "v0 - no_such_value")
    warmer.start(sources, "a.vm")
    last = wait(warmer, finished)[-1]
    assert last.done == 1
    assert last.failed is not None
    assert last.failed.startswith("a.vm:3: the graphics driver refused this line: ")


def test_cancelling_ends_the_helper_whatever_it_does(warmer: Warmer) -> None:
    warmer.start([*circles(1), endless()], "a.vm")
    wait(warmer, lambda progress: progress.done == 1)
    helper = helper_of(os.getpid())
    assert warmer.poll() == Progress(1, 2, None, finished=False)  # it does not wait for an answer
    warmer.cancel()
    assert gone(helper)
    assert warmer.poll() == Progress(1, 2, None, finished=True)
    warmer.start(circles(1, tag=1), "b.vm")
    assert wait(warmer, finished)[-1] == Progress(1, 1, None, finished=True)


def test_starting_again_gives_up_what_came_before(warmer: Warmer) -> None:
    warmer.start([endless()], "a.vm")
    time.sleep(0.5)
    warmer.start(circles(2), "b.vm")
    assert wait(warmer, finished)[-1] == Progress(2, 2, None, finished=True)


def test_a_helper_that_breaks_down_is_told(warmer: Warmer) -> None:
    warmer.start([*circles(1), endless()], "a.vm")
    wait(warmer, lambda progress: progress.done == 1)
    os.kill(helper_of(os.getpid()), signal.SIGSEGV)
    last = wait(warmer, finished)[-1]
    assert last.failed is not None
    assert last.failed.startswith("the graphics driver broke down while compiling: ")


def test_without_gl_it_is_finished_without_a_failure(
    warmer: Warmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLCONTEXT_LINUX_LIBEGL", "no-such-library.so")
    warmer.start(circles(1), "a.vm")
    assert wait(warmer, finished)[-1] == Progress(0, 1, None, finished=True)


PARENT = """
import sys, time
from viewer.gpu.warm import Warmer
warmer = Warmer()
warmer.start([sys.stdin.read()], "a.vm")
print("started", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are for Unix: needs a GPU there")
def test_the_helper_dies_with_its_parent_in_the_midst_of_a_compile() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    try:
        parent.stdin.write(endless().encode())
        parent.stdin.close()
        assert parent.stdout.readline() == b"started\n"
        helper = helper_of(parent.pid)
        time.sleep(3)  # it is compiling by now, holding Python's lock
        assert not gone(helper)
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    end = time.monotonic() + PATIENCE
    while not gone(helper):
        assert time.monotonic() < end, "the helper outlives its parent"
        time.sleep(0.02)


def test_the_protocol_is_as_it_is_written_down() -> None:
    order = {"name": "a.vm", "sources": circles(2)}
    process = subprocess.Popen(
        [sys.executable, "-m", "viewer.gpu.warm"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(order).encode() + b"\n")
    process.stdin.flush()
    said = [json.loads(line) for line in process.stdout]
    assert process.wait() == 0
    process.stdin.close()
    process.stdout.close()
    assert said == [{"done": 1}, {"done": 2}]


def test_a_closed_input_ends_it_before_it_has_begun() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "viewer.gpu.warm"],
        cwd=ROOT,
        input=b"",
        capture_output=True,
        check=True,
    )
    assert run.stdout == b""


def helper_of(parent: int) -> int:
    """The one child process of a process."""
    end = time.monotonic() + PATIENCE
    while True:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        alive = [int(child) for child in children if not gone(int(child))]
        if alive:
            return alive[-1]
        assert time.monotonic() < end, "no helper"
        time.sleep(0.01)


def test_a_helper_that_waits_takes_the_next_order(warmer: Warmer) -> None:
    def helpers() -> tuple[object, object]:
        return warmer._helper, warmer._spare

    for _ in range(2):
        warmer.prepare()
        _, waiting = helpers()
        assert waiting is not None
        warmer.prepare()
        assert helpers() == (None, waiting), "one is enough"
        warmer.start(circles(1), "a.vm")
        assert helpers() == (waiting, None)
        assert wait(warmer, finished)[-1] == Progress(1, 1, None, finished=True)
    warmer.prepare()
    spare = warmer._spare
    warmer.cancel()
    assert spare is not None
    assert spare.returncode is not None, "none is left"
