"""`prospero bench` as people run it: real processes, real engines, 64 pixels a side."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from tests.bench.helpers import SOURCE
from tests.conftest import ROOT
from viewer.bench.machine import busy, machine, peak_memory
from viewer.bench.process import Process
from viewer.bench.race import Race
from viewer.bench.worker import FILL, pack, unpack
from viewer.cli import main
from viewer.engines import registry
from viewer.engines.blocks import Blocks
from viewer.engines.engine import DrawsElsewhere, Sparing
from viewer.errors import DrawError, NoDeviceError
from viewer.passes import optimise
from viewer.program import Program, parse
from viewer.view import Grid, View

NUMBER = (int, float, type(None))
KEYS = {
    "setup_ms": NUMBER,
    "first_ms": NUMBER,
    "frame_ms": NUMBER,
    "fill_ratio": NUMBER,
    "ops_per_pixel": NUMBER,
    "peak_mb": NUMBER,
    "differing_pixels": (int, type(None)),
    "size": (int, type(None)),
    "engine": (str,),
}


def test_json_and_plot_of_real_engines(disc: Path) -> None:
    arguments = ["disc.vm", "--size", "64", "--engines", "blocks,cupy,glsl", "--limit", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "viewer", "bench", *arguments, "--json", "--plot", "out.svg"],
        env={"PYTHONPATH": str(ROOT), "PATH": "", "SystemRoot": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["file"] == "disc.vm" and told["size"] == 64
    assert told["machine"] and told["fill_ms"] > 0
    assert [row["engine"] for row in told["rows"]] == ["blocks", "cupy", "glsl"]
    for row in told["rows"]:
        assert {key for key, kinds in KEYS.items() if not isinstance(row[key], kinds)} == set()
        assert (row["frame_ms"] is None) == (row["note"] is not None)
    blocks = told["rows"][0]
    assert blocks["differing_pixels"] == 0 and blocks["frames"] > 9
    assert blocks["peak_mb"] > 20 and blocks["ops_per_pixel"] == 6
    ratio = blocks["fill_ratio"]  # each of the three is rounded to thousandths
    assert abs(ratio * blocks["fill_ms"] - blocks["frame_ms"]) < 1e-3 * (1 + ratio)
    assert ElementTree.parse("out.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ("disc.vm --engines blocks,fast", 2, "unknown engine 'fast', expected some of numpy "),
        ("disc.vm --size 0", 2, "bad --size '0', expected whole numbers from 1"),
        ("disc.vm --size 64x64", 2, "bad --size '64x64', expected whole numbers from 1"),
        ("disc.vm --size 2000000", 2, "bad size 2000000x2000000, expected 1 to 1000000 pixels"),
        ("disc.vm --sizes 64,,8", 2, "bad --sizes '', expected whole numbers from 1"),
        ("disc.vm --limit -1", 2, "bad --limit '-1', expected whole numbers from 1"),
        ("disc.vm --view 1", 2, "bad view '1', expected x,y@zoom"),
        ("disc.vm --plot out.png", 2, "bad plot 'out.png', expected a name that ends in .svg"),
        ("disc.vm --plot no/out.svg", 1, "no/out.svg: there is no folder no"),
        ("disc.vm --plot old.svg", 1, "old.svg: exists already (--force replaces it)"),
        ("bad.vm", 1, "bad.vm:1:3: unknown opcode"),
        ("none.vm", 1, "none.vm: "),
    ],
)
def test_what_is_not_possible_is_said_at_once(
    disc: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    status: int,
    message: str,
) -> None:
    monkeypatch.setattr(Race, "run", lambda race: pytest.fail("it was run"))
    Path("old.svg").write_text("old")
    Path("bad.vm").write_bytes(b"x what\n")
    assert main(["bench", *arguments.split()]) == status
    said = capsys.readouterr()
    assert said.err.startswith(message) and said.err.count("\n") == 1
    assert not said.out and Path("old.svg").read_text() == "old"


def test_an_interruption_prints_what_there_is(
    disc: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Race.run

    def interrupted(race: Race) -> Iterator[str]:
        for step in run(race):
            yield step
            if step == "round 2 of 9":
                raise KeyboardInterrupt

    monkeypatch.setattr(Race, "run", interrupted)
    assert main(["bench", "disc.vm", "--size", "64", "--engines", "blocks"]) == 130
    assert "\nblocks" in capsys.readouterr().out


def test_a_process_that_is_gone_is_an_error_of_the_engine() -> None:
    process = Process("no-such-engine", cold=True)
    with pytest.raises(DrawError, match=r"its process ended with status 1 .*unknown engine"):
        process.ask("first", 60, size=64)
    process.close()


def test_a_process_that_does_not_answer_is_given_up() -> None:
    process = Process("blocks", cold=False)
    with pytest.raises(DrawError, match="gave up after 0 s"):
        process.ask("first", 0, size=64)
    process.close()


def test_a_process_says_what_failed() -> None:
    process = Process("numpy", cold=False)
    wrong = {"source": "x var-x\ny no x\n", "name": "odd.vm", "view": "0,0"}
    with pytest.raises(DrawError, match=r"odd.vm:2:3: unknown opcode"):
        process.ask("set_up", 60, **wrong)
    process.ask("set_up", 60, **{**wrong, "source": "x var-x\ny neg x\n"})
    assert process.ask("first", 60, size=8)["ops_per_pixel"] == 1
    process.close()


@pytest.mark.skipif(find_spec("cupy") is not None, reason="a GPU may be here")
def test_a_process_says_what_is_missing() -> None:
    process = Process("cupy", cold=False)
    with pytest.raises(NoDeviceError, match="needs CuPy"):
        process.ask("set_up", 60, source="x var-x", name="x.vm", view="0,0")
    process.close()


@given(arrays(np.bool_, (13, 13)))
def test_a_picture_travels_as_text(picture: Any) -> None:
    assert np.array_equal(unpack(pack(picture), 13), picture)


def test_the_machine_is_described_without_its_name() -> None:
    described = machine("a renderer")
    assert "a renderer" in described and platform.python_version() in described
    assert np.__version__ in described
    assert socket.gethostname() not in described.split()
    assert FILL not in registry.names()


def test_a_busy_machine_is_seen() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as at_work:
        while busy() < 50 / (os.cpu_count() or 1):
            assert at_work.poll() is None
        at_work.kill()


def test_peak_memory_is_seen() -> None:
    before = peak_memory()
    more = before + 2**26  # above whatever the peak was
    array = np.ones(more, np.uint8)
    assert max(before, array.nbytes) <= peak_memory()


FILLS = """
from viewer.gpu.fill import Fill
fill = Fill()
for width, height in ((5, 3), (64, 64), (5, 3)):
    target = fill.target((width, height))
    target.clear(0.5)
    fill.draw((width, height))
    assert target.read(components=4, alignment=1) == bytes([255]) * (4 * width * height)
fill.release()
"""


def test_the_fill_fills(ctx: Any) -> None:
    subprocess.run([sys.executable, "-c", FILLS], cwd=ROOT, check=True)


@pytest.mark.parametrize("name", registry.names())
def test_a_picture_that_was_drawn_before_is_the_same(name: str) -> None:
    program, grid = optimise(parse(SOURCE)), Grid(View(), 64, 64)
    try:
        engine = registry.create(name, program)
    except NoDeviceError as error:
        pytest.skip(f"a GPU or a package is missing: {error}")
    if isinstance(engine, DrawsElsewhere):
        engine.prepare()
        for side in (64, 100, 64):
            engine.redraw(Grid(View(), side, side))
    if isinstance(engine, Sparing):
        assert 0 < engine.operations(grid) <= 10 * program.operations
    # Sides that are powers of two: the disc is the same in every float type.
    assert np.array_equal(engine.inside(grid, grid.whole), drawn(program, grid))
    engine.close()


def drawn(program: Program, grid: Grid) -> Any:
    with Blocks(program) as blocks:
        return blocks.inside(grid, grid.whole)
