"""Deliveries as a person makes them: through the form, looked at by the worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from levelfield_web.same_data import actions
from levelfield_web.same_data.models import Delivery
from levelfield_web.same_data.work import work_on


def work_off() -> int:
    """Do in this process what the worker does in one of its own, until nothing waits."""
    done = 0
    while (claimed := actions.claim(at=timezone.now())) is not None:
        work_on(claimed, claimed.lease_token)
        done += 1
    return done


@pytest.fixture
def deliver(home) -> Callable[..., Delivery]:
    """Uploads a text as a file, lets the worker look at it, and gives the delivery as it then stands."""

    def delivers(browser: Client, body: str, name: str = "april.csv", **more: str) -> Delivery:
        answer = browser.post("/data/deliver/", {"file": SimpleUploadedFile(name, body.encode()), **more})
        assert answer.status_code == 302, answer.content.decode()[:2000]
        delivery = Delivery.objects.order_by("-pk")[0]
        assert answer["Location"] == f"/data/deliveries/{delivery.public_id}/"
        work_off()
        delivery.refresh_from_db()
        return delivery

    return delivers
