"""All that lies under the text: the picture, in its mode and colours, and what it is compared with.

What a change of the file has changed is marked for a moment, over the first picture of it that is
whole; a wipe shows the picture before the change up to the cursor.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.gpu.compare import Compare
from viewer.gpu.easel import Easel, Picture
from viewer.gpu.marks import Ink, Layer
from viewer.gpu.overlay import Canvas, Overlay
from viewer.gpu.painter import Smoother
from viewer.picture.look import NEUTRAL
from viewer.view import Size
from viewer.window.session import Session
from viewer.window.show.compiler import Compiler, Made
from viewer.window.show.light import LIGHT_STEP, Light
from viewer.window.show.looks import contrast_of, ends_of
from viewer.window.show.pictures import Palettes, Pictures
from viewer.window.text.labels import EACH, LONGEST, chosen, crossings, drawn, text_of
from viewer.window.text.overlay import (
    BACKGROUND,
    COLOURS,
    Placed,
    Typesetter,
    em_of,
    leading_of,
)
from viewer.window.text.panels import Tone

if TYPE_CHECKING:
    import moderngl

SAMPLES = 4
"""Samples a side of a pixel where edges are smooth: 16 give 17 greys."""
LINE: Ink = 1.0, 0.6, 0.2, 1.0
INK, PAPER = COLOURS[Tone.PLAIN], BACKGROUND


class Scene:
    """Paints, and puts on a framebuffer what was painted."""

    def __init__(self, ctx: moderngl.Context, overlay: Overlay) -> None:
        self._ctx, self._overlay = ctx, overlay
        self._palettes = Palettes(ctx)
        self._now = Pictures(ctx, overlay, self._palettes)
        self._before: Pictures | None = None
        self._compare: Compare | None = None
        self._light = Light()
        self._strength = 0.0
        self._counted: tuple[int, Made | None] = 0, None
        self._comparing = False
        self._version, self._seen, self._owes = 0, -1, False
        self._wipe = 0.5
        self._labelled: tuple[object, tuple[Placed, ...]] | None = None

    @property
    def now(self) -> Pictures:
        """Those of the program on the screen."""
        return self._now

    @property
    def easel(self) -> Easel:
        """That with what is to be seen of the program on the screen."""
        return self._now.shown

    @property
    def pause(self) -> float:
        """After how many seconds it is worth going on."""
        pauses = [self._now.pause, 0.0 if self._owes else math.inf]
        if self._comparing and self._before is not None:
            pauses.append(self._before.pause)
        if self._strength:
            pauses.append(LIGHT_STEP)
        return min(pauses)

    @property
    def key(self) -> tuple[object, ...]:
        """Changes where what is to be seen does."""
        found = [(easel.picture, easel.turn) for easel in self._easels()]
        return *found, self._strength, self._wipe if self._comparing else 0.0

    def samples(self, session: Session, made: Made | None) -> int:
        """How many samples a side of a pixel has, when all are drawn."""
        filled = session.look.mode == "fill" and session.smooth
        return SAMPLES if filled and made and isinstance(made.painter, Smoother) else 1

    def paint(self, session: Session, compiler: Compiler) -> bool:
        """Goes on with the picture; whether more is to be done. Raises ViewerError."""
        looks, before = session.looks, compiler.before
        now = time.monotonic()
        self._light.look(before, looks.highlight)
        self._strength = self._light.strength(now)
        if session.cursor is not None:
            self._wipe = session.cursor[0] / session.size[0]
        # The mark of what has changed waits until the picture itself has been seen.
        self._owes = self._light.on and compiler.version != self._seen
        asked = looks.difference or looks.wipe or (self._light.on and not self._owes)
        self._comparing = before is not None and asked
        made, self._version = compiler.shown, compiler.version
        wanted = Picture(compiler.version, session.grid, self.samples(session, made))
        more = self._now.paint(wanted, looks.look, made, filled=self._comparing)
        if before is None or not self._comparing:
            return more
        if self._before is None:
            self._before = Pictures(self._ctx, self._overlay, self._palettes)
        if self._counted[1] is not before:
            self._counted = self._counted[0] + 1, before
        samples = self.samples(session, before)
        wanted = Picture(self._counted[0], session.grid, samples)
        more |= self._before.paint(wanted, looks.look, before, filled=True)
        if not more and self._light.on:
            self._light.seen(now)
            self._strength = self._light.strength(now)
        return more

    def stop_mark(self) -> None:
        """Marks what has changed no longer."""
        self._light.stop()

    def show(self, target: moderngl.Framebuffer, session: Session) -> None:
        """Draws it over a target's viewport, which is that of the session's size."""
        easels, self._seen = self._easels(), self._version
        if any(easel.size != session.size for easel in easels):
            target.clear()  # the driver refused that size
            return
        contrast = contrast_of(session.look.palette)
        before = self._before if self._comparing else None
        if before is not None and session.looks.difference:
            self._comparer().draw(before.fill.texture, self._now.fill.texture, contrast, target)
        else:
            self._put(self._now, target, session)
        if before is not None and self._wiping(session):
            self._put(before, target, session, round(self._wipe * session.size[0]))
        if before is not None and self._strength:
            textures = before.fill.texture, self._now.fill.texture
            self._comparer().mark(*textures, contrast, self._strength, target)

    def labels(self, session: Session, typesetter: Typesetter, free: Size) -> tuple[Placed, ...]:
        """The values at some lines of a picture that rests, in what is free of it; of a wipe what
        is on which side."""
        palette = session.look.palette or NEUTRAL
        key = self.easel.picture, self.easel.turn, session.scale, palette, free
        if self._wiping(session):
            return self._sides(session, typesetter, free)
        if session.moving or not self.easel.whole:
            return ()
        if self._labelled is None or self._labelled[0] != key:
            self._labelled = key, tuple(self._drawn_labels(session, typesetter, free))
        return self._labelled[1]

    def layers(self, session: Session) -> list[Layer]:
        """The line of the wipe."""
        if not self._wiping(session):
            return []
        thick = max(1, round(2 * session.scale))
        left = round(self._wipe * session.size[0]) - thick // 2
        return [Layer(LINE, np.array([[left, 0, thick, session.size[1]]], np.int32))]

    def read(self, session: Session) -> NDArray[np.uint8]:
        """What is to be seen, without marks: red, green and blue, shape (height, width, 3), row 0
        at the top."""
        canvas = Canvas(self._ctx)
        target = canvas.sized(session.size)
        target.viewport = (0, 0, *session.size)
        strength, self._strength = self._strength, 0.0
        try:
            self.show(target, session)
            return canvas.colours()
        finally:
            self._strength = strength
            self._ctx.screen.use()
            canvas.release()

    def release(self) -> None:
        """Gives the GL objects back."""
        for part in (self._now, self._before, self._compare, self._palettes):
            if part is not None:
                part.release()

    def _sides(self, session: Session, typesetter: Typesetter, free: Size) -> tuple[Placed, ...]:
        em = em_of(session.size, session.scale)
        x, y = round(self._wipe * session.size[0]), free[1] // 2
        key = "wipe", x, y, em
        if self._labelled is None or self._labelled[0] != key:
            font = typesetter.font(em)
            words = [drawn(word, font, em, INK, PAPER) for word in ("before", "since")]
            left, right = x - words[0].shape[1] - em // 2, x + em // 2
            self._labelled = key, (Placed(words[0], (left, y)), Placed(words[1], (right, y)))
        return self._labelled[1]

    def _drawn_labels(
        self, session: Session, typesetter: Typesetter, free: Size
    ) -> Iterator[Placed]:
        palette = session.look.palette or NEUTRAL
        lines = self._now.lines(EACH * session.scale)
        if lines is None:
            return
        em = em_of(session.size, session.scale)
        font = typesetter.font(em)
        room = math.ceil(font.getlength("0") * LONGEST), leading_of(em)
        found = crossings(lines.values, lines.measure, session.size)
        for label in chosen(found, free, em, room):
            text = text_of(label.line, lines.step, lines.measure, lines.base)
            inside = lines.measure.side < 0 if lines.measure.side else label.line < 0
            ink, paper = palette.outside, palette.inside
            image = drawn(text, font, em, *((ink, paper) if inside else (paper, ink)))
            height, width = image.shape[:2]
            yield Placed(image, (round(label.x - width / 2), round(label.y - height / 2)))

    def _easels(self) -> list[Easel]:
        """Those whose pictures are to be seen."""
        found = [self._now.shown]
        if self._comparing and self._before is not None:
            found += [self._now.fill, self._before.fill, self._before.shown]
        return found

    def _wiping(self, session: Session) -> bool:
        wiping = session.looks.wipe and not session.looks.difference
        return wiping and self._comparing and self._before is not None

    def _put(
        self,
        pictures: Pictures,
        target: moderngl.Framebuffer,
        session: Session,
        columns: int | None = None,
    ) -> None:
        ends = ends_of(session.look.palette) if pictures.shown is pictures.fill else None
        self._overlay.show(pictures.shown.texture, target, ends=ends, columns=columns)

    def _comparer(self) -> Compare:
        if self._compare is None:
            self._compare = Compare(self._ctx)
        return self._compare
