"""What a window says of itself while it runs: the lines of its `--trace`, as they come."""

import json
from pathlib import Path
from typing import Any

Event = dict[str, Any]


class Trace:
    """A trace that another process writes; it need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0  # bytes that have been handed over

    def new(self) -> list[Event]:
        """The events since the last call, each with `event` and `t`."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as log:
            log.seek(self._read)
            whole = log.read().rpartition(b"\n")[0]  # the last line may be unfinished
        if not whole:
            return []
        self._read += len(whole) + 1
        return [json.loads(line) for line in whole.split(b"\n")]
