"""What lies over the picture besides panels: the grid, the map, the marked places, the probe.

Whatever takes long is an errand; until it is done, what is there is shown.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.engines.deep import Doubles
from viewer.gpu.marks import Ink, Layer
from viewer.picture.render import block_greys
from viewer.program import Program
from viewer.program.number import apart
from viewer.view import Grid, Size, View
from viewer.window.errands import Errands
from viewer.window.files.gallery import sheet_of
from viewer.window.files.listed import names_of
from viewer.window.files.thumbnails import Thumbnails
from viewer.window.hands.heights import Ends
from viewer.window.hands.slider import Sliders, Track
from viewer.window.hands.zoombox import framed
from viewer.window.insight.probing import Finding, probe, read, rows, ruler
from viewer.window.places.history import Spot
from viewer.window.places.insets import Insets, Shelf, inset_size, map_frames
from viewer.window.places.minimap import frames
from viewer.window.session import Session
from viewer.window.show.compiler import Made
from viewer.window.text.engrave import Engraver, layers
from viewer.window.text.overlay import Placed, Typesetter, em_of, margin_of
from viewer.window.text.panels import Row

Greys = NDArray[np.uint8]

PROBED = 50_000
"""Operations of a program that is probed: that takes up to half a second, in the background."""
SAMPLES = 3
"""Samples a side of a pixel of the map: it is much smaller than what it shows."""
KEPT = 32
"""Pictures of the map that are kept."""
HOW = Row("marked", "a digit or a click goes there, where B takes the mark away; Esc closes")
PIN: Ink = 1.0, 0.5, 0.16, 1.0


class Over(NamedTuple):
    """What is laid over the picture: `layers`, then `images`; `rows` are for a panel. Panels have
    what is `free`, and those at the top what `whole` has more; `track` is where the slider is,
    `shelf` where the marked places are."""

    free: Size
    whole: Size
    track: Track | None = None
    shelf: Shelf | None = None
    layers: tuple[Layer, ...] = ()
    images: tuple[Placed, ...] = ()
    rows: tuple[Row, ...] = ()


class Extras:
    """Makes them, and keeps what was made."""

    def __init__(self, typesetter: Typesetter, errands: Errands) -> None:
        self._engraver, self._insets = Engraver(typesetter), Insets(typesetter)
        self._sliders = Sliders(typesetter)
        self._errands, self._thumbnails = errands, Thumbnails(errands)
        self._pictures: OrderedDict[tuple[int, View, Fraction], Greys] = OrderedDict()
        self._engine: tuple[int, Doubles] | None = None
        self._source: tuple[bytes, Program | None] = b"", None

    def over(
        self,
        session: Session,
        shown: Made | None,
        version: int,
        marks: Sequence[tuple[Spot, bytes]],
    ) -> Over:
        """What the session asks for. `shown` is the program on the screen, the `version`-th."""
        tools, size, scale = session.tools, session.size, session.scale
        found = Over(size, size)
        if session.help:
            return found
        if tools.axes and (grid := self._engraver.axes(session.view, size, scale)):
            bands = self._engraver.images
            found = Over(grid.free, grid.free, layers=tuple(layers(grid)), images=bands)
        if session.gallery.open and session.files:
            image = self._gallery(session, session.files.paths)
            return found._replace(images=(*found.images, image))
        if tools.box:
            found = found._replace(layers=(*found.layers, *framed(tools.box, size, scale)))
        if session.slider and shown and shown.shape.uses_z:
            found = self._with_slider(found, session, session.slider)
        if tools.map and shown and (count := map_frames(found.free, scale)):
            image = self._map(session, shown, version, found.free, count)
            free = image.at[0] - margin_of(1), found.free[1]
            found = found._replace(free=free, images=(*found.images, image))
        if session.form.open:
            return found
        if tools.shelf and marks:
            shelf = Shelf.of(len(marks), found.free, size, scale)
            image = self._insets.shelf(marks, shelf)
            found = found._replace(images=(*found.images, image), rows=(HOW,), shelf=shelf)
        elif tools.shelf:
            found = found._replace(rows=(Row("marked", "no place yet: B marks this one"),))
        elif tools.probe and shown:
            found = found._replace(
                rows=self._probed(session, shown, version), layers=(*found.layers, *_pin(session))
            )
        return found

    def _gallery(self, session: Session, paths: Sequence[Path]) -> Placed:
        """The files of the overview that are in sight."""
        sheet = sheet_of(len(paths), session.size, session.scale)
        gallery = session.gallery.fitted(len(paths), sheet)
        first = gallery.top * sheet.across
        seen = paths[first : first + sheet.across * sheet.down]
        found = zip(self._thumbnails.of(seen, sheet.inset), names_of(seen, paths), strict=True)
        thumbs = [thumb._replace(name=name) for thumb, name in found]
        if 0 <= (chosen := gallery.at - first) < len(thumbs):
            thumbs[chosen] = thumbs[chosen]._replace(chosen=True)
        return self._insets.gallery(thumbs, sheet, session.size)

    def _with_slider(self, over: Over, session: Session, ends: Ends) -> Over:
        """With the slider, where there is room."""
        size, scale = session.size, session.scale
        track = self._sliders.track(ends, over.free, size, scale)
        if track is None:
            return over
        image = self._sliders.image(track, session.z, session.goal.zoom, em_of(size, scale))
        free = over.free[0], track.top
        return over._replace(free=free, whole=free, track=track, images=(*over.images, image))

    def _map(self, session: Session, shown: Made, version: int, free: Size, count: int) -> Placed:
        inset = inset_size(session.size, session.scale)
        chain = frames(session.view, View(), session.size, inset, count)
        pictures = []
        for frame in chain:
            key = version, frame.view, session.z
            if key not in self._pictures:
                grid = Grid(frame.view, *inset, z=session.z)
                work = partial(self._drawn, shown.program, version, grid)
                drawn = self._errands.ask("map", (key, inset), work)
                if not isinstance(drawn, np.ndarray):
                    break
                self._pictures[key] = drawn
            self._pictures.move_to_end(key)
            pictures.append(self._pictures[key])
        while len(self._pictures) > KEPT:
            self._pictures.popitem(last=False)
        return self._insets.map(chain, pictures, free, session.size, session.scale)

    def _drawn(self, program: Program, version: int, grid: Grid) -> Greys:
        """An errand: a small picture, on the processor."""
        if self._engine is None or self._engine[0] != version:
            if self._engine is not None:
                self._engine[1].close()
            self._engine = version, Doubles(program)
        return block_greys(self._engine[1], grid, grid.whole, SAMPLES)

    def _probed(self, session: Session, shown: Made, version: int) -> tuple[Row, ...]:
        place, grid = session.tools.pin or session.place, session.grid
        if place is None or shown.shape.operations > PROBED:
            return ()
        key = version, place, session.z, grid.half
        self._errands.ask("probe", key, lambda: self._finding(shown, (place, grid)))
        finding = self._errands.latest("probe")
        known = finding if isinstance(finding, Finding) else None
        pin, pixel = session.tools.pin, 2 * grid.half
        found = rows(place, known, pixel, pin is not None)
        if pin is not None and session.place is not None:
            found.append(ruler(pin, session.place, pixel))
        return tuple(found)

    def _finding(self, shown: Made, at: tuple[tuple[Fraction, Fraction], Grid]) -> Finding | None:
        """An errand: what decides a place."""
        if self._source[0] is not shown.data:
            self._source = shown.data, read(shown.data, str(shown.shape.path))
        program = self._source[1]
        return probe(program, shown.data, *at) if program else None


def _pin(session: Session) -> list[Layer]:
    """A cross where the probe is pinned."""
    if session.tools.pin is None:
        return []
    unit, (x, y), view = 2 * session.grid.half, session.tools.pin, session.view
    across, along = apart(x, view.x, unit), apart(view.y, y, unit)
    if max(abs(across), abs(along)) > max(session.size):
        return []
    i, j = (round(at + n / 2) for at, n in zip((across, along), session.size, strict=True))
    arm, thick = round(7 * session.scale), max(1, round(session.scale))
    boxes = [(i - arm, j, 2 * arm + thick, thick), (i, j - arm, thick, 2 * arm + thick)]
    return [Layer(PIN, np.array(boxes, np.int32))]
