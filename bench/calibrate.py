"""Simulate stable series and write the null distribution of the score: `python -m bench.calibrate [--many 20000]`.

For every length and design, series of eleven autocorrelations and mixtures are weighed. A plane in (log long-run
variance, its square, share of mixed noise) is subtracted from the score so that one threshold serves every noise; the
quantiles of what is left become p-values. The result is the module `levelfield.signals.null_table`.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.optimize import minimize

from bench.measuring import ROOT
from levelfield.signals.evidence.findings import evidence_of
from levelfield.signals.preparing import _without_weekdays
from levelfield_worlds.series import mixed

PURE = [(phi, 1.0) for phi in (-0.15, 0.0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)]
WANDERING = [(0.5, 0.6), (0.7, 0.6), (0.8, 0.4)]
LENGTHS = (12, 14, 17, 20, 24, 30, 38, 52, 66, 77, 78, 104, 150, 220, 365, 560, 816, 1200)
TAILS = (
    0.999, 0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.035, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005,
)  # fmt: skip
LONG = 78  # from here on the mixture is told apart well enough to be priced
AIM = 0.05
CAREFUL = 0.96  # families are brought to normal, not born so: a nominal five per cent is 4.8 here


def simulated(n: int, weekly: bool, noise: tuple[float, float], many: int, seed: int) -> np.ndarray:
    """Score, log long-run variance and share of mixed noise, (many, 3)."""
    rng = np.random.default_rng([seed, n, int(weekly), int(1000 * noise[0] + 500), int(100 * noise[1])])
    found = np.empty((many, 3))
    t, g = np.arange(n), np.ones(n)
    done = 0
    while done < many:
        block = mixed(rng, min(500, many - done), n, *noise)
        for row in block:
            first = int(rng.integers(7)) if weekly else 0
            x = _without_weekdays(row, (t + first) % 7) if weekly else row
            e = evidence_of(x - x.mean(), t, g)
            found[done] = e.score, e.long_run, e.mixed
            done += 1
    return found


def features(rows: np.ndarray, n: int) -> np.ndarray:
    """What the score is corrected for, (m, k)."""
    lrv, mix = rows[:, 1], rows[:, 2]
    full = np.stack([lrv, lrv**2, mix, mix * lrv], axis=1)
    return full if n >= LONG else full[:, :2]


def flattened(cells: dict[tuple[float, float], np.ndarray], n: int) -> np.ndarray:
    """The plane that makes the false-alarm share of every noise as equal as can be, at one and at five per cent."""
    price = 0.5 if n >= LONG else 0.06
    weights = {c: (price if c[1] < 1 else 2.0 if c[0] in (0.0, 0.3, 0.5, 0.7) else 1.0) for c in cells}
    feats = {c: features(r, n) for c, r in cells.items()}
    width = feats[0.0, 1.0].shape[1]

    def loss(c: np.ndarray) -> float:
        total = 0.0
        for cell, rows in cells.items():
            rest = rows[:, 0] - feats[cell] @ c[2:]
            for level, at, soft in ((AIM, c[0], 0.06), (0.01, c[0] + c[1], 0.15)):
                share = (1 / (1 + np.exp(-np.clip((rest - at) / soft, -40, 40)))).mean()
                total += weights[cell] * (share / level - 1) ** 2 * (1.0 if level == AIM else 0.15)
        return total

    best = None
    for start in ([1.0, 1.5, 0.5, 0.0], [0.8, 1.5, 0.2, 0.2]):
        given = np.array(start + [0.0] * (width - 2))
        found = minimize(
            loss, given, method="Nelder-Mead", options={"maxiter": 3000, "maxfev": 3000, "xatol": 1e-3, "fatol": 1e-5}
        )
        if best is None or found.fun < best.fun:
            best = found
    return np.r_[best.x[2:], [0.0] * (4 - width)]


def one(job: tuple[int, bool, int, int]) -> tuple[int, bool, list[float], list[float], float, str]:
    """Plane, quantiles and e-value offset of one length and design."""
    n, weekly, many, seed = job
    many = many if n <= 104 else max(many // 2, 1000) if n <= 365 else max(many // 4, 1000)
    cells = {noise: simulated(n, weekly, noise, many, seed) for noise in PURE + WANDERING}
    plane = flattened(cells, n)
    rest = {c: r[:, 0] - features(r, n) @ plane[: features(r[:1], n).shape[1]] for c, r in cells.items()}
    pooled = np.concatenate([rest[c] for c in PURE if c[0] >= 0])
    knots = [float(np.quantile(pooled, 1 - CAREFUL * p)) for p in TAILS]
    at = knots[TAILS.index(0.05)]
    offset = max(float(np.log(np.exp(np.minimum(rest[c], 30)).mean())) for c in PURE)
    told = " ".join(f"{c}:{(r > at).mean():.3f}" for c, r in rest.items())
    return n, weekly, [float(v) for v in plane], knots, offset, told


def main() -> None:
    """Simulate everything and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=20_000, help="series of each noise, length and design")
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    jobs = [
        (n, weekly, given.many, given.seed)
        for n in sorted(LENGTHS, reverse=True)
        for weekly in (False, True)
        if n >= (14 if weekly else 12)
    ]
    rows = []
    with ProcessPoolExecutor(given.processes) as pool:
        for row in pool.map(one, jobs):
            print(
                row[0],
                "weekly" if row[1] else "",
                [round(v, 2) for v in row[2]],
                f"5 % at {row[3][TAILS.index(0.05)]:.2f}",
                row[5],
                flush=True,
            )
            rows.append(row)
    lines = [
        '"""The null distribution of the score, from simulated stable series. Written by bench/calibrate.py; do not edit."""',
        "",
        f"# {given.many} series of each noise up to 104 periods, fewer beyond; seed {given.seed}.",
        f"TAILS = {TAILS!r}",
        "# (periods, weekdays have a level each): correction, quantiles of the corrected score, log of its largest mean odds.",
        "TABLE = {",
    ]
    for n, weekly, plane, knots, offset, _ in sorted(rows):
        told = ", ".join(f"{v:.4f}" for v in knots)
        lines.append(f"    ({n}, {weekly}): (({', '.join(f'{v:.4f}' for v in plane)}), ({told}), {offset:.4f}),")
    lines += ["}  # fmt: skip", ""]
    (ROOT / "src/levelfield/signals/null_table.py").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
