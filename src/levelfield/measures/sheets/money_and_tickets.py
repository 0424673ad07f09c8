"""Invoices; tickets opened and solved."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from levelfield.measures.sheet import A_DAY_S, Part, Sheet, Tables, span_of

INVOICE_DIMENSIONS = ("program", "site", "line")
INVOICE_PARTS = (Part("amount_minor", "Billed, in minor units; credits are negative."),)


def invoices_rows(tables: Tables) -> ir.Table:
    """Amounts by item and currency."""
    t = tables["invoices"]
    return t.select(
        "partner", "day", *INVOICE_DIMENSIONS, "item", "currency", "amount_minor", span_s=span_of(t).cast("int64")
    )


INVOICES = Sheet(
    "invoices", "Invoices", ("invoices",), INVOICE_DIMENSIONS, INVOICE_PARTS, invoices_rows, ("item", "currency")
)

TICKET_DIMENSIONS = ("program", "site", "line", "channel", "reason")
TICKET_PARTS = (
    Part("opened", "Tickets opened on the day."),
    Part("solved", "Tickets solved on the day."),
    Part("reopened", "Tickets opened on the day that were opened again later."),
    Part("resolution_ms", "Time from opening to solution of tickets opened on the day and solved since."),
    Part("resolved", "Of the tickets opened on the day, solved since."),
)


def tickets_rows(tables: Tables) -> ir.Table:
    """A ticket counts as opened on one day and as solved on another."""
    t = tables["tickets"]
    zero, nothing = ibis.literal(0, type="int64"), ibis.null("int64")
    opened = t.select(
        "partner", "day", *TICKET_DIMENSIONS, span_s=ibis.literal(A_DAY_S, type="int64"),
        opened=ibis.literal(1, type="int64"), solved=zero, reopened=ibis.ifelse(t.reopens.notnull(), (t.reopens > 0).cast("int64"), nothing),
        resolution_ms=ibis.ifelse(t.solved_at.notnull(), t.resolution_ms, 0).cast("int64"),
        resolved=t.solved_at.notnull().cast("int64"),
    )  # fmt: skip
    done = t.filter(t.solved_on.notnull())
    solved = done.select(
        "partner", *TICKET_DIMENSIONS, day=done.solved_on, span_s=ibis.literal(A_DAY_S, type="int64"),
        opened=zero, solved=ibis.literal(1, type="int64"), reopened=zero, resolution_ms=zero, resolved=zero,
    ).select(opened.columns)  # fmt: skip
    return opened.union(solved)


TICKETS = Sheet("tickets", "Tickets", ("tickets",), TICKET_DIMENSIONS, TICKET_PARTS, tickets_rows)
