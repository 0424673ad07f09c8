"""Was a level met? Per target and month, as the data stand and with what the agreement excuses, side by side.

Counts are exact fractions until they are compared; rounding happens where the agreement says so and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from levelfield.agreement.agreement import Standing, standing_between
from levelfield.agreement.calendar import after_working_days, ends_window, months_of, name_of
from levelfield.agreement.terms import Agreement, Better, Relief, Target
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Form
from levelfield.measures.measure import Unit as Kind
from levelfield.settlement.inputs import Excuse, Measured, Month, Unit
from levelfield.settlement.trail import EXACT, Step, decimal_of, shown
from levelfield.words import Period

ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}


@dataclass(frozen=True)
class Judged:
    """How one target stands in one month. Values are in the unit shown: per cent or seconds."""

    target: str
    measure: str
    clause: str
    window: Period
    unit: str
    level: Decimal
    least: Decimal | None
    value: Decimal | None  # as it is stated
    standing: Standing
    why: str = ""
    compared: Decimal | None = None  # what was held against the levels, and what a credit is counted from
    own: Decimal | None = None  # of this month alone, where the value is an average with the month before
    n: int = 0
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    windows: tuple[int, int] | None = None  # of intervals, days or weeks: how many met, of how many judged
    missing_data: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Pair:
    """One target as the data stand, and with relief. Where nothing is excused both are the same."""

    plain: Judged
    relieved: Judged

    @property
    def flipped(self) -> bool:
        """Did relief change the standing?"""
        return self.plain.standing is not self.relieved.standing


@dataclass(frozen=True)
class _Counts:
    """What is left of a month's counts, and how it came to be so."""

    numerator: Fraction
    denominator: Fraction
    n: int
    units: tuple[Unit, ...]
    steps: tuple[Step, ...] = ()
    gone: str = ""  # why nothing is left


def unit_of(target: Target) -> tuple[str, int]:
    """The unit a target's values are shown in, and by what its value is multiplied."""
    measure = MEASURES[target.measure]
    if measure.unit is Kind.SHARE:
        return "%", 100
    return {Kind.SECONDS: "s", Kind.POINTS: "points"}.get(measure.unit, ""), 1


def judge(
    agreement: Agreement,
    target: Target,
    month: Month,
    before: Mapping[str, Month],
    previous: Judged | None,
    previous_relieved: Judged | None,
    excuses: Sequence[Excuse],
) -> Pair:
    """A target in a month. `before` holds earlier months by name, for windows longer than one."""
    if not ends_window(target, month.period):
        running = replace(
            _blank(target, months_of(target, month.period)),
            standing=Standing.RUNNING,
            why="the quarter is judged at its end",
        )
        return Pair(running, running)
    periods = months_of(target, month.period)
    months = [before[name_of(p)] for p in periods[:-1] if name_of(p) in before] + [month]
    measured = [m.measured.get(target.key) or Measured(target.key, why="not delivered") for m in months]
    plain = _judged(target, periods, _together([_counts(target, m) for m in measured]), measured, previous, month.ended)
    counts = [_excused(agreement, target, _counts(target, m), excuses) for m in measured]
    relief = agreement.forecast.relief
    if relief is not None and (not relief.targets or target.key in relief.targets):
        counts = [_relieved(relief, target, c, m.period) for c, m in zip(counts, months, strict=True)]
    if not any(c.steps for c in counts) and previous is previous_relieved:
        return Pair(plain, plain)
    relieved = _judged(target, periods, _together(counts), measured, previous_relieved, month.ended)
    if _worse(target, relieved, plain):
        note = Step(
            "relief", (("with relief", shown(relieved.value, relieved.unit)),), "would be worse, so it is not applied"
        )
        return Pair(plain, replace(plain, steps=(*plain.steps, note)))
    return Pair(plain, relieved)


def with_gaps(pair: Pair, month: Month) -> Pair:
    """The same with a note of the days of the month that have no data.

    A day that was left out may be the bad one; whoever reads the statement must see that it is not there.
    """
    measured = month.measured.get(pair.plain.target)
    there = {u.day for u in measured.units} if measured is not None else set()
    if not there or not month.ended or len(there) >= month.period.days:
        return pair
    gap = Step(
        "days without data", (("days of the month", str(month.period.days)), ("with data", str(len(there)))),
        f"{month.period.days - len(there)} count for nobody", pair.plain.clause,
    )  # fmt: skip
    plain = replace(pair.plain, steps=(gap, *pair.plain.steps))
    if pair.relieved is pair.plain:
        return Pair(plain, plain)
    return Pair(plain, replace(pair.relieved, steps=(gap, *pair.relieved.steps)))


def _worse(target: Target, one: Judged, other: Judged) -> bool:
    order = [
        Standing.MET,
        Standing.RUNNING,
        Standing.CANNOT_JUDGE,
        Standing.NOT_DELIVERED,
        Standing.MISSED_EXPECTED,
        Standing.MISSED_MINIMUM,
    ]
    if one.standing is not other.standing:
        return order.index(one.standing) > order.index(other.standing)
    if one.value is None or other.value is None:
        return False
    return not target.reaches(one.value, other.value)


def _blank(target: Target, periods: Sequence[Period]) -> Judged:
    unit, scale = unit_of(target)
    return Judged(
        target.key, target.measure, target.clause, Period(periods[0].start, periods[-1].end), unit, target.level * scale,
        None if target.least is None else target.least * scale, None, Standing.CANNOT_JUDGE,
    )  # fmt: skip


def _is_ratio(target: Target) -> bool:
    return MEASURES[target.measure].form is Form.RATIO


def _counts(target: Target, measured: Measured) -> _Counts:
    return _Counts(Fraction(measured.numerator or 0), Fraction(measured.denominator or 0), measured.n, measured.units)


def _together(counts: Iterable[_Counts]) -> _Counts:
    """The counts of several months added up."""
    counts = list(counts)
    return _Counts(
        sum((c.numerator for c in counts), Fraction(0)), sum((c.denominator for c in counts), Fraction(0)), sum(c.n for c in counts),
        tuple(u for c in counts for u in c.units), tuple(s for c in counts for s in c.steps), "; ".join(c.gone for c in counts if c.gone),
    )  # fmt: skip


def _judged(
    target: Target,
    periods: Sequence[Period],
    counts: _Counts,
    measured: Sequence[Measured],
    previous: Judged | None,
    ended: bool,
) -> Judged:
    """The standing of counts under a target."""
    blank = replace(_blank(target, periods), n=counts.n, steps=counts.steps)
    missing = next((m.why for m in measured if m.why == "not delivered"), "")
    if missing and (target.window != "rolling" or measured[-1].why == "not delivered"):
        if not ended:
            return replace(blank, standing=Standing.NOT_DELIVERED, why="not delivered yet")
        if target.when_missing == "missed_minimum":
            standing = Standing.MISSED_MINIMUM if target.least is not None else Standing.MISSED_EXPECTED
            said = Step(
                "missing data", (("delivered by", target.delivered_by),), f"counts as {standing}", target.clause
            )
            return replace(
                blank,
                standing=standing,
                why="not delivered; counts as missed",
                missing_data=True,
                steps=(*blank.steps, said),
            )
        return replace(blank, standing=Standing.NOT_DELIVERED, why="not delivered")
    if counts.gone and not counts.denominator:
        return replace(blank, standing=Standing.CANNOT_JUDGE, why=counts.gone)
    if target.fine:
        return _by_windows(target, blank, counts)
    if len(measured) > 1 and MEASURES[target.measure].form not in (Form.RATIO, Form.SUM):
        return replace(blank, why=f"{target.measure} of several months cannot be added up")
    value, steps = _value(target, counts, measured)
    if value is None or counts.n < target.fewest:
        why = next((m.why for m in measured if m.why), "") or f"{counts.n} of the {target.fewest} that are needed"
        return replace(blank, why="zero volume" if counts.n == 0 and not any(m.why for m in measured) else why)
    blank = replace(
        blank,
        numerator=decimal_of(counts.numerator),
        denominator=decimal_of(counts.denominator) if counts.denominator else None,
    )
    steps = [*counts.steps, *steps]
    unit = blank.unit
    own = exact = decimal_of(value * unit_of(target)[1])
    if target.average_with_previous and previous is not None and previous.own is not None:
        exact = EXACT.divide(EXACT.add(own, previous.own), Decimal(2))
        steps.append(
            Step(
                "average with the month before",
                (("this", shown(own, unit)), ("before", shown(previous.own, unit))),
                shown(exact, unit),
            )
        )
    stated = _rounded(target, exact)
    if target.decimals is not None and target.round_when == "before":
        steps.append(
            Step(
                "rounded before it is compared",
                ((target.rounding.replace("_", " "), shown(exact, unit)),),
                shown(stated, unit),
            )
        )
    compared = stated if target.round_when == "before" or target.decimals is None else exact
    standing = standing_between(target, compared, blank.level, blank.least)
    steps.append(
        Step(
            "compared with the agreement",
            (("value", shown(compared, unit)), ("expected " + target.better.replace("_", " "), shown(blank.level, unit)),
             *((("minimum", shown(blank.least, unit)),) if blank.least is not None else ())),
            str(standing), target.clause,
        )
    )  # fmt: skip
    return replace(blank, value=stated, compared=compared, own=own, standing=standing, steps=tuple(steps))


def _value(target: Target, counts: _Counts, measured: Sequence[Measured]) -> tuple[Fraction | None, list[Step]]:
    """The value in the measure's unit."""
    times = Fraction(str(MEASURES[target.measure].times))
    if _is_ratio(target):
        if not counts.denominator:
            return None, []
        value = counts.numerator / counts.denominator * times
        return value, [
            Step(
                "value",
                (("numerator", shown(counts.numerator)), ("denominator", shown(counts.denominator))),
                shown(value * unit_of(target)[1], unit_of(target)[0]),
            )
        ]
    if MEASURES[target.measure].form is Form.SUM:
        if all(m.numerator is None for m in measured):
            return None, []
        return counts.numerator * times, [Step("value", (), shown(counts.numerator * times))]
    value_ = measured[-1].value
    return (None, []) if value_ is None else (Fraction(value_), [Step("value", (), shown(value_))])


def _rounded(target: Target, value: Fraction | Decimal) -> Decimal:
    """The value as it is stated: rounded where the agreement says how, else to twelve decimals."""
    places = 12 if target.decimals is None else target.decimals
    return decimal_of(value).quantize(
        Decimal(1).scaleb(-places), ROUNDING[target.rounding] if target.decimals is not None else ROUND_HALF_EVEN
    )


def _by_windows(target: Target, blank: Judged, counts: _Counts) -> Judged:
    """Each interval, day or week on its own; the share of those that reach the level decides."""
    groups: dict[object, list[Unit]] = {}
    for u in counts.units:
        key = (
            u.day
            if target.window == "day"
            else u.day - dt.timedelta(days=u.day.weekday())
            if target.window == "week"
            else u.at
        )
        if key is not None:
            groups.setdefault(key, []).append(u)
    scale, times = unit_of(target)[1], Fraction(str(MEASURES[target.measure].times))
    met = least_met = judged = 0
    for own in groups.values():
        above, below = (sum(getattr(u, name) or 0 for u in own) for name in ("numerator", "denominator"))
        if not below or sum(u.n for u in own) < target.fewest:
            continue
        judged += 1
        value = _rounded(target, Fraction(above) / Fraction(below) * times * scale)
        met += target.reaches(value, blank.level)
        least_met += blank.least is None or target.reaches(value, blank.least)
    if not judged:
        return replace(
            blank,
            why=f"no {target.window} has the {target.fewest} that are needed"
            if groups
            else f"no data by {target.window}",
        )
    overall = counts.numerator / counts.denominator * times * scale if counts.denominator else None
    needed = Fraction(target.windows_met)
    standing = (
        Standing.MET if Fraction(met, judged) >= needed
        else Standing.MISSED_EXPECTED if blank.least is None or Fraction(least_met, judged) >= needed
        else Standing.MISSED_MINIMUM
    )  # fmt: skip
    stated = None if overall is None else _rounded(target, overall)
    step = Step(
        f"each {target.window} on its own", (("met", str(met)), ("judged", str(judged)), ("needed", shown(needed * 100, "%"))),
        f"{shown(Fraction(met, judged) * 100, '%')}: {standing}", target.clause,
    )  # fmt: skip
    return replace(
        blank, value=stated, compared=stated, standing=standing, windows=(met, judged), steps=(*blank.steps, step)
    )  # fmt: skip


def _excused(agreement: Agreement, target: Target, counts: _Counts, excuses: Sequence[Excuse]) -> _Counts:
    """Accepted events are left out of numerator and denominator, by interval where the data have them, else by day."""
    rule = agreement.excused
    if rule is None or not excuses or not _is_ratio(target):
        return counts
    zone = ZoneInfo(agreement.zone)
    steps: list[Step] = []
    units = list(counts.units)
    for e in sorted(excuses, key=lambda e: (e.start, e.key)):
        if target.lines and e.lines and not set(target.lines) & set(e.lines):
            continue
        hit = [u for u in units if _overlaps(u, e, zone)]
        if not hit:
            continue
        given = (("event", f"{e.key}, {e.reason}"), ("claimed on", str(e.claimed_on)))
        last = after_working_days(_last_day(e, zone), rule.claim_days, agreement.calendar)
        if e.kind in rule.never:
            steps.append(Step("excused event", given, f"{e.kind} is never excused", rule.clause))
        elif e.claimed_on > last:
            steps.append(Step("excused event", given, f"claimed after {last}, too late", rule.clause))
        elif e.accepted is not True:
            steps.append(
                Step("excused event", given, "refused" if e.accepted is False else "not answered yet", rule.clause)
            )
        else:
            units = [u for u in units if u not in hit]
            out = sum(u.denominator or 0 for u in hit)
            whole = "" if all(u.at is not None for u in hit) else " (whole days: the data are daily)"
            steps.append(Step("excused event", given, f"{out:,} contacts left out of both{whole}", rule.clause))
    if len(units) == len(counts.units):
        return replace(counts, steps=(*counts.steps, *steps))
    numerator, denominator, n = _beside_units(counts)
    numerator += sum(u.numerator or 0 for u in units)
    denominator += sum(u.denominator or 0 for u in units)
    n += sum(u.n for u in units)
    return _Counts(
        numerator, denominator, n, tuple(units), (*counts.steps, *steps), "" if denominator else "everything is excused"
    )


def _beside_units(counts: _Counts) -> tuple[Fraction, Fraction, int]:
    """What of a month's counts came in rows too long to be a unit, and is never left out."""
    above, below, n = (sum(getattr(u, name) or 0 for u in counts.units) for name in ("numerator", "denominator", "n"))
    return (
        max(Fraction(0), counts.numerator - above),
        max(Fraction(0), counts.denominator - below),
        max(0, counts.n - n),
    )


def _overlaps(unit: Unit, excuse: Excuse, zone: ZoneInfo) -> bool:
    if unit.at is not None:
        return unit.at < excuse.end and unit.at + dt.timedelta(seconds=unit.length_s) > excuse.start
    return excuse.start.astimezone(zone).date() <= unit.day <= _last_day(excuse, zone)


def _last_day(excuse: Excuse, zone: ZoneInfo) -> dt.date:
    """The last day an event touches; one that ends at midnight does not touch the day that begins."""
    return (excuse.end - dt.timedelta(microseconds=1)).astimezone(zone).date()


def _relieved(relief: Relief, target: Target, counts: _Counts, period: Period) -> _Counts:
    """The part of the volume above the variance does not count: interval by interval, day by day, or over the month."""
    if not counts.units:
        return counts
    if not _is_ratio(target):
        return counts
    forecast_days = {u.day for u in counts.units if u.forecast is not None}
    groups: dict[object, list[Unit]] = {}
    for u in counts.units:
        key: object = u.day if relief.per == "day" or u.at is None else u.at
        if relief.per == "month":  # a day without a forecast is no surplus over those of the others
            key = period if u.day in forecast_days else u.day
        groups.setdefault(key, []).append(u)
    numerator, denominator, n = _beside_units(counts)
    left_n = Fraction(n)
    kept: list[Unit] = []
    surplus = Fraction(0)
    hit = unknown = 0
    for own in groups.values():
        above, below = (Fraction(sum(getattr(u, name) or 0 for u in own)) for name in ("numerator", "denominator"))
        count = Fraction(sum(u.n for u in own))
        offered = sum(u.offered or 0 for u in own)
        planned = [u.forecast for u in own if u.forecast is not None]
        if not planned:
            unknown += 1
        allowed = Fraction(sum(planned, Decimal(0))) * (1 + Fraction(relief.above))
        if planned and offered > allowed:
            hit += 1
            surplus += offered - allowed
            keep = Fraction(0) if relief.applies == "all_or_nothing" else allowed / offered
            above, below = _left(relief, target, above, below, keep)
            count *= keep
        if not planned or offered <= allowed or relief.applies == "surplus":
            kept += own  # a part taken out of one window leaves its ratio; only whole windows can go
        numerator, denominator, left_n = numerator + above, denominator + below, left_n + count
    if unknown == len(groups):
        return replace(counts, steps=(*counts.steps, Step("relief", (), "no locked forecast, so none", relief.clause)))
    if not hit:
        return counts
    given = (
        ("variance", shown(relief.above * 100, "%")), (f"{relief.per}s above it", f"{hit} of {len(groups) - unknown}"), ("surplus contacts", shown(surplus)),
        *((("without a forecast", str(unknown)),) if unknown else ()),
    )  # fmt: skip
    left = f"{shown(numerator)} of {shown(denominator)} count" if denominator else "nothing is left to judge"
    return _Counts(
        numerator, denominator, int(left_n), tuple(kept) if target.fine else (), (*counts.steps, Step("relief for volume above the locked forecast", given, left, relief.clause)),
        "" if denominator else f"excused: the volume was above the locked forecast in every {relief.per}",
    )  # fmt: skip


def _left(
    relief: Relief, target: Target, above: Fraction, below: Fraction, keep: Fraction
) -> tuple[Fraction, Fraction]:
    """Numerator and denominator of a unit of which only a part counts."""
    if relief.removes == "in_proportion" or MEASURES[target.measure].unit is not Kind.SHARE:
        return above * keep, below * keep
    removed = below * (1 - keep)
    if target.better is Better.AT_LEAST:
        good = max(Fraction(0), removed - (below - above))
        return above - good, below - removed
    return above - min(above, removed), below - removed
