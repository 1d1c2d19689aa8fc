"""Pure work beside the window, by threads that are kept: FLINT loses 260 KB with each that ends."""

import sys
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
Jobs = SimpleQueue[tuple[Callable[[], Any], Future[Any]]]

TURN = 0.0005
"""Seconds that a thread computes before another one may. With Python's own 0.005 a frame of 8 ms
takes 1.6 times as long beside work in the background (measured), which is no faster for it."""

_IDLE: list[Jobs] = []
"""What the threads without work wait for: a job is for one of them, and for a new one where there
is none."""


def take_short_turns() -> None:
    """From now on the window's thread waits less for those in the background."""
    sys.setswitchinterval(TURN)


def in_background(work: Callable[[], T]) -> Future[T]:
    """Runs pure work in a thread that does not keep the program from ending."""
    future: Future[T] = Future()
    try:
        jobs = _IDLE.pop()
    except IndexError:
        jobs = SimpleQueue()
        Thread(target=_serve, args=(jobs,), daemon=True).start()
    jobs.put((work, future))
    return future


def _serve(jobs: Jobs) -> None:
    while True:
        _do(*jobs.get())
        _IDLE.append(jobs)


def _do(work: Callable[[], Any], future: Future[Any]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # raised again where the result is asked for
        future.set_exception(error)
