"""A year of weekly looks: how often a stable series newly opens a signal, and how many of all signals are false.

`python -m bench.run --only monitoring [--size full]`. The measured rates are the constants of
`levelfield.signals.false_discovery.REACHED`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.measuring import Row
from levelfield.signals import judge
from levelfield.signals.false_discovery import FALSE_SHARE, RAREST, REACHED, chosen, false_per_year
from levelfield.words import Grain, Series
from levelfield_worlds.series import mixed

WINDOW, YEAR = 53, 52
NOISES = ((0.0, 1.0), (0.3, 1.0), (0.5, 1.0), (0.7, 1.0), (0.7, 0.6))
SEED = 77
SERIES = 40  # of one partner
CHANGED = 6  # of these, in the estates in which something happens


def looked_at(rows: np.ndarray) -> np.ndarray:
    """p-values of series at 52 weekly looks, each over the last 53 weeks; (many, 52)."""
    return np.array([
        [judge(Series.plain(100 + 10 * row[look : look + WINDOW], period=Grain.WEEK)).p_value for look in range(YEAR)]
        for row in rows
    ])  # fmt: skip


def newly(p: np.ndarray, level: float) -> float:
    """How often a year a series newly reaches a level: reached now, and not at the look before."""
    reached = p <= level
    return float((reached[:, 1:] & ~reached[:, :-1]).sum() + reached[:, 0].sum()) / len(p)


def opened(p: np.ndarray) -> np.ndarray:
    """How often each series of one partner opens a signal in a year; (series,)."""
    was, count = np.zeros(len(p), dtype=bool), np.zeros(len(p), dtype=int)
    for look in range(p.shape[1]):
        now = np.array(chosen(list(p[:, look]), rarest=RAREST))
        count += now & ~was
        was = now | (was & (p[:, look] <= 0.05))  # an open signal closes when its series reads as usual
    return count


def measure(size: str, _: Path) -> list[Row]:
    """Rates of stable series; false signals over a partner's forty series, with and without true changes."""
    many = 1000 if size == "full" else 120
    rng = np.random.default_rng(SEED)
    latent = {noise: mixed(rng, many, WINDOW + YEAR - 1, *noise) for noise in NOISES}
    stable = {noise: looked_at(rows) for noise, rows in latent.items()}
    for noise, p in stable.items():
        print(f"   {noise} newly reached a year:", [round(newly(p, level), 4) for level, _ in REACHED])
    pooled = np.concatenate(list(stable.values()))
    print("   pooled:", tuple((level, round(newly(pooled, level), 4)) for level, _ in REACHED))
    shifted = np.concatenate(list(latent.values()))[:: max(1, 5 * many // 250)].copy()
    onsets = rng.integers(WINDOW, WINDOW + YEAR - 16, len(shifted))
    for row, onset in zip(shifted, onsets, strict=True):
        row[onset:] += rng.choice((-1, 1)) * rng.uniform(1.5, 3.5)
    moved = looked_at(shifted)
    quiet, busy_false, busy_true = [], 0, 0
    for _estate in range(100):
        quiet.append(int(opened(pooled[rng.integers(0, len(pooled), SERIES)]).sum()))
        both = np.concatenate(
            [pooled[rng.integers(0, len(pooled), SERIES - CHANGED)], moved[rng.integers(0, len(moved), CHANGED)]]
        )
        count = opened(both)
        busy_false, busy_true = busy_false + int(count[:-CHANGED].sum()), busy_true + int((count[-CHANGED:] > 0).sum())
    share = busy_false / max(busy_false + busy_true, 1)
    told = false_per_year(SERIES)
    return [
        Row(f"false signals a year, {SERIES} stable series looked at weekly, 100 estates", f"{np.mean(quiet):.2f}", f"told on the page: {told:.2f}", None, "within a quarter of what is told", bool(abs(np.mean(quiet) - told) <= 0.25 * max(told, 0.4))),
        Row(f"false share of a year's signals, {CHANGED} of {SERIES} series shifted by 1.5 to 3.5 sd", f"{share:.3f}", f"{busy_true / (100 * CHANGED):.2f} of the shifts opened one", None, f"{FALSE_SHARE}", bool(share <= FALSE_SHARE)),
    ]  # fmt: skip
