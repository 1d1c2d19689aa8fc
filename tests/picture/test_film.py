"""Films: each frame the picture of its view, whole files only, a video where ffmpeg is."""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.picture.commands import ENVIRONMENT, picture, prospero
from tests.picture.films import (
    KEEP,
    LIKE_THIS,
    SIZE,
    TO,
    decoded,
    encoder,
    filmed,
    frames,
    names,
    sent,
)
from tests.picture.shapes import WAVES
from viewer.errors import FileError, ViewerError
from viewer.flight import Tour
from viewer.picture.api import render
from viewer.view import View

Factory = pytest.TempPathFactory


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current one."""
    (tmp_path / "waves.vm").write_text(WAVES.text())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "views", "ramp"),
    [
        ([], ["0,0", TO], 10),
        (["--from=-.5,.25@3", "--no-ease"], ["-.5,.25@3", TO], 0),
        (["--via=-.5,.25@3", "--via=1,1"], ["0,0", "-.5,.25@3", "1,1", TO], 10),
    ],
)
def test_each_frame_is_the_picture_of_its_view(
    folder: Path, options: list[str], views: list[str], ramp: float
) -> None:
    line, said = filmed("waves.vm", "-o", "f%03d.png", *LIKE_THIS, ".7", *options)
    assert line.startswith("f%03d.png: 7 frames of 50 x 34 pixels, engine blocks, ")
    assert said == []
    assert names(folder) == {f"f{number:03}.png" for number in range(1, 8)}
    tour = Tour(tuple(map(View.parse, views)), 7, ramp)
    for number, expected in enumerate(frames(7, *views, ramp=ramp)):
        with Image.open(folder / f"f{number + 1:03}.png") as found:
            assert np.array_equal(np.asarray(found), expected)
            assert found.info["Prospero View"] == str(tour.at(number))
    assert {tour.at(stop) for stop in tour.stops} == set(tour.views)


def test_the_command_prints_a_line(folder: Path) -> None:
    """Views may begin with a minus."""
    ends = ("--from", "-.5,.25@3", "--via", "-.4,0", "--to", "-.1,0", "--z", "-1", "--to-z", "-.5")
    asked = ("waves.vm", "-o", "f%d.png", "--size=20", "--seconds=.1", "--engine=blocks")
    done = prospero(folder, "film", *asked, *ends)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("f%d.png: 3 frames of 20 x 20 pixels, engine blocks, ")
    assert names(folder) == {"f1.png", "f2.png", "f3.png"}


def test_a_flight_between_saved_pictures_through_slices(folder: Path) -> None:
    """A frame is a saved picture as any other is."""
    like = ("--size=50x34", "--engine=blocks")
    filmed("waves.vm", "-o", "a%d.png", *like, "--to=.1,.2@9", "--seconds=.1")
    ends = ("--from=a3.png", "--to=a1.png", "--z=-1", "--to-z=.5")
    filmed("waves.vm", "-o", "b%d.png", *like, *ends, "--seconds=.1")
    for number, view, z in ((1, ".1,.2@9", -1.0), (3, "0,0", 0.5)):
        expected = render(WAVES, View.parse(view), SIZE, engine="blocks", z=z, aa=2)
        assert np.array_equal(picture(folder / f"b{number}.png"), expected)
    with Image.open(folder / "b2.png") as found:
        assert found.info["Prospero Options"] == "--size=50x34 --aa=2 --z=-0.25"


@pytest.mark.parametrize(
    ("options", "look"),
    [
        ([], {}),
        (["--colors", "white,#203040", "--aa=2"], {"colors": "white,#203040", "aa": 2}),
        (["--exact"], {"exact": True}),
    ],
)
def test_a_video_is_made_of_the_same_frames(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], look: dict[str, object]
) -> None:
    like = [option for option in LIKE_THIS if option != "--engine=blocks"] if look else LIKE_THIS
    monkeypatch.setenv("PATH", encoder(folder, KEEP))
    line, _ = filmed("waves.vm", "-o", "a.mp4", *like, ".4", *options)
    assert line.startswith("a.mp4: 4 frames of 50 x 34 pixels, engine ")
    assert names(folder) == {"a.mp4"}
    tour = Tour((View(), View.parse(TO)), 4, 10)
    for number, found in enumerate(sent(folder / "a.mp4", 4)):
        expected = render(WAVES, tour.at(number), SIZE, **look)  # type: ignore[arg-type]
        if expected.ndim == 2:
            expected = np.repeat(expected[..., np.newaxis], 3, axis=2)
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif"])
@pytest.mark.parametrize("colours", ["white,black", "#c03020,#2060a0"])
def test_ffmpeg_makes_a_video_that_plays(folder: Path, name: str, colours: str) -> None:
    """Every frame is there, in its colours, at its place; odd sides get an edge."""
    like = ("--size=101x75", "--fps=10", "--aa=1", "--engine=blocks", "--to", TO, "--seconds=.6")
    filmed("waves.vm", "-o", name, *like, "--colors", colours)
    found = decoded(folder / name, (101, 75) if name == "a.gif" else (102, 76))[:, :75, :101]
    tour = Tour((View(), View.parse(TO)), 6, 10)
    pictures = [
        render(WAVES, tour.at(k), (101, 75), engine="blocks", colors=colours) for k in range(6)
    ]
    assert len(found) == 6
    off = np.abs(found.astype(int) - np.array(pictures))
    assert off.mean() < (1e-9 if name == "a.gif" else 4)
    flat = off[:, :8, :8].reshape(6, -1)
    assert np.median(flat) <= 2  # away from edges a colour is what it was


def test_without_ffmpeg_there_is_one_line(folder: Path, tmp_path_factory: Factory) -> None:
    hides = tmp_path_factory.mktemp("hides")
    (hides / "imageio_ffmpeg.py").write_text("raise ImportError\n")
    path = f"{hides}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"
    asked = ("waves.vm", "-o", "a.mp4", *LIKE_THIS, ".4")
    done = prospero(folder, "film", *asked, PATH=encoder(folder, ""), PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "a.mp4: ffmpeg, which makes videos, is not installed: your system has a package of that"
        " name, or pip install 'prospero-viewer[film]'; a name such as f%04d.png needs none\n"
    )
    assert names(folder) == set()


def test_the_extra_s_ffmpeg_stands_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(encoder(folder, KEEP))
    theirs = (path / "ffmpeg").rename(path / "theirs")
    extra = SimpleNamespace(get_ffmpeg_exe=lambda: str(theirs))
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", extra)
    filmed("waves.vm", "-o", "a.mp4", *LIKE_THIS, ".4")
    assert len(sent(folder / "a.mp4", 4)) == 4


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo one >&2; echo 'Unknown encoder' >&2; exit 1", "Unknown encoder"),
        ("cat > /dev/null; exit 3", "status 3"),
    ],
)
def test_what_ffmpeg_says_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    (folder / "a.mp4").write_bytes(b"old")
    monkeypatch.setenv("PATH", encoder(folder, script))
    with pytest.raises(FileError) as error:
        filmed("waves.vm", "-o", "a.mp4", "--size=512", *LIKE_THIS[1:], ".4", "--force")
    assert str(error.value) == f"a.mp4: ffmpeg: {said}"
    assert not hasattr(error.value, "__notes__")  # nothing to go on with
    assert names(folder) == {"a.mp4"}
    assert (folder / "a.mp4").read_bytes() == b"old"


def test_a_dive_goes_as_deep_as_asked(folder: Path) -> None:
    deep = "0.1000000000000000000000000000000000000001,0.2@1e36"
    like = ("--size=20", "--aa=1", "--fps=10", "--no-ease", "--seconds=.7")
    filmed("waves.vm", "-o", "f%d.png", *like, "--to", deep)
    views = []
    for number in range(1, 8):
        with Image.open(folder / f"f{number}.png") as found:
            views.append(View.parse(found.info["Prospero View"]))
    assert views[-1] == View.parse(deep)
    assert [view.zoom / 10 ** (6 * k) for k, view in enumerate(views)] == [
        pytest.approx(Fraction(1), rel=1e-9)
    ] * 7


def test_depth_beyond_what_python_writes_as_a_number(folder: Path) -> None:
    """Of more than 4300 digits."""
    asked = ("--to", "0.1,0.2@1e5000", "--z=1e-4500", "--seconds=.1", "--size=8")
    line, _ = filmed("waves.vm", "-o", "f%d.png", *asked)
    assert line.startswith("f%d.png: 3 frames of 8 x 8 pixels, engine deep, ")


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (
            "-o a.png",
            2,
            "a.png: found no place for the number of a frame, expected a name such as f%04d.png"
            " (.png .ppm .pgm .pbm .tif .tiff .btf .tf8 .npy), or one that ends in .mp4 .webm .gif",
        ),
        ("-o a%dx%d.png", 2, "a%dx%d.png: found no place for the number"),
        ("-o a%s.png", 2, "a%s.png: found no place for the number"),
        ("-o a%d.jpg", 2, "a1.jpg: found ending '.jpg', expected"),
        ("-o a%d.pgm --mode iso", 2, "pgm holds no colours, expected"),
        ("-o a%d.png --to 0,0@0", 2, "bad zoom '0', expected a number above 0"),
        ("-o a%d.png --seconds 0", 2, "bad --seconds '0', expected a number from 0.000001"),
        ("-o a%d.png --seconds .04", 2, ".04 seconds at 30 frames a second are 1 frames, expected"),
        ("-o a%d.png --seconds 1e6", 2, "1e6 seconds at 30 frames a second are 30000000 frames"),
        ("-o a%d.png --via 0,0@2 --via 0,0@3", 2, ".1 seconds at 30 frames a second are 3 frames"),
        ("-o a%d.png --fps 0", 2, "bad --fps '0', expected a whole number from 1"),
        ("-o a%d.png --mode wild", 2, "unknown mode 'wild', expected one of fill distance"),
        ("-o a.mp4 --mode iso --exact", 2, "the engine exact knows only what is inside"),
        ("-o a.mp4 --colors red,none", 2, "a.mp4: a video is not transparent, expected other"),
        ("-o a.mp4 --size 8193x9", 2, "a.mp4: 8193x9, expected at most 8192 pixels a side"),
        ("-o b%d.png", 1, "b2.png: exists already (--force replaces"),
        ("-o none/%d.png", 1, "none/1.png: there is no folder"),
        ("-o none/a.gif", 1, "none/a.gif: there is no folder"),
        ("-o waves.gif", 1, "waves.gif: exists already (--force"),
        ("-o a%d.png --from none.png", 1, "none.png: no such file or directory"),
    ],
)
def test_an_error_is_one_line(folder: Path, arguments: str, status: int, line: str) -> None:
    (folder / "b2.png").write_bytes(b"old")
    (folder / "waves.gif").write_bytes(b"old")
    usual = ("waves.vm", "--to=0,0@9", "--seconds=.1")
    with pytest.raises(ViewerError) as error:
        filmed(*usual, *arguments.split())
    assert error.value.exit_status == status
    assert str(error.value).startswith(line)
    assert "\n" not in str(error.value)
    assert names(folder) == {"b2.png", "waves.gif"}  # nothing is drawn before it is refused
