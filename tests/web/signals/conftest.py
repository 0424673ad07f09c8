"""Homes in which the service level of one line of North fell for good, and what may come after; South is quiet throughout.

44 weeks from 2025-W18 on. Billing of North falls by a quarter in 2026-W04. Its third line has three contacts a week, and
fell as well: nobody can tell. Homes are made once and only read; a test walks from one to the next.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from levelfield.same_data.estate import Estate, Partner
from levelfield_io.agreements_at_hand import save_agreement
from levelfield_io.publishing import Parcel, publish
from levelfield_io.store import Store
from levelfield_web.signals.actions import review
from levelfield_web.signals.models import Signal

from ...conftest import INTERVALS, MONDAY

FIRST = dt.date(2025, 4, 28)
WEEKS = 44
FELL = 38  # 2026-W04: the first of six weeks
BILLING = "service_level|abandons=all_against|line=NNNNNNNNN-Billing"

Stand = Callable[[str], Path]


def week_file(partner: str, mark: str, weeks: Collection[int], low: Collection[int] = (), level: float = 0.6) -> str:
    """The delivered days of some weeks; in the `low` ones Billing answers so few of its calls in time."""
    rows = [INTERVALS]
    for week in weeks:
        for number in range(7):
            day = FIRST + dt.timedelta(days=7 * week + number)
            chance = np.random.default_rng([week, number, *mark[:3].encode()])
            for line, in_time in (("Billing", level if week in low else 0.8), ("Orders", 0.8)):
                rows.append(_row(partner, mark, day, line, 60, in_time, chance))
            if number == 0:
                rows.append(_row(partner, mark, day, "Rare", 3, 0.0 if week in low else 0.9, chance))
    return "".join(rows)


def _row(
    partner: str, mark: str, day: dt.date, line: str, offered: int, level: float, chance: np.random.Generator
) -> str:
    lost = int(chance.binomial(offered, 0.05))
    answered = offered - lost
    within = int(chance.binomial(answered, level))
    waited = int(answered * chance.normal(14, 1))
    return (
        f"{partner},{day},{day}T09:00:00Z,1800,{mark}-Site,{mark}-{line},{mark}-Q,voice,20,5,{offered},{answered},{within},{lost},0,0,"
        f"{waited},{answered * 300},{answered * 40}\n"
    )


AGREEMENT = (
    'partner = "{0}"\ntitle = "{1} agreement"\nversion = 1\nvalid_from = 2025-01-01\nzone = "Europe/London"\n'
    '[[target]]\nmeasure = "service_level"\ndefinition = {{ abandons = "all_against" }}\nat_least = 0.7\n'
    '[[target]]\nmeasure = "asa"\nat_most = 20\n'
)


def deliver(home: Path, text: str, minutes: int) -> Path:
    """One more file in a home."""
    path = home / f"file-{minutes}.csv"
    path.write_text(text, encoding="utf-8")
    outcome = publish(
        [Parcel(path, None, {})], Store(home), by="Ada", at=MONDAY + dt.timedelta(days=60, minutes=minutes)
    )
    assert outcome.published, [f.findings for f in outcome.files]
    return home


@pytest.fixture(scope="session")
def homes(tmp_path_factory) -> Callable[[str], Path]:
    """A home by its name, made when it is first asked for."""
    root = tmp_path_factory.mktemp("signals")

    def after(before: str, name: str) -> Path:
        return Path(shutil.copytree(made(before), root / name))

    @cache
    def made(name: str) -> Path:
        low = range(FELL, WEEKS)
        match name:
            case "fallen":
                home = root / name
                store = Store(home)
                names = (Partner("north", "Partner North"), Partner("south", "Partner South"))
                store.save_estate(Estate("The client", "Europe/London", partners=names))
                for partner, mark in (("north", "NNNNNNNNN"), ("south", "SSSSSSSSS")):
                    save_agreement(home, AGREEMENT.format(partner, mark).encode(), f"{partner}.toml")
                deliver(home, week_file("south", "SSSSSSSSS", range(WEEKS)), 1)
                return deliver(home, week_file("north", "NNNNNNNNN", range(WEEKS), low), 2)
            case "further":  # one more week, still low
                return deliver(after("fallen", name), week_file("north", "NNNNNNNNN", [WEEKS], [WEEKS]), 3)
            case "restated":  # the weeks since the fall again, as if nothing had happened
                return deliver(after("fallen", name), week_file("north", "NNNNNNNNN", low), 3)
            case "restored":  # and again as they were first
                return deliver(after("restated", name), week_file("north", "NNNNNNNNN", low, low), 4)
            case "back":  # three weeks as they were before the fall
                return deliver(after("fallen", name), week_file("north", "NNNNNNNNN", range(WEEKS, WEEKS + 3)), 3)
            case "recovered":  # four weeks as they were before the fall
                return deliver(after("fallen", name), week_file("north", "NNNNNNNNN", range(WEEKS, WEEKS + 4)), 3)
            case "unchanged":  # four weeks, still low
                more = range(WEEKS, WEEKS + 4)
                return deliver(after("fallen", name), week_file("north", "NNNNNNNNN", more, more), 3)
            case "recovered restated":  # and the four weeks again, as if they had stayed low
                more = range(WEEKS, WEEKS + 4)
                return deliver(after("recovered", name), week_file("north", "NNNNNNNNN", more, more), 4)
            case "again":  # and lower than ever
                more = range(WEEKS + 3, WEEKS + 5)
                return deliver(after("back", name), week_file("north", "NNNNNNNNN", more, more, 0.2), 4)
            case "other terms":  # one more week, and only the speed of answer is agreed
                home = deliver(after("fallen", name), week_file("north", "NNNNNNNNN", [WEEKS], [WEEKS]), 3)
                words = AGREEMENT.format("north", "NNNNNNNNN").replace("version = 1", "version = 2")
                words = words.replace("2025-01-01", "2026-01-01")
                first, _, rest = words.partition("[[target]]")
                save_agreement(home, (first + "[[target]]" + rest.partition("[[target]]")[2]).encode(), "terms.toml")
                return home
            case "both":  # South's Billing fell in the same weeks
                return deliver(after("fallen", name), week_file("south", "SSSSSSSSS", low, low), 3)
            case _:
                raise KeyError(name)

    return made


@pytest.fixture
def stand(homes, settings, north, south) -> Stand:
    """Stands a test in a home: `stand("further")`."""

    def stands(name: str) -> Path:
        settings.LEVELFIELD_HOME = homes(name)
        return homes(name)

    return stands


@pytest.fixture
def look(stand, monday) -> Callable[..., int]:
    """Stands in a home and looks at North, a day later every time: how many signals were opened."""
    days = iter(range(100))

    def looks(name: str, partner: str = "north") -> int:
        stand(name)
        return review(partner=partner, at=monday + dt.timedelta(days=next(days)))

    return looks


@pytest.fixture
def fallen(look) -> Signal:
    """The signal on North's Billing after the first look."""
    look("fallen")
    return Signal.objects.get(series=BILLING)
