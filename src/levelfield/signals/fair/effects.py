"""How far each partner lies from the middle, drawn in as far as its own numbers are thin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, ndtr

from levelfield.signals.fair.groups import Floats, Groups, Kind, groups_of, refused
from levelfield.signals.fair.others import SMALL, scaled

SPREADS = 80  # steps of the spread between partners that are averaged over
HALVINGS = 30  # of an interval of 18 standard deviations: exact to 8 digits of one
WIDEST = 300.0  # the widest spread tried, in typical standard errors beyond what is seen
OPEN = 4.0  # scale of the prior of the spread, in typical standard errors; measured: narrower ones draw in too far


@dataclass(frozen=True)
class Effect:
    """One partner: what was seen, and what is likely once all partners are taken into account."""

    name: str
    value: float  # as seen
    likely: float  # drawn in towards the middle, on the scale of the values
    lower: float
    upper: float
    effect: float  # distance from the middle on the logit (log) scale, drawn in
    effect_lower: float
    effect_upper: float
    own_share: float  # how much of the likely level comes from its own numbers, 0 to 1


@dataclass(frozen=True, eq=False)
class Effects:
    """All partners in the order given, the middle, and how much partners differ (logit or log scale)."""

    partners: tuple[Effect, ...]
    kind: str
    coverage: float
    middle: float  # on the scale of the values
    tau: float  # standard deviation between partners: its middle, and an interval
    tau_lower: float
    tau_upper: float
    posterior: Posterior

    def __iter__(self) -> Iterator[Effect]:
        return iter(self.partners)

    @property
    def names(self) -> tuple[str, ...]:
        """The partners, in the order given."""
        return tuple(partner.name for partner in self.partners)

    def draws(self, n: int, generator: np.random.Generator) -> Floats:
        """Likely levels of all partners together on the logit (log) scale; (n, k)."""
        return self.posterior.draws(n, generator)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Estimates, their variances, and a distribution over the spread between partners. Shapes: y, variance (k,)."""

    y: Floats
    variance: Floats
    tau: Floats  # (g,) spreads
    odds: Floats  # (g,) how likely each is; adds up to 1

    @classmethod
    def of(cls, y: Floats, variance: Floats) -> Posterior:
        """From estimates that scatter normally with known variances about levels that scatter normally.

        Assumes: the spread has a half-Cauchy prior of four typical standard errors: nearly flat where the data speak,
        and proper where two partners say next to nothing. It does not depend on the unit.
        Source: Gelman (2006), doi:10.1214/06-BA117A; REML: Patterson and Thompson (1971), doi:10.1093/biomet/58.3.545.
        """
        typical = float(np.sqrt(len(y) / np.sum(1 / variance)))
        highest = WIDEST * (typical + float(np.std(y)))
        share = (np.arange(SPREADS) + 0.5) / SPREADS  # even steps of the prior's own distribution
        tau = typical * share / (1 - share)
        tau = np.minimum(tau, highest)
        finer = np.geomspace(typical * 1e-2, highest, SPREADS)  # and even ones of its logarithm, where it is wide
        tau = np.unique(np.concatenate([[0.0], tau, finer]))
        total = variance + tau[:, None] ** 2
        weight = 1 / total
        middle = np.sum(weight * y, axis=1) / weight.sum(axis=1)
        log_odds = -0.5 * (
            np.log(total).sum(axis=1) + np.log(weight.sum(axis=1)) + np.sum(weight * (y - middle[:, None]) ** 2, axis=1)
        )
        step = np.diff(np.concatenate([[0.0], (tau[1:] + tau[:-1]) / 2, tau[-1:]]))  # the width each spread stands for
        odds = np.exp(log_odds - log_odds.max()) * step / ((OPEN * typical) ** 2 + tau**2)
        return cls(y, variance, tau, odds / odds.sum())

    def given_spread(self) -> tuple[Floats, Floats, Floats, Floats]:
        """At each spread: the middle, its variance (g,), and the share each partner is drawn in (g, k), and total weight."""
        weight = 1 / (self.variance + self.tau[:, None] ** 2)
        total = weight.sum(axis=1)
        return np.sum(weight * self.y, axis=1) / total, 1 / total, self.variance * weight, weight / total[:, None]

    def levels(self) -> tuple[Floats, Floats]:
        """Mean and variance of every partner's level at each spread; (g, k) each."""
        middle, doubt, drawn, _ = self.given_spread()
        mean = drawn * middle[:, None] + (1 - drawn) * self.y
        return mean, (1 - drawn) * self.variance + drawn**2 * doubt[:, None]

    def differences(self) -> tuple[Floats, Floats]:
        """Mean and variance of every partner's distance from the middle at each spread; (g, k) each."""
        middle, doubt, drawn, _ = self.given_spread()
        own = 1 - drawn
        return own * (self.y - middle[:, None]), own * self.variance + own**2 * doubt[:, None]

    def quantiles(self, mean: Floats, variance: Floats, at: float) -> Floats:
        """Quantile of the mixture over spreads, by halving; (k,)."""
        sd = np.sqrt(np.maximum(variance, 1e-300))
        low, high = (mean - 9 * sd).min(axis=0), (mean + 9 * sd).max(axis=0)
        for _ in range(HALVINGS):
            half = (low + high) / 2
            below = self.odds @ ndtr((half - mean) / sd)
            low, high = np.where(below < at, half, low), np.where(below < at, high, half)
        found: Floats = (low + high) / 2
        return found

    def draws(self, n: int, generator: np.random.Generator) -> Floats:
        """Levels of all partners together; (n, k)."""
        which = generator.choice(len(self.tau), size=n, p=self.odds)
        middle, doubt, drawn, _ = self.given_spread()
        common = middle[which] + np.sqrt(doubt[which]) * generator.standard_normal(n)
        share = drawn[which]
        own = np.sqrt((1 - share) * self.variance) * generator.standard_normal((n, len(self.y)))
        found: Floats = share * common[:, None] + (1 - share) * self.y + own
        return found


def effects(groups: Any, *, kind: str = "proportion", coverage: float = 0.95) -> Effects:
    """Every partner's likely level: its own numbers, drawn in towards the middle as far as they are thin.

    Shapes: `groups` as for `funnel`. Unit: levels as numerator over denominator, effects on the logit (log) scale.
    Refuses: what `groups_of` refuses, fewer than two partners, a coverage not between 0 and 1.
    Assumes: partners differ normally on the logit (log) scale; the spread is averaged over, not put in as if known.
    Source: Efron and Morris (1975), doi:10.1080/01621459.1975.10479864; Gelman (2006), doi:10.1214/06-BA117A.

    >>> found = effects({"North": (90, 100), "South": (8000, 10000), "East": (7900, 10000), "West": (8100, 10000)})
    >>> north = found.partners[0]
    >>> north.value, 0.80 < north.likely < 0.88, north.lower < north.likely < north.upper
    (0.9, True, True)
    """
    known = groups_of(groups, kind)
    if len(known) < 2:
        raise refused("There is one partner", "two or more", "A single partner is compared with its own past.")
    if not 0 < coverage < 1:
        raise refused(f"{coverage:g} is no coverage", "a share between 0 and 1, such as 0.95")
    y, variance = estimates(known)
    return effects_of(known.names, y, np.sqrt(variance), kind=str(known.kind), coverage=coverage, values=known.value)


def effects_of(
    names: Sequence[str],
    estimates: Floats,
    standard_errors: Floats,
    *,
    kind: str = "plain",
    coverage: float = 0.95,
    values: Floats | None = None,
) -> Effects:
    """The same for estimates whose standard errors are known, such as standardised figures on their own scale.

    Shapes: estimates, standard_errors (k,). Refuses: standard errors that are not above 0, unequal lengths.

    >>> found = effects_of(["a", "b", "c"], np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0]))
    >>> [round(p.likely, 2) for p in found][1], found.partners[0].likely > 1
    (2.0, True)
    """
    y, s = np.asarray(estimates, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64)
    if not len(names) == len(y) == len(s):
        raise refused("Names, estimates and standard errors differ in number", "one of each for every partner")
    if len(y) < 2 or len(set(names)) < len(y):
        raise refused("The partners cannot be compared", "two or more, every name once")
    if not (np.isfinite(y).all() and np.isfinite(s).all() and (s > 0).all()):
        raise refused("An estimate or its standard error is no number above 0", "finite estimates with standard errors")
    back = {Kind.PROPORTION: expit, Kind.RATIO: np.exp, Kind.RATE: np.exp}.get(kind, lambda x: x)  # type: ignore[call-overload]
    posterior = Posterior.of(y, s**2)
    mean, variance = posterior.levels()
    far, far_variance = posterior.differences()
    tail = (1 - coverage) / 2
    low, high = (posterior.quantiles(mean, variance, at) for at in (tail, 1 - tail))
    far_low, far_high = (posterior.quantiles(far, far_variance, at) for at in (tail, 1 - tail))
    middle, _, drawn, _ = posterior.given_spread()
    seen = back(y) if values is None else values
    likely, away, own = posterior.odds @ mean, posterior.odds @ far, 1 - posterior.odds @ drawn
    so_far = np.cumsum(posterior.odds)
    tau, tau_low, tau_high = (
        float(posterior.tau[min(int(np.searchsorted(so_far, at)), len(so_far) - 1)]) for at in (0.5, tail, 1 - tail)
    )
    partners = tuple(
        Effect(str(name), *(float(x) for x in row))
        for name, *row in zip(
            names, seen, back(likely), back(low), back(high), away, far_low, far_high, own, strict=True
        )
    )
    centre = float(back(posterior.odds @ middle))
    return Effects(partners, kind, coverage, centre, tau, tau_low, tau_high, posterior)


def estimates(groups: Groups) -> tuple[Floats, Floats]:
    """Estimate and variance on the logit (log) scale, chance being as wide as at the partner's own drawn-in level; (k,)."""
    on = scaled(groups)
    posterior = Posterior.of(on.y, on.variance)
    level = posterior.odds @ posterior.levels()[0]
    shares = groups.kind is Kind.PROPORTION
    one = expit(level) if shares else np.exp(level)
    per_one = one * (1 - one) if shares else one
    middle = float(posterior.odds @ posterior.given_spread()[0])
    usual = float(expit(middle)) if shares else float(np.exp(middle))
    at_middle = usual * (1 - usual) if shares else usual
    rare = groups.denominator * (min(usual, 1 - usual) if shares else usual)
    return on.y, np.where(rare < SMALL, on.variance, on.variance * at_middle / per_one)
