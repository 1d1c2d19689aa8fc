"""A picture knows where it is of."""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import tempfile
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.picture.commands import ENVIRONMENT, PROSPERO, folder, picture, prospero
from tests.picture.saved import keep
from tests.picture.shapes import DISC
from viewer.engines.blocks import Blocks
from viewer.errors import FileError, UsageError
from viewer.picture import options as options_
from viewer.picture.look import Look
from viewer.picture.modes import MODES
from viewer.picture.palettes import PALETTES, palette_of
from viewer.picture.provenance import Provenance, digest_of, is_picture, read
from viewer.view import Grid, View
from viewer.window import command as window

__all__ = ["folder"]

VIEW = View.parse("-0.4123456789012345678901,0.5@1e20")
COLOURS = st.tuples(*[st.integers(0, 255)] * 4).map(lambda colour: f"#{bytes(colour).hex()}")
PALETTE = st.sampled_from([None, *PALETTES.values()]) | st.tuples(COLOURS, COLOURS).map(
    lambda both: palette_of(",".join(both))
)
LOOKS = st.builds(
    Look,
    st.sampled_from(["fill", *MODES]),
    PALETTE,
    st.sampled_from([None, "bit", "grey", "palette", "rgb", "rgba"]),
    st.none() | st.integers(1, 10_000).map(lambda n: 1 + n / 8),
)
GRIDS = st.builds(
    Grid,
    st.just(VIEW),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.integers(-(10**9), 10**9).map(lambda n: Fraction(n, 2**10)),
    st.booleans(),
)


def wanted(*words: str) -> options_.Wanted:
    """What the options of `prospero render` ask for."""
    parser = argparse.ArgumentParser()
    options_.add_options(parser)
    return options_.wanted(parser.parse_args(words))


@given(GRIDS, st.integers(1, 64), LOOKS)
def test_what_is_carried_asks_for_the_same_picture(grid: Grid, aa: int, look: Look) -> None:
    carried = Provenance.of(grid, aa, look)
    found = wanted(f"--view={carried.view}", *carried.options)
    assert (found.grid, found.aa, found.look) == (grid, aa, look)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.btf", "a.PNG"])
def test_files_carry_it(tmp_path: Path, name: str) -> None:
    look = Look("fill", palette_of("#123,none"), "rgba", 300.0)
    grid, digest = Grid(VIEW, 5, 4, Fraction(1, 8)), digest_of(b"x var-x")
    assert digest == hashlib.sha256(b"x var-x").hexdigest()
    keep(tmp_path / name, grid, aa=2, look=look, digest=digest)
    assert read(tmp_path / name) == Provenance.of(grid, 2, look, digest)
    assert is_picture(name)


def test_it_is_read_from_pictures_of_any_size(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    keep(path, Grid(VIEW, 100, 3))
    data = bytearray(path.read_bytes())
    data[16:24] = (10**6).to_bytes(4, "big") * 2  # its width and height, with another check sum
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    path.write_bytes(data)
    assert read(path).view == VIEW


def test_another_program_may_have_saved_it_again(tmp_path: Path) -> None:
    keep(tmp_path / "a.png", Grid(VIEW, 5, 4))
    with Image.open(tmp_path / "a.png") as found:
        notes = PngInfo()
        for key, text in found.info.items():
            notes.add_text(str(key), str(text), zip=True)
        found.save(tmp_path / "b.png", pnginfo=notes)
    assert read(tmp_path / "a.png") == read(tmp_path / "b.png")


def noted(view: str, options: str = "") -> bytes:
    notes, file = PngInfo(), io.BytesIO()
    notes.add_text("Prospero View", view)
    notes.add_text("Prospero Options", options)
    Image.fromarray(np.zeros((2, 2), np.uint8)).save(file, "PNG", pnginfo=notes)
    return file.getvalue()


NO_VIEW = "found no view, expected a picture that Prospero Viewer saved"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", NO_VIEW),
        (b"x var-x\n", NO_VIEW),
        (b"\x89PNG\r\n\x1a\n", NO_VIEW),
        (b"II*\0\xff\xff\xff\x7f", NO_VIEW),
        (noted("0,0@1")[:60], NO_VIEW),
        (noted("nowhere"), "bad view 'nowhere', expected x,y@zoom such as -0.4,0.5@1e3"),
        (noted("0,0@1e99999"), "bad zoom '1e99999', expected an exponent up to 10000"),
        (noted("0,0@1", "--aa='2"), "No closing quotation"),
    ],
)
def test_what_carries_nothing_is_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {message}"


@given(st.binary(max_size=200), st.integers(0, 400), st.booleans())
def test_a_damaged_file_is_read_or_refused(noise: bytes, at: int, tiff: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / ("a.tif" if tiff else "a.png")
        keep(path, Grid(VIEW, 5, 4))
        data = bytearray(path.read_bytes())
        data[at : at + len(noise)] = noise
        path.write_bytes(data)
        try:
            read(path)
        except FileError as error:
            assert "\n" not in str(error)


def test_a_missing_picture_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"a.png: no such file or directory$"):
        wanted(f"--view={tmp_path / 'a.png'}")


def test_like_repeats_a_picture_but_for_what_is_given(tmp_path: Path) -> None:
    shot = tmp_path / "a.png"
    grid, look = Grid(VIEW, 50, 40, Fraction(1, 2)), Look("iso", PALETTES["dark"], dpi=72.0)
    with Blocks(DISC) as engine:
        keep(shot, grid, aa=3, look=look, digest="12", engine=engine)
    like = f"--like={shot}"
    same = wanted(like)
    assert same == options_.Wanted(grid, 3, look, "12")
    assert wanted(like, "--size=7x5").grid.size == (7, 5)
    assert wanted(like, "--aa=1").aa == 1
    assert wanted(like, "--mode=fill", "--colors=red,none").look.palette == palette_of("red,none")
    assert wanted(like, "--zoom=5").grid.view == View(VIEW.x, VIEW.y, Fraction(5))
    assert wanted(like, "--center=1,2").grid.view == View(
        Fraction(1), Fraction(2), VIEW.base, VIEW.steps
    )
    assert wanted(f"--view={shot}", "--size=9").grid == Grid(VIEW, 9, 9)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--output=/etc/passwd", "unrecognized arguments: --output=/etc/passwd"),
        ("--force", "unrecognized arguments: --force"),
        ("--like=other.png", "unrecognized arguments: --like=other.png"),
        ("--engine=none", "unrecognized arguments: --engine=none"),
    ],
)
def test_a_picture_asks_for_nothing_else(tmp_path: Path, words: str, message: str) -> None:
    (tmp_path / "a.png").write_bytes(noted("0,0@1", words))
    with pytest.raises(FileError) as caught:
        wanted(f"--like={tmp_path / 'a.png'}")
    assert str(caught.value).endswith(f"a.png: its options cannot be read: {message}")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--palette=dark --colors=red,blue", "--palette and --colors both give colours"),
        ("--pixels=cmyk", "unknown pixels 'cmyk', expected one of bit grey palette rgb rgba field"),
        ("--dpi=0", "bad dpi '0', expected 1 to 100000 pixels an inch"),
        ("--dpi=many", "bad dpi 'many', expected a decimal number"),
    ],
)
def test_an_option_that_is_wrong_is_said(words: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        wanted(*words.split())
    assert str(caught.value).startswith(message)


CPU = ("--engine", "blocks")


def test_the_command_repeats_a_picture(folder: Path) -> None:
    more = ("--view", "0.1,0.2@3", "--mode", "iso", "--palette", "light", "--size", "40x30")
    done = prospero(folder, "render", "waves.vm", "-o", "a.png", *more, *CPU)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("b.png", "c.tif"):
        assert (
            prospero(folder, "render", "waves.vm", "-o", name, "--like", "a.png", *CPU).stderr == ""
        )
        assert np.array_equal(picture(folder / "a.png"), picture(folder / name))
    assert (folder / "a.png").read_bytes() == (folder / "b.png").read_bytes()
    done = prospero(
        folder, "render", "disc.vm", "-o", "d.png", "--like", "c.tif", "--size", "9", *CPU
    )
    assert done.stderr == "disc.vm: is not the program of that picture\n"
    assert read(folder / "d.png").digest == digest_of(DISC.text().encode())


def test_the_window_opens_where_a_picture_is_of(tmp_path: Path) -> None:
    keep(tmp_path / "a.png", Grid(VIEW, 5, 4))
    parser = argparse.ArgumentParser()
    window.add_options(parser)
    opening = window.prepare(parser.parse_args([f"--view={tmp_path / 'a.png'}"]))
    assert opening.view == VIEW


def test_standard_output_is_the_picture_s_alone(folder: Path) -> None:
    words = ("disc.vm", "-o", "-", "--format", "pbm", "--size", "4x4", "--zoom", "0.7", *CPU)
    piped = subprocess.run(
        [*PROSPERO, "render", *words], cwd=folder, env=ENVIRONMENT, capture_output=True, check=True
    )
    assert piped.stdout == b"P4\n4 4\n\xf0\x90\x90\xf0"
    assert piped.stderr.startswith(b"-: 4 x 4 pixels, engine blocks, ")
    for form, line in (
        ("", "-: found no ending, expected --format and a name such as png"),
        ("tiff", "tiff goes back in its file, expected another name than -"),
    ):
        done = prospero(folder, "render", "disc.vm", "-o", "-", "--format", form)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", line + "\n")
