"""Memory is given back at rest, and not too often."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from viewer.window import thrift
from viewer.window.thrift import ARENAS, EVERY, RESTS, Tidy


def test_memory_is_given_back_at_rest_where_something_was_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[float] = []
    now = 100.0
    monkeypatch.setattr(thrift, "give_back", lambda: given.append(now))
    monkeypatch.setattr(thrift, "keep_what_there_is", lambda: given.append(0.0))
    tidy = Tidy()
    tidy.rest(1.0, 0, now)
    tidy.rest(RESTS / 2, 3, now)
    assert given == []
    tidy.rest(1.0, 3, now)
    assert given == [0.0, 100.0]
    for now, frames in ((101.0, 4), (100 + EVERY, 3), (101 + EVERY, 4), (102 + 3 * EVERY, 4)):
        tidy.rest(1.0, frames, now)
    assert given == [0.0, 100.0, 101 + EVERY]


COUNT = """
import ctypes, sys
from threading import Barrier, Thread
from viewer.window.thrift import give_back, use_few_arenas
if sys.argv[1] == "few":
    use_few_arenas()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
together = Barrier(8)

def allocate():
    together.wait()
    for _ in range(100):
        libc.malloc(2000)
    together.wait()  # the arena of a thread that has ended is another's

threads = [Thread(target=allocate) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
give_back()
stream = ctypes.c_void_p(libc.fdopen(1, b"w"))
assert libc.malloc_info(0, stream) == 0
libc.fflush(stream)
"""


def arenas(how: str) -> int:
    """How many arenas glibc has for eight threads that allocate at once."""
    command = [sys.executable, "-c", COUNT, how]
    done = subprocess.run(
        command,
        env={},  # without MALLOC_ARENA_MAX, which says the same
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.count("<heap ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_few_arenas() -> None:
    assert arenas("few") <= ARENAS < arenas("many")
