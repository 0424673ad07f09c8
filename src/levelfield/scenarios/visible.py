"""Are the expected signs there? Either a circumstance shows in the figures, and then most signs move, or it does not show."""

from __future__ import annotations

import math
from collections.abc import Sequence

from levelfield.measures.catalogue import MEASURES
from levelfield.scenarios.episode import Episode
from levelfield.scenarios.looking import CLEARLY, SignSeen
from levelfield.scenarios.part import Part, counted, part
from levelfield.scenarios.scenario import Scenario, Sign

# Fitted on worlds (bench/scenarios.py).
SHOWS = 0.7  # how often what moves a result shows in its signs at all
SHOWS_BESIDE = (
    0.25  # how often what is filed for these weeks shows although it did not move the result: it happened too
)
# How often a sign does each of the four: of a circumstance that shows, and of one that does not.
OUTCOMES = {"clearly": (0.37, 0.03), "moves": (0.24, 0.07), "stays": (0.36, 0.84), "other way": (0.03, 0.06)}


def signs_part(episode: Episode, scenario: Scenario, seen: Sequence[SignSeen]) -> Part:
    """How much likelier what the signs did is if this circumstance caused the change. What is not delivered says nothing."""
    by_measure = {one.measure: one for one in seen}
    told: dict[str, list[str]] = {name: [] for name in OUTCOMES}
    ratio = 1.0
    for sign in scenario.signs:
        own = by_measure.get(sign.measure)
        if own is None or sign.measure == episode.measure:
            continue
        name = outcome(sign, own)
        shown, by_chance = OUTCOMES[name]
        ratio *= shown / by_chance
        told[name].append(MEASURES[sign.measure].label)
    if not any(told.values()):
        return Part("signs", 0.0, _nothing(scenario))
    caused = SHOWS * ratio + 1 - SHOWS
    unrelated = SHOWS_BESIDE * ratio + 1 - SHOWS_BESIDE
    return part("signs", caused / unrelated, _sentence(told))


def outcome(sign: Sign, seen: SignSeen) -> str:
    """Which of the four a sign did.

    >>> outcome(Sign("aht", True, ""), SignSeen("aht", True, True, 5.2)), outcome(Sign("aht", True, ""), SignSeen("aht", None, False))
    ('clearly', 'stays')
    """
    if not seen.moved or seen.rose is None:
        return "stays"
    if seen.rose is not sign.rises:
        return "other way"
    clear = seen.z is not None and math.isfinite(seen.z) and abs(seen.z) >= CLEARLY
    return "clearly" if clear else "moves"


def _nothing(scenario: Scenario) -> str:
    if not scenario.signs:
        return "No sign of it is known beforehand."
    return "None of its signs is delivered beside the change."


def _sentence(told: dict[str, list[str]]) -> str:
    """How many of the delivered signs move as expected, and which do what."""
    moving, total = told["clearly"] + told["moves"], sum(len(names) for names in told.values())
    pieces = [
        f"{len(moving) or 'None'} of {counted(total, 'delivered sign')} {'move' if len(moving) > 1 else 'moves'} as expected"
    ]
    pieces[0] += f": {'; '.join(moving)}." if moving else "."
    pieces += [
        f"{words}: {'; '.join(told[name])}."
        for name, words in (("stays", "As before"), ("other way", "The other way"))
        if told[name]
    ]
    return " ".join(pieces)
