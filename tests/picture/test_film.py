"""Films: each frame the picture of its view, whole files only, a video where ffmpeg is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.picture.shapes import WAVES
from tests.picture.test_render_command import (
    CPU,
    ENVIRONMENT,
    PROSPERO,
    SLOW,
    new_names,
    picture,
)
from viewer.flight import Tour
from viewer.picture.api import render
from viewer.view import View

TO = "0.3,-0.2@40"
ZOOM = ("--aa=1", "--fps=10", "--to", TO, "--seconds")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "waves.vm").write_text(WAVES.text())
    (tmp_path / "slow.vm").write_text(SLOW)
    return tmp_path


def encoder(folder: Path, script: str) -> str:
    """A PATH with an ffmpeg that is that shell script and nothing else of that name."""
    place = folder.parent / f"{folder.name}-bin"
    place.mkdir()
    for name in ("sh", "cat", "sleep"):
        found = shutil.which(name)
        assert found
        (place / name).symlink_to(found)
    if script:
        (place / "ffmpeg").write_text(f"#!{place}/sh\n{script}\n")
        (place / "ffmpeg").chmod(0o755)
    return str(place)


def prospero(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROSPERO, "film", *arguments],
        cwd=folder,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


KEEP = 'for last; do :; done; cat > "${last#file:}"'
"""What it is sent becomes the video."""


def frames(start: View, count: int, size: tuple[int, int]) -> list[NDArray[np.uint8]]:
    tour = Tour((start, View.parse(TO)), count, 10)
    return [render(WAVES, tour.at(k), size, engine="blocks") for k in range(count)]


@pytest.mark.parametrize(
    ("options", "start"), [([], "0,0"), (["--from", "-.5,.25@3"], "-.5,.25@3")]
)
def test_each_frame_is_the_picture_of_its_view(
    folder: Path, options: list[str], start: str
) -> None:
    done = prospero(
        folder, "waves.vm", "-o", "f%03d.png", "--size", "50x34", *ZOOM, ".5", *options, *CPU
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("f%03d.png: 5 frames of 50 x 34 pixels, engine blocks, ")
    names = [f"f{number:03}.png" for number in range(1, 6)]
    assert new_names(folder) == set(names)
    for name, expected in zip(names, frames(View.parse(start), 5, (50, 34)), strict=True):
        np.testing.assert_array_equal(picture(folder / name), expected)
    for name, view in ((names[0], View.parse(start)), (names[-1], View.parse(TO))):
        with Image.open(folder / name) as image:
            assert image.info["Prospero View"] == str(view)


def test_a_video_is_made_of_the_same_frames(folder: Path) -> None:
    path = encoder(folder, KEEP)
    done = prospero(
        folder, "waves.vm", "-o", "a.mp4", "--size", "50x34", *ZOOM, ".4", *CPU, PATH=path
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("a.mp4: 4 frames of 50 x 34 pixels, engine blocks, ")
    assert new_names(folder) == {"a.mp4"}
    found = np.frombuffer((folder / "a.mp4").read_bytes(), np.uint8).reshape(4, 34, 50, 3)[..., 1]
    np.testing.assert_array_equal(found, frames(View(), 4, (50, 34)))


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif"])
def test_ffmpeg_makes_a_video_that_plays(folder: Path, name: str) -> None:
    """Every frame is there, in black and white, at its place; odd sides get an edge."""
    done = prospero(folder, "waves.vm", "-o", name, "--size", "101x75", *ZOOM, ".6", *CPU)
    assert (done.returncode, done.stderr) == (0, "")
    width, height = (101, 75) if name == "a.gif" else (102, 76)
    command = ["ffmpeg", "-loglevel", "error", "-i", name, "-fps_mode", "passthrough"]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        cwd=folder,
        check=True,
        capture_output=True,
    ).stdout
    found = np.frombuffer(raw, np.uint8).reshape(6, height, width)[:, :75, :101]
    expected = np.array(frames(View(), 6, (101, 75)))
    assert abs(found.astype(int) - expected).mean() < 8


def test_without_ffmpeg_there_is_one_line(folder: Path) -> None:
    path = encoder(folder, "")
    (folder.parent / "imageio_ffmpeg.py").write_text("raise ImportError\n")  # hides it
    search = {"PATH": path, "PYTHONPATH": f"{folder.parent}:{ENVIRONMENT['PYTHONPATH']}"}
    done = prospero(folder, "waves.vm", "-o", "a.mp4", *ZOOM, ".4", *CPU, **search)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "a.mp4: ffmpeg, which makes videos, is not installed: your system has a package of that"
        " name, or pip install 'prospero-viewer[film]'; a name such as f%04d.png needs none\n"
    )
    assert new_names(folder) == set()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo one >&2; echo 'Unknown encoder' >&2; exit 1", "Unknown encoder"),
        ("cat > /dev/null; exit 3", "status 3"),
    ],
)
def test_what_ffmpeg_says_is_told(folder: Path, script: str, said: str) -> None:
    (folder / "a.mp4").write_bytes(b"old")
    path = encoder(folder, script)
    done = prospero(
        folder, "waves.vm", "-o", "a.mp4", "--size", "512", *ZOOM, ".4", "--force", *CPU, PATH=path
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"a.mp4: ffmpeg: {said}\n")
    assert new_names(folder) == {"a.mp4"}
    assert (folder / "a.mp4").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (
            "-o a.png --to 0,0@9 --seconds .1",
            2,
            "a.png: found no place for the number of a frame, expected a name such as f%04d.png"
            " (.png .ppm .pgm .pbm .tif .tiff .btf .tf8 .npy), or one that ends in .mp4 .webm .gif",
        ),
        ("-o a%dx%d.png --to 0,0@9 --seconds .1", 2, "a%dx%d.png: found no place for the"),
        ("-o a%s.png --to 0,0@9 --seconds .1", 2, "a%s.png: found no place for the number"),
        ("-o a%d.jpg --to 0,0@9 --seconds .1", 2, "a1.jpg: found ending '.jpg', expected"),
        ("-o a%d.png --to 0,0@0 --seconds 1", 2, "bad zoom '0', expected a number above 0"),
        (
            "-o a%d.png --to 0,0@9 --seconds .04",
            2,
            ".04 seconds at 30 frames a second are 1 frames",
        ),
        ("-o b%d.png --to 0,0@9 --seconds .1", 1, "b2.png: exists already (--force replaces"),
        ("-o none/%d.png --to 0,0@9 --seconds .1", 1, "none/1.png: there is no folder"),
        ("-o waves.gif --to 0,0@9 --seconds .1", 1, "waves.gif: exists already (--force"),
    ],
)
def test_an_error_is_one_line(folder: Path, arguments: str, status: int, line: str) -> None:
    (folder / "b2.png").write_bytes(b"old")
    (folder / "waves.gif").write_bytes(b"old")
    done = prospero(folder, "waves.vm", *arguments.split(), *CPU)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
    assert new_names(folder) == {"b2.png", "waves.gif"}  # nothing is drawn before it is refused


def stopped(folder: Path, output: str, ready: str, **environment: str) -> tuple[int, str]:
    """Exit status and stderr of a long film that gets a Ctrl-C once a file is there."""
    options = ["-o", output, "--size", "160", *ZOOM, "50", "--force", *CPU]
    process = subprocess.Popen(
        [*PROSPERO, "film", "slow.vm", *options],
        cwd=folder,
        env={**ENVIRONMENT, **environment},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    patience = time.monotonic() + 60
    while not list(folder.glob(ready)):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < patience
        time.sleep(0.01)
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)  # to all of them, as a terminal does
    _, stderr = process.communicate(timeout=60)
    return process.returncode, stderr


def test_a_stopped_film_leaves_whole_frames_only(folder: Path) -> None:
    assert stopped(folder, "f%d.png", "f2.png") == (130, "interrupted\n")
    names = new_names(folder) - {".prospero-f%d.png.film"}
    assert names == {f"f{number}.png" for number in range(1, len(names) + 1)}
    assert 2 <= len(names) < 500
    assert all(picture(folder / name).shape == (160, 160) for name in names)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for ffmpeg")
def test_a_stopped_video_leaves_the_old_one(folder: Path) -> None:
    (folder / "a.webm").write_bytes(b"old")
    script = f"echo $$ > {folder}/pid; {KEEP}; sleep 100"
    ready = ".prospero-a.webm.film/000002.png"
    path = encoder(folder, script)
    assert stopped(folder, "a.webm", ready, PATH=path) == (130, "interrupted\n")
    assert new_names(folder) == {"a.webm", "pid", ".prospero-a.webm.film"}
    assert (folder / "a.webm").read_bytes() == b"old"
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)
