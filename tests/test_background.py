"""Work beside the window: its results, its errors, and threads that are kept."""

from __future__ import annotations

import sys
import threading
import time

import pytest

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


def test_nobody_waits_long_for_a_turn() -> None:
    """However much is under way: a thread with little to do gets its turns all the same."""
    before = sys.getswitchinterval()
    take_short_turns()
    try:
        assert sys.getswitchinterval() <= 0.001
    finally:
        sys.setswitchinterval(before)
