"""Let Ada, Noor and Sol sign in to the demo."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from levelfield.reasons import STATEMENTS, Level, Stance
from levelfield_io.store import Store
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.management.cases_of_the_demo import make_cases
from levelfield_web.people import actions
from levelfield_web.people.models import Partner, User
from levelfield_web.people.queries import viewer_of
from levelfield_web.reasons import actions as reasons
from levelfield_web.reasons.models import StoredReason
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

# Kind, own words, measure, baseline in its unit, where it comes from; then the points of Ada and of Eve.
CHARTERS: dict[str, tuple[tuple[str, str, str, str, str, int, int], ...]] = {
    "north": (
        ("cost", "Our own centre cost more for every customer helped.", "cost_per_contact", "4.90", "Ledger of our own centre, in GBP", 20, 44),
        ("quality", "Customers should be as content as with our own people.", "csat", "0.72", "Survey of our own centre", 35, 21),
        ("coverage", "Somebody answers in the evenings and on Sundays.", "abandonment", "0.12", "Reports of our own platform", 35, 25),
        ("flexibility", "More people before Christmas, fewer after.", "", "", "", 10, 10),
    ),
    "south": (
        ("cost", "", "cost_per_contact", "4.40", "Invoices of the former partner, in USD", 50, 60),
        ("coverage", "Nights are served as well.", "answered_share", "0.88", "Reports of the former partner", 30, 20),
        ("own", "People who know health plans", "fcr_agent", "0.70", "Trial of six weeks before the contract", 20, 20),
    ),
}  # fmt: skip
# What each side answers to the twelve statements, in their order; of South only South's own side has answered.
SURVEYS = {
    "north": {"ada": (4, 4, 3, 5, 4, 4, 4, 4, 4, 2, 4, 4), "eve": (4, 4, 4, 4, 5, 4, 5, 4, 4, 3, 4, 4), "noor": (3, 4, 4, 4, 3, 3, 2, 4, 2, 3, 1, 4)},
    "south": {"sol": (4, 3, 4, 5, 4, 4, 3, 4, 3, 4, 2, 4)},
}  # fmt: skip


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
        for partner_key in CHARTERS:
            self._charter(partner_key, at)
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

    def _charter(self, partner: str, at: dt.datetime) -> None:
        """Why the work was given to one partner, who stands behind it on both sides, and what each side answers. Once."""
        if not Partner.objects.filter(key=partner).exists() or StoredReason.objects.filter(partner=partner).exists():
            return
        own = f"noor@{partner}.example" if partner == "north" else f"sol@{partner}.example"
        ada, eve, theirs = (
            viewer_of(User.objects.get(email=e)) for e in ("ada@client.example", "eve@client.example", own)
        )
        began = at.date() - dt.timedelta(days=700)
        points: tuple[dict[str, int | None], dict[str, int | None]] = ({}, {})
        for kind, words, measure, baseline, source, of_ada, of_eve in CHARTERS[partner]:
            better = False if kind == "cost" else None  # the measures of quality say themselves which way is better
            made = reasons.add_reason(
                partner=partner, kind=kind, words=words, measure=measure, higher_is_better=better, by=ada, at=at
            )
            if baseline:
                reasons.set_baseline(
                    reason=made, measure=measure, higher_is_better=better, baseline=Decimal(baseline), baseline_on=began.replace(day=1), source=source, by=ada, at=at
                )  # fmt: skip
            points[0][made.public_id], points[1][made.public_id] = of_ada, of_eve
        for who, given in zip((ada, eve), points, strict=True):
            reasons.weigh(partner=partner, points=given, by=who, at=at)
        # Who, whose side, level, days ago of what was said last (none: never asked), what.
        for name, by, level, days, stance in (
            ("", eve, Level.EXECUTIVE, 30, Stance.BEHIND), ("", ada, Level.SENIOR, 20, Stance.BEHIND),
            ("Lena Brandt", ada, Level.OPERATIONAL, 240, Stance.BEHIND),
            *((("Martin Cole", theirs, Level.EXECUTIVE, 60, Stance.BEHIND),) if partner == "north" else ()),
            ("", theirs, Level.SENIOR, None if partner == "south" else 45, Stance.RESERVATIONS),
        ):  # fmt: skip
            account = None if name else by.user_id
            sponsor = reasons.name_sponsor(
                partner=partner, name=name, level=level, since=began, person_id=account, by=by, at=at
            )
            if days is not None:
                said_on = at.date() - dt.timedelta(days=days)
                words = "The forecast for Billing must be reliable first." if stance is Stance.RESERVATIONS else ""
                reasons.say_buy_in(sponsor=sponsor, stance=stance, words=words, said_on=said_on, by=by, at=at)
        people = {"ada": ada, "eve": eve, "noor": theirs, "sol": theirs}
        for name, answers in SURVEYS[partner].items():
            reasons.answer_survey(
                partner=partner, answers=dict(zip(STATEMENTS, answers, strict=True)), by=people[name], at=at
            )
