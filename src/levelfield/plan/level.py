"""Where a series stands now: its level since it last stepped, as its own verdict has it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from levelfield.signals.chart import Chart
from levelfield.signals.verdict import Kind

BASELINE_WEEKS = 8  # of the present level: two months, none of them before the level last stepped


def last_step(chart: Chart, weeks: Sequence[str]) -> tuple[int, ...]:
    """The position among all weeks at which the level last stepped; none where the verdict is no sustained shift."""
    reading = chart.reading
    if reading.kind is not Kind.SUSTAINED or reading.onset is None:
        return ()
    label = chart.dots[reading.onset].label
    return (list(weeks).index(label),) if label in weeks else ()


def level_now(values: npt.ArrayLike, steps: Sequence[int]) -> float | None:
    """The mean of the last weeks since the last step. Shapes: (n,), oldest first, missing = nan. None without a value.

    >>> level_now([0.8, 0.8, 0.6, 0.62], [2])
    0.61
    """
    own = np.asarray(values, dtype=float)
    recent = own[max([*steps, len(own) - BASELINE_WEEKS, 0]) :]
    recent = recent[np.isfinite(recent)]
    return float(recent.mean()) if len(recent) else None
