"""Let Ada, Noor and Sol sign in to the demo."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from levelfield_io.store import Store
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.management.cases_of_the_demo import make_cases
from levelfield_web.people import actions
from levelfield_web.people.models import User
from levelfield_web.people.queries import viewer_of
from levelfield_web.settlement import actions as settlement
from levelfield_web.settlement.account import account_of, delivered_forecasts
from levelfield_web.signals.actions import review_next

PASSWORD = "level-the-field"  # noqa: S105  (printed for everybody who runs the demo)
PEOPLE = (
    ("ada@client.example", "Ada", "client", "vendor_manager", ""),
    ("eve@client.example", "Eve", "client", "executive", ""),
    ("admin@client.example", "Ari", "client", "administrator", ""),
    ("noor@north.example", "Noor", "partner", "account_manager", "north"),
    ("sol@south.example", "Sol", "partner", "account_manager", "south"),
)


class Command(BaseCommand):
    """Add the demo's people once."""

    help = "Let the demo's people sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add partners and people that are missing."""
        if not (Path(settings.LEVELFIELD_HOME) / "demo-built").exists():
            self.stderr.write("This home is not the demo; nobody was added.")
            return
        at = timezone.now()
        for partner in Store(Path(settings.LEVELFIELD_HOME)).estate.partners:
            actions.know_partner(key=partner.key, name=partner.name, by=HOUSE, at=at)
        for email, name, side, role, partner_key in PEOPLE:
            if not User.objects.filter(email=email).exists():
                actions.add_person(
                    email=email,
                    name=name,
                    side=side,
                    role=role,
                    password=PASSWORD,
                    partner=partner_key,
                    by=HOUSE,
                    at=at,
                )
        self._settle(at)
        while review_next(at=at):
            pass
        ada, noor = (viewer_of(User.objects.get(email=email)) for email in ("ada@client.example", "noor@north.example"))
        make_cases(ada, noor, at)

    def _settle(self, at: dt.datetime) -> None:
        """What both sides did about North's last months: a dispute, and a locked forecast that was acknowledged."""
        account = account_of("north", at.date())
        complete = [s for s in account.statements if s.ended] if account else []
        if account is None or not complete:
            return
        ada, noor = (viewer_of(User.objects.get(email=email)) for email in ("ada@client.example", "noor@north.example"))
        last = complete[-1]
        lines = [line.target for line in last.relieved.lines if line.amount]
        if lines:
            settlement.raise_dispute(
                account=account, month=last.month, line=lines[-1], by=noor, at=at,
                reason="On two evenings the queue was closed an hour early by the client's own routing; those callers gave up.",
                evidence="Change ticket of the routing platform, both evenings 19:00 to 20:00.",
            )  # fmt: skip
        made = [
            v.made_at
            for v in delivered_forecasts("north", account.publication, 1)
            if v.month == last.month and v.made_at.date() < last.period.start
        ]
        if made:
            settlement.lock_forecast(account=account, month=last.month, made_at=max(made), by=ada, at=at)
            settlement.acknowledge_lock(partner="north", month=last.month, by=noor, at=at)
