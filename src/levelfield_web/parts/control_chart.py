"""A chart as inline SVG: classes only, so that light, dark, print and forced colours come from the tokens.

See docs/decisions/0004-charts-are-drawn-by-the-server.md.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from levelfield.signals.chart import Chart, Dot, Drawing, Look

WIDTH, HEIGHT = 760, 318
LEFT, RIGHT, TOP, BOTTOM = 56, 134, 52, 34
MOST_MARKS, MARK_ROW = 3, 13  # events that are named, and the height of a row of names
APART = 14  # least distance of labels at the right end, in pixels
SMALL, LARGE, RING = 3.5, 4.8, 7.5
LETTER = 6.6  # width of a letter of the axis, in pixels


def drawn(chart: Chart, told: Callable[[float], str], described: str) -> SafeString:
    """The picture with title and description for those who cannot see it."""
    known = [d.plotted for d in chart.dots if d.plotted is not None]
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
        *_rebases(chart, x),
        *_marks(chart, x),
        *_values(chart.dots, x, y),
    ]
    body = "".join(parts)
    return mark_safe(  # noqa: S308  (numbers we formatted, text we escaped)
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"<title>{escape(chart.title)}</title><desc>{escape(described)}</desc>{body}</svg>"
    )


def _scale(chart: Chart, known: Sequence[float]) -> tuple[float, float]:
    """Room for all points, limits and the target."""
    also = [chart.target] if chart.target is not None and chart.drawing is not Drawing.CUSUM else []
    also += [v for d in chart.dots for v in (d.lower, d.upper) if v is not None]
    low, high = min([*known, *also]), max([*known, *also])
    edge = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return low - edge, high + edge


def _grid(low: float, high: float, y: Callable[[float], float], told: Callable[[float], str]) -> list[str]:
    """Four or five round values on the left."""
    return [
        f'<line class="chart-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="chart-tick" x="{LEFT - 8}" y="{y(t) + 4:.1f}" text-anchor="end">{escape(told(t))}</text>'
        for t in round_values(low, high)
    ]


def round_values(low: float, high: float) -> list[float]:
    """At most six round values between two ends.

    >>> round_values(0.31, 1.02)
    [0.4, 0.6, 0.8, 1.0]
    """
    step = 10 ** math.floor(math.log10(high - low))
    step = next(step * m for m in (0.1, 0.2, 0.25, 0.5, 1, 2, 5) if (high - low) / (step * m) <= 6)
    first = math.ceil(low / step)
    return [round((first + i) * step, 12) for i in range(int(high / step - first + 1e-9) + 1)]


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
    trial = " chart-trial" if usual is not None and usual.trial else ""
    parts = [
        *_stepped([d.centre for d in chart.dots], f"chart-mean{trial}", x, y),
        *_stepped([d.upper for d in chart.dots], f"chart-limit{trial}", x, y),
        *_stepped([d.lower for d in chart.dots], f"chart-limit{trial}", x, y),
    ]
    if chart.target is not None and chart.drawing is not Drawing.CUSUM:
        named.append((chart.target, "chart-agreed", f"agreed {told(chart.target)}"))
        at = y(chart.target)
        parts.append(f'<line class="chart-agreed" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
    latest = next((d for d in reversed(chart.dots) if d.plotted is not None), None)
    if latest is not None and latest.plotted is not None:
        named.append((latest.plotted, "chart-latest", f"now {told(latest.plotted)}"))
    for place, (_, kind, words) in zip(_spread([y(v) for v, _, _ in named]), named, strict=True):
        style = kind if kind == "chart-latest" else f"{kind}-label"
        parts.append(f'<text class="{style}" x="{WIDTH - RIGHT + 10}" y="{place + 4:.1f}">{escape(words)}</text>')
    if usual is not None:
        parts.append(
            f'<line class="chart-baseline" x1="{x(usual.first):.1f}" x2="{x(usual.last):.1f}" y1="{HEIGHT - BOTTOM + 4}" y2="{HEIGHT - BOTTOM + 4}"/>'
        )
    return parts


def _stepped(
    values: Sequence[float | None], kind: str, x: Callable[[int], float], y: Callable[[float], float]
) -> list[str]:
    """A line that holds its value over each period and breaks where it has none or where it jumps."""
    half = (x(1) - x(0)) / 2 if len(values) > 1 else 20.0
    runs: list[list[tuple[int, float]]] = []
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        elif runs and runs[-1] and runs[-1][-1][1] == value:
            runs[-1].append((index, value))
        else:
            runs.append([(index, value)])
    return [
        f'<line class="{kind}" x1="{x(run[0][0]) - half:.1f}" x2="{x(run[-1][0]) + half:.1f}" y1="{y(run[0][1]):.1f}" y2="{y(run[0][1]):.1f}"/>'
        for run in runs
        if run
    ]


def _rebases(chart: Chart, x: Callable[[int], float]) -> list[str]:
    """Where the lines start anew because somebody said so."""
    labels = [d.label for d in chart.dots]
    half = (x(1) - x(0)) / 2 if len(labels) > 1 else 0.0
    return [
        f'<line class="chart-rebase" x1="{x(labels.index(r.label)) - half:.1f}" x2="{x(labels.index(r.label)) - half:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        for r in chart.rebases
    ]


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
    for index, dot in enumerate([*dots, Dot("", None, 0, Look.USUAL)]):
        if dot.plotted is not None:
            run.append(f"{x(index):.1f},{y(dot.plotted):.1f}")
        elif run:
            parts.append(f'<polyline class="chart-line" points="{" ".join(run)}"/>')
            run = []
    parts += [_shape(d.look, x(i), y(d.plotted)) for i, d in enumerate(dots) if d.plotted is not None]
    parts += [
        f'<circle class="chart-rule" cx="{x(i):.1f}" cy="{y(d.plotted):.1f}" r="{RING}"/>'
        for i, d in enumerate(dots)
        if d.plotted is not None and d.rules
    ]
    return parts


def _shape(look: Look, x: float, y: float) -> str:
    """● usual, ◆ worse, ■ better, ○ changed: shape carries the meaning, colour repeats it."""
    r = LARGE
    match look:
        case Look.WORSE:
            w = r * 1.2
            return f'<path class="chart-worse" d="M{x:.1f} {y - w:.1f}l{w:.1f} {w:.1f}l{-w:.1f} {w:.1f}l{-w:.1f} {-w:.1f}z"/>'
        case Look.BETTER:
            return f'<rect class="chart-better" x="{x - r * 0.9:.1f}" y="{y - r * 0.9:.1f}" width="{r * 1.8:.1f}" height="{r * 1.8:.1f}"/>'
        case Look.CHANGED:
            return f'<circle class="chart-changed" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
        case _:
            return f'<circle class="chart-usual" cx="{x:.1f}" cy="{y:.1f}" r="{SMALL}"/>'
