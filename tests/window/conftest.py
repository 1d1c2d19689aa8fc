"""A window on a disc, of one library or of each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom

import pytest

from tests.window.desktop import Viewer
from tests.window.disc import SIZE, disc
from tests.window.storm import DISC, Storm
from viewer.view import View
from viewer.window.backends import NAMES

both = pytest.mark.parametrize("viewer", NAMES, indirect=True)
"""Runs a test of `viewer` with each window library; else that is the first of them."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "disc.vm"
    path.write_bytes(disc(0.25, -0.125))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


@pytest.fixture
def viewer(display: str, path: Path, request: pytest.FixtureRequest) -> Iterator[Viewer]:
    library = getattr(request, "param", NAMES[0])
    with Viewer(display, path, "--backend", library) as viewer:
        viewer.move_to(700, 500)
        viewer.wait_for_frame()
        viewer.assert_shows(View(), SIZE)
        yield viewer


@pytest.fixture
def storm(
    display: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Storm]:
    """A window, and the storm that PROSPERO_STORM names, or any other."""
    library = getattr(request, "param", NAMES[0])
    programs = tmp_path / "programs"  # in the place of those that would open windows, too
    programs.mkdir()
    (programs / "xdg-open").symlink_to(shutil.which("true") or "")
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    monkeypatch.setenv("VISUAL", "true")
    seed = int(os.environ.get("PROSPERO_STORM") or SystemRandom().randrange(10**6))
    path = tmp_path / "first.vm"
    path.write_text(DISC.format(0.5))
    with Viewer(display, path, "--backend", library) as viewer:
        viewer.wait_for_frame()
        storm = Storm(viewer, display, tmp_path, seed)
        try:
            yield storm
        finally:
            storm.close()
    assert viewer.process.returncode in (0, -15, 143), viewer.process.returncode
