"""`prospero bench --window`: real windows, and their figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from viewer.bench import window
from viewer.bench.window import Window, changed
from viewer.cli import main
from viewer.engines.blocks import Blocks
from viewer.passes import optimise
from viewer.program import parse
from viewer.view import Grid, View

FEW = {"TURNS": 2, "REST": 0.2, "IDLE": 0.2, "SAVES": 3}


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in FEW.items():
        monkeypatch.setattr(window, name, value)


def test_the_figures_are_of_windows_and_saves(
    disc: Path, display: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    text = disc.read_bytes()
    assert main(["bench", "disc.vm", "--window", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["file"], told["windows"], told["saves"]) == ("disc.vm", 2, 3)
    assert 0 < told["open_least_s"] <= told["open_s"] <= told["open_most_s"]
    assert 0 < told["save_s"] <= told["save_p95_s"]
    assert told["memory_mb"] > 30
    assert 0 <= told["idle_percent"] <= 100
    assert told["machine"]
    assert list(disc.parent.iterdir()) == [disc], "something is left lying about"
    assert disc.read_bytes() == text


def test_without_a_display_it_says_so(
    disc: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert main(["bench", "disc.vm", "--window"]) == 3
    assert capfd.readouterr().err.startswith("no window: there is no display here")
    assert list(disc.parent.iterdir()) == [disc]


def test_figures_of_a_run_that_was_stopped(disc: Path) -> None:
    run = Window(disc)
    assert run.figures()["open_s"] is None
    assert "save p95 s" in run.text(as_json=False)


@pytest.mark.parametrize("option", [["--engines", "tiles"], ["--plot", "a.svg"]])
def test_what_makes_no_sense_is_refused(
    disc: Path, capfd: pytest.CaptureFixture[str], option: list[str]
) -> None:
    assert main(["bench", "disc.vm", "--window", *option]) == 2
    assert "--window is one window" in capfd.readouterr().err


def test_a_change_moves_the_shape(disc: Path) -> None:
    text = disc.read_bytes()
    moved = optimise(parse(changed(text, 500)))
    with Blocks(optimise(parse(text))) as before, Blocks(moved) as after:
        right, there = (Grid(View.parse(view), 90, 90) for view in ("0,0@1", "0.5,0@1"))
        expected = before.inside(right, right.whole)
        assert np.array_equal(after.inside(there, there.whole), expected)
    flat = b"a const -1\n"
    assert parse(changed(flat, 1)) == parse(flat)
    assert changed(flat, 1) != changed(flat, 2)
