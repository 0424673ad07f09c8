"""Invoices: contacts by month, site and line, a fixed fee, and a credit where service was missed."""

from __future__ import annotations

import datetime as dt

import numpy as np

from levelfield_worlds.arrays import Ints
from levelfield_worlds.arrow import Table
from levelfield_worlds.frame import Frame
from levelfield_worlds.tables import table

PER_MINUTE_MINOR = {"GBP": 62, "EUR": 58, "USD": 41}  # minor units for a minute of handling
FIXED_MINOR = 450_000
MET = 0.8  # service level below which a month earns a credit
CREDIT = 0.05


def invoices_table(frame: Frame, partner: str, answered: Ints, within: Ints) -> Table:
    """One invoice a month; `answered` and `within` are contacts `(series, days)`."""
    mine = frame.series_of_partner(partner)
    currency = frame.estate.partner_by_key[partner].currency
    rows: dict[str, list[object]] = {name: [] for name in COLUMNS}

    def add(first: int, length: int, item: str, quantity: float, minor: int, *, series: int | None = None) -> None:
        date = frame.dates[first]
        number = len([n for n in rows["day"] if n == frame.day[first]]) + 1
        values = (
            frame.day[first], length * 86_400, f"{partner.upper()}-{date:%Y-%m}", number,
            None if series is None else frame.series[series].site,
            None if series is None else frame.series[series].line,
            item, round(quantity * 1000), minor,
        )  # fmt: skip
        for name, value in zip(COLUMNS, values, strict=True):
            rows[name].append(value)

    for first, length in months(frame.dates):
        span = slice(first, first + length)
        total = 0
        for series in mine:
            contacts = int(answered[series, span].sum())
            price = round(PER_MINUTE_MINOR[currency] * frame.lines[series].handle_s / 60)
            add(first, length, "contacts", contacts, contacts * price, series=series)
            total += contacts * price
        add(first, length, "fixed", 1, FIXED_MINOR)
        if within[mine, span].sum() < MET * answered[mine, span].sum():
            add(first, length, "credit", -1, -round(total * CREDIT))
    return table("invoices", partner=partner, program=frame.estate.client, currency=currency, **rows)


def months(dates: tuple[dt.date, ...]) -> list[tuple[int, int]]:
    """Position of the first day and number of days of each calendar month, cut to the given days."""
    number = np.array([date.year * 12 + date.month for date in dates])
    firsts = np.flatnonzero(np.diff(number, prepend=-1))
    return list(zip(firsts.tolist(), np.diff(np.append(firsts, len(dates))).tolist(), strict=True))


def per_day(frame: Frame, series: Ints, day: Ints, counts: Ints) -> Ints:
    """Counts of intervals added up to `(series, days)`."""
    shape = frame.shape
    flat = np.bincount(series * shape[1] + day, counts, minlength=shape[0] * shape[1])
    return np.rint(flat).astype(np.int64).reshape(shape)


COLUMNS = (
    "day", "length_s", "invoice_id", "invoice_line", "site", "line", "item", "quantity_milli", "amount_minor",
)  # fmt: skip
