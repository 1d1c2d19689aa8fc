"""What is said about fixed figures: the table, the JSON and the plot, as pages."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from viewer.bench.plot import plot
from viewer.bench.report import Report, Row
from viewer.bench.svg import Axis, plain, time
from viewer.bench.table import number, ratios, table

QUICK = Row(
    engine="quick",
    asked=1024,
    operations=6360,
    size=1024,
    parse_ms=40.0,
    passes_ms=60.25,
    compile_ms=900.0,
    first_ms=30.0,
    frame_ms=27.3004,
    best_ms=26.0,
    frames=36,
    read_ms=1.5,
    fill_ms=0.9,
    ops_per_pixel=571.6,
    peak_mb=171.25,
    differing_pixels=0,
)
SLOW = replace(
    QUICK,
    engine="slow",
    size=256,
    compile_ms=0.125,
    first_ms=2700.0,
    frame_ms=2600.0,
    read_ms=None,
    fill_ms=0.1,
    ops_per_pixel=6360.0,
    peak_mb=61.0,
    note="a picture takes about 42 s at 1024",
)
WRONG = replace(QUICK, engine="wrong", frame_ms=4.4, ops_per_pixel=33.0, differing_pixels=31368)
GONE = Row("gone", asked=1024, operations=6360, note="no such device here")
REPORT = Report(
    file="prospero.vm",
    view="0,0@1",
    size=1024,
    machine="A Processor, 2 cores, llvmpipe, CPython 3.11.7, NumPy 2.4.6",
    fill="llvmpipe, OpenGL 4.5",
    fill_ms=0.9,
    context_ms=31.5,
    busy_percent=14.9,
    rows=(SLOW, QUICK, WRONG, GONE),
)
GROWN = replace(
    REPORT,
    rows=tuple(
        replace(row, operations=row.operations // part, frame_ms=(row.frame_ms or 0) / part)
        for part in (4, 2, 1)
        for row in (SLOW, QUICK)
    ),
)


def test_the_table() -> None:
    assert (
        table(REPORT)
        == """\
prospero.vm at 0,0@1, 1024x1024 pixels
A Processor, 2 cores, llvmpipe, CPython 3.11.7, NumPy 2.4.6

engine  size  set-up ms  first ms  frame ms  x fill  ns/pixel  ops/pixel  peak MB  wrong pixels
slow     256        100     2,700     2,600  26,000    39,673      6,360     61.0             0
quick   1024      1,000      30.0      27.3    30.3      26.0        572      171             0
wrong   1024      1,000      30.0      4.40    4.89      4.20       33.0      171        31368!
gone       -          -         -         -       -         -          -        -             -

empty fill: 0.90 ms at 1024x1024
slow: drawn at 256: a picture takes about 42 s at 1024
wrong: WRONG: 31368 of 1048576 pixels differ from the reference
gone: not measured: no such device here"""
    )


def test_the_table_of_growth() -> None:
    rows = (*GROWN.rows[:-1], replace(GROWN.rows[-1], differing_pixels=2))
    assert (
        table(replace(GROWN, context_ms=None, rows=rows))
        == """\
prospero.vm at 0,0@1, 1024x1024 pixels
A Processor, 2 cores, llvmpipe, CPython 3.11.7, NumPy 2.4.6

frame, ms, by operations     1590     3180     6360
slow                      ~10,400  ~20,800  ~41,600
quick                        6.83     13.7    27.3!

file to first picture, ms, by operations     1590     3180     6360
slow                                      ~12,550  ~22,300  ~41,800
quick                                       1,030    1,030   1,030!

empty fill: 0.90 ms at 1024x1024, by NumPy: there is no OpenGL here
~: drawn smaller, in proportion to the pixels
slow, 1590 operations: drawn at 256: a picture takes about 42 s at 1024
slow, 3180 operations: drawn at 256: a picture takes about 42 s at 1024
slow, 6360 operations: drawn at 256: a picture takes about 42 s at 1024
quick, 6360 operations: WRONG: 2 of 1048576 pixels differ from the reference"""
    )


def test_copies_are_compared_with_one() -> None:
    """In empty fills, and only where both are of one size."""
    rows = [
        replace(QUICK, engine=engine, frame_ms=frame, fill_ms=fill, size=size)
        for engine, frame, fill, size in (
            *(("a", 2.0, 1.0, 1024), ("b", 2.0, 1.0, 1024)),
            *(("a", 9.0, 1.5, 1024), ("b", 9.0, 1.5, 512)),
        )
    ]
    report = replace(REPORT, rows=tuple(rows))
    assert ratios(report) == ["a: 3.00 times the frame of one"]


def test_a_busy_machine_is_mentioned() -> None:
    assert table(replace(REPORT, busy_percent=62.4, rows=(QUICK,))).splitlines()[-1] == (
        "others kept 62 % of the processors busy: long frames suffer more than short ones"
    )
    assert "in use by others" not in plot(REPORT)
    assert "(62 % of the processors in use by others)" in plot(replace(REPORT, busy_percent=62.4))


def test_an_interrupted_engine_is_told_from_an_absent_one() -> None:
    rows = (Row("late", asked=64, operations=3),)
    assert table(replace(REPORT, size=64, fill_ms=None, rows=rows)).splitlines()[-2:] == [
        "empty fill: - ms at 64x64",
        "late: not measured: interrupted",
    ]


def test_the_json_keeps_its_keys() -> None:
    told = json.loads(REPORT.as_json())
    assert [told["rows"][n]["engine"] for n in range(4)] == ["slow", "quick", "wrong", "gone"]
    quick, gone = told["rows"][1], told.pop("rows")[3]
    assert told == {
        "file": "prospero.vm",
        "view": "0,0@1",
        "size": 1024,
        "machine": "A Processor, 2 cores, llvmpipe, CPython 3.11.7, NumPy 2.4.6",
        "fill": "llvmpipe, OpenGL 4.5",
        "fill_ms": 0.9,
        "context_ms": 31.5,
        "busy_percent": 14.9,
    }
    assert quick == {
        "engine": "quick",
        "asked": 1024,
        "operations": 6360,
        "size": 1024,
        "parse_ms": 40.0,
        "passes_ms": 60.25,
        "compile_ms": 900.0,
        "first_ms": 30.0,
        "frame_ms": 27.3,
        "best_ms": 26.0,
        "frames": 36,
        "read_ms": 1.5,
        "fill_ms": 0.9,
        "ops_per_pixel": 571.6,
        "peak_mb": 171.25,
        "differing_pixels": 0,
        "note": None,
        "setup_ms": 1000.25,
        "fill_ratio": 30.334,
        "ns_per_pixel": 26.036,
    }
    assert gone.keys() == quick.keys()
    told_of_gone = {"engine", "asked", "operations", "frames", "note"}
    assert {key for key, value in gone.items() if value is not None} == told_of_gone


@pytest.mark.parametrize(
    "report",
    [
        REPORT,
        GROWN,
        replace(
            REPORT, rows=tuple(replace(row, asked=64 << n) for n in (0, 1) for row in (QUICK,))
        ),
        replace(REPORT, rows=(GONE,)),
        replace(REPORT, rows=(), fill_ms=None),
        replace(REPORT, file="<b>&\"'.vm", machine="<&>"),
    ],
    ids=["bars", "operations", "sizes", "nothing", "interrupted", "odd name"],
)
def test_the_plot_is_whole_and_within_its_page(report: Report) -> None:
    svg = ElementTree.fromstring(plot(report))
    width, height = (float(side) for side in svg.attrib["viewBox"].split()[2:])
    words = " ".join(svg.itertext())
    assert report.file in words
    for row in report.rows:
        assert (row.engine in words.split()) == (row.frame_ms is not None)
    for mark in svg.iter():
        for key, limit in (("x", width), ("x2", width), ("y", height), ("y2", height)):
            assert 0 <= float(mark.attrib.get(key, 0)) <= limit
        assert float(mark.attrib.get("width", 0)) >= 0
    assert "nan" not in plot(report)


def test_the_plot_says_what_is_wrong_and_what_is_scaled() -> None:
    svg = ElementTree.fromstring(plot(REPORT))
    kinds = [mark.attrib["class"] for mark in svg.iter() if mark.tag.endswith("rect")]
    assert kinds == ["paper", "scaled", "bar", "wrong", "bar", "scaled", "wrong"]
    words = {"".join(mark.itertext()) for mark in svg.iter() if mark.tag.endswith("text")}
    assert {"≈ 41.6 s", "26,000×", "27.3 ms", "4.4 ms", "31,368 px off"} <= words
    assert not any("4.89" in text for text in words)  # no ratio for a wrong picture


def test_longer_bars_are_slower() -> None:
    rows = [replace(QUICK, engine=str(ms), frame_ms=float(ms)) for ms in (5, 700, 0.3, 11)]
    svg = ElementTree.fromstring(plot(replace(REPORT, rows=tuple(rows))))
    marks = [mark.attrib for mark in svg.iter() if mark.attrib.get("class") == "bar"][:4]
    widths = [float(mark["width"]) for mark in marks]
    assert widths == sorted(widths, reverse=True) and len(set(widths)) == 4


def test_an_axis_has_whole_decades() -> None:
    axis = Axis.over([0.9, 4200.0], 100.0, 600.0)
    assert axis.decades() == pytest.approx([0.1, 1, 10, 100, 1000, 10000])
    assert [axis.at(value) for value in (0.1, 1, 10000, 0.01)] == pytest.approx(
        [100, 200, 600, 100]
    )
    assert Axis.over([10.0, 10.0], 0, 1).decades() == [10, 100]


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        *((0.0989, "0.0989 ms"), (0.9, "0.9 ms"), (27.3004, "27.3 ms"), (410, "410 ms")),
        *((1000, "1 s"), (4444, "4.44 s"), (72_000, "72 s"), (3_600_000, "3,600 s")),
    ],
)
def test_a_time_has_three_digits(ms: float, text: str) -> None:
    assert time(ms) == text


def test_numbers() -> None:
    values = (None, 0.9, 9.996, 27.345, 123.4, 123456.7)
    assert [number(value) for value in values] == ["-", "0.90", "10.00", "27.3", "123", "123,457"]
    assert [plain(value) for value in (0, 5, 0.05, 37969.4)] == ["0", "5", "0.05", "37,969"]
