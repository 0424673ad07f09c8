"""Power against a shift in the last quarter, the speed of a verdict, and agreement with the golden figures of others.

`python -m bench.run --only verdicts [--size full]`
"""

from __future__ import annotations

import csv
import re
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from bench.measuring import ROOT, Row
from levelfield.signals import funnel, judge, xmr_points
from levelfield.signals.charts import cusum_run_length, ewma_run_length
from levelfield.words import Series
from levelfield_worlds.series import wandering

GOALS = {0.0: 0.90, 0.3: 0.62, 0.5: 0.40}
GOLDEN = ROOT.parent / "shared" / "data" / "golden-spc"
SEED = 5


def power(phi: float, many: int) -> tuple[float, float]:
    """Share of shifts by 1.5 standard deviations in the last quarter of 52 weeks that are found: ours, and a bootstrap."""
    rng = np.random.default_rng([SEED, int(100 * phi)])
    rows = wandering(rng, many, 52, phi)
    rows[:, 39:] += 1.5
    ours = float(np.mean([judge(Series.plain(v)).p_value <= 0.05 for v in rows]))
    few = rows[: min(many, 200)]
    return ours, float(np.mean([_bootstrapped(v, rng) for v in few]))


def _bootstrapped(values: np.ndarray, rng: np.random.Generator) -> bool:
    """The largest standardised step against AR(1) series of the estimated autocorrelation: a simple conditional bootstrap."""
    centred = values - values.mean()
    phi = float(np.clip(centred[1:] @ centred[:-1] / (centred @ centred), 0, 0.9))
    null = wandering(rng, 199, len(values), phi)
    return float(_largest_step(values[None])[0]) > float(np.sort(_largest_step(null))[189])


def _largest_step(rows: np.ndarray) -> np.ndarray:
    n = rows.shape[1]
    sums = np.cumsum(rows, axis=1)
    best = np.zeros(len(rows))
    spread = rows.std(axis=1)
    for i in range(4, n - 3):
        before, after = sums[:, i - 1] / i, (sums[:, -1] - sums[:, i - 1]) / (n - i)
        best = np.maximum(best, np.abs(after - before) * np.sqrt(i * (n - i) / n) / spread)
    return best


def speed() -> list[Row]:
    """Seconds for ten thousand series of 104 points on one core, and milliseconds for one of 816."""
    rng = np.random.default_rng(SEED)
    many = [Series.plain(v, period="week") for v in wandering(rng, 10_000, 104, 0.3)]
    judge(many[0])
    started = time.perf_counter()
    for series in many:
        judge(series)
    seconds = time.perf_counter() - started
    long = [Series.plain(v) for v in wandering(rng, 50, 816, 0.3)]
    started = time.perf_counter()
    for series in long:
        judge(series)
    each = (time.perf_counter() - started) / len(long) * 1000
    return [
        Row("10,000 verdicts of 104 points, one core", f"{seconds:.2f} s", "NHSRplotthedots 59 ms a series, as told: 590 s", seconds / 590, "5 s", seconds <= 5),
        Row("one verdict of 816 points", f"{each:.1f} ms", "", None, "20 ms", each <= 20),
    ]  # fmt: skip


def golden() -> list[Row]:
    """Classes of the NHS reference, run lengths of the R package spc, dispersion of FunnelPlotR."""
    if not GOLDEN.exists():
        return [Row("golden figures", "not measured", "the shared data are not at hand")]
    orgs: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader((GOLDEN / "nhs_ae_type1_xmr.csv").open(encoding="utf-8")):
        orgs[row["org"]].append(row)
    right = total = 0
    for rows in orgs.values():
        found = xmr_points([float(r["y"]) for r in rows])
        right += sum(a == r["point_type"] for a, r in zip(found, rows, strict=True))
        total += len(rows)
    worst = 0.0
    lines = (GOLDEN / "ewma_cusum_arl.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        a, b, shift, told = (float(x) for x in re.findall(r"=(\d*\.?\d+)", line))
        own = ewma_run_length(a, b, shift) if line.startswith("ewma") else cusum_run_length(a, b, shift)
        worst = max(worst, abs(own / told - 1))
    shares = _funnel("funnel_ae_type1_2019-03_PR.csv", "proportion")
    ratios = _funnel("funnel_LOS_SR_SHMI.csv", "ratio")
    return [
        Row(f"NHS XmR point classes, {len(orgs)} organisations", f"{right} of {total}", "NHSRplotthedots", None, "all", right == total),
        Row(f"EWMA and CUSUM run lengths, {len(lines)}", f"largest error {100 * worst:.3f} %", "R package spc", None, "0.5 %", worst <= 0.005),
        Row("funnel φ, τ²", f"{shares[0]:.2f}, {shares[1]:.6f}; {ratios[0]:.4f}, {ratios[1]:g}", "FunnelPlotR: 490.43, .012051; .2318, 0", None, "equal", abs(shares[0] - 490.43) < 0.005 and abs(ratios[0] - 0.2318) < 5e-5),
    ]  # fmt: skip


def _funnel(name: str, kind: str) -> tuple[float, float]:
    rows = list(csv.DictReader((GOLDEN / name).open(encoding="utf-8")))
    found = funnel([(r["group"], float(r["numerator"]), float(r["denominator"])) for r in rows], kind=kind)
    return found.phi, found.tau2


def measure(size: str, _: Path) -> list[Row]:
    """All of them."""
    rows = []
    for phi, goal in GOALS.items():
        ours, peer = power(phi, 4000 if size == "full" else 600)
        rows.append(
            Row(
                f"power, shift of 1.5 sd in the last quarter, n = 52, φ = {phi}",
                f"{ours:.3f}",
                f"conditional bootstrap {peer:.2f}",
                None,
                f"{goal}",
                ours >= goal,
            )
        )
    return [*rows, *golden(), *speed()]
