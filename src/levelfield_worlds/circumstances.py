"""Changes with a known cause among filed circumstances, or with none, as verdict, drill-down and signs would show them.

A weekly series is judged as any other, so that onset, range and end are as uncertain as they are in earnest; the signs
are series of their own. Lags, lengths and places are drawn from other shapes than the ones a fit is made with.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from levelfield.scenarios.catalogue import OWN, SCENARIOS
from levelfield.scenarios.circumstance import Circumstance
from levelfield.scenarios.episode import Episode, Place
from levelfield.scenarios.looking import SignSeen, sign_seen
from levelfield.scenarios.scenario import Scenario
from levelfield.signals.verdict import Kind, Reading, judge
from levelfield.words import Grain, Series
from levelfield_worlds.arrays import Floats
from levelfield_worlds.series import wandering

WEEKS = 53
START = dt.date(2025, 3, 3)
DAYS = tuple(START + dt.timedelta(weeks=i) for i in range(WEEKS))
DIMENSIONS = {"site": ("Leeds", "Cebu", "Porto"), "line": ("Billing", "Orders", "Help")}
EARLIEST, LATEST = 20, 49  # weeks between which an effect begins


@dataclass(frozen=True)
class World:
    """How often things are as they are. The second world below is another one than constants were fitted on."""

    filed: float = 0.5  # the cause of a change is among the filed circumstances
    decoys: float = 4.0  # other circumstances in the year, on average
    crowded: float = 0.2  # of these, filed near the onset: people look there
    placed: float = 0.5  # circumstances of one site or line
    quick_days: float = 4.0  # median lag of effects that show within days
    slow_days: float = 16.0
    shows: float = 0.75  # causes that show in their signs at all
    decoy_shows: float = 0.35  # the others: what moves no result is mostly too weak to move much else
    delivered: float = 0.7  # signs that are delivered
    alike: float = 0.10  # signs of anything that happen to move with the change
    localised: float = 0.7  # changes of which a drill-down was made


USUAL_WORLD = World()
OTHER_WORLD = World(
    filed=0.35, decoys=6.0, crowded=0.4, placed=0.4, quick_days=7.0, slow_days=25.0, shows=0.6, decoy_shows=0.4,
    delivered=0.5, alike=0.15, localised=0.5,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A change, the circumstances filed, what their signs did, and the key of the one that caused it (None: none did)."""

    episode: Episode
    circumstances: tuple[Circumstance, ...]
    signs: Mapping[str, tuple[SignSeen, ...]]
    cause: str | None


@dataclass(frozen=True)
class Effect:
    """The days on which a change truly begins and ends (None: it lasts), and where it lies (None: everywhere)."""

    begins: dt.date
    ends: dt.date | None
    place: Place | None
    builds_up: int = 0  # days until it is there in full


def case(rng: np.random.Generator, world: World = USUAL_WORLD) -> Case:
    """One change that was found, with everything filed around it. Changes that no verdict finds are drawn again."""
    while True:
        begins = START + dt.timedelta(days=int(rng.integers(7 * EARLIEST, 7 * LATEST)))
        cause, effect = _cause(rng, begins, world) if rng.random() < world.filed else (None, _unfiled(rng, begins))
        reading = judge(Series.plain(_moving(rng, effect, float(rng.uniform(2, 5))), period=Grain.WEEK, start=START))
        if reading.kind in {Kind.SUSTAINED, Kind.ONE_OFF, Kind.DRIFT}:
            break
    decoys = [_decoy(rng, f"d{i}", begins, world) for i in range(int(rng.poisson(world.decoys)))]
    filed = [*([] if cause is None else [cause]), *decoys]
    order = rng.permutation(len(filed))
    told = tuple(filed[i] for i in order)
    signs = {one.key: _signs_of(rng, one, one is cause, effect, reading, world) for one in told}
    return Case(_episode(rng, reading, effect, world), told, signs, None if cause is None else cause.key)


def cases(many: int, rng: np.random.Generator, world: World = USUAL_WORLD) -> list[Case]:
    """So many changes, each in a world of its own."""
    return [case(rng, world) for _ in range(many)]


def _cause(rng: np.random.Generator, begins: dt.date, world: World) -> tuple[Circumstance, Effect]:
    """A circumstance whose effect begins on a day, and the effect."""
    scenario = _scenario(rng)
    lag = _lag(rng, scenario, world)
    own = _filed(rng, "cause", scenario, begins - dt.timedelta(days=lag), world)
    passes = scenario.passes if scenario.passes is not None else bool(rng.random() < 0.5)
    ends: dt.date | None = None
    if passes and own.ends_on is not None and rng.random() < 0.85:
        ends = max(own.ends_on + dt.timedelta(days=int(rng.integers(0, 8))), begins + dt.timedelta(days=7))
    elif rng.random() < 0.2:
        ends = begins + dt.timedelta(days=int(rng.integers(14, 120)))
    where = own.places[0] if own.places and rng.random() < 0.9 else None
    if not own.places and rng.random() < 0.2:
        where = _place(rng)
    builds_up = int(rng.integers(7, 71)) if scenario.slow and rng.random() < 0.5 else 0
    return own, Effect(begins, ends, where, builds_up)


def _unfiled(rng: np.random.Generator, begins: dt.date) -> Effect:
    """A change whose cause nobody filed."""
    ends = begins + dt.timedelta(days=int(rng.integers(7, 120))) if rng.random() < 0.4 else None
    builds_up = int(rng.integers(7, 71)) if rng.random() < 0.2 else 0
    return Effect(begins, ends, _place(rng) if rng.random() < 0.5 else None, builds_up)


def _decoy(rng: np.random.Generator, key: str, begins: dt.date, world: World) -> Circumstance:
    """A circumstance that has nothing to do with the change."""
    if rng.random() < world.crowded:
        day = begins + dt.timedelta(days=round(float(rng.normal(0, 21))))
    else:
        day = START + dt.timedelta(days=int(rng.integers(0, 7 * WEEKS)))
    return _filed(rng, key, _scenario(rng), day, world)


def _filed(rng: np.random.Generator, key: str, scenario: Scenario, day: dt.date, world: World) -> Circumstance:
    """A circumstance from a day on; many lasting ones are filed as a single day, some have no end."""
    dated = rng.random()
    ends: dt.date | None = day + dt.timedelta(days=1)
    if scenario.passes is not False:
        ends = day + dt.timedelta(days=int(rng.integers(1, 70)))
    elif dated < 0.4:
        ends = None
    where = _place(rng) if rng.random() < world.placed else (None, None)
    return Circumstance(
        key, scenario.key, f"{scenario.title} ({key})", day, ends, where[1] if where[0] == "site" else None,
        where[1] if where[0] == "line" else None, scenario.owner, "partner" if rng.random() < 0.5 else "client",
    )  # fmt: skip


def _scenario(rng: np.random.Generator) -> Scenario:
    return list(SCENARIOS.values())[int(rng.integers(len(SCENARIOS)))] if rng.random() < 0.9 else SCENARIOS[OWN]


def _place(rng: np.random.Generator) -> Place:
    dimension = list(DIMENSIONS)[int(rng.integers(len(DIMENSIONS)))]
    return dimension, DIMENSIONS[dimension][int(rng.integers(len(DIMENSIONS[dimension])))]


def _lag(rng: np.random.Generator, scenario: Scenario, world: World) -> int:
    """Days from a circumstance to its effect, log-normal: most are near the median, a few take a quarter."""
    median = world.slow_days if scenario.slow else world.quick_days
    return min(int(rng.lognormal(np.log(median), 0.8)), 120)


def _moving(rng: np.random.Generator, effect: Effect, size: float) -> Floats:
    """A weekly series whose weeks move by as much of them as is affected."""
    values = wandering(rng, 1, WEEKS, float(rng.choice((0.0, 0.2, 0.4))))[0]
    shape = _affected(effect.begins, effect.ends)
    if effect.builds_up:
        since = (7 * np.arange(WEEKS) + 3.5 - (effect.begins - START).days) / effect.builds_up
        shape = shape * np.clip(since, 0.1, 1)
    return np.asarray(100 + 10 * (values + float(rng.choice((-1, 1))) * size * shape))


def _affected(begins: dt.date, ends: dt.date | None) -> Floats:
    """The share of each week that lies in a span of days."""
    first = (begins - START).days
    last = 7 * WEEKS if ends is None else (ends - START).days
    weeks = 7.0 * np.arange(WEEKS)
    return np.asarray(np.clip(np.minimum(weeks + 7, last) - np.maximum(weeks, first), 0, 7) / 7)


def _episode(rng: np.random.Generator, reading: Reading, effect: Effect, world: World) -> Episode:
    sizes, places = _located(rng, effect) if rng.random() < world.localised else ({}, {})
    return Episode.of(reading, DAYS, places=places, sizes=sizes)


def _located(rng: np.random.Generator, effect: Effect) -> tuple[dict[Place, float], dict[Place, float]]:
    """The shares of contacts and of the change by place, as a drill-down finds them: nearly right."""
    sizes: dict[Place, float] = {}
    places: dict[Place, float] = {}
    for dimension, labels in DIMENSIONS.items():
        share = rng.dirichlet(np.full(len(labels), 4.0))
        carried = share.copy()
        if effect.place is not None and effect.place[0] == dimension:
            held = float(rng.uniform(0.75, 1.0))
            carried *= 1 - held
            carried[labels.index(effect.place[1])] += held
        carried = carried + rng.normal(0, 0.12, len(labels))
        carried /= max(carried.sum(), 0.5)
        for label, size, part in zip(labels, share, carried, strict=True):
            sizes[dimension, label], places[dimension, label] = float(size), float(part)
    return sizes, places


def _signs_of(
    rng: np.random.Generator, own: Circumstance, is_cause: bool, effect: Effect, reading: Reading, world: World
) -> tuple[SignSeen, ...]:
    """What the delivered signs of a circumstance did at the onset of the change: whatever was filed happened and may show."""
    shows = rng.random() < (world.shows if is_cause else world.decoy_shows)
    found = []
    for sign in SCENARIOS[own.scenario].signs:
        if rng.random() > world.delivered:
            continue
        level = np.zeros(WEEKS)
        way = 1.0 if sign.rises else -1.0
        if shows and rng.random() < 0.75:
            shift = dt.timedelta(days=int(rng.integers(0, 10)))
            begins = effect.begins - shift if is_cause else own.starts_on + shift
            ends = effect.ends if is_cause else own.ends_on if SCENARIOS[own.scenario].passes else None
            if ends is None or ends > begins:
                level += way * float(rng.uniform(1.2, 4)) * _affected(begins, ends)
        if rng.random() < world.alike:
            level += float(rng.choice((-1, 1)) * rng.uniform(1, 3)) * _affected(effect.begins, effect.ends)
        values = 100 + 10 * (wandering(rng, 1, WEEKS, float(rng.choice((0.0, 0.2, 0.4))))[0] + level)
        seen = sign_seen(sign.measure, Series.plain(values, period=Grain.WEEK), reading.onset or 0, end=reading.end)
        if seen is not None:
            found.append(seen)
    return tuple(found)


def without(case: Case, *, place: bool = False, signs: bool = False) -> Case:
    """The same case with less delivered: without a drill-down, or without signs."""
    episode = dataclasses.replace(case.episode, places={}, sizes={}) if place else case.episode
    return dataclasses.replace(case, episode=episode, signs={} if signs else case.signs)
