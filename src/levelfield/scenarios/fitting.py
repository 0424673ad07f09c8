"""Which filed circumstance fits a change? Each against “it has nothing to do with it”, all beside each other and none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levelfield.scenarios.catalogue import scenario_of
from levelfield.scenarios.circumstance import Circumstance
from levelfield.scenarios.episode import Episode
from levelfield.scenarios.lasting import duration_part
from levelfield.scenarios.looking import SignSeen
from levelfield.scenarios.part import Part, per_cent
from levelfield.scenarios.place import place_part
from levelfield.scenarios.visible import signs_part
from levelfield.scenarios.when import onset_part
from levelfield.words import Refusal, RefusalKind

NONE_OF_THEM = 0.5  # before anything is looked at: as often as not, the cause of a change is nothing that anybody filed
# One is named when it is likelier than this. At a half, one change in eight whose cause nobody filed would be given a name in
# the worlds of bench/scenarios.py; at this, less than one in twenty.
STANDS_OUT = 0.75


@dataclass(frozen=True)
class Fit:
    """How well one circumstance fits a change, and what for and against it."""

    circumstance: Circumstance
    probability: float
    parts: tuple[Part, ...]

    @property
    def log_odds(self) -> float:
        """The sum of the parts: log-odds of “it caused the change” against “it has nothing to do with it”."""
        return math.fsum(one.log_odds for one in self.parts)

    def part(self, name: str) -> Part:
        """A part by its name."""
        return next(one for one in self.parts if one.name == name)

    @property
    def sentence(self) -> str:
        """How well it fits and why, the strongest part first."""
        own = self.circumstance
        why = " ".join(one.sentence for one in sorted(self.parts, key=lambda one: -abs(one.log_odds)))
        return f"“{own.title}” ({own.where}) fits with {per_cent(self.probability)}. {why}"


@dataclass(frozen=True)
class Fits:
    """All circumstances by how well they fit, and how likely it is that none of them is the cause."""

    ranked: tuple[Fit, ...]
    none: float

    @property
    def best(self) -> Fit | None:
        """The one that stands out; None where none does."""
        return self.ranked[0] if self.ranked and self.ranked[0].probability > STANDS_OUT else None

    def of(self, key: str) -> Fit:
        """The fit of a circumstance by its key."""
        return next(one for one in self.ranked if one.circumstance.key == key)

    @property
    def by_scenario(self) -> dict[str, float]:
        """The probability of each scenario: what both sides filed of one thing is added up."""
        keys = dict.fromkeys(one.circumstance.scenario for one in self.ranked)
        return {key: math.fsum(o.probability for o in self.ranked if o.circumstance.scenario == key) for key in keys}

    @property
    def sentence(self) -> str:
        """What fits best, beside none of them."""
        if not self.ranked:
            return "No circumstance is filed for these weeks."
        first = self.ranked[0]
        title, likely, none = first.circumstance.title, per_cent(first.probability), per_cent(self.none)
        if self.best is not None:
            return f"“{title}” fits best, with {likely}; that it is none of the filed circumstances, {none}."
        return f"No filed circumstance stands out: “{title}” fits with {likely}, none of them with {none}."


def fits(
    episode: Episode,
    circumstances: Sequence[Circumstance],
    signs: Mapping[str, Sequence[SignSeen]] | None = None,
    *,
    none_of_them: float = NONE_OF_THEM,
) -> Fits:
    """How probable it is that each circumstance is the cause of a change, and that none of them is.

    Shapes: any number of circumstances, in any order; `signs` by the key of the circumstance they were looked at for.
    Unit: probabilities from 0 to 1 that sum to 1 with `none`. Refuses: a key that stands twice, a `none_of_them` that is
    no share between 0 and 1. Assumes: one cause at most; each part of the evidence is independent of the others given
    the cause; circumstances are filed without regard to the change, which people who look for a reason do not always do.
    Source: Bayes' rule over the hypotheses; constants fitted on planted worlds, bench/scenarios.py.

    >>> import datetime as dt
    >>> week = dt.date(2026, 3, 2)
    >>> episode = Episode(week, week, week)
    >>> storm = Circumstance("c1", "disruption", "Storm", dt.date(2026, 2, 28), None, None, None, "outside", "partner")
    >>> later = Circumstance("c2", "own", "Office party", dt.date(2026, 3, 20), None, None, None, "partner", "client")
    >>> found = fits(episode, [later, storm])
    >>> [one.circumstance.key for one in found.ranked], found.best.circumstance.title, found.of("c2").probability < 1e-9
    (['c1', 'c2'], 'Storm', True)
    """
    _refuse(circumstances, none_of_them)
    signs = signs or {}
    parts = {one.key: parts_of(episode, one, signs.get(one.key, ())) for one in circumstances}
    prior = math.log1p(-none_of_them) - math.log(none_of_them) - math.log(max(len(parts), 1))
    odds = {key: prior + math.fsum(p.log_odds for p in own) for key, own in parts.items()}
    top = max([0.0, *odds.values()])  # none of them has log-odds 0
    weights = {key: math.exp(value - top) for key, value in odds.items()}
    total = math.fsum([math.exp(-top), *weights.values()])
    ranked = sorted(
        (Fit(one, weights[one.key] / total, parts[one.key]) for one in circumstances),
        key=lambda fit: (-fit.probability, fit.circumstance.key),
    )
    return Fits(tuple(ranked), math.exp(-top) / total)


def parts_of(episode: Episode, circumstance: Circumstance, seen: Sequence[SignSeen]) -> tuple[Part, ...]:
    """The four kinds of evidence on one circumstance."""
    scenario = scenario_of(circumstance.scenario)
    return (
        onset_part(episode, circumstance, slow=scenario.slow),
        place_part(episode, circumstance),
        duration_part(episode, circumstance, passes=scenario.passes),
        signs_part(episode, scenario, seen),
    )


def _refuse(circumstances: Sequence[Circumstance], none_of_them: float) -> None:
    keys = [one.key for one in circumstances]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise Refusal(
            f"Two circumstances have the key “{twice[:40]}”", where="Scenarios", expected="a key of its own for each",
            next_step="Name each circumstance once.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    if not 0 < none_of_them < 1:
        raise Refusal(
            f"The prior of none of them is {none_of_them}", where="Scenarios", expected="a share above 0 and below 1",
            next_step="Give the share of changes whose cause nobody filed.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
