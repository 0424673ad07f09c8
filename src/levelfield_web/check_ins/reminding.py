"""The daily digest: one letter a person and day, when something is due to their side, and none when nothing is."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction

from levelfield_web.check_ins.calendars import letter
from levelfield_web.check_ins.models import Reminder
from levelfield_web.check_ins.queries import due
from levelfield_web.people.models import User

NOT_BEFORE = 6  # o'clock, UTC: a digest is read in the morning
LOG = logging.getLogger(__name__)


def remind_next(*, at: dt.datetime, given_up: set[int]) -> bool:
    """Look after one person who was not looked after today; whether there was one.

    The row is written before the letter goes: a letter lost to a failing server is better than one sent every second.
    """
    if not settings.MAIL or at.hour < NOT_BEFORE:
        return False
    done = Reminder.objects.filter(on=at.date()).values("user_id")
    user = User.objects.filter(is_active=True).exclude(pk__in=done).exclude(pk__in=given_up).order_by("pk").first()
    if user is None:
        return False
    try:
        with transaction.atomic():
            Reminder.objects.create(user=user, on=at.date(), at=at)
    except IntegrityError:  # another worker was quicker
        return True
    found = due(viewer=user.as_viewer, at=at)
    if found:
        subject, text = letter(user.name, found, settings.SITE)
        try:
            send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
        except OSError:
            LOG.exception("The digest of one person could not be sent")
            given_up.add(user.pk)
    return True
