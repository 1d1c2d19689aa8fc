"""Whenever a process is killed: the old file or the whole new one, and it is gone on with."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.picture.kills import Mortals, mortals
from tests.picture.saved import OLD, keep, names
from viewer.picture.formats.table import FORMATS

ENDINGS = [row.endings[0] for row in FORMATS if row.name != "pbm"]


@pytest.fixture(scope="module")
def server() -> Iterator[Mortals]:
    """Who forks the processes that are killed."""
    with mortals() as found:
        yield found


@pytest.fixture(scope="module")
def wholes(server: Mortals, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files that nobody interrupts, by their endings."""
    folder = tmp_path_factory.mktemp("whole")
    for ending in ENDINGS:
        assert server.draw(folder / f"a{ending}")
    return {ending: (folder / f"a{ending}").read_bytes() for ending in ENDINGS}


def finished(path: Path, whole: bytes) -> bool:
    """Whether the target is the whole file; else it must be the old one, and nothing but what is
    begun beside it."""
    beside = {f".prospero-{path.name}.{what}" for what in ("part", "journal")}
    assert set(names(path.parent)) <= {path.name, *beside}
    found = path.read_bytes()
    assert found in (OLD, whole)
    return found == whole


def is_swept(path: Path) -> bool:
    """Whether nothing is left after the next save in the folder."""
    keep(path.with_name("other.pgm"))
    return names(path.parent) == sorted([path.name, "other.pgm"])


@pytest.mark.parametrize("kills", [15, pytest.param(1000, marks=pytest.mark.slow)])
def test_kills_at_random_moments(
    server: Mortals, wholes: dict[str, bytes], tmp_path: Path, kills: int
) -> None:
    chance = random.Random(kills)
    start = time.perf_counter()
    server.draw(tmp_path / "a.png")
    longest = time.perf_counter() - start
    killed = pictures = 0
    while killed < kills:
        ending = ENDINGS[pictures % len(ENDINGS)]
        path = tmp_path / f"{pictures}" / f"a{ending}"
        path.parent.mkdir()
        path.write_bytes(OLD)
        while not finished(path, wholes[ending]):
            killed += not server.draw(path, seconds=chance.uniform(0, longest))
        assert is_swept(path)
        pictures += 1


@pytest.mark.parametrize(
    "ending",
    [pytest.param(ending, marks=[pytest.mark.slow] * (ending != ".png")) for ending in ENDINGS],
)
def test_kills_in_every_call_of_the_operating_system(
    server: Mortals, wholes: dict[str, bytes], tmp_path: Path, ending: str
) -> None:
    calls, done = 0, False
    while not done:
        calls += 1
        path = tmp_path / f"{calls}" / f"a{ending}"
        path.parent.mkdir()
        path.write_bytes(OLD)
        done = server.draw(path, calls=calls)
        if not finished(path, wholes[ending]):
            server.draw(path, calls=1 + calls % 23)  # another dies while it goes on
        if not finished(path, wholes[ending]):
            assert server.draw(path)
        assert finished(path, wholes[ending])
        assert is_swept(path)
    assert calls > 20
