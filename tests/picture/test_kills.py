"""Whenever a process is killed: the old file or the whole new one, and it is gone on with."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.picture.kills import Mortals, mortals
from tests.picture.saved import OLD, keep, names
from viewer.picture.begun import rows_begun
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


class Target:
    """Where a picture goes in a folder of its own: in the place of an old file, or of none."""

    def __init__(self, folder: Path, ending: str, old: bool, whole: bytes) -> None:
        folder.mkdir()
        self.path, self.old, self._whole = folder / f"a{ending}", old, whole
        if old:
            self.path.write_bytes(OLD)

    @property
    def finished(self) -> bool:
        """Whether it is the whole file; else it must be as it was, and nothing but what is begun
        beside it."""
        beside = {f".prospero-{self.path.name}.{what}" for what in ("part", "journal")}
        assert set(names(self.path.parent)) <= {self.path.name, *beside}
        if not self.old and not self.path.exists():
            return False
        found = self.path.read_bytes()
        assert found == self._whole or (self.old and found == OLD)
        return found == self._whole

    @property
    def swept(self) -> bool:
        """Whether nothing is left after the next save in the folder."""
        keep(self.path.with_name("other.pgm"))
        return names(self.path.parent) == sorted([self.path.name, "other.pgm"])


@pytest.mark.timeout(900)
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
        ending, old = ENDINGS[pictures % len(ENDINGS)], chance.random() < 0.5
        target = Target(tmp_path / f"{pictures}", ending, old, wholes[ending])
        while not target.finished:
            seconds = chance.uniform(0, longest)
            killed += not server.draw(target.path, force=old, seconds=seconds)
        assert target.swept
        pictures += 1


@pytest.mark.parametrize(
    ("ending", "old"),
    [
        pytest.param(ending, old, marks=[pytest.mark.slow] * ((ending, old) != (".tif", False)))
        for ending in ENDINGS
        for old in (False, True)
    ],
)
def test_kills_in_every_call_of_the_operating_system(
    server: Mortals, wholes: dict[str, bytes], tmp_path: Path, ending: str, old: bool
) -> None:
    calls, done = 0, False
    while not done:
        calls += 1
        target = Target(tmp_path / f"{calls}", ending, old, wholes[ending])
        done = server.draw(target.path, force=old, calls=calls)
        if not target.finished:
            server.draw(target.path, force=old, calls=1 + calls % 23)  # while it goes on
        if not target.finished:
            assert server.draw(target.path, force=old)
        assert target.finished
        assert target.swept
    assert calls > 20


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("engine", "size", "name"),
    [("tiles", 50_000, "a.png"), ("glsl", 9_000, "a.tif"), ("jit", 7_000, "a.ppm")],
)
def test_kills_of_the_command(
    tmp_path: Path, request: pytest.FixtureRequest, engine: str, size: int, name: str
) -> None:
    if engine != "jit":
        request.getfixturevalue("context")
    program = str(ROOT / "assets" / "dreams.vm")
    options = [program, "--size", f"{size}", "--engine", engine, "--resume"]

    def start(target: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "viewer", "render", *options, "-o", target]
        return subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)

    begun = time.perf_counter()
    with start(f"whole{name}") as process:
        assert process.wait() == 0
    longest, chance, rows = time.perf_counter() - begun, random.Random(1), [0]
    while rows[-1] < size // 3:
        with start(name) as process:
            time.sleep(chance.uniform(1.5, max(2.0, 0.5 * longest)))
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert not (tmp_path / name).exists()
        rows.append(rows_begun(tmp_path / name))
        assert rows[-1] >= rows[-2]
    with start(name) as process:
        said, _ = process.communicate()
    assert f"{rows[-1]} rows of them from before" in said
    assert (tmp_path / name).read_bytes() == (tmp_path / f"whole{name}").read_bytes()
    assert names(tmp_path) == [name, f"whole{name}"]
