"""What a viewer may see of statements, the ledger, disputes, locks and claims. A partner's eyes end at its own key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from levelfield.agreement.agreement import Standing
from levelfield.agreement.calendar import due, named_month
from levelfield.agreement.terms import Agreement, Clock
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Measure
from levelfield.settlement.credits import CreditLine
from levelfield.settlement.judging import Judged
from levelfield.settlement.ledger import LedgerRow, Outcome, ledger
from levelfield.settlement.statement import Statement
from levelfield.settlement.trail import Step, lines
from levelfield.settlement.triggers import TriggerState, nearness
from levelfield.words import Grain
from levelfield_io.forecast_versions import Version
from levelfield_web.agreement import queries as agreed
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.parts.formats import NOT_APPLICABLE, with_unit
from levelfield_web.same_data.queries import current, estate
from levelfield_web.same_data.warehouse import partner_visible
from levelfield_web.settlement.account import (
    Account,
    account_of,
    binds,
    by_silence,
    delivered_forecasts,
    dispute_until,
    first_shown_on,
    local_day,
)
from levelfield_web.settlement.models import Dispute, ExcuseClaim, ForecastLock

SETTLED_BESIDE = 24  # months of a trial


def partners(*, viewer: Viewer) -> list[str]:
    """Keys of the partners the viewer may see, by name."""
    return list(current(viewer=viewer)) + [k for k in estate(viewer=viewer).keys if k not in current(viewer=viewer)]


def visible(*, viewer: Viewer, partner: str) -> bool:
    """May the viewer see this partner, and is there one?"""
    return partner_visible(viewer=viewer, partner=partner)


def name_of(*, viewer: Viewer, partner: str) -> str:
    """What people call a partner."""
    return estate(viewer=viewer).name_of(partner)


def account(*, viewer: Viewer, partner: str, on: dt.date) -> Account | None:
    """The account of a partner the viewer may see; None without an agreement or facts."""
    return account_of(partner, on) if viewer.sees(partner) else None


def why_none(*, viewer: Viewer, partner: str) -> str:
    """Why a partner has no statements: what is missing."""
    return "facts" if agreed.versions(viewer=viewer, partner=partner) else "agreement"


@dataclass(frozen=True)
class Figure:
    """One value as a page writes it, with its standing and its trail."""

    value: str
    standing: Standing
    why: str
    n: int
    trail: tuple[str, ...]
    windows: str


@dataclass(frozen=True)
class Raised:
    """A dispute with its clock."""

    dispute: Dispute
    answer_until: dt.date | None
    clock: Clock | None
    may_answer: bool
    late: bool


@dataclass(frozen=True)
class TargetLine:
    """One target of a statement: as the data stand, and with relief."""

    key: str
    measure: Measure
    clause: str
    window: str
    sign: str
    expected: str
    minimum: str
    plain: Figure
    relieved: Figure
    flipped: bool
    changed: bool
    query: str
    raised: Raised | None
    disputable: bool


@dataclass(frozen=True)
class AmountLine:
    """One amount of a statement: a credit, an earn-back, a bonus, a charge."""

    part: str
    key: str
    title: str
    amount: Decimal | None
    before: Decimal | None  # without relief; of credits only
    clause: str
    points: int
    doubled: bool
    trail: tuple[str, ...]
    raised: Raised | None
    disputable: bool


@dataclass(frozen=True)
class Page:
    """A statement as a page shows it."""

    account: Account
    statement: Statement
    version: Agreement
    targets: tuple[TargetLine, ...]
    credits: tuple[AmountLine, ...]
    others: tuple[AmountLine, ...]
    cap_trail: tuple[str, ...]
    disputes: tuple[Raised, ...]
    shown_on: dt.date | None
    dispute_until: dt.date | None
    may_dispute: bool
    before: str
    after: str

    @property
    def last(self) -> dt.date:
        """The last day of the month."""
        return self.statement.period.end - dt.timedelta(days=1)

    @property
    def flips(self) -> list[TargetLine]:
        """The targets of which relief changed the standing."""
        return [t for t in self.targets if t.flipped]

    @property
    def held(self) -> int:
        """How many lines are in dispute."""
        return sum(r.dispute.pending for r in self.disputes)


def statement_page(*, viewer: Viewer, account: Account, month: str, on: dt.date) -> Page | None:
    """The statement of a month with everything on it."""
    found = account.statement(month)
    if found is None:
        return None
    version = account.version_of(found)
    held = {
        d.line: raised(d, version, viewer=viewer, on=on)
        for d in Dispute.objects.filter(partner=account.partner, month=month)
    }
    until = dispute_until(account, found)
    running = found.ended and (until is None or on <= until)
    names = [s.month for s in account.statements]
    at = names.index(month)
    plain = {line.key: line for line in found.plain.lines}

    def amount(part: str, key: str, title: str, line: object) -> AmountLine:
        steps = getattr(line, "steps", ())
        value = getattr(line, "amount", None)
        own = plain.get(getattr(line, "key", "")) if part == "credit" else None
        return AmountLine(
            part, key, title, value, own.amount if own else None, getattr(line, "clause", ""), getattr(line, "points", 0),
            getattr(line, "doubled", False), trail(steps), held.get(key), running and key not in held and bool(value),
        )  # fmt: skip

    targets = []
    for pair in found.pairs:
        p, r = pair.plain, pair.relieved
        target = version.target(p.target)
        measure = MEASURES[p.measure]
        places = target.decimals if target and target.decimals is not None else measure.decimals
        better = target.better if target else "at_least"
        targets.append(
            TargetLine(
                p.target, measure, p.clause, target.window if target else "", "≥" if better == "at_least" else "≤",
                _level(p.level, p.unit), _level(p.least, p.unit), _figure(p, places), _figure(r, places), pair.flipped, p != r,
                _query(month, target.lines if target else (), target.channels if target else ()), held.get(p.target),
                running and p.target not in held,
            )
        )  # fmt: skip
    shown = {p.plain.target for p in found.pairs}
    credit_lines = [amount("credit", c.target or c.key, credit_title(c), c) for c in found.relieved.lines]
    gone = [c for key, c in plain.items() if key not in {x.key for x in found.relieved.lines}]
    credit_lines += [
        AmountLine(
            "credit", c.target or c.key, credit_title(c), Decimal(0), c.amount, c.clause, 0, False, ("relief: no miss is left, so no credit",), None, False
        )
        for c in gone
    ]  # fmt: skip
    # A line that stands among the targets is disputed there: one key, one form.
    credit_lines = [_without_form(c) if c.key in shown else c for c in credit_lines]
    others = [
        *(amount("earned back", x.key, x.title, x) for x in found.earned_back),
        *(amount("bonus", x.key, x.title, x) for x in found.bonuses),
        *(amount("charge", x.key, x.title, x) for x in found.charges),
    ]
    first: set[str] = set(shown)
    unique = []
    for other in others:
        unique.append(_without_form(other) if other.key in first else other)
        first.add(other.key)
    return Page(
        account, found, version, tuple(targets), tuple(credit_lines), tuple(unique), trail(found.relieved.steps),
        tuple(held.values()), first_shown_on(account, found), until, running, names[at - 1] if at else "",
        names[at + 1] if at + 1 < len(names) else "",
    )  # fmt: skip


def _without_form(line: AmountLine) -> AmountLine:
    return replace(line, disputable=False, raised=None)


def credit_title(line: CreditLine) -> str:
    """What a credit is called."""
    return line.target or "points"


def _figure(judged: Judged, places: int) -> Figure:
    value = NOT_APPLICABLE if judged.value is None else with_unit(judged.value, places, judged.unit)
    windows = f"{judged.windows[0]} / {judged.windows[1]}" if judged.windows else ""
    return Figure(value, judged.standing, judged.why, judged.n, trail(judged.steps), windows)


def _level(value: Decimal | None, unit: str) -> str:
    if value is None:
        return NOT_APPLICABLE
    exponent = value.normalize().as_tuple().exponent
    return with_unit(value, max(0, -exponent) if isinstance(exponent, int) else 0, unit)


def trail(steps: Sequence[Step]) -> tuple[str, ...]:
    """A derivation as sentences."""
    return tuple(lines(steps))


def _query(month: str, lines: Sequence[str], channels: Sequence[str]) -> str:
    return urlencode(
        [("grain", "month"), ("period", month), *(("line", x) for x in lines), *(("channel", x) for x in channels)]
    )


def raised(dispute: Dispute, version: Agreement, *, viewer: Viewer, on: dt.date) -> Raised:
    """A dispute with the clock of its answer."""
    until = due(version, "review", local_day(dispute.at, version))
    return Raised(
        dispute,
        until,
        version.clocks.review,
        dispute.pending and viewer.side == dispute.other_side,
        until is not None and on > until,
    )


def dispute(*, viewer: Viewer, partner: str, month: str, line: str) -> Dispute | None:
    """The dispute of a line; None for nobody's and for somebody else's alike."""
    if not viewer.sees(partner):
        return None
    return Dispute.objects.filter(partner=partner, month=month, line=line).first()


@dataclass(frozen=True)
class Overview:
    """A partner in the list of statements: the last complete month in one row."""

    partner: str
    name: str
    missing: str  # “facts” or “agreement”; empty where there is a statement
    statement: Statement | None
    counts: Mapping[str, int]
    flips: int
    nearest: TriggerState | None
    disputes: int
    months: tuple[str, ...]


def overviews(*, viewer: Viewer, on: dt.date) -> list[Overview]:
    """Every partner the viewer may see, by name."""
    found = []
    open_disputes = Dispute.objects.filter(outcome=Outcome.PENDING.value)
    for partner in partners(viewer=viewer):
        own = account(viewer=viewer, partner=partner, on=on)
        last = own.last_complete if own else None
        missing = "" if last else why_none(viewer=viewer, partner=partner)
        found.append(
            Overview(
                partner, name_of(viewer=viewer, partner=partner), missing, last, counts_of(last) if last else {},
                sum(p.flipped for p in last.pairs) if last else 0, nearest(last) if last else None,
                open_disputes.filter(partner=partner).count(), tuple(s.month for s in own.statements) if own else (),
            )
        )  # fmt: skip
    return found


def counts_of(statement: Statement) -> dict[str, int]:
    """How many targets stand how, with relief."""
    standings = [p.relieved.standing for p in statement.pairs]
    return {
        "met": standings.count(Standing.MET),
        "missed_expected": standings.count(Standing.MISSED_EXPECTED),
        "missed_minimum": standings.count(Standing.MISSED_MINIMUM),
        "not_judged": sum(s in (Standing.CANNOT_JUDGE, Standing.NOT_DELIVERED, Standing.RUNNING) for s in standings),
    }


def nearest(statement: Statement) -> TriggerState | None:
    """The right that is there, or the one that is fewest misses away."""
    return min(statement.triggers, key=lambda t: (*nearness(t), t.key), default=None)


@dataclass(frozen=True)
class MonthRow:
    """One month in the list of a partner's statements."""

    statement: Statement
    counts: Mapping[str, int]
    flips: int
    disputes: int
    nearest: TriggerState | None


def months(*, viewer: Viewer, account: Account) -> list[MonthRow]:
    """Every statement of a partner, newest first."""
    held = [d.month for d in Dispute.objects.filter(partner=account.partner, outcome=Outcome.PENDING.value)]
    return [
        MonthRow(s, counts_of(s), sum(p.flipped for p in s.pairs), held.count(s.month), nearest(s))
        for s in reversed(account.statements)
    ]


@dataclass(frozen=True)
class AccountRow:
    """One month of the ledger with what stands beside it."""

    row: LedgerRow
    statement: Statement

    @property
    def without_invoice(self) -> bool:
        """Was no invoice delivered for the month?"""
        return self.statement.fees is None


def account_rows(*, viewer: Viewer, account: Account) -> list[AccountRow]:
    """The ledger, oldest month first."""
    rows = ledger(account.statements, account.moves.disputes)
    return [AccountRow(row, s) for row, s in zip(rows, account.statements, strict=True)]


@dataclass(frozen=True)
class LockRow:
    """The forecast of one month: its delivered versions, and the lock."""

    month: str
    versions: tuple[Version, ...]
    lock: ForecastLock | None
    binds: bool
    acknowledge_until: dt.date | None
    silence: str
    may_acknowledge: bool
    began: bool


def lock_rows(*, viewer: Viewer, account: Account, on: dt.date) -> list[LockRow]:
    """Coming and past months with the delivered versions of their forecast, newest first."""
    agreement = account.latest
    versions = delivered_forecasts(account.partner, account.publication, agreement.month_starts_on)
    locks = {lock.month: lock for lock in ForecastLock.objects.filter(partner=account.partner)}
    found = []
    for month in sorted({v.month for v in versions} | set(locks), reverse=True):
        lock = locks.get(month)
        since = local_day(lock.at, agreement) if lock else None
        until = due(agreement, "lock_acknowledge", since) if since else None
        silence = by_silence(agreement, "lock_acknowledge", since, on) if lock and not lock.acknowledged_at and since else ""  # fmt: skip
        found.append(
            LockRow(
                month, tuple(v for v in versions if v.month == month), lock, lock is not None and binds(lock), until, silence,
                lock is not None and lock.acknowledged_at is None and not viewer.is_client,
                named_month(month, agreement.month_starts_on).start <= on,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class ClaimRow:
    """One claimed event with its clock."""

    claim: ExcuseClaim
    answer_until: dt.date | None
    silence: str
    may_answer: bool
    zone: str


def claims(*, viewer: Viewer, account: Account, on: dt.date) -> list[ClaimRow]:
    """Every claimed event of a partner, newest first."""
    agreement = account.latest
    found = []
    for claim in ExcuseClaim.objects.filter(partner=account.partner).order_by("-start_at", "public_id"):
        since = local_day(claim.at, agreement)
        silence = by_silence(agreement, "claim_answer", since, on) if claim.accepted is None else ""
        found.append(
            ClaimRow(
                claim,
                due(agreement, "claim_answer", since),
                silence,
                claim.accepted is None and viewer.side == claim.other_side,
                agreement.zone,
            )
        )
    return found


def claim(*, viewer: Viewer, partner: str, claim_id: str) -> ExcuseClaim | None:
    """One claim; None for nobody's and for somebody else's alike."""
    return ExcuseClaim.objects.filter(partner=partner, public_id=claim_id).first() if viewer.sees(partner) else None


def known_lines(*, viewer: Viewer, partner: str) -> list[str]:
    """The lines of a partner's facts."""
    publication = current(viewer=viewer).get(partner)
    if publication is None:
        return []
    asked = Asked(((MEASURES["offered"], Definition()),), by=("line",), grain=Grain.ALL)
    return sorted({str(v.of("line")) for v in FIGURES.values({partner: publication}, asked) if v.of("line")})


@dataclass(frozen=True)
class TrialRow:
    """One month before and after a change."""

    before: Statement
    after: Statement
    standings: tuple[tuple[str, Standing, Standing], ...]

    @property
    def changed(self) -> bool:
        """Does the month come out differently?"""
        return bool(self.standings) or self.before.total != self.after.total

    @property
    def credits(self) -> tuple[Decimal | None, Decimal | None]:
        """What is payable before and after."""
        return self.before.relieved.payable, self.after.relieved.payable


def trial_rows(account: Account, after: Sequence[Statement]) -> list[TrialRow]:
    """The last months of the account beside the same months tried, newest first."""
    tried = {s.month: s for s in after}
    rows = []
    for s in reversed(account.statements[-SETTLED_BESIDE:]):
        other = tried.get(s.month)
        if other is None:
            continue
        now = {p.relieved.target: p.relieved.standing for p in other.pairs}
        flipped = tuple(
            (p.relieved.target, p.relieved.standing, now[p.relieved.target])
            for p in s.pairs
            if p.relieved.target in now and now[p.relieved.target] is not p.relieved.standing
        )
        rows.append(TrialRow(s, other, flipped))
    return rows


@dataclass(frozen=True)
class Waiting:
    """Something a side has to look at, with its last day."""

    kind: str
    partner: str
    name: str
    month: str
    words: str
    until: dt.date | None
    mine: bool


def waiting(*, viewer: Viewer, on: dt.date) -> list[Waiting]:
    """Statements that can still be disputed, disputes, locks and claims to answer, rights that are one miss away.

    Nothing is counted here: a partner whose months nobody counted yet is told once the worker has done so.
    """
    found: list[Waiting] = []
    for partner in current(viewer=viewer):
        own = account_of(partner, on, only_at_hand=True)
        if own is None:
            continue
        name = name_of(viewer=viewer, partner=partner)
        last = own.last_complete
        if last is not None:
            until = dispute_until(own, last)
            if until is not None and on <= until:
                found.append(Waiting("statement", partner, name, last.month, "", until, True))
            found += [
                Waiting("trigger", partner, name, last.month, t.sentence, t.exercise_until, t.fired and viewer.is_client)
                for t in last.triggers
                if t.away == 1 or (t.fired and (t.exercise_until is None or t.exercise_until >= on))
            ]  # fmt: skip
        for d in Dispute.objects.filter(partner=partner, outcome=Outcome.PENDING.value):
            of = own.statement(d.month)
            version = own.version_of(of) if of else own.latest
            until = due(version, "review", local_day(d.at, version))
            found.append(Waiting("dispute", partner, name, d.month, d.line, until, viewer.side == d.other_side))
        for lock in ForecastLock.objects.filter(partner=partner, acknowledged_at=None):
            until = due(own.latest, "lock_acknowledge", local_day(lock.at, own.latest))
            if until is None or on <= until or not binds(lock):
                found.append(Waiting("lock", partner, name, lock.month, "", until, not viewer.is_client))
        for c in ExcuseClaim.objects.filter(partner=partner, accepted=None):
            until = due(own.latest, "claim_answer", local_day(c.at, own.latest))
            if until is None or on <= until:
                found.append(Waiting("claim", partner, name, "", c.reason, until, viewer.side == c.other_side))
    return sorted(found, key=lambda w: (not w.mine, w.until or dt.date.max, w.name, w.kind))
