"""Where the reasons of a charter stand: baseline beside the current value, weights beside the money at risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial as bound

from levelfield.agreement.terms import Agreement
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Measure, Unit
from levelfield.measures.value import Z95, Value, Why
from levelfield.reasons import Charter, Course, Drift, Progress, Reason, drift, progress
from levelfield.settlement.exposure import exposure
from levelfield.signals.watch import definition_of
from levelfield.words import Grain, Period
from levelfield_web.agreement.queries import in_force
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.parts.formats import told, with_unit
from levelfield_web.reasons import queries as reasons
from levelfield_web.same_data.queries import current, estate
from levelfield_web.settlement.account import account_of


@dataclass(frozen=True)
class Row:
    """One reason with everything that is known of it."""

    own: Reason
    measure: Measure | None
    definition: str  # the switches, where the agreement sets some
    value: Value | None
    span: Period | None  # of the value
    progress: Progress
    weight: float | None
    money: float | None  # its share of the money at risk
    currency: str

    @property
    def baseline(self) -> str:
        """The baseline with its unit; empty where there is none."""
        return (
            ""
            if self.own.baseline is None or self.measure is None
            else _told(self.measure, self.currency, self.own.baseline)
        )

    @property
    def now(self) -> str:
        """The current value with its unit; empty where there is none."""
        current = self.progress.current
        return "" if current is None or self.measure is None else _told(self.measure, self.currency, current)

    @property
    def last(self) -> dt.date | None:
        """The last day of the value."""
        return None if self.span is None else self.span.end - dt.timedelta(days=1)


@dataclass(frozen=True)
class Stand:
    """All reasons of one partner's charter beside facts and agreement."""

    partner: str
    publication: str | None
    agreement: Agreement | None
    charter: Charter
    rows: tuple[Row, ...]
    drift: Drift

    @property
    def unnamed(self) -> float:
        """The share of the money at risk that lies on measures no reason names."""
        return next((p.money for p in self.drift.parts if not p.key), 0.0)

    @property
    def sentence(self) -> str:
        """How many reasons come true."""
        if not self.rows:
            return "Why this work was outsourced is not on record yet."
        counts = [(c, sum(r.progress.course is c for r in self.rows)) for c in Course]
        said = ", ".join(f"{n} {'cannot be said' if c is Course.CANNOT_SAY else c}" for c, n in counts if n)
        return f"Of {len(self.rows)} {'reason' if len(self.rows) == 1 else 'reasons'} to outsource, beside their baselines: {said}."


def standing(*, viewer: Viewer, partner: str, on: dt.date, span: Period | None) -> Stand:
    """The reasons as they stand over some weeks, or over the last whole month where facts come by the month."""
    charter = reasons.charter(viewer=viewer, partner=partner, on=on)
    publication = current(viewer=viewer).get(partner)
    agreement = in_force(viewer=viewer, partner=partner, on=on)
    found = _drift(charter, partner, agreement, on)
    money = {p.key: p.money for p in found.parts}
    currency = agreement.currency if agreement is not None else estate(viewer=viewer).currency
    shares = charter.weights.by_reason
    rows = [_row(own, partner, publication, agreement, currency, span, shares, money) for own in charter.reasons]
    rows.sort(key=lambda row: -(row.weight or 0.0))
    return Stand(partner, publication, agreement, charter, tuple(rows), found)


def _row(
    own: Reason, partner: str, publication: str | None, agreement: Agreement | None, currency: str, span: Period | None, weights: Mapping[str, float],
    money: Mapping[str, float],
) -> Row:  # fmt: skip
    measure = MEASURES.get(own.measure)
    weight, share = weights.get(own.key), money.get(own.key)
    if measure is None or publication is None:
        course = progress(own, None, 0, what=measure.label if measure else own.measure)
        return Row(own, measure, "", None, None, course, weight, share, currency)
    definition = definition_of(agreement.target_for(measure.name) if agreement is not None else None, currency)
    value, over = _value({partner: publication}, measure, definition, span)
    se = None if value is None or value.low is None or value.high is None else (value.high - value.low) / (2 * Z95)
    course = progress(
        own, value.value if value else None, value.n if value else 0, se, fewest=measure.fewest, what=measure.label, told=bound(_told, measure, currency)
    )  # fmt: skip
    return Row(own, measure, ", ".join(measure.switches_of(definition)), value, over, course, weight, share, currency)


def _told(measure: Measure, currency: str, value: float) -> str:
    """A value with its unit; an amount with its currency."""
    return with_unit(value, measure.decimals, currency) if measure.unit is Unit.MONEY else told(measure, value)


def _value(
    own: Mapping[str, str], measure: Measure, definition: Definition, span: Period | None
) -> tuple[Value | None, Period | None]:
    """The measure over the weeks; over the last month that has a value where facts come by longer periods."""
    pair = ((measure, definition),)
    if span is not None:
        weeks = FIGURES.values(own, Asked(pair, by=(), grain=Grain.WEEK, period=span))
        if not any(v.why is Why.TOO_COARSE for v in weeks):  # invoices of two months are not the cost of eight weeks
            found = FIGURES.values(own, Asked(pair, by=(), grain=Grain.ALL, period=span))
            if found and found[0].value is not None:
                return found[0], span
    months = [v for v in FIGURES.values(own, Asked(pair, by=(), grain=Grain.MONTH)) if v.value is not None]
    whole = [v for v in months if span is None or Grain.MONTH.next_after(v.start) <= span.end]
    if not whole:
        return None, None
    last = max(whole, key=lambda v: v.start)
    return last, Period.of(Grain.MONTH, last.start)


def _drift(charter: Charter, partner: str, agreement: Agreement | None, on: dt.date) -> Drift:
    """Weights beside what the targets of the agreement in force can cost."""
    named: dict[str, list[str]] = {}
    for r in charter.reasons:
        if r.measure:
            named.setdefault(r.measure, []).append(r.key)
    at_risk: dict[str, float] = {}
    if agreement is not None and agreement.credit:
        account = account_of(partner, on, only_at_hand=True)
        last = account.last_complete if account is not None else None
        for key, amount in (exposure(agreement, last.fees if last is not None else None) or {}).items():
            target = agreement.target(key)
            if target is not None:
                at_risk[target.measure] = at_risk.get(target.measure, 0.0) + float(amount)
    return drift(charter.weights.by_reason, at_risk, named, {r.key: r.title for r in charter.reasons})
