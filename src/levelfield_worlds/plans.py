"""Invented plans with a known effect: a weekly share before, while and after something was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PROMISED = 0.06


@dataclass(frozen=True)
class PlanWorld:
    """One plan. `true` is the effect that was planted; `donors` are untouched series of the same weeks."""

    kind: str
    values: Floats
    begin: int
    full: int
    promised: float
    true: float
    breaks: tuple[int, ...]
    donors: tuple[tuple[str, Floats], ...] = ()


KINDS = ("sustained fall", "chosen at its lowest", "recovers by itself", "common recovery", "common season")


def plan_worlds(rng: np.random.Generator, kind: str, count: int, *, times: float, correlation: float, after: int = 10) -> Iterator[PlanWorld]:  # fmt: skip
    """Worlds of one kind; the planted effect is so many times the promised one.

    *sustained fall*: the level fell some months ago and stays. *chosen at its lowest*: nothing happened, the plan began after
    the worst month of a year. *recovers by itself*: it was on its way up already. *common recovery*, *common season*: three
    untouched series move with it.
    """
    for _ in range(count):
        before, under_way = int(rng.integers(44, 80)), int(rng.integers(2, 5))
        n = before + under_way + after
        noise = _noise(rng, n, correlation, 0.018)
        level = np.full(n, 0.78)
        breaks: tuple[int, ...] = ()
        donors: tuple[tuple[str, Floats], ...] = ()
        match kind:
            case "sustained fall":
                fell = before - int(rng.integers(14, 27))
                level[fell:] -= rng.uniform(0.05, 0.1)
                breaks = (fell,)
            case "chosen at its lowest":
                means = [noise[i : i + 4].mean() for i in range(before - 4)]
                noise = np.roll(noise, before - 4 - int(np.argmin(means)))
            case "recovers by itself":
                fell = before - 20
                level[fell:] += -0.1 + 0.1 * np.minimum(1, np.arange(n - fell) / 36)
                breaks = (fell,)
            case "common recovery" | "common season":
                common = _noise(rng, n, 0.6, 0.02)
                if kind == "common recovery":
                    common[before:] += rng.uniform(0.03, 0.07)
                else:
                    common = common + 0.04 * np.sin(2 * np.pi * (np.arange(n) / 52 + rng.uniform()))
                level = level + common
                donors = tuple(
                    (f"untouched {i + 1}", _counted(rng, 0.75 + 0.02 * i + common + _noise(rng, n, correlation, 0.012)))
                    for i in range(3)
                )
        arrives = np.clip((np.arange(n) - before + 1) / (under_way + 1), 0, 1)
        true = times * PROMISED
        yield PlanWorld(
            kind, _counted(rng, level + noise + true * arrives), before, before + under_way, PROMISED, true, breaks, donors
        )  # fmt: skip


def _noise(rng: np.random.Generator, n: int, correlation: float, sd: float) -> Floats:
    own = np.empty(n)
    own[0] = rng.normal(0, sd)
    for t in range(1, n):
        own[t] = correlation * own[t - 1] + rng.normal(0, sd * np.sqrt(1 - correlation**2))
    return own


def _counted(rng: np.random.Generator, chance: Floats) -> Floats:
    """The share that is seen: so many of so many contacts."""
    offered = rng.integers(800, 3000, len(chance))
    return np.asarray(rng.binomial(offered, np.clip(chance, 0.01, 0.99)) / offered)
