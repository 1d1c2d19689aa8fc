"""Who draws the batches: processes of this machine, or the workers of a Dask cluster.

Both are executors as in `concurrent.futures`. A worker that is lost is survived: what it had to do
is done again.
"""

import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import chain, islice
from multiprocessing import connection
from typing import Any, NamedTuple, TypeVar

from viewer.errors import DrawError, NoDeviceError, ViewerError

A = TypeVar("A")
B = TypeVar("B")

LOSSES = 3
"""How often in a row processes may be lost before what they do is taken for the reason."""
PATIENCE = 10.0
"""Seconds that a cluster may take to answer, and to have a worker."""
FAR_AHEAD = 256
"""Items that are on their way at once on a cluster, however many workers it has."""


class Crew(NamedTuple):
    """How to get an executor, which is given back at the end; how many items to hand it at once."""

    hire: Callable[[], AbstractContextManager[Executor]]
    ahead: int

    def done(self, work: Callable[[A], B], items: Iterable[A]) -> Iterator[tuple[A, B]]:
        """Each item with what `work`, a function that can be sent, makes of it, as they finish.

        What `work` raises goes through where it is a `ViewerError`, else as a `DrawError`, which
        is also raised where processes are lost again and again.
        """
        rest = iter(items)
        losses = 0
        while losses < LOSSES:
            left: dict[Future[B], A] = {}
            try:
                with self.hire() as executor:
                    for found in _finished(executor, work, rest, left, self.ahead):
                        losses = 0
                        yield found
                return
            except BrokenProcessPool:
                losses += 1
                rest = chain(list(left.values()), rest)
        raise DrawError(f"the drawing processes were lost {LOSSES} times in a row")


def here(count: int) -> Crew:
    """So many processes of this machine. They end with this one, however it ends."""
    return Crew(partial(_processes, count), 3 * count)


def on_dask(address: str) -> Crew:
    """The workers of a Dask cluster by its scheduler's address, such as tcp://10.0.0.1:8786.

    The viewer has to be installed where they are. Getting it raises `NoDeviceError`.
    """
    return Crew(partial(_cluster, address), FAR_AHEAD)


def _finished(
    executor: Executor,
    work: Callable[[A], B],
    items: Iterator[A],
    left: dict[Future[B], A],
    ahead: int,
) -> Iterator[tuple[A, B]]:
    """As `Crew.done`, with one executor; `left` has what was begun and not finished."""
    for item in islice(items, ahead):
        _submit(executor, work, item, left)
    while left:
        for future in wait(left, return_when=FIRST_COMPLETED).done:
            result = _result(future)
            yield left.pop(future), result
            for item in islice(items, 1):
                _submit(executor, work, item, left)


def _submit(executor: Executor, work: Callable[[A], B], item: A, left: dict[Future[B], A]) -> None:
    try:
        left[executor.submit(work, item)] = item
    except BrokenProcessPool:
        left[Future()] = item
        raise


def _result(future: Future[B]) -> B:
    try:
        return future.result()
    except (ViewerError, BrokenProcessPool):
        raise
    except Exception as error:
        raise DrawError(f"drawing failed in another process: {_first(error)}") from error


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    # Not forked: threads and GL contexts of this process have no place in another.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """A process of the pool: Ctrl-C is for the one that has it, whose end is its end too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        distributed: Any = importlib.import_module("distributed")  # which has no types
    except ImportError:
        raise NoDeviceError(
            "--dask needs the extra 'distributed': pip install 'prospero-viewer[distributed]'"
        ) from None
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoDeviceError(f"{address}: found no Dask scheduler ({_first(error)})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise NoDeviceError(f"{address}: found a Dask cluster without workers") from None
        yield client.get_executor(pure=False)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
