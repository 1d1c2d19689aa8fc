"""Processes that draw a picture and are killed. A server forks them: none has to start up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.picture.saved import keep
from viewer.picture import begun, save
from viewer.picture.look import look_rows
from viewer.view import Grid, View

GRID = Grid(View(), 600, 400)
"""In strips of 27 rows, for these processes."""
CALLS = ("open", "write", "fsync", "truncate", "lseek", "fchmod", "link", "replace", "unlink")


class Mortals:
    """The server, from the outside."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def draw(
        self, path: Path, *, force: bool = False, seconds: float = 60.0, calls: int = 0
    ) -> bool:
        """Has the picture drawn, or gone on with, by a process that is killed after so many
        seconds, or (from 1) in so many calls of the operating system. Whether it got to the end."""
        order = {"path": str(path), "force": force, "seconds": seconds, "calls": calls}
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        status = int(self._server.stdout.readline())
        assert status in (0, -signal.SIGKILL)
        return status == 0


@contextmanager
def mortals() -> Iterator[Mortals]:
    """The server, for a while."""
    command = [sys.executable, "-m", "tests.picture.kills"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as server:
        yield Mortals(server)


def serve() -> None:
    """Does what is read from standard input, and tells how it ended."""
    begun.EVERY = 0.0
    vars(save)["look_rows"] = partial(look_rows, block=2**14)
    for line in sys.stdin:
        order = json.loads(line)
        process = os.fork()
        if process == 0:
            os._exit(drawn(Path(order["path"]), order["force"], order["calls"]))
        patience = time.monotonic() + order["seconds"]
        found, status = 0, 0
        while not found:
            found, status = os.waitpid(process, os.WNOHANG)
            if not found and time.monotonic() > patience:
                os.kill(process, signal.SIGKILL)
                found, status = os.waitpid(process, 0)
            time.sleep(0.0002)
        print(os.waitstatus_to_exitcode(status), flush=True)


def drawn(path: Path, force: bool, calls: int) -> int:
    """Draws it, and returns the exit status."""
    if calls:
        left = iter(range(calls - 1))
        for name in CALLS:
            setattr(os, name, mortal(getattr(os, name), left))
    try:
        keep(path, GRID, force=force, keep=save.Keep("dots", resume=True))
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def mortal(call: Callable[..., Any], left: Iterator[int]) -> Callable[..., Any]:
    """A call in which the process dies when none are left: a write is half done by then."""

    def wrapped(*args: Any, **options: Any) -> Any:
        if next(left, None) is None:
            if call is WRITE:
                call(args[0], args[1][: len(args[1]) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **options)

    return wrapped


WRITE = os.write

if __name__ == "__main__":
    serve()
