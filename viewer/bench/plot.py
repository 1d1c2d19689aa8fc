"""A report as a picture: bars of frame time, and lines where cases grow. SVG, drawn here since it
is some hundred marks; it follows the reader's light or dark colours."""

from collections.abc import Callable, Sequence
from itertools import cycle, pairwise

from viewer.bench.report import Report, Row
from viewer.bench.svg import Axis, bar, line, page, plain, ring, time, word

_WIDTH = 860
_LEFT, _RIGHT = 108.0, 660.0
"""Where axes begin and end, in pixels."""
_ROW = 30.0
_LINES = 320.0
"""The height of a chart of lines."""
_COLOURS = (
    *("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c6d31", "#7f7f7f"),
    *("#6a3d9a", "#b2182b"),
)
_SIXTY = 1000 / 60


def plot(report: Report) -> str:
    """The SVG document. Slow engines first; those that were not measured are left out."""
    size = report.size
    title = f"{report.file} at {size} × {size} pixels: one frame, engine by engine"
    marks = [word(20, 34, title, "title"), word(20, 54, report.machine, "small")]
    last = {row.engine: row for row in report.rows if row.asked == size}  # of --ops, the whole
    rows = [row for row in last.values() if row.frame_ms]
    drawn, y = _bars(report, rows, 86.0)
    marks += drawn
    cases = {(row.asked, row.operations) for row in report.rows}
    if len(cases) > 1:
        by_size = len({asked for asked, _ in cases}) > 1
        for what, value in (("one frame", _frame), ("file to first picture", _wait)):
            drawn, y = _lines(report, what, value, by_size, y + 30)
            marks += drawn
    return page(_WIDTH, y + 16, title, marks)


def _frame(row: Row) -> float | None:
    return row.at_asked(row.frame_ms)


def _wait(row: Row) -> float | None:
    """From the file to the first picture of the size that was asked for."""
    return None if row.setup_ms is None else row.setup_ms + (row.at_asked(row.first_ms) or 0.0)


def _bars(report: Report, rows: Sequence[Row], top: float) -> tuple[list[str], float]:
    """The bars, and where they end."""
    times = [ms for row in rows for ms in (_frame(row), _wait(row)) if ms]
    if not times:
        return [word(20, top, "nothing was measured")], top
    axis = Axis.over([*times, report.fill_ms or times[0]], _LEFT, _RIGHT)
    bottom = top + _ROW * len(rows) + 6
    marks = []
    for value in axis.decades():
        marks += [
            line(axis.at(value), top, axis.at(value), bottom, "grid"),
            word(axis.at(value), bottom + 16, time(value), "small", "middle"),
        ]
    marks.append(line(axis.at(_SIXTY), top, axis.at(_SIXTY), bottom, "rate"))
    marks += [
        word(740, top - 8, "frame", "small", "end"),
        word(830, top - 8, "× fill", "small", "end"),
    ]
    for number, row in enumerate(sorted(rows, key=lambda row: -(_frame(row) or 0))):
        marks += _bar(row, axis, top + 4 + _ROW * number)
    if report.fill_ms:
        x = axis.at(report.fill_ms)
        marks += [
            line(x, top, x, bottom, "fill"),
            word(x, top - 8, f"empty fill {time(report.fill_ms)}", "fillword", "middle"),
        ]
    return [*marks, *_legend(bottom + 40, rows)], bottom + 46


def _bar(row: Row, axis: Axis, y: float) -> list[str]:
    frame, wait = _frame(row), _wait(row)
    assert frame is not None
    scaled = row.size != row.asked
    kind = "wrong" if row.wrong else "scaled" if scaled else "bar"
    ratio = f"{plain(row.fill_ratio)}" if row.fill_ratio else ""
    marks = [
        word(_LEFT - 10, y + 16, row.engine, anchor="end"),
        bar(axis.start, y, max(1.0, axis.at(frame) - axis.start), _ROW - 8, kind),
        word(740, y + 16, ("≈ " if scaled else "") + time(frame), anchor="end"),
        word(830, y + 16, ratio, anchor="end"),
    ]
    if wait:
        marks.append(ring(axis.at(wait), y + (_ROW - 8) / 2))
    if row.wrong:
        text = f"wrong: {row.differing_pixels} pixels"
        marks.append(word(axis.start + 6, y + 16, text))
    return marks


def _legend(y: float, rows: Sequence[Row]) -> list[str]:
    entries = [("bar", "a steady frame")]
    if any(row.size != row.asked for row in rows):
        entries.append(("scaled", "drawn smaller, scaled by pixels"))
    marks, x = [], _LEFT
    for kind, text in entries:
        marks += [bar(x, y - 9, 18, 10, kind), word(x + 24, y, text, "small")]
        x += 44 + 6.2 * len(text)
    marks += [ring(x + 6, y - 4), word(x + 17, y, "file to first picture", "small")]
    x += 164
    marks += [line(x, y - 4, x + 18, y - 4, "rate"), word(x + 24, y, "60 frames a second", "small")]
    return marks


def _lines(
    report: Report,
    what: str,
    value: Callable[[Row], float | None],
    by_size: bool,
    top: float,
) -> tuple[list[str], float]:
    """A chart of lines, both axes logarithmic, and where it ends."""
    points: dict[str, list[tuple[float, float]]] = {}
    for row in report.rows:
        y = value(row)
        if y:
            x = float(row.asked**2 if by_size else row.operations)
            points.setdefault(row.engine, []).append((x, y))
    unit = "pixels" if by_size else "operations"
    marks = [word(20, top, f"{what}, by {unit}", "title")]
    bottom = top + _LINES
    everything = [point for found in points.values() for point in found]
    if not everything:
        return marks, top
    across = Axis.over([x for x, _ in everything], _LEFT, _RIGHT)
    up = Axis.over([y for _, y in everything], bottom, top + 20)
    for decade in across.decades():
        marks += [
            line(across.at(decade), up.end, across.at(decade), up.start, "grid"),
            word(across.at(decade), bottom + 16, plain(decade), "small", "middle"),
        ]
    for decade in up.decades():
        marks += [
            line(across.start, up.at(decade), across.end, up.at(decade), "grid"),
            word(_LEFT - 10, up.at(decade) + 4, time(decade), "small", "end"),
        ]
    for colour, found in zip(cycle(_COLOURS), points.values(), strict=False):
        path = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in sorted(found))
        marks.append(f'<polyline points="{path}" class="line" stroke="{colour}"/>')
    return [*marks, *_ends(points, across, up)], bottom + 20


def _ends(points: dict[str, list[tuple[float, float]]], across: Axis, up: Axis) -> list[str]:
    """The engines' names beside the ends of their lines, moved apart."""
    ends = sorted((up.at(max(found)[1]), engine) for engine, found in points.items())
    places = [y for y, _ in ends]
    for above, below in pairwise(range(len(places))):
        places[below] = max(places[below], places[above] + 14)
    return [
        word(across.end + 8, place + 4, engine)
        for place, (_, engine) in zip(places, ends, strict=True)
    ]
