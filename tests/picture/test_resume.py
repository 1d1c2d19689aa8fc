"""A picture that was stopped is gone on with, to the very same bytes."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.picture.saved import OLD, Speckles, is_whole, keep, names
from viewer.engines.registry import create
from viewer.errors import DrawError, FileError
from viewer.passes import optimise
from viewer.picture import begun
from viewer.picture import look as looking
from viewer.picture import save as saving
from viewer.picture.begun import KEPT, rows_begun
from viewer.picture.formats.table import FORMATS
from viewer.picture.hidden import take
from viewer.picture.look import Look, look_rows
from viewer.picture.palettes import PALETTES, palette_of
from viewer.picture.render import render_runs
from viewer.picture.save import Keep
from viewer.program import parse
from viewer.view import Grid, View

GRID = Grid(View(), 512, 1300)  # six strips
ENDINGS = [ending for row in FORMATS for ending in row.endings[:1]]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begun, "EVERY", 0.0)
    monkeypatch.setattr(saving, "look_rows", partial(look_rows, block=2**17))


def begin(path: Path, strips: int = 2, grid: Grid = GRID, **options: Any) -> None:
    """Draws so many strips of speckles, and stops."""
    left = iter(range(strips - 1))
    kept = Keep("dots", options.pop("resume", False), lambda: next(left, None) is None)
    with pytest.raises(KeyboardInterrupt) as caught:
        keep(path, grid, keep=kept, **options)
    assert caught.value.__notes__ == [KEPT]


def go_on(path: Path, grid: Grid = GRID, engine: str = "dots", **options: Any) -> list[int]:
    """Draws the rest. Returns the first rows of the blocks that were drawn for it."""
    drawn = Speckles()
    keep(path, grid, engine=drawn, keep=Keep(engine, resume=True), **options)
    return [block.j for block in drawn.asked]


def left_of(path: Path) -> list[str]:
    """The names of what is kept of a picture."""
    return [f".prospero-{path.name}.journal", f".prospero-{path.name}.part"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_only_the_rest_is_drawn(tmp_path: Path, ending: str) -> None:
    path, whole = tmp_path / f"a{ending}", tmp_path / f"whole{ending}"
    keep(whole, GRID)
    begin(path)
    begin(path, resume=True)
    assert names(tmp_path) == [*left_of(path), whole.name]
    rows = rows_begun(path)
    assert rows == 1024
    assert go_on(path) == [rows - 1, 1024, 1280]
    assert path.read_bytes() == whole.read_bytes()
    assert names(tmp_path) == [path.name, whole.name]


@pytest.mark.parametrize(
    ("name", "look", "aa"),
    [
        ("a.png", Look(palette=PALETTES["dark"]), 1),
        ("a.png", Look(palette=palette_of("#ff000080,none"), pixels="rgba"), 2),
        ("a.png", Look(pixels="bit"), 1),
        ("a.png", Look(mode="iso"), 1),
        ("a.tif", Look(pixels="field"), 1),
        ("a.ppm", Look(mode="distance"), 2),
    ],
)
def test_every_look_can_be_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, look: Look, aa: int
) -> None:
    monkeypatch.setattr(saving, "look_rows", partial(look_rows, block=2**14))
    grid = Grid(View(), 256, 600)
    more: dict[str, Any] = {"look": look, "aa": aa, "digest": "0" * 64}
    keep(tmp_path / f"whole-{name}", grid, **more)
    path = tmp_path / name
    begin(path, 5, grid, **more)
    assert 0 < rows_begun(path) < 600
    go_on(path, grid, **more)
    assert path.read_bytes() == (tmp_path / f"whole-{name}").read_bytes()


@pytest.mark.parametrize("name", ["blocks", "jit", "exact", "tiles", "glsl", "deep"])
@pytest.mark.parametrize("aa", [1, 2])
def test_every_engine_goes_on_as_if_it_had_not_stopped(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    name: str,
    aa: int,
) -> None:
    if name in ("tiles", "glsl", "deep"):
        request.getfixturevalue("context")
    monkeypatch.setattr(saving, "look_rows", partial(look_rows, block=2**13))
    monkeypatch.setattr(looking, "render_runs", partial(render_runs, strip=2**13))
    program = optimise(parse((ROOT / "assets" / "hello.vm").read_bytes()))
    grid = Grid(View.parse("-0.41,0.02@7"), 200, 301)

    def draw(path: Path, keep: Keep | None = None) -> None:
        with closing(create(name, program)) as engine:
            saving.save(path, program, grid, aa=aa, engine=engine, keep=keep)

    draw(tmp_path / "whole.png")
    asked = iter(range(3))
    with pytest.raises(KeyboardInterrupt):
        draw(tmp_path / "a.png", Keep(name, stop=lambda: next(asked, None) is None))
    assert 0 < rows_begun(tmp_path / "a.png") < 301
    draw(tmp_path / "a.png", Keep(name, resume=True))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "whole.png").read_bytes()


def refused(path: Path, **options: Any) -> str:
    """The message."""
    before = {name: (path.parent / name).read_bytes() for name in left_of(path)}
    with pytest.raises(FileError) as caught:
        go_on(path, **options) if options.pop("resume", True) else keep(
            path, options.pop("grid", GRID), keep=Keep("dots"), **options
        )
    assert {name: (path.parent / name).read_bytes() for name in left_of(path)} == before
    return str(caught.value).removeprefix(f"{path}: ")


def test_what_is_begun_is_neither_lost_nor_mixed_with_something_else(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    begin(path)
    anew = "(--force without --resume begins anew)"
    assert refused(path, resume=False) == (
        "was begun and is not finished (--resume goes on, --force begins anew)"
    )
    for options, was, now in (
        ({"grid": Grid(View(), 9, 9)}, "options '--size=512x1300'", "'--size=9x9'"),
        ({"grid": Grid(View.parse("1,2@3"), 512, 1300)}, "view '0,0@1'", "'1,2@3'"),
        ({"digest": "0" * 64}, "program ''", f"'{60 * '0'}...'"),
        ({"engine": "glsl"}, "engine 'dots'", "'glsl'"),
        ({"form": "pgm"}, "format 'png'", "'pgm'"),
        ({"force": True, "aa": 2}, "options '--size=512x1300'", "'--size=512x1300 --aa=2'"),
    ):
        assert refused(path, **options) == f"was begun with {was}, found {now} {anew}"
    go_on(path)


def test_by_force_it_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    begin(path)
    other = replace(GRID, height=300)
    keep(path, other, keep=Keep("dots"), force=True)
    assert is_whole(path, other)
    assert names(tmp_path) == ["a.png"]


def test_where_nothing_is_begun_all_of_it_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    (tmp_path / left_of(path)[1]).write_bytes(b"left by a kill before any strip was done")
    assert rows_begun(path) == 0
    assert go_on(path)[0] == 0
    (tmp_path / left_of(path)[0]).write_bytes(b"left by a kill when it was finished")
    assert names(tmp_path) == [left_of(path)[0], "a.png"]
    go_on(path, force=True)
    assert names(tmp_path) == ["a.png"]


def test_other_saves_leave_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    begin(path)
    keep(tmp_path / "b.png")
    keep(tmp_path / "c.png", keep=Keep("dots"))
    keep(path)  # as the window does, which keeps nothing
    assert names(tmp_path) == [*left_of(path), "a.png", "b.png", "c.png"]
    go_on(path, force=True)
    assert names(tmp_path) == ["a.png", "b.png", "c.png"]


def test_it_is_found_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    path = tmp_path / "there" / ("a" * 240 + ".png")
    (tmp_path / "link.png").symlink_to(path)
    begin(tmp_path / "link.png")
    assert len(names(path.parent)) == 2
    assert go_on(path)[0] == 511
    assert names(path.parent) == [path.name]


def test_one_process_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.png"

    def another(*_: object) -> None:
        for resume in (False, True):
            with pytest.raises(FileError) as caught:
                keep(path, GRID, keep=Keep("dots", resume))
            assert str(caught.value) == f"{path}: another process is writing it"

    keep(path, GRID, keep=Keep("dots"), progress=another)
    assert names(tmp_path) == ["a.png"]


def test_a_line_that_was_cut_off_is_in_nobody_s_way(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    begin(path)
    with (tmp_path / left_of(path)[0]).open("ab") as journal:
        journal.write(b'{"rows": 7')
    begin(path, resume=True)
    assert rows_begun(path) == 1024


@pytest.mark.parametrize("kind", ["link", "foreign"])
def test_what_another_put_in_its_place_is_not_taken_for_ours(tmp_path: Path, kind: str) -> None:
    path, victim = tmp_path / "a.png", tmp_path / "victim"
    begin(path)
    part = tmp_path / left_of(path)[1]
    precious = part.read_bytes() + OLD
    victim.write_bytes(precious)
    part.unlink()
    part.symlink_to(victim) if kind == "link" else os.link(victim, part)
    with pytest.raises(OSError, match="symbolic" if kind == "link" else "another's"):
        take(part)
    with suppress(FileError):
        go_on(path)
    assert victim.read_bytes() == precious


@pytest.mark.parametrize("error", [DrawError, SystemExit, MemoryError])
@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_what_is_done_is_kept_where_the_drawing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], ending: str
) -> None:
    monkeypatch.setattr(begun, "EVERY", 60.0)  # all of the journal is written in the end

    def fail(done: int, _: int) -> None:
        if done > 800:
            raise error("lost")

    path, whole = tmp_path / f"a{ending}", tmp_path / f"whole{ending}"
    keep(whole, GRID)
    path.write_bytes(OLD)
    with pytest.raises(error) as caught:
        keep(path, GRID, keep=Keep("dots"), force=True, progress=fail)
    assert caught.value.__notes__ == [KEPT]
    assert path.read_bytes() == OLD
    assert go_on(path, force=True)[0] > 0
    assert path.read_bytes() == whole.read_bytes()
    assert names(tmp_path) == [path.name, whole.name]


def test_a_finished_picture_is_kept_where_its_name_was_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    with pytest.raises(FileError) as caught:
        keep(path, GRID, keep=Keep("dots"), progress=lambda *_: path.write_bytes(OLD) > 0)
    assert str(caught.value) == f"{path}: exists already (--force replaces it)"
    assert path.read_bytes() == OLD
    assert go_on(path, force=True) == [1299]
    assert is_whole(path, GRID)
