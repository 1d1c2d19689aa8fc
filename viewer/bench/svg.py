"""Marks of a chart as SVG text: a logarithmic axis, words, lines. Pixels, y down."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

STYLE = """
text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
.title { font-size: 17px; font-weight: 600 }
.small { font-size: 11px; fill: #656d76 }
.paper { fill: #ffffff }
.grid { stroke: #d8dee4; stroke-width: 1 }
.fill { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 5 3 }
.off { font-weight: 600 }
.fillword { fill: #bc4c00; font-size: 11px }
.rate { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 1 3 }
.bar { fill: #2f6feb }
.scaled { fill: #a8c5fb }
.wrong, .off { fill: #cf222e }
.first { fill: #ffffff; stroke: #1a3f8f; stroke-width: 2 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .small { fill: #9198a1 }
  .paper { fill: #0d1117 }
  .grid { stroke: #2a313c }
  .fill { stroke: #f0883e }
  .fillword { fill: #f0883e }
  .bar { fill: #4184f3 }
  .scaled { fill: #274a86 }
  .wrong, .off { fill: #f85149 }
  .first { fill: #0d1117; stroke: #a5c8ff }
}
"""

_SHORT_SCALES = ((1e3, 1.0, "ms"), (math.inf, 1e3, "s"))


class Axis(NamedTuple):
    """The values from `low` to `high` laid out from pixel `start` to pixel `end`."""

    low: float
    high: float
    start: float
    end: float

    @staticmethod
    def over(values: Iterable[float], start: float, end: float) -> "Axis":
        """Whole decades around positive values, at least one."""
        logs = [math.log10(value) for value in values]
        low, high = math.floor(min(logs)), math.ceil(max(logs))
        return Axis(10.0**low, 10.0 ** max(high, low + 1), start, end)

    def at(self, value: float) -> float:
        """The pixel of a value; what is off the axis is at its ends."""
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + min(1.0, max(0.0, part)) * (self.end - self.start)

    def decades(self) -> list[float]:
        """The powers of ten that have a line."""
        first = round(math.log10(self.low))
        return [10.0**power for power in range(first, round(math.log10(self.high)) + 1)]


def time(ms: float) -> str:
    """Milliseconds in three digits and a unit of their size."""
    _, unit, name = next(scale for scale in _SHORT_SCALES if ms < scale[0])
    return f"{plain(ms / unit)} {name}"


def plain(value: float) -> str:
    """Three digits, thousands apart, without an exponent or trailing zeros."""
    places = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def word(
    x: float, y: float, text: str, kind: str = "", anchor: str = "start", colour: str = ""
) -> str:
    """Text with its baseline at (x, y)."""
    place = f'x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"'
    style = f' style="fill: {colour}"' if colour else ""
    return f"<text {place}{style}>{escape(text)}</text>"


def line(x0: float, y0: float, x1: float, y1: float, kind: str) -> str:
    """A straight line."""
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" class="{kind}"/>'


def polyline(points: Sequence[tuple[float, float]], colour: str) -> str:
    """A line through some points, each of them marked."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return "".join([f'<polyline points="{path}" class="line" stroke="{colour}"/>', *dots])


def bar(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A rectangle."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' rx="2" class="{kind}"/>'
    )


def ring(x: float, y: float) -> str:
    """A small open circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" class="first"/>'


def page(width: float, height: float, title: str, marks: Iterable[str]) -> str:
    """The whole document."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
            f' width="{width:.0f}" height="{height:.0f}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            bar(0, 0, width, height, "paper"),
            *marks,
            "</svg>\n",
        ]
    )
