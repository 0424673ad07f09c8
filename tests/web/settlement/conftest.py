"""A home in which North has an agreement with clocks, relief, a cap and a trigger, three versions of a forecast, and invoices."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield_io.agreements_at_hand import save_agreement
from levelfield_io.publishing import Parcel, publish
from levelfield_io.store import Store
from levelfield_web.settlement.account import account_of

from ...conftest import MONDAY

PUBLISHED = MONDAY + dt.timedelta(days=30)  # 1 April 2026, a Wednesday; Good Friday and Easter Monday follow
DISPUTE_UNTIL = dt.date(2026, 4, 10)  # five working days later

AGREEMENT = """
partner = "north"
title = "NNNNNNNNN terms"
version = 2
valid_from = 2026-01-01
zone = "Europe/London"
currency = "GBP"
calendar = "GB-ENG"

[[target]]
key = "in_time"
measure = "service_level"
definition = { abandons = "all_against" }
at_least = 0.90
minimum = 0.70
decimals = 1
clause = "Schedule 3, 1"

[[target]]
key = "abandoned"
measure = "abandonment"
definition = { abandons = "short_removed" }
at_most = 0.01
clause = "Schedule 3, 2"

[[target]]
key = "speed"
measure = "asa"
at_most = 20

[cap]
amount = 3000
clause = "Schedule 5, 3"

[[credit]]
kind = "per_point"
target = "in_time"
amount = 200
clause = "Schedule 5, 1"

[[credit]]
kind = "per_point"
target = "abandoned"
amount = 100
clause = "Schedule 5, 2"

[forecast]
lock_days = 10

[forecast.relief]
applies = "all_or_nothing"
above = 0.10
per = "day"
targets = ["abandoned"]
clause = "Schedule 2, 5"

[excused]
claim_days = 5
clause = "Schedule 3, 6"

[clocks]
dispute = { days = DISPUTE_DAYS, silence = "final", clause = "Schedule 7, 2" }
review = { days = 10, silence = "goes to the monthly review" }
lock_acknowledge = { days = 5, silence = "acknowledged", clause = "Schedule 2, 4" }
claim_answer = { days = 5, silence = "refused", clause = "Schedule 3, 6" }

[[trigger]]
key = "again"
kind = "count"
targets = ["in_time"]
level = "expected"
k = 3
of = 6
exercise_days = 60
clause = "Clause 22"
"""


def forecast_file(partner: str = "north") -> str:
    """Three versions for January to April: the first too high, the second too low, the last too late."""
    rows = ["partner,day,version,made_at,length_s,line,channel,volume"]
    for version, made, volume in (
        ("V1", "2025-11-01T08:00:00Z", 120),
        ("V2", "2025-12-01T08:00:00Z", 100),
        ("V3", "2026-02-20T08:00:00Z", 300),
    ):
        for number in range(120):
            day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
            if version != "V3" or day >= dt.date(2026, 2, 1):
                rows.append(f"{partner},{day},{version},{made},86400,,,{volume}")
    return "\n".join(rows) + "\n"


def add_terms(home, days: int) -> None:
    """North's second version, with so many working days to dispute."""
    save_agreement(home, AGREEMENT.replace("DISPUTE_DAYS", str(days)).encode(), "terms.toml")


@pytest.fixture
def forecasts(home):
    """North's home with its forecasts published as well."""
    path = home / "forecasts.csv"
    path.write_text(forecast_file(), encoding="utf-8")
    outcome = publish([Parcel(path, None, {})], Store(home), by="Ada", at=PUBLISHED + dt.timedelta(minutes=5))
    assert outcome.published, [f.findings for f in outcome.files]
    return home


@pytest.fixture
def terms(home, north, south):
    """The terms with five working days to dispute; they are over on any page that is asked today."""
    add_terms(home, 5)
    return home


@pytest.fixture
def open_terms(home, north, south):
    """The same with a clock that runs for many years."""
    add_terms(home, 4000)
    return home


@pytest.fixture
def north_account(terms):
    """North's account on the day it was published."""
    return account_of("north", PUBLISHED.date())
