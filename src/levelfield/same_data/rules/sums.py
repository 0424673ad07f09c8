"""Columns that are secretly other columns, and totals that do not add up."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from levelfield.same_data.finding import Finding, Severity
from levelfield.same_data.rules.rule import Look, TableRule, grain_of

COUNTS = ("offered", "answered", "abandoned", "answered_within", "abandoned_within", "transferred", "callbacks")
FEWEST_ROWS = 20


def _there(look: Look) -> list[str]:
    return [c for c in COUNTS if look.filled(c)]


def _ask_copies(t: ir.Table, look: Look) -> ir.Table:
    """How often each count is positive, equal to another, or the sum of two others."""
    there = _there(look)
    asked: dict[str, ir.Value] = {"rows": t.count()}
    for a in there:
        asked[f"n:{a}"] = (t[a] > 0).fill_null(False).sum()
    for a, b in itertools.combinations(there, 2):
        asked[f"{a}={b}"] = ((t[a] == t[b]) & (t[a] > 0)).fill_null(False).sum()
    for a in there:
        if a == "offered":
            continue  # offered is rightly the sum of answered and abandoned
        for b, c in itertools.combinations([x for x in there if x != a], 2):
            asked[f"{a}={b}+{c}"] = ((t[a] == t[b] + t[c]) & (t[b] > 0) & (t[c] > 0)).fill_null(False).sum()
    if {"offered", "answered", "abandoned"} <= set(there):
        # A file may give "abandoned" as answered + abandoned: then it exceeds what was not answered by the answered.
        asked["twice"] = ((t.abandoned == t.offered) & (t.answered > 0)).fill_null(False).sum()
    elif {"answered", "abandoned"} <= set(there):
        asked["above"] = ((t.abandoned >= t.answered) & (t.answered > 0)).fill_null(False).sum()
    return t.aggregate(**asked)


def _tell_copies(rows: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    row, found = rows[0], []
    for key, count in row.items():
        if "=" not in key or not count:
            continue
        a, rest = key.split("=")
        positive = row[f"n:{a}"]
        if positive < FEWEST_ROWS or count < positive:
            continue
        if "+" in rest:
            b, c = rest.split("+")
            found.append(
                Finding(
                    "column_is_a_sum",
                    Severity.REFUSED,
                    f"`{a}` equals `{b}` + `{c}` in all {count:,} rows where it is not zero: it is their sum, not a count of its own.",
                    count,
                    next_step=f"Map `{a}` to the column that really counts it, or leave it out.",
                )
            )
        elif {a, rest} == {"offered", "abandoned"}:
            found.append(
                Finding(
                    "column_is_a_copy",
                    Severity.REFUSED,
                    f"`abandoned` equals `offered` in all {count:,} rows: the file publishes answered + abandoned as “abandoned”.",
                    count,
                    next_step="Map `abandoned` to a column that counts only contacts given up, or leave it out.",
                )
            )
        else:
            found.append(
                Finding(
                    "column_is_a_copy",
                    Severity.WARNING,
                    f"`{a}` equals `{rest}` in all {count:,} rows: one of the two may be a copy.",
                    count,
                )
            )
    if row.get("above") and row["above"] >= max(FEWEST_ROWS, row["rows"] * 0.99):
        found.append(
            Finding(
                "column_is_a_sum",
                Severity.REFUSED,
                f"`abandoned` is at least `answered` in {row['above']:,} of {row['rows']:,} rows: "
                "the file seems to publish answered + abandoned as “abandoned”.",
                int(row["above"]),
                next_step="Map `abandoned` to a column that counts only contacts given up, or leave it out.",
            )
        )
    return found


def _ask_balance(t: ir.Table, look: Look) -> ir.Table:
    """Per partner and day (or longer period of a row), what came in and what became of it."""
    out = ibis.coalesce(t.overflow_out, 0) if look.filled("overflow_out") else ibis.literal(0)
    length_s = t.length_s.max() if look.filled("length_s") else ibis.literal(0)
    days = t.group_by(t.partner, t.day).aggregate(
        offered=t.offered.sum(), known=(t.answered + t.abandoned + out).sum(), length_s=length_s
    )
    days = days.filter(days.partner.notnull() & days.day.notnull())  # a row without them is told on its own
    off = (days.offered - days.known).abs()
    return (
        days.filter(off > ibis.greatest(2.0, days.offered * 0.02))
        .mutate(off=off)
        .order_by(ibis.desc("off"), "partner", "day")
        .limit(2000)
    )


def _tell_balance(rows: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    if not rows:
        return []
    worst = rows[0]
    above = sum(1 for r in rows if r["known"] > r["offered"])
    grain = grain_of(worst["length_s"])
    return [
        Finding(
            "does_not_add_up",
            Severity.WARNING,
            f"Answered + abandoned differ from offered by more than 2 % in {len(rows):,} partner-{grain}{'s' if len(rows) > 1 else ''} "
            f"({above:,} above it); the largest is {worst['partner']}, {grain.name_of(worst['day'])}: "
            f"{worst['known']:,} against {worst['offered']:,} offered.",
            len(rows),
            next_step="Contacts that crossed midnight, call-backs or flow-outs can explain it; else ask who delivers.",
        )
    ]


RULES = (
    TableRule("column_is_a_copy", ("intervals",), ("answered", "abandoned"), _ask_copies, _tell_copies),
    TableRule("does_not_add_up", ("intervals",), ("offered", "answered", "abandoned"), _ask_balance, _tell_balance),
)
