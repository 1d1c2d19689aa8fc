"""The table of formats. Adding one is a row here and the function that encodes it."""

from functools import partial
from pathlib import PurePath

from viewer.errors import UsageError
from viewer.picture.formats.header import Format, Pixels
from viewer.picture.formats.plain import encode_npy, encode_pbm, encode_ppm
from viewer.picture.formats.png import encode_png
from viewer.picture.formats.tiff import encode_tiff

_PNG: tuple[Pixels, ...] = ("grey", "palette", "bit", "rgb", "rgba")
_TIFF: tuple[Pixels, ...] = ("grey", "bit", "rgb", "rgba", "field")
_BIG = partial(encode_tiff, big=True)

FORMATS = (
    Format(
        "png",
        (".png",),
        ("grey", "palette", "bit", "rgb", "rgba"),
        encode_png,
        True,
        takes_runs=True,
    ),
    Format("ppm", (".ppm",), ("grey", "rgb"), encode_ppm),  # readers of PPM take P5 as well
    Format("pgm", (".pgm",), ("grey",), encode_ppm),
    Format("pbm", (".pbm",), ("bit",), encode_pbm),
    Format("tiff", (".tif", ".tiff"), _TIFF, encode_tiff, True, True),
    Format("bigtiff", (".btf", ".tf8"), _TIFF, _BIG, True, True),
    Format("npy", (".npy",), ("field", "grey", "rgb", "rgba"), encode_npy),
)

ENDINGS = tuple(ending for row in FORMATS for ending in row.endings)
"""What names of pictures end in, in small letters."""
OUTLINES = (".svg", ".pdf")
"""The same of outlines, which are not made of rows: see `picture.outline`."""


def format_for(path: PurePath) -> Format:
    """The format that a name asks for by its ending. Raises `UsageError`."""
    for row in FORMATS:
        if path.suffix.lower() in row.endings:
            return row
    found = f"ending '{path.suffix}'" if path.suffix else "a name without an ending"
    raise UsageError(f"{path}: found {found}, expected {' '.join(ENDINGS + OUTLINES)}")


def format_named(name: str) -> Format:
    """A format by its name. Raises `UsageError`."""
    for row in FORMATS:
        if row.name == name:
            return row
    names = " ".join([*(row.name for row in FORMATS), *(ending[1:] for ending in OUTLINES)])
    raise UsageError(f"unknown format '{name}', expected one of {names}")
