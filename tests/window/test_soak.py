"""Hours of random use in flat memory.

    python3 scripts/test.py -m slow -s -k soak                          an hour
    PROSPERO_SOAK=600 python3 scripts/test.py -m slow -s -k soak        so many seconds

It prints the memory once a minute. Its short form is the storm that the ordinary tests blow.
"""

from __future__ import annotations

import os
import time

import pytest

from tests.window.storm import Storm

SECONDS = float(os.environ.get("PROSPERO_SOAK", "3600"))
GUST = 20
"""Events at once; then the hand rests, as long as that took."""
GROWTH = 24 * 2**20
"""Bytes that the last quarter may take more than the second: pictures come and go."""


@pytest.mark.slow
@pytest.mark.timeout(100_000)
def test_soak_in_flat_memory(storm: Storm) -> None:
    start, found, minute = time.monotonic(), list[int](), 0
    while (now := time.monotonic() - start) < SECONDS:
        storm.blow(GUST)
        found.append(storm.calm())
        time.sleep(time.monotonic() - start - now)
        if now // 60 > minute:
            minute = int(now // 60)
            print(f"{minute:4} min, {len(storm.done):,} events: {found[-1] / 2**20:.0f} MB")
    quarter = len(found) // 4
    second, last = (middle(part) for part in (found[quarter : 2 * quarter], found[-quarter:]))
    assert last - second < GROWTH, f"storm {storm.seed}: {second:,} bytes, at last {last:,}"


def middle(sizes: list[int]) -> int:
    return sorted(sizes)[len(sizes) // 2]
