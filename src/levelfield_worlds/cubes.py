"""Invented incidents in a cube of leaves: a figure with its forecast, some places that changed, and noise of many kinds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield_worlds.arrow import arrow

Floats = npt.NDArray[np.float64]

NOISES = ("normal", "either way", "heavy tails", "small leaves", "counts", "log-normal")
SIZES = ((10, 12, 10, 8, 5), (10, 24, 10, 15))


@dataclass(frozen=True)
class CubeIncident:
    """A table with columns a, b, …, actual, expected, and the places that changed."""

    table: Any
    dims: tuple[str, ...]
    causes: tuple[dict[str, str], ...]
    noise: str


def cube_incident(
    rng: np.random.Generator, *, sizes: tuple[int, ...] = SIZES[0], causes: int = 2, depths: tuple[int, ...] = (1, 2, 3), noise: str = "normal", spread: float = 0.1,
    both_ways: bool = False, everywhere: float = 0.0,
) -> CubeIncident:  # fmt: skip
    """One incident: forecasts with noise, and places whose actual figures were shifted by 20 to 100 per cent.

    `both_ways`: places may rise as well as fall. `everywhere`: a relative shift of all leaves alike, which is no place.
    """
    n = math.prod(sizes)
    grid = np.indices(sizes).reshape(len(sizes), -1)
    weights = [rng.lognormal(0, 0.5, size) for size in sizes]
    scale = np.prod([w[g] for w, g in zip(weights, grid, strict=True)], axis=0)
    expected = np.round(100 * scale * rng.weibull(0.9, n), 3)
    expected[rng.random(n) < rng.uniform(0, 0.2)] = 0.0
    if noise == "counts":
        expected = np.round(expected / 10, 3)
    actual = _noisy(rng, expected, noise, spread) * (1 + everywhere)
    names = tuple("abcdefgh"[: len(sizes)])
    taken = np.zeros(n, dtype=bool)
    found: list[dict[str, str]] = []
    for _ in range(causes * 20):
        if len(found) == causes:
            break
        depth = int(rng.choice(depths))
        fixed = sorted(rng.choice(len(sizes), depth, replace=False))
        at = grid[:, rng.integers(n)]
        inside = np.logical_and.reduce([grid[k] == at[k] for k in fixed]) & ~taken & (expected > 0)
        if not inside.any() or taken[np.logical_and.reduce([grid[k] == at[k] for k in fixed])].any():
            continue
        size = rng.uniform(0.3, 0.9) if noise == "counts" else rng.uniform(0.2, 1.0)
        way = float(rng.choice([-1, 1])) if both_ways else -1.0
        shift = np.clip(size + rng.normal(0, 0.08, int(inside.sum())), 0.05, 1.4) * way
        actual[inside] *= (2 + shift) / (2 - shift) if way > 0 else np.maximum((2 + shift) / (2 - shift), 0.0)
        taken |= inside
        found.append({names[k]: f"{names[k]}{at[k] + 1}" for k in fixed})
    if noise == "counts":
        actual = np.round(actual)
    columns = {
        name: arrow.DictionaryArray.from_arrays(
            arrow.array(grid[k].astype(np.int8)), arrow.array([f"{name}{i + 1}" for i in range(sizes[k])])
        )
        for k, name in enumerate(names)
    }
    return CubeIncident(
        arrow.table({**columns, "actual": np.round(actual, 4), "expected": expected}), names, tuple(found), noise
    )


def _noisy(rng: np.random.Generator, expected: Floats, noise: str, spread: float) -> Floats:
    n = len(expected)
    match noise:
        case "normal":
            made = expected * (1 + spread * rng.standard_normal(n))
        case "either way":
            z = spread * rng.standard_normal(n)
            made = np.where(rng.random(n) < 0.5, expected * (1 + z), expected / np.maximum(1 + z, 0.02))
        case "heavy tails":
            made = expected * np.exp(spread / 1.7 * rng.standard_t(3, n))
        case "small leaves":
            made = expected * np.exp(spread * np.sqrt(50 / np.maximum(expected, 1)) * rng.standard_normal(n))
        case "counts":
            made = rng.poisson(expected).astype(np.float64)
        case _:
            made = expected * np.exp(spread * rng.standard_normal(n))
    return np.asarray(np.maximum(made, 0.0), dtype=np.float64)
