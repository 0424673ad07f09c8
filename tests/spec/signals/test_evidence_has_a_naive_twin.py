"""The evidence from running sums equals the evidence from dense covariance matrices, written a second way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from levelfield.signals.evidence.gaussian import (
    CALM,
    DRIFT,
    DRIFT_SD,
    EDGE,
    MORE_VARIABLE,
    ONE_OFF,
    PULSE_SD,
    RATIOS,
    RECENT,
    SHIFT_SD,
    STRIDE,
    SUSTAINED,
    USUAL,
    WILD,
    weigh,
)

LENGTHS = np.array([1, 2, 5, 8], dtype=np.int64)
PRICES = np.array([-1.0, -1.2, 0.0, -0.7, -1.5])


def covariance(t: np.ndarray, phi: float, kappa: float) -> np.ndarray:
    gaps = np.abs(np.subtract.outer(t, t))
    return kappa * phi**gaps + (1 - kappa) * (gaps == 0)


def fit(x: np.ndarray, columns: list[np.ndarray], sigma: np.ndarray, prior: float | None) -> float:
    """Log marginal likelihood up to a constant: level flat, spread Jeffreys, further column normal of variance `prior`."""
    inverse = np.linalg.inv(sigma)
    level = columns[0]
    if prior is not None:
        sigma = sigma + prior * np.outer(columns[1], columns[1])
        inverse = np.linalg.inv(sigma)
    weight = level @ inverse @ level
    left = x - level * (level @ inverse @ x) / weight
    rss = left @ inverse @ left
    _sign, log_det = np.linalg.slogdet(sigma)
    return float(-0.5 * log_det - 0.5 * math.log(weight) - 0.5 * (len(x) - 1) * math.log(rss))


def recent(place: int, m: int) -> float:
    return math.log((RECENT if 3 * place >= 2 * m else 1.0) / (1 + (RECENT - 1) / 3))


def naive(x: np.ndarray, t: np.ndarray, g: np.ndarray, noises: np.ndarray) -> np.ndarray:
    m = len(x)
    totals: dict[int, list[float]] = {k: [] for k in range(5)}
    for phi, kappa, prior in noises:
        sigma = covariance(t, phi, kappa)
        totals[USUAL].append(prior + fit(x, [g], sigma, None))
        after = [np.where(np.arange(m) >= i, g, 0.0) for i in range(m)]
        for i in range(EDGE, m - EDGE + 1):
            price = prior - math.log(m - 2 * EDGE + 1) + recent(i, m) + PRICES[SUSTAINED]
            totals[SUSTAINED].append(price + fit(x, [g, after[i]], sigma, SHIFT_SD**2))
        for length in LENGTHS:
            stride = max(length // STRIDE, 1)
            for i in range(0, m - length + 1, stride):
                if i + length == m:
                    if length >= EDGE:
                        continue
                    price = PRICES[0] - math.log((LENGTHS < EDGE).sum())
                else:
                    price = (
                        PRICES[ONE_OFF]
                        - math.log((1 / LENGTHS).sum())
                        - math.log(length)
                        - math.log((m - length) / stride)
                    )
                    price += recent(i + length, m)
                pulse = np.where((np.arange(m) >= i) & (np.arange(m) < i + length), g, 0.0)
                totals[ONE_OFF].append(prior + price + fit(x, [g, pulse], sigma, PULSE_SD**2))
        for i in range(m // 2):
            ramp = g * np.maximum(t - t[i], 0) / (t[-1] - t[i])
            totals[DRIFT].append(prior + PRICES[DRIFT] - math.log(m // 2) + fit(x, [g, ramp], sigma, DRIFT_SD**2))
    most = max(max(v) for v in totals.values() if v)
    return np.array(
        [math.log(sum(math.exp(v - most) for v in totals[k])) + most if totals[k] else np.nan for k in range(5)]
    )


@pytest.mark.parametrize("kappa", [1.0, 0.5])
@pytest.mark.parametrize("phi", [0.0, 0.4, 0.8])
@pytest.mark.parametrize("gaps", [False, True])
def test_steps_pulses_and_ramps_have_the_evidence_of_dense_matrices(phi, kappa, gaps):
    rng = np.random.default_rng(11)
    m = 20
    t = np.sort(rng.choice(m + 6, m, replace=False)) if gaps else np.arange(m)
    g = rng.uniform(0.8, 1.2, m)
    x = g * rng.normal(0, 1, m)
    x[13:] += 1.5
    noises = np.array([[phi, kappa, 0.0]])
    found, *_ = weigh(x, t.astype(np.int64), g, noises, LENGTHS, PRICES)
    twin = naive(x, t, g, noises)
    for kind in (ONE_OFF, SUSTAINED, DRIFT):
        assert found[kind] - found[USUAL] == pytest.approx(twin[kind] - twin[USUAL], abs=1e-8)


def test_a_wider_spread_has_the_evidence_of_two_spreads_where_weeks_are_independent():
    rng = np.random.default_rng(12)
    m = 24
    x, g, t = rng.normal(0, 1, m), np.ones(m), np.arange(m)
    x[14:] *= 3
    found, *_ = weigh(x, t, g, np.array([[0.0, 1.0, 0.0]]), LENGTHS, PRICES)
    many = (m - CALM - WILD + 1) * len(RATIOS)
    terms = []
    for i in range(CALM, m - WILD + 1):
        for ratio in RATIOS:
            sigma = np.diag(np.where(np.arange(m) >= i, ratio**2, 1.0))
            terms.append(PRICES[MORE_VARIABLE] - math.log(many) + fit(x, [g], sigma, None))
    most = max(terms)
    twin = math.log(sum(math.exp(v - most) for v in terms)) + most - fit(x, [g], np.eye(m), None)
    assert found[MORE_VARIABLE] - found[USUAL] == pytest.approx(twin, abs=1e-8)


def test_several_noises_are_averaged_by_their_weights():
    rng = np.random.default_rng(13)
    x, g, t = rng.normal(0, 1, 18), np.ones(18), np.arange(18)
    noises = np.array([[0.0, 1.0, math.log(0.6)], [0.3, 1.0, math.log(0.4)]])
    found, *_ = weigh(x, t, g, noises, LENGTHS, PRICES)
    twin = naive(x, t, g, noises)
    assert found[SUSTAINED] - found[USUAL] == pytest.approx(twin[SUSTAINED] - twin[USUAL], abs=1e-8)
