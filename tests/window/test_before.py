"""The program before the last change of a file: one is kept, and given back when it is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import moderngl
import pytest

from tests.window.disc import disc
from viewer.gpu.overlay import info
from viewer.gpu.painter import Painter
from viewer.view import Grid, View
from viewer.window.show.compiler import Compiler, Made

GRID = Grid(View(), 64, 48)


@pytest.fixture
def compiler(ctx: moderngl.Context) -> Iterator[Compiler]:
    info(ctx)  # asked for in a thread first, it would be zeros for ever
    made = Compiler(ctx)
    yield made
    made.release()


def shown(compiler: Compiler, path: str, data: bytes) -> Made:
    """What a file becomes on the screen."""
    compiler.start(Path(path), data, GRID)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        result = compiler.step()
        if isinstance(result, Made):
            return result
        time.sleep(0.001)
    raise AssertionError("not made in time")


def watched(painter: Painter, released: list[Painter], patch: pytest.MonkeyPatch) -> Painter:
    """Writes down when it is given back."""
    release = painter.release

    def told() -> None:
        released.append(painter)
        release()

    patch.setattr(painter, "release", told)
    return painter


def test_one_program_before_is_kept(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    released: list[Painter] = []
    painters = []
    for n, size in enumerate((0.25, 0.3, 0.35)):
        made = shown(compiler, "a.vm", disc(0, 0, size))
        painters.append(watched(made.painter, released, monkeypatch))
        before = compiler.before.painter if compiler.before else None
        assert before is (painters[n - 1] if n else None)
    assert released == painters[:1]
    other = watched(shown(compiler, "b.vm", disc()).painter, released, monkeypatch)
    assert compiler.before is None
    assert set(map(id, released)) == set(map(id, painters))
    compiler.release()
    assert released[-1] is other
    assert len(released) == len(painters) + 1
