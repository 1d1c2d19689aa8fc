"""Paths as SVG 1.1 and as PDF 1.4: one page, one shape, filled where an odd number of paths is
around a point."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from viewer.picture.outline.fit import Path
from viewer.picture.palettes import Colour, Palette
from viewer.view import Size

Write = Callable[
    [Sequence[Path], Size, int, Palette | None, float | None, Mapping[str, str]], bytes
]
"""From paths, the picture's size, digits after the point, colours, pixels an inch and notes."""

_PLAIN = Palette((0, 0, 0, 255), (255, 255, 255, 0), (0, 0, 0, 255))
"""Black, and nothing where there is nothing: as outlines are mostly used."""
_POINTS = 72
"""PDF's unit is a part of an inch."""


def svg(
    paths: Sequence[Path],
    size: Size,
    digits: int,
    palette: Palette | None,
    dpi: float | None,
    notes: Mapping[str, str],
) -> bytes:
    """A document of `size` pixels; `digits` after the point are kept. `notes` are lines of its
    description."""
    width, height = size
    inside, outside, _ = palette or _PLAIN
    sides = (f"{side / dpi:g}in" if dpi else str(side) for side in size)
    told = "\n".join(f"{keyword}: {text}" for keyword, text in notes.items())
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"'.format(*sides)
        + f' viewBox="0 0 {width} {height}">',
        f"<title>{_xml(notes.get('Title', ''))}</title>",
        f"<desc>{_xml(told)}</desc>",
    ]
    if outside[3]:
        lines.append(f'<path d="M0 0H{width}V{height}H0Z"{_svg_fill(outside)}/>')
    data = "\n".join(_svg_path(path, digits) for path in paths)
    lines += [f'<path fill-rule="evenodd"{_svg_fill(inside)} d="{data}"/>', "</svg>", ""]
    return "\n".join(lines).encode("utf-8", "replace")


def pdf(
    paths: Sequence[Path],
    size: Size,
    digits: int,
    palette: Palette | None,
    dpi: float | None,
    notes: Mapping[str, str],
) -> bytes:
    """The same as a PDF, of one point a pixel, or as `dpi` says. `notes` are its keywords."""
    scale = _POINTS / (dpi or _POINTS)
    width, height = (side * scale for side in size)
    inside, outside, _ = palette or _PLAIN
    drawn = [f"{scale:.9g} 0 0 {-scale:.9g} 0 {height:.9g} cm"]
    states = {f"A{colour[3]}": colour[3] / 255 for colour in (inside, outside)}
    if outside[3]:
        drawn += [_pdf_fill(outside), "0 0 {} {} re f".format(*size)]
    drawn += [_pdf_fill(inside), *(_pdf_path(path, digits) for path in paths), "f*"]
    content = zlib.compress("\n".join(drawn).encode("ascii"), 9)
    alphas = " ".join(f"/{name} << /ca {alpha:.4g} >>" for name, alpha in states.items())
    told = "; ".join(f"{keyword}: {text}" for keyword, text in notes.items())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.9g} {height:.9g}] /Contents 4 0 R"
        f" /Resources << /ExtGState << {alphas} >> >> >>".encode("ascii"),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
        f"<< /Title {_pdf_text(notes.get('Title', ''))} /Creator (Prospero Viewer)"
        f" /Keywords {_pdf_text(told)} >>".encode("ascii"),
    ]
    return b"".join(_pdf_file(objects))


def _numbers(points: Iterable[Iterable[float]], digits: int) -> str:
    return " ".join(_number(value, digits) for point in points for value in point)


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _svg_path(path: Path, digits: int) -> str:
    steps = (("L" if len(step) == 1 else "C") + _numbers(step, digits) for step in path.steps)
    return f"M{_numbers([path.start], digits)}{''.join(steps)}Z"


def _svg_fill(colour: Colour) -> str:
    fill = f' fill="#{bytes(colour[:3]).hex()}"'
    return fill if colour[3] == 255 else f'{fill} fill-opacity="{colour[3] / 255:.4g}"'


def _xml(text: str) -> str:
    """Without what XML 1.0 has no way to write."""
    kept = "".join(c if c in "\t\n" or c >= " " else "?" for c in text)
    return escape(kept)


def _pdf_path(path: Path, digits: int) -> str:
    steps = (_numbers(step, digits) + (" l" if len(step) == 1 else " c") for step in path.steps)
    return "\n".join([f"{_numbers([path.start], digits)} m", *steps, "h"])


def _pdf_fill(colour: Colour) -> str:
    red, green, blue = (f"{value / 255:.4g}" for value in colour[:3])
    return f"/A{colour[3]} gs {red} {green} {blue} rg"


def _pdf_text(text: str) -> str:
    """A string in UTF-16 with its mark, in hexadecimal."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex()}>"


def _pdf_file(objects: Sequence[bytes]) -> Iterator[bytes]:
    """The objects, numbered from 1, and where they are; the first is the catalogue, the last the
    information."""
    start = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    yield start
    place, places = len(start), []
    for number, data in enumerate(objects, 1):
        places.append(place)
        written = b"%d 0 obj\n%s\nendobj\n" % (number, data)
        place += len(written)
        yield written
    yield b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    yield b"".join(b"%010d 00000 n \n" % each for each in places)
    yield b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(objects),
        place,
    )
