"""What became of single contacts, by reason and tenure; repeat contacts; histograms of times."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from levelfield.measures.histogram import bin_of
from levelfield.measures.sheet import A_DAY_S, Part, Sheet, Tables, reduced

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


def build(tables: Tables) -> ir.Table:
    """One additive row per contact."""
    t = tables["contacts"]
    one = t.answered.cast("int64")
    handle = t.talk_ms + ibis.coalesce(t.hold_ms, 0) + t.wrap_ms
    nothing = ibis.null("int64")
    said = ~t.answered | t.resolved.notnull()
    known = ~t.answered | t.tenure_band.notnull()
    rows = t.select(
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
    return reduced(PARTS, CONTACTS.apart, rows)


CONTACTS = Sheet("contacts", "Single contacts", ("contacts",), DIMENSIONS, PARTS, build)

WINDOWS_DAYS = (1, 3, 7, 14, 30)
REPEAT_PARTS = tuple(
    part
    for n in WINDOWS_DAYS
    for part in (
        Part(
            f"watched_{n}",
            f"Answered contacts of known customers that lie at least {n} days before the last delivered day.",
        ),
        Part(
            f"repeated_{n}", f"Of these, followed by another contact of the customer on the same line within {n} days."
        ),
    )
)


def build_repeats(tables: Tables) -> ir.Table:
    """Does the same customer come back on the same line? The last days cannot know it yet and are not counted."""
    t = tables["contacts"]
    following = t.arrived_at.lead().over(
        ibis.window(group_by=[t.partner, t.customer, t.line], order_by=[t.arrived_at, t.contact_id])
    )
    t = t.mutate(
        gap_s=following.epoch_seconds() - t.arrived_at.epoch_seconds(), last_day=tables["last_day"].last_day.as_scalar()
    )
    known = t.answered & t.customer.notnull()
    values: dict[str, ir.Value] = {}
    for n in WINDOWS_DAYS:
        watched = known & (t.day + ibis.interval(days=n) <= t.last_day)
        values[f"watched_{n}"] = watched.cast("int64")
        values[f"repeated_{n}"] = (watched & (t.gap_s <= n * A_DAY_S)).fill_null(False).cast("int64")
    rows = t.select("partner", "day", *DIMENSIONS, span_s=ibis.literal(A_DAY_S, type="int64"), **values)
    return reduced(REPEAT_PARTS, REPEATS.apart, rows)


REPEATS = Sheet("repeats", "Repeat contacts", ("contacts",), DIMENSIONS, REPEAT_PARTS, build_repeats, reach_days=31)

TIME_DIMENSIONS = ("program", "site", "line", "channel")
TIME_PARTS = (Part("n", "Contacts or tickets in the bin."),)


def build_times(tables: Tables) -> ir.Table:
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
    return reduced(TIME_PARTS, TIMES.apart, together)


TIMES = Sheet(
    "times", "Histograms of times", ("contacts", "tickets"), TIME_DIMENSIONS, TIME_PARTS, build_times, ("what", "bin")
)
