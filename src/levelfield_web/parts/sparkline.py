"""A word-sized picture for a table row: the line, its usual band, and the shape of the last point."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, EDGE = 104, 20, 6  # pixels; the edge leaves room for the last shape
POINT = 3.0  # half the size of the last shape
READINGS = ("usual", "worse", "better", "changed")


def sparkline(
    values: Sequence[float | None],
    *,
    band: tuple[float, float] | None = None,
    last: str = "usual",
    label: str = "",
) -> SafeString:
    """An inline SVG without any style of its own.

    *Shapes*: values oldest first; None or nan is a gap in the line.
    *Refuses*: a `last` that is not usual, worse, better or changed (ValueError).

    >>> sparkline([1.0, 2.0, None, 3.0]).count("<polyline"), sparkline([]) == ""
    (2, True)
    """
    if last not in READINGS:
        raise ValueError(f"The last point is {' or '.join(READINGS)}, not {last!r}")
    known = [v for v in values if v is not None and math.isfinite(v)]
    if not known:
        return SafeString("")
    low, high = span([*known, *(band or ())])

    def x(index: int) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * (index / max(1, len(values) - 1))

    def y(value: float) -> float:
        return HEIGHT - EDGE / 1.5 - (HEIGHT - 2 * EDGE / 1.5) * (value - low) / (high - low)

    drawn = []
    if band is not None:
        top, bottom = y(band[1]), y(band[0])
        drawn.append(f'<rect class="spark-band" x="0" y="{top:.1f}" width="{WIDTH}" height="{bottom - top:.1f}"/>')
    for run in runs(values):
        points = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in run)
        drawn.append(f'<polyline class="spark-line" points="{points}"/>')
    final = values[-1]
    if final is not None and math.isfinite(final):
        drawn.append(shape(last, x(len(values) - 1), y(final)))
    name = f"<title>{escape(label)}</title>" if label else ""
    role = 'role="img"' if label else 'aria-hidden="true"'
    # Everything above is a number we formatted or text we escaped.
    inside = mark_safe(name + "".join(drawn))  # noqa: S308
    return format_html(
        '<svg class="spark spark-{}" {} width="{}" height="{}" viewBox="0 0 {} {}">{}</svg>',
        *(last, SafeString(role), WIDTH, HEIGHT, WIDTH, HEIGHT, inside),
    )


def span(values: Sequence[float]) -> tuple[float, float]:
    """The lowest and the highest, apart from each other even when all are equal."""
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


def runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The stretches without a gap, with the place of each value."""
    found: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None or not math.isfinite(value):
            found.append([])
        else:
            found[-1].append((index, value))
    return [run for run in found if run]


def shape(reading: str, x: float, y: float) -> str:
    """The last point: ● usual, ◆ worse, ■ better, ○ changed."""
    match reading:
        case "worse":
            r = POINT * 1.4
            return f'<path class="spark-point" d="M{x:.1f} {y - r:.1f}l{r:.1f} {r:.1f}l{-r:.1f} {r:.1f}l{-r:.1f} {-r:.1f}z"/>'
        case "better":
            r = POINT
            return (
                f'<rect class="spark-point" x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r:.1f}" height="{2 * r:.1f}"/>'
            )
        case _:
            return f'<circle class="spark-point" cx="{x:.1f}" cy="{y:.1f}" r="{POINT:.1f}"/>'
