"""Agreements and months as a clause tells them, for the tests of this folder."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal

from levelfield.agreement.agreement import agreement_from_data
from levelfield.agreement.calendar import month_before, named_month
from levelfield.agreement.terms import Agreement
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Unit as Kind
from levelfield.settlement.inputs import Measured, Month, Unit
from levelfield.settlement.statement import Statement, settle

TIMES = {m.name: 100 if m.unit is Kind.SHARE else 1 for m in MEASURES.values()}
HEAD = {
    "partner": '"north"', "title": '"Telephony"', "version": "1", "valid_from": "2025-01-01", "zone": '"Europe/London"', "currency": '"USD"',
    "calendar": '"US"',
}  # fmt: skip

SERVICE = '[[target]]\nkey = "answered"\nmeasure = "service_level"\ndecimals = 1\n'
SPEED = '[[target]]\nkey = "speed"\nmeasure = "asa"\ndecimals = 0\n'
LOST = '[[target]]\nkey = "lost"\nmeasure = "abandonment"\ndecimals = 2\n'


def agreed(*paragraphs: str, **head: str) -> Agreement:
    """An agreement from its paragraphs; `head` changes the keys at its top."""
    top = "\n".join(f"{key} = {value}" for key, value in {**HEAD, **head}.items())
    text = "\n".join((top, *paragraphs))
    return agreement_from_data(tomllib.loads(text, parse_float=Decimal), measures=TIMES, where="agreement", text=text)


def share(per_cent: str | float, of: int = 10_000) -> Measured:
    """Counts that make so many per cent."""
    return Measured("", int(Decimal(str(per_cent)) * of / 100), of, of)


def seconds(mean: str | float, of: int = 1_000) -> Measured:
    """Waits that make such a mean."""
    return Measured("", int(Decimal(str(mean)) * of * 1000), of, of)


NOT_DELIVERED = Measured("", why="not delivered")


def month(name: str, starts_on: int = 1, fees: str | None = "100000", **found: Measured) -> Month:
    """A contract month with what was measured of each target."""
    measured = {
        key: Measured(key, m.numerator, m.denominator, m.n, m.value, m.why, m.units) for key, m in found.items()
    }
    return Month(named_month(name, starts_on), "P-1", measured, None if fees is None else Decimal(fees))


def months(first: str, fees: str | None = "100000", **found: list[Measured]) -> list[Month]:
    """Months in a row, each target with one entry a month."""
    start, count = named_month(first), len(next(iter(found.values())))
    names = [f"{month_before(start, -n).start:%Y-%m}" for n in range(count)]
    return [month(name, fees=fees, **{key: of[n] for key, of in found.items()}) for n, name in enumerate(names)]


def days(name: str, *counts: tuple[int, ...], starts_on: int = 1) -> Measured:
    """A month by day: numerator, denominator, and contacts forecast where a forecast was locked."""
    first = named_month(name, starts_on).start
    units = tuple(
        Unit(first + dt.timedelta(days=n), None, c[0], c[1], c[1], c[1], Decimal(c[2]) if len(c) > 2 else None)
        for n, c in enumerate(counts)
    )
    return Measured("", sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[1] for c in counts), units=units)


def last(agreement: Agreement, of: list[Month], *excuses: object) -> Statement:
    """The statement of the last of these months."""
    return settle([agreement], of, excuses)[-1]


def amounts(statement: Statement) -> dict[str, str]:
    """The credits of a statement by their keys."""
    return {line.key: f"{line.amount}" for line in statement.relieved.lines}


def standing(statement: Statement, target: str = "") -> str:
    """How a target stands with relief; the only one where none is named."""
    found = [p.relieved for p in statement.pairs if not target or p.relieved.target == target]
    return str(found[0].standing)


def value(statement: Statement, target: str = "") -> Decimal | None:
    """The stated value of a target."""
    return next(p.relieved.value for p in statement.pairs if not target or p.relieved.target == target)
