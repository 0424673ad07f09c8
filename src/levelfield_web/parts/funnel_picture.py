"""A funnel plot as inline SVG: partners by size, between the limits a partner of that size stays in."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from levelfield.signals.fair import Standing
from levelfield_web.parts.control_chart import round_values

WIDTH, HEIGHT = 760, 318
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 20, 40


def funnel_picture(groups: Sequence[Standing], told: Callable[[float], str], described: str) -> SafeString:
    """Points by size with their names; the limits of each partner's size as a bar behind it, since few partners make no curve."""
    known = [g for g in groups if math.isfinite(g.value)]
    if not known:
        return SafeString("")
    ends = [v for g in known for v in (g.value, g.lower_spread, g.upper_spread) if math.isfinite(v)]
    low, high = min(ends), max(ends)
    edge = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    low, high = low - edge, high + edge
    sizes = [math.log(max(g.denominator, 1.0)) for g in known]
    small, large = min(sizes) - 0.15, max(sizes) + 0.15

    def x(group: Standing) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log(max(group.denominator, 1.0)) - small) / (large - small)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low))

    parts = []
    for value in round_values(low, high):
        parts.append(
            f'<line class="chart-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
            f'<text class="chart-tick" x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{escape(told(value))}</text>'
        )
    for number, group in enumerate(sorted(known, key=lambda g: g.denominator)):
        at = x(group)
        top, bottom = y(group.upper_spread), y(group.lower_spread)
        parts.append(f'<line class="chart-limit" x1="{at:.1f}" x2="{at:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>')
        parts += [
            f'<line class="chart-limit-end" x1="{at - 7:.1f}" x2="{at + 7:.1f}" y1="{end:.1f}" y2="{end:.1f}"/>'
            for end in (top, bottom)
        ]
        here = y(group.value)
        if group.outlier:
            parts.append(f'<circle class="chart-changed" cx="{at:.1f}" cy="{here:.1f}" r="5"/>')
        else:
            parts.append(f'<circle class="chart-usual" cx="{at:.1f}" cy="{here:.1f}" r="4"/>')
        anchor = "end" if at > WIDTH * 0.6 else "start"
        shift = -10 if anchor == "end" else 10
        lift = 4 if number % 2 else -8
        parts.append(
            f'<text class="chart-latest" x="{at + shift:.1f}" y="{here + lift:.1f}" text-anchor="{anchor}">{escape(group.name)}</text>'
        )
    parts.append(
        f'<text class="chart-tick" x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" text-anchor="end">more contacts →</text>'
    )
    return mark_safe(  # noqa: S308  (numbers we formatted, text we escaped)
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"<title>Partners by number of contacts</title><desc>{escape(described)}</desc>{''.join(parts)}</svg>"
    )
