"""The derivation of a number: rule by rule, with what went in, what came out, and the clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

EXACT = Context(prec=60)
WITHOUT_MINOR_UNITS = ("JPY", "KRW", "CLP", "VND", "ISK")


@dataclass(frozen=True)
class Step:
    """One rule that was applied."""

    rule: str
    given: tuple[tuple[str, str], ...]
    result: str
    clause: str = ""


def decimal_of(value: Fraction | Decimal) -> Decimal:
    """A fraction to 60 significant digits, which no later rounding can tell from the fraction itself."""
    if isinstance(value, Decimal):
        return value
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def money(value: Fraction | Decimal, currency: str) -> Decimal:
    """An amount rounded once, half up, to the currency's smallest unit.

    >>> money(Fraction(2, 3), "GBP"), money(Decimal("1.5"), "JPY")
    (Decimal('0.67'), Decimal('2'))
    """
    smallest = Decimal(1) if currency in WITHOUT_MINOR_UNITS else Decimal("0.01")
    return decimal_of(value).quantize(smallest, ROUND_HALF_UP)


def shown(value: Fraction | Decimal | int | None, unit: str = "") -> str:
    """A number as a trail writes it: at most six decimals, none that say nothing."""
    if value is None:
        return "none"
    number = decimal_of(value) if isinstance(value, Fraction | Decimal) else Decimal(value)
    text = f"{number.quantize(Decimal('0.000001'), ROUND_HALF_UP):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {unit}".rstrip()


def lines(steps: Sequence[Step]) -> Iterator[str]:
    """The trail as sentences."""
    for step in steps:
        given = ", ".join(f"{name} {value}" for name, value in step.given)
        clause = f" ({step.clause})" if step.clause else ""
        yield f"{step.rule}: {given + ' → ' if given else ''}{step.result}{clause}"
