"""Deviations of leaves and their density as noise: as machine code. `noise.py` says the same in plain words."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cube.noise import CORE, DIGIT_COUNTS, HALF_LOG_TAU, LOG_TWO, OPPOSITE
from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]

LOG_OPPOSITE = math.log(OPPOSITE)
NEGLIGIBLE = 22.0  # nats: adding so small a density changes the tenth digit


@compiled
def all_deviations(v: Floats, f: Floats) -> Floats:
    """What `noise.deviations` gives, in one pass."""
    out = np.empty(len(v))
    for i in range(len(v)):
        total = abs(v[i]) + abs(f[i])
        out[i] = 2 * (v[i] - f[i]) / total if total > 0 else 0.0
    return out


@compiled
def between(x: float, places: Floats, values: Floats) -> float:
    """The value at x on the line through a few points in order; beyond the ends, that of the end."""
    if x <= places[0]:
        return float(values[0])
    for k in range(1, len(places)):
        if x < places[k]:
            part = (x - places[k - 1]) / (places[k] - places[k - 1])
            return float(values[k - 1] + part * (values[k] - values[k - 1]))
    return float(values[-1])


@compiled
def log_densities(
    v: Floats,
    f: Floats,
    unit: int,
    middle: float,
    sizes: Floats,
    spreads: Floats,
    tails: Floats,
    digit: float,
    rare: float,
) -> Floats:
    """Log density of every leaf as noise; the units as `noise.py` numbers them."""
    out = np.empty(len(v))
    rare_log = math.log(rare / 4)
    plain = len(spreads) == 1
    log_spreads = np.log(spreads)
    bins = len(tails)
    for i in range(len(v)):
        a, b = abs(v[i]), abs(f[i])
        most = max(a, b)
        size = b if b > 0 else a
        spread = spreads[0] if plain else math.exp(between(math.log(max(size, 1e-300)), sizes, log_spreads))
        last = digit / max(size, 1e-6 * digit) if digit > 0 else 0.0
        coarse = last > DIGIT_COUNTS * spread
        if coarse:
            spread = math.sqrt(spread * spread + last * last)
        log_spread = math.log(spread) if coarse or not plain else log_spreads[0]
        a, b = max(a, 1e-12 * most), max(b, 1e-12 * most)
        half = 0.0 if unit == 2 else math.log((a + b) / 2)
        slope = 0.0
        if unit == 4:
            log_a, log_b = math.log(a), math.log(b)
            x0, x1 = (f[i] - v[i]) / a / spread, (v[i] - f[i]) / b / spread
            p0, p1 = -0.5 * x0 * x0 - 2 * log_a, -0.5 * x1 * x1 - 2 * log_b
            apart = math.log1p(math.exp(-abs(p0 - p1)))
            density = max(p0, p1) + apart + 2 * half - LOG_TWO - HALF_LOG_TAU - log_spread
            z = abs(v[i] - f[i]) / most / spread
        else:
            if unit == 0:
                x, slope = (f[i] - v[i]) / a, 2 * half - 2 * math.log(a)
            elif unit == 1:
                x, slope = (v[i] - f[i]) / b, 2 * half - 2 * math.log(b)
            elif unit == 3:
                log_a, log_b = math.log(a), math.log(b)
                x, slope = log_a - log_b, 2 * half - log_a - log_b
                if v[i] * f[i] < 0:
                    x = LOG_OPPOSITE
            else:
                x = 2 * (v[i] - f[i]) / (abs(v[i]) + abs(f[i]))
            z = abs(x - middle) / spread
            density = -0.5 * z * z - HALF_LOG_TAU - log_spread + slope
        if z > CORE - 0.5:
            density = max(density, tails[int(min(z * 2, bins - 1.0))] - log_spread + slope)
        if density < rare_log + NEGLIGIBLE:
            density = max(density, rare_log) + math.log1p(math.exp(-abs(density - rare_log)))
        out[i] = density
    return out
