"""SVG and PDF, filled by renderers that share no code with ours, and with each other."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from tests.outline.test_outline import ANNULUS, CROSS, near_an_edge, picture
from tests.picture.commands import ENVIRONMENT, PROSPERO, folder, prospero
from tests.picture.shapes import WAVES
from viewer.engines.blocks import Blocks
from viewer.errors import UsageError
from viewer.picture.look import Look
from viewer.picture.outline.outline import edge_of, save_outline
from viewer.picture.palettes import PALETTES, palette_of
from viewer.program import Program
from viewer.view import Grid, View

__all__ = ["folder"]

SCALE = 9
"""Renderers tell how much of a pixel is covered: those at its centre are looked at, enlarged."""
GRID = Grid(View.parse("0.1,0.05@1.3"), 60, 44)


def written(path: Path, shape: Program, grid: Grid = GRID, look: Look = Look()) -> bytes:
    with Blocks(shape) as engine:
        save_outline(path, shape, grid, engine=engine, look=look, digest="ab12")
    return path.read_bytes()


def of_svg(data: bytes, scale: int = 1) -> NDArray[np.uint8]:
    """RGBA, enlarged."""
    width, height = (
        scale * int(side) for side in re.findall(rb'(?:width|height)="([0-9]+)"', data)[:2]
    )
    text = re.sub(r'width="\d+" height="\d+"', f'width="{width}" height="{height}"', data.decode())
    with Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=text)))) as found:
        return np.asarray(found.convert("RGBA"))


def of_pdf(data: bytes, scale: int = 1) -> NDArray[np.uint8]:
    """RGBA on white, enlarged."""
    with pypdfium2.PdfDocument(data) as document:
        assert len(document) == 1
        return np.asarray(document[0].render(scale=scale).to_pil().convert("RGBA"))


@pytest.mark.parametrize("shape", [CROSS, ANNULUS, WAVES], ids=["cross", "annulus", "waves"])
def test_what_is_filled_is_the_picture(tmp_path: Path, shape: Program) -> None:
    inside, edge = picture(shape, GRID), edge_of(shape, GRID)
    svg = of_svg(written(tmp_path / "a.svg", shape), SCALE)[..., 3] > 127
    pdf = of_pdf(written(tmp_path / "a.pdf", shape), SCALE)[..., 0] < 128
    for found in (svg, pdf):
        middle = found[SCALE // 2 :: SCALE, SCALE // 2 :: SCALE]
        assert middle.shape == inside.shape
        row, column = np.nonzero(middle != inside)
        centres = np.stack([column + 0.5, row + 0.5], axis=1)
        assert near_an_edge(edge, centres, 0.1 + 1 / SCALE).all()


def test_colours(tmp_path: Path) -> None:
    grid = Grid(View(), 20, 20)
    for look, inside, outside in (
        (Look(), (0, 0, 0, 255), None),
        (Look(palette=PALETTES["dark"]), PALETTES["dark"].inside, PALETTES["dark"].outside),
        (Look(palette=palette_of("#11223380,none")), (17, 34, 51, 128), None),
    ):
        name = f"{len(list(tmp_path.iterdir()))}"
        svg = of_svg(written(tmp_path / f"{name}.svg", CROSS, grid, look))
        pdf = of_pdf(written(tmp_path / f"{name}.pdf", CROSS, grid, look))
        assert np.abs(svg[10, 10].astype(int) - inside).max() <= 1
        assert np.abs(svg[0, 0].astype(int) - (outside or (0, 0, 0, 0))).max() <= 1
        share = inside[3] / 255
        seen = [share * c + (1 - share) * 255 for c in inside[:3]]
        assert np.abs(pdf[10, 10, :3] - seen).max() <= 2
        assert np.abs(pdf[0, 0, :3].astype(int) - (outside or (255,) * 4)[:3]).max() <= 1


def test_the_size_in_inches(tmp_path: Path) -> None:
    svg = written(tmp_path / "a.svg", CROSS, look=Look(dpi=300.0))
    root = ElementTree.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("0.2in", "0.146667in")
    assert root.get("viewBox") == "0 0 60 44"
    with pypdfium2.PdfDocument(written(tmp_path / "a.pdf", CROSS, look=Look(dpi=300.0))) as pdf:
        assert pdf[0].get_size() == pytest.approx((60 / 300 * 72, 44 / 300 * 72))


def test_documents_know_where_they_are_of(tmp_path: Path) -> None:
    shape = Program(CROSS.instrs, "dir/<Ä&Δ>.vm")
    root = ElementTree.fromstring(written(tmp_path / "a.svg", shape))
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == "<Ä&Δ>.vm"
    told = (root.findtext(f"{space}desc") or "").splitlines()
    assert "Prospero View: 0.1,0.05@1.3" in told
    assert "Prospero Program: ab12" in told
    with pypdfium2.PdfDocument(written(tmp_path / "a.pdf", shape)) as pdf:
        found = pdf.get_metadata_dict()
    assert found["Title"] == "<Ä&Δ>.vm"
    assert "Prospero View: 0.1,0.05@1.3; " in found["Keywords"]


def test_a_pdf_keeps_to_its_specification(tmp_path: Path) -> None:
    data = written(tmp_path / "a.pdf", CROSS)
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    assert data[start:].startswith(b"xref\n0 6\n0000000000 65535 f \n")
    places = re.findall(rb"([0-9]{10}) 00000 n \n", data[start:])
    for number, place in enumerate(places, 1):
        assert data[int(place) :].startswith(b"%d 0 obj\n" % number)
    assert data.endswith(b"%%EOF\n")


def test_nothing_is_a_document_as_well(tmp_path: Path) -> None:
    nothing = Program(CROSS.instrs[:3] + CROSS.instrs[:1])
    grid = Grid(View.parse("5,0@1"), 8, 8)
    assert of_svg(written(tmp_path / "a.svg", nothing, grid))[..., 3].max() == 0
    assert of_pdf(written(tmp_path / "a.pdf", nothing, grid)).min() == 255


@pytest.mark.parametrize("look", [Look("iso"), Look(pixels="grey")])
def test_what_an_outline_is_not_is_said(tmp_path: Path, look: Look) -> None:
    with pytest.raises(UsageError, match="an outline is filled and has no pixels"):
        written(tmp_path / "a.svg", CROSS, look=look)
    assert list(tmp_path.iterdir()) == []


def test_the_command(folder: Path) -> None:
    more = ("--size", "60x44", "--engine", "blocks")
    done = prospero(folder, "render", "waves.vm", "-o", "a.svg", *more, "--tolerance", "0.02")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("a.svg: 60 x 44 pixels, engine blocks, ")
    fine = (folder / "a.svg").read_bytes()
    assert len(
        prospero(folder, "render", "waves.vm", "-o", "-", "--format", "svg", *more).stdout
    ) < len(fine)
    piped = subprocess.run(
        [*PROSPERO, "render", "waves.vm", "-o", "-", "--format", "pdf", *more],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
    )
    assert of_pdf(piped.stdout).shape == (44, 60, 4)
    for words, line in (
        (("-o", "a.svg"), "a.svg: exists already (--force replaces it)"),
        (("-o", "b.svg", "--tolerance", "0"), "bad --tolerance '0', expected a number from"),
        (("-o", "b.svg", "--mode", "iso"), "an outline is filled and has no pixels, expected"),
    ):
        done = prospero(folder, "render", "waves.vm", *words, *more)
        assert done.returncode > 0
        assert done.stderr.startswith(line)
        assert done.stderr.count("\n") == 1
