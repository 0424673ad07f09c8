"""What volume itself costs: charges around a baseline, and the client's shortfall under the locked forecast."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from levelfield.agreement.terms import Agreement
from levelfield.settlement.credits import MoneyLine
from levelfield.settlement.inputs import Month, Volume
from levelfield.settlement.trail import Step, money, shown


def resource_charges(agreement: Agreement, month: Month) -> list[MoneyLine]:
    """Additional (to the partner) and reduced (to the client) resource charges outside the dead-band."""
    made = []
    for r in agreement.resource:
        volume = month.resources.get(r.key)
        if volume is None:
            made.append(
                MoneyLine(
                    f"{r.key} volume",
                    f"Volume: {r.key}",
                    None,
                    r.clause,
                    (Step("volume", (), "not delivered", r.clause),),
                )
            )
            continue
        low, high = r.baseline * (1 - r.dead_band), r.baseline * (1 + r.dead_band)
        least, most = r.baseline * (1 - r.outer_band), r.baseline * (1 + r.outer_band)
        given = (
            ("volume", shown(volume)),
            ("baseline", shown(r.baseline)),
            ("dead-band", f"{shown(low)} to {shown(high)}"),
        )
        if volume > high:
            units, amount = (
                min(volume, most) - high,
                money((min(volume, most) - high) * r.additional, agreement.currency),
            )
            said = f"{shown(units)} additional at {r.additional}: {amount}"
        elif volume < low:
            units, amount = low - max(volume, least), money(-(low - max(volume, least)) * r.reduced, agreement.currency)
            said = f"{shown(units)} fewer at {r.reduced}: {amount}"
        else:
            amount, said = money(Decimal(0), agreement.currency), "within the dead-band"
        if volume > most or volume < least:
            said += f"; beyond the outer band of {shown(least)} to {shown(most)} the charge is for change control"
        made.append(
            MoneyLine(
                f"{r.key} volume",
                f"Volume: {r.key}",
                amount,
                r.clause,
                (Step("resource charge", given, said, r.clause),),
            )
        )
    return made


def shortfall(agreement: Agreement, month: Month) -> list[MoneyLine]:
    """What the client pays when fewer contacts came than the floor share of the locked forecast."""
    rule = agreement.forecast.shortfall
    if rule is None:
        return []
    known = [v for v in month.volume if v.forecast is not None and v.offered is not None]
    if not known:
        return [
            MoneyLine(
                "shortfall",
                "Shortfall under the forecast",
                money(Decimal(0), agreement.currency),
                rule.clause,
                (Step("shortfall", (), "no locked forecast, so none", rule.clause),),
            )
        ]
    groups = [[v] for v in _by_day(known)] if rule.per == "day" else [known]
    missing = sum(
        (max(Fraction(0), _forecast(own) * Fraction(rule.floor) - _offered(own)) for own in groups), Fraction(0)
    )
    amount = money(missing * Fraction(rule.rate), agreement.currency)
    step = Step(
        "shortfall under the locked forecast",
        (("forecast", shown(_forecast(known))), ("offered", shown(_offered(known))), ("floor", shown(rule.floor * 100, "%")), ("per", rule.per)),
        f"{shown(missing)} contacts at {rule.rate}: {amount}", rule.clause,
    )  # fmt: skip
    return [MoneyLine("shortfall", "Shortfall under the forecast", amount, rule.clause, (step,))]


def _by_day(volumes: Iterable[Volume]) -> list[Volume]:
    days: dict[object, tuple[int, Decimal]] = {}
    first: dict[object, Volume] = {}
    for v in volumes:
        offered, forecast = days.get(v.day, (0, Decimal(0)))
        days[v.day] = offered + (v.offered or 0), forecast + (v.forecast or Decimal(0))
        first.setdefault(v.day, v)
    return [
        Volume(first[day].day, offered, forecast)
        for day, (offered, forecast) in sorted(days.items(), key=lambda d: str(d[0]))
    ]


def _forecast(volumes: Iterable[Volume]) -> Fraction:
    return sum((Fraction(v.forecast or 0) for v in volumes), Fraction(0))


def _offered(volumes: Iterable[Volume]) -> Fraction:
    return sum((Fraction(v.offered or 0) for v in volumes), Fraction(0))
