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
