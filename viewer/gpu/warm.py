"""A helper process that compiles shaders first, so that the window's own compile is quick.

A driver holds the calling thread while it compiles, and Python's lock with it, so a thread does
not help. A process does: drivers keep what they compiled in a cache on disk, by source and state,
and what the helper has compiled the window's process finds there. Where a driver has no such
cache, nothing is lost but the helper's time.

The protocol of `python -m viewer.gpu.warm`:

    its standard input    one line, the JSON object {"name": "prospero.vm", "sources": ["..."],
                          "field": false}, then nothing. "field": for targets of one float.
                          When the input is closed, the helper dies at once.
    its standard output   a JSON object a line: {"done": 1}, {"done": 2}, ... after each source;
                          {"failed": "prospero.vm:3: ..."} instead where the driver refuses one;
                          {"unable": "..."} where there is no context. Nothing follows the last two.
                          Any other line is a driver's chatter.

It ends by itself after the last source, when the driver has written its cache. Most of what it
takes to start comes before it reads, so that one that waits for work is quick.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from viewer.errors import DrawError, NoDeviceError


class Progress(NamedTuple):
    """How far the helper is, of how many sources. `finished`: nothing more will come.

    `failed` is one line about a source that the driver refused, or about a helper that the
    driver brought down; then the window's process should not try the same. A helper that merely
    found no context is finished before it is done, without a failure.
    """

    done: int
    total: int
    failed: str | None
    finished: bool


class Warmer:
    """Compiles sources in a helper process. No call blocks; all are for one thread."""

    def __init__(self) -> None:
        self._helper: subprocess.Popen[bytes] | None = None
        self._spare: subprocess.Popen[bytes] | None = None
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._progress = Progress(0, 0, None, finished=True)
        self._chatter = ""

    def start(self, sources: Sequence[str], name: str, *, field: bool = False) -> None:
        """Begins with some sources, in their order, and gives up those before. `name` is what
        messages call the program; `field`: see `compile_shader`."""
        self._stop()
        self._progress = Progress(0, len(sources), None, finished=not sources)
        self._chatter = ""
        if not sources:
            return
        try:
            self._helper, self._spare = self._spare or _spawn(), None
        except OSError as error:
            self._chatter = f"cannot start the compiling helper: {error.strerror}"
            self._progress = self._progress._replace(finished=True)
            return
        self._lines = SimpleQueue()
        wanted = {"name": name, "sources": list(sources), "field": field}
        order = json.dumps(wanted).encode() + b"\n"
        talk = threading.Thread(target=_talk, args=(self._helper, order, self._lines), daemon=True)
        talk.start()

    def prepare(self) -> None:
        """Has a helper wait for the next `start`."""
        if self._spare is None:
            with suppress(OSError):
                self._spare = _spawn()

    def poll(self) -> Progress:
        """How far it is by now."""
        while not self._progress.finished:
            try:
                line = self._lines.get_nowait()
            except Empty:
                break
            if line is None:
                self._end()
            else:
                self._hear(line)
        return self._progress

    def cancel(self) -> None:
        """Ends all helpers at once, whatever they are doing."""
        self._stop()
        if self._spare is not None:
            _end_at_once(self._spare)
            for pipe in (self._spare.stdin, self._spare.stdout):
                assert pipe is not None
                pipe.close()
            self._spare = None

    def _stop(self) -> None:
        if self._helper is not None:
            _end_at_once(self._helper)
            self._helper = None
        self._progress = self._progress._replace(finished=True)

    def _hear(self, line: bytes) -> None:
        match _message(line):
            case {"done": int(done)}:
                self._progress = self._progress._replace(done=done)
            case {"failed": str(reason)}:
                self._progress = self._progress._replace(failed=reason)
            case _:
                self._chatter = line.decode(errors="replace").strip() or self._chatter

    def _end(self) -> None:
        assert self._helper is not None
        status = self._helper.wait()
        self._helper = None
        failed = self._progress.failed
        if status and failed is None:
            failed = f"the graphics driver broke down while compiling: {self._chatter or status}"
        self._progress = self._progress._replace(failed=failed, finished=True)


def _spawn() -> subprocess.Popen[bytes]:
    # The helper is to import this very package, however the caller came by it.
    home = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": path},
    )


def _end_at_once(helper: subprocess.Popen[bytes]) -> None:
    helper.kill()
    helper.wait()


def _talk(
    helper: subprocess.Popen[bytes], order: bytes, lines: "SimpleQueue[bytes | None]"
) -> None:
    """Tells a helper what to do and passes on what it says, None after the last. In a thread:
    the order may be megabytes, a pipe holds 64 KiB."""
    assert helper.stdin is not None and helper.stdout is not None
    with suppress(OSError):  # It has ended; what it said, if anything, comes next.
        helper.stdin.write(order)
        helper.stdin.flush()
    with helper.stdout:
        for line in helper.stdout:
            lines.put(line)
    lines.put(None)
    with suppress(OSError):
        helper.stdin.close()


def _message(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def main() -> int:
    """The helper. Exit status 0: whatever there was to say was said."""
    if hasattr(os, "nice"):
        os.nice(5)
    from viewer.gpu.context import standalone
    from viewer.gpu.straight import compile_shader

    try:
        ctx = standalone()
        order = json.loads(sys.stdin.buffer.readline() or "null")
        if order is None:
            return 0
        _die_with_input()
        for done, source in enumerate(order["sources"], start=1):
            compile_shader(ctx, source, order["name"], field=order.get("field", False)).release()
            _say(done=done)
        ctx.release()
    except DrawError as error:
        _say(failed=str(error))
    except NoDeviceError as error:
        _say(unable=str(error))
    return 0


def _say(**message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _die_with_input() -> None:
    """Ends this process as soon as its standard input is closed, which it is when the other side
    dies, however that happens. A thread could not: it would wait for the compiler."""
    if sys.platform == "win32":
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(1)), daemon=True).start()
        return
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)  # whose default is to end the process
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:
        sys.exit(1)  # It was closed before.


if __name__ == "__main__":
    sys.exit(main())
