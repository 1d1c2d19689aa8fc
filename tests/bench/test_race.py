"""The race: who draws when and how large, what is compared, what becomes of those who fail."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.helpers import SOURCE, Clock, Fake, Makes, Remote, Starter, absent
from viewer.bench.growth import Case
from viewer.bench.race import FRAMES, ROUNDS, TURN_MS, Race
from viewer.bench.report import Report, Row
from viewer.engines.engine import Engine
from viewer.errors import UsageError
from viewer.program import Program

CASE = Case(SOURCE, "folder/disc.vm", "0,0@1", 32)


def race(clock: Clock, makes: Makes, *cases: Case, limit: float = 20.0) -> tuple[Race, Starter]:
    starter = Starter(clock, makes)
    names = list(makes)
    made = Race(cases or [CASE], names, limit=limit, start=starter, busy=lambda: 0.0, known=names)
    return made, starter


def run(clock: Clock, makes: Makes, *cases: Case, limit: float = 20.0) -> Report:
    made, starter = race(clock, makes, *cases, limit=limit)
    assert len(list(made.run())) == made.steps
    assert not starter.open
    return made.report()


def fakes(clock: Clock, **options: dict[str, Any]) -> Makes:
    """Engines by name, each with the options of a `Fake`."""

    def making(name: str) -> Callable[[Program], Engine]:
        return lambda _: Fake(clock, name, **options[name])

    return {name: making(name) for name in options}


def test_engines_draw_in_turns() -> None:
    clock = Clock()
    run(clock, fakes(clock, quick={"at_least": 1 / 32}, slow={"at_least": 1 / 4}))
    runs = [(name, len(list(group))) for name, group in groupby(clock.log)]
    # At 32 pixels one picture sizes an engine up beside the very first; then first pictures.
    assert runs[:4] == [("quick", 2), ("slow", 2), ("quick", 1), ("slow", 1)]
    assert runs[4:] == [("fill", 7), ("quick", 4), ("slow", 1)] * ROUNDS


@settings(max_examples=20)
@given(st.lists(st.integers(1, 64), min_size=1, max_size=3), st.floats(0.5, 20))
def test_noise_hits_all_alike(times: list[int], limit: float) -> None:
    clock, seconds = Clock(), [time / 64 for time in times]
    makes = fakes(clock, **{str(n): {"at_least": value} for n, value in enumerate(seconds)})
    report = run(clock, makes, limit=limit)
    frames = " ".join(clock.log[clock.log.index("fill") :])
    rounds = frames.split(" ".join(["fill"] * 7))[1:]
    assert len(rounds) == ROUNDS
    for row, value in zip(report.rows, seconds, strict=True):
        # Once a round, in order; the slow stop when they have drawn enough.
        turns = [row.engine in names.split() for names in rounds]
        assert turns == sorted(turns, reverse=True)
        assert row.frames >= FRAMES
        assert row.frame_ms == pytest.approx(value * 1e3)
        assert row.frames * value <= limit / 2 + (TURN_MS / 1e3 + value) * FRAMES


def test_a_row_has_all_figures() -> None:
    clock = Clock()
    report = run(
        clock, {"far": lambda _: Remote(clock, "far", read=0.5, at_least=1 / 32, seconds=0.0)}
    )
    assert report.rows == (
        Row(
            engine="far",
            asked=32,
            operations=6,
            size=32,
            parse_ms=0.0,
            passes_ms=0.0,
            compile_ms=2000.0,
            first_ms=531.25,
            frame_ms=31.25,
            best_ms=31.25,
            frames=4 * ROUNDS,
            read_ms=500.0,
            fill_ms=15.625,
            ops_per_pixel=2.5,
            peak_mb=report.rows[0].peak_mb,
            differing_pixels=0,
            note=None,
        ),
    )
    row = report.rows[0]
    assert row.peak_mb is not None and row.peak_mb > 10
    assert row.setup_ms == 2000
    assert row.fill_ratio == 2
    assert row.ns_per_pixel == 31.25e6 / 32**2
    assert (report.file, report.size, report.view) == ("disc.vm", 32, "0,0@1")
    assert report.fill_ms == 15.625


@pytest.mark.parametrize(
    "when", [lambda n: True, lambda n: n == 0, lambda n: n > 20], ids=["all", "first", "last"]
)
@pytest.mark.parametrize("kind", [Fake, Remote])
def test_a_wrong_picture_is_told(when: Any, kind: Any) -> None:
    clock = Clock()
    more: dict[str, Any] = {"read": 0.0} if kind is Remote else {}
    makes: Makes = {
        "wrong": lambda _: kind(clock, "wrong", at_least=1 / 64, wrong=5, when=when, **more),
        "right": lambda _: kind(clock, "right", at_least=1 / 64, **more),
    }
    wrong, right = run(clock, makes).rows
    assert (wrong.differing_pixels, right.differing_pixels) == (5, 0)
    assert wrong.wrong and not right.wrong


def test_an_engine_that_is_not_here_is_listed() -> None:
    clock = Clock()
    gone, there = run(clock, {"gone": absent, **fakes(clock, there={})}).rows
    assert gone == Row("gone", asked=32, operations=6, note="no such device here")
    assert there.frame_ms is not None


def test_a_slow_engine_draws_smaller_and_says_so() -> None:
    clock = Clock()
    case = CASE._replace(size=512)
    makes = fakes(clock, slow={"seconds": 64.0}, quick={"seconds": 0.1})
    slow, quick = run(clock, makes, case, limit=8).rows
    assert (slow.asked, slow.size, slow.differing_pixels) == (512, 128, 0)
    assert slow.note == "a picture takes about 17 s at 512"
    assert slow.fill_ms == 15.625  # of its own size
    assert slow.full_frame_ms == pytest.approx(64e3 * 512**2 / 1e6)
    assert (quick.size, quick.note) == (512, None)
    assert quick.fill_ms == pytest.approx(512**2 / 4e3)


def test_an_engine_that_refuses_a_size_draws_smaller_and_says_why() -> None:
    clock = Clock()
    case = CASE._replace(size=512)
    makes = fakes(clock, small={"largest": 200}, tiny={"largest": 1})
    small, tiny = run(clock, makes, case).rows
    assert (small.size, small.note, small.differing_pixels) == (128, "256 is too much", 0)
    assert (tiny.size, tiny.note) == (None, "64 is too much")


def test_one_that_fails_later_keeps_its_times() -> None:
    class Tired(Fake):
        def inside(self, grid: Any, block: Any) -> Any:
            if self._drawn == 5:
                self._largest = 1
            return super().inside(grid, block)

    clock = Clock()
    makes: Makes = {"tired": lambda _: Tired(clock, "tired", at_least=0.2)}
    (row,) = run(clock, makes).rows
    assert (row.frames, row.note, row.differing_pixels) == (4, "32 is too much", 0)


def test_the_busiest_moment_counts() -> None:
    clock, moments = Clock(), iter([2.0, 30.5, 4.0, 8.0])
    made = Race(
        [CASE, CASE._replace(size=16)],
        ["one"],
        start=Starter(clock, fakes(clock, one={})),
        busy=lambda: next(moments),
        known=["one"],
    )
    assert made.report().busy_percent == 0
    assert list(made.run()) and made.report().busy_percent == 30.5


def test_an_interrupted_race_has_what_was_measured() -> None:
    clock = Clock()
    made, starter = race(clock, fakes(clock, quick={"at_least": 1 / 64}, other={}))
    steps = made.run()
    assert [next(steps) for _ in range(4)] == [
        "the empty fill",
        "quick: sizing up",
        "other: sizing up",
        "quick: first picture",
    ]
    assert [row.frame_ms for row in made.report().rows] == [None, None]
    while next(steps) != f"round 4 of {ROUNDS}":
        pass
    quick, _ = made.report().rows
    assert (quick.frame_ms, quick.differing_pixels) == (15.625, 0)
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt())  # type: ignore[attr-defined]
    assert not starter.open


def test_an_interruption_at_once_leaves_an_empty_report() -> None:
    made, _ = race(Clock(), {"gone": absent})
    assert (made.report().rows, made.report().fill_ms) == ((), None)


@pytest.mark.parametrize(
    ("size", "view", "engines", "message"),
    [
        (32, "0,0@1", ["a", "x"], "unknown engine 'x', expected some of a b"),
        (32, "0,0@0", ["a"], "bad zoom '0', expected a number above 0"),
        (10**7, "0,0@1", ["a"], "bad size 10000000x10000000, expected 1 to 1000000 pixels a side"),
    ],
)
def test_what_is_not_allowed_is_said(
    size: int, view: str, engines: list[str], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Race([Case(SOURCE, "d.vm", view, size)], engines, known=["a", "b"])
    assert str(caught.value) == message


def test_an_engine_named_twice_runs_once() -> None:
    made = Race([CASE], ["a", "b", "a"], known=["a", "b"])
    assert made.steps == 2 * 2 + ROUNDS + 1
