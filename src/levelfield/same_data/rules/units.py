"""Seconds, milliseconds, fractions of a day; per cent and share; day and month: the classic mix-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from levelfield.same_data.finding import Finding, Severity
from levelfield.same_data.rules.rule import Look, TableRule

SHORTEST_TALK_MS = 500  # nobody is served in half a second: the numbers are fractions of a day
LONGEST_TALK_MS = 6 * 3_600_000  # nor for six hours on average: the numbers are milliseconds


def _ask_talk(t: ir.Table, look: Look) -> ir.Table:
    if look.shape.name == "intervals":
        busy = t.filter(t.answered > 0, t.talk_ms > 0)
        return busy.aggregate(n=busy.answered.sum(), mean=busy.talk_ms.sum() / busy.answered.sum())
    answered = t.filter(t.talk_ms >= 0, t.answered)
    return answered.aggregate(n=answered.count(), mean=answered.talk_ms.mean())


def _tell_talk(rows: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    n, mean = rows[0]["n"], rows[0]["mean"]
    if not n or n < 5 or mean is None or SHORTEST_TALK_MS <= mean <= LONGEST_TALK_MS:
        return []
    short = mean < SHORTEST_TALK_MS
    guess = "fractions of a day" if short else "milliseconds"
    unit = "day_fraction" if short else "ms"
    return [
        Finding(
            "wrong_unit",
            Severity.REFUSED,
            f"Mean talk time would be {mean / 1000:,.3f} s per contact: `talk_ms` looks like {guess}, not seconds.",
            int(n),
            next_step=f'Set unit = "{unit}" for the times in the profile, and deliver the file again.',
        )
    ]


def _tell_score(rows: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    row = rows[0]
    if not row["n"] or row["n"] < 10 or row["most"] is None or row["most"] > 1000 or row["most"] <= 0:
        return []
    return [
        Finding(
            "percent_or_share",
            Severity.REFUSED,
            f"All {row['n']:,} quality scores lie between 0 and 1: they look like shares, and per cent is expected.",
            int(row["n"]),
            next_step="Deliver scores as 0 to 100.",
        )
    ]


def _ask_days(t: ir.Table, look: Look) -> ir.Table:
    days = t.filter(t.day.notnull()).select(t.day).distinct()
    return days.aggregate(
        n=days.count(),
        month_days=days.day.day().nunique(),
        most=days.day.day().max(),
        months=days.day.month().nunique(),
    )


def _tell_days(rows: Sequence[Mapping[str, Any]], look: Look) -> list[Finding]:
    row = rows[0]
    # A month of daily data has more than twelve days; twelve days spread over many months is a swapped date.
    if row["n"] < 13 or row["most"] > 12 or row["months"] < 6 or row["month_days"] == 1:
        return []
    return [
        Finding(
            "dates_swapped",
            Severity.REFUSED,
            f"No date lies after the 12th of a month although {row['n']} days in {row['months']} months are delivered: "
            "day and month look swapped.",
            int(row["n"]),
            next_step='Name the date format in the profile, such as formats = ["%d/%m/%Y"].',
        )
    ]


RULES = (
    TableRule("wrong_unit", ("intervals", "contacts"), ("talk_ms", "answered"), _ask_talk, _tell_talk),
    TableRule(
        "percent_or_share",
        ("evaluations",),
        ("score_milli",),
        lambda t, look: t.aggregate(n=t.score_milli.count(), most=t.score_milli.max()),
        _tell_score,
    ),
    TableRule("dates_swapped", ("intervals", "contacts", "surveys", "evaluations"), ("day",), _ask_days, _tell_days),
)
