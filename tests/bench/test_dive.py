"""`prospero bench --path deep`: the places it finds, what it counts, and what it prints."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import ROOT
from tests.deep.oracle import Shape
from viewer.bench import dive, signs, walk
from viewer.bench.places import Place, corner, places
from viewer.engines import registry
from viewer.engines.exact import Exact
from viewer.errors import DrawError, UsageError
from viewer.passes import optimise
from viewer.program import Program, parse, read
from viewer.view import Block, Grid, Size, View

DISC = "x var-x\ny var-y\na square x\nb square y\ns add a b\nr const 0.5\nd sub s r"
HALF = f"{DISC}\nl const 0.3\nm sub x l\ne max d m"
"""The disc, cut off on the right."""
WAVE = "x var-x\ny var-y\nt const 3\nu mul t x\ns sin u\nd sub y s"


def program(text: str) -> Program:
    return optimise(parse(text.encode(), "shape.vm"))


@pytest.mark.parametrize("text", [DISC, HALF, WAVE])
def test_places_lie_on_the_edge_by_the_oracle(text: str) -> None:
    shape, little = Shape.read(text), Fraction(1, 10**320)
    for place in places(program(text), 5):
        around = {
            shape.sign(place.x + i * little, place.y + j * little)
            for i, j in product((-1, 1), repeat=2)
        }
        assert around >= {-1, 1}, place


def test_places_say_what_they_are_on() -> None:
    assert {place.kind for place in places(program(DISC), 8)} == {"arc"}
    assert {place.kind for place in places(program(HALF), 8)} == {"arc", "edge"}
    assert {place.kind for place in places(program(WAVE), 8)} == {"place"}


def test_a_corner_is_where_two_edges_meet() -> None:
    found = corner(program(HALF))
    assert found is not None
    assert abs(found.x - Fraction("0.3")) < Fraction(1, 10**320)
    assert abs(found.x**2 + found.y**2 - Fraction("0.5")) < Fraction(1, 10**320)


@pytest.mark.parametrize("text", [DISC, WAVE])
def test_there_may_be_no_corner(text: str) -> None:
    assert corner(program(text)) is None


def test_a_shape_without_an_edge_has_no_places() -> None:
    with pytest.raises(DrawError, match="no edge"):
        places(program("c const 1"), 3)


class Off(Exact):
    """Draws what lies some pixels further right."""

    off = Fraction(0)

    def inside(self, grid: Grid, block: Block) -> NDArray[np.bool_]:
        x = grid.view.x + self.off * 2 * grid.half
        view = View(x, grid.view.y, grid.view.base, grid.view.steps)
        return super().inside(Grid(view, *grid.size), block)


@pytest.mark.parametrize(
    ("off", "wrong", "beyond"), [("0", False, False), ("1e-5", None, False), ("0.4", True, True)]
)
def test_wrong_pixels_are_counted(
    off: str, wrong: bool | None, beyond: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Off, "off", Fraction(off))
    monkeypatch.setattr(registry, "choose", lambda p, grid: (registry.row("exact"), Off(p), ""))
    shape = program(HALF)
    *_, found = signs.count(shape, places(shape, 1))
    assert found.pixels == len(signs.ZOOMS) * signs.SIDE**2
    assert wrong is None or (found.wrong > 0) == wrong
    assert (found.beyond > 0) == beyond
    assert found.checked > 0 == found.wrong_exact


def test_a_wrong_exact_picture_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = program(HALF)
    monkeypatch.setattr(Off, "off", Fraction("0.4"))
    monkeypatch.setattr(signs, "Exact", Off)
    *_, found = signs.count(shape, places(shape, 1))
    assert found.wrong_exact > 0


def test_places_go_with_the_deep_path_only(capsys: pytest.CaptureFixture[str]) -> None:
    from viewer.cli import main

    path = str(ROOT / "assets" / "hello.vm")
    assert main(["bench", path, "--places", "3"]) == UsageError.exit_status == 2
    assert "--path deep" in capsys.readouterr().err


@pytest.mark.gl
def test_one_run_has_it_all(context: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(size: Size) -> list[View]:
        return [View(), Place(Fraction(0), Fraction(0), "").view(Fraction(10) ** 50)]

    monkeypatch.setitem(walk.VIEWS, "deep", short)
    monkeypatch.setattr(dive, "TURNS", 2)
    monkeypatch.setattr(dive, "LEVELS", ("1e28",))
    monkeypatch.setattr(dive, "JUMPS", 1)
    run = dive.Dive(optimise(read(ROOT / "assets" / "hello.vm")), (64, 64), 2)
    assert len(list(run.run())) == run.steps
    found = json.loads(run.text(as_json=True))
    assert found["path"] == "deep"
    assert [(row["kind"], row["zoom"]) for row in found["steady"]] == [
        ("arc", zoom) for zoom in dive.DEPTHS
    ]
    assert all(row["ratio"] == row["frame_ms"] / row["home_ms"] for row in found["steady"])
    assert [row["zoom"] for row in found["fractal"]] == ["1e28"]
    assert found["jump_ms"] > 0
    assert found["signs"]["pixels"] == 2 * len(signs.ZOOMS) * signs.SIDE**2
    assert found["signs"]["beyond"] == found["signs"]["wrong_exact"] == 0
    text = run.text(as_json=False)
    assert "frost.vm   1e28" in text and "arc     1e300" in text
