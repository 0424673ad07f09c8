"""The delivery as a whole: zeros that mean "not delivered", gaps, repeats, jumps, shifted rows."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from levelfield.same_data.finding import Finding, Severity
from levelfield.same_data.rules.rule import Look, TableRule, grain_of, rows
from levelfield.same_data.zones import autumn_hours, spring_gaps

USUAL_VOLUME = 20  # a partner with fewer contacts on a usual day may well have none on another
JUMP = 3.0


def _ask_daily(t: ir.Table, look: Look) -> ir.Table:
    t = t.filter(t.partner.notnull(), t.day.notnull())
    least = t.length_s.min() if look.filled("length_s") else ibis.literal(0)
    return t.group_by(t.partner, t.day).aggregate(volume=_volume(t, look), length_s=least)


def _volume(t: ir.Table, look: Look) -> ir.IntegerScalar:
    """What a partner had to do: contacts offered where the file counts them, else rows."""
    return t.offered.sum() if look.filled("offered") and look.shape.name == "intervals" else t.count()


def zero_days(daily: Sequence[Mapping[str, Any]]) -> dict[str, list[dt.date]]:
    """Days on which a partner who usually has volume shows none at all."""
    by_partner: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in daily:
        if row["volume"] is not None:
            by_partner[row["partner"]].append(row)
    found = {}
    for partner, days in by_partner.items():
        if statistics.median(r["volume"] for r in days) >= USUAL_VOLUME:
            zero = sorted(r["day"] for r in days if r["volume"] == 0)
            if zero:
                found[partner] = zero
    return found


def _tell_zeros(daily: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    if look.reading.options.get("zeros_are_real") == "yes":
        return []
    zero, found = zero_days(daily), []
    if not zero:
        return []
    partners = {r["partner"] for r in daily}
    days = sorted({r["day"] for r in daily})
    everyone = [d for d in days if all(d in zero.get(p, ()) or not _has(daily, p, d) for p in partners)]
    next_step = "Deliver the days when they are known. If the zeros are real, say so when you deliver the file again."
    options = ("zeros_are_real",)
    if everyone and len(partners) > 1:
        found.append(
            Finding(
                "zeros_for_not_delivered",
                Severity.WARNING,
                f"All {len(partners)} partners show zero on {spans(everyone)}: taken as not delivered.",
                sum(len([d for d in z if d in everyone]) for z in zero.values()),
                next_step=next_step,
                options=options,
            )
        )
    for partner, own in sorted(zero.items()):
        alone = [d for d in own if d not in everyone or len(partners) == 1]
        if alone:
            found.append(
                Finding(
                    "zeros_for_not_delivered",
                    Severity.WARNING,
                    f"{look.estate.name_of(partner)} shows zero on {spans(alone)}, against a usual {_grain(daily, partner)} of "
                    f"{_usual(daily, partner)}: taken as not delivered.",
                    len(alone),
                    next_step=next_step,
                    options=options,
                )
            )
    return found


def _usual(daily: Sequence[Mapping[str, Any]], partner: str) -> str:
    middle = statistics.median(r["volume"] for r in daily if r["partner"] == partner and r["volume"] is not None)
    return f"{middle:,.0f}"


def _grain(daily: Sequence[Mapping[str, Any]], partner: str) -> str:
    return grain_of(max(r["length_s"] or 0 for r in daily if r["partner"] == partner))


def _has(daily: Sequence[Mapping[str, Any]], partner: str, day: dt.date) -> bool:
    return any(r["partner"] == partner and r["day"] == day for r in daily)


def spans(days: Sequence[dt.date]) -> str:
    """Days as spans: 30 March to 5 April 2026, 25 December 2025."""
    groups: list[list[dt.date]] = []
    for day in sorted(days):
        if groups and day - groups[-1][-1] == dt.timedelta(days=1):
            groups[-1].append(day)
        else:
            groups.append([day])

    def told(day: dt.date) -> str:
        return f"{day.day} {day:%B %Y}"

    parts = [told(g[0]) if len(g) == 1 else f"{told(g[0])} to {told(g[-1])}" for g in groups]
    return ", ".join(parts[:6]) + (f" and {len(parts) - 6} more spans" if len(parts) > 6 else "")


def _tell_gaps(daily: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    """Days without any row between a partner's first and last, on weekdays it usually serves."""
    by_partner: dict[str, set[dt.date]] = defaultdict(set)
    for row in daily:
        if (row["length_s"] or 0) <= 86_400:
            by_partner[row["partner"]].add(row["day"])
    found = []
    for partner, days in sorted(by_partner.items()):
        if len(days) < 14:
            continue
        served = {w for w in range(7) if sum(d.weekday() == w for d in days) >= 2}
        span = (max(days) - min(days)).days
        gone = [d for i in range(span) if (d := min(days) + dt.timedelta(days=i)) not in days and d.weekday() in served]
        if gone and len(gone) < span / 2:
            found.append(
                Finding(
                    "gap",
                    Severity.WARNING,
                    f"{look.estate.name_of(partner)} has no row for {spans(gone)}. A missing day is not a day with zero contacts.",
                    len(gone),
                    next_step="Deliver the days, or leave the gap: every page will show it as a gap.",
                )
            )
    return found


def _tell_jump(daily: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    """A level that jumps where a new file begins is more often a changed definition than a changed world."""
    before: dict[str, dict[dt.date, float]] = defaultdict(lambda: defaultdict(float))
    for (partner, _, day), volume in look.before.items():
        before[partner][day] += volume
    now: dict[str, dict[dt.date, float]] = defaultdict(dict)
    for row in daily:
        if row["volume"]:
            now[row["partner"]][row["day"]] = row["volume"]
    found = []
    for partner, days in sorted(now.items()):
        first = min(days)
        earlier = [v for d, v in before[partner].items() if d < first and v > 0]
        later = [v for d, v in days.items() if d < first + dt.timedelta(days=28)]
        if len(earlier) < 5 or len(later) < 5 or statistics.median(earlier) < USUAL_VOLUME:
            continue
        ratio = statistics.median(later) / statistics.median(earlier)
        if ratio > JUMP or ratio < 1 / JUMP:
            found.append(
                Finding(
                    "level_jump",
                    Severity.WARNING,
                    f"{look.estate.name_of(partner)}: a usual {_grain(daily, partner)} has {statistics.median(later):,.0f} contacts from {first} on, "
                    f"against {statistics.median(earlier):,.0f} in the facts published before.",
                    len(later),
                    next_step="Ask whether the export's filter, queues or unit changed with this file.",
                )
            )
    return found


def _ask_lines(t: ir.Table, look: Look) -> ir.Table:
    t = t.filter(t.partner.notnull(), t.day.notnull())
    return t.group_by(t.partner, label=ibis.coalesce(t.line, ""), day=t.day).aggregate(volume=_volume(t, look))


def _tell_shift(lines: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    """Numbers that stood at one label in the last delivery stand at its neighbour in this one."""
    labels = sorted({(r["partner"], r["label"]) for r in lines})
    now = {((r["partner"], r["label"]), r["day"]): float(r["volume"] or 0) for r in lines}
    before = {((p, label), d): v for (p, label, d), v in look.before.items()}
    shared = {key: v for key, v in now.items() if key in before and v > 0}
    if len(shared) < 10 or len(labels) < 3:
        return []
    same = sum(before[key] == v for key, v in shared.items())
    for step in (-1, 1):
        neighbour = {labels[i]: labels[i + step] for i in range(len(labels)) if 0 <= i + step < len(labels)}
        moved = sum(
            before.get((neighbour[key[0]], key[1])) == v and before[key] != v
            for key, v in shared.items()
            if key[0] in neighbour
        )
        if moved > 0.6 * len(shared) and moved > 2 * same:
            return [
                Finding(
                    "shifted_rows",
                    Severity.REFUSED,
                    f"In {moved:,} of {len(shared):,} places the numbers equal those published for the neighbouring line or partner: "
                    "rows have slipped against their labels.",
                    moved,
                    next_step="Sort the labels together with their numbers, and deliver the file again.",
                )
            ]
    return []


def _ask_duplicates(t: ir.Table, look: Look) -> ir.Table:
    keys = [k for k in look.shape.key if look.filled(k) or k in ("day", "partner")]
    first = {"first": t.row.min(), "n": t.count()}
    grouped = t.group_by([t[k] for k in keys]).aggregate(**first)
    return grouped.filter(grouped.n > 1).order_by("first").limit(5000)


def _tell_duplicates(found: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    """The same key twice. Around a change of clocks this has a reason of its own."""
    if not found:
        return []
    shape, extra = look.shape, sum(r["n"] - 1 for r in found)
    if look.reading.profile.latest:
        return []
    changed = _clock_days(found, look)
    if shape.name in ("intervals", "forecasts") and changed and all(r["day"] in changed for r in found):
        return [
            Finding(
                "clock_change",
                Severity.REFUSED,
                f"{rows(extra)} repeat{'s' if extra == 1 else ''} an interval on {spans(sorted(changed))}, when the clocks changed: "
                "local times cannot tell the two hours apart.",
                extra,
                next_step="Export in UTC, or with the offset in the time.",
            )
        ]
    if shape.name == "contacts" and len(found) >= 3:
        return [
            Finding(
                "segments_for_contacts",
                Severity.REFUSED,
                f"{len(found):,} contact numbers occur more than once ({rows(extra)} too many): "
                "these rows look like segments or transfers, not contacts.",
                extra,
                next_step="Export one row per contact, or name in the profile which row of a contact counts ([latest]).",
            )
        ]
    return [
        Finding(
            "duplicates",
            Severity.REFUSED,
            f"{rows(extra)} repeat{'s' if extra == 1 else ''} the {', '.join(k for k in shape.key if k in found[0])} of an earlier row.",
            extra,
            next_step="Remove the repeated rows. If they are parts of one interval, add the column that tells them apart to the profile.",
        )
    ]


def _clock_days(found: Sequence[Mapping[str, Any]], look: Look) -> set[dt.date]:
    days = [r["day"] for r in found if r.get("day")]
    zone = look.reading.options.get("zone") or look.estate.zone
    if not days or zone == "UTC":
        return set()
    spans_ = (*autumn_hours(zone, min(days), max(days)), *spring_gaps(zone, min(days), max(days)))
    return {start.date() for start, _ in spans_}


def header_findings(look: Look) -> list[Finding]:
    """What the header alone tells: rates without counts, columns left out, a file delivered before."""
    found = []
    rates = [
        h
        for h in look.reading.headers
        if any(w in h.casefold() for w in ("%", "rate", "percent", "pct", "service level"))
    ]
    if look.shape.name == "intervals" and rates and not look.filled("offered") and not look.filled("answered"):
        found.append(
            Finding(
                "rates_without_counts",
                Severity.REFUSED,
                f"The file gives {', '.join(rates[:4])} but neither contacts offered nor answered: a rate without its counts "
                "can be neither added up nor checked.",
                len(rates),
                next_step="Export the counts.",
            )
        )
    if look.reading.left_out:
        names = ", ".join(look.reading.left_out[:12]) + (" …" if len(look.reading.left_out) > 12 else "")
        found.append(
            Finding("left_out", Severity.NOTE, f"Not read, and not kept: {names}.", len(look.reading.left_out))
        )
    if look.delivered_before:
        found.append(
            Finding(
                "delivered_before",
                Severity.NOTE,
                f"The same file, byte for byte, was delivered in {look.delivered_before}.",
            )
        )
    return found


RULES = (
    TableRule("zeros_for_not_delivered", ("intervals",), ("offered",), _ask_daily, _tell_zeros),
    TableRule("gap", ("intervals", "contacts"), ("partner",), _ask_daily, _tell_gaps),
    TableRule("level_jump", ("intervals", "contacts"), ("partner",), _ask_daily, _tell_jump),
    TableRule("shifted_rows", ("intervals",), ("offered",), _ask_lines, _tell_shift),
    TableRule("duplicates", (), ("partner",), _ask_duplicates, _tell_duplicates),
)
