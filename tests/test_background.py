"""Work beside the window: its results, its errors, and threads that are kept."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from tests.conftest import ROOT
from viewer.gpu.background import in_background, take_short_turns


def test_results_and_errors_are_handed_over() -> None:
    assert in_background(lambda: 6 * 7).result() == 42
    with pytest.raises(ZeroDivisionError):
        in_background(lambda: 1 // 0).result()


def test_work_at_once_is_done_at_once() -> None:
    both = threading.Barrier(2, timeout=20)
    futures = [in_background(both.wait) for _ in range(2)]
    assert sorted(future.result() for future in futures) == [0, 1]


def test_work_in_turn_is_done_by_threads_that_are_kept() -> None:
    names = set()
    for _ in range(50):
        names.add(in_background(threading.get_ident).result())
        time.sleep(0.001)
    assert len(names) < 10


ENDING = """
import atexit, time
atexit.register(lambda: print(*log))  # handlers run in turn, the last first
from tests.conftest import ROOT
from viewer.gpu.background import in_background
log, begun = [], []

def work(number):
    begun.append(number)
    try:
        while True:
            sum(range(1000))
    finally:
        log.append("over")

for number in range(3):
    in_background(lambda number=number: work(number))
in_background(lambda: begun.append("idle")).result()
while len(begun) < 4:
    time.sleep(0.001)
"""


def test_no_work_outlives_the_program() -> None:
    """Else Python stops it in the middle of whatever it does."""
    command = [sys.executable, "-c", ENDING]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("over over over\n", "")


def test_nobody_waits_long_for_a_turn() -> None:
    """However much is under way: a thread with little to do gets its turns all the same."""
    before = sys.getswitchinterval()
    take_short_turns()
    try:
        assert sys.getswitchinterval() <= 0.001
    finally:
        sys.setswitchinterval(before)
