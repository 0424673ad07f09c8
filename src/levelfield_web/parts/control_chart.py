"""A chart as inline SVG: classes only, so that light, dark, print and forced colours come from the tokens.

See docs/decisions/0004-charts-are-drawn-by-the-server.md.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from levelfield.signals.chart import Chart, Dot, Reading

WIDTH, HEIGHT = 760, 318
LEFT, RIGHT, TOP, BOTTOM = 56, 118, 52, 34
MOST_MARKS, MARK_ROW = 3, 13  # events that are named, and the height of a row of names
APART = 14  # least distance of labels at the right end, in pixels
SMALL, LARGE = 3.5, 4.8
LETTER = 6.6  # width of a letter of the axis, in pixels


def drawn(chart: Chart, told: Callable[[float], str], described: str) -> SafeString:
    """The picture with title and description for those who cannot see it."""
    known = [d.value for d in chart.dots if d.value is not None]
    if not known:
        return SafeString("")
    low, high = _scale(chart, known)
    plot_width, plot_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index: int) -> float:
        return LEFT + plot_width * (index + 0.5) / len(chart.dots)

    def y(value: float) -> float:
        return TOP + plot_height * (1 - (value - low) / (high - low))

    parts = [
        *_grid(low, high, y, told),
        *_periods(chart.dots, x),
        *_lines(chart, x, y, told),
        *_marks(chart, x),
        *_values(chart.dots, x, y),
        _latest(chart, x, y, told),
    ]
    body = "".join(parts)
    return mark_safe(  # noqa: S308  (numbers we formatted, text we escaped)
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"<title>{escape(chart.title)}</title><desc>{escape(described)}</desc>{body}</svg>"
    )


def _scale(chart: Chart, known: Sequence[float]) -> tuple[float, float]:
    """Room for all points, limits and the target."""
    also = [chart.target] if chart.target is not None else []
    if chart.usual is not None:
        also += [chart.usual.lower, chart.usual.upper]
    low, high = min([*known, *also]), max([*known, *also])
    edge = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return low - edge, high + edge


def _grid(low: float, high: float, y: Callable[[float], float], told: Callable[[float], str]) -> list[str]:
    """Four or five round values on the left."""
    step = 10 ** math.floor(math.log10(high - low))
    step = next(step * m for m in (0.1, 0.2, 0.25, 0.5, 1, 2, 5) if (high - low) / (step * m) <= 6)
    first = math.ceil(low / step) * step
    ticks = [first + i * step for i in range(int((high - first) / step) + 1)]
    return [
        f'<line class="chart-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="chart-tick" x="{LEFT - 8}" y="{y(t) + 4:.1f}" text-anchor="end">{escape(told(t))}</text>'
        for t in ticks
    ]


def _periods(dots: Sequence[Dot], x: Callable[[int], float]) -> list[str]:
    """Every so many periods a label below."""
    widest = max(len(d.label) for d in dots) * LETTER + 12
    every = max(1, math.ceil(len(dots) * widest / (WIDTH - LEFT - RIGHT)))
    return [
        f'<text class="chart-tick" x="{x(i):.1f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(d.label)}</text>'
        for i, d in enumerate(dots)
        if (len(dots) - 1 - i) % every == 0
    ]


def _lines(
    chart: Chart, x: Callable[[int], float], y: Callable[[float], float], told: Callable[[float], str]
) -> list[str]:
    """Mean, limits and target with their names at the right end."""
    named: list[tuple[float, str, str]] = []
    usual = chart.usual
    if usual is not None:
        named += [
            (usual.mean, "chart-mean", f"mean {told(usual.mean)}"),
            (usual.upper, "chart-limit", f"upper {told(usual.upper)}"),
            (usual.lower, "chart-limit", f"lower {told(usual.lower)}"),
        ]
    if chart.target is not None:
        named.append((chart.target, "chart-agreed", f"agreed {told(chart.target)}"))
    parts = []
    trial = " chart-trial" if usual is not None and usual.trial else ""
    for value, kind, _ in named:
        parts.append(
            f'<line class="{kind}{trial}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
        )
    for place, (_, kind, words) in zip(_spread([y(v) for v, _, _ in named]), named, strict=True):
        parts.append(f'<text class="{kind}-label" x="{WIDTH - RIGHT + 10}" y="{place + 4:.1f}">{escape(words)}</text>')
    if usual is not None:
        parts.append(
            f'<line class="chart-baseline" x1="{x(usual.first):.1f}" x2="{x(usual.last):.1f}" y1="{HEIGHT - BOTTOM + 4}" y2="{HEIGHT - BOTTOM + 4}"/>'
        )
    return parts


def _spread(places: Sequence[float]) -> list[float]:
    """The same places, moved apart until no two labels touch."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    for previous, current in itertools.pairwise(order):
        moved[current] = max(moved[current], moved[previous] + APART)
    return moved


def _marks(chart: Chart, x: Callable[[int], float]) -> list[str]:
    """Events as thin vertical lines; the latest few are named above the plot, each in a row of its own."""
    labels = [d.label for d in chart.dots]
    marks = [m for m in chart.marks if m.label in labels][-MOST_MARKS:]
    texts = [f"{mark.title} ({mark.owner})" for mark in marks]
    places = [x(labels.index(mark.label)) for mark in marks]
    lines, names = [], []
    for at, text, row in zip(places, texts, _rows(places, texts), strict=True):
        top = 10 + MARK_ROW * row
        anchor = "end" if at > WIDTH * 0.5 else "start"
        lines.append(f'<line class="chart-event" x1="{at:.1f}" x2="{at:.1f}" y1="{top + 4}" y2="{HEIGHT - BOTTOM}"/>')
        names.append(
            f'<text class="chart-event-label" x="{at:.1f}" y="{top}" text-anchor="{anchor}">{escape(text)}</text>'
        )
    return [*lines, *names]


def _rows(places: Sequence[float], texts: Sequence[str]) -> tuple[int, ...]:
    """A row for every event, so that as few lines as possible, going down, cross the name of another one.

    >>> _rows([500.0, 540.0], ["New class (North)", "Price letter (ours)"])  # names end at their lines: the right one above
    (1, 0)
    """

    def spanned(i: int) -> tuple[float, float]:
        width = len(texts[i]) * LETTER
        return (places[i] - width, places[i]) if places[i] > WIDTH * 0.5 else (places[i], places[i] + width)

    def crossings(rows: tuple[int, ...]) -> int:
        return sum(
            rows[line] < rows[name] and spanned(name)[0] <= places[line] <= spanned(name)[1]
            for line, name in itertools.permutations(range(len(places)), 2)
        )

    return min(itertools.permutations(range(len(places))), key=crossings)


def _values(dots: Sequence[Dot], x: Callable[[int], float], y: Callable[[float], float]) -> list[str]:
    """The line, broken where data is missing, and a shape per point."""
    parts, run = [], []
    for index, dot in enumerate([*dots, Dot("", None, 0, dots[0].point, Reading.USUAL)]):
        if dot.value is not None:
            run.append(f"{x(index):.1f},{y(dot.value):.1f}")
        elif run:
            parts.append(f'<polyline class="chart-line" points="{" ".join(run)}"/>')
            run = []
    parts += [_shape(d.reading, x(i), y(d.value)) for i, d in enumerate(dots) if d.value is not None]
    return parts


def _shape(reading: Reading, x: float, y: float) -> str:
    """● usual, ◆ worse, ■ better, ○ changed: shape carries the meaning, colour repeats it."""
    r = LARGE
    match reading:
        case Reading.WORSE:
            w = r * 1.2
            return f'<path class="chart-worse" d="M{x:.1f} {y - w:.1f}l{w:.1f} {w:.1f}l{-w:.1f} {w:.1f}l{-w:.1f} {-w:.1f}z"/>'
        case Reading.BETTER:
            return f'<rect class="chart-better" x="{x - r * 0.9:.1f}" y="{y - r * 0.9:.1f}" width="{r * 1.8:.1f}" height="{r * 1.8:.1f}"/>'
        case Reading.CHANGED:
            return f'<circle class="chart-changed" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
        case _:
            return f'<circle class="chart-usual" cx="{x:.1f}" cy="{y:.1f}" r="{SMALL}"/>'


def _latest(chart: Chart, x: Callable[[int], float], y: Callable[[float], float], told: Callable[[float], str]) -> str:
    """The latest value beside its point, on the side the line does not come from."""
    known = [(i, d.value) for i, d in enumerate(chart.dots) if d.value is not None]
    index, value = known[-1]
    falls = len(known) > 1 and known[-2][1] > value
    place = y(value) + (22 if falls else -12)
    return f'<text class="chart-latest" x="{x(index) + 6:.1f}" y="{place:.1f}" text-anchor="end">{escape(told(value))}</text>'
