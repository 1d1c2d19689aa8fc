"""Pictures of any size: drawn by their edges, in memory that does not grow, and right."""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import ROOT
from tests.picture.commands import ENVIRONMENT
from tests.sign.shapes import csg
from tests.sign.test_cover import grids
from tests.sign.test_runs import are_runs, cuts
from tests.sign.test_smooth import made, mean, off_an_edge
from viewer.engines.engine import Engine
from viewer.engines.exact import Exact
from viewer.engines.greys import box_filter
from viewer.gpu import cells, tiled
from viewer.passes import optimise
from viewer.picture.look import Look
from viewer.picture.palettes import palette_named, palette_of
from viewer.picture.render import block_greys, render_rows, render_runs
from viewer.picture.save import save
from viewer.program import parse, read
from viewer.view import Block, Grid, View

FEWER = settings(max_examples=max(15, settings().max_examples // 8))
DREAMS = ROOT / "assets" / "dreams.vm"
MEMORY = 400 * 10**6
"""Bytes of a process, Python, NumPy and the driver included."""
ADDRESSES = 4 * 2**30
"""Bytes of its address space: a driver reserves much that it does not use."""

CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, 2 * (int(sys.argv[1]),))
from viewer.bench.machine import peak_memory
from viewer.cli import main
status = main(sys.argv[3:])
with open(sys.argv[2], "w") as peak:
    peak.write(str(peak_memory()))
sys.exit(status)
"""


@FEWER
@given(csg(), grids(150), st.integers(1, 4), st.sampled_from((1, 40, 2**15)), st.data())
def test_rows_are_the_same_bits_however_they_are_cut(
    text: str, grid: Grid, samples: int, crowd: int, data: st.DataObject
) -> None:
    """And the picture that is drawn in place, but for samples on an edge."""
    with made(optimise(parse(text.encode()))) as engine, pytest.MonkeyPatch.context() as patch:
        if not engine.sparse:
            return
        whole = engine.runs(grid, range(grid.height), samples)
        are_runs(whole)
        patch.setattr(tiled, "CROWD", crowd)
        for part in reversed(data.draw(cuts(grid.height))):
            found, expected = engine.runs(grid, part, samples), whole.part(part)
            assert len(found) == len(part)
            assert np.array_equal(found.starts, expected.starts)
            assert np.array_equal(found.values, expected.values)
        differs = whole.pixels() != mean(engine, grid, samples)
        assert not (differs & off_an_edge(engine, grid, samples)).any()


@pytest.mark.parametrize("samples", [1, 3])
def test_more_tiles_than_a_target_holds(samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And more than are put in order together."""
    grid = Grid(View(), 600, 500)
    program = optimise(read(DREAMS))
    with made(program) as engine:
        expected = engine.runs(grid, range(500), samples).pixels()
    monkeypatch.setattr(tiled, "CROWD", 100)
    monkeypatch.setattr(cells, "SIDE_BITS", 7)
    monkeypatch.setattr(cells, "SIDE", 2**7)
    with made(program) as engine:
        assert np.array_equal(engine.runs(grid, range(500), samples).pixels(), expected)


@pytest.mark.parametrize("block", [1, 700, 100_000])
@pytest.mark.parametrize("samples", [1, 2])
def test_rows_as_pixels_are_those_of_the_runs(block: int, samples: int) -> None:
    grid = Grid(View(), 230, 101)
    with made(optimise(read(DREAMS))) as engine:
        strips = list(render_rows(engine, grid, samples, block=block, rows=range(3, 100)))
        assert {len(strip) for strip in strips[:-1]} <= {max(1, block // 230)}
        expected = engine.runs(grid, range(3, 100), samples).pixels()
        assert np.array_equal(np.concatenate(strips), expected)


@pytest.mark.parametrize("text", ["h const 1\nr neg h", "h const 1\nr neg h\ns neg r", "x var-x"])
def test_flat_pictures_are_a_run(text: str) -> None:
    grid = Grid(View(Fraction(5), Fraction(0), Fraction(1)), 10**5, 10**5)
    with made(parse(text.encode())) as engine:
        strips = list(render_runs(engine, grid, rows=range(1000)))
        assert {len(strip.starts) for strip in strips} == {1}
        expected = 255 if text.endswith("r neg h") else 0
        assert {int(strip.values[0]) for strip in strips} == {expected}


def test_a_picture_of_edges_everywhere() -> None:
    """Lines of few pixels: hardly a tile is flat."""
    lines = "\n".join(
        f"a{n} const {n / 40 - 0.5}\nx{n} sub x a{n}\nq{n} square x{n}\ne{n} const 0.00003\n"
        f"d{n} sub q{n} e{n}\n" + (f"m{n} min m{n - 1} d{n}" if n else "m0 min d0 d0")
        for n in range(40)
    )
    grid = Grid(View(), 2000, 700)
    with made(optimise(parse(f"x var-x\ny var-y\n{lines}".encode()))) as engine:
        strips = list(render_runs(engine, grid, strip=400_000))
        assert [len(strip) for strip in strips] == [200, 200, 200, 100]
        found = np.concatenate([strip.pixels() for strip in strips])
        assert np.array_equal(found, box_filter(engine.inside(grid, grid.whole), 1))


def saved(folder: Path, name: str, *options: str) -> Path:
    """A picture by the command, in a process that had no more than `MEMORY`."""
    if not sys.platform.startswith("linux"):
        pytest.skip("memory is measured and limited on Linux")
    peak, path = folder / "peak", folder / name
    command = [sys.executable, "-c", CHILD, str(ADDRESSES), str(peak), "render", str(DREAMS)]
    command += ["-o", str(path), *options]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if "no OpenGL" in done.stderr:
        pytest.skip(f"no GL context: {done.stderr}")
    assert done.returncode == 0, done.stderr
    assert "engine tiles" in done.stdout
    assert int(peak.read_text()) < MEMORY
    return path


def looked_at(path: Path) -> NDArray[np.uint8]:
    """A file as another program sees it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Image, "MAX_IMAGE_PIXELS", None)
        with Image.open(path) as found:
            return np.asarray(found)


def some_blocks(grid: Grid, side: int, count: int) -> Iterator[Block]:
    dice = np.random.default_rng(7)
    for _ in range(count):
        i, j = (int(dice.integers(0, length - side + 1)) for length in grid.size)
        yield Block(i, j, side, side)


def part(pixels: NDArray[np.uint8], block: Block) -> NDArray[np.uint8]:
    return pixels[block.j : block.j + block.height, block.i : block.i + block.width]


@pytest.fixture(scope="module")
def exact() -> Engine:
    """An engine that shares no code with tiles from the formula on."""
    return Exact(optimise(read(DREAMS)))


@pytest.mark.parametrize("samples", [1, 3])
def test_a_strip_of_100_000_pixels(tmp_path: Path, exact: Engine, samples: int) -> None:
    grid = Grid(View.parse("0,0.1@390.625"), 100_000, 256)
    view = "--size=100000x256", "--view=0,0.1@390.625"
    pixels = looked_at(saved(tmp_path, "wide.png", *view, f"--aa={samples}"))
    assert pixels.shape == (256, 100_000)
    assert len(np.unique(pixels)) == samples**2 + 1
    for block in some_blocks(grid, 48, 25):
        expected = block_greys(exact, grid, block, samples)
        assert np.array_equal(part(pixels, block), expected)


LOOKS = (
    Look(pixels="bit"),
    Look(palette=palette_named("dark")),
    Look(palette=palette_of("red,none")),
)


@pytest.mark.parametrize("samples", [1, 3])
def test_any_look_is_of_the_same_picture(tmp_path: Path, samples: int) -> None:
    """Packed from runs, and the same as pixels that are written as they are."""
    grid, program = Grid(View.parse("0,0.1@16"), 5000, 300), optimise(read(DREAMS))
    with made(program) as engine:
        save(tmp_path / "plain.pgm", program, grid, engine=engine, aa=samples)
        plain = looked_at(tmp_path / "plain.pgm")
        assert len(np.unique(plain)) == samples**2 + 1
        for number, look in enumerate(LOOKS):
            path = tmp_path / f"{number}.png"
            save(path, program, grid, engine=engine, aa=samples, look=look)
            found = looked_at(path)
            expected = plain > 0 if found.max() == 1 else plain
            assert np.array_equal(found, expected)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_square_of_100_000_pixels(tmp_path: Path, exact: Engine) -> None:
    side = 100_000
    grid = Grid(View(), side, side)
    path = saved(tmp_path, "square.png", f"--size={side}")
    blocks = {block: np.empty((48, 48), np.uint8) for block in some_blocks(grid, 48, 300)}
    rows = 0
    for lines in unpacked(path, side):
        for block, pixels in blocks.items():
            low, high = max(rows, block.j), min(rows + len(lines), block.j + 48)
            if low < high:
                here = lines[low - rows : high - rows, block.i : block.i + 48]
                pixels[low - block.j : high - block.j] = here
        rows += len(lines)
    assert rows == side
    for block, pixels in blocks.items():
        assert np.array_equal(pixels, block_greys(exact, grid, block, 1))


def unpacked(path: Path, width: int) -> Iterator[NDArray[np.uint8]]:
    """The rows of a grey PNG, some at a time, after its specification: zlib's own reader says
    whether the check sum at its end is right."""
    reader, above = zlib.decompressobj(), np.zeros(width, np.uint8)
    kept = b""
    with path.open("rb") as file:
        file.seek(8)
        while (kind := (start := file.read(8))[4:]) != b"IEND":
            body = file.read(int.from_bytes(start[:4], "big"))
            assert int.from_bytes(file.read(4), "big") == zlib.crc32(kind + body)
            while kind == b"IDAT" and body:
                kept += reader.decompress(body, 64 * width)
                body = reader.unconsumed_tail
                count = len(kept) // (width + 1)
                lines = np.frombuffer(kept[: count * (width + 1)], np.uint8)
                kept = kept[count * (width + 1) :]
                lines = lines.reshape(count, width + 1)
                assert (lines[:, 0] == 2).all()
                pixels = np.vstack([above, lines[:, 1:]]).cumsum(axis=0, dtype=np.uint8)[1:]
                above = pixels[-1] if count else above
                yield pixels
    assert reader.eof
    assert not kept
