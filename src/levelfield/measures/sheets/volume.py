"""Contacts offered, answered and given up, with their times: from intervals, or counted from contacts."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from levelfield.measures.sheet import A_DAY_S, Part, Sheet, Tables, span_of

THRESHOLDS_S = (10, 15, 20, 30, 45, 60, 90, 120, 180, 300)
SHORTS_S = (3, 5, 10)
DIMENSIONS = ("program", "site", "line", "queue", "channel", "language", "free_a", "free_b", "free_c")
COUNTED = (
    "offered", "answered", "answered_within", "abandoned", "abandoned_within", "short_abandoned", "overflow_in", "overflow_out",
    "transferred", "callbacks", "callbacks_within_10min", "wait_answered_ms", "wait_abandoned_ms", "talk_ms", "hold_ms", "wrap_ms",
    "staffed_ms", "available_ms", "referred",
)  # fmt: skip
PARTS = (
    *(Part(name, "Sum of the column of the same name.") for name in COUNTED),
    Part("longest_wait_ms", "Longest wait.", "max"),
    *(
        Part(f"answered_{s}", f"Contacts answered within {s} s, where waits of single contacts are known.")
        for s in THRESHOLDS_S
    ),
    *(Part(f"abandoned_{s}", f"Contacts abandoned within {s} s, where waits are known.") for s in THRESHOLDS_S),
    *(Part(f"short_{s}", f"Contacts abandoned in under {s} s, where waits are known.") for s in SHORTS_S),
    Part("handle_sq_s2", "Sum of squared handling times in seconds², where single contacts are known."),
)
EXTRA = ("threshold_ms", "short_ms")
APART = ("partner", "day", "span_s", *DIMENSIONS, *EXTRA, "there")


def from_intervals(t: ir.Table, also: tuple[str, ...] = ()) -> ir.Table:
    """Interval rows as rows of the sheet; `also` keeps more columns of the facts, such as the moment one begins."""
    nothing = ibis.null("int64")
    values = {p.name: (t[p.name] if p.name in t.columns else nothing).cast("int64") for p in PARTS}
    return t.select(*("partner", "day", *DIMENSIONS, *EXTRA, *also), span_s=span_of(t).cast("int64"), **values)


def from_contacts(t: ir.Table) -> ir.Table:
    """Contacts as additive rows: each is one offered contact."""
    # Small numbers are added up faster than large ones; the sums are large again.
    one, nothing = ibis.literal(1, type="int32"), ibis.null("int64")
    lost = ~t.answered & ~t.callback.fill_null(False)

    def where(condition: ir.BooleanValue, value: ir.Value) -> ir.Value:
        return ibis.ifelse(condition, value, 0)

    def flag(condition: ir.BooleanValue) -> ir.Value:
        return condition.cast("int32")

    handle_s = (t.talk_ms + ibis.coalesce(t.hold_ms, 0) + t.wrap_ms).cast("float64") / 1000
    known = t.wait_ms.notnull()
    values: dict[str, ir.Value] = dict.fromkeys((p.name for p in PARTS), nothing)
    values |= {
        "offered": one,
        "answered": flag(t.answered),
        "abandoned": flag(lost),
        "callbacks": ibis.ifelse(t.callback.notnull(), flag(t.callback), ibis.null("int32")),
        "transferred": ibis.ifelse(t.transferred.notnull(), where(t.answered, flag(t.transferred)), ibis.null("int32")),
        "wait_answered_ms": ibis.ifelse(known, where(t.answered, t.wait_ms), nothing),
        "wait_abandoned_ms": ibis.ifelse(known, where(lost, t.wait_ms), nothing),
        "longest_wait_ms": t.wait_ms,
        # An unanswered contact has no handling time: that is zero, not missing.
        "talk_ms": ibis.ifelse(t.answered, t.talk_ms, 0),
        "hold_ms": ibis.ifelse(t.answered, t.hold_ms, 0),
        "wrap_ms": ibis.ifelse(t.answered, t.wrap_ms, 0),
        "handle_sq_s2": ibis.ifelse(t.answered, (handle_s * handle_s).round().cast("int64"), 0),
    }
    for s in THRESHOLDS_S:
        values[f"answered_{s}"] = ibis.ifelse(known, flag(t.answered & (t.wait_ms <= s * 1000)), ibis.null("int32"))
        values[f"abandoned_{s}"] = ibis.ifelse(known, flag(lost & (t.wait_ms <= s * 1000)), ibis.null("int32"))
    for s in SHORTS_S:
        values[f"short_{s}"] = ibis.ifelse(known, flag(lost & (t.wait_ms < s * 1000)), ibis.null("int32"))
    return t.select(
        *("partner", "day", *DIMENSIONS),
        threshold_ms=nothing,
        short_ms=nothing,
        span_s=ibis.literal(A_DAY_S, type="int64"),
        **values,
    )


def rows_of(tables: Tables) -> ir.Table:
    """Intervals where they are delivered; contacts are counted only where there are none, so nothing counts twice."""
    return from_intervals(tables["intervals"]) if "intervals" in tables else from_contacts(tables["contacts"])


VOLUME = Sheet("volume", "Volume and times", ("intervals", "contacts"), DIMENSIONS, PARTS, rows_of, EXTRA)
