"""A home made by an earlier version keeps its rows, and an earlier version can still be gone back to."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from levelfield_web.people.codes import opened

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_of():
    """Brings the database to a step, and gives the tables as they are there; in the end to the last one."""

    def goes(step: str):
        target = [("levelfield", step)]
        MigrationExecutor(connection).migrate(target)
        return MigrationExecutor(connection).loader.project_state(target).apps

    yield goes
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_every_delivery_gets_a_name_of_its_own(as_of, monday):
    before = as_of("0003_current_passwords_are_counted").get_model("levelfield", "Delivery")
    for number in range(3):
        before.objects.create(
            name=f"{number}.csv", sha256="", size=1, stored_as=str(number), side="client", by_name="Ada", at=monday
        )
    after = as_of("0006_public_ids_of_deliveries_are_unique").get_model("levelfield", "Delivery")
    names = list(after.objects.values_list("public_id", flat=True))
    assert len(set(names)) == 3 and all(re.fullmatch("D-[0-9a-f]{12}", name) for name in names)


def test_keys_of_one_time_codes_are_encrypted_and_can_be_had_back(as_of, monday):
    step = "0007_deliveries_remember_when_they_were_claimed"
    place = {"side": "client", "role": "analyst", "joined_at": monday}
    before = as_of(step).get_model("levelfield", "User")
    before.objects.create(
        email="kim@client.example", name="Kim", totp_secret="JBSWY3DPEHPK3PXP", totp_confirmed_at=monday, **place
    )
    before.objects.create(email="tim@client.example", name="Tim", **place)
    after = as_of("0009_keys_of_codes_are_encrypted").get_model("levelfield", "User")
    kept = dict(after.objects.values_list("name", "totp_secret"))
    assert "JBSWY3DPEHPK3PXP" not in kept["Kim"] and opened(kept["Kim"]) == "JBSWY3DPEHPK3PXP"
    assert kept["Tim"] == ""
    again = as_of(step).get_model("levelfield", "User")
    assert again.objects.get(name="Kim").totp_secret == "JBSWY3DPEHPK3PXP"
