"""A report as a picture: bars of frame time, and lines where cases grow. SVG, drawn here since it
is some hundred marks; it follows the reader's light or dark colours."""

from collections.abc import Sequence
from itertools import cycle, pairwise
from textwrap import wrap

from viewer.bench.report import BUSY, Report, Row
from viewer.bench.svg import Axis, bar, line, page, plain, polyline, ring, time, word

_WIDTH = 860
_LEFT, _RIGHT = 108.0, 640.0
"""Where axes begin and end, in pixels."""
_FRAME, _RATIO = 735.0, 840.0
"""Where the columns of numbers end."""
_ROW = 30.0
_LINES = 240.0
"""The height of a chart of lines."""
_LETTERS = 125
"""Small letters to a line."""
_COLOURS = (
    *("#3a86c8", "#d98e04", "#1a9e77", "#d1495b", "#a05db8", "#5fb0d6", "#a5833b", "#8a8f98"),
    *("#6f7be0", "#e07a3f", "#4f9d45"),
)
_SIXTY = 1000 / 60

Points = dict[str, list[tuple[float, float]]]


def plot(report: Report) -> str:
    """The SVG document. Slow engines first; those that were not measured are left out."""
    size = report.size
    title = f"{report.file} at {size} × {size} pixels: one frame, engine by engine"
    marks, y = [word(20, 34, title, "title")], 54.0
    for text in wrap(_machine(report), _LETTERS):
        marks.append(word(20, y, text, "small"))
        y += 15
    last = {row.engine: row for row in report.rows if row.asked == size}  # of --ops, the whole
    drawn, y = _bars(report, [row for row in last.values() if row.frame_ms], y + 18)
    marks += drawn
    if report.grows:
        frames = [(row, row.full_frame_ms) for row in report.rows]
        waits = [(row, row.full_wait_ms) for row in report.rows]
        for what, values in (("One frame", frames), ("File to first picture", waits)):
            drawn, y = _chart(report, what, values, y + 44)
            marks += drawn
    return page(_WIDTH, y + 16, title, marks)


def _machine(report: Report) -> str:
    busy = f" ({report.busy_percent:.0f} % of the processors in use by others)"
    return report.machine + (busy if report.busy_percent >= BUSY else "")


def _bars(report: Report, rows: Sequence[Row], top: float) -> tuple[list[str], float]:
    """The bars, and where they end."""
    times = [ms for row in rows for ms in (row.full_frame_ms, row.full_wait_ms) if ms]
    if not times:
        return [word(20, top, "Nothing was measured.")], top
    axis = Axis.over([*times, report.fill_ms or times[0]], _LEFT, _RIGHT)
    bottom = top + _ROW * len(rows) + 6
    marks = [
        word(_FRAME, top - 8, "a frame", "small", "end"),
        word(_RATIO, top - 8, "empty fills", "small", "end"),
    ]
    for value in axis.decades():
        x = axis.at(value)
        marks += [line(x, top, x, bottom, "grid")]
        marks += [word(x, bottom + 16, time(value), "small", "middle")]
    if axis.low < _SIXTY < axis.high:
        marks.append(line(axis.at(_SIXTY), top, axis.at(_SIXTY), bottom, "rate"))
    for number, row in enumerate(sorted(rows, key=lambda row: -(row.full_frame_ms or 0))):
        marks += _bar(row, axis, top + 7 + _ROW * number)
    if report.fill_ms:
        x = axis.at(report.fill_ms)
        text = f"empty fill {time(report.fill_ms)}"
        marks += [line(x, top, x, bottom, "fill"), word(x, top - 8, text, "fillword", "middle")]
    return [*marks, *_legend(rows, bottom + 40)], bottom + 46


def _bar(row: Row, axis: Axis, y: float) -> list[str]:
    frame, wait = row.full_frame_ms, row.full_wait_ms
    assert frame is not None
    scaled = row.size != row.asked
    kind = "wrong" if row.wrong else "scaled" if scaled else "bar"
    marks = [
        word(_LEFT - 10, y + 14, row.engine, anchor="end"),
        bar(axis.start, y, max(1.0, axis.at(frame) - axis.start), _ROW - 10, kind),
        word(_FRAME, y + 14, ("≈ " if scaled else "") + time(frame), anchor="end"),
    ]
    if row.wrong:
        marks.append(word(_RATIO, y + 14, f"{row.differing_pixels:,} px off", "off", "end"))
    elif row.fill_ratio:
        marks.append(word(_RATIO, y + 14, f"{plain(row.fill_ratio)}×", anchor="end"))
    if wait:
        marks.append(ring(axis.at(wait), y + (_ROW - 10) / 2))
    return marks


def _legend(rows: Sequence[Row], y: float) -> list[str]:
    marks, x = [], _LEFT
    entries = (
        ("bar", "a steady frame", True),
        ("scaled", "drawn smaller, in proportion", any(row.size != row.asked for row in rows)),
        ("wrong", "a wrong picture", any(row.wrong for row in rows)),
    )
    for kind, text, there in entries:
        if there:
            marks += [bar(x, y - 9, 18, 10, kind), word(x + 24, y, text, "small")]
            x += 46 + 5.9 * len(text)
    marks += [ring(x + 5, y - 4), word(x + 16, y, "file to first picture", "small")]
    x += 150
    marks += [line(x, y - 4, x + 18, y - 4, "rate"), word(x + 24, y, "60 a second", "small")]
    return marks


def _chart(
    report: Report, what: str, values: Sequence[tuple[Row, float | None]], top: float
) -> tuple[list[str], float]:
    """A chart of lines, both axes logarithmic, and where it ends."""
    by_size = report.grows == "size"
    points: Points = {}
    for row, y in values:
        if y:
            x = float(row.asked if by_size else row.operations)
            points.setdefault(row.engine, []).append((x, y))
    marks = [word(20, top, f"{what}, by {'pixels a side' if by_size else 'operations'}", "title")]
    if not points:
        return marks, top
    bottom = top + _LINES
    xs = sorted({x for found in points.values() for x, _ in found})
    across = Axis(xs[0], max(xs[-1], 2 * xs[0]), _LEFT, _RIGHT)
    up = Axis.over([y for found in points.values() for _, y in found], bottom, top + 20)
    for x in xs:
        marks += [
            line(across.at(x), up.end, across.at(x), up.start, "grid"),
            word(across.at(x), bottom + 16, f"{x:,.0f}", "small", "middle"),
        ]
    for decade in up.decades():
        marks += [
            line(across.start, up.at(decade), across.end, up.at(decade), "grid"),
            word(_LEFT - 10, up.at(decade) + 4, time(decade), "small", "end"),
        ]
    return [*marks, *_curves(points, across, up)], bottom + 20


def _curves(points: Points, across: Axis, up: Axis) -> list[str]:
    """The lines, and beside their ends the engines' names, moved apart."""
    colours = dict(zip(points, cycle(_COLOURS), strict=False))
    marks = [
        polyline([(across.at(x), up.at(y)) for x, y in sorted(found)], colours[engine])
        for engine, found in points.items()
    ]
    ends = sorted((up.at(max(found)[1]), engine) for engine, found in points.items())
    places = [y for y, _ in ends]
    for above, below in pairwise(range(len(places))):
        places[below] = max(places[below], places[above] + 14)
    marks += [
        word(across.end + 14, place + 4, engine, colour=colours[engine])
        for place, (_, engine) in zip(places, ends, strict=True)
    ]
    return marks
