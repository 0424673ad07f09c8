"""Forecast against actual, at interval, day and month, against the version that was locked."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from levelfield.measures.sheet import A_DAY_S, Part, Sheet, Tables, span_of

DIMENSIONS = ("line", "channel")
PARTS = (
    Part("actual_milli", "Contacts offered, in thousandths."),
    Part("forecast_milli", "Contacts forecast by the locked version, in thousandths."),
    Part("off_milli", "Absolute difference, in thousandths."),
)
KEYS = ("partner", "day", "start_at", "length_s", "line", "channel")


def locked(forecasts: ir.Table, lock_days: int) -> ir.Table:
    """For every interval the latest version that was made at least `lock_days` before its day."""
    return _latest(forecasts.filter(forecasts.made_at.date() + ibis.interval(days=lock_days) <= forecasts.day))


def locked_at(forecasts: ir.Table, moment: dt.datetime) -> ir.Table:
    """For every interval the latest version that was there at a moment in UTC: what was locked then."""
    naive = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return _latest(forecasts.filter(forecasts.made_at <= ibis.literal(naive, type="timestamp(6)")))


def _latest(in_time: ir.Table) -> ir.Table:
    latest = in_time.made_at.max().over(
        ibis.window(group_by=[in_time.partner, in_time.day, in_time.line, in_time.channel])
    )
    return in_time.mutate(latest=latest).filter(lambda t: t.made_at == t.latest)


def rows_of(tables: Tables) -> ir.Table:
    """Three levels side by side; an interval without an actual or without a forecast is left out of both."""
    actual = tables["intervals"]
    actual = actual.group_by([actual[k] for k in KEYS]).aggregate(actual=actual.offered.sum())
    chosen = locked(tables["forecasts"], int(LOCK_DAYS))
    plan = chosen.group_by([chosen[k] for k in KEYS]).aggregate(forecast=chosen.volume_milli.sum())
    empty = ibis.literal("")
    both = plan.join(
        actual,
        [
            plan.partner == actual.partner,
            plan.day == actual.day,
            plan.length_s == actual.length_s,
            plan.start_at.epoch_seconds().fill_null(0) == actual.start_at.epoch_seconds().fill_null(0),
            plan.line.fill_null("") == actual.line.fill_null(""),
            (plan.channel.fill_null("") == actual.channel.fill_null("")) | (plan.channel.fill_null(empty) == empty),
        ],
    ).select(
        partner=plan.partner, day=plan.day, line=plan.line, channel=actual.channel, span_s=span_of(plan),
        actual_milli=actual.actual.cast("int64") * 1000, forecast_milli=plan.forecast.cast("int64"),
    )  # fmt: skip
    month = both.mutate(day=both.day.truncate("M").cast("date"))
    month_s = ((month.day + ibis.interval(months=1)).cast("date").delta(month.day, unit="day") * A_DAY_S).cast("int64")
    levels = []
    for level, t, span in (("interval", both, None), ("day", both, None), ("month", month, month_s)):
        if level != "interval":
            grouped = t if span is None else t.mutate(span_s=span)
            t = grouped.group_by(["partner", "day", "line", "channel", "span_s"]).aggregate(
                actual_milli=grouped.actual_milli.sum(), forecast_milli=grouped.forecast_milli.sum()
            )
        levels.append(
            t.select(
                "partner",
                "day",
                "line",
                "channel",
                span_s=t.span_s.cast("int64"),
                level=ibis.literal(level),
                actual_milli=t.actual_milli.cast("int64"),
                forecast_milli=t.forecast_milli.cast("int64"),
                off_milli=(t.actual_milli - t.forecast_milli).abs().cast("int64"),
            )
        )
    together = levels[0].union(levels[1]).union(levels[2])
    return together


LOCK_DAYS = 10  # a forecast counts as locked when it was made this many days before; agreements may ask for another
FORECAST_ERROR = Sheet(
    "forecast_error",
    "Forecast against actual",
    ("forecasts", "intervals"),
    DIMENSIONS,
    PARTS,
    rows_of,
    ("level",),
    all_shapes=True,
)
