"""Planted steps, slopes, seasons and outliers, and series in which nothing happened: what is found, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from levelfield.signals.segmentation import change_points, segment

MARGIN = 5
STABLE = 60


def noise(seed, n, phi=0.0):
    """A stable autoregression of unit innovations."""
    values = np.random.default_rng(seed).normal(size=n)
    for i in range(1, n):
        values[i] += phi * values[i - 1]
    return values


def step(n, at, size):
    return np.where(np.arange(n) < at, 0.0, size)


def bend(n, at, slope):
    return np.maximum(np.arange(n) - at, 0) * slope


def season(n, period, size):
    return size * np.sin(2 * np.pi * np.arange(n) / period)


PLANTED = {
    "one step": (step(104, 60, 4), 0.0, [60]),
    "a step in a short series": (step(24, 12, 6), 0.0, [12]),
    "three steps": (step(200, 50, 4) - step(200, 110, 6) + step(200, 150, 5), 0.0, [50, 110, 150]),
    "a step where points hold on to each other": (step(300, 180, 6), 0.5, [180]),
    "a step in a season of twelve": (step(192, 100, 4) + season(192, 12, 4), 0.2, [100]),
    "a step in a season of seven": (step(210, 90, 4) + season(210, 7, 5), 0.0, [90]),
    "a slope that begins": (bend(120, 60, 0.5), 0.0, [60]),
    "a slope that ends": (40 - bend(120, 50, -0.8)[::-1] * -1, 0.0, [70]),
    "a trend that falls back": (np.arange(150) * 0.1 - step(150, 90, 8), 0.0, [90]),
    "many points": (step(3000, 1700, 2), 0.3, [1700]),
    "nothing": (np.zeros(104), 0.0, []),
    "a trend throughout": (np.arange(104) * 0.3, 0.3, []),
    "a season throughout": (season(240, 12, 5), 0.3, []),
    "a smooth curve": ((np.arange(150) / 15) ** 2, 0.0, []),
}


@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_planted_is_found_and_nothing_else(what, seed):
    planted, phi, expected = PLANTED[what]
    found = change_points(planted + noise(seed, len(planted), phi))
    assert len(found) == len(expected), (found, expected)
    assert all(abs(one - other) <= MARGIN for one, other in zip(found, expected, strict=True)), (found, expected)


def test_a_step_without_noise_is_found_at_its_first_point():
    assert change_points([1] * 30 + [2] * 20) == [30]
    assert change_points([0.0] * 40 + [5.0] * 30 + [1.0] * 40) == [40, 70]


@pytest.mark.parametrize("at", [0, 1, 30, 50, 102, 103])
def test_an_outlier_is_no_segment(at):
    values = noise(4, 104)
    values[at] += 25
    found = segment(values)
    assert found.changes == ()
    assert at in found.outliers


def test_a_step_is_found_beside_an_outlier():
    values = step(120, 70, 5) + noise(5, 120)
    values[30] -= 40
    found = segment(values)
    assert [abs(c.at - 70) <= MARGIN for c in found.changes] == [True]
    assert found.outliers == (30,)


def test_what_is_frequent_is_no_outlier():
    values = noise(6, 120)
    values[::6] += 12
    assert segment(values).outliers == ()


@pytest.mark.parametrize("phi, most", [(0.0, 0.05), (0.3, 0.07), (0.5, 0.12), (0.7, 0.2)])
def test_stable_series_are_seldom_called_changed(phi, most):
    alarms = sum(bool(change_points(noise([7, seed], 104, phi))) for seed in range(STABLE))
    assert alarms / STABLE <= most  # the bench measures the share; here it may be off by chance


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("move", [lambda x: x * 1000, lambda x: x / 1e6, lambda x: x + 12_345, lambda x: 7 - 3 * x])
def test_neither_unit_nor_zero_nor_direction_matters(seed, move):
    values = step(150, 40, 4) - step(150, 100, 4) + noise(seed, 150, 0.4)
    assert change_points(move(values)) == change_points(values) != []


@pytest.mark.parametrize("seed", range(3))
def test_missing_values_keep_their_place(seed):
    values = step(150, 80, 5) + noise(seed, 150)
    values[np.random.default_rng(seed).random(150) < 0.3] = np.nan
    values[:4] = np.nan
    (found,) = change_points(values)
    assert abs(found - 80) <= MARGIN
    assert np.isfinite(values[found])
    assert change_points([None if np.isnan(v) else float(v) for v in values]) == [found]


def test_a_season_is_found_across_gaps():
    values = season(192, 12, 6) + noise(8, 192)
    values[50:56] = np.nan
    assert segment(values).period == 12
    assert segment(noise(8, 192)).period == 0
