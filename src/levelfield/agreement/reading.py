"""An agreement read aloud, and what one version says differently from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from levelfield.agreement.terms import (
    Agreement,
    Allocation,
    AverageTrigger,
    Better,
    CapTrigger,
    Clock,
    CountTrigger,
    Credit,
    CreditShareTrigger,
    Ladder,
    PartOfFees,
    PerPoint,
    Target,
    Trigger,
)

CLOCKS = {
    "dispute": "to dispute a figure of a statement", "review": "to settle a dispute before it goes to the review",
    "plan": "for the partner to propose a plan", "plan_answer": "for the client to answer a plan",
    "lock_acknowledge": "for the partner to acknowledge a locked forecast", "claim_answer": "to answer a claim of an excused event",
}  # fmt: skip
WINDOWS = {
    "interval": "each interval on its own", "day": "each day on its own", "week": "each week on its own", "month": "over the month",
    "quarter": "over the quarter",
}  # fmt: skip

SWITCHES = {
    "abandons": "abandons {}", "threshold_s": "a threshold of {} s", "short_s": "short abandons under {} s", "callbacks": "call-backs {}",
    "window_days": "a window of {} days", "scored_by": "scores of the {}", "sample": "{} samples",
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """One part of the agreement in sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """How a measure's levels are written: by what they are multiplied, the unit, and what the measure is called."""

    times: int = 1
    unit: str = ""
    title: str = ""


def told(a: Agreement, shown: Mapping[str, Shown] | None = None) -> list[Section]:
    """The whole file in sentences. `shown` says how the levels of a measure are written; shares are guessed without it."""
    shown = shown or {}
    parts = [
        Section("What is agreed", tuple(_target(t, shown) for t in a.targets)),
        Section("Time", tuple(_time(a))),
        Section("What a miss costs", tuple(_costs(a, shown))),
        Section("Volume and forecast", tuple(_volume(a))),
        Section("What is excused", tuple(_excused(a))),
        Section("Clocks", tuple(_clock(name, getattr(a.clocks, name)) for name in CLOCKS if getattr(a.clocks, name))),
        Section("Rights that a run of misses gives", tuple(_trigger(a, t, shown) for t in a.trigger)),
    ]
    return [p for p in parts if p.sentences]


def differences(old: Agreement, new: Agreement, shown: Mapping[str, Shown] | None = None) -> list[str]:
    """What the newer version says differently, in sentences: changed, new, gone."""
    shown = shown or {}
    found: list[str] = []
    before, after = {t.key: t for t in old.targets}, {t.key: t for t in new.targets}
    for key in [*before, *(k for k in after if k not in before)]:
        one, other = before.get(key), after.get(key)
        if one is None and other is not None:
            found.append(f"New: {_target(other, shown)}")
        elif one is not None and other is None:
            found.append(f"Gone: {_target(one, shown)}")
        elif one is not None and other is not None and one != other:
            found += _changed(key, one, other, shown)
    for title in (
        "Time",
        "What a miss costs",
        "Volume and forecast",
        "What is excused",
        "Clocks",
        "Rights that a run of misses gives",
    ):
        was, now = _of(told(old, shown), title), _of(told(new, shown), title)
        found += [f"{title}, gone: {s}" for s in was if s not in now]
        found += [f"{title}, new: {s}" for s in now if s not in was]
    return found


def _of(sections: list[Section], title: str) -> tuple[str, ...]:
    return next((s.sentences for s in sections if s.title == title), ())


def _changed(key: str, one: Target, other: Target, shown: Mapping[str, Shown]) -> Iterator[str]:
    named = {
        "at_least": "expected level", "at_most": "expected level", "least": "minimum level", "windows_met": "share of windows that must reach it",
        "fewest": "fewest that are needed", "critical": "carries a credit", "when_missing": "where data are missing",
    }  # fmt: skip
    for name in type(one).model_fields:
        was, now = getattr(one, name), getattr(other, name)
        if was == now:
            continue
        if isinstance(was, Decimal) or isinstance(now, Decimal):
            was, now = (None if x is None else _level(one, x, shown) for x in (was, now))
        if name == "definition":
            was, now = (_switches(x) or "as usual" for x in (was, now))
        yield f"{key}: {named.get(name, name.replace('_', ' '))} was {_word(was)}, is {_word(now)}."


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "all"
    return "none" if value in (None, "") else str(value).replace("_", " ")


def _level(t: Target, value: Decimal, shown: Mapping[str, Shown]) -> str:
    s = shown.get(t.measure) or (Shown(100, "%") if 0 <= t.level <= 1 else Shown())
    return f"{_plain(value * s.times)} {s.unit}".rstrip()


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _per_cent(value: Decimal) -> str:
    return f"{_plain(value * 100)} %"


def _target(t: Target, shown: Mapping[str, Shown]) -> str:
    name = shown[t.measure].title if t.measure in shown and shown[t.measure].title else t.measure.replace("_", " ")
    where = f" on {', '.join(t.lines)}" if t.lines else ""
    where += f" by {', '.join(t.channels)}" if t.channels else ""
    window = f"over {t.months} months" if t.window == "rolling" else WINDOWS[t.window]
    parts = [f"{t.key}: {name}{where} is {t.better.replace('_', ' ')} {_level(t, t.level, shown)}, {window}"]
    if t.fine:
        parts[0] += f", in {_per_cent(t.windows_met)} of them"
    if t.least is not None:
        parts.append(f"the minimum level is {_level(t, t.least, shown)}")
    if t.definition:
        parts.append("computed with " + _switches(t.definition))
    if t.decimals is not None:
        parts.append(f"rounded {t.rounding.replace('_', ' ')} to {_places(t.decimals)} {t.round_when} it is compared")
    if t.average_with_previous:
        parts.append("averaged with the month before")
    if not t.critical:
        parts.append("reported without credit")
    if t.when_missing == "missed_minimum":
        parts.append("where the partner delivers no data it counts as missed")
    return "; ".join(parts) + f".{_clause(t.clause)}"


def _places(decimals: int) -> str:
    return "whole numbers" if decimals == 0 else "one decimal" if decimals == 1 else f"{decimals} decimals"


def _switches(definition: Mapping[str, Any]) -> str:
    return ", ".join(
        SWITCHES.get(name, name + " {}").format(str(value).replace("_", " "))
        for name, value in sorted(definition.items())
    )


def _clause(clause: str) -> str:
    return f" ({clause})" if clause else ""


def _time(a: Agreement) -> Iterator[str]:
    month = (
        "Months are calendar months"
        if a.month_starts_on == 1
        else f"Months begin on day {a.month_starts_on} and are named by the month they end in"
    )
    yield f"{month}, in the time of {a.zone}."
    if a.calendar:
        yield f"Working days are Monday to Friday without the public holidays of {a.calendar}."
    if a.calibration:
        yield f"In the first {a.calibration.months} months both sides measure and no credit falls due.{_clause(a.calibration.clause)}"
    if a.improvement:
        which = ", ".join(a.improvement.targets) or "every target"
        yield (
            f"Every {a.improvement.every_months} months the expected level of {which} rises to what was reached, by at most "
            f"{_per_cent(a.improvement.most_of_gap)} of the way to perfect.{_clause(a.improvement.clause)}"
        )


def _part(part: PartOfFees, currency: str) -> str:
    return (
        f"{part.amount} {currency}"
        if part.amount is not None
        else f"{_per_cent(part.share or Decimal(0))} of the month's fees"
    )


def _costs(a: Agreement, shown: Mapping[str, Shown]) -> Iterator[str]:
    if a.at_risk:
        yield f"The amount at risk is {_part(a.at_risk, a.currency)}.{_clause(a.at_risk.clause)}"
    for p in a.pool:
        yield f"Pool {p.key} is {_per_cent(p.share)} of the amount at risk.{_clause(p.clause)}"
    for c in a.credit:
        yield _credit(a, c, shown)
    if a.points:
        steps = ", ".join(f"from {s.points} points {_per_cent(s.share)}" for s in a.points.step)
        of = "this month's fees" if a.points.of == "fees" else "the next month's fees"
        yield f"Points cost a share of {of}: {steps}.{_clause(a.points.clause)}"
    if a.cap:
        yield f"Credits of a month end at {_part(a.cap, a.currency)}.{_clause(a.cap.clause)}"
    if a.earn_back:
        back = a.earn_back
        yield f"A credit comes back, {_per_cent(back.share)} of it, when the {back.level} level is met in each of the next {back.months} months.{_clause(back.clause)}"
    for b in a.bonus:
        target = a.target(b.target)
        amount = f"{b.amount} {a.currency}" if b.amount is not None else f"{_per_cent(b.share or Decimal(0))} of fees"
        reach = _level(target, b.reaches, shown) if target else _plain(b.reaches)
        yield f"A bonus of {amount} is paid when {b.target} reaches {reach}{', if everything else is met' if b.only_if_all_met else ''}.{_clause(b.clause)}"
    if a.persistent:
        p_ = a.persistent
        yield f"{p_.failures} misses of the {p_.level} level in {p_.months} months cost {_per_cent(p_.share)} of yearly fees, outside the cap.{_clause(p_.clause)}"


def _credit(a: Agreement, c: Credit, shown: Mapping[str, Shown]) -> str:
    if isinstance(c, Allocation):
        return f"A miss of the {c.on} level of {c.target} costs pool {c.pool} × {_per_cent(c.share)} × the amount at risk.{_clause(c.clause)}"
    if isinstance(c, Ladder):
        target = a.target(c.target)
        unit = (shown.get(target.measure) or Shown()).unit if target else ""
        steps = ", ".join(f"from {_plain(s.at)}{' ' + unit if unit else ''} {_per_cent(s.share)}" for s in c.step)
        return f"{c.target} costs a share of {c.amount} {a.currency}: {steps}.{_clause(c.clause)}"
    if isinstance(c, PerPoint):
        part = " or part of one" if c.part_counts else ""
        each = "point" if c.point == 1 else f"{_plain(c.point)} points"
        return f"{c.target} costs {c.amount} {a.currency} for every {each}{part} beyond the {c.on} level.{_clause(c.clause)}"
    double = ", twice as many when it was missed the month before" if c.repeat_doubles else ""
    return f"A miss of {c.target} gives {c.minor} points, of its minimum level {c.severe}{double}.{_clause(c.clause)}"


def _volume(a: Agreement) -> Iterator[str]:
    f = a.forecast
    if f.relief or f.shortfall or "forecast" in a.model_fields_set:
        yield f"A forecast binds that was locked, or else the latest made {f.lock_days} days before its day.{_clause(f.clause)}"
    if f.relief:
        r = f.relief
        what = (
            f"the part above it does not count ({'missed contacts first' if r.removes == 'missed_first' else 'in proportion'})"
            if r.applies == "surplus"
            else f"the whole {r.per} does not count"
        )
        yield f"When {'an' if r.per == 'interval' else 'a'} {r.per}'s volume exceeds the locked forecast by more than {_per_cent(r.above)}, {what}.{_clause(r.clause)}"
    if f.shortfall:
        yield (
            f"When volume stays under {_per_cent(f.shortfall.floor)} of the locked forecast of a {f.shortfall.per}, the client pays "
            f"{f.shortfall.rate} {a.currency} for each contact that is missing.{_clause(f.shortfall.clause)}"
        )
    for r_ in a.resource:
        yield (
            f"Around a baseline of {_plain(r_.baseline)} a month ({r_.measure.replace('_', ' ')}), {_per_cent(r_.dead_band)} either way changes nothing; beyond it each more costs "
            f"{r_.additional} {a.currency}, each fewer gives {r_.reduced} {a.currency} back; beyond {_per_cent(r_.outer_band)} both sides talk.{_clause(r_.clause)}"
        )


def _excused(a: Agreement) -> Iterator[str]:
    if a.excused:
        never = f"; {', '.join(a.excused.never)} is never excused" if a.excused.never else ""
        yield (
            f"An event is left out of numerator and denominator when it is claimed within {a.excused.claim_days} working days after its end "
            f"and accepted{never}.{_clause(a.excused.clause)}"
        )


def _clock(name: str, clock: Clock) -> str:
    return f"{clock.days} working days {CLOCKS[name]}; silence means {clock.silence}.{_clause(clock.clause)}"


def _trigger(a: Agreement, t: Trigger, shown: Mapping[str, Shown]) -> str:
    until = f", to be exercised within {t.exercise_days} days" if t.exercise_days else ""
    if isinstance(t, AverageTrigger):
        target = a.target(t.target)
        floor = _level(target, t.floor, shown) if target else _plain(t.floor)
        side = "under" if target and target.better is Better.AT_LEAST else "over"
        what = f"An average of {t.target} {side} {floor} over {t.of} months"
    elif isinstance(t, CreditShareTrigger):
        what = f"Credits of {_per_cent(t.share)} of fees or more in {t.k} of {t.of} months"
    elif isinstance(t, CapTrigger):
        what = f"Credits at the cap in {t.k} of {t.of} months"
    else:
        which = ", ".join(t.targets) or ("the same target" if t.same_target else "any target")
        often = f"in {t.k} of {t.of} months" if isinstance(t, CountTrigger) else f"{t.k} months in a row"
        what = f"A miss of the {t.level} level of {which} {often}"
    verb = "give" if what.startswith("Credits") else "gives"
    return f"{what} {verb} the client {t.gives}{until}.{_clause(t.clause)}"
