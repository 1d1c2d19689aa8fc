"""What was measured: rows of figures, and the JSON that they are kept in (`docs/bench.md`)."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

BUSY = 15.0
"""Percent of the processors in use by others that are worth a word."""


@dataclass(frozen=True, slots=True)
class Row:
    """One engine on one case. Times are milliseconds; None is what was not measured.

    `asked` is the size that was asked for and `size` the one that was drawn, in pixels a side;
    None where nothing was. `note` says why they differ, or why the engine is not there.
    """

    engine: str
    asked: int
    operations: int
    size: int | None = None
    parse_ms: float | None = None
    passes_ms: float | None = None
    compile_ms: float | None = None
    first_ms: float | None = None
    frame_ms: float | None = None
    best_ms: float | None = None
    frames: int = 0
    read_ms: float | None = None
    fill_ms: float | None = None
    ops_per_pixel: float | None = None
    peak_mb: float | None = None
    differing_pixels: int | None = None
    note: str | None = None

    @property
    def setup_ms(self) -> float | None:
        """Parsing, passes and compiling: all that happens before the first picture."""
        if self.parse_ms is None or self.passes_ms is None or self.compile_ms is None:
            return None
        return self.parse_ms + self.passes_ms + self.compile_ms

    @property
    def fill_ratio(self) -> float | None:
        """How many empty fills of the same size a frame takes."""
        return self.frame_ms / self.fill_ms if self.frame_ms and self.fill_ms else None

    @property
    def ns_per_pixel(self) -> float | None:
        """Nanoseconds a pixel of a frame."""
        return self.frame_ms * 1e6 / self.size**2 if self.frame_ms and self.size else None

    @property
    def wrong(self) -> bool:
        """Whether the picture is known to differ from the reference."""
        return bool(self.differing_pixels)

    @property
    def full_frame_ms(self) -> float | None:
        """A frame of the size that was asked for, in proportion to its pixels."""
        return None if self.frame_ms is None else self.frame_ms * self._enlarged

    @property
    def full_wait_ms(self) -> float | None:
        """From the file's bytes to the first whole picture of that size: what of the first one
        is a frame grows with the pixels, what else it took does not."""
        if self.setup_ms is None or self.first_ms is None:
            return None
        grows = min(self.first_ms, self.first_ms if self.frame_ms is None else self.frame_ms)
        return self.setup_ms + self.first_ms + grows * (self._enlarged - 1)

    @property
    def _enlarged(self) -> float:
        return (self.asked / (self.size or self.asked)) ** 2

    def as_json(self) -> dict[str, Any]:
        """The row's object. Times are rounded to microseconds."""
        derived = {
            "setup_ms": self.setup_ms,
            "fill_ratio": self.fill_ratio,
            "ns_per_pixel": self.ns_per_pixel,
        }
        return {
            key: round(value, 3) if isinstance(value, float) else value
            for key, value in {**asdict(self), **derived}.items()
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run. `size` is the largest that was asked for, in pixels a side.

    `fill` says what the empty fill was drawn with, `fill_ms` is its median at `size`, and
    `context_ms` how long the driver took to make its context (None without GL). `busy_percent`
    is how much of the processors others used, before the frames or after them.
    """

    file: str
    view: str
    size: int
    machine: str
    fill: str
    fill_ms: float | None
    context_ms: float | None
    busy_percent: float
    rows: tuple[Row, ...]

    @property
    def grows(self) -> Literal["size", "operations"] | None:
        """What is not the same in all cases."""
        if len({row.asked for row in self.rows}) > 1:
            return "size"
        return "operations" if len({row.operations for row in self.rows}) > 1 else None

    def as_json(self) -> str:
        """The report as `docs/bench.md` describes it."""
        told = {name: getattr(self, name) for name in Report.__slots__}
        for name in ("fill_ms", "context_ms"):
            told[name] = None if told[name] is None else round(told[name], 3)
        return json.dumps({**told, "rows": [row.as_json() for row in self.rows]}, indent=2)
