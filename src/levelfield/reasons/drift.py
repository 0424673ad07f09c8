"""Does the money at risk lie where the reasons are? Where it no longer does, the work has drifted from why it was given."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levelfield.reasons.telling import listed, per_cent
from levelfield.words import Refusal, RefusalKind

DRIFTED = (
    0.25  # a quarter of the money lies elsewhere: less may come from points given in round numbers by a few people
)
NO_REASON = ""  # the key of money on measures that no reason names


@dataclass(frozen=True)
class Part:
    """One reason with its weight and its share of the money at risk; the key is empty for money that no reason names."""

    key: str
    title: str
    weight: float
    money: float

    @property
    def gap(self) -> float:
        """The money's share less the weight's."""
        return self.money - self.weight


@dataclass(frozen=True)
class Drift:
    """How far weights and money are apart: the share of the money that would have to move. None: cannot be judged."""

    share_apart: float | None
    parts: tuple[Part, ...]
    unpaid: tuple[str, ...]  # titles of weighed reasons without any money
    sentence: str

    @property
    def has_drifted(self) -> bool:
        """Is it more than what round points explain?"""
        return self.share_apart is not None and self.share_apart >= DRIFTED


def drift(weights: Mapping[str, float], at_risk: Mapping[str, float], named: Mapping[str, Sequence[str]], titles: Mapping[str, str]) -> Drift:  # fmt: skip
    """The total variation distance between the weights of reasons and the shares of the money at risk.

    `weights`: by reason, summing to 1; `at_risk`: money by measure; `named`: the reasons that name a measure; where
    several do, its money is divided among them. Unit out: shares 0 to 1.
    Refuses: negative or infinite weights and amounts.
    Cannot judge: where nobody weighed, or nothing is at risk.

    >>> found = drift({"c": 0.5, "q": 0.5}, {"cost": 0, "csat": 10, "aht": 30}, {"csat": ["q"]}, {"c": "Cost", "q": "Quality"})
    >>> found.share_apart
    0.75
    >>> [(p.title, p.weight, p.money) for p in found.parts]
    [('Cost', 0.5, 0.0), ('Quality', 0.5, 0.25), ('No reason named', 0.0, 0.75)]
    """
    for value in (*weights.values(), *at_risk.values()):
        if not (math.isfinite(value) and value >= 0):
            raise Refusal(
                f"{value:g} is no weight and no amount",
                where="Drift",
                expected="numbers from 0 on",
                kind=RefusalKind.DEFINITION,
            )
    total, weighed = math.fsum(at_risk.values()), math.fsum(weights.values())
    if weighed <= 0:
        return Drift(
            None,
            (),
            (),
            "Whether the money at risk follows the reasons cannot be said: nobody has weighed all of them yet.",
        )
    if total <= 0:
        return Drift(
            None, (), (), "Whether the money at risk follows the reasons cannot be said: no amount at risk is known."
        )
    money = dict.fromkeys([*weights, NO_REASON], 0.0)
    for measure, amount in at_risk.items():
        owners = [key for key in named.get(measure, ()) if key in weights] or [NO_REASON]
        for key in owners:
            money[key] += amount / total / len(owners)
    parts = [Part(key, titles.get(key, key), weight / weighed, money[key]) for key, weight in weights.items()]
    if money[NO_REASON] > 0:
        parts.append(Part(NO_REASON, "No reason named", 0.0, money[NO_REASON]))
    apart = min(1.0, math.fsum(abs(p.gap) for p in parts) / 2)
    unpaid = tuple(p.title for p in parts if p.key != NO_REASON and p.weight > 0 and p.money == 0)
    return Drift(apart, tuple(parts), unpaid, _sentence(apart, parts, unpaid))


def _sentence(apart: float, parts: Sequence[Part], unpaid: Sequence[str]) -> str:
    """What was found, with the part that is farthest off."""
    if apart < DRIFTED:
        said = f"The money at risk follows the reasons: {per_cent(apart)} of it would have to move to match their weights exactly"
    else:
        said = f"The money at risk no longer follows the reasons: {per_cent(apart)} of it would have to move to match their weights"
    most = max(parts, key=lambda p: (abs(p.gap), p.key == NO_REASON))
    if apart >= DRIFTED and most.key == NO_REASON:
        said += f"; {per_cent(most.money)} lies on measures that no reason names"
    elif apart >= DRIFTED:
        said += f"; “{most.title}” has {per_cent(most.weight)} of the weight and {per_cent(most.money)} of the money"
    none = f" No money lies on {listed([f'“{title}”' for title in unpaid])}." if unpaid else ""
    return f"{said}.{none}"
