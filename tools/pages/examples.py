"""A few facts for every sheet, small enough to check by hand, and what the product makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from levelfield.measures.compute import Asked, aggregated, finished
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Measure
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value
from levelfield.same_data.canonical import schema_of
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Grain
from levelfield_io.engine import Engine

Cells = dict[str, Any]

MARCH = dt.date(2026, 3, 1)
DAY_S, MONTH_S = 86_400, 31 * 86_400
PLAIN = Definition(currency="GBP")
ID = {"contacts": "contact_id", "surveys": "response_id", "evaluations": "evaluation_id", "tickets": "ticket_id"}


@dataclass(frozen=True)
class Fact:
    """Some facts that are alike: how many, and their cells."""

    times: int
    cells: Cells


def at(day: int, hour: int) -> dt.datetime:
    """A moment in March 2026."""
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


def _day(number: int) -> dt.date:
    return dt.date(2026, 3, number)


INTERVALS = [
    Fact(1, {
        "day": _day(number), "length_s": DAY_S, "line": line, "threshold_ms": 20_000, "short_ms": 5_000, "offered": offered, "answered": answered,
        "answered_within": within, "abandoned": abandoned, "abandoned_within": abandoned // 3, "short_abandoned": abandoned // 6,
        "callbacks": 4, "callbacks_within_10min": 3, "transferred": answered // 10, "wait_answered_ms": answered * wait, "wait_abandoned_ms": abandoned * 75_000,
        "longest_wait_ms": longest, "talk_ms": answered * 240_000, "hold_ms": answered * 20_000, "wrap_ms": answered * 40_000,
        "available_ms": answered * 75_000, "staffed_ms": answered * 400_000,
    })
    for number, line, offered, answered, within, abandoned, wait, longest in (
        (2, "Billing", 500, 470, 420, 30, 18_000, 190_000), (3, "Billing", 560, 530, 440, 30, 24_000, 260_000),
    )
]  # fmt: skip
CALLBACKS = [Fact(f.times, {**f.cells, "callbacks": 40, "callbacks_within_10min": 31}) for f in INTERVALS]


def contact(
    times: int, day: int, wait_s: int, talk_s: int, *, resolved: bool | None, tenure: str, answered: bool = True
) -> Fact:
    """Contacts that are alike."""
    cells: Cells = {
        "day": _day(day),
        "arrived_at": at(day, 10),
        "line": "Billing",
        "answered": answered,
        "wait_ms": wait_s * 1000,
    }
    if answered:
        cells |= {
            "talk_ms": talk_s * 1000,
            "hold_ms": 0,
            "wrap_ms": 30_000,
            "resolved": resolved,
            "tenure_band": tenure,
        }
    return Fact(times, cells)


CONTACTS = [
    contact(30, 2, 10, 200, resolved=True, tenure="366+"),
    contact(10, 2, 45, 320, resolved=False, tenure="31-90"),
    contact(8, 3, 90, 260, resolved=True, tenure="0-30"),
    contact(2, 3, 120, 500, resolved=None, tenure="366+"),
    contact(5, 3, 60, 0, resolved=None, tenure="", answered=False),
]
REPEATS = [
    Fact(1, {"day": _day(2), "arrived_at": at(2, 10), "line": "Billing", "answered": True, "customer": f"c{n:02}"}) for n in range(40)
] + [
    Fact(1, {"day": _day(day), "arrived_at": at(day, 10), "line": "Billing", "answered": True, "customer": customer})
    for day, customer in ((5, "c00"), (6, "c01"), (8, "c02"), (9, "c03"), (15, "c04"), (16, "x"))
]  # fmt: skip
TICKETS = [
    Fact(20, {"day": _day(2), "opened_at": at(2, 9), "solved_at": at(2, 13), "solved_on": _day(2), "resolution_ms": 4 * 3_600_000, "reopens": 0}),
    Fact(15, {"day": _day(2), "opened_at": at(2, 9), "solved_at": at(3, 9), "solved_on": _day(3), "resolution_ms": 24 * 3_600_000, "reopens": 1}),
    Fact(5, {"day": _day(4), "opened_at": at(4, 9), "reopens": 0}),
]  # fmt: skip


def half_hour(shape: str, hour: int, number: int) -> Fact:
    """A half-hour of one line, forecast or offered."""
    cells: Cells = {"day": _day(2), "start_at": at(2, hour), "length_s": 1800, "line": "Billing", "channel": "voice"}
    if shape == "intervals":
        return Fact(1, {**cells, "offered": number})
    made = {"version": "lock", "made_at": dt.datetime(2026, 2, 1, 6, tzinfo=dt.UTC), "volume_milli": number * 1000}
    return Fact(1, {**cells, **made})


def survey(
    times: int, question: str, scale: tuple[int, int], score: int | None, *, resolved: bool | None = None
) -> Fact:
    """Invitations that were answered alike, or not at all."""
    cells: Cells = {
        "day": _day(2),
        "question": question,
        "responded": score is not None or resolved is not None,
        "resolved": resolved,
    }
    cells |= {
        "score_milli": None if score is None else score * 1000,
        "scale_low_milli": scale[0] * 1000,
        "scale_high_milli": scale[1] * 1000,
    }
    return Fact(times, cells)


def evaluation(times: int, who: str, score: int, customer: int, business: int = 0) -> Fact:
    """Evaluations that are alike."""
    return Fact(times, {
        "day": _day(2), "scored_by": who, "sample": "random", "score_milli": score * 1000,
        "customer_critical": customer, "business_critical": business, "compliance_critical": 0,
    })  # fmt: skip


def pairs() -> list[Fact]:
    """Twelve contacts, each scored by both sides."""
    return [
        Fact(1, {"day": _day(2), "contact_id": f"c{n:02}", "scored_by": who, "sample": "random", "score_milli": score})
        for n in range(12)
        for who, score in (("client", 80_000 + 500 * (n % 2)), ("partner", 82_000 - 3_000 * (n % 3 == 0)))
    ]


def people(band: str, headcount: int, leavers: int, early: int) -> Fact:
    """A month of one tenure band."""
    return Fact(1, {
        "day": MARCH, "length_s": MONTH_S, "tenure_band": band, "headcount_milli": headcount * 1000, "leavers": leavers, "leavers_0_90": early,
        "absent_days_milli": headcount * 900, "planned_days_milli": headcount * 21_000,
    })  # fmt: skip


SCHEDULES = [
    Fact(1, {
        "day": _day(number), "length_s": DAY_S, "line": "Billing", "paid_ms": 144_000_000, "scheduled_ms": 108_000_000, "adhered_ms": adhered,
        "leave_ms": 14_400_000, "absence_ms": absent, "training_ms": 4_320_000, "meeting_ms": 2_880_000, "break_ms": 11_520_000, "system_ms": 1_440_000,
    })
    for number, adhered, absent in ((2, 97_200_000, 7_200_000), (3, 99_360_000, 5_760_000))
]  # fmt: skip
INVOICES = [
    Fact(1, {"day": MARCH, "length_s": MONTH_S, "item": item, "amount_minor": amount, "currency": currency})
    for item, amount, currency in (
        ("contacts", 400_000, "GBP"),
        ("credit", -20_000, "GBP"),
        ("training", 50_000, "EUR"),
    )
]

FACTS: dict[str, dict[str, list[Fact]]] = {
    "volume": {"intervals": INTERVALS},
    "contacts": {"contacts": CONTACTS},
    "repeats": {"contacts": REPEATS},
    "times": {"contacts": CONTACTS},
    "forecast_error": {
        "intervals": [half_hour("intervals", 9 + n, offered) for n, offered in enumerate((40, 60, 55, 45))],
        "forecasts": [half_hour("forecasts", 9 + n, expected) for n, expected in enumerate((50, 50, 50, 48))],
    },
    "schedules": {"schedules": SCHEDULES},
    "headcount": {"headcount": [people("0-30", 10, 4, 4), people("31-90", 15, 2, 1), people("366+", 75, 3, 0)]},
    "surveys": {
        "surveys": [
            survey(22, "csat", (1, 5), 5), survey(14, "csat", (1, 5), 4), survey(9, "csat", (1, 5), 2), survey(55, "csat", (1, 5), None),
            survey(20, "nps", (0, 10), 10), survey(10, "nps", (0, 10), 8), survey(10, "nps", (0, 10), 3), survey(60, "nps", (0, 10), None),
            survey(33, "fcr", (0, 1), 1, resolved=True), survey(12, "fcr", (0, 1), 0, resolved=False),
        ]
    },
    "evaluations": {
        "evaluations": [evaluation(34, "client", 90, 0), evaluation(4, "client", 70, 1), evaluation(2, "client", 80, 0, 1), evaluation(50, "partner", 95, 0)]
    },
    "calibration": {"evaluations": pairs()},
    "invoices": {"invoices": INVOICES},
    "tickets": {"tickets": TICKETS},
}  # fmt: skip


def facts_for(measure: Measure) -> dict[str, list[Fact]]:
    """The facts of a measure's example."""
    if measure.name.startswith("resolution_"):
        return {"tickets": TICKETS}
    if measure.name == "callbacks_within_10min":
        return {"intervals": CALLBACKS}
    if measure.sheet == "surveys":
        question = measure.name.split("_")[0]
        return {"surveys": [f for f in FACTS["surveys"]["surveys"] if f.cells["question"] == question]}
    return {**FACTS[measure.sheet], **(FACTS[measure.denominator_sheet] if measure.denominator_sheet else {})}


def rows_of(shape: str, facts: list[Fact]) -> list[Mapping[str, Any]]:
    """Single facts with keys of their own."""
    rows: list[Mapping[str, Any]] = []
    for fact in facts:
        for _ in range(fact.times):
            key = {ID[shape]: f"{shape[0]}{len(rows):03}"} if shape in ID else {}
            rows.append({**dict.fromkeys(SHAPES[shape].names), "partner": "north", **key, **fact.cells})
    return rows


def arrow_of(shape: str, facts: list[Fact]) -> pa.Table:
    """The facts as a table; moments are naive UTC inside the engine."""
    table = pa.Table.from_pylist(rows_of(shape, facts), schema=schema_of(SHAPES[shape]))
    fields = [pa.field(f.name, pa.timestamp("us")) if pa.types.is_timestamp(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))


def value_of(measure: Measure, definition: Definition = PLAIN) -> Value:
    """What the product makes of the example: the partner's March 2026."""
    engine = Engine()
    try:
        tables: dict[str, ir.Table] = {s: engine.see(s, arrow_of(s, facts)) for s, facts in facts_for(measure).items()}
        tables["last_day"] = engine.see("last_day", pa.table({"last_day": pa.array([_day(16)], pa.date32())}))
        asked = Asked(((measure, definition),), (), Grain.MONTH)
        rows = {}
        for name in asked.sheets:
            sheet = SHEETS[name]
            built = sheet.build({s: t for s, t in tables.items() if s in (*sheet.shapes, "last_day")})
            engine.make_table(f"sheet_{name}", built.select(*sheet.columns))
            rows[name] = engine.rows(aggregated(sheet, _table(sheet.schema(), f"sheet_{name}"), asked))
        (value,) = finished(asked, rows)
        return value
    finally:
        engine.close()


def _table(schema: dict[str, str], name: str) -> ir.Table:
    import ibis

    return ibis.table(schema, name=name)
