"""Memory is given back at rest, and not too often."""

from __future__ import annotations

import pytest

from viewer.window import thrift
from viewer.window.thrift import EVERY, RESTS, Tidy


def test_memory_is_given_back_at_rest_where_something_was_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[float] = []
    now = 100.0
    monkeypatch.setattr(thrift, "give_back", lambda: given.append(now))
    monkeypatch.setattr(thrift, "keep_what_there_is", lambda: given.append(0.0))
    tidy = Tidy()
    tidy.rest(1.0, 0, now)
    tidy.rest(RESTS / 2, 3, now)
    assert given == []
    tidy.rest(1.0, 3, now)
    assert given == [0.0, 100.0]
    for now, frames in ((101.0, 4), (100 + EVERY, 3), (101 + EVERY, 4), (102 + 3 * EVERY, 4)):
        tidy.rest(1.0, frames, now)
    assert given == [0.0, 100.0, 101 + EVERY]


def test_the_c_library_is_asked_without_harm() -> None:
    thrift.use_few_arenas()
    thrift.give_back()
