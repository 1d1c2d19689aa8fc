"""Engines that claim to be right at any depth, at places on the edges of all models.

No pixel is wrong but within a thousandth of a pixel of the edge; for `exact`, none is at all.
"""

from fractions import Fraction
from pathlib import Path

import pytest

from tests.deep.oracle import Shape
from tests.deep.pixels import CASES, NEAR, Look, named
from tests.deep.places import Place, places, shape_of
from tests.engines import running
from viewer.engines.registry import ENGINES, Row
from viewer.program import parse, read
from viewer.sign import sign_form

SIDE = 64
ZOOMS = tuple(Fraction(10) ** exponent for exponent in (3, 17, 100, 300))
PIECES = ("dreams", "prospero", "quarter")
"""Shapes with corners between two pieces."""


def some(path: Path, count: int) -> list[Place]:
    """Places on the edges of a model, and a corner for every two of them."""
    return places(path, count, -(-count // 2) if path.stem in PIECES else 0)


def check(row: Row, model: Path, at: list[Place], zooms: tuple[Fraction, ...], side: int) -> None:
    """Each place at each zoom."""
    near = Fraction(0) if row.name == "exact" else NEAR
    with running(row, read(model)) as engine:
        for place in at:
            look = Look(shape_of(model), place, zooms[0], side)
            for zoom in zooms:
                look = look._replace(zoom=zoom).near()
                inside = engine.inside(look.grid, look.grid.whole)
                assert inside.any() and not inside.all(), f"{place} at {float(zoom)}: no edge"
                count = 60 if len(look.shape.lines) < 60 else 6
                wrong = look.wrong(inside, count, near)
                assert not wrong, f"{place} at {look.grid.view}: {wrong}"


@pytest.mark.gl
@pytest.mark.parametrize(("row", "path"), CASES, ids=named)
def test_no_pixel_is_wrong_at_any_depth(row: Row, path: Path) -> None:
    check(row, path, some(path, 1), ZOOMS, SIDE)


@pytest.mark.slow
@pytest.mark.gl
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("row", "path"), CASES, ids=named)
def test_no_pixel_is_wrong_in_many_places(row: Row, path: Path) -> None:
    zooms = tuple(Fraction(10) ** exponent for exponent in (3, 5, 7, 10, 14, 20, 45, 110, 200, 300))
    check(row, path, some(path, 20), zooms, 256)


ORIGIN = {
    "a circle and exp, whose edges meet there": (
        "x var-x\ny var-y\none const 1\na add x one\nb square a\nc square y\nd add b c\n"
        "e sqrt d\nf exp y\ng sub e f"
    ),
    "a product that has no float": "x var-x\ny var-y\nm mul x y",
}


@pytest.mark.gl
@pytest.mark.parametrize("row", [row for row in ENGINES if row.digits == "exact"], ids=named)
@pytest.mark.parametrize("text", ORIGIN.values(), ids=ORIGIN)
def test_next_to_the_origin(row: Row, text: str) -> None:
    """There coordinates are exact in any float, but not what they are added to."""
    program = parse(text.encode(), "origin.vm")
    if row.name == "tiles" and not sign_form(program).pure:
        return
    place = Place(Fraction(0), Fraction(0), "arc")
    with running(row, program) as engine:
        for exponent in (4, 9, 40, 300):
            look = Look(Shape.read(text), place, Fraction(10) ** exponent, SIDE).near()
            assert not look.wrong(engine.inside(look.grid, look.grid.whole), 40), look.grid.view
