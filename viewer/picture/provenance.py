"""Where a picture is of: what PNG and TIFF files carry, and how it is read back.

    Prospero View      x,y@zoom, exactly                     (`View.parse`)
    Prospero Options   the other options of `prospero render`, as one writes them
    Prospero Program   SHA-256 of the program's text, in hexadecimal

In a PNG each is a text chunk, in a TIFF a line of the description.
"""

import hashlib
import os
import shlex
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from viewer.errors import FileError, UsageError
from viewer.picture.look import Look
from viewer.picture.target import reported
from viewer.view import Grid, View

_VIEW, _OPTIONS, _PROGRAM = "Prospero View", "Prospero Options", "Prospero Program"
_DESCRIPTION = 270  # TIFF's tag
_LONGEST = 10**6  # characters of a note: views at zoom 1e10000 have 20,000


@dataclass(frozen=True)
class Provenance:
    """A picture's view, the `options` of `prospero render` that repeat it at its size, and the
    `digest` of its program, "" where it is not known."""

    view: View
    options: tuple[str, ...]
    digest: str = ""

    @staticmethod
    def of(grid: Grid, aa: int, look: Look, digest: str = "") -> "Provenance":
        """Of a picture that is drawn; options that are as they would be anyway are left out."""
        options = [f"--size={grid.width}x{grid.height}"]
        if aa > 1:
            options.append(f"--aa={aa}")
        if grid.z:
            options.append(f"--z={_decimal(grid.z)}")
        if grid.reference:
            options.append("--grid=reference")
        return Provenance(grid.view, (*options, *look.options()), digest)

    def notes(self, name: str) -> Mapping[str, str]:
        """What a file carries, by keyword; `name` is the program's."""
        found = {
            "Title": os.path.basename(name),  # noqa: PTH119  (names need not be paths)
            "Software": "Prospero Viewer",
            _VIEW: str(self.view),
            _OPTIONS: shlex.join(self.options),
        }
        return {**found, _PROGRAM: self.digest} if self.digest else found


def digest_of(data: bytes) -> str:
    """What a program's text is known by."""
    return hashlib.sha256(data).hexdigest()


def read(path: Path) -> Provenance:
    """What a PNG or TIFF file carries, without its pixels. Raises `FileError`."""
    with reported(path), path.open("rb") as file:
        notes = _notes(file)
    view = notes.get(_VIEW)
    if view is None or len(view) > _LONGEST:
        raise FileError(f"{path}: found no view, expected a picture that Prospero Viewer saved")
    try:
        options = tuple(shlex.split(notes.get(_OPTIONS, "")[:_LONGEST]))
        return Provenance(View.parse(view), options, notes.get(_PROGRAM, ""))
    except (UsageError, ValueError) as error:
        raise FileError(f"{path}: {error}") from None


def is_picture(name: str) -> bool:
    """Whether a name is that of a file that may carry a view; no view's text is."""
    return Path(name).suffix.lower() in (".png", ".tif", ".tiff", ".btf", ".tf8")


def _notes(file: BinaryIO) -> Mapping[str, str]:
    """The notes of a file that is open for reading, none where it is no picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a damaged file is judged by what is found in it
        # Whatever is wrong with it, its readers have no common error.
        with suppress(Exception):
            return _png(file) if file.read(4) == b"\x89PNG" else _tiff(file)
    return {}


def _png(file: BinaryIO) -> Mapping[str, str]:
    from PIL.PngImagePlugin import PngImageFile

    file.seek(0)
    # Not by `Image.open`, which refuses large pictures: their pixels are not wanted.
    info = PngImageFile(file).info
    return {str(key): value for key, value in info.items() if isinstance(value, str)}


def _tiff(file: BinaryIO) -> Mapping[str, str]:
    from PIL.TiffImagePlugin import TiffImageFile

    file.seek(0)
    lines = str(TiffImageFile(file).tag_v2.get(_DESCRIPTION, "")).split("\n")
    return {keyword: value for keyword, _, value in (line.partition(": ") for line in lines)}


def _decimal(value: Fraction) -> str:
    """Exactly, where it is a decimal at all, as heights are."""
    with localcontext(prec=1000):
        return f"{Decimal(value.numerator) / value.denominator:f}"
