"""Levels that rise with what was reached: the continuous-improvement reset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from levelfield.agreement.calendar import contract_month, month_before
from levelfield.agreement.terms import Agreement, Better, Target
from levelfield.settlement.judging import Judged, unit_of
from levelfield.words import Period


def reset_level(level: Decimal, reached: Decimal, better: Better, most_of_gap: Decimal, perfect: Decimal) -> Decimal:
    """The next expected level: what was reached on average, at most a share of the way to perfect, never easier.

    >>> reset_level(Decimal("0.90"), Decimal("0.97"), Better.AT_LEAST, Decimal("0.2"), Decimal(1))
    Decimal('0.920')
    """
    gap = abs(perfect - level) * most_of_gap
    if better is Better.AT_LEAST:
        return max(level, min(reached, level + gap))
    return min(level, max(reached, level - gap))


def in_force(agreement: Agreement, period: Period, history: Sequence[tuple[Period, Mapping[str, Judged]]]) -> Agreement:
    """The agreement with the levels that hold in a month, after every reset since it became valid."""
    rule = agreement.improvement
    if rule is None:
        return agreement
    first = contract_month(agreement.valid_from, agreement.month_starts_on)
    targets = {t.key: t for t in agreement.targets}
    start = first
    while True:
        end = month_before(start, -rule.every_months)
        if end.start > period.start:
            break
        for key in rule.targets or tuple(targets):
            values = [j[key].value for p, j in history if start.start <= p.start < end.start and key in j]
            known = [v for v in values if v is not None]
            if key in targets and known:
                targets[key] = _raised(targets[key], sum(known, Decimal(0)) / len(known), rule.most_of_gap)
        start = end
    return agreement.model_copy(update={"targets": tuple(targets[t.key] for t in agreement.targets)})


def _raised(target: Target, shown_average: Decimal, most_of_gap: Decimal) -> Target:
    unit, scale = unit_of(target)
    perfect = Decimal(1) if unit == "%" and target.better is Better.AT_LEAST else Decimal(0)
    if target.better is Better.AT_LEAST and perfect == 0:
        return target  # no value of this measure is perfect, so there is no gap to take a share of
    level = reset_level(target.level, shown_average / scale, target.better, most_of_gap, perfect)
    # Rounded towards the easier side: no reset takes more than was agreed, and none makes a level easier than it was.
    rounding = ROUND_FLOOR if target.better is Better.AT_LEAST else ROUND_CEILING
    level = level.quantize(Decimal("0.0001") if unit == "%" else Decimal("0.01"), rounding)
    return target.model_copy(update={target.better.value: level}) if target.reaches(level, target.level) else target
