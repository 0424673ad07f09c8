"""Do the ranges of mix and rate hold the truth nineteen times in twenty, do the pieces add up, and how long does it take?"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.measuring import Row, clocked
from levelfield.drill_down import mix_and_rate
from levelfield.drill_down.mixing import MixAndRate

FIGURES = ("x1", "n1", "x0", "n0")
SEED = 20260701
LEAST, MOST = 0.94, 0.96
ALIKE = 1e-9
LARGE_GOAL_MS = 100.0

Floats = npt.NDArray[np.float64]
World = tuple[dict[str, Any], list[str], dict[str, Any]]

# What a world is like: dimensions' sizes, contacts a span, how rates lie, by how much weights and rates move.
WORLDS = {
    "a few large cells": ((5,), 20_000, (0.5, 0.95), 0.2, 0.03),
    "two dimensions": ((4, 5), 8_000, (0.3, 0.9), 0.3, 0.05),
    "rare failures": ((6,), 6_000, (0.005, 0.05), 0.2, 0.01),
    "small cells": ((4, 6), 1_500, (0.2, 0.9), 0.2, 0.05),
}


def measure(size: str, folder: Path) -> list[Row]:
    """The rows. `small`: 500 worlds of each kind, `full`: 2,000."""
    many = 2_000 if size == "full" else 500
    rows = [_covered(name, *shape, many=many) for name, shape in WORLDS.items()]
    worst = max(_left_over(seed) for seed in range(200))
    rows.append(
        Row("change less mix and rate, 200 odd tables", f"{worst:.1e}", "", None, f"≤ {ALIKE:g}", worst <= ALIKE)
    )
    return [*rows, *_fast()]


def _world(
    rng: np.random.Generator,
    sizes: tuple[int, ...],
    contacts: int,
    rates: tuple[float, float],
    weights: float,
    moved: float,
) -> World:
    """What was counted, the names, and what is true: the same table without chance."""
    cells = math.prod(sizes)
    w0 = rng.dirichlet(np.full(cells, 6.0))
    w1 = w0 * np.exp(weights * rng.standard_normal(cells))
    w1 /= w1.sum()
    r0 = rng.uniform(*rates, cells)
    r1 = np.clip(r0 + moved * rng.standard_normal(cells), min(rates[0], 0.002), 0.995)
    n0, n1 = rng.multinomial(contacts, w0), rng.multinomial(contacts, w1)
    grid = np.indices(sizes).reshape(len(sizes), -1)
    names = [f"d{k}" for k in range(len(sizes))]
    labels = {name: [f"v{i}" for i in grid[k]] for k, name in enumerate(names)}
    seen = {**labels, "x1": rng.binomial(n1, r1), "n1": n1, "x0": rng.binomial(n0, r0), "n0": n0}
    return seen, names, {**labels, "x1": w1 * r1, "n1": w1, "x0": w0 * r0, "n0": w0}


def _held(found: MixAndRate, true: MixAndRate) -> tuple[list[bool], list[bool], list[bool], list[bool], list[bool]]:
    """Of the change, mix, rate, cells' rates and cells' mixes: does the range hold what is true?"""

    def inside(span: tuple[float, float] | None, value: float) -> list[bool]:
        return [] if span is None else [span[0] <= value <= span[1]]

    of = {part.labels: part for part in true.parts}
    return (
        inside(found.change_range, true.change), inside(found.mix_range, true.mix), inside(found.rate_range, true.rate),
        [h for p in found.parts for h in inside(p.rate_range, of[p.labels].rate)], [h for p in found.parts for h in inside(p.mix_range, of[p.labels].mix)],
    )  # fmt: skip


def _covered(name: str, *shape: Any, many: int) -> Row:
    rng = np.random.default_rng(SEED)
    held: list[list[bool]] = [[], [], [], [], []]
    for _ in range(many):
        seen, names, truth = _world(rng, *shape)
        found, true = (mix_and_rate(table, names, *FIGURES, fewest=0) for table in (seen, truth))
        for own, more in zip(held, _held(found, true), strict=True):
            own += more
    shares = [float(np.mean(own)) for own in held]
    words = ", ".join(
        f"{w} {100 * s:.1f}"
        for w, s in zip(("change", "mix", "rate", "cells' rates", "cells' mixes"), shares, strict=True)
    )
    met = all(LEAST <= s <= MOST for s in shares)
    return Row(
        f"ranges that hold the truth, {many:,} worlds: {name}",
        f"{words} %",
        "",
        None,
        f"{100 * LEAST:.0f} to {100 * MOST:.0f} %",
        met,
    )


def _left_over(seed: int) -> float:
    """Tables with cells that came, went and are too small, in every order."""
    rng = np.random.default_rng(seed)
    dims = int(rng.integers(1, 5))
    rows = int(rng.integers(2, 300))
    n0, n1 = rng.integers(0, 200, (2, rows)) * (rng.random((2, rows)) < 0.7)
    n0[0], n1[0] = 7, 9
    table = {f"d{k}": [f"v{i}" for i in rng.integers(0, 5, rows)] for k in range(dims)}
    table |= {"x1": rng.binomial(n1, 0.3), "n1": n1, "x0": rng.binomial(n0, 0.6), "n0": n0}
    found = mix_and_rate(table, [f"d{k}" for k in range(dims)], *FIGURES, order=str(rng.choice(["given", "every"])))
    return abs(found.mix + found.rate - found.change)


def _fast() -> list[Row]:
    rng = np.random.default_rng(SEED)
    rows = []
    for words, leaves, sizes, order in (
        ("50,000 leaves, three dimensions, given order", 50_000, (8, 6, 5), "given"),
        ("50,000 leaves, four dimensions, every order", 50_000, (5, 4, 4, 4), "every"),
    ):
        table: dict[str, Any] = {f"d{k}": rng.integers(0, s, leaves) for k, s in enumerate(sizes)}
        table["who"] = np.arange(leaves)
        n0, n1 = rng.integers(1, 50, (2, leaves))
        table |= {"x1": rng.binomial(n1, 0.8), "n1": n1, "x0": rng.binomial(n0, 0.8), "n0": n0}
        names = [f"d{k}" for k in range(len(sizes))]
        seconds, _ = clocked(lambda t=table, d=names, o=order: mix_and_rate(t, d, *FIGURES, order=o), 5)
        rows.append(
            Row(f"{words}, with every range", f"{1000 * seconds:.0f} ms", "", None, f"≤ {LARGE_GOAL_MS:.0f} ms" if order == "given" else "", seconds * 1000 <= LARGE_GOAL_MS if order == "given" else None)
        )  # fmt: skip
    return rows
