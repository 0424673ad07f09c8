"""Comparing partners as if each had the same mix of contacts, without inventing what a partner never had."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, gammainccinv, gammaincinv, logit, ndtr, ndtri

from levelfield.signals.fair.groups import Floats, Kind, number, refused, table_columns

EXACT_BELOW = 100.0  # counts below which a Poisson interval is exact; above, Byar's differs by less than 0.1 %
WAYS = ("indirect", "direct")


@dataclass(frozen=True)
class Standardised:
    """One partner: as it is (crude), and as it would compare with the same mix of strata."""

    name: str
    numerator: float
    denominator: float
    crude: float
    observed: float | None  # of the strata that can be compared
    expected: float | None  # indirect: what the reference would have had with this partner's mix
    ratio: float | None  # observed / expected, or direct rate / reference rate
    ratio_lower: float | None
    ratio_upper: float | None
    value: float | None  # standardised, on the scale of the crude value
    lower: float | None
    upper: float | None
    missing: tuple[str, ...]  # direct: strata it has nothing in; indirect: strata nobody else has anything in
    covered: float  # how much is compared: of its contacts (indirect) or of the weights (direct), 0 to 1

    @property
    def sentence(self) -> str:
        """What was left out, or why there is no figure; empty where nothing was."""
        if not self.missing:
            return ""
        strata = ", ".join(self.missing)
        if self.value is None:
            return f"No figure for {self.name}: nothing to compare with in {strata}."
        return f"{self.name}: {strata} left out, nobody else has contacts there; {self.covered:.0%} of its contacts are compared."


@dataclass(frozen=True)
class Standard:
    """All partners in the order they appear, and how they were made comparable."""

    groups: tuple[Standardised, ...]
    how: str
    kind: str
    reference: float  # crude value of all together
    own_left_out: bool

    def __iter__(self) -> Iterator[Standardised]:
        return iter(self.groups)

    def __getitem__(self, name: str) -> Standardised:
        found = next((group for group in self.groups if group.name == name), None)
        if found is None:
            raise refused(f"There is no group “{name}”", f"one of {', '.join(group.name for group in self.groups)}")
        return found


def standardise(
    table: Any,
    *,
    how: str = "indirect",
    weights: Mapping[Any, float] | None = None,
    kind: str = "proportion",
    leave_own_out: bool = True,
    coverage: float = 0.95,
) -> Standard:
    """Each partner's figure with the mix of its contacts taken out of the comparison, beside the crude one.

    Shapes: rows (or a table) of group, stratum, numerator, denominator; rows of the same group and stratum are added.
    Unit: numerator over denominator; the ratio is 1 where a partner does as the reference does with its mix.
    `indirect`: the others' rates (everybody's where `leave_own_out` is false) applied to the partner's own mix.
    `direct`: the partner's rates applied to one mix for all: `weights` per stratum, or all contacts together.
    Refuses: one partner alone with its own left out, negative or infinite numbers, a numerator above its denominator for
    proportions, an unknown way, weights that are negative or all 0 or lack a stratum.
    Cannot judge: direct figures of a partner with a stratum missing: no figure, and the sentence says so. Indirect ones
    leave out strata nobody else has and say how much is left.
    Assumes: what differs between partners within a stratum differs alike in every stratum (indirect); the interval holds
    the noise of the reference as well, since the others are finite too.
    Source: Breslow and Day (1987), IARC 82, with Byar's interval; Dobson et al. (1991), doi:10.1002/sim.4780100317; Zou
    and Donner (2008), doi:10.1002/sim.3095, for putting intervals together; Wilson (1927) for scores.

    >>> rows = [("North", "easy", 90, 100), ("North", "hard", 10, 20), ("South", "easy", 45, 50), ("South", "hard", 50, 100)]
    >>> found = standardise(rows)  # North: 100 × .9 + 20 × .5 = 100 expected, 100 seen
    >>> north = found["North"]
    >>> round(north.crude, 3), north.expected, north.ratio, round(found["South"].crude, 3), found["South"].ratio
    (0.833, 100.0, 1.0, 0.633, 1.0)
    """
    if how not in WAYS:
        raise refused(f"“{how}” is no way to standardise", " or ".join(WAYS), "Name the way and compare again.")
    if kind not in {Kind.PROPORTION, Kind.RATE}:
        raise refused(f"“{kind}” cannot be standardised", "proportion or rate")
    if not 0 < coverage < 1:
        raise refused(f"{coverage:g} is no coverage", "a share between 0 and 1, such as 0.95")
    names, strata, top, bottom = _cells(table, kind)
    if leave_own_out and len(names) < 2:
        raise refused("There is one group", "two or more where its own numbers are left out of the reference")
    if not bottom.sum():
        raise refused("All denominators are 0", "contacts in at least one stratum")
    z = float(ndtri(0.5 + coverage / 2))
    reference = math.fsum(top.ravel()) / math.fsum(bottom.ravel())
    mix = _mix(weights, strata, bottom) if how == "direct" else np.zeros(0)
    made = []
    for i, name in enumerate(names):
        if not bottom[i].sum():
            raise refused(f"“{name}” has no contacts in any stratum", "a denominator above 0", "Leave the group out.")
        own = np.arange(len(names)) == i if leave_own_out else np.zeros(len(names), dtype=bool)
        others = (top[~own].sum(axis=0), bottom[~own].sum(axis=0))
        one = (name, top[i], bottom[i], strata, kind, z)
        made.append(_indirect(*one, *others, reference) if how == "indirect" else _direct(*one, *others, mix))
    return Standard(tuple(made), how, str(kind), reference, leave_own_out)


def _indirect(
    name: str,
    top: Floats,
    bottom: Floats,
    strata: tuple[str, ...],
    kind: str,
    z: float,
    others_top: Floats,
    others_bottom: Floats,
    reference: float,
) -> Standardised:
    there = (bottom > 0) & (others_bottom > 0)
    missing = tuple(s for s, n, known in zip(strata, bottom, others_bottom, strict=True) if n > 0 and known == 0)
    seen, n = math.fsum(top[there]), bottom[there]
    rate = others_top[there] / others_bottom[there]
    expected = math.fsum(n * rate)
    plain = (name, math.fsum(top), math.fsum(bottom), math.fsum(top) / math.fsum(bottom))
    covered = math.fsum(n) / math.fsum(bottom)
    if not there.any() or expected == 0:
        left = missing or tuple(s for s, ok in zip(strata, there, strict=True) if ok)
        return Standardised(*plain, None, None, None, None, None, None, None, None, left, covered)
    noise = rate * (1 - rate) if kind == Kind.PROPORTION else rate
    doubt = math.sqrt(math.fsum(n**2 * noise / others_bottom[there])) / expected
    low, high = _score(seen, n, rate, z) if kind == Kind.PROPORTION else poisson_interval(seen, z)
    ratio = seen / expected
    lower, upper = _with_doubt(ratio, low / expected, high / expected, z * doubt)
    most = 1.0 if kind == Kind.PROPORTION else math.inf
    value, value_lower, value_upper = (min(x * reference, most) for x in (ratio, lower, upper))
    return Standardised(*plain, seen, expected, ratio, lower, upper, value, value_lower, value_upper, missing, covered)


def _direct(
    name: str,
    top: Floats,
    bottom: Floats,
    strata: tuple[str, ...],
    kind: str,
    z: float,
    others_top: Floats,
    others_bottom: Floats,
    mix: Floats,
) -> Standardised:
    plain = (name, math.fsum(top), math.fsum(bottom), math.fsum(top) / math.fsum(bottom))
    used = mix > 0
    missing = tuple(s for s, w, n in zip(strata, mix, bottom, strict=True) if w > 0 and n == 0)
    if missing:
        covered = math.fsum(mix[bottom > 0])
        return Standardised(*plain, None, None, None, None, None, None, None, None, missing, covered)
    share, a, n = mix[used], top[used], bottom[used]
    value, lower, upper = _weighted(share, a, n, kind, z)
    seen = math.fsum(a)
    if (others_bottom[used] == 0).any():
        return Standardised(*plain, seen, None, None, None, None, value, lower, upper, (), 1.0)
    standard, low, high = _weighted(share, others_top[used], others_bottom[used], kind, z)
    if standard <= 0 or low <= 0:
        return Standardised(*plain, seen, None, None, None, None, value, lower, upper, (), 1.0)
    ratio = value / standard
    ratio_lower = ratio * math.exp(-math.hypot(_log(value, lower), math.log(high / standard))) if lower > 0 else 0.0
    widest = math.hypot(_log(upper, value), math.log(standard / low)) if value > 0 else 0.0
    ratio_upper = ratio * math.exp(widest) if value > 0 else upper / low
    return Standardised(*plain, seen, None, ratio, ratio_lower, ratio_upper, value, lower, upper, (), 1.0)


def _weighted(share: Floats, top: Floats, n: Floats, kind: str, z: float) -> tuple[float, float, float]:
    """A weighted rate with its interval: strata's Wilson intervals put together, or Dobson's for rates."""
    rate = top / n
    value = math.fsum(share * rate)
    if kind == Kind.PROPORTION:
        middle, half = (rate + z * z / (2 * n)) / (1 + z * z / n), z * np.sqrt(rate * (1 - rate) / n + (z / n) ** 2 / 4)
        half = half / (1 + z * z / n)
        down, up = rate - (middle - half), middle + half - rate
        return (
            value,
            max(0.0, value - math.sqrt(math.fsum((share * down) ** 2))),
            min(1.0, value + math.sqrt(math.fsum((share * up) ** 2))),
        )
    total = math.fsum(top)
    low, high = poisson_interval(total, z)
    if total == 0:
        return value, 0.0, high * float(np.max(share / n))
    stretch = math.sqrt(math.fsum(share**2 * top / n**2) / total)
    return value, max(0.0, value + stretch * (low - total)), value + stretch * (high - total)


def poisson_interval(count: float, z: float) -> tuple[float, float]:
    """The interval of a Poisson mean: exact below 100 counts, Byar's from there on.

    >>> [round(x, 3) for x in poisson_interval(10, 1.959964)]
    [4.795, 18.39]
    """
    tail = float(ndtr(-z))
    if count < EXACT_BELOW:
        low = float(gammaincinv(count, tail)) if count > 0 else 0.0
        return low, float(gammainccinv(count + 1, tail))
    more = count + 1
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    return low, more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3


def _score(seen: float, n: Floats, rate: Floats, z: float) -> tuple[float, float]:
    """Which totals are compatible with the one seen, all strata moved alike on the logit scale (Wilson's argument)."""
    level = logit(np.clip(rate, 1e-6, 1 - 1e-6))
    total = math.fsum(n)

    def gap(move: float, sign: int) -> float:
        share = expit(level + move)
        return float(np.sum(n * share) - seen - sign * z * np.sqrt(np.sum(n * share * (1 - share))))

    def ends(sign: int) -> float:
        if not gap(-60.0, sign) < 0 < gap(60.0, sign):
            return 0.0 if sign < 0 else total
        from scipy.optimize import brentq  # takes a while to import

        return float(np.sum(n * expit(level + brentq(gap, -60.0, 60.0, args=(sign,), xtol=1e-10))))

    low = 0.0 if seen <= 0 else ends(-1)
    high = total if seen >= total else ends(1)
    return min(low, seen), max(high, seen)


def _with_doubt(ratio: float, lower: float, upper: float, doubt: float) -> tuple[float, float]:
    """A ratio's interval, widened on the log scale by the noise of the reference."""
    if ratio <= 0:
        return 0.0, upper * math.exp(doubt)
    low = ratio * math.exp(-math.hypot(_log(ratio, lower), doubt)) if lower > 0 else 0.0
    return low, ratio * math.exp(math.hypot(_log(upper, ratio), doubt))


def _log(more: float, less: float) -> float:
    return math.log(more / less) if less > 0 else math.inf


def _mix(weights: Mapping[Any, float] | None, strata: tuple[str, ...], bottom: Floats) -> Floats:
    if weights is None:
        total = bottom.sum(axis=0)
        shares: Floats = total / total.sum()
        return shares
    given = {str(key): number(value, f"weight of “{key}”") for key, value in weights.items()}
    lacking = next((s for s in strata if s not in given), None)
    if lacking is not None:
        raise refused(f"“{lacking}” has no weight", "a weight for every stratum; 0 leaves one out")
    strange = next((s for s in given if s not in strata and given[s] > 0), None)
    if strange is not None:
        raise refused(f"Nobody has a stratum “{strange}”", "weights for strata of the table")
    found = np.array([given[s] for s in strata])
    if not found.sum():
        raise refused("All weights are 0", "at least one above 0")
    weighted: Floats = found / found.sum()
    return weighted


def _cells(table: Any, kind: str) -> tuple[tuple[str, ...], tuple[str, ...], Floats, Floats]:
    """Names, strata, and numerators and denominators as (k, strata); a cell without a row holds 0 of 0."""
    columns = ("group", "stratum", "numerator", "denominator")
    if isinstance(table, Mapping) or hasattr(table, "columns"):
        rows = list(zip(*table_columns(table, columns), strict=True))
    else:
        try:
            rows = [tuple(row) for row in table]
        except TypeError:
            raise refused("The table cannot be read", "rows of group, stratum, numerator, denominator") from None
    if not rows:
        raise refused("The table is empty", "rows of group, stratum, numerator, denominator")
    short = next((i for i, row in enumerate(rows) if len(row) != 4), None)
    if short is not None:
        raise refused(f"Row {short + 1} has {len(rows[short])} entries", "group, stratum, numerator, denominator")
    names = tuple(dict.fromkeys(str(row[0]) for row in rows))
    strata = tuple(dict.fromkeys(str(row[1]) for row in rows))
    top, bottom = np.zeros((len(names), len(strata))), np.zeros((len(names), len(strata)))
    for group, stratum, one, other in rows:
        where = f"of “{group}”, {stratum}"
        a, n = number(one, f"numerator {where}"), number(other, f"denominator {where}")
        if (kind == Kind.PROPORTION and a > n) or (n == 0 and a > 0):
            raise refused(f"“{group}” has {a:g} of {n:g} in {stratum}", "numerator ≤ denominator")
        at = names.index(str(group)), strata.index(str(stratum))
        top[at] += a
        bottom[at] += n
    return names, strata, top, bottom
