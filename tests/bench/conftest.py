"""A program to run the bench on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.helpers import SOURCE


@pytest.fixture
def disc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small program in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "disc.vm"
    path.write_bytes(SOURCE)
    return path
