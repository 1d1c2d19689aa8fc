"""The options that say which picture: its place, its size, its samples, its look.

They are read from the command line and, with `--like`, from a picture that carries them. Imports
nothing heavy until it must.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from viewer.errors import FileError, UsageError

if TYPE_CHECKING:
    from viewer.picture.look import Look
    from viewer.picture.provenance import Provenance
    from viewer.view import Grid, Size, View

_DEFAULTS = {"size": "1024", "aa": "1", "z": "0", "grid": "centers", "mode": "fill"}
_REPEATED = (*_DEFAULTS, "palette", "colors", "pixels", "dpi")
"""What a picture carries beside its view."""


@dataclass(frozen=True)
class Wanted:
    """A picture that is asked for. `digest` is the one of the program that `--like` was drawn
    from, "" where nothing is known of it."""

    grid: Grid
    aa: int
    look: Look
    digest: str = ""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds them. None stands for what is not given."""
    add = parser.add_argument
    add("--size", metavar="N|WxH", help="pixels (default 1024)")
    add("--center", metavar="X,Y", help="model point at the centre (default 0,0)")
    add("--zoom", metavar="Z", help="1 shows [-1, 1] along the shorter side (default)")
    add("--view", metavar="X,Y@ZOOM", help="both, as Ctrl+C copies it, or a saved picture")
    add("--aa", metavar="N", help="N x N samples a pixel (default 1)")
    add("--z", metavar="H", help="height of the slice, for programs with var-z")
    add("--grid", choices=("centers", "reference"), help="where samples lie")
    add(
        "--mode", choices=("fill", "distance", "iso", "gradient"), help="what is shown of the value"
    )
    add("--palette", metavar="NAME", help="dark, light, print, or safe for all kinds of eyes")
    add("--colors", metavar="IN,OUT", help="names, #rrggbb, #rrggbbaa, or none: clear")
    add("--pixels", metavar="KIND", help="bit, grey, palette, rgb, rgba, or field: the value")
    add("--dpi", metavar="N", help="pixels an inch, for printing")
    add("--like", metavar="PICTURE", help="as a saved picture, but for the other options here")


def wanted(options: argparse.Namespace) -> Wanted:
    """What is asked for. Raises `UsageError`, or `FileError` for what is read from a picture."""
    from viewer.picture.provenance import read
    from viewer.view import Grid, View, parse_number

    given = {name: getattr(options, name) for name in _REPEATED}
    like = read(Path(options.like)) if options.like else None
    if like:
        given = _completed(given, like, options.like)
    text = {name: value or _DEFAULTS.get(name, "") for name, value in given.items()}
    view = _view(options, like.view if like else View())
    size, z = _size(text["size"]), parse_number(text["z"], "height")
    grid = Grid(view, *size, z, text["grid"] == "reference")
    return Wanted(grid, count(text["aa"], "--aa"), _look(text), like.digest if like else "")


def place(text: str) -> View:
    """A view as text, or that of a saved picture. Raises `UsageError` or `FileError`."""
    from viewer.picture.provenance import is_picture, read
    from viewer.view import View

    return read(Path(text)).view if is_picture(text) else View.parse(text)


def count(text: str, option: str, least: int = 1) -> int:
    """A whole number. Raises `UsageError`."""
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < least:
        raise UsageError(f"bad {option} '{text}', expected a whole number from {least}")
    return int(text)


class Strict(argparse.ArgumentParser):
    """A parser for options that no user has typed."""

    def error(self, message: str) -> NoReturn:
        """Raises `UsageError` instead of ending the program."""
        raise UsageError(message)


def _completed(given: dict[str, str | None], like: Provenance, name: str) -> dict[str, str | None]:
    """What is not given is as the picture has it."""
    parser = Strict(add_help=False, allow_abbrev=False)
    for option in _REPEATED:
        parser.add_argument(f"--{option}")
    try:
        carried = vars(parser.parse_args(like.options))
    except UsageError as error:
        raise FileError(f"{name}: its options cannot be read: {error}") from None
    if given["palette"] or given["colors"]:
        carried["palette"] = carried["colors"] = None
    return {option: value or carried[option] for option, value in given.items()}


def _view(options: argparse.Namespace, start: View) -> View:
    from viewer.view import View, parse_zoom

    if options.view and (options.center or options.zoom):
        raise UsageError("--view gives centre and zoom, expected no --center or --zoom beside it")
    if options.view:
        return place(options.view)
    if options.center:
        centre = View.parse(options.center)
        start = replace(start, x=centre.x, y=centre.y)
    if options.zoom:
        start = replace(start, base=parse_zoom(options.zoom), steps=0)
    return start


def _look(text: dict[str, str]) -> Look:
    from viewer.picture.formats.header import PIXELS
    from viewer.picture.look import Look
    from viewer.picture.modes import MODES
    from viewer.picture.palettes import palette_named, palette_of
    from viewer.view import parse_number

    if text["palette"] and text["colors"]:
        raise UsageError("--palette and --colors both give colours, expected one of them")
    palette = palette_named(text["palette"]) if text["palette"] else None
    if text["colors"]:
        palette = palette_of(text["colors"])
    kind = next((kind for kind in PIXELS if kind == text["pixels"]), None)
    if text["pixels"] and not kind:
        raise UsageError(f"unknown pixels '{text['pixels']}', expected one of {' '.join(PIXELS)}")
    if text["mode"] not in ("fill", *MODES):
        raise UsageError(f"unknown mode '{text['mode']}', expected one of fill {' '.join(MODES)}")
    dpi = float(parse_number(text["dpi"], "dpi")) if text["dpi"] else None
    if dpi is not None and not 1 <= dpi <= 100_000:
        raise UsageError(f"bad dpi '{text['dpi']}', expected 1 to 100000 pixels an inch")
    return Look(text["mode"], palette, kind, dpi)


def _size(text: str) -> Size:
    match = re.fullmatch(r"([0-9]{1,9})(?:[xX]([0-9]{1,9}))?", text)
    if not match or int(match[1]) == 0 or int(match[2] or 1) == 0:
        raise UsageError(f"bad size '{text}', expected N or WxH in pixels, such as 1024 or 800x600")
    return int(match[1]), int(match[2] or match[1])


def positive(text: str, option: str) -> float:
    """A number above 0. Raises `UsageError`."""
    from viewer.view import parse_number

    value = float(parse_number(text, option))
    if not 1e-6 <= value <= 1e6:
        raise UsageError(f"bad {option} '{text}', expected a number from 0.000001 to 1000000")
    return value
