"""The statement of account: every month under the version in force, each number with its derivation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from levelfield.agreement.calendar import contract_month, month_before, name_of
from levelfield.agreement.terms import Agreement
from levelfield.settlement.credits import (
    ZERO,
    Credits,
    MoneyLine,
    Owed,
    bonuses,
    credits,
    earned_back,
    payable_parts,
    persistent,
)
from levelfield.settlement.improvement import in_force
from levelfield.settlement.inputs import Excuse, Month
from levelfield.settlement.judging import Judged, Pair, judge, with_gaps
from levelfield.settlement.trail import Step, lines, money, shown
from levelfield.settlement.triggers import Settled, TriggerState, trigger_states
from levelfield.settlement.volumes import resource_charges, shortfall
from levelfield.words import Period


@dataclass(frozen=True)
class Statement:
    """What follows from one contract month. Amounts of `others` and `total` are positive in the partner's favour."""

    partner: str
    title: str
    version: int
    content: str
    month: str
    period: Period
    publication: str
    currency: str
    ended: bool
    calibrating: bool
    fees: Decimal | None
    credited: Decimal | None
    pairs: tuple[Pair, ...]
    plain: Credits
    relieved: Credits
    earned_back: tuple[MoneyLine, ...]
    bonuses: tuple[MoneyLine, ...]
    charges: tuple[MoneyLine, ...]
    triggers: tuple[TriggerState, ...]

    @property
    def others(self) -> tuple[MoneyLine, ...]:
        """Every amount that is not a credit."""
        return (*self.earned_back, *self.bonuses, *self.charges)

    @property
    def total(self) -> Decimal | None:
        """What the month changes in the account, in the partner's favour; None while an amount is not known."""
        amounts = [None if self.relieved.payable is None else -self.relieved.payable, *(o.amount for o in self.others)]
        return None if None in amounts else money(sum((a for a in amounts if a is not None), ZERO), self.currency)

    @property
    def relief_given(self) -> Decimal | None:
        """What relief took off the credits."""
        if self.plain.payable is None or self.relieved.payable is None:
            return None
        return self.plain.payable - self.relieved.payable


def settle(
    agreements: Sequence[Agreement], months: Sequence[Month], excuses: Sequence[Excuse] = ()
) -> tuple[Statement, ...]:
    """A statement for every month from the first version on, oldest first. The order of what comes in is irrelevant."""
    months = _in_a_row(months)
    by_name = {name_of(m.period): m for m in months}
    history: list[Settled] = []
    plain_history: list[Mapping[str, Judged]] = []
    owed: dict[str, tuple[Owed, ...]] = {}
    made: list[Statement] = []
    for month in months:
        version = version_for(agreements, month.period)
        if version is None:
            continue
        agreement = in_force(version, month.period, [(h.period, h.judged) for h in history])
        previous = _of_window_before(agreement, [h.judged for h in history])
        previous_plain = _of_window_before(agreement, plain_history)
        pairs = tuple(
            with_gaps(
                judge(agreement, t, month, by_name, previous_plain.get(t.key), previous.get(t.key), excuses), month
            )
            for t in agreement.targets
        )
        plain = {p.plain.target: p.plain for p in pairs}
        relieved = {p.relieved.target: p.relieved for p in pairs}
        following = by_name.get(name_of(month_before(month.period, -1)))
        next_fees = following.fees if following else None
        calibrating = _calibrating(version, month.period)
        found = credits(agreement, relieved, previous, month.fees, next_fees, calibrating)
        found_plain = credits(agreement, plain, previous_plain, month.fees, next_fees, calibrating)
        history.append(Settled(month.period, relieved, found, month.fees))
        plain_history.append(plain)
        name = name_of(month.period)
        owed[name] = payable_parts(name, found, agreement.currency)
        back: list[MoneyLine] = []
        if agreement.earn_back is not None:
            n = agreement.earn_back.months
            since = [h.judged for h in history[-n:]]
            back = earned_back(agreement, owed.get(name_of(month_before(month.period, n)), ()), since)
        extra: list[MoneyLine] = []
        if agreement.persistent is not None and not calibrating:
            n = agreement.persistent.months
            fees = [h.fees for h in history[-12:]]
            yearly = None if None in fees else sum((f for f in fees if f is not None), ZERO)
            extra = persistent(
                agreement, [h.judged for h in history[-n:]], [h.judged for h in history[-n - 1 : -1]], yearly
            )
        made.append(
            Statement(
                version.partner, version.title, version.version, version.content, name, month.period, month.publication, version.currency,
                month.ended, calibrating, month.fees, month.credited, pairs, found_plain, found, tuple(back),
                tuple(bonuses(agreement, relieved, month.fees)),
                (*resource_charges(agreement, month), *shortfall(agreement, month), *extra),
                trigger_states(agreement, history),
            )
        )  # fmt: skip
    return tuple(made)


def _in_a_row(months: Sequence[Month]) -> list[Month]:
    """Months by their beginning; one of which nothing came lies between as a month that was not delivered."""
    made: list[Month] = []
    for month in sorted(months, key=lambda m: m.period.start):
        while made and (between := month_before(made[-1].period, -1)).end <= month.period.start:
            made.append(Month(between, made[-1].publication, {}))
        made.append(month)
    return made


def _of_window_before(agreement: Agreement, history: Sequence[Mapping[str, Judged]]) -> dict[str, Judged]:
    """How each target stood at the end of its window before: a month back, or a quarter."""
    back = {t.key: 3 if t.window == "quarter" else 1 for t in agreement.targets}
    return {key: history[-n][key] for key, n in back.items() if n <= len(history) and key in history[-n]}


def version_for(agreements: Sequence[Agreement], period: Period) -> Agreement | None:
    """The version a month is settled under: the latest that was valid when the month began."""
    own = [a for a in agreements if a.valid_from <= period.start]
    return max(own, key=lambda a: (a.valid_from, a.version), default=None)


def _calibrating(agreement: Agreement, period: Period) -> bool:
    if agreement.calibration is None:
        return False
    first = contract_month(agreement.valid_from, agreement.month_starts_on)
    return period.start < month_before(first, -agreement.calibration.months).start


def to_data(s: Statement) -> dict[str, Any]:
    """The statement as plain data: texts, whole numbers, lists. Decimals are written as text."""

    def steps(found: Sequence[Step]) -> list[dict[str, Any]]:
        return [
            {"rule": x.rule, "given": [list(g) for g in x.given], "result": x.result, "clause": x.clause} for x in found
        ]

    def text(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:f}"

    def judged(j: Judged) -> dict[str, Any]:
        return {
            "standing": str(j.standing), "why": j.why, "value": None if j.value is None else shown(j.value), "n": j.n,
            "numerator": None if j.numerator is None else shown(j.numerator),
            "denominator": None if j.denominator is None else shown(j.denominator),
            "windows": list(j.windows) if j.windows else None, "missing_data": j.missing_data, "derivation": steps(j.steps),
        }  # fmt: skip

    def credits_(c: Credits) -> dict[str, Any]:
        return {
            "lines": [
                {"key": x.key, "target": x.target, "kind": x.kind, "amount": text(x.amount), "points": x.points, "doubled": x.doubled,
                 "clause": x.clause, "derivation": steps(x.steps)} for x in c.lines
            ],
            "points": c.points, "raw": text(c.raw), "cap": text(c.cap), "payable": text(c.payable), "derivation": steps(c.steps),
        }  # fmt: skip

    def others(found: Sequence[MoneyLine]) -> list[dict[str, Any]]:
        return [
            {"key": x.key, "title": x.title, "amount": text(x.amount), "clause": x.clause, "derivation": steps(x.steps)}
            for x in found
        ]

    return {
        "levelfield": "statement 1",
        "partner": s.partner,
        "agreement": {"title": s.title, "version": s.version, "content": s.content},
        "month": s.month, "from": s.period.start.isoformat(), "until": s.period.end.isoformat(),
        "publication": s.publication, "currency": s.currency, "ended": s.ended, "calibration_period": s.calibrating,
        "fees": None if s.fees is None else text(money(s.fees, s.currency)),
        "targets": [
            {
                "target": p.plain.target, "measure": p.plain.measure, "clause": p.plain.clause, "unit": p.plain.unit,
                "window": [p.plain.window.start.isoformat(), p.plain.window.end.isoformat()],
                "expected": shown(p.plain.level), "minimum": None if p.plain.least is None else shown(p.plain.least),
                "as_the_data_stand": judged(p.plain), "with_relief": judged(p.relieved),
            } for p in s.pairs
        ],
        "credits": {"as_the_data_stand": credits_(s.plain), "with_relief": credits_(s.relieved)},
        "earned_back": others(s.earned_back), "bonus": others(s.bonuses), "charges": others(s.charges),
        "triggers": [
            {
                "key": t.key, "gives": t.gives, "fired": t.fired, "count": t.count, "sentence": t.sentence,
                "exercise_until": None if t.exercise_until is None else t.exercise_until.isoformat(), "clause": t.clause,
            } for t in s.triggers
        ],
        "total": text(s.total),
    }  # fmt: skip


def canonical(s: Statement) -> bytes:
    """The bytes both sides compare: the same inputs give the same bytes, whoever runs it."""
    return (json.dumps(to_data(s), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def content_of_statement(s: Statement) -> str:
    """The hash of a statement."""
    return hashlib.sha256(canonical(s)).hexdigest()


def told(s: Statement) -> Iterator[str]:
    """The statement as lines of text, each number followed by its trail."""
    yield f"{s.title}, version {s.version}: {s.month} ({s.period.start} to before {s.period.end})"
    yield (
        f"Publication {s.publication}, {s.currency}"
        + (", calibration period" if s.calibrating else "")
        + ("" if s.ended else ", month not complete")
    )
    for p in s.pairs:
        j = p.relieved
        value = "no value" if j.value is None else shown(j.value.quantize(Decimal("0.01")), j.unit)
        yield f"  {j.target}: {value}, {j.standing}{f' ({j.why})' if j.why else ''}" + (
            f"; without relief {p.plain.standing}" if p.flipped else ""
        )
        yield from (f"      {line}" for line in lines(j.steps))
    c = s.relieved
    for line in c.lines:
        yield f"  credit {line.key}: {'not known yet' if line.amount is None else line.amount}" + (
            f", {line.points} points" if line.points else ""
        )
        yield from (f"      {x}" for x in lines(line.steps))
    yield f"  credits: {'not known yet' if c.raw is None else c.raw} raw, cap {'none' if c.cap is None else c.cap}, payable {'not known yet' if c.payable is None else c.payable}"
    yield from (f"      {x}" for x in lines(c.steps))
    for other in s.others:
        yield f"  {other.title}: {'not known yet' if other.amount is None else other.amount}"
        yield from (f"      {x}" for x in lines(other.steps))
    for t in s.triggers:
        yield f"  {t.key}: {t.sentence}"
    yield f"  total in the partner's favour: {'not known yet' if s.total is None else s.total}"
