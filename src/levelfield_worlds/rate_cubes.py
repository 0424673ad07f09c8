"""Invented incidents of a rate in a cube of leaves with small counts: some places fail more, or fewer, than they used to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield_worlds.arrow import arrow

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RateIncident:
    """A table with attributes and counts now and before, and the places that changed."""

    table: Any
    dims: tuple[str, ...]
    causes: tuple[dict[str, str], ...]


def rate_incident(
    rng: np.random.Generator,
    *,
    causes: int = 1,
    contacts: int = 40_000,
    drift: float = 0.0,
    both_ways: bool = False,
    everywhere: float = 1.0,
    attributes: int | None = None,
    uneven: float = 0.0,
    own: float = 0.0,
    outage: bool = False,
    base: tuple[float, float] = (0.003, 0.3),
) -> RateIncident:
    """One incident: 4 to 6 attributes of skewed sizes, a city within its province, rates of a per mille to a third.

    `contacts`: now; the baseline has one to six times as many, otherwise mixed. `drift`: how far rates of labels wander between the
    spans, as a standard deviation of their logarithm; `uneven`: the same of every leaf by itself; `own`: the same of every pair
    of labels of the first two attributes, in both spans. `everywhere`: the factor by which
    the odds of every rate moved. `outage`: in a place that changed the same share of what went well now fails; else rates multiply. `base`: rates of
    the middle lie between these. `attributes`: how many, the city not among them.
    """
    many_of = attributes or int(rng.integers(3, 6))
    sizes = [int(s) for s in rng.integers(4, 16, many_of)]
    weights = [rng.permutation(1 / np.arange(1, s + 1) ** rng.uniform(0.3, 1.3)) for s in sizes]
    rows = contacts * int(rng.integers(2, 8))
    columns = [rng.choice(s, rows, p=w / w.sum()) for s, w in zip(sizes, weights, strict=True)]
    city = columns[0] * 3 + rng.choice(3, rows, p=[0.6, 0.3, 0.1])  # each province has three
    columns.append(city)
    sizes.append(sizes[0] * 3)
    names = tuple(f"d{k}" for k in range(len(sizes)))
    now = rng.random(rows) < contacts / rows
    middle = float(np.exp(rng.uniform(*np.log(base))))
    log_rate = np.full(rows, np.log(middle))
    for column, size in zip(columns, sizes, strict=True):
        log_rate += rng.normal(0, 0.25, size)[column]
        if drift:
            log_rate += np.where(now, rng.normal(0, drift, size)[column], 0.0)
    cells, back = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    back = back.reshape(-1)
    if own:
        log_rate += rng.normal(0, own, (sizes[0], sizes[1]))[columns[0], columns[1]]
    if uneven:
        log_rate += np.where(now, rng.normal(0, uneven, len(cells))[back], 0.0)
    rate = np.clip(np.exp(log_rate), 0.0005, 0.8)
    rate = np.where(now, rate * everywhere / (1 - rate + rate * everywhere), rate)
    found = _plant(rng, rate, columns, now, names, causes, both_ways, outage)
    hit = rng.random(rows) < rate
    many = len(cells)
    counts = {
        "fails": np.bincount(back, hit & now, many), "requests": np.bincount(back, now, many), "fails_before": np.bincount(back, hit & ~now, many),
        "requests_before": np.bincount(back, ~now, many),
    }  # fmt: skip
    labels = {
        name: arrow.array([f"{name}={c}" for c in cells[:, k]]).dictionary_encode() for k, name in enumerate(names)
    }
    return RateIncident(
        arrow.table({**labels, **{n: c.astype(np.int64) for n, c in counts.items()}}), names, tuple(found)
    )


def _plant(
    rng: np.random.Generator, rate: Floats, columns: Sequence[npt.NDArray[Any]], now: npt.NDArray[np.bool_], names: Sequence[str], causes: int, both_ways: bool, outage: bool
) -> list[dict[str, str]]:  # fmt: skip
    """Change the rates of some places that do not overlap; which."""
    found: list[dict[str, str]] = []
    taken = np.zeros(len(rate), dtype=bool)
    for _ in range(60):
        if len(found) == causes:
            break
        depth = int(rng.choice([1, 2, 3], p=[0.4, 0.4, 0.2]))
        fixed = sorted(rng.choice(len(columns), depth, replace=False))
        if 0 in fixed and len(columns) - 1 in fixed:
            continue  # a city names its province
        at = int(rng.integers(len(rate)))
        place = np.logical_and.reduce([columns[k] == columns[k][at] for k in fixed])
        inside, before = place & now, place & ~now
        if inside.sum() < 40 or inside.sum() > 0.4 * now.sum() or (inside & taken).any():
            continue
        effective = 1 / (1 / inside.sum() + 1 / max(before.sum(), 1))
        goal = _raised(rng, float(rate[inside].mean()), float(effective), both_ways and not outage)
        if goal is None:
            continue
        if outage:
            rate[inside] += (1 - rate[inside]) * (goal - rate[inside].mean()) / (1 - rate[inside].mean())
        else:
            rate[inside] = np.clip(rate[inside] * goal / rate[inside].mean(), 0, 0.98)
        taken |= inside
        found.append({names[k]: f"{names[k]}={columns[k][at]}" for k in fixed})
    return found


def _raised(rng: np.random.Generator, rate: float, n: float, both_ways: bool) -> float | None:
    """A rate that differs from the baseline's by six to forty standard errors of their difference; None where there is no room for it."""
    error = (rate * (1 - rate) / n) ** 0.5
    shift = error * float(np.exp(rng.uniform(np.log(6), np.log(40))))
    if both_ways and rng.random() < 0.5 and rate - shift > 0:
        return float(rate - shift)
    return float(rate + shift) if rate + shift < 0.95 else None
