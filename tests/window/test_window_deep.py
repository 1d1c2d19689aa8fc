"""Deep views of programs that are no formulas over quadratics, in a real window."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np

from tests.conftest import ROOT
from tests.window.desktop import PATIENCE, Viewer
from tests.window.disc import SIZE
from viewer.engines.deep import Doubles
from viewer.passes import optimise
from viewer.program import parse
from viewer.view import Grid, View


def rows(viewer: Viewer, words: str) -> dict[str, str]:
    """The numbers, once they have these words, and all are known."""
    found = viewer.wait_for(
        lambda event: (
            event["event"] == "frame"
            and any(words in panel and "…\n" not in f"{panel}\n" for panel in event["panels"])
        )
    )
    (panel,) = (text for text in found["panels"] if words in text)
    pairs = (tuple(line.split(maxsplit=1)) for line in panel.splitlines())
    return dict(pairs)


def assert_shows(viewer: Viewer, view: View) -> None:
    """That the window becomes what float64 draws of the local program."""
    grid = Grid(view, *SIZE)
    with Doubles(optimise(parse(viewer.path.read_bytes()))) as engine:
        wanted = engine.inside(grid, grid.whole)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = viewer.screenshot(SIZE)
        wrong = int(((found > 127) != wanted[..., np.newaxis]).any(axis=2).sum())
        if wrong <= wanted.size / 5_000:
            return
        time.sleep(0.05)
    raise AssertionError(f"{wrong} of {wanted.size} pixels differ at {view}")


def test_a_fractal_is_as_right_as_at_home(display: str, tmp_path: Path) -> None:
    view = "0.7,0.28@1e30"
    path = tmp_path / "frost.vm"
    shutil.copy(ROOT / "assets" / "frost.vm", path)
    with Viewer(display, path, "--view", view) as viewer:
        viewer.wait_for_frame(view=view)
        assert_shows(viewer, View.parse(view))
        viewer.key("Tab")
        found = rows(viewer, "precision")
        assert found["engine"].startswith("glsl, ")
        assert found["engine"].endswith(" operations around here")
        assert found["precision"].startswith("edges within 0.00")


def test_the_wheel_goes_down_and_home_again(display: str, tmp_path: Path) -> None:
    path = tmp_path / "jellyfish.vm"
    shutil.copy(ROOT / "assets" / "jellyfish.vm", path)
    with Viewer(display, path, "--view", "0.08,0.32@6") as viewer:
        viewer.wait_for_frame()
        viewer.move_to(SIZE[0] // 2, SIZE[1] // 2)
        for button, zoom in ((4, "@6291456"), (5, "@6")):  # 20 octaves in, and out
            for _ in range(8):
                viewer.xdotool("click", "--repeat", 10, "--delay", 5, button)
            end = time.monotonic() + PATIENCE
            while not (last := viewer.frames()[-1])["complete"] or not last["view"].endswith(zoom):
                assert time.monotonic() < end, last
                time.sleep(0.02)
        assert not viewer.frames()[-1]["problem"]
        viewer.key("Home")
        viewer.wait_for_frame(view="0.08,0.32@6")
        assert_shows(viewer, View.parse("0.08,0.32@6"))
