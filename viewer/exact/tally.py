"""How many samples of a picture were in doubt, over all its blocks."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Tally:
    """again: samples that floating point left in doubt, so that they were worked out exactly.
    undecided: those of them that were not decided even then, and the first of them, (i, j)."""

    again: int = 0
    undecided: int = 0
    first: tuple[int, int] | None = None

    def add(self, again: int, undecided: Sequence[tuple[int, int]]) -> None:
        """Counts one more block."""
        self.again += again
        self.undecided += len(undecided)
        self.first = self.first or next(iter(undecided), None)

    def line(self, unit: str = "pixel") -> str:
        """One line, for people. `unit` is what a sample is to them."""

        def counted(count: int) -> str:
            return f"{count:,} {unit}{'' if count == 1 else 's'}"

        line = f"decided again: {counted(self.again - self.undecided)}"
        if self.first is None:
            return f"{line}, undecided: none"
        i, j = self.first
        return f"{line}, undecided: {counted(self.undecided)} (first at {i},{j})"
