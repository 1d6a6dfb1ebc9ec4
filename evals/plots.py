"""Figures as SVG that stands in a page: numbers in, markup out; colours are the page's variables.

Every plot is drawn 360 wide, so that its text is legible on a phone; wide screens put plots side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from evals.measures import Floats

WIDTH, HEIGHT = 360, 280
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 10, 42  # margins of a plot with two axes
NAMES, LONG_NAMES = 96, 124  # room for the names of rows
TICKS, FIFTHS = (0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
MOST_POINTS = 400  # of a curve; more cannot be told apart


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: its name, how many, and the class that colours it."""

    name: str
    count: int
    style: str


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Whisker:
    """A value between the ends of its interval, 0 to 1; `style` is the class of its split."""

    value: float
    low: float
    high: float
    style: str
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """`x` and `y` are `(n,)`, 0 to 1; `marks` are points with their labels; `style` is the class of its split."""

    x: Floats
    y: Floats
    style: str
    marks: tuple[tuple[float, float, str], ...] = ()


def stacked_bars(bars: Sequence[Bar], label: str) -> str:
    """Each bar is a whole, its segments are shares of it; the counts stand in those that have the room."""
    row, thick = 22, 14
    height = row * len(bars) + 4
    parts = []
    for number, bar in enumerate(bars):
        top, x, whole = 4 + row * number, float(LONG_NAMES), sum(segment.count for segment in bar.segments)
        parts.append(_text(LONG_NAMES - 8, top + thick - 3, bar.name, "end"))
        for segment in bar.segments:
            width = (WIDTH - LONG_NAMES - 2) * segment.count / max(1, whole)
            title = f"<title>{escape(bar.name)}: {segment.count} of {whole} {escape(segment.name)}</title>"
            parts.append(f'<rect class="{segment.style}" x="{x:.1f}" y="{top}" width="{max(0.0, width - 1):.1f}" height="{thick}">{title}</rect>')
            if width >= 9 + 6 * len(str(segment.count)):
                parts.append(f'<text class="on-{segment.style}" x="{x + width / 2:.1f}" y="{top + thick - 3}" text-anchor="middle">{segment.count}</text>')
            x += width
    return _svg(parts, height, label)


def whiskers(rows: Sequence[tuple[str, Sequence[Whisker]]], label: str) -> str:
    """A row for each name; the whiskers of a row one below the other."""
    row = 26
    height = row * len(rows) + 26
    bottom = row * len(rows) + 4
    parts = [
        _line(x, 4, x, bottom, "grid") + _text(x, bottom + 16, f"{100 * tick:.0f} %", "end" if tick == 1 else "middle")
        for tick in TICKS
        for x in [_share_x(tick)]
    ]
    for number, (name, values) in enumerate(rows):
        middle = 4 + row * number + row / 2
        parts.append(_text(NAMES - 8, middle + 4, name, "end"))
        for place, whisker in enumerate(values):
            y = middle + 8 * (place - (len(values) - 1) / 2)
            parts.append(f'<g class="{whisker.style}"><title>{escape(whisker.label)}</title>')
            parts.append(_line(_share_x(whisker.low), y, _share_x(whisker.high), y, "whisker") + _dot(_share_x(whisker.value), y, 3.5) + "</g>")
    return _svg(parts, height, label)


def _share_x(share: float) -> float:
    return NAMES + (WIDTH - NAMES - RIGHT) * share


def curves(drawn: Sequence[Curve], x_name: str, y_name: str, label: str) -> str:
    """Lines over two axes, the first from 0 to 100 %, the second as high as it must be; a curve's marks are dots with
    a label in their title."""
    highest = max((float(curve.y.max()) for curve in drawn if len(curve.y)), default=1.0)
    top = next((top for top in (0.25, 0.5) if highest <= top), 1.0)
    parts = _axes(x_name, y_name, top)
    for curve in drawn:
        points = " ".join(f"{_x(x):.1f},{_y(y / top):.1f}" for x, y in zip(*_thinned(curve), strict=True))
        parts.append(f'<g class="{curve.style}"><polyline points="{points}"/>')
        parts += [f"<g><title>{escape(title)}</title>{_dot(_x(x), _y(y / top), 5)}</g>" for x, y, title in curve.marks]
        parts.append("</g>")
    return _svg(parts, HEIGHT, label)


def bubbles(groups: Sequence[tuple[str, Sequence[tuple[float, float, int]]]], x_name: str, y_name: str, label: str) -> str:
    """Points `(x, y, count)` of each style, with areas by their counts, around the diagonal."""
    parts = [*_axes(x_name, y_name), _line(_x(0), _y(0), _x(1), _y(1), "diagonal")]
    most = max((count for _, points in groups for _, _, count in points), default=1)
    for style, points in groups:
        parts.append(f'<g class="{style} bubbles">')
        for x, y, count in points:
            title = f"{count} questions: {x_name} {100 * x:.0f} %, {y_name} {100 * y:.0f} %"
            parts.append(f"<g><title>{escape(title)}</title>{_dot(_x(x), _y(y), max(2.5, 13 * (count / most) ** 0.5))}</g>")
        parts.append("</g>")
    return _svg(parts, HEIGHT, label)


def interval_bar(value: float, low: float, high: float) -> str:
    """A track from 0 to 1 with an interval and a value on it, 100 wide."""
    parts = ['<rect class="track" x="0" y="3" width="100" height="2"/>']
    parts.append(f'<rect class="interval" x="{100 * low:.1f}" y="2" width="{max(0.5, 100 * (high - low)):.1f}" height="4"/>')
    parts.append(f'<rect class="value" x="{min(98.0, max(0.0, 100 * value - 1)):.1f}" y="0" width="2" height="8"/>')
    return f'<svg class="interval-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'


def _axes(x_name: str, y_name: str, top: float = 1.0) -> list[str]:
    """The second axis ends at `top`."""
    parts = []
    for tick in TICKS:
        parts.append(_line(_x(tick), _y(0), _x(tick), _y(1), "grid") + _text(_x(tick), _y(0) + 16, f"{100 * tick:.0f} %", "end" if tick == 1 else "middle"))
    for tick in TICKS if top == 1 else FIFTHS:
        parts.append(_line(_x(0), _y(tick), _x(1), _y(tick), "grid") + _text(_x(0) - 6, _y(tick) + 4, f"{100 * tick * top:.0f} %", "end"))
    parts.append(_text((_x(0) + _x(1)) / 2, HEIGHT - 6, x_name, "middle", "axis"))
    middle = (_y(0) + _y(1)) / 2
    parts.append(f'<text class="axis" x="9" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 9 {middle:.1f})">{escape(y_name)}</text>')
    return parts


def _thinned(curve: Curve) -> tuple[list[float], list[float]]:
    if not len(curve.x):
        return [], []
    rows = np.unique(np.linspace(0, len(curve.x) - 1, min(len(curve.x), MOST_POINTS)).astype(int))
    return [float(x) for x in curve.x[rows]], [float(y) for y in curve.y[rows]]


def _x(share: float) -> float:
    return LEFT + 14 + (WIDTH - LEFT - 14 - RIGHT) * share


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share


def _dot(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, style: str = "") -> str:
    of_style = f' class="{style}"' if style else ""
    return f'<text{of_style} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], height: float, label: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
