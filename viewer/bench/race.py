"""The engines draw in turns, so that whatever else the machine does hits them all alike.

For each case: every engine is sized up (`scout`), set up in a fresh process with cold caches, and
draws its first picture, which is compared with the reference. Then they and the empty fill draw
frames, a tenth of a second at a time, round after round. At the end the picture is compared again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import PurePath
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.bench.growth import Case
from viewer.bench.machine import busy, machine
from viewer.bench.process import Helper, Process
from viewer.bench.report import Report, Row
from viewer.bench.stand import Scouted
from viewer.bench.worker import FILL, unpack
from viewer.engines import registry
from viewer.engines.blocks import Blocks, all_cores
from viewer.errors import DrawError, NoDeviceError, UsageError, ViewerError
from viewer.passes import optimise
from viewer.picture.render import check_size
from viewer.program import parse
from viewer.view import Grid, View

ROUNDS = 9
TURN_MS = 100.0
"""An engine draws frames for that long in each round; at least one."""
FRAMES = 3
"""The least of frames, however slow the engine."""
PATIENCE = 120.0
"""Seconds that an engine may take over one thing, compiling included, before it is given up."""

Start = Callable[[str, bool], Helper]


def start_process(engine: str, cold: bool) -> Helper:
    """A process for an engine, or for the empty fill."""
    return Process(engine, cold=cold)


@dataclass
class _Contestant:
    """One engine on one case, and what is known of it so far; `known` has fields of `Row`."""

    engine: str
    case: Case
    size: int
    helper: Helper | None = None
    known: dict[str, Any] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    def row(self, operations: int, fills: dict[int, list[float]]) -> Row:
        known = {"operations": operations, **self.known}
        drawn = "first_ms" in known
        if self.times:
            known |= {"frame_ms": median(self.times), "best_ms": min(self.times)}
            if (read := known.get("read_ms")) is not None:
                known["read_ms"] = max(0.0, read - known["frame_ms"])
        if drawn and fills.get(self.size):
            known["fill_ms"] = median(fills[self.size])
        return Row(
            self.engine,
            self.case.size,
            size=self.size if drawn else None,
            frames=len(self.times),
            **known,
        )


class Race:
    """Measures `engines` (names, in order) on `cases`. `report` may be asked for at any time.

    `limit` is about how many seconds an engine may draw on a case: where four pictures would take
    longer it draws smaller ones. `start` starts the processes, `known` are the engines there are,
    `busy` says how much of the machine others use (percent, while none of ours does anything).
    Raises `UsageError` for an unknown engine or a bad size.
    """

    def __init__(
        self,
        cases: Sequence[Case],
        engines: Sequence[str],
        *,
        limit: float = 20.0,
        start: Start = start_process,
        busy: Callable[[], float] = busy,
        known: Sequence[str] | None = None,
    ) -> None:
        allowed = registry.names() if known is None else known
        for engine in engines:
            if engine not in allowed:
                raise UsageError(f"unknown engine '{engine}', expected some of {' '.join(allowed)}")
        for case in cases:
            check_size(Grid(View.parse(case.view), case.size, case.size), 1)
        self._cases, self._engines = list(cases), list(dict.fromkeys(engines))
        self._limit, self._start, self._look = limit, start, busy
        self._busy = 0.0
        self._patience = max(PATIENCE, limit)
        self._contestants: list[_Contestant] = []
        self._operations: dict[Case, int] = {}
        self._fills: dict[int, list[float]] = {}
        self._about: dict[str, Any] = {"about": "", "context_ms": None}
        self.steps = len(self._cases) * (2 * len(self._engines) + ROUNDS + 1)

    def run(self) -> Iterator[str]:
        """Runs all of it in `steps` steps; before each it says what comes. An engine's errors
        become notes. Raises `ParseError`."""
        for case in self._cases:
            with ExitStack() as helpers:
                yield from self._run(case, helpers)

    def report(self) -> Report:
        """What has been measured so far."""
        largest = self._cases[-1]
        size = max(case.size for case in self._cases)
        rows = [one.row(self._operations[one.case], self._fills) for one in self._contestants]
        return Report(
            file=PurePath(largest.name).name,
            view=largest.view,
            size=size,
            machine=machine(self._about["about"]),
            fill=self._about["about"],
            fill_ms=median(self._fills[size]) if self._fills.get(size) else None,
            context_ms=self._about["context_ms"],
            busy_percent=self._busy,
            rows=tuple(rows),
        )

    def _run(self, case: Case, helpers: ExitStack) -> Iterator[str]:
        yield "the empty fill"
        self._busy = max(self._busy, self._look())
        program = optimise(parse(case.source, case.name))
        self._operations[case] = program.operations
        references = _References(case)
        fill = self._start(FILL, True)
        helpers.callback(fill.close)
        self._about = self._set_up(fill, case)
        entered: list[_Contestant] = []
        for engine in self._engines:
            yield f"{engine}: sizing up"
            entered.append(self._scout(engine, case))
        for one in entered:
            yield f"{one.engine}: first picture"
            if one.size:
                self._enter(one, references, helpers)
        racing = [one for one in entered if one.helper]
        sizes = sorted({case.size, *(one.size for one in racing)})
        for number in range(ROUNDS):
            yield f"round {number + 1} of {ROUNDS}"
            for size in sizes:
                times = fill.ask("frames", self._patience, size=size, enough_ms=TURN_MS)
                self._fills.setdefault(size, []).extend(times)
            for one in racing:
                self._turn(one)
        self._busy = max(self._busy, self._look())
        for one in racing:
            self._compare(one, references)

    def _scout(self, engine: str, case: Case) -> _Contestant:
        """Decides at which size an engine draws a case; 0 where it does not."""
        one = _Contestant(engine, case, case.size)
        self._contestants.append(one)
        helper = self._start(engine, False)
        try:
            self._set_up(helper, case)
            scouted = Scouted(*helper.ask("scout", self._patience, largest=case.size))
        except (DrawError, NoDeviceError) as error:
            one.size, one.known["note"] = 0, str(error)
            return one
        finally:
            helper.close()
        while scouted.predict(one.size) > self._limit * 1e3 / 4 and one.size > scouted.side:
            one.size //= 2
        if one.size < case.size:
            seconds = scouted.predict(case.size) / 1e3
            one.known["note"] = f"a picture takes about {seconds:.0f} s at {case.size}"
        return one

    def _enter(self, one: _Contestant, references: "_References", helpers: ExitStack) -> None:
        """Sets an engine up and has it draw its first picture, a smaller one if it must."""
        while one.size:
            helper = self._start(one.engine, True)
            helpers.callback(helper.close)
            try:
                found = self._set_up(helper, one.case)
            except ViewerError as error:
                one.known["note"], one.size = str(error), 0
                return
            try:
                found |= helper.ask("first", self._patience, size=one.size)
            except DrawError as error:
                helper.close()
                one.known["note"] = str(error)
                one.size //= 2
                continue
            one.known |= {k: v for k, v in found.items() if k in Row.__slots__}
            one.helper = helper
            self._compare(one, references)
            return

    def _set_up(self, helper: Helper, case: Case) -> dict[str, Any]:
        found: dict[str, Any] = helper.ask(
            "set_up",
            self._patience,
            source=case.source.decode("latin-1"),
            name=case.name,
            view=case.view,
        )
        return found

    def _turn(self, one: _Contestant) -> None:
        enough = len(one.times) >= FRAMES and sum(one.times) > self._limit * 1e3 / 2
        if one.helper is None or enough:
            return
        try:
            one.times += one.helper.ask("frames", self._patience, size=one.size, enough_ms=TURN_MS)
        except DrawError as error:
            one.known["note"], one.helper = str(error), None

    def _compare(self, one: _Contestant, references: "_References") -> None:
        """Counts the pixels that differ, the most of all times, and looks at the memory."""
        if one.helper is None:
            return
        try:
            found = one.helper.ask("picture", self._patience, size=one.size)
        except DrawError as error:
            one.known["note"], one.helper = str(error), None
            return
        differ = references.at(one.size) != unpack(found["bits"], one.size)
        worst = max(int(differ.sum()), one.known.get("differing_pixels", 0))
        one.known |= {"differing_pixels": worst}
        one.known |= {"read_ms": found["read_ms"], "peak_mb": found["peak_mb"]}


class _References:
    """Pictures of one case by the engine `blocks` in float64."""

    def __init__(self, case: Case) -> None:
        self._view = View.parse(case.view)
        self._program = optimise(parse(case.source, case.name))
        self._pictures: dict[int, NDArray[np.bool_]] = {}

    def at(self, size: int) -> NDArray[np.bool_]:
        if size not in self._pictures:
            grid = Grid(self._view, size, size)
            with Blocks(self._program, threads=all_cores()) as blocks:
                self._pictures[size] = blocks.inside(grid, grid.whole)
        return self._pictures[size]
