"""What the paragraphs of an agreement say against each other. Every finding names its place and what is expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
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
    ConsecutiveTrigger,
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
    a: Agreement, measures: Mapping[str, int], targets: set[str], pools: set[str], broken: Collection[str] = ()
) -> Iterator[Found]:
    """All findings, in the order of the file. `targets` and `pools` are all keys the file names, broken ones included.

    `broken` names the paragraphs that are wrong in themselves and not here: what may lie in them is not missed.
    """
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
    yield from _targets(a, measures, broken)
    yield from _credits(a, measures, targets, pools, broken)
    yield from _triggers(a, measures, targets, broken)
    yield from _forecast_and_more(a, measures, targets)
    yield from _clocks(a, broken)


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


def _targets(a: Agreement, measures: Mapping[str, int], broken: Collection[str]) -> Iterator[Found]:
    services = {s.key for s in a.service}
    if not a.targets and "target" not in broken:
        yield ("target",), "nothing is agreed; expected at least one target"
    for i, t in enumerate(a.targets):
        if t.measure not in measures:
            yield ("target", i, "measure"), _unknown("measure", t.measure, measures)
        elif measures[t.measure] == 100 and not all(0 <= x <= 1 for x in (t.level, t.least) if x is not None):
            yield ("target", i), f"{t.measure} is a share; expected levels from 0 to 1, such as 0.8 for 80 %"
        if t.service and t.service not in services and "service" not in broken:
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
    a: Agreement, measures: Mapping[str, int], targets: set[str], pools: set[str], broken: Collection[str]
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
    if not {"credit", "pool"} & set(broken):
        for j, pool in enumerate(a.pool):
            total = by_pool.get(pool.key, Decimal(0))
            if total != 1:
                yield ("pool", j), f"the allocations of “{pool.key}” add up to {_per_cent(total)}; expected 100 %"
    allocations = [i for i, c in enumerate(a.credit) if isinstance(c, Allocation)]
    if allocations and a.at_risk is None and "at_risk" not in broken:
        yield ("credit", allocations[0]), "allocations are shares of an amount at risk; expected a paragraph [at_risk]"
    points = [i for i, c in enumerate(a.credit) if isinstance(c, SeverityPoints)]
    if points and a.points is None and "points" not in broken:
        yield ("credit", points[0]), "points cost nothing without a table; expected a paragraph [points]"
    if a.points is not None:
        if not points and "credit" not in broken:
            yield ("points",), "no credit gives points; expected a credit of kind “points”"
        for low, high in pairwise(a.points.step):
            if high.points <= low.points or high.share <= low.share:
                yield (
                    ("points",),
                    f"the bands from {low.points} and from {high.points} points overlap or fall; expected rising points and shares",
                )
        if not a.points.step:
            yield ("points",), "the table is empty"
    if a.earn_back is not None and not a.credit and "credit" not in broken:
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
        and "target" not in broken
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


def _triggers(a: Agreement, measures: Mapping[str, int], targets: set[str], broken: Collection[str]) -> Iterator[Found]:
    unknown = {"credit", "pool", "at_risk", "points"} & set(broken)
    most_share, most_amount = (None, None) if unknown else _most(a)
    no_credit = not a.credit and "credit" not in broken
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
                elif target.window == "quarter" and t.of > 1:
                    yield (
                        ("trigger", i, "of"),
                        f"a quarter has one value in three months; there are never {t.of} of {t.of}, {never}",
                    )
                elif (target.better is Better.AT_LEAST and t.floor > target.level) or (
                    target.better is Better.AT_MOST and t.floor < target.level
                ):
                    yield (
                        ("trigger", i, "floor"),
                        f"the floor {t.floor} is stricter than the expected level {target.level}",
                    )
        elif isinstance(t, CreditShareTrigger):
            limit = a.cap or a.at_risk
            ends = [x for x in (limit.share if limit else None, most_share) if x is not None]
            if no_credit:
                yield ("trigger", i), f"there is no credit, {never}"
            elif ends and t.share > min(ends):
                yield ("trigger", i, "share"), f"credits end at {_per_cent(min(ends))} of fees, {never}"
        elif isinstance(t, CapTrigger):
            limit = a.cap or a.at_risk
            if no_credit or (limit is None and not {"cap", "at_risk"} & set(broken)):
                yield ("trigger", i), f"there is no cap on credits, {never}"
            elif limit is not None:
                if limit.share is not None and most_share is not None and most_share < limit.share:
                    yield (
                        ("trigger", i),
                        f"credits end at {_per_cent(most_share)} of fees, under the cap of {_per_cent(limit.share)}, {never}",
                    )
                if limit.amount is not None and most_amount is not None and most_amount < limit.amount:
                    yield ("trigger", i), f"credits end at {most_amount}, under the cap of {limit.amount}, {never}"
        else:
            for name in t.targets:
                if name not in targets:
                    yield ("trigger", i, "targets"), _unknown("target of this agreement", name, targets)
            own = [x for x in a.targets if not t.targets or x.key in t.targets]
            if "target" in broken:
                continue
            if t.level == "minimum" and own and all(x.least is None for x in own):
                yield ("trigger", i, "level"), f"none of its targets has a minimum level, {never}"
            quarterly = bool(own) and all(x.window == "quarter" for x in own)
            if quarterly and isinstance(t, CountTrigger) and -(-t.of // 3) < t.k <= t.of:
                yield (
                    ("trigger", i, "k"),
                    f"a quarter is judged once in three months; {t.k} of {t.of} months cannot be missed, {never}",
                )
            elif quarterly and isinstance(t, ConsecutiveTrigger) and t.k > 1:
                yield (
                    ("trigger", i, "k"),
                    f"a quarter is judged once in three months; {t.k} months in a row cannot be missed, {never}",
                )


def _most(a: Agreement) -> tuple[Decimal | None, Decimal | None]:
    """The most that credits of a month can reach, as a share of fees or as an amount; neither where they have no end or are both."""
    shares, fixed = Decimal(0), Decimal(0)
    pools = {p.key: p.share for p in a.pool}
    for c in a.credit:
        if isinstance(c, Ladder) and c.step:
            fixed += c.amount * max(s.share for s in c.step)
        elif isinstance(c, Allocation) and a.at_risk is not None:
            part = pools.get(c.pool, Decimal(0)) * c.share
            shares += part * (a.at_risk.share or 0)
            fixed += part * (a.at_risk.amount or 0)
        elif isinstance(c, SeverityPoints) and a.points is not None and a.points.of == "fees" and a.points.step:
            continue
        else:
            return None, None
    if a.points is not None and a.points.step:
        shares += max(s.share for s in a.points.step)
    return (None, None) if shares and fixed else (shares or None, fixed or None)


def _per_cent(share: Decimal) -> str:
    text = f"{share * 100:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


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


def _clocks(a: Agreement, broken: Collection[str]) -> Iterator[Found]:
    running = [name for name in type(a.clocks).model_fields if getattr(a.clocks, name) is not None]
    if (running or a.excused is not None) and not a.calendar and "calendar" not in broken:
        place = ("clocks", running[0]) if running else ("excused",)
        what = f"clock “{running[0]}” counts" if running else "claims of excused events count"
        yield place, f"the {what} working days without a calendar; expected a country such as “GB” or “GB-ENG”"
    if a.calendar and a.calendar not in known_calendars():
        near = nearest(a.calendar, known_calendars())
        yield (
            ("calendar",),
            f"“{a.calendar}” is no known calendar; expected {'“' + near[0] + '”' if near else 'a country such as GB or GB-ENG'}",
        )
