"""Storms of random events: no exception, no GL error, an answer within seconds, flat memory.

A failure names its storm, `PROSPERO_STORM=SEED` blows it again:

    PROSPERO_STORM=31 python3 scripts/test.py -m slow -s -k ten_thousand
"""

from __future__ import annotations

import pytest

from tests.window.hand import Hand
from tests.window.storm import Storm
from viewer.window.backends import NAMES
from viewer.window.hands.controls import BINDINGS
from viewer.window.hands.keyfile import trigger_of

GUST = 50
"""Events between two looks whether the window answers."""
WARM = 0.2
"""The part of a storm after which memory is to be flat: all shaders are made, all fonts loaded."""
GROWTH = 32 * 2**20
"""Bytes that memory may differ by in the rest, up to what a large picture takes for a while."""


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


@pytest.mark.parametrize("storm", NAMES, indirect=True)
def test_a_storm_of_events_is_survived(storm: Storm) -> None:
    blown(storm, 300)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_events_are_survived_in_the_same_memory(storm: Storm) -> None:
    found = blown(storm, 10_000)
    warm, last = found[int(WARM * len(found))], sorted(found[-10:])[5]
    print(f"storm {storm.seed}: {warm / 2**20:.0f} MB, at last {last / 2**20:.0f} MB")
    assert last - warm < GROWTH, [round(size / 2**20) for size in found]
