"""Partners compared: how often a usual one is called apart, beside the naive funnel and Spiegelhalter's; ranks that hold the truth."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.measuring import ROOT, SEED, Row
from levelfield.signals.fair import Effects, effects_of, funnel, ranks

LIMIT = 3.090232  # of a two-sided 99.8 %
COUNTS = (8, 12, 28, 60)
SPREADS = (0.0, 0.05, 0.15, 0.3)  # standard deviation between partners, logit
SHARES = (0.05, 0.5, 0.95)
SIZES = (30, 50_000)
RANKED = (5, 8, 12, 28)
NOISE = (0.15, 0.3, 0.7, 1.5, 3.0)  # standard error over the spread between partners
DAILY = ROOT.parent / "shared" / "data" / "nhs111-daily" / "nhs111_daily.csv"
MONTHLY = ROOT.parent / "shared" / "data" / "nhs111-monthly" / "nhs111_calls_by_provider_month.csv"


def false_outliers(k: int, tau: float, share: float, judged: int) -> tuple[float, float, float]:
    """Per cent of usual partners called apart: ours, the naive binomial funnel, Spiegelhalter's with winsorised τ²."""
    generator = np.random.default_rng([SEED, k, int(tau * 1000), int(share * 100)])
    found = np.zeros(3)
    worlds = judged // k
    middle = np.log(share / (1 - share))
    for _ in range(worlds):
        n = np.floor(np.exp(generator.uniform(np.log(SIZES[0]), np.log(SIZES[1] + 1), k)))
        shares = 1 / (1 + np.exp(-(middle + tau * generator.standard_normal(k))))
        top = generator.binomial(n.astype(int), shares)
        told = funnel([(str(i), int(top[i]), int(n[i])) for i in range(k)])
        found += [
            len(told.outliers),
            sum(abs(g.z) > LIMIT for g in told),
            sum(abs(g.z_spread) > LIMIT for g in told),
        ]
    ours, naive, classical = 100 * found / (worlds * k)
    return float(ours), float(naive), float(classical)


def rank_coverage(k: int, noise: float, told: int) -> tuple[float, float, float]:
    """Per cent of true ranks inside our intervals, inside plain quantiles, and of true levels inside their intervals."""
    generator = np.random.default_rng([SEED, k, int(noise * 100)])
    held = np.zeros(3)
    worlds = told // k
    names = [str(i) for i in range(k)]
    for _ in range(worlds):
        s = noise * np.exp(0.5 * generator.standard_normal(k))
        true = generator.standard_normal(k)
        found: Effects = effects_of(names, true + s * generator.standard_normal(k), s)
        placed = ranks(found, draws=1000, generator=generator)
        places = true.argsort().argsort() + 1
        so_far = placed.chances.cumsum(axis=1)
        low, high = (so_far < 0.025).sum(axis=1) + 1, (so_far < 0.975).sum(axis=1) + 1
        held += [
            sum(p.lowest <= t <= p.highest for p, t in zip(placed, places, strict=True)),
            np.sum((low <= places) & (places <= high)),
            sum(p.lower <= t <= p.upper for p, t in zip(found, true, strict=True)),
        ]
    ours, quantiles, levels = 100 * held / (worlds * k)
    return float(ours), float(quantiles), float(levels)


def contracts() -> Iterator[Row]:
    """What three funnels say about real contracts: calls answered within 60 seconds, and given up."""
    sums: dict[str, dict[str, list[int]]] = {}
    if DAILY.exists():
        with DAILY.open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row["date"] < "2026-03-30":  # the last week was not delivered
                    _add(
                        sums,
                        "daily, answered in 60 s",
                        row["contract_code"],
                        row["calls_answered_60s"],
                        row["calls_answered"],
                    )
                    _add(sums, "daily, given up", row["contract_code"], row["calls_abandoned"], row["calls_received"])
    if MONTHLY.exists():
        with MONTHLY.open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row["Periodname"] == "Oct-15":
                    _add(
                        sums,
                        "October 2015, answered in 60 s",
                        row["Provider Org Code"],
                        row["Nhs1 Answered 60sec SUM"],
                        row["Nhs1 Answered Calls SUM"],
                    )
    for name, groups in sums.items():
        told = funnel({code: (a, n) for code, (a, n) in groups.items() if n})
        k = len(told.groups)
        naive = sum(abs(g.z) > LIMIT for g in told)
        classical = sum(abs(g.z_spread) > LIMIT for g in told)
        yield Row(
            f"NHS 111 {name}: contracts apart",
            f"{len(told.outliers)} of {k}",
            f"naive {naive} of {k}, Spiegelhalter {classical} of {k}",
        )


def _add(sums: dict[str, dict[str, list[int]]], name: str, code: str, top: str, bottom: str) -> None:
    held = sums.setdefault(name, defaultdict(lambda: [0, 0]))[code]
    held[0] += int(float(top or 0))
    held[1] += int(float(bottom or 0))


def measure(size: str, folder: Path) -> list[Row]:
    """False outliers, rank coverage, and what real contracts look like."""
    full = size == "full"
    judged, told = (60_000, 12_000) if full else (6_000, 2_000)
    rows = []
    for k in COUNTS:
        cells = [(t, p, *false_outliers(k, t, p, judged)) for t in SPREADS for p in (SHARES if full else SHARES[1:2])]
        for tau in SPREADS:
            mine, naive, classical = np.mean([cell[2:] for cell in cells if cell[0] == tau], axis=0)
            own = [cell[2] for cell in cells if cell[0] == tau]
            rows.append(
                Row(f"usual partners called apart, {k} partners, spread {tau:g} logit", f"{mine:.3f} % ({min(own):.3f} to {max(own):.3f})", f"naive {naive:.2f} %, Spiegelhalter {classical:.3f} %",
                    mine / max(naive, 1e-9), "0.1 to 0.3 % in every cell", all(0.1 <= one <= 0.3 for one in own) if full else None)
            )  # fmt: skip
    for k in RANKED:
        for noise in NOISE:
            mine, plain, levels = rank_coverage(k, noise, told)
            rows.append(
                Row(f"true ranks inside, {k} partners, noise {noise:g} of the spread", f"{mine:.1f} % (levels {levels:.1f} %)", f"{plain:.1f} % plain quantiles",
                    None, "94 to 96 %", 94 <= mine <= 96 if full else None)
            )  # fmt: skip
    return [*rows, *contracts()]
