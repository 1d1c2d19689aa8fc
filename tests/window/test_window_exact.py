"""The exact picture in a real window: in the place of the painted one once the view rests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.window.desktop import PATIENCE, Viewer
from tests.window.disc import SIZE
from viewer.engines.exact import Exact
from viewer.exact.decide import Decider
from viewer.gpu import background
from viewer.gpu.background import GivenUpError
from viewer.gpu.easel import REST, Picture
from viewer.program import Program, parse
from viewer.view import Grid, View
from viewer.window.show.exactly import Exactly

LINE = b"x var-x\ny var-y\nr sub x y"
WAVE = b"x var-x\ny var-y\na sin x\nr sub y a"
ZERO = b"x var-x\ns sin x\nc cos x\nss square s\ncc square c\na add ss cc\no const 1\nr sub a o"
PICTURE = Picture(1, Grid(View(), 301, 301))


def rows_of(
    exactly: Exactly, picture: Picture, program: Program, now: float
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """All of them, as a window waits for them."""
    end = time.monotonic() + PATIENCE
    while exactly.pause(now) < 1:
        yield from exactly.ask(picture, program, now)
        assert time.monotonic() < end
        time.sleep(0.002)


def test_the_rows_are_the_exact_picture() -> None:
    exactly, program = Exactly(), parse(WAVE)
    before = exactly.known
    assert before is None
    assert list(exactly.ask(PICTURE, program, 10.0)) == []
    assert 0 < exactly.pause(10.0) <= 2 * REST
    found = list(rows_of(exactly, PICTURE, program, 10.0 + REST))
    assert [row for row, _ in found] == [0, *np.cumsum([len(part) for _, part in found])[:-1]]
    with Exact(program) as engine:
        inside = engine.inside(PICTURE.grid, PICTURE.grid.whole)
    np.testing.assert_array_equal(np.concatenate([part for _, part in found]) > 0, inside)
    known = exactly.known
    assert known is not None
    assert str(known) == "decided again: 1 pixel, undecided: none"  # the centre


def test_another_picture_gives_up_the_last() -> None:
    """However often it changes, what comes is of the last one, and so are the counts."""
    exactly, line, wave = Exactly(), parse(LINE), parse(WAVE)
    for zoom in range(1, 40):
        asked = Picture(zoom, Grid(View(base=Fraction(zoom)), 301, 301))
        list(exactly.ask(asked, line, 20.0 * zoom))
        list(exactly.ask(asked, line, 20.0 * zoom + 10))
    assert list(exactly.ask(PICTURE, wave, 1000.0)) == []
    found = list(rows_of(exactly, PICTURE, wave, 1001.0))
    assert sum(len(part) for _, part in found) == 301
    known = exactly.known
    assert known is not None
    assert known.part == 1
    assert known.tally.again == 1
    exactly.stop()
    assert exactly.known is None


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Callable[[], None], Future[None]]]:
    """Work that was to be done in the background, and is not."""
    found: list[tuple[Callable[[], None], Future[None]]] = []

    def hold(work: Callable[[], None]) -> Future[None]:
        found.append((work, Future()))
        return found[-1][1]

    monkeypatch.setattr(background, "in_background", hold)
    return found


def test_one_thread_works_on_one_picture(
    begun: list[tuple[Callable[[], None], Future[None]]],
) -> None:
    """The next one begins when what was given up has ended."""
    exactly, hard = Exactly(), parse(ZERO)
    for version in range(1, 8):
        asked = PICTURE._replace(version=version)
        list(exactly.ask(asked, hard, 20.0 * version))
        assert list(exactly.ask(asked, hard, 20.0 * version + 10)) == []
        assert len(begun) == 1
        assert 0 < exactly.pause(20.0 * version + 10) < 1
    work, future = begun[0]
    with pytest.raises(GivenUpError):
        work()
    future.set_result(None)
    list(exactly.ask(asked, hard, 1000.0))
    assert len(begun) == 2


def test_what_is_given_up_ends_at_the_next_pixel(
    begun: list[tuple[Callable[[], None], Future[None]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the field is zero each one may take seconds."""
    exactly, hard, decided = Exactly(), parse(ZERO), list[tuple[int, int]]()

    def decide(self: Decider, i: int, j: int) -> tuple[bool, bool]:
        decided.append((i, j))
        if len(decided) == 3:
            exactly.stop()
        return False, False

    monkeypatch.setattr(Decider, "decide", decide)
    list(exactly.ask(PICTURE, hard, 1.0))
    list(exactly.ask(PICTURE, hard, 2.0))
    ((work, _),) = begun
    with pytest.raises(GivenUpError):
        work()
    assert len(decided) == 3


def assert_exact(viewer: Viewer, view: View) -> None:
    """That the window becomes the right picture of the wave, where others are wrong."""
    grid = Grid(view, *SIZE)
    with Exact(parse(WAVE)) as engine:
        wanted = engine.inside(grid, grid.whole)
    end = time.monotonic() + PATIENCE
    while (wrong := int(((viewer.screenshot(SIZE)[..., 1] > 0) != wanted).sum())) > 0:
        assert time.monotonic() < end, f"{wrong} pixels differ at {view}"
        time.sleep(0.05)


def test_x_decides_what_is_in_doubt(display: str, tmp_path: Path) -> None:
    path = tmp_path / "wave.vm"
    path.write_bytes(WAVE)
    view = View.parse("0,0@3e3")
    with Viewer(display, path, f"--view={view}") as viewer:
        viewer.wait_for_frame()
        viewer.key("Tab", "x")
        viewer.wait_for_panel("decided again: 0 pixels, undecided: none")
        viewer.key("Tab")
        assert_exact(viewer, view)
        viewer.key("Left")
        assert_exact(viewer, view.panned(min(SIZE) / 20, 0, SIZE))
        seen = len(viewer.events())
        viewer.key("Tab")
        viewer.wait_for_panel("undecided: none", since=seen)
        seen = len(viewer.events())
        viewer.key("x")
        viewer.wait_for(
            lambda event: (
                event["event"] == "frame" and not any("exact" in panel for panel in event["panels"])
            ),
            since=seen,
        )
