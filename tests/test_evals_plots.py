"""Plots as a parser of XML reads them: the numbers are where the axes say."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from evals.plots import WIDTH, Bar, Curve, Segment, Whisker, bubbles, curves, interval_bar, stacked_bars, whiskers


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def numbers(element: ElementTree.Element, *names: str) -> tuple[float, ...]:
    return tuple(float(element.attrib[name]) for name in names)


def ticks(svg: ElementTree.Element, anchor: str) -> dict[str, tuple[float, float]]:
    """Where the labels of an axis stand."""
    found = [text for text in svg.iter("text") if re.fullmatch(r"[\d.]+ %", text.text or "") and text.attrib["text-anchor"] == anchor]
    return {text.text or "": numbers(text, "x", "y") for text in found}


def test_the_segments_of_a_bar_are_its_shares() -> None:
    svg = read(stacked_bars([Bar("one", (Segment("right", 30, "right"), Segment("wrong", 10, "wrong"))), Bar("two", (Segment("right", 1, "right"),))], "bars"))
    first, second, third = svg.iter("rect")
    assert float(first.attrib["width"]) + 1 == pytest.approx(3 * (float(second.attrib["width"]) + 1), abs=0.5)
    assert float(third.attrib["width"]) + 1 == pytest.approx(float(first.attrib["width"]) + float(second.attrib["width"]) + 2, abs=0.5)
    assert float(third.attrib["x"]) + float(third.attrib["width"]) < WIDTH
    assert [title.text for title in svg.iter("title")][0] == "one: 30 of 40 right"
    assert {"30", "10", "one", "two"} <= {text.text for text in svg.iter("text")}


def test_whiskers_stand_between_the_grid_lines_of_their_shares() -> None:
    svg = read(whiskers([("single", [Whisker(0.5, 0.25, 0.75, "line-test", "test: half")])], "kinds"))
    grid = [float(line.attrib["x1"]) for line in svg.findall("line")]
    (group,) = svg.findall("g")
    (line,), (dot,) = group.findall("line"), group.findall("circle")
    assert numbers(line, "x1", "x2") == (grid[1], grid[3])
    assert float(dot.attrib["cx"]) == grid[2]
    assert group.find("title").text == "test: half"  # type: ignore[union-attr]


def test_a_curve_goes_through_its_points() -> None:
    svg = read(curves([Curve(np.array([0.5, 1.0]), np.array([0.0, 1.0]), "line-test", ((0.5, 0.0, "here"),))], "x", "y", "curve"))
    x, y = ticks(svg, "middle"), ticks(svg, "end")
    (polyline,) = svg.iter("polyline")
    start, end = ([float(number) for number in point.split(",")] for point in polyline.attrib["points"].split())
    assert start == [x["50 %"][0], pytest.approx(y["0 %"][1] - 4)]
    assert end[1] == pytest.approx(min(at for _, at in y.values()) - 4)
    (mark,) = svg.iter("circle")
    assert numbers(mark, "cx", "cy") == (start[0], start[1])


def test_a_low_curve_has_a_low_axis() -> None:
    low = read(curves([Curve(np.array([0.0, 1.0]), np.array([0.1, 0.4]), "line-dev")], "x", "y", "curve"))
    assert "40 %" in ticks(low, "end") and max(float(text.removesuffix(" %")) for text in ticks(low, "end") if text != "100 %") == 50
    high = read(curves([Curve(np.array([0.0, 1.0]), np.array([0.1, 0.6]), "line-dev")], "x", "y", "curve"))
    assert {"75 %", "100 %"} <= set(ticks(high, "end"))


def test_a_long_curve_keeps_its_ends_and_an_empty_one_draws_nothing() -> None:
    x = np.linspace(0, 1, 5000)
    svg = read(curves([Curve(x, x, "line-test"), Curve(np.zeros(0), np.zeros(0), "line-dev")], "x", "y", "curve"))
    long, empty = svg.iter("polyline")
    points = long.attrib["points"].split()
    assert len(points) <= 400 and points[0].split(",")[0] != points[-1].split(",")[0]
    assert empty.attrib["points"] == ""


def test_bubbles_have_areas_by_their_counts() -> None:
    svg = read(bubbles([("line-test", [(0.25, 0.5, 100), (0.75, 0.5, 25)])], "confidence", "share right", "reliability"))
    large, small = svg.iter("circle")
    assert float(large.attrib["r"]) == pytest.approx(2 * float(small.attrib["r"]))
    assert float(large.attrib["cx"]) == ticks(svg, "middle")["25 %"][0]
    assert "100 questions: confidence 25 %, share right 50 %" in {title.text for title in svg.iter("title")}


def test_names_are_escaped() -> None:
    svg = stacked_bars([Bar("<b>", (Segment("a&b", 1, "right"),))], '"label"')
    assert read(svg).attrib["aria-label"] == '"label"'
    assert "<b>" not in svg


def test_an_interval_bar_spans_its_interval() -> None:
    track, interval, value = read(interval_bar(0.5, 0.4, 0.7)).iter("rect")
    assert numbers(track, "width") == (100.0,)
    assert numbers(interval, "x", "width") == (40.0, 30.0)
    assert numbers(value, "x", "width") == (49.0, 2.0)
