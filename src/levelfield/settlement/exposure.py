"""What each target can cost in one month: where an agreement puts its money, before anybody has missed anything."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from levelfield.agreement.terms import Agreement, Allocation, Ladder, PartOfFees, PerPoint, SeverityPoints, Target
from levelfield.settlement.judging import unit_of

ONE = Fraction(1)


def exposure(agreement: Agreement, fees: Decimal | None) -> dict[str, Fraction] | None:
    """The largest credit one month can bring, by target, before the cap; None where it needs fees that are not known.

    Allocation: pool × share × amount at risk. Ladder: its last step. Per point: what missing the minimum level costs, one
    point at least. Severity points: the table's last step, divided by the points of severe misses.
    Where every amount is a share of fees and no fees are known, amounts are told as shares of fees: their proportions
    are the same.
    """
    if fees is None and _needs_fees(agreement):
        return None
    base = ONE if fees is None else Fraction(fees)
    at_risk = _part(agreement.at_risk, base)
    table = (
        max((s.share for s in agreement.points.step), default=Decimal(0))
        if agreement.points is not None
        else Decimal(0)
    )
    severe = sum(c.severe for c in agreement.credit if isinstance(c, SeverityPoints))
    found: dict[str, Fraction] = {}
    for c in agreement.credit:
        target = agreement.target(c.target)
        if target is None:
            continue
        match c:
            case Allocation():
                pool = next((p.share for p in agreement.pool if p.key == c.pool), Decimal(0))
                amount = Fraction(pool) * Fraction(c.share) * at_risk
            case Ladder():
                amount = Fraction(c.amount) * max((Fraction(s.share) for s in c.step), default=Fraction(0))
            case PerPoint():
                amount = _points(c, target) * Fraction(c.amount)
            case SeverityPoints():
                amount = Fraction(table) * base * Fraction(c.severe, severe)
        found[c.target] = found.get(c.target, Fraction(0)) + amount
    return found


def _points(c: PerPoint, target: Target) -> Fraction:
    """Points from the level to the minimum, or one where there is no minimum beyond it."""
    level, least = target.level, target.level if target.least is None else target.least
    points = Fraction(abs(level - least)) * unit_of(target)[1] / Fraction(c.point)
    return max(points, ONE)


def _part(part: PartOfFees | None, fees: Fraction) -> Fraction:
    if part is None:
        return Fraction(0)
    return Fraction(part.amount) if part.amount is not None else Fraction(part.share or 0) * fees


def _needs_fees(agreement: Agreement) -> bool:
    """Are fixed amounts and shares of fees mixed? Then their proportions depend on the fees."""
    of_fees = fixed = False
    for c in agreement.credit:
        if isinstance(c, Allocation):
            by_amount = agreement.at_risk is not None and agreement.at_risk.amount is not None
        else:
            by_amount = not isinstance(c, SeverityPoints)
        fixed, of_fees = fixed or by_amount, of_fees or not by_amount
    return of_fees and fixed
