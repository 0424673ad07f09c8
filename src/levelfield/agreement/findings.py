"""What the paragraphs of an agreement say against each other. Every finding names its place and what is expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from levelfield.agreement.calendar import known_calendars
from levelfield.agreement.terms import (
    Agreement,
    Allocation,
    AverageTrigger,
    Better,
    CapTrigger,
    CountTrigger,
    CreditShareTrigger,
    Ladder,
    SeverityPoints,
    Target,
)
from levelfield.words import nearest

Place = tuple[Any, ...]
Found = tuple[Place, str]


def findings(
    a: Agreement, measures: Mapping[str, int], targets: set[str], pools: set[str], partial: bool = False
) -> Iterator[Found]:
    """All findings, in the order of the file. `targets` and `pools` are all keys the file names, broken ones included."""
    try:
        ZoneInfo(a.zone)
    except (KeyError, ValueError, OSError):
        yield ("zone",), f"“{a.zone}” is not a time zone such as Europe/London"
    for name, keys in (
        ("target", [t.key for t in a.targets]), ("pool", [p.key for p in a.pool]), ("service", [s.key for s in a.service]),
        ("trigger", [t.key for t in a.trigger]), ("resource", [r.key for r in a.resource]),
    ):  # fmt: skip
        for key, times in Counter(keys).items():
            if times > 1:
                yield (name, keys.index(key)), f"{times} of them have the key “{key}”"
    yield from _targets(a, measures)
    yield from _credits(a, measures, targets, pools, partial)
    yield from _triggers(a, measures, targets)
    yield from _forecast_and_more(a, measures, targets)
    yield from _clocks(a)


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    near = nearest(name, known)
    if near:
        return f"“{name}” is no {what}; did you mean “{near[0]}”?"
    return (
        f"“{name}” is no {what}; expected one of {', '.join(known)}"
        if known
        else f"“{name}” is no {what}; there is none"
    )


def _targets(a: Agreement, measures: Mapping[str, int]) -> Iterator[Found]:
    services = {s.key for s in a.service}
    if not a.targets:
        yield ("target",), "nothing is agreed; expected at least one target"
    for i, t in enumerate(a.targets):
        if t.measure not in measures:
            yield ("target", i, "measure"), _unknown("measure", t.measure, measures)
        elif measures[t.measure] == 100 and not all(0 <= x <= 1 for x in (t.level, t.least) if x is not None):
            yield ("target", i), f"{t.measure} is a share; expected levels from 0 to 1, such as 0.8 for 80 %"
        if t.service and t.service not in services:
            yield ("target", i, "service"), _unknown("service", t.service, services)
        if t.service and (t.lines or t.channels):
            yield ("target", i, "service"), "a target names a service, or lines and channels, not both"
        if t.average_with_previous and t.window != "month":
            yield ("target", i, "average_with_previous"), "only monthly values are averaged with the month before"
        if t.when_missing == "missed_minimum" and t.delivered_by == "client":
            yield (
                ("target", i, "when_missing"),
                "the client delivers the data; what is missing cannot count against the partner",
            )


def _credits(
    a: Agreement, measures: Mapping[str, int], targets: set[str], pools: set[str], partial: bool
) -> Iterator[Found]:
    by_pool: dict[str, Decimal] = {}
    for i, c in enumerate(a.credit):
        target = a.target(c.target)
        if c.target not in targets:
            yield ("credit", i, "target"), _unknown("target of this agreement", c.target, targets)
        elif target is not None and not target.critical:
            yield ("credit", i, "target"), f"{c.target} is a key measurement (critical = false) and carries no credit"
        if isinstance(c, Allocation):
            by_pool[c.pool] = by_pool.get(c.pool, Decimal(0)) + c.share
            if c.pool not in pools:
                yield ("credit", i, "pool"), _unknown("pool", c.pool, pools)
        if (
            not isinstance(c, Ladder | SeverityPoints)
            and c.on == "minimum"
            and target is not None
            and target.least is None
        ):
            yield (
                ("credit", i, "target"),
                f"{c.target} has no minimum level to miss; expected on = “expected” or a minimum",
            )
        if isinstance(c, Ladder):
            yield from _ladder(i, c, target, measures)
    if not partial:
        for j, pool in enumerate(a.pool):
            total = by_pool.get(pool.key, Decimal(0))
            if total != 1:
                yield ("pool", j), f"the allocations of “{pool.key}” add up to {total * 100:.4g} %; expected 100 %"
        if by_pool and a.at_risk is None:
            yield ("credit",), "allocations are shares of an amount at risk; expected a paragraph [at_risk]"
    points = [i for i, c in enumerate(a.credit) if isinstance(c, SeverityPoints)]
    if points and a.points is None and not partial:
        yield ("credit", points[0]), "points cost nothing without a table; expected a paragraph [points]"
    if a.points is not None:
        if not points and not partial:
            yield ("points",), "no credit gives points; expected a credit of kind “points”"
        for low, high in pairwise(a.points.step):
            if high.points <= low.points or high.share <= low.share:
                yield (
                    ("points",),
                    f"the bands from {low.points} and from {high.points} points overlap or fall; expected rising points and shares",
                )
        if not a.points.step:
            yield ("points",), "the table is empty"
    if a.earn_back is not None and not a.credit and not partial:
        yield ("earn_back",), "there is no credit to earn back"
    for i, b in enumerate(a.bonus):
        target = a.target(b.target)
        if b.target not in targets:
            yield ("bonus", i, "target"), _unknown("target of this agreement", b.target, targets)
        elif target is not None and not (target.reaches(b.reaches, target.level)):
            yield (
                ("bonus", i, "reaches"),
                f"{b.reaches} does not reach the expected level {target.level}; a bonus is for more",
            )
    if (
        a.persistent is not None
        and a.persistent.level == "minimum"
        and all(t.least is None for t in a.targets)
        and a.targets
    ):
        yield ("persistent",), "no target has a minimum level to miss, so it can never apply"


def _ladder(i: int, c: Ladder, target: Target | None, measures: Mapping[str, int]) -> Iterator[Found]:
    if not c.step:
        yield ("credit", i), "the ladder has no step"
        return
    rising = target is None or target.better is Better.AT_MOST
    for low, high in pairwise(c.step):
        if (high.at <= low.at if rising else high.at >= low.at) or high.share <= low.share:
            yield (
                ("credit", i, "step"),
                (
                    f"the steps at {low.at} and at {high.at} overlap or fall; expected values that get worse and shares that rise"
                ),
            )
    if target is not None and target.reaches(c.step[0].at / measures.get(target.measure, 1), target.level):
        yield (
            ("credit", i, "step"),
            f"the first step at {c.step[0].at} lies within the expected level; a level that is met costs nothing",
        )


def _triggers(a: Agreement, measures: Mapping[str, int], targets: set[str]) -> Iterator[Found]:
    for i, t in enumerate(a.trigger):
        never = "so it can never fire"
        k, of = getattr(t, "k", None), getattr(t, "of", None)
        if k is not None and of is not None and k > of:
            yield ("trigger", i, "k"), f"{k} of the last {of} months is more than there are, {never}"
        if isinstance(t, AverageTrigger):
            target = a.target(t.target)
            if t.target not in targets:
                yield ("trigger", i, "target"), _unknown("target of this agreement", t.target, targets)
            elif target is not None and target.measure in measures:
                share = measures[target.measure] == 100
                if (share and not 0 < t.floor < 1) or (not share and t.floor <= 0):
                    yield ("trigger", i, "floor"), f"no average lies beyond {t.floor}, {never}"
                elif (target.better is Better.AT_LEAST and t.floor > target.level) or (
                    target.better is Better.AT_MOST and t.floor < target.level
                ):
                    yield (
                        ("trigger", i, "floor"),
                        f"the floor {t.floor} is stricter than the expected level {target.level}",
                    )
        elif isinstance(t, CreditShareTrigger):
            cap = a.cap.share if a.cap is not None else a.at_risk.share if a.at_risk is not None else None
            if not a.credit:
                yield ("trigger", i), f"there is no credit, {never}"
            elif cap is not None and t.share > cap:
                yield ("trigger", i, "share"), f"credits end at {cap * 100:.4g} % of fees, {never}"
        elif isinstance(t, CapTrigger):
            if not a.credit or (a.cap is None and a.at_risk is None):
                yield ("trigger", i), f"there is no cap on credits, {never}"
        else:
            for name in t.targets:
                if name not in targets:
                    yield ("trigger", i, "targets"), _unknown("target of this agreement", name, targets)
            own = [x for x in a.targets if not t.targets or x.key in t.targets]
            if t.level == "minimum" and own and all(x.least is None for x in own):
                yield ("trigger", i, "level"), f"none of its targets has a minimum level, {never}"
            if (
                isinstance(t, CountTrigger)
                and t.same_target
                and own
                and all(x.window == "quarter" for x in own)
                and t.k > -(-t.of // 3)
            ):
                yield (
                    ("trigger", i, "k"),
                    f"a quarter is judged once in three months; {t.k} of {t.of} months cannot be missed, {never}",
                )


def _forecast_and_more(a: Agreement, measures: Mapping[str, int], targets: set[str]) -> Iterator[Found]:
    named = (
        (("forecast", "relief", "targets"), a.forecast.relief.targets if a.forecast.relief else ()),
        (("improvement", "targets"), a.improvement.targets if a.improvement else ()),
    )
    for place, keys in named:
        for key in keys:
            if key not in targets:
                yield place, _unknown("target of this agreement", key, targets)
    for i, r in enumerate(a.resource):
        if r.measure not in measures:
            yield ("resource", i, "measure"), _unknown("measure", r.measure, measures)
        if r.outer_band <= r.dead_band:
            yield (
                ("resource", i, "outer_band"),
                f"the outer band {r.outer_band} overlaps the dead-band {r.dead_band}; expected a wider one",
            )
    for (i, one), (_, other) in combinations(enumerate(a.resource), 2):
        if one.measure == other.measure and (not one.lines or not other.lines or set(one.lines) & set(other.lines)):
            yield (
                ("resource", i),
                f"the bands “{one.key}” and “{other.key}” overlap: they charge the same contacts twice",
            )


def _clocks(a: Agreement) -> Iterator[Found]:
    running = [name for name in type(a.clocks).model_fields if getattr(a.clocks, name) is not None]
    if (running or a.excused is not None) and not a.calendar:
        what = f"clock “{running[0]}” counts" if running else "claims of excused events count"
        yield ("calendar",), f"the {what} working days without a calendar; expected a country such as “GB” or “GB-ENG”"
    if a.calendar and a.calendar not in known_calendars():
        near = nearest(a.calendar, known_calendars())
        yield (
            ("calendar",),
            f"“{a.calendar}” is no known calendar; expected {'“' + near[0] + '”' if near else 'a country such as GB or GB-ENG'}",
        )
