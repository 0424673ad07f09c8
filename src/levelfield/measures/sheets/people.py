"""Schedules and headcount."""

from __future__ import annotations

import ibis.expr.types as ir

from levelfield.measures.sheet import Part, Sheet, Tables, span_of

LOST = ("leave_ms", "absence_ms", "training_ms", "meeting_ms", "break_ms", "system_ms", "other_ms")
SCHEDULE_DIMENSIONS = ("program", "site", "line", "queue", "channel")
SCHEDULE_PARTS = tuple(
    Part(n, "Sum of the column of the same name.") for n in ("paid_ms", "scheduled_ms", "adhered_ms", *LOST)
)


def schedules_rows(tables: Tables) -> ir.Table:
    """Paid, scheduled and lost time by day."""
    t = tables["schedules"]
    return t.select(
        "partner", "day", *SCHEDULE_DIMENSIONS, *(p.name for p in SCHEDULE_PARTS), span_s=span_of(t).cast("int64")
    )


SCHEDULES = Sheet("schedules", "Schedules", ("schedules",), SCHEDULE_DIMENSIONS, SCHEDULE_PARTS, schedules_rows)

HEADCOUNT_DIMENSIONS = ("program", "site", "line", "tenure_band")
HEADCOUNT_PARTS = (
    Part("person_days_milli", "Average people in production times days, in thousandths."),
    Part("new_person_days_milli", "The same for people of up to 90 days."),
    *(
        Part(n, "Sum of the column of the same name.")
        for n in ("starters", "leavers", "leavers_0_90", "absent_days_milli", "planned_days_milli")
    ),
)


def headcount_rows(tables: Tables) -> ir.Table:
    """Headcount as person-days, which can be added over time."""
    t = tables["headcount"]
    days = (t.headcount_milli * t.length_s / 86_400).round().cast("int64")
    return t.select(
        "partner", "day", *HEADCOUNT_DIMENSIONS, "starters", "leavers", "leavers_0_90", "absent_days_milli", "planned_days_milli",
        span_s=span_of(t).cast("int64"), person_days_milli=days,
        new_person_days_milli=t.tenure_band.isin(("0-30", "31-90")).ifelse(days, 0).cast("int64"),
    )  # fmt: skip


HEADCOUNT = Sheet("headcount", "Headcount", ("headcount",), HEADCOUNT_DIMENSIONS, HEADCOUNT_PARTS, headcount_rows)
