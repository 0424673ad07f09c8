"""How often the verdict calls a stable series changed, at nominal five per cent, in every cell; peers beside it.

`python -m bench.run --only false_alarms [--size full]`: lengths × autocorrelations × families × seasons.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np

from bench.measuring import Row
from levelfield.signals import judge
from levelfield.signals.charts import xmr_points
from levelfield.words import Grain
from levelfield_worlds.series import FAMILIES, SEASONS, as_family, seasonal, wandering

LENGTHS, PHIS = (24, 52, 104, 365), (0.0, 0.3, 0.5, 0.7)
GOAL = (0.035, 0.06)
SEED = 41


def cell(n: int, phi: float, family: str, season: str, many: int) -> tuple[float, float, float]:
    """Shares of stable series called changed: by the verdict, by the NHS rules, by a point beyond three sigma."""
    rng = np.random.default_rng([SEED, n, int(phi * 100), FAMILIES.index(family), SEASONS.index(season)])
    grain = Grain.WEEK if season == "none" else Grain.DAY
    ours = nhs = sigma = 0
    for latent in seasonal(wandering(rng, many, n, phi), season):
        series = as_family(rng, latent, family, grain=grain)
        ours += judge(series).changed
        points = xmr_points(series.value)
        nhs += bool(points.special_cause_flag.any())
        sigma += bool(points.outside_limits.any())
    return ours / many, nhs / many, sigma / many


def measure(size: str, _: Path) -> list[Row]:
    """One row for all cells, with the worst of them named."""
    many = 2000 if size == "full" else 200
    found = {
        key: cell(*key, many) for key in itertools.product(LENGTHS, PHIS, FAMILIES, SEASONS)
    }  # fmt: skip
    shares = np.array([own for own, _, _ in found.values()])
    noise = 2.5 * math.sqrt(0.05 * 0.95 / many)
    inside = int(((shares >= GOAL[0]) & (shares <= GOAL[1])).sum())
    close = int(((shares >= GOAL[0] - noise) & (shares <= GOAL[1] + noise)).sum())
    for key, (own, nhs, sigma) in found.items():
        mark = "" if GOAL[0] <= own <= GOAL[1] else "  <--"
        print(
            f"  n {key[0]:>4} phi {key[1]:.1f} {key[2]:<18} {key[3]:<21} ours {own:.3f}  NHS rules {nhs:.2f}  3 sigma {sigma:.2f}{mark}"
        )
    worst_low, worst_high = min(found, key=lambda k: found[k][0]), max(found, key=lambda k: found[k][0])
    others = [(min(v[i] for v in found.values()), max(v[i] for v in found.values())) for i in (1, 2)]
    return [
        Row(
            f"stable series called changed, {len(found)} cells of {many}",
            f"{shares.min():.3f} {worst_low} to {shares.max():.3f} {worst_high}; {inside} inside, {close} within sampling error",
            f"NHS rules {others[0][0]:.2f} to {others[0][1]:.2f}; beyond 3 sigma {others[1][0]:.2f} to {others[1][1]:.2f}",
            None, "every cell 0.035 to 0.06", inside == len(found),
        )
    ]  # fmt: skip
