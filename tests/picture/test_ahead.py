"""Work done in threads while what comes next is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.picture.formats.ahead import ahead


@given(st.lists(st.integers(), max_size=30), st.integers(1, 4))
def test_work_ahead_comes_in_order_and_is_bounded(items: list[int], threads: int) -> None:
    taken = 0

    def source() -> Iterator[int]:
        nonlocal taken
        for item in items:
            taken += 1
            yield item

    for done, result in enumerate(ahead(lambda n: n * n, source(), threads)):
        assert result == items[done] ** 2
        assert taken - done <= threads + 1
    assert taken == len(items)


@pytest.mark.parametrize("place", ["items", "work"])
def test_work_ahead_raises_what_was_raised(place: str) -> None:
    def source() -> Iterator[int]:
        yield 1
        if place == "items":
            raise OSError("items")
        yield 0

    with pytest.raises(OSError if place == "items" else ZeroDivisionError):
        list(ahead(lambda n: 1 // n, source(), 2))
