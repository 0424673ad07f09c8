"""What a miss costs: credits of every kind, the cap, earn-back, bonus. Amounts are decimal and rounded once, at the line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from levelfield.agreement.agreement import Standing
from levelfield.agreement.terms import (
    Agreement,
    Allocation,
    Ladder,
    Level,
    PartOfFees,
    PerPoint,
    PointTable,
    SeverityPoints,
    Target,
)
from levelfield.settlement.judging import Judged, unit_of
from levelfield.settlement.trail import Step, money, shown

ZERO = Decimal(0)


@dataclass(frozen=True)
class CreditLine:
    """One credit. `amount` is None where fees it is a share of were not delivered."""

    key: str
    target: str
    kind: str
    amount: Decimal | None
    clause: str = ""
    points: int = 0
    doubled: bool = False
    missing_data: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Credits:
    """All credits of a month on one reading of it: as the data stand, or with relief."""

    lines: tuple[CreditLine, ...]
    points: int
    raw: Decimal | None
    cap: Decimal | None
    payable: Decimal | None
    steps: tuple[Step, ...] = ()

    @property
    def at_cap(self) -> bool:
        """Do the credits reach the cap?"""
        return self.cap is not None and self.raw is not None and self.cap > 0 and self.raw >= self.cap


@dataclass(frozen=True)
class MoneyLine:
    """Another amount of a statement: an earn-back, a bonus, a charge. Positive amounts are in the partner's favour."""

    key: str
    title: str
    amount: Decimal | None
    clause: str = ""
    steps: tuple[Step, ...] = ()


def missed(judged: Judged, level: Level) -> bool:
    """Was this level missed?"""
    return judged.standing is Standing.MISSED_MINIMUM or (
        level == "expected" and judged.standing is Standing.MISSED_EXPECTED
    )


def amount_of(part: PartOfFees | None, fees: Decimal | None, currency: str) -> Decimal | None:
    """A share of fees or a fixed amount; None where nothing was agreed or the fees are not there."""
    if part is None:
        return None
    if part.amount is not None:
        return money(part.amount, currency)
    return None if fees is None or part.share is None else money(part.share * fees, currency)


def credits(
    agreement: Agreement,
    judged: Mapping[str, Judged],
    previous: Mapping[str, Judged],
    fees: Decimal | None,
    next_fees: Decimal | None,
    calibrating: bool = False,
) -> Credits:
    """Every credit of the month. With `calibrating` they are computed and shown, and nothing falls due."""
    at_risk = amount_of(agreement.at_risk, fees, agreement.currency)
    made: list[CreditLine] = []
    for c in agreement.credit:
        target, found = agreement.target(c.target), judged.get(c.target)
        if target is None or found is None:
            continue
        line = _LINES[c.kind](agreement, c, target, found, previous.get(c.target), at_risk)
        if line is not None:
            made.append(replace(line, missing_data=found.missing_data))
    total = sum(line.points for line in made)
    if agreement.points is not None and total:
        of_points = [line for line in made if line.points]
        made.append(
            replace(
                _points_credit(agreement, agreement.points, total, fees, next_fees),
                doubled=any(line.doubled for line in of_points),
                missing_data=any(line.missing_data for line in of_points),
            )
        )
    if calibrating:
        note = Step(
            "calibration period",
            (),
            "measured by both sides; no credit falls due",
            agreement.calibration.clause if agreement.calibration else "",
        )
        made = [
            replace(
                line, amount=None if line.amount is None else money(ZERO, agreement.currency), steps=(*line.steps, note)
            )
            for line in made
        ]
    return _capped(agreement, made, total, fees)


def _capped(agreement: Agreement, made: Sequence[CreditLine], points: int, fees: Decimal | None) -> Credits:
    known = [line.amount for line in made if line.amount is not None]
    raw = None if len(known) < len(made) else money(sum(known, ZERO), agreement.currency)
    limit = agreement.cap or agreement.at_risk
    cap = amount_of(limit, fees, agreement.currency)
    if raw is None or limit is None:
        return Credits(tuple(made), points, raw, cap, raw)
    if cap is None:
        step = Step(
            "cap",
            (("share of fees", shown((limit.share or ZERO) * 100, "%")),),
            "no invoice yet, so the cap is not known",
            limit.clause,
        )
        return Credits(tuple(made), points, raw, None, None if raw else raw, (step,))
    payable = money(min(raw, cap), agreement.currency)
    step = Step("cap", (("credits", f"{raw}"), ("cap", f"{cap}")), f"{payable}", limit.clause)
    return Credits(tuple(made), points, raw, cap, payable, (step,) if raw else ())


def _allocation(
    agreement: Agreement, c: Allocation, target: Target, found: Judged, before: Judged | None, at_risk: Decimal | None
) -> CreditLine | None:
    if not missed(found, c.on):
        return None
    pool = next(p for p in agreement.pool if p.key == c.pool)
    amount = None if at_risk is None else money(pool.share * c.share * at_risk, agreement.currency)
    step = Step(
        "pool × allocation × amount at risk",
        (("pool", shown(pool.share * 100, "%")), ("allocation", shown(c.share * 100, "%")), ("at risk", "not known" if at_risk is None else str(at_risk))),
        "not known before the invoice" if amount is None else str(amount), c.clause,
    )  # fmt: skip
    return CreditLine(f"{c.target} {c.kind}", c.target, c.kind, amount, c.clause, steps=(step,))


def _ladder(
    agreement: Agreement, c: Ladder, target: Target, found: Judged, before: Judged | None, at_risk: Decimal | None
) -> CreditLine | None:
    if found.missing_data:
        share = c.step[-1].share
    elif found.compared is None or not found.standing.missed:
        return None
    else:
        value = found.compared
        worse = [s for s in c.step if (value >= s.at if target.better == "at_most" else value <= s.at)]
        if not worse:
            return None
        share = worse[-1].share
    amount = money(share * c.amount, agreement.currency)
    unit = unit_of(target)[0]
    step = Step(
        "step of the ladder",
        (_value(found, unit), ("share", shown(share * 100, "%")), ("of", str(c.amount))),
        str(amount),
        c.clause,
    )
    return CreditLine(f"{c.target} {c.kind}", c.target, c.kind, amount, c.clause, steps=(step,))


def _value(found: Judged, unit: str) -> tuple[str, str]:
    return "value", "not delivered" if found.missing_data else shown(found.compared, unit)


def _per_point(
    agreement: Agreement, c: PerPoint, target: Target, found: Judged, before: Judged | None, at_risk: Decimal | None
) -> CreditLine | None:
    level = found.level if c.on == "expected" else found.least
    if level is None or not missed(found, c.on) or (found.compared is None and not found.missing_data):
        return None
    # Data that did not come cost what the minimum level would, and one point at least.
    least = level if found.least is None else found.least
    value = found.compared if found.compared is not None else least
    points = Fraction(abs(level - value)) / Fraction(c.point)
    if found.missing_data:
        points = max(points, Fraction(1))
    whole = -(-points.numerator // points.denominator) if c.part_counts else points.numerator // points.denominator
    amount = money(whole * c.amount, agreement.currency)
    unit = unit_of(target)[0]
    step = Step(
        "per point" + (" or part of a point" if c.part_counts else ""),
        (("level", shown(level, unit)), _value(found, unit), ("points", str(whole)), ("each", str(c.amount))), str(amount), c.clause,
    )  # fmt: skip
    return CreditLine(f"{c.target} {c.kind}", c.target, c.kind, amount, c.clause, steps=(step,))


def _severity(
    agreement: Agreement,
    c: SeverityPoints,
    target: Target,
    found: Judged,
    before: Judged | None,
    at_risk: Decimal | None,
) -> CreditLine | None:
    if not found.standing.missed:
        return None
    severe = found.standing is Standing.MISSED_MINIMUM
    points = c.severe if severe else c.minor
    doubled = c.repeat_doubles and before is not None and before.standing.missed
    step = Step(
        "severity points", (("severe" if severe else "minor", str(points)), *((("repeat failure", "× 2"),) if doubled else ())),
        f"{points * 2 if doubled else points} points", c.clause,
    )  # fmt: skip
    return CreditLine(
        f"{c.target} {c.kind}", c.target, c.kind, money(ZERO, agreement.currency), c.clause, points * 2 if doubled else points, doubled, steps=(step,)
    )  # fmt: skip


def _points_credit(
    agreement: Agreement, table: PointTable, total: int, fees: Decimal | None, next_fees: Decimal | None
) -> CreditLine:
    share = max((s.share for s in table.step if total >= s.points), default=ZERO)
    base = fees if table.of == "fees" else next_fees
    amount = (
        money(ZERO, agreement.currency)
        if not share
        else None
        if base is None
        else money(share * base, agreement.currency)
    )
    of = "this month's fees" if table.of == "fees" else "the next month's fees"
    step = Step(
        "points to credit", (("points", str(total)), ("share", shown(share * 100, "%")), (of, "not invoiced yet" if base is None else str(base))),
        "follows with the invoice" if amount is None else str(amount), table.clause,
    )  # fmt: skip
    return CreditLine("points", "", "points_table", amount, table.clause, steps=(step,))


_LINES: dict[str, Callable[..., CreditLine | None]] = {
    "allocation": _allocation, "ladder": _ladder, "per_point": _per_point, "points": _severity,
}  # fmt: skip


@dataclass(frozen=True)
class Owed:
    """A credit of an earlier month that can still be earned back."""

    month: str
    line: CreditLine
    part: Decimal  # what of it was payable under the cap


def payable_parts(month: str, found: Credits, currency: str) -> tuple[Owed, ...]:
    """Each credit's part of what is payable, in proportion where the cap binds."""
    if not found.raw or found.payable is None:
        return ()
    share = Fraction(found.payable) / Fraction(found.raw)
    lines = [(line, line.amount) for line in found.lines if line.amount]
    parts = [money(Fraction(amount) * share, currency) for _, amount in lines]
    parts[-1] += found.payable - sum(parts, ZERO)  # what rounding left over
    return tuple(Owed(month, line, part) for (line, _), part in zip(lines, parts, strict=True))


def earned_back(agreement: Agreement, owed: Sequence[Owed], since: Sequence[Mapping[str, Judged]]) -> list[MoneyLine]:
    """Credits of one month whose level was met in each of the months since; `since` ends with this month."""
    rule = agreement.earn_back
    if rule is None or len(since) != rule.months:
        return []
    back: list[MoneyLine] = []
    for o in owed:
        targets = [o.line.target] if o.line.target else [c.target for c in agreement.credit if c.kind == "points"]
        if (rule.not_doubled and o.line.doubled) or (rule.not_missing_data and o.line.missing_data):
            continue
        if all(_kept([month.get(t) for month in since], rule.level) for t in targets):
            amount = money(o.part * rule.share, agreement.currency)
            step = Step(
                "earned back", (("credit of", o.month), ("amount", str(o.part)), (f"{rule.level} level met in each of", f"{rule.months} months")),
                str(amount), rule.clause,
            )  # fmt: skip
            back.append(
                MoneyLine(
                    f"{o.line.key} earned back",
                    f"Earned back: {o.line.target or 'points'} of {o.month}",
                    amount,
                    rule.clause,
                    (step,),
                )
            )
    return back


def _kept(since: Sequence[Judged | None], level: Level) -> bool:
    """Was the level met in each of the months, and judged in one of them? A quarter is judged in its last month."""
    standings = [j.standing for j in since if j is not None and j.standing is not Standing.RUNNING]
    good = (Standing.MET,) if level == "expected" else (Standing.MET, Standing.MISSED_EXPECTED)
    return None not in since and bool(standings) and all(s in good for s in standings)


def bonuses(agreement: Agreement, judged: Mapping[str, Judged], fees: Decimal | None) -> list[MoneyLine]:
    """What is paid for more than was expected."""
    made = []
    for b in agreement.bonus:
        target, found = agreement.target(b.target), judged.get(b.target)
        if target is None or found is None or found.compared is None or found.standing is not Standing.MET:
            continue
        unit, scale = unit_of(target)
        if not target.reaches(found.compared, b.reaches * scale):
            continue
        others = [
            t.key
            for t in agreement.targets
            if t.critical and t.key in judged and judged[t.key].standing not in (Standing.MET, Standing.RUNNING)
        ]
        given = (_value(found, unit), ("reaches", shown(b.reaches * scale, unit)))
        if b.only_if_all_met and others:
            step = Step("bonus", given, f"none, because {', '.join(others)} was not met", b.clause)
            made.append(
                MoneyLine(f"{b.target} bonus", f"Bonus: {b.target}", money(ZERO, agreement.currency), b.clause, (step,))
            )
            continue
        part = amount_of(b, fees, agreement.currency)
        amount = None if part is None else money(part, agreement.currency)
        step = Step("bonus", given, "not known before the invoice" if amount is None else str(amount), b.clause)
        made.append(MoneyLine(f"{b.target} bonus", f"Bonus: {b.target}", amount, b.clause, (step,)))
    return made


def persistent(
    agreement: Agreement,
    now: Iterable[Mapping[str, Judged]],
    before: Iterable[Mapping[str, Judged]],
    yearly_fees: Decimal | None,
) -> list[MoneyLine]:
    """An extra credit each time failures over rolling months reach another multiple. It stands outside the monthly cap."""
    rule = agreement.persistent
    if rule is None:
        return []
    count, earlier = (
        sum(missed(j, rule.level) for month in months for j in month.values()) for months in (now, before)
    )
    if count // rule.failures <= earlier // rule.failures:
        return []
    amount = None if yearly_fees is None else money(-rule.share * yearly_fees, agreement.currency)
    step = Step(
        "persistent failure", ((f"failures in {rule.months} months", str(count)), ("threshold", str(rule.failures)), ("share of yearly fees", shown(rule.share * 100, "%"))),
        "not known before the invoices" if amount is None else str(-amount), rule.clause,
    )  # fmt: skip
    return [MoneyLine("persistent", "Extra credit for persistent failure", amount, rule.clause, (step,))]
