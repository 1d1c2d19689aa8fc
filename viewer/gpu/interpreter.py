"""Draws a program that was not compiled: bytecode in a texture, a loop in one fixed shader.

    Grid, area -plan-> tiles, bytecode -loop-> values -spread-> white and black

The shader's text depends only on how many registers are needed (rounded up to one of a few), on
whether a tape is long, and on which opcodes there are beyond the challenge's eleven. So a driver
compiles it once for most programs, and has it in its cache from then on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from viewer.errors import DrawError
from viewer.gpu.accuracy import Accuracy, plain_accuracy
from viewer.gpu.bytecode import encode
from viewer.gpu.loop import CHALLENGE, UNFINISHED, Loop, Variant, upload
from viewer.gpu.place import Placement
from viewer.gpu.plan import Plan, Planner
from viewer.gpu.values import AREA, Texels, Values, texels
from viewer.passes import Step, Tape
from viewer.program import OPS, Instr, Program
from viewer.view import Block, Grid

Ints = NDArray[np.intp]

AT_ONCE = 0.5
"""Seconds for a picture up to which it may be shown while something faster is compiled."""
PROMISING = 4.0
"""How many times longer than that the unplanned picture may take for planning to be worth a try.
Measured on llvmpipe, where compiling takes 1 to 3 s: it would take minutes, and trying held the
first picture up for longer than it was then there."""
_AIM = 0.025
"""Seconds that the next draw is cut to: half of what a draw may take (`offscreen.LIMIT`)."""
_FIRST = 2**18
"""Steps times texels of the very first draw."""
_GRAIN = 2**17
"""Steps times texels of one instance, at most, but for a single texel."""
_KEPT = 12
"""Plans that are kept: a window's worth of areas, so that it can be drawn in strips."""


class _Loaded(NamedTuple):
    """A plan with its code in a texture, and the seconds that it took."""

    plan: Plan
    code: moderngl.Texture
    seconds: float


class Interpreter:
    """Runs one program on one context, in draws short enough for any driver. A `Painter`.

    float32; coordinates come from whole pixel positions. All drawing leaves the target in use and
    every GL capability off.
    """

    summary = "interpreter"
    sources: tuple[str, ...] = ()

    def __init__(self, ctx: moderngl.Context, program: Program) -> None:
        self._ctx, self._program = ctx, program
        self._planner = Planner(program)
        used = frozenset(instr.op.name for instr in program.instrs if instr.op.arity)
        self._others = used - CHALLENGE
        self._loops: dict[Variant, Loop] = {}
        self._plans: OrderedDict[tuple[Grid, Block, bool], _Loaded] = OrderedDict()
        self._planned: dict[tuple[Grid, Block, bool], tuple[Plan, float]] = {}
        self._made: Values | None = None
        self._budget, self._seconds_per_step = float(_FIRST), 0.0

    @property
    def pending(self) -> int:
        """How many times `compile_next` has still to be called."""
        return 0 if self._made else 1

    def compile_next(self) -> None:
        """Links the shader, if no other program has, and measures how fast the device is."""
        before = self._ctx.fbo or self._ctx.detect_framebuffer(0)
        self._made = Values(self._ctx)
        self._measure()
        before.use()

    def draw(self, grid: Grid, block: Block, target: moderngl.Framebuffer, *, flip: bool) -> None:
        """Draws a block of a picture (see `Painter`). Raises DrawError."""
        self._draw(Placement(grid, block, target.viewport, flip), target, field=False)

    def draw_field(self, grid: Grid, block: Block, target: moderngl.Framebuffer) -> None:
        """Draws the value itself into a target of one float, placed as with `flip=True`."""
        self._draw(Placement(grid, block, target.viewport, flip=True), target, field=True)

    def promising(self, grid: Grid) -> bool:
        """Whether the device may be `fast_enough`: by its speed alone, before any planning, which
        costs a second for the challenge's program."""
        steps = len(self._program) * grid.width * grid.height / 4
        return steps * self._seconds_per_step <= PROMISING * AT_ONCE

    def prepare(self, grid: Grid) -> None:
        """Plans a picture ahead: pure work, for any thread while nothing else is asked for, but
        after `compile_next`. What the plans took counts for `seconds`."""
        for area, _ in _areas(grid, grid.whole):
            start = perf_counter()
            plan = self._plan(grid, area, field=False)
            self._planned[grid, area, False] = plan, perf_counter() - start

    def seconds(self, grid: Grid) -> float:
        """How long the whole picture will take, by the measured speed, planning included. What
        was planned is kept for drawing."""
        total = 0.0
        for area, _ in _areas(grid, grid.whole):
            plan, _, seconds = self._load(grid, area, field=False)
            total += seconds + plan.work / 4 * self._seconds_per_step
        return total

    def fast_enough(self, grid: Grid) -> bool:
        """Whether the picture is drawn soon enough to be shown while another way is compiled."""
        return self.seconds(grid) <= AT_ONCE

    def accuracy(self, grid: Grid) -> Callable[[], Accuracy]:
        """That of float32 in the model's own coordinates."""
        return partial(plain_accuracy, self._program, grid)

    def operations(self, grid: Grid) -> float:
        """How many steps are run at a pixel of the picture, on average. Needs no driver."""
        work = 0
        for area, _ in _areas(grid, grid.whole):
            known = self._plans.get((grid, area, False))
            work += (known.plan if known else self._plan(grid, area, field=False)).work
        return work / (grid.width * grid.height)

    def release(self) -> None:
        """Gives everything back to the driver."""
        while self._plans:
            self._plans.popitem()[1].code.release()
        for loop in self._loops.values():
            loop.release()
        self._loops = {}
        if self._made:
            self._made.release()
        self._made = None

    @property
    def _values(self) -> Values:
        if self._made is None:
            self.compile_next()
        assert self._made is not None
        return self._made

    def _draw(self, place: Placement, target: moderngl.Framebuffer, *, field: bool) -> None:
        for area, part in _areas(place.grid, place.block):
            self._compute(place.grid, area, part, field=field)
            self._use(target)
            self._values.spread(place, area, part, field=field)
        error = self._ctx.error
        if error != "GL_NO_ERROR":
            raise DrawError(f"{self._program.name}: the graphics driver reports {error}")

    def _measure(self) -> None:
        """Finds `seconds_per_step`, for a step and texel of four pixels, on an easy tape."""
        count = 24
        steps = [Step(OPS["square"], 0, (1 if k == 0 else 0,), 0) for k in range(count)]
        code = encode(Tape(tuple(steps), (Instr(OPS["var-x"]),), 1, 0))
        texture = upload(self._ctx, code, self._program.name)
        loop = self._bound(texture, Variant.of(code, self._others))
        columns, rows = self._values.target.size
        part, whole = (np.array([[0, 0, columns, n, 0, count]]) for n in (rows // 16, rows))
        loop.draw(part.astype(np.int32).tobytes(), 1)  # a driver may take time over the first one
        self._ctx.finish()
        for area in (part, whole):
            if self._seconds_per_step * _work(area).sum() < _AIM:
                self._step(loop, area)
        texture.release()

    def _compute(self, grid: Grid, area: Block, part: Block, *, field: bool) -> None:
        """Fills the texels of a part of an area, a few tiles at a time."""
        plan, code, _ = self._load(grid, area, field=field)
        variant = Variant.of(plan.code, self._others)
        loop = self._bound(code, variant)
        loop.place(grid, area)
        instances = _instances(plan, texels(area, part))
        ends = np.cumsum(_work(instances))
        start, done = 0, 0.0
        while start < len(instances):
            stop = max(start + 1, int(np.searchsorted(ends, done + self._budget, "right")))
            self._step(loop, instances[start:stop])
            start, done = stop, float(ends[stop - 1])
        if variant.long and (self._values.bits(texels(area, part)) == UNFINISHED).any():
            raise DrawError(f"{self._program.name}: too long a program for this driver's loops")

    def _step(self, loop: Loop, instances: Ints) -> None:
        """One draw, which is waited for and decides how large the next one is."""
        start = perf_counter()
        loop.draw(instances.astype(np.int32).tobytes(), len(instances))
        self._ctx.finish()
        seconds = max(perf_counter() - start, 1e-6)
        work = float(_work(instances).sum())
        # A small draw says little: its own cost hides that of the steps.
        if 4 * work >= self._budget or seconds > _AIM:
            self._seconds_per_step = seconds / work
        self._budget = min(4 * max(work, _FIRST), _AIM / self._seconds_per_step)

    def _bound(self, code: moderngl.Texture, variant: Variant) -> Loop:
        """The loop of a variant, ready to run `code`. Linked, and drawn once, when first wanted:
        that is where drivers compile."""
        loop = self._loops.get(variant)
        target = self._values.target
        self._use(target)
        if loop is None:
            loop = self._loops[variant] = Loop(self._ctx, variant, self._program.name)
            loop.draw(np.array([0, 0, 1, 1, 0, 0], np.int32).tobytes(), 1)
            self._ctx.finish()
        loop.program["size"] = target.size
        code.use(0)
        return loop

    def _load(self, grid: Grid, area: Block, *, field: bool) -> _Loaded:
        """The plan for an area, made where it is not one of the last."""
        key = grid, area, field
        if key not in self._plans:
            if self.pending:
                self.compile_next()
            ahead, seconds = self._planned.pop(key, (None, 0.0))
            start = perf_counter()
            plan = ahead or self._plan(grid, area, field=field)
            code = upload(self._ctx, plan.code, self._program.name)
            self._plans[key] = _Loaded(plan, code, seconds + perf_counter() - start)
            while len(self._plans) > _KEPT:
                self._plans.popitem(last=False)[1].code.release()
        self._plans.move_to_end(key)
        return self._plans[key]

    def _plan(self, grid: Grid, area: Block, *, field: bool) -> Plan:
        rate = self._seconds_per_step / 4
        return self._planner.plan(grid, area, field=field, rate=rate)

    def _use(self, target: moderngl.Framebuffer) -> None:
        self._ctx.enable_only(moderngl.NOTHING)
        target.scissor = None  # type: ignore[assignment]  # moderngl's own word for "no scissor"
        target.use()


def _areas(grid: Grid, block: Block) -> Iterator[tuple[Block, Block]]:
    """The areas of a picture that a block has a part of, each with that part."""
    for area in grid.blocks(AREA, AREA):
        left, top = max(area.i, block.i), max(area.j, block.j)
        right = min(area.i + area.width, block.i + block.width)
        bottom = min(area.j + area.height, block.j + block.height)
        if left < right and top < bottom:
            yield area, Block(left, top, right - left, bottom - top)


def _instances(plan: Plan, where: Texels) -> Ints:
    """What of a plan's tiles lies in some texels: rows of x0, y0, x1, y1, first step, end, none of
    more work than _GRAIN where it can be cut."""
    left, top, width, height = where
    x0, y0, x1, y1 = plan.tiles.T
    x0, x1 = np.maximum(x0 // 2, left), np.minimum((x1 + 1) // 2, left + width)
    y0, y1 = np.maximum(y0 // 2, top), np.minimum((y1 + 1) // 2, top + height)
    rows = np.column_stack([x0, y0, x1, y1, plan.steps])[(x0 < x1) & (y0 < y1)]
    length = rows[:, 5] - rows[:, 4]
    narrow = _cut(rows, 0, np.maximum(1, _GRAIN // length))
    row = (narrow[:, 2] - narrow[:, 0]) * (narrow[:, 5] - narrow[:, 4])
    return _cut(narrow, 1, np.maximum(1, _GRAIN // row))


def _cut(rows: Ints, axis: int, most: Ints) -> Ints:
    """Cuts rectangles along an axis into parts of at most `most` texels each."""
    low, high = rows[:, axis], rows[:, axis + 2]
    parts = -(-(high - low) // most)
    number = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    result, step = np.repeat(rows, parts, axis=0), np.repeat(most, parts)
    start = result[:, axis] + number * step
    result[:, axis + 2] = np.minimum(start + step, result[:, axis + 2])
    result[:, axis] = start
    return result


def _work(instances: Ints) -> Ints:
    """Steps times texels."""
    x0, y0, x1, y1, start, stop = instances.T
    product: Ints = (x1 - x0) * (y1 - y0) * (stop - start)
    return product
