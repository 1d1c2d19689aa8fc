"""Storms of random events: no exception, no GL error, an answer within seconds, flat memory.

A failure names its storm, `PROSPERO_STORM=SEED` blows it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom

import pytest

from tests.window.desktop import Viewer
from tests.window.hand import Hand
from tests.window.storm import DISC, Storm
from viewer.window.controls import BINDINGS
from viewer.window.keyfile import trigger_of

SEED = int(os.environ.get("PROSPERO_STORM") or SystemRandom().randrange(10**6))
GUST = 50
"""Events between two looks whether the window answers."""
WARM = 0.2
"""The part of a storm after which memory is to be flat: all shaders are made, all fonts loaded."""
GROWTH = 32 * 2**20
"""Bytes that memory may differ by in the rest, up to what a large picture takes for a while."""


@pytest.fixture
def storm(display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storm]:
    monkeypatch.setenv("VISUAL", "true")
    path = tmp_path / "first.vm"
    path.write_text(DISC.format(0.5))
    with Viewer(display, path) as viewer:
        viewer.wait_for_frame()
        storm = Storm(viewer, display, tmp_path, SEED)
        try:
            yield storm
        finally:
            storm.close()
    assert viewer.process.returncode in (0, -15, 143), viewer.process.returncode


def blown(storm: Storm, events: int) -> list[int]:
    """The memory after each gust."""
    found = []
    for _ in range(0, events, GUST):
        storm.blow(GUST)
        found.append(storm.calm())
    return found


def test_the_keyboard_has_every_key_of_the_table(display: str) -> None:
    with Hand(display) as hand:
        for trigger in BINDINGS:
            assert (hand.codes(trigger) is None) == (trigger_of(trigger) is None), trigger


def test_a_storm_of_events_is_survived(storm: Storm) -> None:
    blown(storm, 300)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_events_are_survived_in_the_same_memory(storm: Storm) -> None:
    found = blown(storm, 10_000)
    warm, last = found[int(WARM * len(found))], sorted(found[-10:])[5]
    print(f"storm {SEED}: {warm / 2**20:.0f} MB, at last {last / 2**20:.0f} MB")
    assert last - warm < GROWTH, [round(size / 2**20) for size in found]
