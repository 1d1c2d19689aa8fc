"""What the window knows, as one immutable value, and the pure functions that change it.

No window, no GL and no clock in here: positions are framebuffer pixels (y down, a pixel's centre
at i + 0.5), times are seconds of one clock that the caller owns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from viewer.errors import UsageError, ViewerError
from viewer.picture.look import Look
from viewer.view import Grid, Size, View
from viewer.window import tools
from viewer.window.files.gallery import CLOSED, Gallery, sheet_of
from viewer.window.files.listed import Files
from viewer.window.hands.camera import Camera, Point
from viewer.window.hands.controls import CONTROLS, Action, Control
from viewer.window.hands.heights import Ends, Sweep
from viewer.window.hands.moves import MOVES
from viewer.window.insight.listing import CLOSED as NO_LIST
from viewer.window.insight.listing import Listing
from viewer.window.insight.warned import NONE as NO_WARNINGS
from viewer.window.insight.warned import Warnings
from viewer.window.saving.form import BLANK, Form
from viewer.window.show.looks import PLAIN, Looks
from viewer.window.tools import NONE, Place, Tools

BOX_LEAST = 6.0
"""A box to zoom into with both sides shorter, in ordinary pixels, was not meant as one."""
MESSAGE_SECONDS = 5.0


class Shape(NamedTuple):
    """What is known of the program on the screen."""

    path: Path
    operations: int
    optimised: int
    uses_z: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Camera):
    """Everything that decides what the window shows."""

    home: View = View()
    home_z: Fraction = Fraction(0)
    slider: Ends | None = None
    scale: float = 1.0
    shape: Shape | None = None
    files: Files | None = None
    problem: ViewerError | None = None
    problem_hidden: bool = False
    warnings: Warnings = NO_WARNINGS
    message: str = ""
    message_ends: float = 0.0
    status: str = ""
    saving: str = ""
    hud: bool = False
    smooth: bool = False
    exact: bool = False
    tiles: bool = False
    help: bool = False
    form: Form = BLANK
    gallery: Gallery = CLOSED
    listing: Listing = NO_LIST
    tools: Tools = NONE
    looks: Looks = PLAIN
    controls: tuple[Control, ...] = CONTROLS

    @property
    def place(self) -> Place | None:
        """The point under the cursor, in model units."""
        return self.view.place_at(self.cursor, self.size) if self.cursor else None

    @property
    def look(self) -> Look:
        """The mode and the colours of the picture."""
        return self.looks.look

    @property
    def grid(self) -> Grid:
        """The sample points of the picture in the window."""
        return Grid(self.view, *self.size, z=self.z)

    def act(self, action: Action) -> Session:
        """What a key's action changes; one that is not about the session changes nothing."""
        if change := CHANGES.get(action):
            return change(self)
        if tool := tools.CHANGES.get(action):
            return replace(self, tools=tool(self.tools, self.place))
        return self

    def resized(self, size: Size, scale: float) -> Session:
        """The window has a new size: the centre stays. A minimised one may say 0."""
        return replace(self.unboxed(), size=(max(1, size[0]), max(1, size[1])), scale=scale)

    def told(self, text: str, now: float, seconds: float = MESSAGE_SECONDS) -> Session:
        """A message, for a few seconds."""
        return replace(self, message=text, message_ends=now + seconds)

    def ticked(self, now: float) -> Session:
        """Time has passed. Trips wait until there is something to be seen on them."""
        session = (self.moved(now) if self.shape else self).measured()
        session = session.warned(session.warnings.ticked(now))
        over = session.message and now >= session.message_ends
        return replace(session, message="") if over else session

    def measured(self) -> Session:
        """The slider's ends follow the height and the zoom, and a sweep follows them."""
        if self.slider is None:
            return self
        ends = self.slider.holding(self.z, self.goal.zoom)
        if ends == self.slider:
            return self
        return replace(self, slider=ends, sweep=Sweep(ends) if self.sweep else None)

    def boxing(self, a: Point, b: Point) -> Session:
        """A box to zoom into is drawn from `a`, and has come to `b`."""
        (width, height), (x, y) = self.size, b
        end = min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))
        return replace(self, tools=replace(self.tools, box=(a, end)))

    def unboxed(self) -> Session:
        """The box is given up."""
        return replace(self, tools=replace(self.tools, box=None)) if self.tools.box else self

    def boxed(self) -> Session:
        """The box is drawn: goes there, unless it was given up or is too small."""
        box = self.tools.box
        if box is None:
            return self
        known = self.unboxed()
        if max(abs(p - q) for p, q in zip(*box, strict=True)) < BOX_LEAST * self.scale:
            return known
        return known.going(self.view.boxed(*box, self.size))

    def failed(self, problem: ViewerError) -> Session:
        """Something about the file is wrong; the picture stays."""
        return replace(self, problem=problem, problem_hidden=False)

    def warned(self, warnings: Warnings) -> Session:
        """Of what is odd about the program, other things are known, or shown."""
        return self if warnings is self.warnings else replace(self, warnings=warnings)

    def mended(self) -> Session:
        """What was wrong is right again."""
        return replace(self, problem=None)

    def loaded(self, shape: Shape) -> Session:
        """A shape is ready to be shown. Another file starts at home, the same one stays put."""
        known = replace(self.mended(), shape=shape, status="")
        if self.shape is None or self.shape.path == shape.path:
            return known
        return known._at_home()

    def unloaded(self) -> Session:
        """What was shown is not the file that is open now, and of that there is no picture."""
        return replace(self._at_home(), shape=None)

    def _at_home(self) -> Session:
        start = replace(self.arrived(View()), looks=self.looks.alone()).at_height(Fraction(0))
        return replace(start, home=start.view, home_z=start.z, warnings=NO_WARNINGS)

    def pasted(self, text: str, now: float) -> Session:
        """Goes to the view that the clipboard's text says, or tells why not."""
        if not text.strip():
            return self.told("no view to go to: nothing is copied", now)
        try:
            view = View.parse(text)
        except UsageError as error:
            return self.told(_shortened(str(error)), now)
        # The text has no more digits than are seen; where it is this view's, nothing moves.
        goal = self.goal if str(view) == str(self.goal) else view
        return self.going(goal).told("went to the copied view", now)


def _homewards(session: Session) -> Session:
    return session.going(session.home).at_height(session.home_z)


def _helped(session: Session) -> Session:
    """The help, or none. It has the room of what was told before."""
    return replace(session, help=not session.help, message=session.message if session.help else "")


def _asking(session: Session) -> Session:
    """The form of a picture to be saved, as it is seen."""
    exact = session.exact and session.look.mode == "fill"
    form = session.form.opened(session.look, smooth=session.smooth, exact=exact)
    return replace(session, help=False, gallery=CLOSED, form=form)


def _overview(session: Session) -> Session:
    """The overview of the files, or none."""
    if session.files is None or session.gallery.open:
        return replace(session, gallery=CLOSED)
    sheet = sheet_of(len(session.files.paths), session.size, session.scale)
    gallery = session.gallery.shown(session.files.index, sheet)
    return replace(session, help=False, gallery=gallery.fitted(len(session.files.paths), sheet))


def _closed(session: Session) -> Session:
    """The uppermost thing over the picture goes."""
    if session.tools.box:
        return replace(session, tools=session.tools.closed())
    if session.help:
        return replace(session, help=False)
    if session.form.open:
        return replace(session, form=session.form.closed())
    if session.gallery.open:
        return replace(session, gallery=CLOSED)
    if session.sweep:
        return session.at_height(session.z)
    if session.tools.shelf:
        return replace(session, tools=session.tools.closed())
    if session.message:
        return replace(session, message="")
    if session.problem and not session.problem_hidden:
        return replace(session, problem_hidden=True)
    if session.slider:
        return replace(session, slider=None)
    if session.warnings.shown and not session.problem:
        return session.warned(session.warnings.hidden())
    if session.listing.open:
        return replace(session, listing=session.listing.toggled())
    if session.hud:
        return replace(session, hud=False)
    if session.tiles:
        return replace(session, tiles=False)
    return replace(session, tools=session.tools.closed())


CHANGES: Mapping[Action, Callable[[Session], Session]] = MappingProxyType(
    {
        **MOVES,
        Action.HOME: _homewards,
        Action.HUD: lambda session: replace(session, hud=not session.hud),
        Action.SMOOTH: lambda session: replace(session, smooth=not session.smooth),
        Action.EXACT: lambda session: replace(session, exact=not session.exact),
        Action.LIST: lambda session: replace(session, listing=session.listing.toggled()),
        Action.TILES: lambda session: replace(session, tiles=not session.tiles),
        Action.HELP: _helped,
        Action.SAVE_AS: _asking,
        Action.OVERVIEW: _overview,
        Action.CLOSE: _closed,
    }
)
"""The actions that are about the session alone."""


def to_pixels(at: Point, window: Size, framebuffer: Size) -> Point:
    """A position in window units as framebuffer pixels (they differ on HiDPI displays).

    Both have y down from the top-left corner. A whole position in `window` names a unit square,
    and its centre is meant.
    """
    x, y = (
        (p + 0.5) * pixels / max(1, units)
        for p, units, pixels in zip(at, window, framebuffer, strict=True)
    )
    return x, y


def _shortened(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
