"""A report as text."""

from collections.abc import Callable, Mapping, Sequence

from viewer.bench.report import BUSY, Report, Row

_HEADS = (
    *("engine", "size", "set-up ms", "first ms", "frame ms", "x fill", "ns/pixel", "ops/pixel"),
    *("peak MB", "wrong pixels"),
)


def table(report: Report) -> str:
    """One line an engine; where cases grow, one table each for frames and for the first picture.

    A wrong picture has its number of wrong pixels marked with `!`, and a line of its own below.
    """
    parts = _grown(report) if report.grows else [_single(report)]
    return "\n".join([_title(report), "", *parts, "", *_notes(report)])


def ratios(report: Report) -> list[str]:
    """How many times the frame of its first case an engine's last one takes, in empty fills of the
    same minute."""
    lines = []
    for engine in dict.fromkeys(row.engine for row in report.rows):
        first, last = ([row for row in report.rows if row.engine == engine][at] for at in (0, -1))
        if first.size == last.size and first.fill_ratio and last.fill_ratio:
            lines.append(
                f"{engine}: {last.fill_ratio / first.fill_ratio:.2f} times the frame of one"
            )
    return lines


def _title(report: Report) -> str:
    sizes = sorted({row.asked for row in report.rows} or {report.size})
    size = " ".join(f"{side}x{side}" for side in sizes)
    return f"{report.file} at {report.view}, {size} pixels\n{report.machine}"


def _single(report: Report) -> str:
    return _aligned([list(_HEADS), *(_cells(row) for row in report.rows)])


def _cells(row: Row) -> list[str]:
    return [
        row.engine,
        "-" if row.size is None else str(row.size),
        *(number(value) for value in (row.setup_ms, row.first_ms, row.frame_ms, row.fill_ratio)),
        *(number(value) for value in (row.ns_per_pixel, row.ops_per_pixel, row.peak_mb)),
        "-" if row.differing_pixels is None else f"{row.differing_pixels}{'!' * row.wrong}",
    ]


def _grown(report: Report) -> list[str]:
    cases = list(dict.fromkeys((row.asked, row.operations) for row in report.rows))
    by_size = report.grows == "size"
    heads = [str(asked if by_size else operations) for asked, operations in cases]
    what = "pixels a side" if by_size else "operations"
    shown: tuple[tuple[str, Callable[[Row], float | None]], ...] = (
        ("frame, ms", lambda row: row.full_frame_ms),
        ("file to first picture, ms", lambda row: row.full_wait_ms),
    )
    parts: list[str] = []
    for title, value in shown:
        rows = [[f"{title}, by {what}", *heads]]
        for engine in dict.fromkeys(row.engine for row in report.rows):
            found = {(r.asked, r.operations): r for r in report.rows if r.engine == engine}
            rows.append([engine, *(_grown_cell(found.get(case), value) for case in cases)])
        parts += [*([""] if parts else []), _aligned(rows)]
    return parts


def _grown_cell(row: Row | None, value: Callable[[Row], float | None]) -> str:
    if row is None:
        return "-"
    mark = "~" if row.size != row.asked and row.size is not None else ""
    return f"{mark}{number(value(row))}{'!' * row.wrong}"


def _notes(report: Report) -> list[str]:
    fill = f"empty fill: {number(report.fill_ms)} ms at {report.size}x{report.size}"
    lines = [fill + (", by NumPy: there is no OpenGL here" if report.context_ms is None else "")]
    if report.busy_percent >= BUSY:
        lines.append(
            f"others kept {report.busy_percent:.0f} % of the processors busy: "
            "long frames suffer more than short ones"
        )
    if report.grows and any(row.size not in (None, row.asked) for row in report.rows):
        lines.append("~: drawn smaller, in proportion to the pixels")
    for row in report.rows:
        where = row.engine
        if report.grows:
            grown = row.asked if report.grows == "size" else f"{row.operations} operations"
            where += f", {grown}"
        if row.size is None:
            lines.append(f"{where}: not measured: {row.note or 'interrupted'}")
        elif row.note:
            lines.append(f"{where}: drawn at {row.size}: {row.note}")
        if row.wrong:
            assert row.size is not None
            lines.append(
                f"{where}: WRONG: {row.differing_pixels} of {row.size**2} pixels differ "
                "from the reference"
            )
    return lines


def number(value: float | None) -> str:
    """Three digits or more, thousands apart; `-` for None."""
    if value is None:
        return "-"
    places = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{places}f}"


def labelled(figures: Mapping[str, float | None], labels: Mapping[str, str]) -> list[str]:
    """One line a figure: its name, its value, and what it is."""
    return [
        f"{name.replace('_', ' '):<13} {number(figures[name]):>8}  {what}"
        for name, what in labels.items()
    ]


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
