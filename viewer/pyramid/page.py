"""What stands beside the tiles: a .dzi file for each stage, and the page that shows them all."""

import html
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from viewer.picture.palettes import Colour, Palette
from viewer.pyramid.levels import BATCH, OVERLAP, TILE
from viewer.pyramid.plan import SCREEN, Stage, region
from viewer.resources import asset
from viewer.view import View, log2

LONGEST_LABEL = 40
"""Characters of a view on its button."""
_COPIED = {
    "openseadragon.min.js": "openseadragon.min.js",
    "LICENSE_OPENSEADRAGON.txt": "openseadragon.LICENSE.txt",
}

Area = tuple[int, int, int, int, int, int]
"""The first and the last of some levels, and what they have: left, top, width and height in pixels
of the finest level."""


def files(
    stages: Sequence[Stage], views: Sequence[View], name: str, palette: Palette | None
) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file beside the tiles, the page last. `name` is the program's."""
    for stage in stages:
        yield f"{stage.name}.dzi", dzi(stage).encode()
    for source, target in _COPIED.items():
        yield target, asset(f"web/{source}").read_bytes()
    yield "index.html", page(stages, views, name, palette).encode()


def areas(stage: Stage) -> list[Area]:
    """What there is of a stage, nothing where all levels are there as a whole."""
    pyramid = stage.pyramid
    if stage.complete == pyramid.top:
        return []
    found = [(0, stage.complete, 0, 0, pyramid.width, pyramid.height)] * (stage.complete >= 0)
    for level in range(stage.complete + 1, pyramid.top + 1):
        side = BATCH << (pyramid.top - level)
        for first, last in stage.areas(level):
            x, y = first.column * side, first.row * side
            width = min((last.column + 1) * side, pyramid.width) - x
            height = min((last.row + 1) * side, pyramid.height) - y
            found.append((level, level, x, y, width, height))
    return found


def dzi(stage: Stage) -> str:
    """The Deep Zoom description of a stage, with what there is of it."""
    pyramid = stage.pyramid
    rectangles = "".join(
        f'<DisplayRect MinLevel="{first}" MaxLevel="{last}">'
        f'<Rect X="{x}" Y="{y}" Width="{width}" Height="{height}"/></DisplayRect>\n'
        for first, last, x, y, width, height in areas(stage)
    )
    shown = f"<DisplayRects>\n{rectangles}</DisplayRects>\n" if rectangles else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Image xmlns="http://schemas.microsoft.com/deepzoom/2008"'
        f' Format="png" Overlap="{OVERLAP}" TileSize="{TILE}">\n'
        f'<Size Width="{pyramid.width}" Height="{pyramid.height}"/>\n{shown}</Image>\n'
    )


def page(stages: Sequence[Stage], views: Sequence[View], name: str, palette: Palette | None) -> str:
    """The page, as text."""
    first = stages[0].pyramid
    found = {
        "tile": TILE,
        "overlap": OVERLAP,
        "home": [0, 0, 1, first.height / first.width],
        "stages": [_stage(stage, stages) for stage in stages],
        "places": [_place(view, number, stages) for number, view in enumerate(views, 1)],
    }
    text = asset("web/pyramid.html").read_text(encoding="utf-8")
    # In a script no text may look like the end of the script.
    data = json.dumps(found, separators=(",", ":")).replace("<", "\\u003c")
    for key, value in (
        ("background", _css(palette.outside if palette else (0, 0, 0, 255))),
        ("page", data),
        ("title", html.escape(PurePath(name).name)),
    ):
        text = text.replace("{{" + key + "}}", value)
    return text


def _stage(stage: Stage, stages: Sequence[Stage]) -> dict[str, object]:
    """`power` is the power of 10 of the zoom of a view as wide as the stage."""
    pyramid = stage.pyramid
    width = pyramid.width * pyramid.pixel
    return {
        "name": stage.name,
        "width": pyramid.width,
        "height": pyramid.height,
        "areas": areas(stage),
        "parent": stage.parent,
        "at": [float(number) for number in region(pyramid, stages[stage.parent].pyramid)],
        "power": log2(2 / width) * math.log10(2),
    }


def _place(view: View, number: int, stages: Sequence[Stage]) -> dict[str, object]:
    """Where a view is in the deepest stage that is near it, as a square."""
    chain = f"view{number}-"
    index = max((k for k, stage in enumerate(stages) if stage.name.startswith(chain)), default=0)
    pyramid = stages[index].pyramid
    unit = pyramid.width * pyramid.pixel
    half = SCREEN[0] * view.half(SCREEN)
    x, y = (view.x - half - pyramid.left) / unit, (pyramid.upper - view.y - half) / unit
    side = float(2 * half / unit)
    label = str(view)
    if len(label) > LONGEST_LABEL:
        label = f"view {number}, zoom {view.zoom_text()}"
    return {"label": label, "stage": index, "box": [float(x), float(y), side, side]}


def _css(colour: Colour) -> str:
    return f"#{bytes(colour).hex()}"
