"""How a program is drawn in a real window: what is chosen, and what is shown until then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, x_server
from tests.window.desktop import Viewer
from tests.window.disc import SIZE, disc
from viewer.view import View

TINY = (120, 90)
"""A screen on which the interpreter is fast, whatever the device."""


def scattered(count: int) -> bytes:
    """A wavy disc in the middle and so many out of sight: five lines each."""
    lines = ["x var-x", "y var-y", "f const 9", "g const 0.1", "p mul f y", "w sin p"]
    lines += ["v mul g w", "sx add x v", "yy square y", "r const 0.25"]
    root = "t0"
    for n in range(count + 1):
        lines += [
            f"c{n} const {1000 + 7 * n if n else 0}",
            f"d{n} sub sx c{n}",
            f"q{n} square d{n}",
        ]
        lines += [f"s{n} add q{n} yy", f"t{n} sub s{n} r"]
        if n:
            lines.append(f"m{n} min {root} t{n}")
            root = f"m{n}"
    return "\n".join(lines).encode()


def engine(viewer: Viewer, words: str) -> str:
    """The engine's line of the numbers, once it has these words."""
    frame = viewer.wait_for_panel(words)
    (panel,) = (panel for panel in frame["panels"] if words in panel)
    line = next(line for line in panel.splitlines() if line.startswith("engine"))
    return " ".join(line.split())


def test_a_formula_is_drawn_by_tiles(display: str, tmp_path: Path) -> None:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc())
    with Viewer(display, path) as viewer:
        viewer.key("Tab")
        assert engine(viewer, "exact at") == "engine tiles, 1 test, exact at any zoom"


def test_shaders_stay_where_tiles_leave_most_of_the_work(display: str, tmp_path: Path) -> None:
    with Viewer(display, ROOT / "assets" / "frost.vm", folder=tmp_path) as viewer:
        viewer.key("Tab")
        found = engine(viewer, ": tiles")
        assert "glsl, " in found
        assert "of the work" in found or "for a new view" in found
        viewer.key("Tab")
        viewer.assert_shows(View(), SIZE)


def test_tiles_are_taken_where_they_are_measured_to_be_faster(
    display: str, shared: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bear.vm"
    shutil.copy(shared / "models" / "bear.vm", path)
    with Viewer(display, path) as viewer:
        shown = viewer.wait_for_frame()  # by straight-line shaders, at once
        viewer.key("Tab")
        found = engine(viewer, " ms a frame, glsl ")
        assert found.startswith("engine tiles, 1 test: ")
        assert viewer.frames()[-1]["picture"] > shown["picture"]
        viewer.key("Tab")
        viewer.assert_shows(View(), SIZE)


@pytest.fixture
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with x_server(tmp_path_factory.mktemp("tiny"), TINY) as name:
        yield name


def test_the_interpreter_draws_until_the_shaders_are_there(
    tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESA_SHADER_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "scattered.vm"
    path.write_bytes(scattered(1000))
    with Viewer(tiny, path) as viewer:
        first = viewer.wait_for(lambda e: e["event"] == "frame" and e["picture"] == 1)
        assert not first["complete"]
        viewer.assert_shows(View(), tuple(first["size"]))
        viewer.wait_for_frame()
        events = viewer.events()
        shown = events.index(first)
        early, late = (
            {event["status"].split()[0] for event in part if event["event"] == "progress"}
            for part in (events[:shown], events[shown:])
        )
        assert early <= {"reading", "preparing"}
        assert late == {"compiling"}
        assert viewer.frames()[-1]["picture"] >= 2
        viewer.assert_shows(View(), tuple(first["size"]))
