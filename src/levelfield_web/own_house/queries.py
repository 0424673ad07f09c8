"""What a viewer may see of the client's own house with one partner. Others appear as a number, and only where allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from levelfield.agreement.calendar import due
from levelfield.agreement.terms import Agreement
from levelfield.own_house import DUTIES, Found, House, Opinion, Verdict, house
from levelfield.own_house.checks.agreements import room, same_goals, yardstick
from levelfield.own_house.checks.changes import Announced
from levelfield.own_house.checks.charter import goals, one_owner, reasons_hold
from levelfield.own_house.checks.requests import Waited, overdue, waited
from levelfield.own_house.checks.together import may_be_told, room_for_doubt, together
from levelfield.reasons import Area
from levelfield.words import Period
from levelfield_io.house_at_hand import Terms, found_in_data
from levelfield_io.store import Store
from levelfield_web.agreement.queries import agreements, in_force
from levelfield_web.fields.viewer import HOUSE, Side, Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.measures.queries import last_day
from levelfield_web.own_house.charter import Stand, standing
from levelfield_web.own_house.models import Announcement, ClientRequest, DutyAnswer, RequestKind
from levelfield_web.same_data.queries import current, estate
from levelfield_web.same_data.warehouse import partner_visible, store
from levelfield_web.settlement.account import account_of, local_day
from levelfield_web.settlement.models import Dispute, ExcuseClaim
from levelfield_web.signals.queries import WithOthers, moved_with_others

WEEKS = 8  # looked back on where no signal names the weeks
MONTHS_OF_CREDITS = 12
LATEST_ANNOUNCED = 50
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2200, 1, 1)  # a span outside is a slip of the pen


@dataclass(frozen=True)
class Looked:
    """The own house with one partner over a span of whole weeks."""

    partner: str
    name: str
    publication: str
    span: Period
    house: House
    requests: tuple[ClientRequest, ...]
    announcements: tuple[Announcement, ...]
    today: dt.date

    @property
    def last(self) -> dt.date:
        """The last day looked at."""
        return self.span.end - dt.timedelta(days=1)


def visible(*, viewer: Viewer, partner: str) -> bool:
    """May the viewer see this partner, and is there one?"""
    return partner_visible(viewer=viewer, partner=partner)


def name_of(*, viewer: Viewer, partner: str) -> str:
    """What people call a partner."""
    return estate(viewer=viewer).name_of(partner)


def partners(*, viewer: Viewer) -> list[tuple[str, str]]:
    """Partners with facts, by key and name."""
    return [(key, estate(viewer=viewer).name_of(key)) for key in current(viewer=viewer)]


@dataclass(frozen=True)
class Overview:
    """What is on record of the work with one partner; what data say is on its own page."""

    partner: str
    name: str
    waiting: int
    overdue: int
    announced: int
    answered_client: int
    answered_partner: int


def overview(*, viewer: Viewer, on: dt.date) -> list[Overview]:
    """Every partner the viewer may see."""
    found = []
    for key, name in partners(viewer=viewer):
        open_ = [r for r in requests(viewer=viewer, partner=key) if r.given is None]
        said = opinions(viewer=viewer, partner=key)
        sides = [o.side for own in said.values() for o in own]
        found.append(
            Overview(
                key, name, len(open_), sum(r.needed_on < on for r in open_), announcements(viewer=viewer, partner=key).count(),
                sides.count(Side.CLIENT), sides.count(Side.PARTNER),
            )
        )  # fmt: skip
    return found


def requests(*, viewer: Viewer, partner: str) -> QuerySet[ClientRequest]:
    """What the client was asked for in the work with a partner the viewer may see."""
    found = ClientRequest.objects.filter(partner=partner)
    return found if viewer.sees(partner) else found.none()


def request_of(*, viewer: Viewer, partner: str, request_id: str) -> ClientRequest | None:
    """One request; None for nobody's and for somebody else's alike."""
    return requests(viewer=viewer, partner=partner).filter(public_id=request_id).first()


def announcements(*, viewer: Viewer, partner: str) -> QuerySet[Announcement]:
    """What the client announced to a partner the viewer may see."""
    found = Announcement.objects.filter(partner=partner)
    return found if viewer.sees(partner) else found.none()


def span_of(partner: str, publication: str, since: str = "", until: str = "") -> Period | None:
    """The weeks asked for, in whole weeks; the last ones with facts where none are named. None without facts by day."""
    end = last_day({partner: publication})
    if end is None:
        return None
    last = end + dt.timedelta(days=1)
    last -= dt.timedelta(days=last.weekday())
    first = last - dt.timedelta(weeks=WEEKS)
    try:
        first = dt.date.fromisoformat(since) if since else first
        last = dt.date.fromisoformat(until) if until else last
    except ValueError:
        return None
    return Period(first, last) if EARLIEST <= first < last <= LATEST and (last - first).days <= 366 else None


def looked(*, viewer: Viewer, partner: str, on: dt.date, since: str = "", until: str = "") -> Looked | None:
    """The own house with a partner; None when the viewer may not see it, nothing is published or the span is none."""
    mine = current(viewer=viewer)
    if partner not in mine:
        return None
    span = span_of(partner, mine[partner], since, until)
    if span is None:
        return None
    agreement = in_force(viewer=viewer, partner=partner, on=span.end - dt.timedelta(days=1))
    asked = tuple(requests(viewer=viewer, partner=partner))
    told = tuple(announcements(viewer=viewer, partner=partner)[:LATEST_ANNOUNCED])
    found: dict[str, Found | None] = dict(
        _in_data(
            str(store().home), partner, mine[partner], span, Terms.of(agreement),
            tuple(Announced(a.title, a.takes_effect_on, a.at.date()) for a in told),
        )
    )  # fmt: skip
    found |= _on_record(partner, asked, agreement, on)
    found |= _of_agreements(viewer, partner, agreement, on)
    found |= _of_charter(viewer, partner, found.get("same_goals"), on, span)
    found["together"] = _others(viewer, partner, agreement)
    return Looked(
        partner,
        estate(viewer=viewer).name_of(partner),
        mine[partner],
        span,
        house(found, opinions(viewer=viewer, partner=partner)),
        asked,
        told,
        on,
    )


def reasons_standing(*, viewer: Viewer, partner: str, on: dt.date) -> Stand:
    """Where the reasons of a partner's charter stand, over the last whole weeks with facts."""
    publication = current(viewer=viewer).get(partner)
    span = span_of(partner, publication) if publication is not None else None
    return standing(viewer=viewer, partner=partner, on=on, span=span)


@lru_cache(maxsize=64)
def _in_data(
    home: str,
    partner: str,
    publication: str,
    span: Period,
    terms: Terms,
    announced: tuple[Announced, ...],
) -> tuple[tuple[str, Found | None], ...]:
    """What the publication says; kept, since it never changes."""
    own = {partner: publication}
    end = last_day(own) or span.end
    found = found_in_data(
        Store(Path(home)), partner, publication, lambda asked: FIGURES.values(own, asked), span=span, terms=terms, last_day=end,
        announced=announced,
    )  # fmt: skip
    return tuple(found.items())


def _on_record(
    partner: str, asked: Sequence[ClientRequest], agreement: Agreement | None, on: dt.date
) -> dict[str, Found | None]:
    """What was asked of the client here, and whether it came in time."""

    def of(*kinds: str) -> list[Waited]:
        return [_waited(r) for r in asked if r.kind in kinds]

    answers = _to_answer(partner, agreement)
    return {
        "access": waited(of(RequestKind.ACCESS), on, thing=_("access")),
        "training": waited(of(RequestKind.TRAINING, RequestKind.MATERIAL), on, thing=_("training and material")),
        "decisions": waited([*of(RequestKind.DECISION), *answers], on, thing=_("decisions and answers")),
        "overdue": overdue([*(_waited(r) for r in asked), *answers], on) if asked or answers else None,
    }


def _waited(r: ClientRequest) -> Waited:
    given_on = r.answered_at.date() if r.answered_at and r.given else None
    return Waited(r.kind, r.what, r.at.date(), r.needed_on, given_on, declined=r.given is False)


def _to_answer(partner: str, agreement: Agreement | None) -> list[Waited]:
    """Claims and disputes of the partner, which the client answers against a clock of the agreement."""
    if agreement is None:
        return []
    found = []
    claims = ExcuseClaim.objects.filter(partner=partner, side=Side.PARTNER)
    disputes = Dispute.objects.filter(partner=partner, side=Side.PARTNER)
    for clock, what, made in (
        ("claim_answer", _("an excused event"), [(c.at, c.answered_at) for c in claims]),
        ("review", _("a dispute"), [(d.at, d.answered_at) for d in disputes]),
    ):
        for at, answered in made:
            since = local_day(at, agreement)
            until = due(agreement, clock, since)
            if until is not None:
                found.append(Waited(clock, what, since, until, local_day(answered, agreement) if answered else None))
    return found


def _of_agreements(viewer: Viewer, partner: str, agreement: Agreement | None, on: dt.date) -> dict[str, Found | None]:
    """What the agreement itself does. What others agreed is for the client alone."""
    if agreement is None:
        return {"same_goals": None, "yardstick": None, "room": None}
    account = account_of(partner, on, only_at_hand=True)
    last = account.last_complete if account is not None else None
    paid = {str(getattr(c, "target", "")) for c in agreement.credit}
    goals = None
    if last is not None:
        arrives = {p.plain.target: p.plain.value is not None for p in last.pairs}
        goals = same_goals([(t.key, t.key in paid, arrives.get(t.key, False)) for t in agreement.targets])
    months = [s for s in account.statements if s.ended][-MONTHS_OF_CREDITS:] if account is not None else []
    known = [(s.relieved.payable, s.fees) for s in months if s.relieved.payable is not None and s.fees]
    fees = sum((f for _p, f in known if f is not None), Decimal(0))
    share = float(sum((p for p, _f in known if p is not None), Decimal(0)) / fees) if fees else None
    return {
        "same_goals": goals,
        "yardstick": _yardstick(viewer, partner, agreement, on),
        "room": room(share, len(known)),
    }


def _of_charter(
    viewer: Viewer, partner: str, agreed: Found | None, on: dt.date, span: Period
) -> dict[str, Found | None]:
    """What the charter holds: reasons with their course, the executive owner, and the survey on goals."""
    found = standing(viewer=viewer, partner=partner, on=on, span=span)
    weighed = found.drift.share_apart is not None
    own = found.charter
    rows = [r for r in own.alignment.rows if r.statement.area is Area.GOALS]
    apart = [r.statement.words.rstrip(".") for r in own.alignment.gaps if r.statement.area is Area.GOALS]
    return {
        "reasons": reasons_hold(
            len(own.reasons), own.weights.n, found.drift.has_drifted if weighed else None, found.drift.sentence,
            [(r.own.title, str(r.progress.course)) for r in found.rows],
        ),
        "one_owner": one_owner([(b.name, str(own.client.standing(b))) for b in own.client.owners], own.client.days_without),
        "same_goals": goals(agreed, own.alignment.is_open, apart, len(rows)),
    }  # fmt: skip


def _yardstick(viewer: Viewer, partner: str, agreement: Agreement, on: dt.date) -> Found:
    if not viewer.is_client:
        return Found(Verdict.CANNOT_JUDGE, _("How others are measured is known to the client alone."))
    others = [
        found
        for key in {a.partner for a in agreements(viewer=viewer)} - {partner}
        if (found := in_force(viewer=viewer, partner=key, on=on)) is not None
    ]

    def definitions(own: Agreement) -> dict[str, str]:
        return {t.measure: ", ".join(f"{k}={v}" for k, v in sorted(t.definition.items())) for t in own.targets}

    return yardstick(definitions(agreement), [definitions(other) for other in others])


def _others(viewer: Viewer, partner: str, agreement: Agreement | None) -> Found:
    """Whether others moved the same way: to the client as it is; to a partner as a group, where the agreement allows it."""
    if viewer.is_client:
        moves, of = moved_with_others(partner=partner)
        return together([(m.measure.label, m.others, m.rose, m.since) for m in moves], of)
    terms = agreement.others if agreement is not None else None
    if terms is None or not terms.told:
        return Found(Verdict.CANNOT_JUDGE, _("The agreement does not tell you how others did."))
    group = len(current(viewer=HOUSE)) - 1
    if not room_for_doubt(group, terms.smallest_group):
        return _too_few()
    moves, of = moved_with_others(partner=partner)
    return as_group(moves, of, terms.smallest_group)


def _too_few() -> Found:
    """One sentence for every reason, which would say how many others there are."""
    return Found(
        Verdict.CANNOT_JUDGE, _("There are too few others to tell you how they did without telling who they are.")
    )


def as_group(moves: Sequence[WithOthers], of: int, smallest: int) -> Found:
    """What a partner may hear: whether most others moved the same way, never how many of them or which."""
    if not room_for_doubt(of, smallest):
        return _too_few()
    many = [m for m in moves if may_be_told(m.others, True, smallest)]
    if not many:
        return Found(Verdict.KEPT, _("No large group of others moved the same way in the same weeks."), None, 0)
    first = max(many, key=lambda m: m.others)
    way = _("rose") if first.rose else _("fell")
    said = _(
        "%(measure)s %(way)s at no fewer than %(n)s others as well, from %(since)s on. A cause upstream is looked for first."
    )
    return Found(
        Verdict.FIRST,
        said % {"measure": first.measure.label, "way": way, "n": smallest, "since": first.since},
        lately=True,
    )


def opinions(*, viewer: Viewer, partner: str) -> Mapping[str, list[Opinion]]:
    """The latest answer of each side, by duty."""
    if not viewer.sees(partner):
        return {}
    answers = DutyAnswer.objects.filter(partner=partner)
    last = answers.order_by().values("duty", "side").annotate(last=Max("pk")).values("last")
    latest = {(answer.duty, answer.side): answer for answer in answers.filter(pk__in=last)}
    found: dict[str, list[Opinion]] = {}
    for (duty, side), own in sorted(latest.items()):
        if duty in DUTIES:
            opinion = Opinion(side, Verdict(own.answer), own.words, own.by_name, own.at.date().isoformat())
            found.setdefault(duty, []).append(opinion)
    return found
