"""Circumstances of a partner, how they fit an open signal, and how they were handled. Others appear only as a group."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.db.models import QuerySet

from levelfield.drill_down.explanation import Explanation, Owner
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Direction
from levelfield.scenarios import (
    SCENARIOS,
    Circumstance,
    Comparison,
    Episode,
    Fits,
    Handling,
    SignSeen,
    compared,
    fits,
    handling,
    scenario_of_event,
    sign_seen,
)
from levelfield.signals.chart import Chart
from levelfield.signals.of_values import series_of
from levelfield.signals.watch import Watch
from levelfield.words import Grain, Refusal
from levelfield_io.house_at_hand import events_of
from levelfield_io.store import Store
from levelfield_web.drill_down import queries as drill_down
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.measures.queries import only_of
from levelfield_web.own_house.queries import name_of, visible
from levelfield_web.same_data.queries import current
from levelfield_web.same_data.warehouse import store
from levelfield_web.scenarios.models import FiledCircumstance
from levelfield_web.signals import queries as signals
from levelfield_web.signals.models import Signal
from levelfield_web.signals.series import Watched, first_day, watched_of

__all__ = ["name_of", "visible"]

SLACK = dt.timedelta(weeks=10)  # circumstances so long before an onset are still looked at
SHORTEST_PAST = 6  # weeks of usual level a handling needs


def filed(*, viewer: Viewer, partner: str) -> QuerySet[FiledCircumstance]:
    """What both sides filed in the work with a partner the viewer may see."""
    found = FiledCircumstance.objects.filter(partner=partner)
    return found if viewer.sees(partner) else found.none()


def filed_one(*, viewer: Viewer, partner: str, circumstance_id: str) -> FiledCircumstance | None:
    """One of them; None for nobody's and for somebody else's alike."""
    return filed(viewer=viewer, partner=partner).filter(public_id=circumstance_id).first()


def open_signals(*, viewer: Viewer, partner: str) -> list[Signal]:
    """The partner's open signals, those of the whole first."""
    return sorted(
        signals.visible(viewer=viewer).filter(partner=partner, state="open"),
        key=lambda s: ("line=" in s.scope, s.label),
    )


def places_of(*, viewer: Viewer, partner: str) -> tuple[list[str], list[str]]:
    """Sites and lines with contacts."""
    sites, lines = (sorted(_offered(viewer, partner, dimension)) for dimension in ("site", "line"))
    return sites, lines


def _offered(viewer: Viewer, partner: str, dimension: str) -> dict[str, float]:
    """Contacts by the labels of one dimension; empty where the viewer sees no publication."""
    mine = current(viewer=viewer)
    if partner not in mine:
        return {}
    asked = Asked(((MEASURES["offered"], Definition()),), by=(dimension,), grain=Grain.ALL)
    values = FIGURES.values({partner: mine[partner]}, asked)
    return {str(v.of(dimension)): float(v.numerator or 0) for v in values if v.of(dimension)}


@dataclass(frozen=True)
class Known:
    """A circumstance with who told it."""

    own: Circumstance
    filed: FiledCircumstance | None  # None: from the delivered events
    title: str  # of its scenario
    ask: str


def circumstances(*, viewer: Viewer, partner: str) -> list[Known]:
    """What was filed and not withdrawn, and what the delivered events tell, newest first."""
    mine = current(viewer=viewer)
    found = [
        Known(
            Circumstance(f.public_id, f.scenario, f.title, f.starts_on, f.ends_on, f.site or None, f.line or None, f.owner, f.side), f, SCENARIOS[f.scenario].title,
            SCENARIOS[f.scenario].ask,
        )
        for f in filed(viewer=viewer, partner=partner).filter(withdrawn_at=None)
        if f.scenario in SCENARIOS
    ]  # fmt: skip
    if partner in mine:
        for event in _events(str(store().home), partner, mine[partner]):
            scenario = SCENARIOS[event.scenario]
            found.append(Known(event, None, scenario.title, scenario.ask))
    return sorted(found, key=lambda k: (k.own.starts_on, k.own.key), reverse=True)


@lru_cache(maxsize=64)
def _events(home: str, partner: str, publication: str) -> tuple[Circumstance, ...]:
    """Delivered events as circumstances; holidays are the calendar's and not told here."""
    found = []
    for event in events_of(Store(Path(home)), partner, publication):
        if event.what == "holiday":
            continue
        last = max(event.ends_at.date(), event.on) if event.ends_at is not None else event.on
        owner = event.owner if event.owner in ("client", "partner", "outside", "shared") else "outside"
        found.append(
            Circumstance(
                event.id,
                scenario_of_event(event.what, owner),
                event.title,
                event.on,
                last + dt.timedelta(days=1),
                event.site,
                event.line,
                owner,
                "data",
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Fitted:
    """How circumstances fit a signal, and how the one that fits best was handled."""

    signal: Signal
    fits: Fits
    handling: Handling | None
    comparison: Comparison | None
    looked_from: dt.date


def fitted(*, viewer: Viewer, partner: str, signal: Signal, known: Sequence[Circumstance]) -> Fitted | None:
    """The fit of known circumstances around the onset of a signal; None where its series is no longer watched."""
    found = watched_of(partner) if viewer.sees(partner) else None
    match = (
        next(((w, v) for w, v in found.series if w.key == signal.series), None)
        if found is not None and found.weeks
        else None
    )
    if found is None or match is None:
        return None
    watch, values = match
    chart = found.chart(watch, values, found.weeks[-1])
    days = [first_day(d.label) for d in chart.dots]
    explained = _explained(viewer, partner, signal)
    places = _by_label(explained)
    sizes = _sizes(viewer, partner) if places else {}
    try:
        episode = Episode.of(
            chart.reading,
            days,
            measure=signal.measure,
            places={p: s for p, s in places.items() if p in sizes},
            sizes=sizes,
        )
    except Refusal:
        return None
    near = [own for own in known if _near(own, episode)]
    seen = {own.key: _signs(found, own, episode) for own in near}
    result = fits(episode, near, seen)
    best = result.best.circumstance if result.best is not None else None
    held = _handled(chart, days, best, explained, watch) if best is not None else None
    past = _past(chart, days, known, best, watch) if best is not None else []
    comparison = compared(held, past, []) if held is not None else None
    return Fitted(signal, result, held, comparison, days[0])


def _by_label(explained: Explanation | None) -> dict[tuple[str, str], float]:
    """The share of the change at each site and line, over all places that hold it."""
    found: dict[tuple[str, str], float] = {}
    for place, share in explained.places if explained is not None else ():
        for dimension, label in place:
            if dimension in ("site", "line"):
                found[dimension, label] = found.get((dimension, label), 0.0) + share
    return found


def _near(own: Circumstance, episode: Episode) -> bool:
    """Is it around the onset, or going on since before?"""
    return own.starts_on <= episode.onset_last + SLACK and (
        own.ends_on is None or own.ends_on >= episode.onset_first - SLACK
    )


def _explained(viewer: Viewer, partner: str, signal: Signal) -> Explanation | None:
    only = only_of(signal.scope)
    try:
        found = drill_down.explained(
            viewer=viewer, partner=partner, measure=MEASURES[signal.measure], only=only, scope=signal.scope
        )
    except Refusal:
        return None
    return found.found if found is not None else None


def _sizes(viewer: Viewer, partner: str) -> dict[tuple[str, str], float]:
    """The share of contacts at each site and line."""
    found: dict[tuple[str, str], float] = {}
    for dimension in ("site", "line"):
        counts = _offered(viewer, partner, dimension)
        whole = sum(counts.values())
        found |= {(dimension, label): count / whole for label, count in counts.items() if whole}
    return found


def _signs(found: Watched, own: Circumstance, episode: Episode) -> list[SignSeen]:
    """The signs of a scenario, looked at where the measure is delivered week by week."""
    seen = []
    weeks = list(found.weeks[-53:])
    recent = set(weeks)
    onset = next((i for i, w in enumerate(weeks) if first_day(w) >= episode.onset), None)
    if onset is None:
        return []
    for sign in SCENARIOS[own.scenario].signs:
        if sign.measure == episode.measure or sign.measure not in MEASURES:
            continue
        measure = MEASURES[sign.measure]
        asked = Asked(((measure, Definition()),), by=(), grain=Grain.WEEK)
        values = [v for v in FIGURES.values({found.partner: found.publication}, asked) if v.period in recent]
        if sum(v.value is not None for v in values) < SHORTEST_PAST:
            continue
        looked = sign_seen(sign.measure, series_of(measure, values, weeks, Grain.WEEK), onset)
        if looked is not None:
            seen.append(looked)
    return seen


def _handled(
    chart: Chart, days: Sequence[dt.date], own: Circumstance, explained: Explanation | None, watch: Watch
) -> Handling | None:
    """How the measure went while a circumstance lasted, beside what the load alone let expect."""
    if watch.direction is Direction.NONE:
        return None
    observed = np.array([math.nan if d.value is None else float(d.value) for d in chart.dots])
    start = next((i for i, day in enumerate(days) if day + dt.timedelta(days=7) > own.starts_on), None)
    if start is None or start < SHORTEST_PAST:
        return None
    end = next((i for i, day in enumerate(days) if own.ends_on is not None and day >= own.ends_on), None)
    before = observed[max(0, start - 26) : start]
    before = before[np.isfinite(before)]
    if len(before) < SHORTEST_PAST or float(before.std()) <= 0 or (end is not None and end <= start):
        return None
    usual, spread = float(np.median(before)), float(before.std(ddof=1))
    expected = None
    if explained is not None and explained.method == "queueing":
        load = sum(c.amount for c in explained.contributions if c.owner in (Owner.CLIENT, Owner.OUTSIDE))
        expected = np.full(len(observed), usual + load * watch.measure.times)
    try:
        return handling(observed, usual, spread, start, end, str(watch.direction), expected)
    except Refusal:
        return None


def _past(
    chart: Chart, days: Sequence[dt.date], known: Sequence[Circumstance], best: Circumstance, watch: Watch
) -> list[Handling]:
    """How the partner came through earlier circumstances of the same kind."""
    earlier = [own for own in known if own.scenario == best.scenario and own.starts_on < best.starts_on]
    held = [_handled(chart, days, own, None, watch) for own in earlier]
    return [one for one in held if one is not None]
