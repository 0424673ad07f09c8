"""What each target can cost in a month, for every kind of credit; proportions that need fees are not told without them."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction

import pytest

from levelfield.agreement.agreement import agreement_from_data
from levelfield.agreement.terms import Agreement
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Unit
from levelfield.settlement.exposure import exposure

HEAD = """partner = "north"
title = "t"
version = 1
valid_from = 2026-01-01
[[target]]
key = "sl"
measure = "service_level"
at_least = 0.80
minimum = 0.75
[[target]]
key = "asa"
measure = "asa"
at_most = 20
"""
ALLOCATION = """
[at_risk]
share = 0.10
[[pool]]
key = "p"
share = 0.6
[[credit]]
kind = "allocation"
target = "sl"
pool = "p"
share = 1.0
"""
LADDER = """
[[credit]]
kind = "ladder"
target = "asa"
amount = "1000"
step = [{ at = 25, share = 0.25 }, { at = 40, share = 1.0 }]
"""
PER_POINT = """
[[credit]]
kind = "per_point"
target = "sl"
amount = "200"
[[credit]]
kind = "per_point"
target = "asa"
amount = "30"
"""
POINTS = """
[[credit]]
kind = "points"
target = "sl"
severe = 6
[[credit]]
kind = "points"
target = "asa"
severe = 2
[points]
step = [{ from = 2, share = 0.02 }, { from = 8, share = 0.08 }]
"""


def agreement(text: str) -> Agreement:
    return agreement_from_data(
        tomllib.loads(HEAD + text, parse_float=Decimal),
        measures={name: 100 if m.unit is Unit.SHARE else 1 for name, m in MEASURES.items()},
        where="t",
        text=text,
    )


@pytest.mark.parametrize(
    ("text", "fees", "found"),
    [
        ("", None, {}),
        (ALLOCATION, 1000, {"sl": 60}),
        (ALLOCATION, None, {"sl": Fraction("0.06")}),  # a share of fees: proportions hold
        (LADDER, None, {"asa": 1000}),
        (PER_POINT, None, {"sl": 1000, "asa": 30}),  # five points to the minimum; one where there is none
        (POINTS, 1000, {"sl": 60, "asa": 20}),
        (ALLOCATION + LADDER, 1000, {"sl": 60, "asa": 1000}),
        (ALLOCATION + LADDER, None, None),  # shares of fees beside fixed amounts
        (ALLOCATION.replace("share = 0.10", 'amount = "500"', 1) + LADDER, None, {"sl": 300, "asa": 1000}),
    ],
)
def test_exposure(text: str, fees: int | None, found: dict[str, Fraction] | None) -> None:
    assert exposure(agreement(text), None if fees is None else Decimal(fees)) == found
