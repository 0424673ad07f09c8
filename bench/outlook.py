"""Is the outlook calibrated? Levels promised with so many per cent are met in so many of a hundred cases; the peer is a rule of thumb.

`python -m bench.run --only outlook [--size full]`: 52 weeks of shares of 400 contacts, stable, shifted, drifting or with a
one-off; a target drawn around the level; what the next four weeks really bring.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.measuring import Row
from levelfield.signals.outlook import HAZARD, outlook
from levelfield.words import Grain, Series
from levelfield_worlds.series import KINDS, wandering

WEEKS, AHEAD, SEED = 52, 4, 5
SHARES = (0.5, 0.1, 0.2, 0.15, 0.05)  # of the kinds


def world(rng: np.random.Generator) -> np.ndarray:
    """Weeks in standard deviations, the coming ones included; levels shift at their hazard in what is to come."""
    n = WEEKS + AHEAD
    values = wandering(rng, 1, n, float(rng.choice((0.0, 0.2, 0.4, 0.6))))[0]
    sign, size = rng.choice((-1, 1)), rng.uniform(1.5, 4)
    onset = int(rng.integers(15, WEEKS - 3))
    match rng.choice(KINDS, p=SHARES):
        case "one_off":
            values[onset : onset + 2] += 1.5 * sign * size
        case "sustained":
            values[onset:] += sign * size
        case "drift":
            values[onset:] += sign * size * np.arange(n - onset) / max(WEEKS - onset, 1)
        case "more_variable":
            values[onset:] *= 2
    for week in range(WEEKS, n):
        if rng.random() < HAZARD:
            values[week:] += rng.normal(0, 1.8)
    return values


def measure(size: str, _: Path) -> list[Row]:
    """Calibration error, Brier score, and the table of reliability."""
    rng = np.random.default_rng(SEED)
    said, thumb, met, inside = [], [], [], []
    for _case in range(4000 if size == "full" else 600):
        latent = world(rng)
        share = 0.82 + 0.02 * latent
        hits = rng.binomial(400, np.clip(share, 0, 1))
        target = 0.82 + 0.02 * float(latent[WEEKS - 8 : WEEKS].mean() + rng.normal(0, 1.2))
        seen = outlook(
            Series.shares(hits[:WEEKS], np.full(WEEKS, 400), period=Grain.WEEK), periods=AHEAD, expected=target
        )
        if seen is None or seen.meets_expected is None:
            continue
        came = hits[WEEKS:].sum() / (400 * AHEAD)
        said.append(seen.meets_expected)
        inside.append(seen.low <= came <= seen.high)
        recent = hits[WEEKS - 13 : WEEKS] / 400
        thumb.append(float((recent >= target).mean()))
        met.append(came >= target)
    ours, peer, truth = np.array(said), np.array(thumb), np.array(met)
    print("  promised  cases  met")
    for low in np.arange(0, 1, 0.1):
        own = (ours >= low) & (ours < low + 0.1 + (low > 0.85))
        print(
            f"  {low:.1f}-{low + 0.1:.1f}  {own.sum():>6}  {truth[own].mean() if own.any() else float('nan'):.3f}  (mean promised {ours[own].mean() if own.any() else float('nan'):.3f})"
        )
    return [
        Row(f"calibration error of the outlook, {len(ours)} series", f"{off(ours, truth):.3f}", f"share of the last 13 weeks that met it: {off(peer, truth):.3f}", None, "0.05", off(ours, truth) <= 0.05),
        Row("Brier score of the outlook", f"{((ours - truth) ** 2).mean():.3f}", f"{((peer - truth) ** 2).mean():.3f}", None, "below the peer", bool(((ours - truth) ** 2).mean() < ((peer - truth) ** 2).mean())),
        Row("what came lay in the 90 % range", f"{np.mean(inside):.3f}", "", None, "0.88 to 0.93", bool(0.88 <= np.mean(inside) <= 0.93)),
    ]  # fmt: skip


def off(said: np.ndarray, met: np.ndarray) -> float:
    """Mean distance of promised and met over deciles of what was promised."""
    which = np.clip((said * 10).astype(int), 0, 9)
    return float(
        sum(
            (which == b).mean() * abs(said[which == b].mean() - met[which == b].mean())
            for b in range(10)
            if (which == b).any()
        )
    )
