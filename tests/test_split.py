"""The split of a program at its root, as laws over points and over random shapes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.strategies import programs, shapes
from viewer.passes import optimise
from viewer.passes.bounds import DOMAIN
from viewer.passes.split import Piece, Split, split
from viewer.program import Program, parse

Points = NDArray[np.float32]

coordinates = st.one_of(
    st.floats(-3, 3, width=32),
    st.floats(-DOMAIN, DOMAIN, width=32),
    st.sampled_from((0.0, 1.0, -1.0, DOMAIN, -DOMAIN)),
)
points = st.lists(st.tuples(coordinates, coordinates, coordinates), min_size=1, max_size=30)


def field(program: Program, x: Points, y: Points, z: Points) -> Points:
    """The value at points, in float32, by the ops' own point functions."""
    values: list[Points] = []
    given_by = {"x": x, "y": y, "z": z}
    with np.errstate(all="ignore"):
        for op, args, value, _ in program.instrs:
            if op.variable is not None:
                values.append(given_by[op.variable])
            elif op.point is None:
                values.append(np.full_like(x, np.float32(float(value or 0))))
            else:
                values.append(op.point(*[values[arg] for arg in args]))
    return values[-1]


def inside(found: Split, x: Points, y: Points, z: Points) -> NDArray[np.bool_]:
    """What drawing the pieces leaves: each only where its box is."""
    picture = np.full(x.shape, found.combine == "max")
    for program, box in found.pieces:
        negative = field(program, x, y, z) < 0
        where = np.ones_like(picture)
        if box is not None:
            where = (x >= box.x0) & (x <= box.x1) & (y >= box.y0) & (y <= box.y1)
        if found.combine == "min":
            picture |= negative & where
        else:
            picture &= negative | ~where
    return picture


def agrees(text: str, pieces: int, at: list[tuple[float, float, float]]) -> None:
    program = parse(text.encode())
    x, y, z = np.array(at, np.float32).T
    # A finite lattice of small points too: most shapes are there.
    small = np.linspace(-3, 3, 25, dtype=np.float32)
    x = np.concatenate([x, np.repeat(small, 25)])
    y = np.concatenate([y, np.tile(small, 25)])
    z = np.resize(z, x.shape)
    whole = field(program, x, y, z) < 0
    assert (inside(split(program, pieces), x, y, z) == whole).all()


@given(shapes(most=12), st.integers(1, 9), points)
def test_the_pieces_make_the_same_picture(
    text: str, pieces: int, at: list[tuple[float, float, float]]
) -> None:
    agrees(text, pieces, at)


@given(
    programs(words=("min", "max", "add", "sub", "mul", "square", "sqrt", "neg", "abs", "sin")),
    st.integers(2, 5),
    points,
)
def test_the_pieces_of_any_program_make_the_same_picture(
    text: str, pieces: int, at: list[tuple[float, float, float]]
) -> None:
    agrees(text, pieces, at)


def discs(places: list[tuple[float, float]], radius: float = 0.1, root: str = "min") -> str:
    """Discs under one min; under one max, holes in everything."""
    lines = ["x var-x", "y var-y", f"r const {radius}"]
    for n, (a, b) in enumerate(places):
        lines += [f"a{n} const {a}", f"b{n} const {b}", f"dx{n} sub x a{n}", f"dy{n} sub y b{n}"]
        lines += [f"xx{n} square dx{n}", f"yy{n} square dy{n}", f"s{n} add xx{n} yy{n}"]
        minus = f"d{n} r" if root == "min" else f"r d{n}"
        lines += [f"d{n} sqrt s{n}", f"o{n} sub {minus}"]
    top = "o0"
    for n in range(1, len(places)):
        lines.append(f"t{n} {root} {top} o{n}")
        top = f"t{n}"
    return "\n".join(lines)


CORNERS = [(-0.8, -0.8), (0.8, -0.8), (-0.8, 0.8), (0.8, 0.8)]


@pytest.mark.parametrize("root", ["min", "max"])
def test_parts_that_are_apart_get_small_boxes_of_their_own(root: str) -> None:
    found = split(optimise(parse(discs(CORNERS, root=root).encode())), 4)
    assert found.combine == root
    assert len(found.pieces) == 4
    for piece in found.pieces:
        assert piece.box is not None
        x0, y0, x1, y1 = piece.box
        assert x1 - x0 < 0.3
        assert y1 - y0 < 0.3
        assert any(
            x0 <= a - 0.1 and a + 0.1 <= x1 and y0 <= b - 0.1 and b + 0.1 <= y1 for a, b in CORNERS
        )


def test_pieces_have_about_the_same_number_of_operations() -> None:
    places = [(i / 10 - 1, j / 10 - 1) for i in range(20) for j in range(20)]
    found = split(optimise(parse(discs(places, 0.04).encode())), 16)
    sizes = [len(piece.program) for piece in found.pieces]
    assert len(sizes) == 16
    assert max(sizes) < 1.6 * min(sizes)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("a root that is no choice", "x var-x\ny var-y\nout add x y"),
        ("one operand may be NaN", discs(CORNERS) + "\nq sqrt x\nout min t3 q"),
        ("a part is everywhere", "x var-x\ny var-y\na square x\nb square y\nout max a b"),
        ("a root of two lines", "x var-x\ny var-y\nout min x y"),
    ],
)
def test_one_piece_for_everywhere(why: str, text: str) -> None:
    program = parse(text.encode())
    assert split(program, 8) == Split("min", (Piece(program, None),)), why


def test_nothing_inside_anywhere_is_no_piece() -> None:
    never = discs(CORNERS).replace("r const", "s const -1\nr const")
    never += "".join(f"\np{n} sub d{n} s" for n in range(4))
    never += "\nq0 min p0 p1\nq1 min p2 p3\nout min q0 q1"
    assert split(parse(never.encode()), 8) == Split("min", ())


def test_a_wedge_between_lines_is_no_wider_than_where_they_cross() -> None:
    # Inside where y > 0, y > x and y < 0.75 x + 0.1: no further than where the lines cross.
    wedge = """x var-x
y var-y
k const 0.75
c const 0.1
kx mul k x
up add kx c
a sub y up
low sub x y
b max a low
out neg y
w max b out
"""
    found = split(
        parse((wedge + discs(CORNERS).split("y var-y\n")[1] + "\nout2 min t3 w").encode()), 5
    )
    assert len(found.pieces) == 5
    assert all(piece.box is not None and max(map(abs, piece.box)) < 4 for piece in found.pieces)


def test_a_slice_of_a_solid_is_split_for_every_height() -> None:
    text = discs(CORNERS).replace("x var-x", "x var-x\nz var-z\nzz square z")
    for n in range(4):
        text = text.replace(f"s{n} add xx{n} yy{n}", f"q{n} add xx{n} yy{n}\ns{n} add q{n} zz")
    found = split(optimise(parse(text.encode())), 4)
    assert len(found.pieces) == 4
    agrees(text, 4, [(0.8, 0.8, 0.05), (0.8, 0.8, 0.2), (0.0, 0.0, 0.0)])
