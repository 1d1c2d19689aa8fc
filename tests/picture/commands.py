"""Commands as people run them: in processes of their own, and a folder with programs to draw."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import ROOT
from tests.picture.shapes import DISC, WAVES

SLOW = "x var-x\n" + "".join(
    f"v{n} sin {'x' if n == 0 else f'v{n - 1}'}\n" for n in range(2000)
)  # drawn without a GPU it takes minutes at 8192 x 8192
PROSPERO = [sys.executable, "-m", "viewer"]
ENVIRONMENT = dict(os.environ, PYTHONPATH=str(ROOT), PYTHONWARNINGS="error")
CPU = ("--engine", "blocks")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three programs, to run commands in."""
    (tmp_path / "disc.vm").write_text(DISC.text())
    (tmp_path / "waves.vm").write_text(WAVES.text())
    (tmp_path / "slow.vm").write_text(SLOW)
    return tmp_path


def new_names(folder: Path) -> set[str]:
    """What lies in the folder besides the programs."""
    return {path.name for path in folder.iterdir()} - {"disc.vm", "waves.vm", "slow.vm"}


def prospero(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`prospero` with those arguments, in a folder."""
    return subprocess.run(
        [*PROSPERO, *arguments],
        cwd=folder,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def mortal(process: subprocess.Popen[str]) -> Iterator[None]:
    """A process that does not outlive a test that fails."""
    try:
        yield
    except BaseException:
        process.kill()
        process.wait()
        raise


def picture(path: Path) -> NDArray[Any]:
    """The pixels of a file."""
    with Image.open(path) as found:
        return np.asarray(found)
