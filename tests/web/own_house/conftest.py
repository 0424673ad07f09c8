"""Homes of five partners in which the service level of North fell for good; who fell with it is the home's name.

26 weeks from 2025-W23 on, the last six of them low; no Christmas among them, which is set apart. Homes are made once and only read; what an agreement says of others
is a copy of a home with other terms, so that the facts are the same to the letter.
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

from ...conftest import INTERVALS, MONDAY

FIRST = dt.date(2025, 6, 2)  # a Monday
WEEKS = 26
FELL = 20  # 2025-W43: the first of six weeks
LAST = FIRST + dt.timedelta(weeks=WEEKS, days=-1)
PARTNERS = {"north": "NNNNNNNNN", "south": "SSSSSSSSS", "east": "EEE", "west": "WWW", "mid": "MMM"}
NAMES = {key: f"Partner {key.title()}" for key in PARTNERS}
THREE = ("south", "east", "west")
TWO = ("south", "east")

TOLD = {
    "says nothing": "",
    "told": "[others]\ntold = true\n",
    "not told": "[others]\ntold = false\n",
    "large groups": "[others]\ntold = true\nsmallest_group = 5\n",
    "all of them": "[others]\ntold = true\nsmallest_group = 4\n",
}

Stand = Callable[..., Path]


def days_of(partner: str, mark: str, fell: bool) -> str:
    """The delivered days of a partner; where it fell, the last six weeks answer a quarter fewer calls in time."""
    rows = [INTERVALS]
    for number in range(7 * WEEKS):
        day = FIRST + dt.timedelta(days=number)
        chance = np.random.default_rng([number, *mark.encode()])
        lost = int(chance.binomial(120, 0.05))
        within = int(chance.binomial(120 - lost, 0.6 if fell and number >= 7 * FELL else 0.8))
        rows.append(
            f"{partner},{day},{day}T09:00:00Z,1800,{mark}-Site,{mark}-Calls,{mark}-Q,voice,20,5,120,{120 - lost},{within},{lost},0,0,"
            f"{(120 - lost) * 14},{(120 - lost) * 300},{(120 - lost) * 40}\n"
        )
    return "".join(rows)


def terms_of(partner: str, mark: str, others: str = "") -> str:
    """One target, and what the partner may be told of others."""
    return (
        f'partner = "{partner}"\ntitle = "{mark} agreement"\nversion = 1\nvalid_from = 2025-01-01\nzone = "Europe/London"\n'
        f'{others}[[target]]\nmeasure = "service_level"\ndefinition = {{ abandons = "all_against" }}\nat_least = 0.7\n'
    )


def made_home(home: Path, partners: Collection[str], fell: Collection[str]) -> Path:
    """A home of some partners, of which some fell."""
    store = Store(home)
    store.save_estate(Estate("The client", "Europe/London", partners=tuple(Partner(k, NAMES[k]) for k in partners)))
    parcels = []
    for key in partners:
        path = home / f"{key}.csv"
        path.write_text(days_of(key, PARTNERS[key], key in fell), encoding="utf-8")
        parcels.append(Parcel(path, None, {}))
    outcome = publish(parcels, store, by="Ada", at=MONDAY)
    assert outcome.published, [f.findings for f in outcome.files]
    return home


@pytest.fixture(scope="session")
def own_homes(tmp_path_factory) -> Callable[[str, str], Path]:
    """A home by who fell with North and by what North's agreement says of others, made when it is first asked for."""
    root = tmp_path_factory.mktemp("own-house")

    @cache
    def facts(name: str) -> Path:
        match name:
            case "nobody else":
                return made_home(root / name, PARTNERS, {"north"})
            case "two others":
                return made_home(root / name, PARTNERS, {"north", *TWO})
            case "three others":
                return made_home(root / name, PARTNERS, {"north", *THREE})
            case "only two there are":
                return made_home(root / name, ("north", *TWO), {"north", *TWO})
        raise KeyError(name)

    @cache
    def made(name: str, others: str) -> Path:
        home = Path(shutil.copytree(facts(name), root / f"{name}, {others}"))
        for key, mark in PARTNERS.items():
            if key in Store(home).estate.keys:
                words = terms_of(key, mark, TOLD[others] if key == "north" else "")
                save_agreement(home, words.encode(), f"{key}.toml")
        return home

    return made


@pytest.fixture
def stand(own_homes, settings, north, south) -> Stand:
    """Stands a test in a home: `stand("three others", "told")`."""

    def stands(name: str = "three others", others: str = "says nothing") -> Path:
        settings.LEVELFIELD_HOME = own_homes(name, others)
        return own_homes(name, others)

    return stands


@pytest.fixture
def now() -> dt.datetime:
    """A Monday after the last fact."""
    return MONDAY
