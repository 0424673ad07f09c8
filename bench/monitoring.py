"""A year of weekly looks at stable series: how often a signal newly opens, and so how many false ones a year bring.

`python -m bench.run --only monitoring [--size full]`. The measured rates are the constants of
`levelfield.signals.false_discovery.REACHED`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.measuring import Row
from levelfield.signals import judge
from levelfield.signals.false_discovery import FALSE_SHARE, REACHED, chosen, false_per_year
from levelfield.words import Grain, Series
from levelfield_worlds.series import mixed

WINDOW, YEAR = 53, 52
NOISES = ((0.0, 1.0), (0.3, 1.0), (0.5, 1.0), (0.7, 1.0), (0.7, 0.6))
SEED = 77


def looked_at(noise: tuple[float, float], many: int) -> np.ndarray:
    """E-values of stable series at 52 weekly looks, each over the last 53 weeks; (many, 52)."""
    rng = np.random.default_rng([SEED, int(noise[0] * 100), int(noise[1] * 100)])
    rows = mixed(rng, many, WINDOW + YEAR - 1, *noise)
    return np.array([
        [judge(Series.plain(100 + 10 * row[look : look + WINDOW], period=Grain.WEEK)).e_value for look in range(YEAR)]
        for row in rows
    ])  # fmt: skip


def newly(e: np.ndarray, level: float) -> float:
    """How often a year a series newly reaches a level: above it now, and not at the look before."""
    above = e >= level
    return float((above[:, 1:] & ~above[:, :-1]).sum() + above[:, 0].sum()) / len(e)


def measure(size: str, _: Path) -> list[Row]:
    """Rates of stable series, and false signals over a partner's forty series."""
    many = 1500 if size == "full" else 150
    found = {noise: looked_at(noise, many) for noise in NOISES}
    print("  newly reached a year, by noise:")
    for noise, e in found.items():
        print(f"   {noise}", [round(newly(e, level), 4) for level, _ in REACHED], "p<=.05 ever", round(float((e.max(axis=1) > 20).mean()), 3))
    pooled = np.concatenate(list(found.values()))
    print("  pooled:", tuple((level, round(newly(pooled, level), 5)) for level, _ in REACHED))
    rng = np.random.default_rng(SEED)
    count, estates = 0, 60
    for _ in range(estates):
        rows = pooled[rng.integers(0, len(pooled), 40)]
        was = np.zeros(40, dtype=bool)
        for look in range(YEAR):
            now = np.array(chosen(rows[:, look]))
            count += int((now & ~was).sum())
            was = now
    told = false_per_year(40)
    return [
        Row(
            f"false signals a year over 40 stable series looked at weekly, {estates} estates",
            f"{count / estates:.2f}", f"told on the page: {told:.2f}", None, "no more than is told", count / estates <= told * 1.5 + 0.1,
        ),
        Row("bound by the theory of e-values", f"{count / estates:.2f}", f"{FALSE_SHARE * YEAR:.1f} a year", None, "below", count / estates <= FALSE_SHARE * YEAR),
    ]  # fmt: skip
