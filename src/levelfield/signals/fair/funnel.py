"""The funnel: which groups stand apart from the others, by more than chance and by more than groups differ anyway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from scipy.special import ndtri

from levelfield.signals.fair.groups import groups_of, refused
from levelfield.signals.fair.others import FEWEST, against_others
from levelfield.signals.fair.overdispersion import Overdispersion, classical_limits
from levelfield.signals.fair.overdispersion import overdispersion as classical_figures

# A nominal .2 % is judged at .24 %: where groups differ by chance alone the verdict speaks less often than it may, where
# they differ much exactly as often; this puts both inside .1 to .3 % (bench/fair_comparison.py).
EVENED = 1.2
CHANCE = 1.96  # and never inside the 95 % limits of chance alone, however alike the others happen to be
TINY = 1e-300  # the smallest chance that still has a normal score


class Side(StrEnum):
    """Where a group lies beside the others."""

    USUAL = "usual"
    ABOVE = "above the others"
    BELOW = "below the others"
    CANNOT_JUDGE = "cannot judge"


@dataclass(frozen=True)
class Standing:
    """One group beside the others: its value, the classical limits at its size, and our verdict."""

    name: str
    numerator: float
    denominator: float
    value: float
    lower: float  # classical limits, by chance alone
    upper: float
    lower_spread: float  # classical limits with the variance between groups
    upper_spread: float
    z: float  # classical, by chance alone
    z_spread: float  # classical, with the variance between groups
    others: float | None  # the middle of all other groups
    score: float | None  # ours: the normal score of this value for a group like the others
    side: Side

    @property
    def outlier(self) -> bool:
        """Does the group stand apart from the others?"""
        return self.side in {Side.ABOVE, Side.BELOW}


@dataclass(frozen=True, eq=False)
class Funnel:
    """All groups beside each other in the order they were given, and how much they differ. Not a league table."""

    groups: tuple[Standing, ...]
    kind: str
    limit: float
    target: float
    phi: float  # classical: mean square of the winsorised z; 1 where the groups differ by chance alone
    tau2: float  # classical: variance between groups on the transformed scale
    classical: Overdispersion

    def __iter__(self) -> Iterator[Standing]:
        return iter(self.groups)

    def __getitem__(self, name: str) -> Standing:
        found = next((group for group in self.groups if group.name == name), None)
        if found is None:
            raise refused(f"There is no group “{name}”", f"one of {', '.join(group.name for group in self.groups)}")
        return found

    @property
    def outliers(self) -> tuple[str, ...]:
        """The groups that stand apart, in the order given."""
        return tuple(group.name for group in self.groups if group.outlier)

    @property
    def by_name(self) -> tuple[Standing, ...]:
        """The groups in the order of their names."""
        return tuple(sorted(self.groups, key=lambda group: group.name))

    @property
    def by_size(self) -> tuple[Standing, ...]:
        """The groups from the smallest denominator to the largest, as the picture shows them."""
        return tuple(sorted(self.groups, key=lambda group: (group.denominator, group.name)))

    @property
    def sentence(self) -> str:
        """What the comparison says, for people."""
        n = len(self.groups)
        if any(group.side is Side.CANNOT_JUDGE for group in self.groups):
            if n < FEWEST:
                groups = "1 group" if n == 1 else f"{n} groups"
                return f"Cannot judge: {groups} cannot show how much groups differ anyway; {FEWEST} are needed."
            return f"Cannot judge: all {n} groups are at the end of the scale and nothing tells them apart."
        apart = self.outliers
        if not apart:
            return (
                f"The {n} groups cannot be told apart: none stands further from the others than such groups do anyway."
            )
        told = "; ".join(f"{name} lies {self[name].side}" for name in apart)
        rest = n - len(apart)
        return f"{told}. The other {rest} cannot be told from one another by this."


def funnel(
    groups: Any,
    *,
    kind: str = "proportion",
    limit: float = 0.998,
    target: float | None = None,
    winsor: float = 0.1,
    overdispersion: bool = True,
    scale: str = "",
) -> Funnel:
    """Which groups stand apart from the others, each judged against all others and never against itself.

    Shapes: `groups` is a mapping name → (numerator, denominator), a sequence of (name, numerator, denominator), or a
    table with the columns group, numerator, denominator. Unit: values as numerator over denominator.
    Refuses: what `groups_of` refuses; a limit not between 0 and 1, a target that cannot be one.
    Cannot judge: fewer than five groups, and groups that are all at an end of the scale.
    Assumes: groups differ normally on the logit (log) scale, beside chance; `overdispersion=False` says that chance is
    all. `phi`, `tau2`, `z` and the classical limits are FunnelPlotR's; they judge a group with a spread and a middle it
    shaped itself. The verdict does not: it averages over the spread that the others allow (`against_others`), and it
    never calls a group apart that lies inside the 95 % limits of chance alone. `scale="log"` gives the classical
    figures of ratios on the logarithm (SHMI) instead of the root scale (CQC).
    Source: Spiegelhalter (2005), doi:10.1002/sim.1970; ours as measured in bench/fair_comparison.py.

    >>> seven = {f"P{n}": (500 + n, 1000) for n in range(-3, 4)}
    >>> funnel(seven | {"North": (700, 1000)}).outliers
    ('North',)
    >>> funnel({"North": (700, 1000), "South": (500, 1000)}).sentence
    'Cannot judge: 2 groups cannot show how much groups differ anyway; 5 are needed.'
    """
    known = groups_of(groups, kind)
    if not 0 < limit < 1:
        raise refused(f"{limit:g} is no limit", "a share between 0 and 1, such as 0.998")
    figures = classical_figures(known, winsor=winsor, target=target, scale=scale)
    tau2 = figures.tau2 if overdispersion else 0.0
    narrow = classical_limits(figures, limit, 0.0)
    wide = classical_limits(figures, limit, tau2)
    z_wide = (figures.transformed - figures.target_transformed) / np.sqrt(figures.standard_error**2 + tau2)
    nothing = not known.numerator.any() or (
        known.kind == "proportion" and bool(np.all(known.numerator == known.denominator))
    )
    judged = len(known) >= FEWEST and not nothing
    found = against_others(known, target=target, spread=overdispersion) if judged else None
    level = (1 - limit) / 2 * EVENED
    standings = []
    for i, name in enumerate(known.names):
        side, others, score = Side.CANNOT_JUDGE, None, None
        if found is not None:
            below, above = float(found.below[i]), float(found.above[i])
            side = Side.ABOVE if above < level else Side.BELOW if below < level else Side.USUAL
            if abs(found.by_chance[i]) < CHANCE:
                side = Side.USUAL
            others = float(found.centre[i])
            score = float(-ndtri(max(above, TINY)) if above < below else ndtri(max(below, TINY)))
        standings.append(
            Standing(
                name=name,
                numerator=float(known.numerator[i]),
                denominator=float(known.denominator[i]),
                value=float(known.value[i]),
                lower=float(narrow[0][i]),
                upper=float(narrow[1][i]),
                lower_spread=float(wide[0][i]),
                upper_spread=float(wide[1][i]),
                z=float(figures.z[i]),
                z_spread=float(z_wide[i]),
                others=others,
                score=score,
                side=side,
            )
        )
    return Funnel(tuple(standings), str(known.kind), limit, figures.target, figures.phi, tau2, figures)
