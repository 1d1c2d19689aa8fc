"""`prospero render` as a command: exit status, lines, files, signals, memory."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.picture.commands import (
    CPU,
    ENVIRONMENT,
    PROSPERO,
    folder,
    new_names,
    picture,
    prospero,
)
from tests.picture.shapes import DISC, WAVES
from viewer.picture.api import render
from viewer.view import View

__all__ = ["folder"]

NO_GL = {"__EGL_VENDOR_LIBRARY_DIRS": "/nonexistent", "__EGL_VENDOR_LIBRARY_FILENAMES": "/none"}


@pytest.mark.parametrize("name", ["a.png", "a.pgm", "a.ppm"])
def test_a_picture_is_written(folder: Path, name: str) -> None:
    done = prospero(folder, "render", "waves.vm", "-o", name, "--size", "70x50", *CPU)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{name}: 70 x 50 pixels, engine blocks, ")
    assert np.array_equal(picture(folder / name), render(WAVES, View(), (70, 50), engine="blocks"))
    assert new_names(folder) == {name}


@pytest.mark.parametrize(
    ("options", "view", "more"),
    [
        (["--center", "-0.4,0.5"], "-0.4,0.5", {}),
        (["--center=-.4,-5e-1", "--zoom", "2.5"], "-0.4,-0.5@2.5", {}),
        (["--view", "-0.4,0.5@1e1"], "-0.4,0.5@10", {}),
        (["--aa", "3"], "0,0", {"aa": 3}),
        (["--z", "-1.5"], "0,0", {"z": -1.5}),
        (["--grid", "reference"], "0,0", {"grid": "reference"}),
    ],
)
def test_options_reach_the_picture(
    folder: Path, options: list[str], view: str, more: dict[str, Any]
) -> None:
    done = prospero(folder, "render", "waves.vm", "-o", "a.png", "--size", "64", *CPU, *options)
    assert (done.returncode, done.stderr) == (0, "")
    expected = render(WAVES, View.parse(view), (64, 64), engine="blocks", **more)
    plain = render(WAVES, View(), (64, 64), engine="blocks")
    assert not np.array_equal(expected, plain)
    assert np.array_equal(picture(folder / "a.png"), expected)


def test_an_existing_file_needs_force(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"old")
    done = prospero(folder, "render", "disc.vm", "-o", "a.png", *CPU)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "a.png: exists already (--force replaces it)\n"
    assert (folder / "a.png").read_bytes() == b"old"
    assert prospero(folder, "render", "disc.vm", "-o", "a.png", "--force", *CPU).returncode == 0
    assert picture(folder / "a.png").shape == (1024, 1024)


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        ("none.vm -o b.png", 1, "none.vm: no such file or directory"),
        ("disc.vm -o none/a.png", 1, "none/a.png: there is no folder {folder}/none"),
        ("a.png -o ./a.png --force", 1, "a.png: is the program itself, expected another name"),
        (
            "disc.vm -o a.jpg",
            2,
            "a.jpg: found ending '.jpg', expected .png .ppm .pgm .pbm .tif .tiff .btf .tf8 .npy"
            " .svg .pdf",
        ),
        (
            "disc.vm -o b.png --size 2000000",
            2,
            "bad size 2000000x2000000, expected 1 to 1000000 pixels a side",
        ),
        ("disc.vm -o b.png --aa 65", 2, "bad aa 65, expected 1 to 64 samples a side of a pixel"),
    ],
)
def test_an_error_is_one_line(folder: Path, arguments: str, status: int, line: str) -> None:
    (folder / "a.png").write_text(DISC.text())
    done = prospero(folder, "render", *arguments.split(), *CPU)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr == line.format(folder=folder) + "\n"
    assert new_names(folder) == {"a.png"}
    assert (folder / "a.png").read_text() == DISC.text()


def test_without_gl_the_cpu_draws_and_says_so(folder: Path) -> None:
    done = prospero(folder, "render", "waves.vm", "-o", "a.png", "--size", "64", **NO_GL)
    assert done.returncode == 0
    assert done.stderr.startswith("no OpenGL 3.3 without a window here")
    assert done.stderr.count("\n") == 1
    assert np.array_equal(
        picture(folder / "a.png"), render(WAVES, View(), (64, 64), engine="blocks")
    )


def test_glsl_without_gl_is_status_3(folder: Path) -> None:
    done = prospero(folder, "render", "waves.vm", "-o", "a.png", "--engine", "glsl", **NO_GL)
    assert done.returncode == 3
    assert done.stderr.startswith("no OpenGL 3.3 without a window here")
    assert done.stderr.count("\n") == 1
    assert new_names(folder) == set()


def test_the_progress_bar_is_for_terminals(folder: Path) -> None:
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 80))
    command = [*PROSPERO, "render", "waves.vm", "-o", "a.png", "--size", "2048", *CPU]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**ENVIRONMENT, "TQDM_MININTERVAL": "0"},
        stdout=subprocess.DEVNULL,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    try:
        while data := os.read(leader, 4096):
            shown += data
    except OSError:  # how Linux says that the other end was closed
        pass
    os.close(leader)
    assert process.wait() == 0
    assert b"a.png" in shown
    assert b" 0/2048" in shown
    assert b"2048/2048" in shown
    # The bar is taken away again, so that only the command's own line stays.
    assert shown.rpartition(b"\r")[2].strip() == b""


MEASURED = """
import sys
from viewer.cli import main
status = main(sys.argv[1:])
with open("/proc/self/status") as lines:
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
print(peak)
sys.exit(status)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc of Linux")
@pytest.mark.parametrize(
    ("engine", "size", "more"),
    [
        ("glsl", "8192", []),
        ("blocks-mt", "8192", []),
        ("glsl", "2048", ["--aa", "4"]),
        ("glsl", "1000000x4", []),
        ("blocks", "1000000x4", []),
        ("blocks", "1000000x4", ["--mode", "iso"]),
    ],
)
def test_a_large_picture_needs_less_than_400_mb(
    folder: Path, engine: str, size: str, more: list[str], request: pytest.FixtureRequest
) -> None:
    if engine == "glsl":
        request.getfixturevalue("context")
    options = ["render", "disc.vm", "-o", "a.png", "--size", size, "--engine", engine, *more]
    # Its own high-water mark: what getrusage says begins with that of the process that forks.
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *options],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout.split()[-1]) * 1024 < 400e6
