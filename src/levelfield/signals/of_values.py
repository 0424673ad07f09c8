"""From the values of a measure to a series that can be judged: shares stay shares, times stay totals over contacts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from levelfield.measures.measure import Form, Measure, Unit
from levelfield.measures.value import Value
from levelfield.words import Grain, Period, Series


def series_of(measure: Measure, values: Sequence[Value], labels: Sequence[str], grain: Grain) -> Series:
    """The values of consecutive periods as a series; a period without a value, for whatever reason, is missing.

    `labels` names every period, oldest first, those without a value included.
    """
    by_label = {v.period: v for v in values}
    own = [by_label.get(label) for label in labels]
    start = Period.parse(labels[0]).start if labels else None

    def column(name: str) -> list[float]:
        given = [None if v is None or v.value is None else getattr(v, name) for v in own]
        return [math.nan if number is None else float(number) for number in given]

    if measure.form is Form.RATIO and measure.unit is Unit.SHARE and measure.times == 1.0:
        top, bottom = column("numerator"), column("denominator")
        if not any(t > b or t < 0 for t, b in zip(top, bottom, strict=True)):
            return Series.shares(top, bottom, period=grain, start=start)
    if measure.form is Form.SUM and measure.unit is Unit.COUNT and not any(c < 0 for c in column("value")):
        return Series.counts(column("value"), period=grain, start=start)
    if measure.form is Form.RATIO and measure.unit is Unit.SECONDS:
        value, n = column("value"), column("denominator")
        return Series.means([v * k for v, k in zip(value, n, strict=True)], n, period=grain, start=start)
    return Series.plain(column("value"), period=grain, start=start)
