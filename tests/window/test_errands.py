"""Work in the background: asked for until it is there, and not done for nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from viewer.errors import FileError
from viewer.window.errands import Errands


@pytest.fixture
def errands() -> Iterator[Errands]:
    found = Errands()
    yield found
    found.close()


def awaited(errands: Errands, ask: Callable[[], object]) -> object:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        errands.collect()
        if (answer := ask()) is not None:
            return answer
        time.sleep(0.001)
    raise AssertionError("no answer")


def test_an_answer_comes_once_and_is_kept(errands: Errands) -> None:
    calls: list[int] = []

    def work() -> int:
        calls.append(1)
        return 7

    assert awaited(errands, lambda: errands.ask("a", 1, work)) == 7
    assert errands.ask("a", 1, work) == 7
    assert calls == [1]
    assert not errands.busy
    errands.forget("a")
    assert errands.latest("a") is None


def test_only_the_newest_question_of_a_kind_is_worked_on(errands: Errands) -> None:
    gate = threading.Event()
    done: list[int] = []

    def work(n: int) -> int:
        gate.wait(20)
        done.append(n)
        return n

    errands.ask("other", 0, lambda: work(0))
    for n in range(1, 9):
        assert errands.ask("a", n, partial(work, n)) is None
        assert errands.busy
    gate.set()
    assert awaited(errands, lambda: errands.ask("a", 8, lambda: work(8))) == 8
    assert done == [0, 8]
    assert errands.latest("a") == 8


def test_another_answer_is_not_mistaken(errands: Errands) -> None:
    assert awaited(errands, lambda: errands.ask("a", 1, lambda: "one")) == "one"
    assert errands.ask("a", 2, lambda: "two") is None
    assert errands.ask("b", 1, lambda: "b") is None
    assert awaited(errands, lambda: errands.ask("a", 2, lambda: "two")) == "two"


def test_an_error_is_an_answer(errands: Errands) -> None:
    def fail() -> None:
        raise FileError("a.toml: no space")

    assert str(awaited(errands, lambda: errands.ask("a", 1, fail))) == "a.toml: no space"
