"""Contributions as horizontal bars around zero, the remainder last and named, the sum written. Inline SVG, classes only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WIDTH = 760
LEFT, RIGHT, TOP, ROW, BOTTOM = 320, 96, 8, 34, 40
LETTERS = 50  # that fit before the bars


@dataclass(frozen=True)
class Bar:
    """One row: what it is, a second line under it, its amount."""

    words: str
    under: str
    amount: float
    is_rest: bool = False


def bars_picture(
    bars: Sequence[Bar], total: float, told: Callable[[float], str], title: str, described: str, total_words: str
) -> SafeString:
    """Bars to the left where an amount is below zero, to the right where it is above; the same scale for all."""
    if not bars:
        return SafeString("")
    low = min(0.0, *(b.amount for b in bars))
    high = max(0.0, *(b.amount for b in bars))
    span = (high - low) or 1.0
    left, right = LEFT + (104 if low < 0 else 8), WIDTH - (RIGHT if high > 0 else 8)

    def x(value: float) -> float:
        return left + (right - left) * (value - low) / span

    height = TOP + ROW * len(bars) + BOTTOM
    zero = x(0.0)
    parts = [f'<line class="chart-mean" x1="{zero:.1f}" x2="{zero:.1f}" y1="{TOP}" y2="{TOP + ROW * len(bars)}"/>']
    for number, bar in enumerate(bars):
        y = TOP + ROW * number
        start, end = sorted((zero, x(bar.amount)))
        kind = "bar-rest" if bar.is_rest else "bar-part"
        parts.append(
            f'<text class="bar-words" x="{LEFT}" y="{y + 14}" text-anchor="end">{escape(_short(bar.words))}</text>'
        )
        if bar.under:
            parts.append(
                f'<text class="chart-tick" x="{LEFT}" y="{y + 28}" text-anchor="end">{escape(_short(bar.under))}</text>'
            )
        parts.append(
            f'<rect class="{kind}" x="{start:.1f}" y="{y + 6}" width="{max(end - start, 1):.1f}" height="20"/>'
        )
        at, anchor = (end + 6, "start") if bar.amount >= 0 else (start - 6, "end")
        parts.append(
            f'<text class="chart-latest" x="{at:.1f}" y="{y + 21}" text-anchor="{anchor}">{escape(told(bar.amount))}</text>'
        )
    bottom = TOP + ROW * len(bars)
    parts.append(f'<line class="chart-mean" x1="8" x2="{WIDTH - 8}" y1="{bottom + 4}" y2="{bottom + 4}"/>')
    parts.append(f'<text class="bar-words" x="{LEFT}" y="{bottom + 26}" text-anchor="end">{escape(total_words)}</text>')
    parts.append(f'<text class="chart-latest" x="{zero + 6:.1f}" y="{bottom + 26}">{escape(told(total))}</text>')
    return mark_safe(  # noqa: S308  (numbers we formatted, text we escaped)
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"<title>{escape(title)}</title><desc>{escape(described)}</desc>{''.join(parts)}</svg>"
    )


def _short(words: str) -> str:
    return words if len(words) <= LETTERS else f"{words[: LETTERS - 1]}…"
