"""Every measure a second time: loops over facts, written from the formulas. It shares no arithmetic with the product.

A twin says, fact by fact, what each adds to a measure (a `Mark`); folding the marks of a slice and period gives the
value. A fact that lacks a cell the formula needs adds nothing. A fact that stands for longer than the period asked
for, or lies across its edge, adds nothing either.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from levelfield.measures.definition import Abandons, Callbacks, Definition

Row = dict[str, Any]
Facts = dict[str, list[Row]]  # one partner's rows by shape

DAY_S = 86_400
USUAL_THRESHOLD_S, USUAL_SHORT_S = 20, 5  # what single contacts are counted at when nobody says otherwise
LOCK_DAYS = 10


@dataclass(frozen=True)
class Mark:
    """What one fact adds: to the numerator, to the denominator, to the number of cases."""

    row: Row
    above: Any
    below: int = 0
    n: float = 0
    day: dt.date | None = None
    length_s: int | None = None

    @property
    def first(self) -> dt.date:
        return self.day or self.row["day"]

    @property
    def length(self) -> int:
        return self.length_s or self.row.get("length_s") or DAY_S


Marks = Iterator[Mark]
Source = Callable[[Facts, Definition], Marks]


@dataclass(frozen=True)
class Twin:
    """How the marks of a measure become its value."""

    marks: Source
    fold: str = "ratio"  # ratio, sum, max, percentile, level, average
    times: float = 1.0
    share: float = 0.5
    below: Source | None = None  # where the denominator comes from other facts
    n_is_rounded: bool = False  # person-days are whole in the product, exact here


@dataclass
class Told:
    """A twin's answer for one slice and period."""

    value: float | None
    above: Any
    below: Any
    n: float
    marks: int = 0
    exact: list[int] = field(default_factory=list)


# Volume: from intervals where a partner delivers them, else counted from contacts.


def volume(facts: Facts, d: Definition) -> Iterator[tuple[Row, Row]]:
    """A fact and its counts; None is not known."""
    if facts.get("intervals"):
        for row in facts["intervals"]:
            counts = dict(row)
            if d.threshold_s is not None and row["threshold_ms"] != d.threshold_s * 1000:
                counts["answered_within"] = counts["abandoned_within"] = None
            if d.short_s is not None and row["short_ms"] != d.short_s * 1000:
                counts["short_abandoned"] = None
            yield row, counts
        return
    for row in facts.get("contacts", []):
        yield row, counts_of_a_contact(row, d)


def counts_of_a_contact(row: Row, d: Definition) -> Row:
    """One contact as an interval of its own would count it."""
    answered = row["answered"]
    given_up = not answered and not row["callback"]
    wait = row["wait_ms"]
    threshold = 1000 * (USUAL_THRESHOLD_S if d.threshold_s is None else d.threshold_s)
    short = 1000 * (USUAL_SHORT_S if d.short_s is None else d.short_s)
    counts: Row = {"offered": 1, "answered": int(answered), "abandoned": int(given_up), "longest_wait_ms": wait}
    counts["callbacks"] = None if row["callback"] is None else int(row["callback"])
    counts["transferred"] = None if row["transferred"] is None else int(answered and row["transferred"])
    counts["callbacks_within_10min"] = counts["staffed_ms"] = counts["available_ms"] = None
    if wait is None:
        names = ("answered_within", "abandoned_within", "short_abandoned", "wait_answered_ms", "wait_abandoned_ms")
        counts |= dict.fromkeys(names)
    else:
        counts["answered_within"] = int(answered and wait <= threshold)
        counts["abandoned_within"] = int(given_up and wait <= threshold)
        counts["short_abandoned"] = int(given_up and wait < short)
        counts["wait_answered_ms"] = wait if answered else 0
        counts["wait_abandoned_ms"] = wait if given_up else 0
    for name in ("talk_ms", "hold_ms", "wrap_ms"):
        counts[name] = row[name] if answered else 0
    return counts


def known(*cells: Any) -> bool:
    """Were all cells delivered?"""
    return all(cell is not None for cell in cells)


def share_of(above: str, below: str, n: str = "") -> Source:
    """One count over another."""

    def marks(facts: Facts, d: Definition) -> Marks:
        for row, c in volume(facts, d):
            if known(c[above], c[below]):
                yield Mark(row, c[above], c[below], c[n or below] or 0)

    return marks


def total_of(name: str, n: str = "") -> Source:
    """One count by itself."""

    def marks(facts: Facts, d: Definition) -> Marks:
        for row, c in volume(facts, d):
            if known(c[name]):
                yield Mark(row, c[name], 0, c[n or name] or 0)

    return marks


def service_level(facts: Facts, d: Definition) -> Marks:
    """The table of six rules: what goes above, what goes below."""
    for row, c in volume(facts, d):
        within, answered, abandoned = c["answered_within"], c["answered"], c["abandoned"]
        rules: dict[Abandons, tuple[Any, ...]] = {
            Abandons.NOT_COUNTED: (),
            Abandons.ALL_AGAINST: (abandoned,),
            Abandons.SHORT_REMOVED: (abandoned, c["short_abandoned"]),
            Abandons.SHORT_CREDITED: (abandoned, c["short_abandoned"]),
            Abandons.WITHIN_IGNORED: (abandoned, c["abandoned_within"]),
            Abandons.WITHIN_CREDITED: (abandoned, c["abandoned_within"]),
        }
        needed = [within, answered, *rules[d.abandons]]
        if d.callbacks is not Callbacks.OUT:
            needed.append(c["callbacks"])
        if not known(*needed):
            continue
        above, below = within, answered
        if d.abandons is not Abandons.NOT_COUNTED:
            below = answered + abandoned
        if d.abandons is Abandons.SHORT_REMOVED:
            below -= c["short_abandoned"]
        if d.abandons is Abandons.SHORT_CREDITED:
            above += c["short_abandoned"]
        if d.abandons is Abandons.WITHIN_IGNORED:
            below -= c["abandoned_within"]
        if d.abandons is Abandons.WITHIN_CREDITED:
            above += c["abandoned_within"]
        if d.callbacks is Callbacks.AGAINST:
            below += c["callbacks"]
        if d.callbacks is Callbacks.CREDITED:
            above, below = above + c["callbacks"], below + c["callbacks"]
        yield Mark(row, above, below, below)


def abandonment(facts: Facts, d: Definition) -> Marks:
    """Abandons less those the rule excuses, over offered."""
    for row, c in volume(facts, d):
        excused: Any = 0
        if d.abandons in (Abandons.SHORT_REMOVED, Abandons.SHORT_CREDITED):
            excused = c["short_abandoned"]
        elif d.abandons is Abandons.WITHIN_CREDITED:
            excused = c["abandoned_within"]
        if known(c["abandoned"], c["offered"], excused):
            yield Mark(row, c["abandoned"] - excused, c["offered"], c["offered"])


def handling(c: Row) -> int | None:
    """Talk, hold and wrap; hold that is not delivered counts as none."""
    return c["talk_ms"] + (c["hold_ms"] or 0) + c["wrap_ms"] if known(c["talk_ms"], c["wrap_ms"]) else None


def handling_over(*below: str) -> Source:
    """Handling time over the answered, over the time signed in, or over busy and available time."""

    def marks(facts: Facts, d: Definition) -> Marks:
        for row, c in volume(facts, d):
            busy = handling(c)
            if busy is None or not known(*(c[b] for b in below)):
                continue
            under = sum(c[b] for b in below) + (busy if below == ("available_ms",) else 0)
            yield Mark(row, busy, under, c["answered"] or 0)

    return marks


def times_of(shape: str, value: Callable[[Row], int | None]) -> Source:
    """Single lengths of time, for percentiles."""

    def marks(facts: Facts, d: Definition) -> Marks:
        for row in facts.get(shape, []):
            ms = value(row)
            if ms is not None:
                yield Mark(row, ms, 1, 1, length_s=DAY_S)

    return marks


# Schedules

LOST = ("leave_ms", "absence_ms", "training_ms", "meeting_ms", "break_ms", "system_ms", "other_ms")


def of_paid(*lost: str) -> Source:
    """Delivered components of lost time over paid time."""

    def marks(facts: Facts, d: Definition) -> Marks:
        for row in facts.get("schedules", []):
            delivered = [row[name] for name in lost if row[name] is not None]
            if delivered and row["paid_ms"] is not None:
                yield Mark(row, sum(delivered), row["paid_ms"], row["paid_ms"])

    return marks


def adherence(facts: Facts, d: Definition) -> Marks:
    for row in facts.get("schedules", []):
        if known(row["adhered_ms"], row["scheduled_ms"]):
            yield Mark(row, row["adhered_ms"], row["scheduled_ms"], row["scheduled_ms"])


# Contacts


def answered_contacts(facts: Facts) -> Iterator[Row]:
    yield from (row for row in facts.get("contacts", []) if row["answered"])


def fcr_agent(facts: Facts, d: Definition) -> Marks:
    for row in answered_contacts(facts):
        if row["resolved"] is not None:
            yield Mark(row, int(row["resolved"]), 1, 1)


def new_hire_contacts(facts: Facts, d: Definition) -> Marks:
    for row in answered_contacts(facts):
        if row["tenure_band"] is not None:
            yield Mark(row, int(row["tenure_band"] in ("0-30", "31-90")), 1, 1)


def followed(came_back: bool) -> Source:
    """Answered contacts of known customers, and whether the same customer came back on the same line in time."""

    def marks(facts: Facts, d: Definition) -> Marks:
        contacts = facts.get("contacts", [])
        if not contacts:
            return
        last = max(row["day"] for row in contacts)
        of_customer: dict[Any, list[Row]] = defaultdict(list)
        for row in contacts:
            of_customer[row["customer"], row["line"]].append(row)
        for (customer, _), own in of_customer.items():
            if customer is None:
                continue
            own.sort(key=lambda r: (r["arrived_at"], r["contact_id"]))
            for i, row in enumerate(own):
                if not row["answered"] or row["day"] + dt.timedelta(days=d.window_days) > last:
                    continue
                limit = row["arrived_at"] + dt.timedelta(days=d.window_days)
                again = any(later["arrived_at"] <= limit for later in own[i + 1 :])
                yield Mark(row, int(again is came_back), 1, 1)

    return marks


# Surveys and evaluations


def asked_about(facts: Facts, question: str) -> Iterator[Row]:
    yield from (row for row in facts.get("surveys", []) if row["question"] == question)


def csat(facts: Facts, d: Definition) -> Marks:
    for row in asked_about(facts, "csat"):
        score, low, high = row["score_milli"], row["scale_low_milli"], row["scale_high_milli"]
        if row["responded"] and known(score, low, high) and high != low:
            yield Mark(row, int(4 * (score - low) >= 3 * (high - low)), 1, 1)


def nps(facts: Facts, d: Definition) -> Marks:
    for row in asked_about(facts, "nps"):
        if row["responded"] and row["score_milli"] is not None:
            score = row["score_milli"] / 1000
            yield Mark(row, 1 if score >= 9 else -1 if score <= 6 else 0, 1, 1)


def fcr_survey(facts: Facts, d: Definition) -> Marks:
    for row in asked_about(facts, "fcr"):
        if row["responded"] and row["resolved"] is not None:
            yield Mark(row, int(row["resolved"]), 1, 1)


def response_rate(question: str) -> Source:
    def marks(facts: Facts, d: Definition) -> Marks:
        for row in asked_about(facts, question):
            yield Mark(row, int(row["responded"] and row["score_milli"] is not None), 1, 1)

    return marks


def chosen_evaluations(facts: Facts, d: Definition) -> Iterator[Row]:
    for row in facts.get("evaluations", []):
        if d.scored_by in ("either", row["scored_by"]) and d.sample in ("any", row["sample"]):
            yield row


def quality_score(facts: Facts, d: Definition) -> Marks:
    for row in chosen_evaluations(facts, d):
        if row["score_milli"] is not None:
            yield Mark(row, row["score_milli"], 1, 1)


def free_of(error: str) -> Source:
    def marks(facts: Facts, d: Definition) -> Marks:
        for row in chosen_evaluations(facts, d):
            if row[error] is not None:
                yield Mark(row, int(row[error] == 0), 1, 1)

    return marks


def calibration(of_gap: Callable[[int], int]) -> Source:
    """Contacts that both sides scored in one month; several scores of one side count as their mean."""

    def marks(facts: Facts, d: Definition) -> Marks:
        pairs: dict[Any, dict[str, list[Row]]] = defaultdict(lambda: {"client": [], "partner": []})
        for row in facts.get("evaluations", []):
            if known(row["contact_id"], row["score_milli"]):
                pairs[row["contact_id"], row["day"].replace(day=1)][row["scored_by"]].append(row)
        for sides in pairs.values():
            if sides["client"] and sides["partner"]:
                client, partner = (sum(r["score_milli"] for r in s) / len(s) for s in sides.values())
                first = min(sides["client"], key=lambda r: r["day"])
                yield Mark(first, of_gap(round(client - partner)), 1, 1)

    return marks


# Forecast


def forecast_pairs(facts: Facts) -> Iterator[tuple[Row, int, int]]:
    """For every interval with both: the fact that names it, contacts forecast by the locked version, contacts offered."""
    actual: dict[Any, Row] = {}
    offered: dict[Any, int] = defaultdict(int)
    for row in facts.get("intervals", []):
        if row["offered"] is not None:
            key = (row["day"], row["start_at"], row["length_s"], row["line"], row["channel"])
            actual[key] = row
            offered[key] += 1000 * row["offered"]
    in_time = [
        row for row in facts.get("forecasts", []) if row["made_at"].date() + dt.timedelta(days=LOCK_DAYS) <= row["day"]
    ]
    latest: dict[Any, dt.datetime] = {}
    for row in in_time:
        what = (row["day"], row["line"], row["channel"])
        latest[what] = max(latest.get(what, row["made_at"]), row["made_at"])
    planned: dict[Any, int] = defaultdict(int)
    for row in in_time:
        if row["made_at"] == latest[row["day"], row["line"], row["channel"]]:
            planned[row["day"], row["start_at"], row["length_s"], row["line"], row["channel"]] += row["volume_milli"]
    for (*when, channel), forecast in planned.items():
        for key, row in actual.items():
            if key[:-1] == tuple(when) and channel in (None, "", key[-1]):
                yield row, forecast, offered[key]


def forecast_error(level: str, signed: bool = False) -> Source:
    def marks(facts: Facts, d: Definition) -> Marks:
        sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
        names: dict[Any, Row] = {}
        for number, (row, forecast, offered) in enumerate(forecast_pairs(facts)):
            when: Any = number
            if level != "interval":
                when = row["day"].replace(day=1) if level == "month" else row["day"], row["length_s"] > DAY_S
            if level == "month":
                when = row["day"].replace(day=1)
            key = (when, row["line"], row["channel"])
            names[key] = row
            sums[key][0] += forecast
            sums[key][1] += offered
        for key, (forecast, offered) in sums.items():
            off = forecast - offered
            row = names[key]
            day, length = row["day"], max(row["length_s"], DAY_S)
            if level == "month":
                day = key[0]
                length = ((day + dt.timedelta(days=32)).replace(day=1) - day).days * DAY_S
            yield Mark(row, off if signed else abs(off), offered, offered // 1000, day, length)

    return marks


# People


def person_days(row: Row) -> int:
    """In thousandths."""
    return math.floor(row["headcount_milli"] * row["length_s"] / DAY_S + 0.5)


def of_people(above: Callable[[Row], int | None]) -> Source:
    def marks(facts: Facts, d: Definition) -> Marks:
        for row in facts.get("headcount", []):
            value = above(row)
            if value is not None:
                yield Mark(row, value, person_days(row), person_days(row) / 1000)

    return marks


def leavers_milli(row: Row) -> int | None:
    return None if row["leavers"] is None else 1000 * row["leavers"]


def early_leavers(facts: Facts, d: Definition) -> Marks:
    for row in facts.get("headcount", []):
        if known(row["leavers_0_90"], row["leavers"]):
            yield Mark(row, row["leavers_0_90"], row["leavers"], row["leavers"])


def absence(facts: Facts, d: Definition) -> Marks:
    for row in facts.get("headcount", []):
        if known(row["absent_days_milli"], row["planned_days_milli"]):
            yield Mark(row, row["absent_days_milli"], row["planned_days_milli"], row["planned_days_milli"] / 1000)


# Money


def billed(facts: Facts, d: Definition) -> Marks:
    for row in facts.get("invoices", []):
        if row["currency"] == d.currency:
            yield Mark(row, row["amount_minor"], 0, 1)


def resolved(facts: Facts, d: Definition) -> Marks:
    for mark in fcr_agent(facts, d):
        yield Mark(mark.row, mark.above, 0, 0)


# Tickets


def tickets(facts: Facts) -> list[Row]:
    return facts.get("tickets", [])


def opened_less_solved(facts: Facts, d: Definition) -> Marks:
    for row in tickets(facts):
        yield Mark(row, 1, 0, 1)
        if row["solved_on"] is not None:
            yield Mark(row, -1, 0, 0, day=row["solved_on"])


def tickets_opened(facts: Facts, d: Definition) -> Marks:
    for row in tickets(facts):
        yield Mark(row, 1, 0, 1)
        if row["solved_on"] is not None:  # a day on which tickets were only solved opened none, and that is known
            yield Mark(row, 0, 0, 0, day=row["solved_on"])


def time_to_resolution(facts: Facts, d: Definition) -> Marks:
    for row in tickets(facts):
        if row["solved_at"] is not None and row["resolution_ms"] is not None:
            yield Mark(row, row["resolution_ms"], 1, 1)


def reopened(facts: Facts, d: Definition) -> Marks:
    for row in tickets(facts):
        if row["reopens"] is not None:
            yield Mark(row, int(row["reopens"] > 0), 1, 1)


MS = 0.001  # milliseconds shown as seconds, thousandths shown as wholes
CENTS = 0.01

TWINS: dict[str, Twin] = {
    "service_level": Twin(service_level),
    "answered_share": Twin(share_of("answered", "offered")),
    "answered_within_of_answered": Twin(share_of("answered_within", "answered")),
    "asa": Twin(share_of("wait_answered_ms", "answered"), times=MS),
    "abandonment": Twin(abandonment),
    "wait_of_abandoned": Twin(share_of("wait_abandoned_ms", "abandoned"), times=MS),
    "longest_wait": Twin(total_of("longest_wait_ms", "offered"), "max", MS),
    "offered": Twin(total_of("offered"), "sum"),
    "answered": Twin(total_of("answered"), "sum"),
    "abandoned": Twin(total_of("abandoned", "offered"), "sum"),
    "callbacks_within_10min": Twin(share_of("callbacks_within_10min", "callbacks")),
    "wait_p50": Twin(times_of("contacts", lambda r: r["wait_ms"] if r["answered"] else None), "percentile", MS),
    "wait_p90": Twin(times_of("contacts", lambda r: r["wait_ms"] if r["answered"] else None), "percentile", MS, 0.9),
    "aht": Twin(handling_over("answered"), times=MS),
    "talk_time": Twin(share_of("talk_ms", "answered"), times=MS),
    "hold_time": Twin(share_of("hold_ms", "answered"), times=MS),
    "wrap_time": Twin(share_of("wrap_ms", "answered"), times=MS),
    "handle_p50": Twin(times_of("contacts", lambda r: handling(r) if r["answered"] else None), "percentile", MS),
    "handle_p90": Twin(times_of("contacts", lambda r: handling(r) if r["answered"] else None), "percentile", MS, 0.9),
    "occupancy": Twin(handling_over("available_ms")),
    "utilisation": Twin(handling_over("staffed_ms")),
    "transfers": Twin(share_of("transferred", "answered")),
    "shrinkage": Twin(of_paid(*LOST)),
    "shrinkage_leave": Twin(of_paid("leave_ms")),
    "shrinkage_absence": Twin(of_paid("absence_ms")),
    "shrinkage_training": Twin(of_paid("training_ms")),
    "shrinkage_meeting": Twin(of_paid("meeting_ms")),
    "shrinkage_break": Twin(of_paid("break_ms")),
    "shrinkage_system": Twin(of_paid("system_ms")),
    "adherence": Twin(adherence),
    "fcr_agent": Twin(fcr_agent),
    "fcr_survey": Twin(fcr_survey),
    "fcr_no_repeat": Twin(followed(came_back=False)),
    "repeat_contacts": Twin(followed(came_back=True)),
    "csat": Twin(csat),
    "nps": Twin(nps, times=100),
    "csat_response_rate": Twin(response_rate("csat")),
    "nps_response_rate": Twin(response_rate("nps")),
    "quality_score": Twin(quality_score, times=MS),
    "customer_critical_accuracy": Twin(free_of("customer_critical")),
    "business_critical_accuracy": Twin(free_of("business_critical")),
    "compliance_critical_accuracy": Twin(free_of("compliance_critical")),
    "calibration_gap": Twin(calibration(lambda gap: gap), times=MS),
    "calibration_spread": Twin(calibration(abs), times=MS),
    "forecast_wape_interval": Twin(forecast_error("interval")),
    "forecast_wape_day": Twin(forecast_error("day")),
    "forecast_wape_month": Twin(forecast_error("month")),
    "forecast_bias": Twin(forecast_error("day", signed=True)),
    "attrition": Twin(of_people(leavers_milli), times=365, n_is_rounded=True),
    "early_attrition": Twin(early_leavers),
    "new_hire_share": Twin(
        of_people(lambda r: person_days(r) if r["tenure_band"] in ("0-30", "31-90") else 0), n_is_rounded=True
    ),
    "new_hire_contacts": Twin(new_hire_contacts),
    "headcount": Twin(of_people(lambda r: person_days(r) * DAY_S), "average", MS, n_is_rounded=True),
    "absence": Twin(absence, n_is_rounded=True),
    "billed": Twin(billed, "sum", CENTS),
    "cost_per_contact": Twin(billed, times=CENTS, below=total_of("answered")),
    "cost_per_resolution": Twin(billed, times=CENTS, below=resolved),
    "cost_per_hour": Twin(billed, times=CENTS * 3_600_000, below=total_of("staffed_ms")),
    "backlog": Twin(opened_less_solved, "level"),
    "tickets_opened": Twin(tickets_opened, "sum"),
    "time_to_resolution": Twin(time_to_resolution, times=MS),
    "resolution_p50": Twin(
        times_of("tickets", lambda r: r["resolution_ms"] if r["solved_at"] else None), "percentile", MS
    ),
    "resolution_p90": Twin(
        times_of("tickets", lambda r: r["resolution_ms"] if r["solved_at"] else None), "percentile", MS, 0.9
    ),
    "reopened": Twin(reopened),
}


# Folding

Key = tuple[Any, ...]
KEPT: dict[Any, tuple[Facts, list[Mark]]] = {}  # marks do not depend on how they are split; facts stay as they are


def marks_of(source: Source, facts: Facts, d: Definition) -> list[Mark]:
    """All marks of a source over one partner's facts."""
    key = (source, id(facts), d)
    if key not in KEPT:
        KEPT[key] = (facts, list(source(facts, d)))
    return KEPT[key][1]


def start_of(day: dt.date, grain: str) -> dt.date:
    """The first day of the day or month."""
    return day if grain == "day" else day.replace(day=1)


def grouped(
    source: Source, partners: dict[str, Facts], d: Definition, by: tuple[str, ...], grain: str
) -> dict[Key, list[Mark]]:
    """Marks by slice and first day of the period; those that do not fit into one are left out."""
    groups: dict[Key, list[Mark]] = defaultdict(list)
    for facts in partners.values():
        for mark in marks_of(source, facts, d):
            last = mark.first + dt.timedelta(days=(mark.length - 1) // DAY_S)
            if start_of(mark.first, grain) == start_of(last, grain):
                groups[(*(mark.row[b] for b in by), start_of(mark.first, grain))].append(mark)
    return groups


def told(name: str, partners: dict[str, Facts], d: Definition, by: tuple[str, ...], grain: str) -> dict[Key, Told]:
    """What the twin of a measure says, by slice and period."""
    twin = TWINS[name]
    groups = grouped(twin.marks, partners, d, by, grain)
    if twin.fold == "level":
        return levels(groups, grain)
    below = grouped(twin.below, partners, d, by, grain) if twin.below else None
    answers = {}
    for key, marks in groups.items():
        if below is not None and key not in below:
            continue
        answers[key] = folded(twin, marks, None if below is None else below[key])
    return answers


def folded(twin: Twin, marks: list[Mark], others: list[Mark] | None) -> Told:
    """The value of one slice and period."""
    n = sum(m.n for m in marks)
    if twin.fold == "sum":
        above = sum(m.above for m in marks)
        return Told(above * twin.times, above, None, n, len(marks))
    if twin.fold == "max":
        above = max(m.above for m in marks)
        return Told(above * twin.times, above, None, n, len(marks))
    if twin.fold == "percentile":
        values = sorted(m.above for m in marks)
        at = values[max(0, math.ceil(twin.share * len(values) - 1e-9) - 1)]
        return Told(at * twin.times, None, len(values), len(values), len(marks), values)
    above = sum(m.above for m in marks)
    below = sum(m.below for m in marks)
    if others is not None:
        below = n = sum(m.above for m in others)
    if twin.fold == "average":
        below = seconds_covered(marks)
    return Told(above / below * twin.times if below else None, above, below, n, len(marks))


def seconds_covered(marks: list[Mark]) -> int:
    """Seconds that at least one fact stands for."""
    days: dict[dt.date, int] = defaultdict(int)
    for mark in marks:
        left, day = mark.length, mark.first
        while left > 0:
            days[day] = max(days[day], min(left, DAY_S))
            left, day = left - DAY_S, day + dt.timedelta(days=1)
    return sum(days.values())


def levels(groups: dict[Key, list[Mark]], grain: str) -> dict[Key, Told]:
    """What is open at the end of each period from the first fact of a slice to its last."""
    answers = {}
    for slice_ in {key[:-1] for key in groups}:
        starts = sorted(key[-1] for key in groups if key[:-1] == slice_)
        start, open_ = starts[0], 0
        while start <= starts[-1]:
            marks = groups.get((*slice_, start), [])
            open_ += sum(m.above for m in marks)
            answers[*slice_, start] = Told(open_, open_, None, sum(m.n for m in marks), len(marks) or 1)
            start = start + dt.timedelta(days=1) if grain == "day" else (start + dt.timedelta(days=32)).replace(day=1)
    return answers
