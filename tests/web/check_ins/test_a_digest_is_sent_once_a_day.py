"""A letter a day to whom something is due: no figures in it, no word of another partner, none when nothing is due."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from levelfield_web.check_ins.reminding import remind_next

from ...the_case import raised

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings):
    settings.MAIL = {"EMAIL_HOST": "mail.example"}
    settings.SITE = "https://levelfield.example"
    return mail


def everybody(at: dt.datetime) -> int:
    """How many people were looked after."""
    return sum(1 for _ in iter(lambda: remind_next(at=at, given_up=set()), False))


def test_who_is_waited_for_gets_one_letter_and_nobody_else_any(home, post, ada, noor, sol, monday):
    raised(ada.as_viewer, monday)
    assert everybody(monday) == 3
    assert everybody(monday) == 0, "once a day"
    (letter,) = post.outbox
    assert letter.to == [noor.email]
    assert "1 waiting" in letter.subject
    assert "to acknowledge the case" in letter.body
    assert "https://levelfield.example/cases/K-" in letter.body
    assert everybody(monday + dt.timedelta(days=1)) == 3
    assert len(post.outbox) == 2


def test_nothing_is_sent_at_night_or_without_a_mail_server(home, post, settings, ada, noor, monday):
    raised(ada.as_viewer, monday)
    assert everybody(monday.replace(hour=3)) == 0
    settings.MAIL = {}
    assert everybody(monday) == 0
    assert not post.outbox


def test_a_server_that_fails_stops_nobody_else_and_is_not_asked_every_second(
    home, post, monkeypatch, ada, noor, monday
):
    def failing(*_args, **_more):
        raise ConnectionRefusedError

    monkeypatch.setattr("levelfield_web.check_ins.reminding.send_mail", failing)
    raised(ada.as_viewer, monday)
    assert everybody(monday) == 2
