"""What would have been: series that the plan does not touch, as they moved before and after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import optimize

Floats = npt.NDArray[np.float64]

PER_DONOR = 6  # weeks before the begin for each series whose weight is estimated freely
LIKE = 0.3  # correlation of weekly values before the begin above which a series helps
FEWEST_PLACEBOS = 19  # untouched series before a rank among them can be beyond one in twenty


class Design(StrEnum):
    """How what would have been is told."""

    ALONE = "interrupted time series"
    DIFFERENCE = "difference to comparison series"
    SYNTHETIC = "synthetic control"


@dataclass(frozen=True)
class Comparison:
    """The series that stands for no plan, with the weights it is made of."""

    design: Design
    gap: Floats  # the own series less the comparison; the own series itself where it stands alone
    weights: tuple[tuple[str, float], ...]
    fit_before: float  # root mean square of the gap around its mean before the begin
    placebo_ratios: tuple[
        float, ...
    ] = ()  # of a synthetic control: mean gap after to root mean square before, for every untouched series
    own_ratio: float = math.nan
    placebo_effects: tuple[float, ...] = ()  # mean gap after less mean gap before, for every untouched series
    own_effect: float = math.nan
    placebo_fits: tuple[float, ...] = ()  # root mean square of their gaps before
    others: Floats | None = None  # the mean of untouched series that are not like enough to compare with


def comparison_of(own: npt.ArrayLike, donors: Sequence[tuple[str, npt.ArrayLike]], begin: int, full: int) -> Comparison:
    """Choose the design by what there is before the begin, never by what came after.

    Shapes: own and each donor (n,), missing = nan; `begin` the first touched period, `full` the first with the full effect.
    Few untouched series that moved alike before: the difference to their mean. Many: a synthetic control. None: alone.
    Source: Abadie, Diamond and Hainmueller 2010, doi:10.1198/jasa.2009.ap08746.
    """
    y = np.asarray(own, dtype=float)
    usable = [(name, np.asarray(x, dtype=float)) for name, x in donors]
    usable = [(name, x) for name, x in usable if len(x) == len(y) and _complete(x, y, begin)]
    if len(usable) >= FEWEST_PLACEBOS:
        return _synthetic(y, usable, begin, full)
    alike = [(name, x) for name, x in usable if _moves_alike(y[:begin], x[:begin])]
    if not alike or begin < PER_DONOR:
        others = np.mean([x for _n, x in usable], axis=0) if usable else None
        return Comparison(Design.ALONE, y, (), _rms(y[:begin]), others=others)
    level = np.mean([x for _n, x in alike], axis=0)
    gap = y - level
    share = 1.0 / len(alike)
    return Comparison(Design.DIFFERENCE, gap, tuple((name, share) for name, _x in alike), _rms(gap[:begin]))


def _complete(x: Floats, y: Floats, begin: int) -> bool:
    there = np.isfinite(y)
    return bool(np.isfinite(x[there]).all()) and bool(there[:begin].sum() >= PER_DONOR)


def _moves_alike(y: Floats, x: Floats) -> bool:
    """Did the two move together from week to week before the begin? Levels that drift alike by chance do not count."""
    both = np.isfinite(y) & np.isfinite(x)
    if both.sum() < 2 * PER_DONOR:
        return False
    dy, dx = np.diff(y[both]), np.diff(x[both])
    if float(dy.std()) == 0 or float(dx.std()) == 0:
        return False
    # A difference to a series only helps where their common part outweighs what each adds of its own.
    helps = float(np.var(y[both] - x[both])) < float(np.var(y[both]))
    return helps and float(np.corrcoef(dy, dx)[0, 1]) > LIKE


def _rms(x: Floats) -> float:
    there = x[np.isfinite(x)]
    return float(np.sqrt(np.mean((there - there.mean()) ** 2))) if len(there) else math.nan


def _synthetic(y: Floats, donors: Sequence[tuple[str, Floats]], begin: int, full: int) -> Comparison:
    names = [name for name, _x in donors]
    panel = np.column_stack([x for _n, x in donors])
    weights = simplex_weights(y[:begin], panel[:begin])
    ratios, effects, fits = [], [], []
    for i in range(len(donors)):
        others = np.delete(panel, i, axis=1)
        w = simplex_weights(panel[:begin, i], others[:begin])
        away = panel[:, i] - others @ w
        ratios.append(_ratio(away, begin, full))
        effects.append(_moved(away, begin, full))
        fits.append(float(np.sqrt(np.nanmean(away[:begin] ** 2))))
    gap = y - panel @ weights
    kept = tuple((n, float(w)) for n, w in sorted(zip(names, weights, strict=True), key=lambda p: -p[1]) if w > 0.005)
    return Comparison(
        Design.SYNTHETIC,
        gap,
        kept,
        float(np.sqrt(np.nanmean(gap[:begin] ** 2))),
        tuple(ratios),
        _ratio(gap, begin, full),
        tuple(effects),
        _moved(gap, begin, full),
        tuple(fits),
    )


def _ratio(gap: Floats, begin: int, full: int) -> float:
    """How far the gap lies from zero after, in units of how badly it fitted before: what is ranked among the placebos."""
    before = float(np.sqrt(np.nanmean(gap[:begin] ** 2)))
    return float(np.nanmean(gap[full:])) / before if before > 0 else math.inf


def _moved(gap: Floats, begin: int, full: int) -> float:
    return float(np.nanmean(gap[full:]) - np.nanmean(gap[:begin]))


def simplex_weights(target: Floats, panel: Floats) -> Floats:
    """Weights that are not negative and sum to one, whose mixture of the panel is nearest to the target.

    Shapes: target (t,), panel (t, d). By non-negative least squares with the sum as a heavy row.
    """
    there = np.isfinite(target) & np.isfinite(panel).all(axis=1)
    x, y = panel[there], target[there]
    scale = float(np.abs(x).max()) or 1.0
    heavy = 1e3 * scale * math.sqrt(len(y))
    found, _rest = optimize.nnls(
        np.vstack([x, np.full(x.shape[1], heavy)]), np.append(y, heavy), maxiter=50 * x.shape[1]
    )
    total = float(found.sum())
    return found / total if total > 0 else np.full(x.shape[1], 1 / x.shape[1])
