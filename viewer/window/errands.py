"""Work that the window does not wait for: done by a thread, asked for by what it is about."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from viewer.errors import ViewerError


class Errands:
    """One thing at a time. Of each kind of work the latest answer is kept."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="errands")
        self._known: dict[str, tuple[Hashable, Any]] = {}
        self._asked: dict[str, tuple[Hashable, Future[Any]]] = {}

    def ask(self, kind: str, key: Hashable, work: Callable[[], Any]) -> Any:
        """What `work` returns, once that was collected, and till then None: ask again. Work that
        is waiting is given up for newer work of its kind; a `ViewerError` is an answer, too."""
        if kind in self._known and self._known[kind][0] == key:
            return self._known[kind][1]
        asked = self._asked.get(kind)
        if asked is None or (asked[0] != key and asked[1].cancel()):
            self._asked[kind] = key, self._pool.submit(_answered, work)
        return None

    def latest(self, kind: str) -> Any:
        """The last answer of a kind, whatever it was about; None where there is none."""
        return self._known[kind][1] if kind in self._known else None

    def forget(self, kind: str) -> None:
        """The answer was used."""
        self._known.pop(kind, None)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to be collected."""
        return bool(self._asked)

    def collect(self) -> bool:
        """Takes in what is done; returns whether there was anything."""
        done = [kind for kind, (_, future) in self._asked.items() if future.done()]
        for kind in done:
            key, future = self._asked.pop(kind)
            if not future.cancelled():
                self._known[kind] = key, future.result()
        return bool(done)

    def close(self) -> None:
        """Nothing more is begun, and nobody waits for what was."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _answered(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except ViewerError as error:
        return error
