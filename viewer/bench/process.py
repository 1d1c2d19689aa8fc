"""An engine in a process of its own: its memory is its own, and so are its crashes."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from viewer.bench import worker
from viewer.errors import DrawError, NoDeviceError

COLD = {
    "MESA_SHADER_CACHE_DISABLE": "true",
    "MESA_GLSL_CACHE_DISABLE": "true",  # its name before Mesa 21
    "__GL_SHADER_DISK_CACHE": "0",  # NVIDIA
    "CUDA_CACHE_DISABLE": "1",
    "CUPY_CACHE_IN_MEMORY": "1",
}
"""What keeps drivers from finding on disk what they compiled another day."""


def environment() -> dict[str, str]:
    """That of a process which is to import this very package, however the caller came by it."""
    home = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path}


class Helper(Protocol):
    """The other end of `worker`. Raises NoDeviceError or DrawError where the engine fails."""

    def ask(self, do: str, patience: float, **what: Any) -> Any:
        """Has something done and returns the answer, within `patience` seconds."""
        ...

    def close(self) -> None:
        """Ends the process."""
        ...


class Process:
    """A process for one engine; `cold`: without the caches that drivers keep on disk."""

    def __init__(self, engine: str, *, cold: bool) -> None:
        self._chatter = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `close`)
        self._process = subprocess.Popen(
            [sys.executable, "-m", worker.__name__, engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._chatter,
            text=True,
            env=environment() | (COLD if cold else {}),
        )
        self._answers: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, do: str, patience: float, **what: Any) -> Any:
        """See `Helper`. A process that does not answer in time is ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **what}) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._gone() from None
        try:
            line = self._answers.get(timeout=patience)
        except Empty:
            self._process.kill()
            raise DrawError(f"gave up after {patience:.0f} s") from None
        if not line:
            raise self._gone()
        match json.loads(line):
            case {"failed": ["NoDeviceError", str(why)]}:
                raise NoDeviceError(why)
            case {"failed": [_, str(why)]}:
                raise DrawError(why)
            case {"done": answer}:
                return answer
        raise AssertionError(f"no answer: {line}")

    def close(self) -> None:
        """Ends the process, at the latest when it has been asked to for two seconds."""
        assert self._process.stdin is not None
        with suppress(OSError):  # it was gone already
            self._process.stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._chatter.close()

    def _listen(self) -> None:
        """Passes on what the process says; an empty line when it has ended."""
        assert self._process.stdout is not None
        with self._process.stdout:
            for line in self._process.stdout:
                self._answers.put(line)
        self._answers.put("")

    def _gone(self) -> DrawError:
        status = self._process.wait()
        self._chatter.seek(0)
        said = self._chatter.read().decode(errors="replace").strip().splitlines() or [""]
        how = f"crashed (signal {-status})" if status < 0 else f"ended with status {status}"
        return DrawError(f"its process {how} {said[-1]}".strip())
