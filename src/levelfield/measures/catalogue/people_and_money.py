"""People who come and go; what it costs; what waits."""

from __future__ import annotations

import ibis.expr.types as ir

from levelfield.measures.catalogue.service import column
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Direction, Form, Measure, Term, Unit

ATTRITION = "https://searchcustomerexperience.techtarget.com/answer/Call-center-terms-and-definitions-utilization-attrition-occupancy-shrinkage"
COST = "http://ssabpo.com/pricing-models/"
TICKETS = "https://developer.zendesk.com/rest_api/docs/core/ticket_metrics"


def people(t: ir.Table, d: Definition) -> ir.Value:
    """Person-days, whole."""
    return t.person_days_milli // 1000


def in_currency(t: ir.Table, d: Definition) -> ir.Value:
    """Invoice lines of the agreement's currency."""
    return t.currency == d.currency


def what(name: str) -> Term:
    """Rows of one histogram."""
    return lambda t, d: t.what == name


MEASURES = (
    Measure("attrition", "Attrition, annualised", "Leavers per average person in production and year.", "leavers / person-days · 365", "headcount",
            Unit.PER_YEAR, lambda t, d: t.leavers * 1000, column("person_days_milli"), Direction.LOWER, times=365.0, n=people, n_of="person-days",
            source=ATTRITION, traps=("Moves to another client's work are kept apart.", "Average headcount, not the headcount at the end.")),
    Measure("early_attrition", "Early leavers", "Share of leavers who left within 90 days of their start.", "leavers within 90 days / leavers",
            "headcount", Unit.SHARE, column("leavers_0_90"), column("leavers"), Direction.LOWER, n_of="leavers", fewest=5, source=ATTRITION),
    Measure("new_hire_share", "New people", "Share of person-days by people of up to 90 days.", "person-days of 0–90 days / person-days", "headcount",
            Unit.SHARE, column("new_person_days_milli"), column("person_days_milli"), n=people, n_of="person-days", source=ATTRITION),
    Measure("new_hire_contacts", "Contacts with new people", "Share of answered contacts served by agents of up to 90 days.",
            "answered by agents of 0–90 days / answered with known tenure", "contacts", Unit.SHARE, column("new_agents"), column("known_agents"),
            source=ATTRITION),
    Measure("headcount", "People in production", "Average people in production.", "person-days / days", "headcount", Unit.COUNT,
            lambda t, d: t.person_days_milli * 86_400, column("covered_s"), times=0.001, n=people, n_of="person-days", decimals=0, source=ATTRITION,
            form=Form.AVERAGE, traps=("Over the days that were delivered: a half-delivered month is the average of its half.",)),
    Measure("absence", "Absence", "Share of planned working days lost to unplanned absence.", "absent days / planned days", "headcount", Unit.SHARE,
            column("absent_days_milli"), column("planned_days_milli"), Direction.LOWER, n=lambda t, d: t.planned_days_milli // 1000,
            n_of="planned days", source=ATTRITION),
    Measure("billed", "Billed", "Amount billed, credits deducted.", "Σ amount", "invoices", Unit.MONEY, column("amount_minor"), form=Form.SUM,
            n=lambda t, d: t.n_rows, n_of="invoice lines", fewest=0, times=0.01, decimals=2, where=in_currency, switches=("currency",), source=COST),
    Measure("cost_per_contact", "Cost per contact", "Amount billed per answered contact.", "billed / answered", "invoices", Unit.MONEY,
            column("amount_minor"), column("answered"), times=0.01, denominator_sheet="volume", where=in_currency, switches=("currency",),
            decimals=2, source=COST, traps=("Fixed charges make a quiet month dear.",)),
    Measure("cost_per_resolution", "Cost per resolution", "Amount billed per contact the agent marked as solved.", "billed / resolved", "invoices",
            Unit.MONEY, column("amount_minor"), column("resolved"), times=0.01, denominator_sheet="contacts", where=in_currency,
            switches=("currency",), decimals=2, n_of="resolved contacts", source=COST),
    Measure("cost_per_hour", "Cost per signed-in hour", "Amount billed per signed-in hour.", "billed / staffed hours", "invoices", Unit.MONEY,
            column("amount_minor"), column("staffed_ms"), times=36_000.0, denominator_sheet="volume", where=in_currency,
            switches=("currency",), decimals=2, n_of="staffed milliseconds", source=COST),
    Measure("backlog", "Backlog", "Tickets open at the end of the period.", "Σ opened − Σ solved, from the first fact on", "tickets", Unit.COUNT,
            lambda t, d: t.opened - t.solved, form=Form.LEVEL, n=column("opened"), n_of="tickets", fewest=0, decimals=0,
            direction=Direction.LOWER, source=TICKETS, traps=("Tickets opened before the first delivered fact are not in it.",)),
    Measure("tickets_opened", "Tickets opened", "Tickets opened in the period.", "Σ opened", "tickets", Unit.COUNT, column("opened"), form=Form.SUM,
            n=column("opened"), n_of="tickets", fewest=0, decimals=0, source=TICKETS),
    Measure("time_to_resolution", "Time to resolution", "Mean time from opening to solution of tickets opened in the period and solved since.",
            "Σ resolution time / solved", "tickets", Unit.SECONDS, column("resolution_ms"), column("resolved"), Direction.LOWER, times=0.001,
            n_of="solved tickets", decimals=0, source=TICKETS, traps=("Open tickets are not in it: recent periods look better than they will be.",)),
    *(
        Measure(f"resolution_p{int(share * 100)}", f"Time to resolution, {int(share * 100)} %", f"The time within which {int(share * 100)} % of solved tickets were solved.",
                "percentile of resolution times", "times", Unit.SECONDS, column("n"), None, Direction.LOWER, Form.PERCENTILE, share=share,
                times=0.001, n=column("n"), n_of="solved tickets", where=what("resolution"), decimals=0, source=TICKETS)
        for share in (0.5, 0.9)
    ),
    Measure("reopened", "Reopened tickets", "Share of opened tickets that were opened again.", "reopened / opened", "tickets", Unit.SHARE,
            column("reopened"), column("opened"), Direction.LOWER, n_of="tickets", source=TICKETS),
)  # fmt: skip
