"""Which right is near: counters of misses, averages, credits; and the sentence a person needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from levelfield.agreement.calendar import ends_window, month_before
from levelfield.agreement.terms import (
    Agreement,
    AverageTrigger,
    Better,
    CapTrigger,
    ConsecutiveTrigger,
    CountTrigger,
    CreditShareTrigger,
    Target,
    Trigger,
)
from levelfield.settlement.credits import Credits, missed
from levelfield.settlement.judging import Judged, unit_of
from levelfield.settlement.trail import shown
from levelfield.words import Period

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MONTHS_AHEAD = 60  # how far a right is looked for: further than any agreement counts


@dataclass(frozen=True)
class Settled:
    """What triggers look at in one month."""

    period: Period
    judged: Mapping[str, Judged]
    credits: Credits
    fees: Decimal | None


@dataclass(frozen=True)
class TriggerState:
    """How near a trigger is. `away` is how many more misses it takes; None where misses do not decide."""

    key: str
    gives: str
    fired: bool
    count: str
    sentence: str
    away: int | None = None
    exercise_until: dt.date | None = None
    clause: str = ""


def trigger_states(agreement: Agreement, months: Sequence[Settled]) -> tuple[TriggerState, ...]:
    """Every trigger after the last of these months, oldest first."""
    return tuple(_state(agreement, t, months) for t in agreement.trigger)


def _state(agreement: Agreement, t: Trigger, months: Sequence[Settled]) -> TriggerState:
    if isinstance(t, AverageTrigger):
        return _average(agreement, t, months)
    if isinstance(t, CountTrigger | ConsecutiveTrigger):
        keys = [x.key for x in agreement.targets if not t.targets or x.key in t.targets]
        groups = [[k] for k in keys] if t.same_target else [keys]
        level = t.level
        worst = None
        for own in groups:
            hits = [any(k in m.judged and missed(m.judged[k], level) for k in own) for m in months]
            name = f" of {own[0]}" if len(own) == 1 else ""
            judged = [x for x in agreement.targets if x.key in own]
            state = _counted(
                t, months, hits, f"a miss of the {level} level{name}", f"misses of the {level} level{name}", judged
            )
            worst = state if worst is None or nearness(state) < nearness(worst) else worst
        return worst or TriggerState(t.key, t.gives, False, "0", "None of its targets is agreed.", clause=t.clause)
    if isinstance(t, CreditShareTrigger):
        hits = [
            m.fees is not None and m.fees > 0 and (m.credits.payable or Decimal(0)) >= t.share * m.fees for m in months
        ]
        share = shown(t.share * 100, "%")
        return _counted(
            t,
            months,
            hits,
            f"a month with credits of {share} of fees or more",
            f"months with credits of {share} of fees or more",
        )
    return _counted(
        t,
        months,
        [m.credits.at_cap for m in months],
        "a month with credits at the cap",
        "months with credits at the cap",
    )


def nearness(state: TriggerState) -> tuple[bool, int]:
    """What orders rights: the one that is there first, then the one that is fewest misses away."""
    return not state.fired, 99 if state.away is None else state.away


def _counted(
    t: CountTrigger | ConsecutiveTrigger | CreditShareTrigger | CapTrigger,
    months: Sequence[Settled],
    hits: Sequence[bool],
    one: str,
    many: str,
    judged: Sequence[Target] = (),
) -> TriggerState:
    """k of the last n months, or k in a row. `judged` are the targets whose misses count, where misses do."""
    row = isinstance(t, ConsecutiveTrigger)
    of = t.k if isinstance(t, ConsecutiveTrigger) else t.of

    def fires(history: Sequence[bool]) -> bool:
        return sum(history[-of:]) >= t.k

    past = [bool(h) for h in hits]
    count = _in_row(past) if row else sum(past[-of:])
    told = f"{count} {one.removeprefix('a ') if count == 1 else many} in {'a row' if row else f'the last {of} months'}"
    told += f"; {t.k} {'is' if t.k == 1 else 'are'} enough"
    for ago in range(len(past)):
        upto = past[: len(past) - ago]
        if not (upto[-1] and fires(upto)):
            continue
        ended = months[len(past) - 1 - ago].period.end - dt.timedelta(days=1)
        until = ended + dt.timedelta(days=t.exercise_days) if t.exercise_days else None
        if ago and (until < months[-1].period.end if until else not fires(past)):
            break
        within = f", to be exercised within {t.exercise_days} days, until {until:%-d %B %Y}" if until else ""
        since = f" since {ended:%B}" if ago else ""
        return TriggerState(
            t.key, t.gives, True, told, f"{_cap(told)}: the client has {t.gives}{since}{within}.", 0, until, t.clause
        )
    coming = [month_before(months[-1].period, -n) for n in range(1, MONTHS_AHEAD + 1)]
    open_ = [not judged or any(ends_window(x, p) for x in judged) for p in coming]  # a quarter is missed at its end
    soonest = next((n for n in range(1, len(coming) + 1) if fires([*past, *open_[:n]])), len(coming))
    away = sum(open_[:soonest])
    names = []
    if away == 1:
        for n in range(12):  # a year of names is enough to read
            if open_[n] and fires([*past, *[False] * n, True]):
                names.append(f"{coming[n].end - dt.timedelta(days=1):%B}")
            elif open_[n]:
                break
    return TriggerState(t.key, t.gives, False, told, _ahead(t, names, soonest, away, one, many), away, None, t.clause)


def _in_row(past: Sequence[bool]) -> int:
    count = 0
    for hit in reversed(past):
        if not hit:
            break
        count += 1
    return count


def _ahead(
    t: CountTrigger | ConsecutiveTrigger | CreditShareTrigger | CapTrigger,
    names: Sequence[str],
    months: int,
    away: int,
    one: str,
    many: str,
) -> str:
    """One more miss in August or September gives the client …, to be exercised within 60 days."""
    within = f", to be exercised within {t.exercise_days} days" if t.exercise_days else ""
    more = one.replace("a ", "one more ", 1) if away == 1 else f"{_word(away)} more {many}"
    when = f" in {_either(names)}" if names else f" in the next {_word(months)} months"
    verb = "gives" if away == 1 else "give"
    return f"{_cap(more)}{when} {verb} the client {t.gives}{within}."


def _word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)


def _either(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"any month from {names[0]} to {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _average(agreement: Agreement, t: AverageTrigger, months: Sequence[Settled]) -> TriggerState:
    """The plain average of the last n monthly values, beyond a floor."""
    target = agreement.target(t.target)
    if target is None:  # such a file is refused; a target may be taken out in a trial
        return TriggerState(t.key, t.gives, False, "none", "Its target is not agreed.", clause=t.clause)
    unit, scale = unit_of(target)
    values = [m.judged[t.target].value for m in months[-t.of :] if t.target in m.judged]
    known = [v for v in values if v is not None]
    floor = t.floor * scale
    if len(known) < t.of:
        said = f"{len(known)} of {t.of} monthly values are there; the average is not judged yet."
        return TriggerState(t.key, t.gives, False, f"{len(known)} of {t.of}", said, clause=t.clause)
    average = sum(known, Decimal(0)) / len(known)
    beyond = not target.reaches(average, floor)
    side = "under" if target.better is Better.AT_LEAST else "over"
    told = f"average of {t.of} months {shown(average.quantize(Decimal('0.01')), unit)}, floor {shown(floor, unit)}"
    if beyond:
        last = months[-1].period.end - dt.timedelta(days=1)
        until = last + dt.timedelta(days=t.exercise_days) if t.exercise_days else None
        within = f", to be exercised within {t.exercise_days} days, until {until:%-d %B %Y}" if until else ""
        return TriggerState(
            t.key, t.gives, True, told, f"{_cap(told)}: the client has {t.gives}{within}.", 0, until, t.clause
        )
    needed = floor * t.of - sum(known[1:], Decimal(0)) if t.of > 1 else floor
    next_month = f"{month_before(months[-1].period, -1).end - dt.timedelta(days=1):%B}"
    sentence = (
        f"{_cap(told)}: {next_month} {side} {shown(needed.quantize(Decimal('0.01')), unit)} gives the client {t.gives}."
    )
    if needed <= 0 and target.better is Better.AT_LEAST:
        sentence = f"{_cap(told)}: no value of {next_month} alone can bring the average under the floor."
    return TriggerState(t.key, t.gives, False, told, sentence, None, None, t.clause)
