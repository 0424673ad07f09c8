"""Did it work? The effect of a promise from data, with its interval, its checks and the weeks it still needs.

Three answers. *Worked*: an effect beyond chance, and the promised one not excluded. *Did not*: the promised effect is
excluded; whether there was any is said beside it. *Cannot say yet*: neither nothing nor the promised effect is excluded, or a
check failed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import stats

from levelfield.check_ins.comparison import Comparison, Design, comparison_of
from levelfield.plan.measurable import fewest_weeks
from levelfield.plan.regression import HALF_A_YEAR, Fitted, Spread, drift_of, fitted, levels, power
from levelfield.words import Refusal

Floats = npt.NDArray[np.float64]

ALPHA = 0.05  # one-sided: at most one in twenty plans without effect is said to have worked
FEWEST_AFTER = 3  # weeks with the full effect before anything is said
SHARED = 0.5  # of an effect: what moves by so much without the plan may be the same movement
PLACEBO_FEWEST = 8  # weeks on either side of an invented begin


class Outcome(StrEnum):
    """The verdict on a promise."""

    WORKED = "worked"
    DID_NOT = "did not work"
    CANNOT_SAY = "cannot say yet"


@dataclass(frozen=True)
class Check:
    """One check of the design: what was looked for, and whether it is as it should be."""

    name: str
    passed: bool | None  # None: could not be done
    sentence: str
    against: Outcome | None = None  # the verdict that a failed check does not let stand


@dataclass(frozen=True)
class Effect:
    """The verdict with its numbers. Estimate and interval (90 %, so 5 % either side) are in the measure's unit, upwards positive."""

    outcome: Outcome
    sentence: str
    design: Design
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None  # of no effect in the promised direction
    weeks_more: int | None = None  # until four of five such effects are told from none
    checks: tuple[Check, ...] = ()
    comparison: Comparison | None = None


def effect(
    values: npt.ArrayLike, *, begin: int, full: int, promised: float, written: Callable[[float], str], donors: Sequence[tuple[str, npt.ArrayLike]] = (),
    breaks: Sequence[int] = (),
) -> Effect:  # fmt: skip
    """Test the effect of what began at position `begin` and should be there in full from `full` on.

    Shapes: values (n,), oldest first, missing = nan; donors name untouched series (n,). `promised` is the effect with its
    sign, `breaks` are earlier steps of the level (the onset of the trouble). Weeks between begin and full are left to
    themselves. Assumes: the level would have stayed, or gone with the comparison, correlated noise aside.
    Source: interrupted time series, Bernal et al. 2017, doi:10.1093/ije/dyw098; ADR 0013.
    """
    y = np.asarray(values, dtype=float)
    side = 1.0 if promised >= 0 else -1.0
    after = int(np.isfinite(y[full:]).sum())
    if after < FEWEST_AFTER:
        more = FEWEST_AFTER - after
        said = f"Cannot say yet: the full effect has been there for {after} week{_s(after)}; {more} more {'is' if more == 1 else 'are'} needed."
        return Effect(Outcome.CANNOT_SAY, said, Design.ALONE, weeks_more=more)
    found = comparison_of(y, donors, begin, full)
    own_breaks = tuple(b for b in breaks if 0 < b < begin) if found.design is not Design.SYNTHETIC else ()
    try:
        b, noise = _tested(found, begin, full, own_breaks, promised)
    except Refusal as wrong:
        return Effect(Outcome.CANNOT_SAY, f"Cannot say yet: {wrong.what}.", found.design)
    value, low, high = b.value, b.quantile(ALPHA), b.quantile(1 - ALPHA)
    p = b.against(side)
    if found.design is Design.SYNTHETIC:
        value, low, high, p = _among_placebos(found, side)
    checks = _checks(found, begin, full, own_breaks, side, abs(value))
    plain = _plain(side, low, high, promised, p)
    failed = [c for c in checks if c.passed is False and c.against is plain]
    outcome = Outcome.CANNOT_SAY if failed else plain
    weeks = None
    if outcome is Outcome.CANNOT_SAY:
        weeks = _weeks_more(promised, noise, begin - max(own_breaks, default=0), full - begin, after)
    said = _said(outcome, value, low, high, promised, written, found, failed, weeks, side)
    return Effect(outcome, said, found.design, value, low, high, p, weeks, checks, found)


def _tested(found: Comparison, begin: int, full: int, breaks: Sequence[int], promised: float) -> tuple[Fitted, Spread]:
    """The effect on the gap. A series on its own may drift; one beside comparisons drifts as they do."""
    columns = _columns(len(found.gap), begin, full, breaks)
    if found.design is not Design.ALONE:
        return fitted(found.gap, columns)
    drift = drift_of(len(found.gap), max(breaks, default=0))
    return fitted(found.gap, np.column_stack([drift, columns]), held=(0, max(abs(promised), 1e-12) / HALF_A_YEAR))


def _columns(n: int, begin: int, full: int, breaks: Sequence[int]) -> Floats:
    at = np.arange(n)
    columns = [levels(n, breaks)]
    if full > begin:
        columns.append(((at >= begin) & (at < full)).astype(float)[:, None])
    columns.append((at >= full).astype(float)[:, None])
    return np.hstack(columns)


def _plain(side: float, low: float, high: float, promised: float, p: float) -> Outcome:
    """The verdict of the interval alone."""
    best = high if side > 0 else -low
    if best < abs(promised):
        return Outcome.DID_NOT
    return Outcome.WORKED if p < ALPHA else Outcome.CANNOT_SAY


def _checks(
    found: Comparison, begin: int, full: int, breaks: Sequence[int], side: float, size: float
) -> tuple[Check, ...]:
    return (
        _pre_trend(found, begin, full, breaks, side, size),
        _placebo(found, begin, breaks, side),
        *_ranked(found, side),
        *_of_others(found, begin, full, side, size),
    )


def _of_others(found: Comparison, begin: int, full: int, side: float, size: float) -> tuple[Check, ...]:
    """Did untouched series that are not like enough to compare with improve in the same weeks?"""
    if found.others is None:
        return ()
    name = "Untouched series"
    try:
        b, _noise = fitted(found.others, _columns(len(found.others), begin, full, ()))
    except Refusal:
        return (Check(name, None, "Too few weeks to look at untouched series."),)
    p = b.against(side)
    if p < ALPHA and abs(b.value) > SHARED * size:
        said = f"Untouched series improved in the same weeks by at least half as much (p = {p:.3f})."
        return (Check(name, False, said, Outcome.WORKED),)
    return (Check(name, True, f"They did not improve as much in the same weeks (p = {p:.2f})."),)


def _pre_trend(found: Comparison, begin: int, full: int, breaks: Sequence[int], side: float, size: float) -> Check:
    """Did it already move before anything was done?"""
    name = "Trend before the begin"
    before = found.gap[:begin]
    start = max(breaks, default=0)
    time = np.arange(begin, dtype=float)
    try:
        b, _noise = fitted(
            before[start:], np.column_stack([np.ones(begin - start), time[start:] - time[start:].mean()])
        )
    except Refusal:
        return Check(name, None, "Too few weeks before the begin to look for a trend.")
    p = 2 * min(b.below(0.0), 1 - b.below(0.0))
    after = (full + len(found.gap) - 1) / 2 - (
        start + begin - 1
    ) / 2  # from the middle of before to the middle of after
    if p < ALPHA and abs(b.value) * after > SHARED * size:
        way = "rising" if b.value > 0 else "falling"
        said = f"It was already {way} before the begin, beyond chance (p = {p:.3f}): what came after may be the same movement."
        return Check(name, False, said, Outcome.WORKED if b.value * side > 0 else Outcome.DID_NOT)
    return Check(name, True, f"None that could explain it (p = {p:.2f}).")


def _placebo(found: Comparison, begin: int, breaks: Sequence[int], side: float) -> Check:
    """Does the same test find an effect at a begin that nobody made?"""
    name = "Invented begin"
    start = max(breaks, default=0)
    before = found.gap[start:begin]
    middle = len(before) // 2
    if middle < PLACEBO_FEWEST:
        return Check(name, None, "Too few weeks before the begin to try an invented one.")
    try:
        b, _noise = fitted(before, _columns(len(before), middle, middle, ()))
    except Refusal:
        return Check(name, None, "Too few weeks before the begin to try an invented one.")
    p = b.against(side)
    if p < ALPHA / 2:
        said = f"At a begin that nobody made the same test finds an improvement as well (p = {p:.3f})."
        return Check(name, False, said, Outcome.WORKED)
    return Check(name, True, f"At a begin that nobody made it finds no improvement (p = {p:.2f}).")


def _among_placebos(found: Comparison, side: float) -> tuple[float, float, float, float]:
    """Estimate, interval and p of a synthetic control, by how far untouched series moved from theirs.

    Source: placebo variance, Arkhangelsky et al. 2021, doi:10.1257/aer.20190159; of series that fitted badly before nothing
    is learnt of one that fitted well (Abadie, Diamond and Hainmueller 2010: mean squared gap at most five times the own).
    """
    kept = _fitted_alike(found)
    n = len(kept)
    error = float(np.sqrt(np.mean(np.square(kept))))
    reach = float(stats.t.ppf(1 - ALPHA, n)) * error
    p = float(stats.t.sf(side * found.own_effect / error, n)) if error > 0 else 0.0
    return found.own_effect, found.own_effect - reach, found.own_effect + reach, max(p, _rank(found, side))


BADLY, ENOUGH = 5.0, 8  # times the own mean squared gap before; placebos that must be left for a spread of their own


def _fitted_alike(found: Comparison) -> Floats:
    """Effects of the placebos that fitted about as well as the own series before; of all where these are too few."""
    effects, fit = np.array(found.placebo_effects), np.array(found.placebo_fits)
    kept = fit**2 <= BADLY * found.fit_before**2
    return effects[kept] if kept.sum() >= ENOUGH else effects


def _rank(found: Comparison, side: float) -> float:
    """The share of untouched series, and the own one, that moved at least as far the promised way."""
    return (1 + _as_far(found, side)) / (len(found.placebo_ratios) + 1)


def _as_far(found: Comparison, side: float) -> int:
    return sum(side * r >= side * found.own_ratio for r in found.placebo_ratios)


def _ranked(found: Comparison, side: float) -> tuple[Check, ...]:
    if found.design is not Design.SYNTHETIC:
        return ()
    n = len(found.placebo_ratios)
    above = _as_far(found, side)
    said = f"Of {n} untouched series {above} moved at least as far from their comparison, the same way."
    return (Check("Rank among untouched series", (above + 1) / (n + 1) <= ALPHA, said, Outcome.WORKED),)


def _weeks_more(promised: float, noise: Spread, before: int, under_way: int, after: int) -> int | None:
    """Weeks beyond those there are until the promised effect would be seen four times of five."""
    found = fewest_weeks(lambda k: power(promised, noise, before, under_way, k), after + 1)
    return found - after if found is not None else None


def _said(
    outcome: Outcome, value: float, low: float, high: float, promised: float, written: Callable[[float], str], found: Comparison, failed: Sequence[Check],
    weeks: int | None, side: float,
) -> str:  # fmt: skip
    against = {
        Design.ALONE: "against its own level before",
        Design.DIFFERENCE: "against the mean of untouched series",
        Design.SYNTHETIC: "against a mixture of untouched series",
    }[found.design]
    numbers = f"the effect is {written(value)} (90 % between {written(low)} and {written(high)}) {against}; {written(promised)} was promised"
    match outcome:
        case Outcome.WORKED:
            return f"Worked: {numbers}."
        case Outcome.DID_NOT:
            some = (low > 0) if side > 0 else (high < 0)
            return f"Did not work: {numbers}." + (" There was an effect, but less than promised." if some else "")
        case _:
            if failed:
                return f"Cannot say: {numbers}, but {failed[0].sentence[0].lower()}{failed[0].sentence[1:]}"
            more = f" About {weeks} more week{_s(weeks)} are needed to say." if weeks else " The promised effect could have been seen by now only with luck."  # fmt: skip
            return f"Cannot say yet: {numbers}.{more}"


def _s(n: int) -> str:
    return "" if n == 1 else "s"
