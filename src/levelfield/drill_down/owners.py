"""Whose a part of a change is, by what it is: one table, read by pages, command line and tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from levelfield.drill_down.explanation import Owner


@dataclass(frozen=True)
class DriverWords:
    """A driver of a queue: how a sentence names it, whose it is, and what it asks of each side."""

    words: str
    owner: Owner
    ask_client: str = ""
    ask_partner: str = ""


# Who could have done otherwise. A client forecasts and changes its products; a partner plans people and keeps them.
DRIVERS: Mapping[str, DriverWords] = {
    "forecast_miss": DriverWords(
        "volume beyond the locked forecast", Owner.CLIENT, "What brought more contacts than were forecast, and was it known before?",
        "When was the higher volume seen, and what was done on the day?",
    ),
    "plan_volume": DriverWords(
        "volume that was forecast", Owner.CLIENT, "Was the change of volume agreed with the people it needs?", "Were schedules made for the volume that was forecast?"
    ),
    "volume": DriverWords("volume", Owner.CLIENT, "What brought the change of volume? No locked forecast was delivered to compare with.", ""),
    "shape": DriverWords(
        "the shape of the day", Owner.OUTSIDE, "Did a mailing, an opening hour or an outage move contacts within the day?", "Do schedules follow the hours in which contacts come?"
    ),
    "handle": DriverWords(
        "handling time", Owner.SHARED, "Did a tool, a policy or a product make contacts longer?", "Which contacts take longer, and since when: new people, a new reason, a new step?"
    ),
    "planned_staff": DriverWords(
        "planned staff", Owner.PARTNER, "Was the staff of these hours agreed?", "Why were people planned otherwise for these hours than before?"
    ),
    "staff": DriverWords("staff on the queue", Owner.PARTNER, "", "Why were people on the queue otherwise than before? No schedules were delivered to tell planning from absence."),
    "absence": DriverWords("absence", Owner.PARTNER, "", "What is behind the absence, and how long will it last?"),
    "adherence": DriverWords("time away from the schedule", Owner.PARTNER, "", "What were people doing when they were scheduled and not on the queue?"),
    "systems": DriverWords("time lost to systems", Owner.CLIENT, "Which system failed, and what prevents it from happening again?", "When was it reported?"),
    "patience": DriverWords("customers' patience", Owner.OUTSIDE, "Did an announcement or a message on hold change how long customers wait?", ""),
    "mix": DriverWords("contacts that moved between queues", Owner.CLIENT, "Was work moved between lines or sites, and who decided it?", ""),
}  # fmt: skip

# Of a mix: who decides how much of each label comes.
MIX_OWNERS: Mapping[str, Owner] = {
    "partner": Owner.CLIENT, "program": Owner.CLIENT, "line": Owner.CLIENT, "channel": Owner.CLIENT, "language": Owner.CLIENT, "reason": Owner.CLIENT,
    "site": Owner.PARTNER, "queue": Owner.PARTNER, "tenure_band": Owner.PARTNER,
}  # fmt: skip
MIX_WORDS: Mapping[str, str] = {
    "partner": "contacts that moved between partners", "line": "other lines of business", "channel": "other channels", "language": "other languages",
    "reason": "other contact reasons", "site": "contacts that moved between sites", "queue": "contacts that moved between queues",
    "tenure_band": "other tenure of the people who answered", "program": "other programs",
}  # fmt: skip
OWN_PLACES = (
    "site",
    "tenure_band",
    "queue",
    "partner",
)  # a change within one of these is the partner's; else it is asked of both


def mix_owner(dimension: str) -> Owner:
    """Who decides the mix of a dimension; of an own dimension nobody knows, so it is shared."""
    return MIX_OWNERS.get(dimension, Owner.SHARED)


def mix_words(dimension: str) -> str:
    """A mix as a sentence names it."""
    return MIX_WORDS.get(dimension, f"another mix of {dimension}")


def rate_owner(dimensions: tuple[str, ...]) -> Owner:
    """Whose a change within a place is."""
    return Owner.PARTNER if any(d in OWN_PLACES for d in dimensions) else Owner.SHARED
