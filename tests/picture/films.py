"""Filming for tests: the command, stand-ins for ffmpeg, what frames should be, what videos show."""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.picture.shapes import WAVES
from viewer.flight import Tour
from viewer.picture.api import render
from viewer.picture.film.command import add_options, prepare
from viewer.view import View

TO = "0.3,-0.2@40"
SIZE = (50, 34)
LIKE_THIS = ("--size=50x34", "--aa=1", "--fps=10", "--engine=blocks", "--to", TO, "--seconds")
KEEP = 'for last; do :; done; cat > "${last#file:}"'
"""An ffmpeg: what it is sent becomes the video."""


def filmed(
    *arguments: str, progress: Callable[[int], None] = lambda _: None
) -> tuple[str, list[str]]:
    """`prospero film` in this process and the current folder: the line that it prints, and what it
    tells beside. Raises what it would tell of in one line."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    said: list[str] = []
    return prepare(parser.parse_args(arguments), said.append).run(progress), said


def encoder(folder: Path, script: str) -> str:
    """A PATH with an ffmpeg that is that shell script and nothing else of that name."""
    place = folder.parent / f"{folder.name}-bin"
    place.mkdir(exist_ok=True)
    for name in ("sh", "cat", "sleep"):
        found = shutil.which(name)
        assert found
        (place / name).unlink(missing_ok=True)
        (place / name).symlink_to(found)
    if script:
        (place / "ffmpeg").write_text(f"#!{place}/sh\n{script}\n")
        (place / "ffmpeg").chmod(0o755)
    return str(place)


def frames(count: int, *views: str, ramp: float = 10) -> list[NDArray[np.uint8]]:
    """What frames of `waves.vm` should show."""
    tour = Tour(tuple(map(View.parse, views or ("0,0", TO))), count, ramp)
    return [render(WAVES, tour.at(k), SIZE, engine="blocks") for k in range(count)]


def sent(path: Path, count: int) -> NDArray[np.uint8]:
    """What an encoder that keeps was sent: shape (count, height, width, 3)."""
    width, height = SIZE
    return np.frombuffer(path.read_bytes(), np.uint8).reshape(count, height, width, 3)


def decoded(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The frames of a video: shape (count, height, width, 3)."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    command = [ffmpeg, "-loglevel", "error", "-i", path, "-fps_mode", "passthrough"]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True
    ).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3)


def names(folder: Path, but: Sequence[str] = ("waves.vm",)) -> set[str]:
    """What lies in a folder, hidden files too, beside the program."""
    return {path.name for path in folder.iterdir()} - set(but)
