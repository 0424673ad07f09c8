"""A home made by an earlier version keeps its rows, and an earlier version can still be gone back to."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

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
