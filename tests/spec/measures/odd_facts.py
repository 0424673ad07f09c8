"""Facts by hand that a well-behaved world does not hold: empty cells, mixed thresholds, call-backs, whole months.

Partner Odd delivers every shape, and both intervals and contacts. Partner Loose delivers contacts and tickets only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from levelfield.same_data.shapes import SHAPES

Row = dict[str, Any]

FEB, MARCH = dt.date(2026, 2, 1), dt.date(2026, 3, 1)
DAY_S = 86_400
MS = 1000


def row(shape: str, partner: str, day: dt.date, **cells: Any) -> Row:
    """A fact with every column of its shape; what is not given is empty."""
    made = {**dict.fromkeys(SHAPES[shape].names), "partner": partner, "day": day, **cells}
    unknown = set(made) - set(SHAPES[shape].names)
    assert not unknown, unknown
    return made


def at(day: dt.date, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=dt.UTC)


def days(first: dt.date, count: int) -> list[dt.date]:
    return [first + dt.timedelta(days=n) for n in range(count)]


def intervals(partner: str) -> list[Row]:
    full = {"length_s": DAY_S, "threshold_ms": 20 * MS, "short_ms": 5 * MS, "program": "P", "channel": "voice"}
    rows = []
    for n, day in enumerate(days(dt.date(2026, 2, 20), 20)):
        counts = {
            "offered": 50 + n, "answered": 44 + n, "answered_within": 30 + n, "abandoned": 5, "abandoned_within": 2,
            "short_abandoned": 1, "callbacks": n % 3, "callbacks_within_10min": n % 2 if n % 3 else 0, "transferred": 3,
            "wait_answered_ms": 700_000 + n, "wait_abandoned_ms": 300_000, "longest_wait_ms": 90_000 + n * 777,
            "talk_ms": 9_000_000 + n, "hold_ms": 100_000, "wrap_ms": 2_000_000, "staffed_ms": 20_000_000, "available_ms": 7_000_000,
        }  # fmt: skip
        rows.append(row("intervals", partner, day, **full, line="Whole", **counts))
        # The same line counted at 60 seconds and with another idea of "short".
        other = {**full, "threshold_ms": 60 * MS, "short_ms": 10 * MS, "queue": "sixty"}
        rows.append(row("intervals", partner, day, **other, line="Mixed", **{**counts, "answered_within": 40 + n}))
        rows.append(row("intervals", partner, day, **full, line="Mixed", queue="twenty", **counts))
        # Cells that were never delivered: hold counts as none, everything else must not count as zero.
        gaps = {"no_hold": "hold_ms", "no_wrap": "wrap_ms", "no_offered": "offered", "no_within": "answered_within"}
        for name, missing in gaps.items():
            rows.append(row("intervals", partner, day, **full, line="Gaps", queue=name, **{**counts, missing: None}))
        few = {"offered": 3, "answered": 2, "answered_within": 1, "abandoned": 1, "abandoned_within": 0}
        rows.append(row("intervals", partner, day, **full, line="Few", **few))
        nothing = {"offered": 0, "answered": 0, "answered_within": 0, "abandoned": 0, "abandoned_within": 0}
        rows.append(row("intervals", partner, day, **full, line="Quiet", **nothing))
        rows.append(row("intervals", partner, day, **full, line=None, **counts))
    for month, length in ((FEB, 28), (MARCH, 31)):
        counts = {"offered": 1000, "answered": 900, "answered_within": 700, "abandoned": 100, "abandoned_within": 20}
        rows.append(row("intervals", partner, month, **{**full, "length_s": length * DAY_S}, line="Monthly", **counts))
    for n, day in enumerate(days(MARCH, 20)):
        half_hours = {**full, "length_s": 1800}
        for slot in range(3):
            start = at(day, 9 + slot)
            counts = {"offered": 12 + n % 5 + slot, "answered": 11, "answered_within": 9, "abandoned": 1}
            rows.append(row("intervals", partner, day, **half_hours, start_at=start, line="Planned", **counts))
            chat = {**half_hours, "channel": "chat"}
            rows.append(row("intervals", partner, day, **chat, start_at=start, line="Planned", **counts))
    return rows


def forecasts(partner: str) -> list[Row]:
    rows = []
    for n, day in enumerate(days(MARCH, 20)):
        versions = (("first", 40, 900), ("locked", 12, 1000), ("late", 2, 1300))
        for name, before, percent in versions:
            made = at(day - dt.timedelta(days=before), 23, 30)
            for slot in range(4):  # the last one has no actual
                cells = {
                    "version": name,
                    "made_at": made,
                    "start_at": at(day, 9 + slot),
                    "length_s": 1800,
                    "line": "Planned",
                }
                volume = (10 + slot) * percent + n * 10
                rows.append(row("forecasts", partner, day, **cells, channel="voice", volume_milli=volume))
        # A forecast of whole hours says nothing about half hours; one without a channel is for whichever there is.
        hours = {
            "version": "locked",
            "made_at": at(day - dt.timedelta(days=12), 23, 30),
            "start_at": at(day, 9),
            "channel": "voice",
        }
        rows.append(row("forecasts", partner, day, **hours, length_s=3600, line="Planned", volume_milli=99_000))
        daily = {"version": "d", "made_at": at(day - dt.timedelta(days=10), 1), "length_s": DAY_S, "line": "Whole"}
        rows.append(row("forecasts", partner, day, **daily, volume_milli=60_500 + n))
    month = {
        "version": "m",
        "made_at": at(dt.date(2026, 1, 5)),
        "length_s": 31 * DAY_S,
        "line": "Monthly",
        "channel": "voice",
    }
    rows.append(row("forecasts", partner, MARCH, **month, volume_milli=1_100_000))
    return rows


def contacts(partner: str) -> list[Row]:
    rows = []
    for n in range(900):
        day = dt.date(2026, 2, 18) + dt.timedelta(days=n % 38)
        answered = n % 7 != 0
        customer = None if n % 11 == 0 else f"k{n * 7919 % 90}"
        cells: Row = {
            "contact_id": f"{partner}-{n:04}", "arrived_at": at(day, 8 + n % 9, n % 60), "answered": answered,
            "line": ("Billing", "Orders", None)[n % 3], "program": "P", "channel": "voice", "customer": customer,
            "wait_ms": None if n % 13 == 0 else (n % 5) * 15_000 + n % 4 * 1000, "callback": (None, False, False, False, True)[n % 5],
        }  # fmt: skip
        if answered:
            cells |= {
                "talk_ms": 200_000 + n * 311 % 90_000, "hold_ms": None if n % 4 == 0 else n * 10, "wrap_ms": None if n % 17 == 0 else 30_000 + n,
                "transferred": None if n % 19 == 0 else n % 10 == 0, "resolved": None if n % 6 == 0 else n % 4 != 0,
                "tenure_band": (None, "0-30", "31-90", "91-180", "366+")[n % 5],
            }  # fmt: skip
        if cells["line"] == "Orders":
            cells |= {"wrap_ms": None, "resolved": None}  # a platform that never says
        rows.append(row("contacts", partner, day, **cells))
    return rows


def tickets(partner: str) -> list[Row]:
    rows = []
    for n in range(260):
        day = dt.date(2026, 2, 18) + dt.timedelta(days=n % 30)
        takes = dt.timedelta(hours=3 + n * 37 % 400)
        opened = at(day, 10)
        solved = None if n % 5 == 0 or (opened + takes).date() > dt.date(2026, 3, 27) else opened + takes
        cells: Row = {"ticket_id": f"t{n}", "opened_at": opened, "line": "Mail" if n % 2 else None, "channel": "e-mail"}
        cells["reopens"] = None if n % 9 == 0 else int(n % 8 == 0)
        if solved is not None:
            resolution = None if n % 23 == 0 else int(takes.total_seconds() * MS)
            cells |= {"solved_at": solved, "solved_on": solved.date(), "resolution_ms": resolution}
        rows.append(row("tickets", partner, day, **cells))
    return rows


def surveys(partner: str) -> list[Row]:
    rows = []
    scales = ((1, 5), (0, 100), (1, 7), (None, None))
    for n in range(800):
        day = dt.date(2026, 2, 18) + dt.timedelta(days=n % 38)
        question = ("csat", "csat", "nps", "fcr")[n % 4]
        low, high = scales[n // 4 % 4] if question == "csat" else (0, 10)
        responded = n % 3 != 0
        cells: Row = {
            "response_id": f"s{n}",
            "question": question,
            "responded": responded,
            "line": "Billing" if n % 2 else "Orders",
        }
        if low is not None and high is not None:
            cells |= {"scale_low_milli": low * MS, "scale_high_milli": high * MS}
        if responded and question == "fcr":
            cells["resolved"] = None if n % 10 == 0 else n % 5 != 1
        elif responded and n % 29:
            cells["score_milli"] = ((low or 0) + n * 13 % ((high or 5) - (low or 0) + 1)) * MS
        rows.append(row("surveys", partner, day, **cells))
    return rows


def evaluations(partner: str) -> list[Row]:
    rows = []
    for n in range(300):
        day = dt.date(2026, 2, 18) + dt.timedelta(days=n % 38)
        cells: Row = {
            "evaluation_id": f"e{n}", "contact_id": None if n % 8 == 0 else f"c{n // 2 % 60}", "scored_by": "client" if n % 2 else "partner",
            "sample": ("random", "random", "risk", "targeted")[n // 2 % 4], "score_milli": None if n % 25 == 0 else 70_000 + n * 97 % 30_000,
            "customer_critical": None if n % 12 == 0 else int(n % 9 == 0), "business_critical": n % 2,
            "compliance_critical": int(n % 14 == 3), "line": "Billing" if n % 3 else None,
        }  # fmt: skip
        rows.append(row("evaluations", partner, day, **cells))
    return rows


def schedules(partner: str) -> list[Row]:
    rows = []
    for n, day in enumerate(days(dt.date(2026, 2, 20), 20)):
        times = {
            "paid_ms": 30_000_000,
            "scheduled_ms": 24_000_000,
            "adhered_ms": 22_000_000 + n,
            "leave_ms": 1_000_000,
            "meeting_ms": 500_000,
        }
        rows.append(row("schedules", partner, day, length_s=DAY_S, line="Whole", **times, other_ms=7))
        only = {"paid_ms": 30_000_000, "system_ms": 40_000 + n}
        rows.append(row("schedules", partner, day, length_s=DAY_S, line="Systems only", **only))
        rows.append(row("schedules", partner, day, length_s=DAY_S, line="Nothing said", paid_ms=30_000_000))
    for month, length in ((FEB, 28), (MARCH, 31)):
        times = {"paid_ms": 900_000_000, "absence_ms": 50_000_000, "training_ms": 10_000_000}
        rows.append(row("schedules", partner, month, length_s=length * DAY_S, line="Monthly", **times))
    return rows


def headcount(partner: str) -> list[Row]:
    rows = []
    for month, length in ((FEB, 28), (MARCH, 31)):
        for n, band in enumerate(("0-30", "31-90", "91-180", "181-365", "366+", None)):
            people = {
                "headcount_milli": 10_500 + n * 333,
                "starters": n,
                "leavers": 3 + n,
                "leavers_0_90": 2 if n < 2 else 0,
            }
            lost = {"absent_days_milli": 9_000 + n, "planned_days_milli": 200_000 + n}
            cells = {"length_s": length * DAY_S, "site": "A", "tenure_band": band}
            rows.append(row("headcount", partner, month, **cells, line="Bands", **people, **lost))
        rows.append(row("headcount", partner, month, length_s=length * DAY_S, line="Bare", headcount_milli=40_000))
    for n, day in enumerate(days(dt.date(2026, 3, 10), 10)):
        people = {"headcount_milli": 31_000 + n * 1000, "leavers": n % 2, "leavers_0_90": None if n % 4 == 0 else 0}
        rows.append(row("headcount", partner, day, length_s=DAY_S, line="Daily", tenure_band="366+", **people))
    return rows


def invoices(partner: str) -> list[Row]:
    rows = []
    for month, length in ((FEB, 28), (MARCH, 31)):
        lines = (
            ("Whole", "contacts", 1_234_567, "GBP"), ("Whole", "credit", -20_000, "GBP"), ("Mixed", "hours", 777_700, "GBP"),
            (None, "fixed", 300_000, "GBP"), ("Whole", "training", 99_900, "EUR"), ("Billing", "contacts", 400_000, "GBP"),
        )  # fmt: skip
        for number, (line, item, amount, currency) in enumerate(lines):
            cells = {
                "invoice_id": f"I{month}",
                "invoice_line": number,
                "item": item,
                "amount_minor": amount,
                "currency": currency,
            }
            rows.append(row("invoices", partner, month, length_s=length * DAY_S, line=line, **cells))
    daily = {"invoice_id": "D", "invoice_line": 1, "item": "minutes", "amount_minor": 5_000, "currency": "GBP"}
    rows.append(row("invoices", partner, dt.date(2026, 3, 5), length_s=DAY_S, line="Whole", **daily))
    return rows


def odd_facts() -> dict[str, dict[str, list[Row]]]:
    """Both partners' facts by shape."""
    makers = (intervals, forecasts, contacts, tickets, surveys, evaluations, schedules, headcount, invoices)
    return {
        "odd": {make.__name__: make("odd") for make in makers},
        "loose": {make.__name__: make("loose") for make in (contacts, tickets)},
    }
