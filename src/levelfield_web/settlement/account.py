"""The account of one partner: its agreement, the moves of both sides, and the statements that follow.

Statements are computed, never stored. What is slow about them, the counts of every month, is kept on disk by
`months_at_hand`; statements themselves stay in memory, named by everything that enters them.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from levelfield.agreement.calendar import due
from levelfield.agreement.terms import Agreement
from levelfield.settlement.inputs import Excuse, Month
from levelfield.settlement.ledger import Dispute as Disputed
from levelfield.settlement.ledger import Outcome
from levelfield.settlement.statement import Statement, settle, version_for
from levelfield.words import Period, Refusal
from levelfield_io.forecast_versions import Version, forecast_versions
from levelfield_io.months_at_hand import are_at_hand, made_of, months_at_hand
from levelfield_io.settling import Moves, last_day, moves_to_data
from levelfield_io.store import Store
from levelfield_web.agreement.queries import agreements
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.same_data.warehouse import current_release, store
from levelfield_web.settlement.models import Dispute, ExcuseClaim, ForecastLock

MOST_KEPT = 60  # accounts in memory
SILENCE_ACCEPTS = ("accepted", "agreed", "approved")
SILENCE_REFUSES = ("refused", "rejected")


@dataclass(frozen=True)
class Account:
    """Everything both sides have with one partner under its agreement."""

    partner: str
    publication: str
    versions: tuple[Agreement, ...]
    moves: Moves
    months: tuple[Month, ...]
    statements: tuple[Statement, ...]

    def statement(self, month: str) -> Statement | None:
        """The statement of a month."""
        return next((s for s in self.statements if s.month == month), None)

    @property
    def last_complete(self) -> Statement | None:
        """The latest statement of a month that has ended."""
        return next((s for s in reversed(self.statements) if s.ended), None)

    @property
    def latest(self) -> Agreement:
        """The newest version."""
        return self.versions[-1]

    def version_of(self, statement: Statement) -> Agreement:
        """The version a statement was made under, with the levels of the file."""
        return next(a for a in self.versions if a.content == statement.content)

    def in_force(self, on: dt.date) -> Agreement:
        """The version that holds on a day; before all of them, the first."""
        return version_for(self.versions, Period(on, on + dt.timedelta(days=1))) or self.versions[0]


class Kept:
    """What was computed before. Two who ask for the same thing at once wait for one computation."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._at_work: dict[Hashable, threading.Lock] = {}
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._most = most

    def get(self, key: Hashable, make: Any) -> Any:
        """The kept answer, or the one that `make` gives now."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
            own = self._at_work.setdefault(key, threading.Lock())
        try:
            with own:
                with self._lock:
                    if key in self._found:
                        return self._found[key]
                made = make()
                with self._lock:
                    self._found[key] = made
                    while len(self._found) > self._most:
                        self._found.popitem(last=False)
                return made
        finally:
            with self._lock:
                self._at_work.pop(key, None)


KEPT_MONTHS = Kept(MOST_KEPT)
KEPT_STATEMENTS = Kept(MOST_KEPT)


def versions_of(partner: str) -> tuple[Agreement, ...]:
    """Every version of a partner's agreement, oldest first."""
    own = [a for a in agreements(viewer=HOUSE) if a.partner == partner]
    return tuple(sorted(own, key=lambda a: (a.valid_from, a.version)))


def account_of(partner: str, on: dt.date, *, only_at_hand: bool = False) -> Account | None:
    """The account as it stands on a day; None without an agreement or without facts. Who may see it is asked before.

    With `only_at_hand` nothing is counted: None as well where nobody counted the months yet.
    """
    publication = current_release()[0].current.get(partner)
    versions = versions_of(partner)
    if publication is None or not versions:
        return None
    moves = moves_of(partner, versions, on)
    if only_at_hand and not are_at_hand(store(), versions, publication, moves):
        return None
    home = str(store().home)
    counted = (home, made_of(versions, publication, moves))
    months: tuple[Month, ...] = KEPT_MONTHS.get(
        counted, lambda: tuple(months_at_hand(Store(Path(home)), versions, publication, moves))
    )
    excused = json.dumps(moves_to_data(Moves(excuses=moves.excuses)))
    statements = KEPT_STATEMENTS.get((*counted, excused), lambda: settle(versions, months, moves.excuses))
    return Account(partner, publication, versions, moves, months, statements)


def prepare(on: dt.date, given_up: set[str]) -> bool:
    """Count the months of one account that nobody counted yet; False where nothing is left to do.

    What is refused, such as facts that were removed on purpose, is given up: its page tells it to whoever asks.
    """
    for partner, publication in current_release()[0].current.items():
        versions = versions_of(partner)
        if not versions:
            continue
        moves = moves_of(partner, versions, on)
        wanted = made_of(versions, publication, moves)
        if wanted in given_up or are_at_hand(store(), versions, publication, moves):
            continue
        try:
            months_at_hand(store(), versions, publication, moves)
        except Refusal:
            given_up.add(wanted)
        return True
    return False


def local_day(at: dt.datetime, agreement: Agreement) -> dt.date:
    """The day of a moment where the agreement lives."""
    return at.astimezone(ZoneInfo(agreement.zone)).date()


def binds(lock: ForecastLock) -> bool:
    """A forecast that was locked before its month began binds; one locked later binds once the partner has agreed."""
    return lock.at.date() < lock.month_starts_on or lock.acknowledged_at is not None


def by_silence(agreement: Agreement, clock: str, since: dt.date, on: dt.date) -> str:
    """What silence has come to mean, once the clock has run out; empty while it runs and where none was agreed."""
    last = due(agreement, clock, since)
    return str(getattr(agreement.clocks, clock).silence) if last is not None and on > last else ""


def accepted(claim: ExcuseClaim, agreement: Agreement, on: dt.date) -> bool | None:
    """What became of a claim: the answer, or what silence means after the clock."""
    if claim.accepted is not None:
        return claim.accepted
    silence = by_silence(agreement, "claim_answer", local_day(claim.at, agreement), on)
    return True if silence in SILENCE_ACCEPTS else False if silence in SILENCE_REFUSES else None


def moves_of(partner: str, versions: Sequence[Agreement], on: dt.date) -> Moves:
    """What people of both sides did, as the settlement takes it."""
    latest = versions[-1]
    return Moves(
        {lock.month: lock.made_at for lock in ForecastLock.objects.filter(partner=partner) if binds(lock)},
        tuple(
            Excuse(
                c.public_id, c.start_at, c.end_at, c.kind, c.reason, local_day(c.at, latest), tuple(c.lines), accepted(c, latest, on)
            )
            for c in ExcuseClaim.objects.filter(partner=partner)
        ),
        tuple(
            Disputed(d.month, d.line, d.side, local_day(d.at, latest), Outcome(d.outcome))
            for d in Dispute.objects.filter(partner=partner)
        ),
    )  # fmt: skip


def first_shown_on(account: Account, statement: Statement) -> dt.date | None:
    """The day a statement was first shown as complete: its month's facts were published, and its version was there."""
    if not statement.ended:
        return None
    version = account.version_of(statement)
    last = statement.period.end - dt.timedelta(days=1)
    published = min(
        (at for at, day in _published(str(store().home), account.partner, account.publication) if day and day >= last),
        default=None,
    )
    if published is None:
        return None
    added = Move.objects.filter(
        object_kind="agreement", object_id=f"{version.partner}-{version.version}", verb="add_agreement"
    )
    moment = max([published, *added.values_list("at", flat=True)[:1]])
    return local_day(moment, version)


@lru_cache(maxsize=200)
def _published(home: str, partner: str, current: str) -> tuple[tuple[dt.datetime, dt.date | None], ...]:
    """When each publication of a partner was made, and the last day of its facts. `current` tells when to look again."""
    own = Store(Path(home))
    return tuple((r.published_at, last_day(own, r.publication)) for r in own.records(partner))


def dispute_until(account: Account, statement: Statement) -> dt.date | None:
    """The last day on which a line of a statement may be disputed; None while no clock runs."""
    shown_on = first_shown_on(account, statement)
    return None if shown_on is None else due(account.version_of(statement), "dispute", shown_on)


def delivered_forecasts(partner: str, publication: str, month_starts_on: int) -> tuple[Version, ...]:
    """The versions of the forecast in a publication."""
    return _delivered(str(store().home), partner, publication, month_starts_on)


@lru_cache(maxsize=60)
def _delivered(home: str, partner: str, publication: str, month_starts_on: int) -> tuple[Version, ...]:
    return tuple(forecast_versions(Store(Path(home)), partner, publication, month_starts_on))
