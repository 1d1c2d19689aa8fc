"""`prospero bench --render`: a real picture, drawn and written, and its figures."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from viewer.bench import rendering
from viewer.bench.rendering import Rendering
from viewer.cli import main
from viewer.picture.render import render_runs

SECONDS = ("setup", "render", "write", "pack", "render_cpu", "write_cpu", "pack_cpu", "process")


@pytest.mark.gl
def test_the_figures_are_of_one_picture(disc: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "disc.vm", "--render", "--size", "700", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["file"], told["view"], told["size"]) == ("disc.vm", "0,0@1", 700)
    assert told["machine"] and told["engine"] and told["turns"] == rendering.TURNS
    assert all(told[f"{name}_s"] > 0 for name in SECONDS)
    for names in (("ratio", "render_s", "write_s"), ("cpu_ratio", "render_cpu_s", "write_cpu_s")):
        ratio, rendered, written = (told[name] for name in names)  # each rounded to four digits
        assert abs(ratio * written - rendered) < 1e-4 * (1 + ratio)
    assert 0 < told["file_mb"] < 0.1
    assert told["peak_mb"] > 30
    assert list(disc.parent.iterdir()) == [disc], "something is left lying about"


@pytest.mark.gl
def test_large_pictures_are_known_in_parts(disc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All their rows once, and never more than so many pixels."""
    monkeypatch.setattr(rendering, "KNOWN", 60_000)
    monkeypatch.setattr(rendering, "TURNS", 1)
    monkeypatch.setattr(rendering, "render_runs", partial(render_runs, strip=600 * 50))
    written: list[int] = []

    def write(target: Path, strips: list[Any]) -> None:
        written.append(sum(map(len, strips)))

    monkeypatch.setattr(rendering, "_write", write)
    run = Rendering(disc, "0,0@1", 600)
    steps = list(run.run())
    assert steps == ["set-up", "known", "render", "write", "pack", "command"]
    assert len(steps) == run.steps
    assert written == [*6 * [100], 600]


def test_figures_of_a_run_that_was_stopped(disc: Path) -> None:
    run = Rendering(disc, "0,0@1", 64)
    assert run.figures()["ratio"] is None
    assert "render s" in run.text(as_json=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--engines", "tiles"], "--render draws as prospero render does"),
        (["--plot", "a.svg"], "--render draws as prospero render does"),
        (["--size", "2000000"], "bad size 2000000x2000000"),
        (["--ops"], "not allowed with argument"),
    ],
)
def test_what_makes_no_sense_is_refused(
    disc: Path, capfd: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    try:
        status = main(["bench", "disc.vm", "--render", *options])
    except SystemExit as left:
        status = left.code  # type: ignore[assignment]
    assert status == 2
    assert message in capfd.readouterr().err
