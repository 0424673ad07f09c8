"""What goes wrong on purpose, and what each kind of incident does to a world."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from levelfield.words import Refusal, RefusalKind
from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.frame import Frame
from levelfield_worlds.plan import Estate, Incident

KINDS = {
    "forecast_miss": "Contacts lie `size` above the locked forecast, which nobody corrects.",
    "absence": "Unplanned absence rises by `size` (a share of scheduled time).",
    "new_hire_wave": "A share `size` of the positions is filled with new people on the first day.",
    "tool_outage": "Handling takes `size` longer, and half of `size` of the scheduled time is lost to systems.",
    "mix_shift": "A share `size` of contacts moves to the reason that takes longest; each reason stays as it was.",
    "site_quality": "The chance that an issue is solved falls by `size`.",
    "slow_decay": "The share of planned agents who are there shrinks, a little every day, to `size` below.",
    "one_bad_day": "Contacts rise by `size` and agents fall by half of it.",
    "definition_change": "Answered in time is counted at `size` seconds more, while the file still names the old threshold.",
    "plan_effect": "A plan works: handling takes `size` less and the chance of a solution rises by half of it.",
    "nothing": "An incident in name only; no number moves.",
}


@dataclass(frozen=True)
class Effects:
    """What all incidents together do, each array `(series, days)`; where nothing happens 1 for factors, 0 for shifts."""

    demand: Floats
    agents: Floats
    handle: Floats
    absence: Floats  # added to the usual share
    system: Floats  # share of scheduled time lost
    resolve: Floats  # added to the chance of a solution
    mix: Floats  # share of contacts moved to the longest reason
    threshold_s: Ints  # seconds the platform really counts at
    waves: tuple[tuple[Ints, int, float], ...]  # series, day, share of positions filled anew


def effects_of(frame: Frame, incidents: tuple[Incident, ...]) -> Effects:
    """Add up what the incidents do."""
    shape = frame.shape
    effects = Effects(
        demand=np.ones(shape),
        agents=np.ones(shape),
        handle=np.ones(shape),
        absence=np.zeros(shape),
        system=np.zeros(shape),
        resolve=np.zeros(shape),
        mix=np.zeros(shape),
        threshold_s=np.full(shape, frame.estate.threshold_s, dtype=np.int64),
        waves=tuple(
            (frame.series_of(i), frame.days_of(i).start, i.size) for i in incidents if i.kind == "new_hire_wave"
        ),
    )
    for incident in incidents:
        if incident.kind not in KINDS:
            raise Refusal(
                f"“{incident.kind}” is not a kind of incident",
                expected=", ".join(KINDS),
                kind=RefusalKind.DEFINITION,
            )
        _add(effects, incident, np.ix_(frame.series_of(incident), np.arange(shape[1])[frame.days_of(incident)]))
    return effects


def _add(effects: Effects, incident: Incident, at: tuple[Ints, ...]) -> None:
    size = incident.size
    match incident.kind:
        case "forecast_miss":
            effects.demand[at] *= 1 + size
        case "absence":
            effects.absence[at] += size
        case "tool_outage":
            effects.handle[at] *= 1 + size
            effects.system[at] += size / 2
        case "mix_shift":
            effects.mix[at] += size
        case "site_quality":
            effects.resolve[at] -= size
        case "slow_decay":
            effects.agents[at] *= 1 - size * np.linspace(0, 1, at[1].size)
        case "one_bad_day":
            effects.demand[at] *= 1 + size
            effects.agents[at] *= 1 - size / 2
        case "definition_change":
            effects.threshold_s[at] += round(size)
        case "plan_effect":
            effects.handle[at] *= 1 - size
            effects.resolve[at] += size / 2


def demo_incidents(estate: Estate) -> tuple[Incident, ...]:
    """One incident of each kind, spread over the demo's partners, half of them in the last ten weeks."""

    def plant(
        kind: str, where: tuple[str | None, str | None, str | None], when: tuple[int, int], size: float, owner: str
    ) -> Incident:
        """Begins so many days before the estate's end and lasts so many."""
        start = estate.end - dt.timedelta(days=when[0])
        return Incident(kind, *where, start, start + dt.timedelta(days=when[1]), size, owner)

    monday = 14 + (estate.end - dt.timedelta(days=14)).weekday()  # a busy day, two to three weeks ago
    return (
        plant("forecast_miss", (None, None, "Billing UK"), (49, 28), 0.3, "client"),
        plant("absence", ("south", "Cebu", None), (42, 21), 0.14, "partner"),
        plant("new_hire_wave", ("north", "Leeds", None), (63, 63), 0.45, "partner"),
        plant("tool_outage", ("east", None, None), (30, 3), 0.35, "client"),
        plant("mix_shift", (None, None, "Technical help Germany"), (70, 70), 0.2, "client"),
        plant("site_quality", ("harbour", "Porto", None), (56, 56), 0.12, "partner"),
        plant("slow_decay", ("west", "Cork", None), (182, 182), 0.2, "partner"),
        plant("one_bad_day", ("north", "Sunderland", None), (monday, 1), 0.6, "outside"),
        plant("definition_change", ("south", "Manila", None), (120, 120), 40, "partner"),
        plant("plan_effect", ("west", "Belfast", None), (240, 240), 0.08, "partner"),
        plant("nothing", ("harbour", "Lisbon", None), (35, 14), 0.0, "outside"),
    )
