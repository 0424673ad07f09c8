"""A control chart as the server draws it, beside an equal Vega-Lite chart drawn by vl-convert."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import django
import vl_convert

from bench.measuring import Row, apart, clocked

POINTS = 104


def ours() -> list[float]:
    """Seconds a chart takes, and the bytes of its SVG."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levelfield_web.settings")
    django.setup()
    from levelfield.measures.measure import Direction, Unit
    from levelfield.measures.value import Value
    from levelfield.signals.chart import chart_of
    from levelfield.words import Grain
    from levelfield_web.parts.control_chart import drawn

    days = [dt.date(2026, 1, 1) + dt.timedelta(days=i) for i in range(POINTS)]
    values = [Value("asa", "", (), day, Grain.DAY, 80.0 + i * 7 % 11, 1, 1, 500) for i, day in enumerate(days)]
    labels = [v.period for v in values]
    chart = chart_of(
        "Average speed of answer", values, labels, direction=Direction.LOWER, unit=Unit.SECONDS, decimals=1, target=85
    )
    seconds, svg = clocked(lambda: drawn(chart, lambda v: f"{v:.1f}", "A chart"), 200)
    return [seconds, len(svg)]


def peer() -> list[float]:
    """The same for Vega-Lite: line, points, three rules."""
    values = [{"x": i, "y": 80 + (i * 7 % 11)} for i in range(POINTS)]
    rules = [{"mark": "rule", "encoding": {"y": {"datum": y}}} for y in (78, 85, 92)]
    spec = {
        "width": 760, "height": 318, "data": {"values": values},
        "layer": [{"mark": {"type": "line", "point": True}, "encoding": {"x": {"field": "x", "type": "ordinal"}, "y": {"field": "y", "type": "quantitative"}}}, *rules],
    }  # fmt: skip
    vl_convert.vegalite_to_svg(spec)  # the first one starts its engine
    seconds, svg = clocked(lambda: vl_convert.vegalite_to_svg(spec), 20)
    return [seconds, len(svg)]


def measure(size: str, folder: Path) -> list[Row]:
    """Milliseconds and memory of both."""
    mine, theirs = apart(ours), apart(peer)
    return [
        Row(f"drawing a control chart of {POINTS} points", f"{mine.result[0] * 1e3:.2f} ms, {mine.result[1] / 1e3:.0f} kB", f"{theirs.result[0] * 1e3:.1f} ms, {theirs.result[1] / 1e3:.0f} kB vl-convert",  # noqa: E501
            mine.result[0] / theirs.result[0]),
        Row("memory of the process that draws", f"{mine.peak_mb:,.0f} MB", f"{theirs.peak_mb:,.0f} MB", mine.peak_mb / theirs.peak_mb),
    ]  # fmt: skip
