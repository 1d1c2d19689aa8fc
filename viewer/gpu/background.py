"""Pure work beside the window, by threads that are kept: FLINT loses 260 KB with each that ends."""

import atexit
import ctypes
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Thread, get_ident
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Jobs = SimpleQueue[tuple[Callable[[], Any], Future[Any]]]

TURN = 0.0005
"""Seconds that a thread computes before another one may. With Python's own 0.005 a frame of 8 ms
takes 1.6 times as long beside work in the background (measured), which is no faster for it."""

PATIENCE = 2.0
"""Seconds that work may take to end with the program."""

_IDLE: list[Jobs] = []
"""What the threads without work wait for: a job is for one of them, and for a new one where there
is none."""
_BUSY: set[int] = set()
"""The threads at work."""


class _OverError(BaseException):
    """The program ends."""


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


class GivenUpError(Exception):
    """Nobody wants the result any more: raised in work that asks, between two of its steps."""


class Job(Generic[T]):
    """Work that can be given up. It is handed what to call between its steps."""

    def __init__(self, work: Callable[[Callable[[], None]], T]) -> None:
        self._unwanted = Event()
        self.future: Future[T] = in_background(lambda: work(self._between))

    def give_up(self) -> None:
        """The work ends at its next step; where it is over already, nothing happens."""
        self._unwanted.set()

    def _between(self) -> None:
        if self._unwanted.is_set():
            raise GivenUpError


def _serve(jobs: Jobs) -> None:
    me = get_ident()
    with suppress(_OverError):
        while True:
            job = jobs.get()
            _BUSY.add(me)
            try:
                _do(*job)
            finally:
                _BUSY.discard(me)
            _IDLE.append(jobs)


@atexit.register
def _end() -> None:
    """Ends what is being worked on. Python would stop such threads wherever they are, be it in the
    middle of a library's C++, which takes that for a fault and aborts the program."""
    told: set[int] = set()
    end = time.monotonic() + PATIENCE
    while (busy := set(_BUSY)) and time.monotonic() < end:
        for thread in busy - told:
            asked = ctypes.c_ulong(thread), ctypes.py_object(_OverError)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(*asked)
        told |= busy
        time.sleep(0.002)


def _do(work: Callable[[], Any], future: Future[Any]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # raised again where the result is asked for
        future.set_exception(error)
