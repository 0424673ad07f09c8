"""How many failed tries are too many."""

from __future__ import annotations

import datetime as dt

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from levelfield.words import Refusal
from levelfield_web.people.models import SignInAttempt, plain_email

MOST_FAILURES = 5
WINDOW = dt.timedelta(minutes=15)


def count_before_checking(*, email: str, address: str, step: str, at: dt.datetime) -> None:
    """Count a try as failed before it is looked at, so that many at once cannot slip through; refuse one too many.

    Passwords at the sign-in are counted by account and address. Codes, and passwords asked again on one's own pages,
    are counted by account alone: whoever gets that far has a password or a session and could come from anywhere. An
    account that does not exist is counted like any other.
    """
    account = account_key(email)
    SignInAttempt.objects.filter(at__lte=at - WINDOW).delete()
    this = SignInAttempt.objects.create(account=account, address=address, step=step, at=at)
    failures = SignInAttempt.objects.filter(account=account, step=step).exclude(pk=this.pk)
    if step == "password":
        failures = failures.filter(address=address)
    if failures.count() >= MOST_FAILURES:
        this.delete()  # a refused try is not a failure, or the door would never open again
        raise Refusal(
            _("There were too many wrong passwords on this account")
            if step == "current"
            else _("There were too many tries to sign in with this address"),
            expected=_("at most %(most)s within %(minutes)s minutes")
            % {"most": MOST_FAILURES, "minutes": int(WINDOW.total_seconds() // 60)},
            next_step=_("Wait a quarter of an hour and try again."),
        )


def forget_failures(*, email: str, address: str, step: str) -> None:
    """A try that succeeded takes the failures before it away."""
    failures = SignInAttempt.objects.filter(account=account_key(email), step=step)
    if step == "password":
        failures = failures.filter(address=address)
    failures.delete()


def account_key(email: str) -> str:
    """An address as a keyed hash: people sometimes type a password where an address belongs."""
    return salted_hmac("levelfield.people.attempts", plain_email(email), algorithm="sha256").hexdigest()
