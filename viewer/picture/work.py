"""What a command has to do, before it is done: the command line counts its steps meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from viewer.engines.engine import Engine

Say = Callable[[str], None]
"""Tells the user one line, beside the command's own output."""


class Work(Protocol):
    """What takes a while, in steps that can be counted."""

    @property
    def target(self) -> Path:
        """What comes of it."""
        ...

    @property
    def steps(self) -> int:
        """How many there are."""
        ...

    @property
    def before(self) -> int:
        """How many of them are there from another run."""
        ...

    @property
    def unit(self) -> str:
        """What a step is."""
        ...

    @property
    def doubts(self) -> str:
        """A line about what was in doubt, when it is done; empty where nothing is known of that."""
        ...

    def run(self, progress: Callable[[int], None]) -> str:
        """Does it, once; `progress` is told the steps done. Returns the line to print."""
        ...


@dataclass(frozen=True)
class Drawing:
    """The work of one engine: rows of a picture, or frames of a film."""

    target: Path
    what: str
    steps: int
    unit: str
    engine: Engine
    engine_name: str
    draw: Callable[[Callable[[int], None]], None]
    """Draws and writes it all, and tells the steps done."""
    start: float
    aa: int = 1
    before: int = 0

    @property
    def doubts(self) -> str:
        """How many pixels, or samples, were in doubt, of an engine that knows; else empty."""
        from viewer.engines.engine import Decides

        if not isinstance(self.engine, Decides):
            return ""
        line = self.engine.tally.line("pixel" if self.aa == 1 else "sample")
        return f"{line}, in what was drawn now" if self.before else line

    def run(self, progress: Callable[[int], None]) -> str:
        """See `Work`."""
        try:
            self.draw(progress)
        finally:
            self.engine.close()
        seconds = time.perf_counter() - self.start
        return f"{self.target}: {self.what}, engine {self.engine_name}, {seconds:.2f} s"
