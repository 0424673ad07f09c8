"""How numbers are written on a screen. In the code a share is 0 to 1; per cent exists only here."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any

from django.template import Library
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from levelfield.measures.measure import Measure, Unit

register = Library()

NO_BREAK = "\u00a0"  # between a number and its unit
THIN = "\u202f"  # between groups of three digits; a line never breaks there
MINUS = "\u2212"  # as wide as a digit
NOT_APPLICABLE = "–"


class Missing(Enum):
    """Why there is no number. Each reason has its own words; none of them is zero."""

    NOT_APPLICABLE = "not applicable"
    TOO_FEW = "too few"
    NOT_DELIVERED = "not delivered"
    NOT_YET = "not yet"

    @property
    def words(self) -> str | Promise:
        """What the reader sees."""
        return WORDS[self]


WORDS: dict[Missing, str | Promise] = {
    Missing.NOT_APPLICABLE: NOT_APPLICABLE,
    Missing.TOO_FEW: _("too few"),
    Missing.NOT_DELIVERED: _("not delivered"),
    Missing.NOT_YET: _("not yet"),
}


def written(value: Any, decimals: int = 0) -> str | None:
    """A number with thin spaces and a true minus, or None when the value is not a number.

    >>> written(-21530.25, 1)
    '−21\u202f530.3'
    """
    if value is None or isinstance(value, Missing | str | bool):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    # str() of a float is its shortest exact name, so that 0.125 is rounded as a person would round it.
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):,f}".replace(",", THIN)


def missing(value: Any) -> str:
    """The words for a value that is no number: text stays, nothing becomes a dash."""
    if isinstance(value, Missing):
        return str(value.words)
    return value if isinstance(value, str) and value else NOT_APPLICABLE


def with_unit(value: Any, decimals: int, unit: str, factor: int = 1) -> str:
    """A number with its unit, never torn apart at the end of a line."""
    number = value
    if factor != 1 and written(value) is not None:
        number = Decimal(str(value)) * factor
    text = written(number, decimals)
    if text is None:
        return missing(value)
    return f"{text}{NO_BREAK}{unit}" if unit else text


def told(measure: Measure, value: float) -> str:
    """A value of a measure, with the unit and the decimals of its definition: the same on every page."""
    match measure.unit:
        case Unit.SHARE:
            return with_unit(value, measure.decimals, "%", factor=100)
        case Unit.SECONDS:
            return duration(value, measure.decimals)
        case Unit.PER_YEAR:
            return with_unit(value, measure.decimals, "% a year", factor=100)
        case _:
            return with_unit(value, measure.decimals, "")


def told_change(measure: Measure, value: float) -> str:
    """A difference between two values of a measure: shares differ by points, not by per cent.

    >>> from levelfield.measures.catalogue import MEASURES
    >>> told_change(MEASURES["service_level"], -0.021).replace(NO_BREAK, " ")
    '−2.1 points'
    """
    if measure.unit is Unit.SHARE:
        return with_unit(value, measure.decimals, "points", factor=100)
    return told(measure, value)


def duration(value: float, decimals: int) -> str:
    """Seconds; from two hours on hours, from two days on days."""
    if abs(value) >= 172_800:
        return with_unit(value / 86_400, 1, "d")
    if abs(value) >= 7_200:
        return with_unit(value / 3_600, 1, "h")
    return with_unit(value, decimals, "s")


@register.filter
def told_as(value: float | None, measure: Measure | None) -> str:
    """The same in a template, where a value may be missing or of a measure of an earlier release."""
    if value is None:
        return NOT_APPLICABLE
    return with_unit(value, 4, "") if measure is None else told(measure, value)


PERIOD = re.compile(r"\b\d{4}-(?:W\d\d|Q\d|\d\d(?:-\d\d)?)\b")


@register.filter
def unbroken(text: Any) -> SafeString:
    """A sentence in which the name of a period is never torn apart at the end of a line.

    >>> unbroken("fell in 2026-W36")
    'fell in <span class="nowrap">2026-W36</span>'
    """
    # The sentence is escaped, and a period holds digits, hyphens, W and Q only.
    return mark_safe(PERIOD.sub(r'<span class="nowrap">\g<0></span>', escape(text)))  # noqa: S308


@register.filter
def per_cent(share: Any, decimals: int = 1) -> str:
    """A share from 0 to 1 as per cent."""
    return with_unit(share, decimals, "%", factor=100)


@register.filter
def per_cent_bare(share: Any, decimals: int = 1) -> str:
    """The same without the sign, for a column whose head names the unit."""
    return with_unit(share, decimals, "", factor=100)


@register.filter
def seconds(value: Any, decimals: int = 0) -> str:
    """Seconds with their unit."""
    return with_unit(value, decimals, "s")


@register.filter
def count(value: Any) -> str:
    """A whole number in groups of three."""
    return with_unit(value, 0, "")


@register.filter
def number(value: Any, decimals: int = 1) -> str:
    """A number with so many decimals."""
    return with_unit(value, decimals, "")


@register.filter
def money(value: Any, currency: str = "EUR") -> str:
    """An amount with its currency."""
    return with_unit(value, 2, currency)


@register.filter
def taken_off(value: Any) -> str:
    """An amount that goes the other way: a credit in an account of the partner."""
    return with_unit(-value if isinstance(value, Decimal) and value else value, 2, "")


@register.filter
def cell(value: Any) -> Any:
    """Any value in a plain table: numbers grouped, missing as a dash, the rest as it stands."""
    if value is None or value == "" or isinstance(value, Missing):
        return missing(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return written(value)
    if isinstance(value, float | Decimal):
        text = written(value, places(value))
        return NOT_APPLICABLE if text is None else text
    return value


def places(value: float | Decimal) -> int:
    """How many decimals a number has of its own, at most four."""
    exponent = Decimal(str(value)).as_tuple().exponent
    return min(4, max(0, -exponent)) if isinstance(exponent, int) else 0
