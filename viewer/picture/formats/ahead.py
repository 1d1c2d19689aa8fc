"""Work done in threads while the rows that come next are drawn."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from viewer.engines.blocks import all_cores

A = TypeVar("A")
B = TypeVar("B")

THREADS = min(8, all_cores())
"""zlib lets go of the interpreter's lock. Each thread keeps a few strips in memory."""


def ahead(work: Callable[[A], B], items: Iterable[A], threads: int = THREADS) -> Iterator[B]:
    """`map`, in order, with at most `threads` items at work or waiting to be taken. What is done is
    handed over before the next item is asked for.

    Items are drawn from the iterable in the calling thread, where a GL context may be at home.
    When the caller stops early, or an item or `work` raises, nothing is left running.
    """
    pending: deque[Future[B]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                if len(pending) == threads:
                    yield pending.popleft().result()
                pending.append(pool.submit(work, item))
                while pending and pending[0].done():
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
