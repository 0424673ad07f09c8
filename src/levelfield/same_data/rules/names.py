"""Names: unknown partners, lines and sites, merged units, formulas and markup, personal data."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from levelfield.same_data.finding import Finding, Severity
from levelfield.same_data.rules.rule import Look, RowRule, TableRule, grain_of
from levelfield.same_data.rules.rule import rows as rows_of
from levelfield.same_data.shape import Kind
from levelfield.words import nearest

EMAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+\.[A-Za-z]{2,}"
PHONE = r"(\+|\b00)[0-9][0-9 ()\-]{7,}[0-9]"
# A contact number that is a telephone number; other digits are just a number.
OWN_PHONE = r"^\+[0-9][0-9 ()\-]{7,}[0-9]$"
CARD = r"\b[0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{3,4}\b"
PERSONAL = f"{EMAIL}|{PHONE}|{CARD}"
MARK = "\x1e"  # stands between the texts of a row, so that one search finds what is in any of them
MARKUP = r"(^|\x1e)([=@\t]|[+\-][A-Za-z(=@])|<[A-Za-z!/]|\x00"
OWN_NAMES = ("contact_id", "response_id", "evaluation_id", "ticket_id", "invoice_id", "event_id")


def _texts(look: Look) -> list[str]:
    return [c.name for c in look.shape.columns if c.kind is Kind.TEXT and look.filled(c.name)]


def _any_matches(t: ir.Table, look: Look, pattern: str, own: str = "") -> ir.BooleanValue:
    """Does any text match? `own` is the pattern for the platform's own numbers, which are digits and hyphens by nature."""
    texts = _texts(look)
    apart = [name for name in texts if own and name in OWN_NAMES]
    tests = [t[name].re_search(own).fill_null(False) for name in apart]
    if together := [t[name] for name in texts if name not in apart]:
        tests.append(ibis.literal(MARK).join(together).re_search(pattern).fill_null(False))
    return functools.reduce(operator.or_, tests) if tests else ibis.literal(False)


MARKUP_IN_NAMES = RowRule(
    name="markup",
    severity=Severity.REJECTED,
    sentence="A name holds a formula or markup in {rows}; a spreadsheet or a page would run it.",
    wrong=lambda t, look: _any_matches(t, look, MARKUP),
    columns=(),
    next_step="Write the name as plain words.",
)
PERSONAL_DATA = RowRule(
    name="personal_data",
    severity=Severity.REJECTED,
    sentence="A text column holds an e-mail address, a telephone or card number in {rows}. Personal data never enter.",
    wrong=lambda t, look: _any_matches(t, look, PERSONAL, own=f"{EMAIL}|{OWN_PHONE}"),
    columns=(),
    next_step="Leave the column out of the profile, or remove the data before delivering.",
)
ROW_RULES = (MARKUP_IN_NAMES, PERSONAL_DATA)


def _ask_partners(t: ir.Table, look: Look) -> ir.Table:
    return t.group_by(t.partner).aggregate(n=t.count(), first=t.row.min()).order_by("partner").limit(5000)


def _tell_partners(rows: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    known = {name for p in look.estate.partners for name in (p.name, *p.aliases)}
    unknown = [r for r in rows if r["partner"] and r["partner"] not in look.estate.keys]
    if not unknown or look.reading.options.get("add_unknown") == "yes":
        return []
    parts = []
    for r in unknown[:8]:
        near = nearest(r["partner"], known, most=2)
        parts.append(
            f"“{r['partner']}” ({rows_of(r['n'])}" + (f"; did you mean {' or '.join(near)}?)" if near else ")")
        )
    more = f" and {len(unknown) - 8} more" if len(unknown) > 8 else ""
    return [
        Finding(
            "unknown_partner",
            Severity.REFUSED,
            f"{'A partner is' if len(unknown) == 1 else f'{len(unknown)} partners are'} not known: {', '.join(parts)}{more}.",
            sum(r["n"] for r in unknown),
            next_step="Correct the name, add it as another name of a known partner, or welcome new partners.",
            options=("estate", "add_unknown"),
        )
    ]


def _ask_places(t: ir.Table, look: Look) -> ir.Table:
    return (
        t.group_by(t.partner, t.line, t.site).aggregate(n=t.count()).order_by("partner", "line", "site").limit(20_000)
    )


def _tell_places(rows: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    found = []
    if look.reading.options.get("add_unknown") == "yes":
        return []
    for what in ("line", "site"):
        seen: dict[str, dict[str, int]] = {}
        for r in rows:
            if r[what] and r["partner"]:
                by_name = seen.setdefault(r["partner"], {})
                by_name[r[what]] = by_name.get(r[what], 0) + r["n"]
        for partner in look.estate.partners:
            known = getattr(partner, what + "s")
            unknown = {n: c for n, c in seen.get(partner.key, {}).items() if n not in known} if known else {}
            for name, count in list(unknown.items())[:8]:
                near = nearest(name, known, most=2)
                found.append(
                    Finding(
                        f"unknown_{what}",
                        Severity.REFUSED,
                        f"{partner.name} has no {what} “{name}”"
                        + (f"; did you mean {' or '.join(near)}?" if near else "."),
                        count,
                        next_step=f"Correct the {what}, add it to what is known of the partner, or welcome new ones.",
                        options=("estate", "add_unknown"),
                    )
                )
    return found


def _ask_lives(t: ir.Table, look: Look) -> ir.Table:
    """First and last day, and mean volume of a day (or of the longer period of a row), of every partner."""
    t = t.filter(t.partner.notnull(), t.day.notnull())
    volume = t.offered.sum() if look.filled("offered") else t.count()
    length_s = t.length_s.max() if look.filled("length_s") else ibis.literal(0)
    days = t.group_by(t.partner, t.day).aggregate(volume=volume, length_s=length_s)
    days = days.filter(days.volume > 0)
    return (
        days.group_by(days.partner)
        .aggregate(first=days.day.min(), last=days.day.max(), volume=days.volume.mean(), length_s=days.length_s.max())
        .limit(5000)
    )


def _tell_lives(rows: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    """Several end where one begins, with a comparable volume: a merge, or a new name."""
    if len(rows) < 3:
        return []
    first, last = min(r["first"] for r in rows), max(r["last"] for r in rows)
    told_before = {(m.names, m.into) for m in look.estate.merges}
    counted = "contacts offered" if look.filled("offered") else "contacts"
    found = []
    for new in (r for r in rows if r["first"] > first):
        ended = [
            r for r in rows
            if r["last"] < last and dt.timedelta(0) < new["first"] - r["last"] <= dt.timedelta(days=45) and r is not new
        ]  # fmt: skip
        group = _group_of_volume(ended, new["volume"])
        if not group:
            continue
        names = tuple(sorted(r["partner"] for r in group))
        told = any(set(n) == set(names) and into == new["partner"] for n, into in told_before)
        verb = "merged into" if len(names) > 1 else "was renamed to"
        found.append(
            Finding(
                "merged_unit",
                Severity.NOTE if told else Severity.WARNING,
                f"{' and '.join(names)} {'look' if len(names) > 1 else 'looks'} as if "
                f"{'they' if len(names) > 1 else 'it'} {verb} {new['partner']} on {new['first']}: the old "
                f"{'units end' if len(names) > 1 else 'unit ends'} there and the new one begins "
                f"(an average {grain_of(new['length_s'])} has {sum(r['volume'] for r in group):,.0f} {counted} before, "
                f"{new['volume']:,.0f} after).",
                len(names),
                next_step="" if told else "Confirm the merge, so that no partner seems to vanish.",
                options=() if told else ("estate",),
            )
        )
    return found


def _group_of_volume(ended: list[Mapping[str, Any]], volume: float) -> list[Mapping[str, Any]]:
    """The units that ended, if together they carry a comparable volume: a third to one and a half times the new one's."""
    chosen: list[Mapping[str, Any]] = []
    for row in sorted(ended, key=lambda r: -r["volume"]):
        if sum(r["volume"] for r in chosen) + row["volume"] <= volume * 1.5:
            chosen.append(row)
    total = sum(r["volume"] for r in chosen)
    return chosen if chosen and total >= volume / 3 else []


RULES = (
    TableRule("unknown_partner", (), ("partner",), _ask_partners, _tell_partners),
    TableRule("unknown_place", (), ("line",), _ask_places, _tell_places),
    TableRule("merged_unit", ("intervals", "contacts"), ("partner",), _ask_lives, _tell_lives),
)
