"""Memory is given back at rest, and not too often."""

from __future__ import annotations

import os
import platform
import re
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
from viewer.window.thrift import give_back, spare_memory
if sys.argv[1] == "spare":
    spare_memory()
libc = ctypes.CDLL(None)
libc.fdopen.restype = libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
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
libc.free(libc.malloc(2**24))
libc.malloc(2**22)
stream = ctypes.c_void_p(libc.fdopen(1, b"w"))
assert libc.malloc_info(0, stream) == 0
libc.fflush(stream)
"""


def told(how: str) -> str:
    """What glibc says of its memory when eight threads have allocated at once, and a large block
    was freed before a smaller one was taken."""
    command, others = [sys.executable, "-c", COUNT, how], ("MALLOC_ARENA_MAX", "GLIBC_TUNABLES")
    done = subprocess.run(
        command,
        env={name: value for name, value in os.environ.items() if name not in others},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's own ways")
def test_threads_share_few_arenas_and_large_blocks_have_their_own_pages() -> None:
    spare, plain = told("spare"), told("plain")
    assert spare.count("<heap ") <= ARENAS < plain.count("<heap ")
    own = re.compile(r'<total type="mmap" count="\d+" size="(\d+)"/>')
    assert int(own.findall(spare)[0]) >= 2**22  # without, it is only nearly always less
