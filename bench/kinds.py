"""Which kind of change a series shows: accuracy over five kinds, recall of stable series, calibration; peers beside it.

`python -m bench.run --only kinds [--size full]`. `python -m bench.kinds --fit` fits the constants of
`levelfield.signals.kinds` on development worlds whose seeds the measurement does not use.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from bench.measuring import Row
from levelfield.signals import judge
from levelfield.signals.charts import xmr_points
from levelfield.signals.null import null_of
from levelfield.signals.preparing import Prepared, prepare
from levelfield.signals.verdict import KINDS
from levelfield.words import Grain, Series
from levelfield_worlds.series import KINDS as PLANTED
from levelfield_worlds.series import planted

N = 52
PHIS = (0.0, 0.2, 0.4, 0.5)
FRESH, DEVELOPMENT = 97, 3


def world(seed: int, many: int, n: int = N) -> list[tuple[int, Series]]:
    """So many series of every kind, with the number of their kind."""
    rng = np.random.default_rng([seed, n])
    found = []
    for _ in range(many):
        for number, kind in enumerate(PLANTED):
            one = planted(rng, kind, n, float(rng.choice(PHIS)))
            found.append((number, Series.plain(100 + 10 * one.values, period=Grain.WEEK)))
    return found


def bic_kind(values: np.ndarray) -> int:
    """The kind an analyst's toolbox gives: AR(1) regressions with a step, a pulse, a trend or two spreads, by BIC."""
    n = len(values)
    y = (values - values.mean()) / values.std()
    one = np.ones(n)

    def cost(columns: list[np.ndarray], extra: int, weights: np.ndarray | None = None) -> float:
        X = np.stack([one, *columns], axis=1)
        w = np.ones(n) if weights is None else 1 / weights
        phi = 0.0
        for _ in range(3):
            a, b = (X[1:] - phi * X[:-1]) * w[1:, None], (y[1:] - phi * y[:-1]) * w[1:]
            beta = np.linalg.lstsq(a, b, rcond=None)[0]
            left = (y - X @ beta) * w
            phi = float(np.clip(left[1:] @ left[:-1] / max(left @ left, 1e-12), -0.9, 0.95))
        a, b = (X[1:] - phi * X[:-1]) * w[1:, None], (y[1:] - phi * y[:-1]) * w[1:]
        rest = b - a @ np.linalg.lstsq(a, b, rcond=None)[0]
        return float(
            (n - 1) * np.log(max(rest @ rest / (n - 1), 1e-12))
            - 2 * np.log(w[1:]).sum()
            + (X.shape[1] + 2 + extra) * np.log(n)
        )

    t = np.arange(n)
    found = [
        cost([], 0),
        min(cost([(t == i) * 1.0], 1) for i in range(n)),
        min(cost([(t >= i) * 1.0], 1) for i in range(4, n - 3)),
        min(cost([np.maximum(t - i, 0) * 1.0], 1) for i in range(0, n - 8, 4)),
        min(cost([], 2, np.where(t >= i, r, 1.0)) for i in range(8, n - 6, 3) for r in (1.5, 2.5, 4.0)),
    ]
    return int(np.argmin(found))


def nhs_kind(values: np.ndarray) -> int:
    """The kind the NHS rules can give: usual, one-off for a lone point, sustained for a run, drift for a trend."""
    kinds = xmr_points(values).special_cause_type
    last = {"7 Point Trend": 3, "7 Points": 2, "2 in 3": 1, "Above UCL": 1, "Below LCL": 1}
    found = [number for name in kinds for word, number in last.items() if name.startswith(word)]
    return max(found, default=0)


def measure(size: str, _: Path) -> list[Row]:
    """Accuracy, recall of stable series and calibration on fresh seeds."""
    many = 1000 if size == "full" else 150
    rows = world(FRESH, many)
    truth = np.array([number for number, _ in rows])
    readings = [judge(series) for _, series in rows]
    said = np.array([KINDS.index(r.kind) for r in readings])
    chances = np.array([[r.probabilities[str(k)] for k in KINDS] for r in readings])
    some = rows[: 5 * min(many, 60)]
    bic = float(np.mean([bic_kind(series.value) == number for number, series in some]))
    nhs = float(np.mean([nhs_kind(series.value) == number for number, series in rows]))
    accuracy, stable = float((said == truth).mean()), float((said[truth == 0] == 0).mean())
    off = calibration_error(chances, truth)
    per_kind = ", ".join(f"{k} {(said[truth == i] == i).mean():.2f}" for i, k in enumerate(PLANTED))
    print("  recall:", per_kind)
    print(
        "  confusion (rows: truth)\n",
        np.array([[((said == j) & (truth == i)).sum() for j in range(5)] for i in range(5)]),
    )
    return [
        Row(f"kind of change, five kinds, n = {N}, {len(rows)} series", f"{accuracy:.3f}", f"NHS rules {nhs:.3f}; BIC over AR(1) models {bic:.3f}", None, "0.90", accuracy >= 0.90),
        Row("of stable series, called usual", f"{stable:.3f}", "", None, "0.95", stable >= 0.95),
        Row("calibration error of the probabilities", f"{off:.3f}", "", None, "0.03", off <= 0.03),
    ]  # fmt: skip


def calibration_error(chances: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error of the most likely kind: mean distance of confidence and accuracy, by deciles of confidence."""
    top, said = chances.max(axis=1), chances.argmax(axis=1)
    edges = np.linspace(0, 1, bins + 1)
    which = np.clip(np.digitize(top, edges) - 1, 0, bins - 1)
    total = 0.0
    for b in range(bins):
        own = which == b
        if own.any():
            total += own.mean() * abs(top[own].mean() - (said[own] == truth[own]).mean())
    return float(total)


def fit() -> None:
    """Power, slopes and constants that make the probabilities of development worlds likeliest."""
    corrected, truth = [], []
    for n, many in ((24, 300), (36, 400), (52, 1500), (104, 300)):
        for number, series in world(DEVELOPMENT, many, n):
            ready = prepare(series)
            assert isinstance(ready, Prepared)
            null = null_of(len(ready.x), ready.weekly)
            corrected.append(ready.evidence.odds[1:] + null.corrected(ready.evidence) - ready.evidence.score)
            truth.append(number)
    odds, kind = np.array(corrected), np.array(truth)

    def loss(c: np.ndarray) -> float:
        bent = c[:4] * np.sign(odds) * np.abs(odds) ** c[8] + c[4:8]
        logit = np.concatenate([np.zeros((len(kind), 1)), bent], axis=1)
        logit = logit - logit.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(logit).sum(axis=1)) - logit[np.arange(len(kind)), kind]))

    found = minimize(loss, np.array([1.6] * 4 + [0.5, -0.2, 0.1, 1.0, 1.0]), method="Powell", options={"maxiter": 4000})
    c = found.x.round(3)
    print("POWER", c[8], "SLOPES", c[:4].tolist(), "CONSTANTS", c[4:8].tolist(), "loss", round(found.fun, 4))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    if parser.parse_args().fit:
        fit()
