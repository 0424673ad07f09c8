"""What became of single contacts, by reason and tenure; repeat contacts; histograms of times."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from levelfield.measures.histogram import bin_of
from levelfield.measures.sheet import A_DAY_S, Part, Sheet, Tables

DIMENSIONS = ("program", "site", "line", "channel", "language", "tenure_band", "reason")
PARTS = (
    Part("contacts", "All contacts."),
    Part("answered", "Answered contacts."),
    Part("transferred", "Answered contacts passed on."),
    Part("flagged", "Answered contacts on which the agent said whether the issue was solved."),
    Part("resolved", "Of these, solved."),
    Part("handle_ms", "Talk, hold and after-contact work of answered contacts."),
    Part("new_agents", "Answered contacts served by agents of up to 90 days."),
    Part("known_agents", "Answered contacts whose agent's tenure is known."),
)
NEW = ("0-30", "31-90")


def rows_of(tables: Tables) -> ir.Table:
    """One additive row per contact."""
    t = tables["contacts"]
    one = t.answered.cast("int64")
    handle = t.talk_ms + ibis.coalesce(t.hold_ms, 0) + t.wrap_ms
    nothing = ibis.null("int64")
    said = ~t.answered | t.resolved.notnull()
    known = ~t.answered | t.tenure_band.notnull()
    return t.select(
        "partner",
        "day",
        *DIMENSIONS,
        span_s=ibis.literal(A_DAY_S, type="int64"),
        contacts=ibis.literal(1, type="int64"),
        answered=one,
        transferred=ibis.ifelse(t.transferred.notnull(), (t.answered & t.transferred).cast("int64"), nothing),
        flagged=ibis.ifelse(said, one, nothing),
        resolved=ibis.ifelse(said, (t.answered & t.resolved.fill_null(False)).cast("int64"), nothing),
        handle_ms=ibis.ifelse(t.answered, handle, 0).cast("int64"),
        new_agents=ibis.ifelse(known, (t.answered & t.tenure_band.isin(NEW).fill_null(False)).cast("int64"), nothing),
        known_agents=ibis.ifelse(known, one, nothing),
    )


CONTACTS = Sheet("contacts", "Single contacts", ("contacts",), DIMENSIONS, PARTS, rows_of)

WINDOWS_DAYS = (1, 3, 7, 14, 30)
REPEAT_PARTS = (
    Part("known", "Answered contacts of known customers."),
    *(
        Part(
            f"repeated_{n}", f"Of these, followed by another contact of the customer on the same line within {n} days."
        )
        for n in WINDOWS_DAYS
    ),
)


def repeats_rows(tables: Tables) -> ir.Table:
    """Contacts of known customers on their own days, and each return on the day of the contact it comes after.

    A return is found by looking back from the later contact, so facts of one more day add rows and change none. With
    a table `own_days` only the facts of these days are counted; the others are what they look back on.
    """
    t = tables["contacts"].filter(lambda c: c.customer.notnull())
    new, days = t, tables.get("own_days")
    if days is not None:
        new = t.semi_join(days, "day")
        who = new.select("customer", line_=new.line.fill_null("")).distinct()
        old = t.anti_join(days, "day")
        t = old.semi_join(who, [old.customer == who.customer, old.line.fill_null("") == who.line_]).union(new)
    after = ibis.window(group_by=[t.partner, t.customer, t.line], order_by=[t.arrived_at, t.contact_id])
    pairs = t.mutate(later_at=t.arrived_at.lead().over(after), later_day=t.day.lead().over(after))
    pairs = pairs.mutate(gap_s=pairs.later_at.epoch_seconds() - pairs.arrived_at.epoch_seconds())
    pairs = pairs.filter(pairs.answered & (pairs.gap_s <= LONGEST_WINDOW_DAYS * A_DAY_S))
    if days is not None:
        pairs = pairs.semi_join(days, pairs.later_day == days.day)
    zero, one, day_s = (ibis.literal(n, type="int64") for n in (0, 1, A_DAY_S))
    new = new.filter(new.answered)
    known = new.select(
        "partner",
        "day",
        *DIMENSIONS,
        span_s=day_s,
        known=one,
        **{f"repeated_{n}": zero for n in WINDOWS_DAYS},
        n_rows=one,
    )
    returns = pairs.select(
        "partner", "day", *DIMENSIONS, span_s=day_s, known=zero,
        **{f"repeated_{n}": (pairs.gap_s <= n * A_DAY_S).cast("int64") for n in WINDOWS_DAYS}, n_rows=zero,
    )  # fmt: skip
    return known.union(returns)


LONGEST_WINDOW_DAYS = max(WINDOWS_DAYS)
REPEATS = Sheet(
    "repeats", "Repeat contacts", ("contacts",), DIMENSIONS, REPEAT_PARTS, repeats_rows,
    looks_back_days=LONGEST_WINDOW_DAYS + 1, to_last_day=True, version=2,
)  # fmt: skip

TIME_DIMENSIONS = ("program", "site", "line", "channel")
TIME_PARTS = (Part("n", "Contacts or tickets in the bin."),)


def times_rows(tables: Tables) -> ir.Table:
    """How many contacts or tickets took about how long."""
    pieces = []
    if "contacts" in tables:
        t = tables["contacts"]
        handle = t.talk_ms + ibis.coalesce(t.hold_ms, 0) + t.wrap_ms
        pieces += [(t.filter(t.answered), "wait", t.wait_ms), (t.filter(t.answered), "handle", handle)]
    if "tickets" in tables:
        t = tables["tickets"]
        pieces += [
            (t.filter(t.solved_at.notnull()), "resolution", t.resolution_ms),
            (t, "first_reply", t.first_reply_ms),
        ]
    rows = [
        t.select("partner", "day", *TIME_DIMENSIONS, what=ibis.literal(what), bin=bin_of(value))
        .filter(lambda r: r.bin.notnull())
        .mutate(span_s=ibis.literal(A_DAY_S, type="int64"), n=ibis.literal(1, type="int64"))
        for t, what, value in pieces
    ]
    together = rows[0]
    for more in rows[1:]:
        together = together.union(more)
    return together


TIMES = Sheet(
    "times",
    "Histograms of times",
    ("contacts", "tickets"),
    TIME_DIMENSIONS,
    TIME_PARTS,
    times_rows,
    ("what", "bin"),
    by_month=True,
)
