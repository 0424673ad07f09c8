"""From the address of one's own delivery nobody learns how many the others made."""

from __future__ import annotations

import re

import pytest

from levelfield_web.audit.models import Move
from levelfield_web.same_data.models import Delivery

from ...conftest import interval_file

pytestmark = pytest.mark.django_db


def test_addresses_pages_and_moves_carry_random_names(noor, signed_in, deliver):
    browser = signed_in(noor)
    names = [deliver(browser, interval_file("north", "NNNNNNNNN", days=2)).public_id for _ in range(2)]
    assert all(re.fullmatch("D-[0-9a-f]{12}", name) for name in names) and len(set(names)) == 2
    told = [browser.get("/data/").content.decode(), browser.get(f"/data/deliveries/{names[0]}/").content.decode()]
    assert set(re.findall('/data/deliveries/([^/."]+)', "".join(told))) == set(names)
    assert set(Move.objects.filter(object_kind="delivery").values_list("object_id", flat=True)) == set(names)
    for number in Delivery.objects.values_list("pk", flat=True):
        assert browser.get(f"/data/deliveries/{number}/").status_code == 404
