"""What the window does, as JSON lines in a file: for tests that wait for it, and bug reports.

`prospero FILE --trace window.log` appends one object a line, each with `t` (seconds since the
trace began) and `event`:

    begin     clock: what the system's monotonic clock says at `t` = 0, in seconds
    open      driver, size, scale
    file      bytes or problem: the file has new contents, or cannot be read
    progress  status: what is being done before a picture can be drawn
    shape     path, operations: a program is ready
    frame     picture, complete, view, size, milliseconds, problem, message, panels, over: what is
              on the screen; `picture` counts programs and their finished parts; gl: OpenGL's error
    long      milliseconds: a turn of the loop has taken the window's thread that long, which drew
              nothing meanwhile; what it waited for is not counted
    save      path or problem
    close     frames, cpu_seconds
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from viewer.errors import FileError


class Trace:
    """Appends events to a file; without a path it does nothing."""

    def __init__(self, path: Path | None) -> None:
        self._start = time.monotonic()
        try:
            self._file = path.open("a", encoding="utf-8") if path else None
        except OSError as error:
            raise FileError(f"{path}: {(error.strerror or str(error)).lower()}") from None
        self("begin", clock=self._start)

    def __call__(self, event: str, **fields: Any) -> None:
        """One line, on disk when this returns. Where the disk is full, the trace ends."""
        if self._file is None:
            return
        moment = round(time.monotonic() - self._start, 6)
        try:
            self._file.write(json.dumps({"t": moment, "event": event, **fields}) + "\n")
            self._file.flush()
        except OSError:
            self.close()

    def close(self) -> None:
        """Nothing is traced afterwards."""
        if self._file is not None:
            with suppress(OSError):  # what is left of a line that had no room
                self._file.close()
            self._file = None
