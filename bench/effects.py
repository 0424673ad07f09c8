"""Did it work: how often a plan without effect is said to have worked, how often a real one is seen, and what a promise's test foretold.

`python -m bench.run --only effects [--size full]`

The worlds are those of `levelfield_worlds.plans`, with another seed than the tests'. Peers are what people do with the same
weeks: the mean after against the mean before by a t-test, and a segmented regression with robust errors (statsmodels, HAC).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats

from bench.measuring import Row
from levelfield.check_ins import Effect, Outcome, effect
from levelfield.plan import power, spread_of
from levelfield_worlds.plans import KINDS, PROMISED, PlanWorld, plan_worlds

SEED = 9005
NOMINAL = 0.05
LAGS = 4  # of the robust errors
SLOWEST_MS = 100.0
MOST_OFF = 0.1  # power foretold, beside power seen


def points(x: float) -> str:
    """An effect in words."""
    return f"{100 * x:.1f} points"


def ours(w: PlanWorld) -> Effect:
    """The verdict of Levelfield."""
    return effect(w.values, begin=w.begin, full=w.full, promised=w.promised, written=points, donors=w.donors, breaks=w.breaks)  # fmt: skip


def t_test(w: PlanWorld) -> bool:
    """Is the mean of the weeks after above that of as many weeks before, by a one-sided t-test?"""
    after = w.values[w.full :]
    before = w.values[max(0, w.begin - 2 * len(after)) : w.begin]
    return bool(stats.ttest_ind(after, before, alternative="greater").pvalue < NOMINAL)


def segmented(w: PlanWorld) -> bool:
    """Is the step of a segmented regression above zero, by robust errors?"""
    keep = np.r_[0 : w.begin, w.full : len(w.values)]
    after = (keep >= w.full).astype(float)
    found = sm.OLS(w.values[keep], np.column_stack([np.ones(len(keep)), keep, after])).fit(cov_type="HAC", cov_kwds={"maxlags": LAGS})  # fmt: skip
    return bool(found.params[2] > 0 and found.pvalues[2] / 2 < NOMINAL)


def worlds(kind: str, many: int, times: float, correlation: float, after: int = 10) -> list[PlanWorld]:
    """Worlds of one kind, drawn from their own stream."""
    rng = np.random.default_rng([SEED, KINDS.index(kind), round(times * 10), round(correlation * 10), after])
    return list(plan_worlds(rng, kind, many, times=times, correlation=correlation, after=after))


def share(found: list[Effect], outcome: Outcome) -> float:
    """The share of one verdict."""
    return sum(e.outcome is outcome for e in found) / len(found)


def said(drawn: list[PlanWorld], judge: Callable[[PlanWorld], bool]) -> float:
    """The share of worlds in which a peer says it worked."""
    return sum(judge(w) for w in drawn) / len(drawn)


def without_effect(many: int) -> list[Row]:
    """No effect at all."""
    rows = []
    for kind in KINDS:
        for correlation in (0.0, 0.3, 0.5, 0.7):
            drawn = worlds(kind, many, 0.0, correlation)
            found = [ours(w) for w in drawn]
            false = share(found, Outcome.WORKED)
            peers = f"t-test {said(drawn, t_test):.3f}, segmented with HAC {said(drawn, segmented):.3f}"
            what = f"no effect, {kind}, correlation {correlation}: said to have worked, of {many}"
            more = f"{false:.3f} (did not {share(found, Outcome.DID_NOT):.2f}, cannot say {share(found, Outcome.CANNOT_SAY):.2f})"
            rows.append(Row(what, more, peers, None, f"{NOMINAL}", false <= NOMINAL))
    return rows


def with_effect(many: int) -> list[Row]:
    """Planted effects of several sizes and weeks."""
    rows = []
    for kind, correlation in (("sustained fall", 0.3), ("sustained fall", 0.5), ("common recovery", 0.3)):
        for times in (0.5, 1.0, 1.5):
            for after in (6, 10, 16):
                found = [ours(w) for w in worlds(kind, many, times, correlation, after)]
                worked, none = share(found, Outcome.WORKED), share(found, Outcome.DID_NOT)
                inside = np.mean([e.low <= times * PROMISED <= e.high for e in found if e.low is not None and e.high is not None])  # fmt: skip
                what = f"{times:g} times the promised effect, {kind}, correlation {correlation}, {after} weeks: worked"
                rows.append(Row(what, f"{worked:.3f} (did not {none:.2f}; 90 % range holds it {inside:.2f})"))
    return rows


def foretold(many: int) -> list[Row]:
    """The power a promise's test foretells from the weeks before, beside how often the effect is then seen."""
    rows = []
    for correlation in (0.0, 0.3, 0.5):
        for times in (0.5, 1.0):
            drawn = worlds("sustained fall", many, times, correlation)
            told = np.mean(
                [
                    power(w.true, spread_of(w.values[: w.begin], w.breaks), w.begin - w.breaks[0], w.full - w.begin, len(w.values) - w.full)
                    for w in drawn
                ]
            )  # fmt: skip
            # Seen: an effect beyond chance, whatever was promised.
            seen = np.mean([(e := ours(w)).p_value is not None and e.p_value < NOMINAL for w in drawn])
            what = f"power foretold, {times:g} times the promised effect, correlation {correlation}"
            rows.append(Row(what, f"foretold {told:.3f}, seen {seen:.3f}", "", None, f"{MOST_OFF} apart", bool(abs(told - seen) <= MOST_OFF)))  # fmt: skip
    return rows


def measure(size: str, _: Path) -> list[Row]:
    """All of them."""
    many = 400 if size == "full" else 80
    drawn = worlds("sustained fall", 40, 1.0, 0.3)
    started = time.perf_counter()
    for w in drawn:
        ours(w)
    each = (time.perf_counter() - started) / len(drawn) * 1000
    speed = Row("one effect test", f"{each:.1f} ms", "", None, f"{SLOWEST_MS:g} ms", each <= SLOWEST_MS)
    return [*without_effect(many), *with_effect(many // 2), *foretold(many // 2), speed]
