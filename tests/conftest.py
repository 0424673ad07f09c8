"""Ada works for the client, Noor for partner North, Sol for partner South, who must never see North."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from levelfield_web.fields.viewer import HOUSE
from levelfield_web.people import actions
from levelfield_web.people.models import Partner, User

PASSWORD = "seven calm rivers"
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)

Join = Callable[..., User]


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Argon2 is slow on purpose; one test says that it is what we use."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def monday() -> dt.datetime:
    return MONDAY


@pytest.fixture
def north(db) -> Partner:
    return actions.know_partner(key="north", name="Partner North", by=HOUSE, at=MONDAY)


@pytest.fixture
def south(db) -> Partner:
    return actions.know_partner(key="south", name="Partner South", by=HOUSE, at=MONDAY)


@pytest.fixture
def join(north, south) -> Join:
    """Lets somebody join: `join("Lea Brandt", "analyst", partner="north")`."""

    def joins(name: str, role: str, *, partner: str = "") -> User:
        email = f"{name.split(maxsplit=1)[0].lower()}@{partner or 'client'}.example"
        side = "partner" if partner else "client"
        return actions.add_person(
            email=email, name=name, side=side, partner=partner, role=role, password=PASSWORD, by=HOUSE, at=MONDAY
        )

    return joins


@pytest.fixture
def ada(join: Join) -> User:
    """The client's vendor manager."""
    return join("Ada Okafor", "vendor_manager")


@pytest.fixture
def ada_administrator(join: Join) -> User:
    """Ada's colleague of the same first name, who administers."""
    return join("Adamu Bello", "administrator")


@pytest.fixture
def noor(join: Join) -> User:
    """Account manager of partner North."""
    return join("Noor Haddad", "account_manager", partner="north")


@pytest.fixture
def sol(join: Join) -> User:
    """Account manager of partner South."""
    return join("Sol Marin", "account_manager", partner="south")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of somebody who has signed in."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser


INTERVALS = "partner,day,start_at,length_s,site,line,queue,channel,threshold_s,short_s,offered,answered,answered_within,abandoned,abandoned_within,short_abandoned,wait_answered_s,talk_s,wrap_s\n"  # noqa: E501


def interval_file(partner: str, mark: str, days: int = 70, offered: int = 60) -> str:
    """A partner's delivered days; every name in it carries the partner's own mark."""
    rows = [INTERVALS]
    for number in range(days):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        for line in (f"{mark}-Billing", f"{mark}-Orders"):
            lost = (number * 7 + len(line)) % 6 + 1
            answered = offered - lost
            rows.append(
                f"{partner},{day},{day}T09:00:00Z,1800,{mark}-Site,{line},{mark}-Q,voice,20,5,{offered},{answered},{answered - 9},{lost},1,1,"
                f"{answered * 14},{answered * 300},{answered * 40}\n"
            )
    return "".join(rows)


@pytest.fixture(scope="session")
def published_home(tmp_path_factory):
    """A home in which North and South have published, with marks nobody else would write."""
    from levelfield.same_data.estate import Estate, Partner
    from levelfield_io.agreements_at_hand import save_agreement
    from levelfield_io.publishing import Parcel, publish
    from levelfield_io.store import Store

    home = tmp_path_factory.mktemp("home")
    store = Store(home)
    store.save_estate(
        Estate(
            "The client",
            "Europe/London",
            partners=(Partner("north", "Partner North"), Partner("south", "Partner South")),
        )
    )
    paths = []
    for partner, mark in (("north", "NNNNNNNNN"), ("south", "SSSSSSSSS")):
        path = home / f"{partner}.csv"
        path.write_text(interval_file(partner, mark), encoding="utf-8")
        paths.append(Parcel(path, None, {}))
        body = (
            f'partner = "{partner}"\ntitle = "{mark} agreement"\nversion = 1\nvalid_from = 2025-01-01\nzone = "Europe/London"\n'
            '[[target]]\nmeasure = "service_level"\ndefinition = { abandons = "all_against" }\nat_least = 0.8\n'
            '[[target]]\nmeasure = "asa"\nat_most = 20\n'
        )
        save_agreement(home, body.encode(), f"{partner}.toml")
    outcome = publish(paths, store, by="Ada", at=MONDAY + dt.timedelta(days=30))
    assert outcome.published, [f.findings for f in outcome.files]
    return home


@pytest.fixture
def home(published_home, settings, tmp_path):
    """A copy of that home for one test."""
    import shutil

    own = tmp_path / "home"
    shutil.copytree(published_home, own)
    settings.LEVELFIELD_HOME = own
    return own
