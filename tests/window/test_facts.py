"""What the text over a picture is told: worked out beside the window, and of the right picture."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from viewer.engines.deep import value_at
from viewer.gpu.accuracy import EXACT, Accuracy
from viewer.gpu.easel import Easel, Picture
from viewer.program import parse
from viewer.view import Block, Grid, View
from viewer.window.errands import Errands
from viewer.window.session import Session, Shape
from viewer.window.show.compiler import Made
from viewer.window.text import facts as module
from viewer.window.text.facts import Asked
from viewer.window.text.hud import Facts

SIZE = 80, 60
PROGRAM = parse(b"x var-x\ny var-y\nr add x y")


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Those that values and accuracies were worked out by."""
    found: list[threading.Thread] = []

    def counted(*given: Any) -> Decimal:
        found.append(threading.current_thread())
        return value_at(*given)

    monkeypatch.setattr(module, "value_at", counted)
    return found


@pytest.fixture
def errands() -> Iterator[Errands]:
    errands = Errands()
    yield errands
    errands.close()


def made(threads: list[threading.Thread]) -> Made:
    def accuracy(grid: Grid) -> Callable[[], Accuracy]:
        def told() -> Accuracy:
            threads.append(threading.current_thread())
            return EXACT

        return told

    shape = Shape(Path("a.vm"), 3, 3, uses_z=False)
    painter = SimpleNamespace(accuracy=accuracy, summary="")
    return Made(shape, b"", PROGRAM, cast(Any, painter))


def asked_until(asked: Asked, errands: Errands, *about: Any) -> Facts:
    """Asks, as frames do, until all is known."""
    end = time.monotonic() + 20
    while True:
        errands.collect()
        found = asked.facts(*about)
        if not errands.busy or time.monotonic() > end:
            return found
        time.sleep(0.001)


def test_nothing_is_worked_out_by_the_window(
    threads: list[threading.Thread], errands: Errands
) -> None:
    asked, shown = Asked(errands), made(threads)
    for zoom in ("1", "1e300"):
        view = View.parse(f"0.25,0.5@{zoom}")
        easel = SimpleNamespace(picture=Picture(1, Grid(view, *SIZE)), whole=True, seconds=0.0)
        for cursor in ((3.0, 7.0), (70.5, 20.5)):
            session = Session(view=view, size=SIZE, hud=True, cursor=cursor)
            about = session, shown, cast(Easel, easel)
            found = asked_until(asked, errands, *about)
            block = Block(int(cursor[0]), int(cursor[1]), 1, 1)
            assert found.value == value_at(PROGRAM, session.grid, block)
            assert found.accuracy is EXACT
    assert len(threads) == 6
    assert threading.current_thread() not in threads


def test_another_picture_has_other_values(
    threads: list[threading.Thread], errands: Errands
) -> None:
    asked, shown = Asked(errands), made(threads)
    for number, x in enumerate(("1", "2")):
        view = View.parse(f"{x},0")
        easel = SimpleNamespace(picture=Picture(1, Grid(view, *SIZE)), whole=True, seconds=0.0)
        session = Session(view=view, size=SIZE, hud=True, cursor=(40.0, 30.0))
        about = session, shown, cast(Easel, easel)
        assert asked.facts(*about)[3:5] == (None, None), number
        assert asked_until(asked, errands, *about).value is not None
