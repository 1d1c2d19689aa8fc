"""Bands and lines in films: round values, and no frame in which they jump."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.picture.commands import picture
from tests.picture.films import filmed
from tests.picture.shapes import DISC
from viewer.flight import Tour
from viewer.picture.api import Mode, render
from viewer.picture.film.steps import Steps, mixed, steps_of
from viewer.view import View

RATE = 12


def still(_: int) -> Fraction:
    """The scale of a film that does not zoom."""
    return Fraction(1)


NOTHING = ((Decimal(1), 1.0),)
STEP = Decimal(10) * Decimal(10) ** (Decimal(1) / 6)


def apart(a: Steps, b: Steps) -> float:
    """How much of a picture is of other steps."""
    before, after = dict(a), dict(b)
    return sum(abs(before.get(k, 0) - after.get(k, 0)) for k in {*before, *after}) / 2


@given(st.floats(-300, 300), st.floats(0, 1e-3))
def test_steps_are_the_round_ones_around_and_change_little_by_little(
    power: float, more: float
) -> None:
    wanted = Decimal(10) ** Decimal(power)
    steps = mixed(wanted)
    assert sum(part for _, part in steps) == pytest.approx(1)
    assert all(part > 0 for _, part in steps)
    assert all(step.normalize().as_tuple().digits in ((1,), (2,), (5,)) for step, _ in steps)
    assert all(0.4 <= step / wanted <= 2.5 for step, _ in steps)
    assert apart(steps, mixed(wanted * Decimal(1 + more))) <= 3 * more


@pytest.mark.parametrize("text", ["1", "2", "5", "1e-30", "5e200"])
def test_where_one_is_wanted_there_is_one(text: str) -> None:
    assert mixed(Decimal(text)) == ((Decimal(text), 1),)


@given(st.lists(st.floats(-1, 1), min_size=8, max_size=8), st.integers(30, 80))
def test_no_frame_has_quite_other_steps_than_the_one_before(
    octaves: list[float], frames: int
) -> None:
    """Even where what suits the views by themselves changes at random."""
    steps = steps_of(lambda k: Fraction(2.0 ** octaves[k % 8]), still, frames, RATE, lines=True)
    found = [steps(frame) for frame in range(frames)]
    assert max(apart(before, after) for before, after in pairwise(found)) < 0.9
    assert all(2**-4 < step < 2**6 for one in found for step, _ in one)


@given(st.lists(st.one_of(st.none(), st.just(0.0)), min_size=8, max_size=8), st.integers(2, 80))
def test_frames_without_a_slope_are_passed_over(octaves: list[float | None], frames: int) -> None:
    def usual(frame: int) -> Fraction | None:
        assert 0 <= frame < frames
        return None if octaves[frame % 8] is None else Fraction(10)

    steps = steps_of(usual, still, frames, RATE, lines=True)
    for frame in range(frames):
        assert min(apart(steps(frame), one) for one in (NOTHING, mixed(STEP))) < 1e-6


@pytest.mark.parametrize(("depth", "ramp", "known"), [("1e6", 0, False), ("1e900", 15, True)])
def test_it_follows_the_zoom(depth: str, ramp: int, known: bool) -> None:
    """However fast that changes, where it is known how fast."""
    tour = Tour((View(), View.parse(f"0,0@{depth}")), 61, ramp)
    scales = [1 / tour.at(frame).zoom for frame in range(61)]
    scale = scales.__getitem__ if known else still
    steps = steps_of(lambda frame: 3 * scales[frame], scale, 61, RATE, lines=False)
    for frame in range(61):
        ((step, part),) = steps(frame)
        assert part == 1
        assert float(Fraction(step) / scales[frame]) == pytest.approx(3 * 1.4678, rel=1e-3)


def pictures(folder: Path, mode: str, views: tuple[str, str]) -> list[NDArray[np.int64]]:
    """The frames of a film of a disc."""
    (folder / "disc.vm").write_text(DISC.text())
    like = ("--size=96", "--fps=20", "--seconds=2", "--no-ease", "--engine=blocks")
    ends = (f"--from={views[0]}", f"--to={views[1]}")
    filmed("disc.vm", "-o", "f%d.png", *like, *ends, f"--mode={mode}")
    return [picture(folder / f"f{k}.png").astype(np.int64) for k in range(1, 41)]


@pytest.mark.parametrize(
    ("mode", "views"),
    [
        ("iso", ("1.9,0.3@42.5", "1.9,0.3@43.1")),
        ("distance", ("1.9,0.3@31.8", "1.9,0.3@32.4")),
    ],
)
def test_lines_fade_and_do_not_jump(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode, views: tuple[str, str]
) -> None:
    """In a zoom that is so slow that nothing moves by a pixel, and changes the round step."""
    monkeypatch.chdir(tmp_path)
    film = pictures(tmp_path, mode, views)
    tour = Tour(tuple(map(View.parse, views)), 40)
    alone = [
        render(DISC, tour.at(k), (96, 96), engine="blocks", mode=mode).astype(int)
        for k in range(40)
    ]
    most, jump = (max(np.abs(a - b).mean() for a, b in pairwise(one)) for one in (film, alone))
    assert most < jump / 8
