"""The charter of a partner as one viewer may read it. Answers of the other side stay closed until both sides have answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Measure
from levelfield.reasons import (
    STATEMENTS,
    VERSION,
    Alignment,
    Backer,
    Charter,
    Kind,
    Level,
    Reason,
    Said,
    Stance,
    Standing,
    alignment,
    support,
    weights,
)
from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.people.models import Partner, User
from levelfield_web.people.queries import partner_name
from levelfield_web.people.queries import partners as partners_known
from levelfield_web.reasons.models import BuyIn, Sponsor, StoredReason, SurveyAnswer, Weighing


def visible(*, viewer: Viewer, partner: str) -> bool:
    """May the viewer see this partner, and is there one?"""
    return viewer.sees(partner) and Partner.objects.filter(key=partner).exists()


def name_of(*, viewer: Viewer, partner: str) -> str:
    """What people call a partner."""
    return partner_name(viewer=viewer, key=partner)


def reasons(*, viewer: Viewer, partner: str) -> QuerySet[StoredReason]:
    """Reasons that stand, of a partner the viewer may see, oldest first."""
    found = StoredReason.objects.filter(partner=partner, withdrawn_at=None)
    return found if viewer.sees(partner) else found.none()


def reason_of(*, viewer: Viewer, partner: str, reason_id: str) -> StoredReason | None:
    """One reason, withdrawn or not; None for nobody's and for somebody else's alike."""
    found = StoredReason.objects.filter(partner=partner, public_id=reason_id).first()
    return found if viewer.sees(partner) else None


def sponsors(*, viewer: Viewer, partner: str) -> QuerySet[Sponsor]:
    """Sponsors of both sides, of a partner the viewer may see."""
    found = Sponsor.objects.filter(partner=partner).prefetch_related("said")
    return found if viewer.sees(partner) else found.none()


def sponsor_of(*, viewer: Viewer, partner: str, sponsor_id: str) -> Sponsor | None:
    """One sponsor; None for nobody's and for somebody else's alike."""
    return sponsors(viewer=viewer, partner=partner).filter(public_id=sponsor_id).first()


def charter(*, viewer: Viewer, partner: str, on: dt.date) -> Charter:
    """The whole charter, as far as the viewer may read it."""
    standing = [as_reason(r) for r in reasons(viewer=viewer, partner=partner)]
    backers = [as_backer(s) for s in sponsors(viewer=viewer, partner=partner)]
    keys = [r.key for r in standing]
    points: dict[str, dict[str, float]] = {}
    for (_id, name), own in weighings(viewer=viewer, partner=partner).items():
        alike = sum(known == name or known.startswith(f"{name} (") for known in points)
        points[f"{name} ({alike + 1})" if alike else name] = {k: float(v) for k, v in own.items() if k in keys}
    return Charter(
        tuple(standing), weights(points, keys),
        support(backers, "client", on), support(backers, "partner", on), aligned(viewer=viewer, partner=partner),
    )  # fmt: skip


def as_reason(stored: StoredReason) -> Reason:
    """A row as the pure floor knows it."""
    baseline = None if stored.baseline is None else float(stored.baseline)
    return Reason(
        stored.public_id, Kind(stored.kind), stored.words, stored.measure, stored.higher_is_better, baseline, stored.baseline_on, stored.source
    )  # fmt: skip


def as_backer(stored: Sponsor) -> Backer:
    """A sponsor with everything said, oldest first."""
    said = tuple(Said(Stance(s.stance), s.said_on) for s in stored.said.all())
    return Backer(stored.public_id, stored.name, stored.side, Level(stored.level), stored.since, stored.left, said)


def weighings(*, viewer: Viewer, partner: str) -> dict[tuple[int | None, str], Mapping[str, int]]:
    """The latest points of each person, by id and name."""
    if not viewer.sees(partner):
        return {}
    return {(w.by_id, w.by_name): w.points for w in reversed(Weighing.objects.filter(partner=partner))}


def aligned(*, viewer: Viewer, partner: str) -> Alignment:
    """The survey as the viewer's side may read it."""
    if not viewer.sees(partner):
        return alignment({}, {})
    latest = {
        (a.side, a.by_id, a.by_name, a.statement): a.answer for a in reversed(SurveyAnswer.objects.filter(partner=partner, version=VERSION))
    }  # fmt: skip
    sides: dict[str, dict[str, list[int]]] = {Side.CLIENT.value: {}, Side.PARTNER.value: {}}
    for (side, _id, _name, key), value in latest.items():
        if key in STATEMENTS:
            sides[side].setdefault(key, []).append(value)
    return alignment(sides[Side.CLIENT], sides[Side.PARTNER], reader=viewer.side)


def own_answers(*, viewer: Viewer, partner: str) -> dict[str, int]:
    """What the viewer answered last."""
    own = SurveyAnswer.objects.filter(
        partner=partner, version=VERSION, side=viewer.side, by_id=viewer.user_id, by_name=viewer.name
    )
    return {a.statement: a.answer for a in reversed(own)} if viewer.sees(partner) else {}


def own_points(*, viewer: Viewer, partner: str) -> Mapping[str, int]:
    """What the viewer weighed last."""
    return weighings(viewer=viewer, partner=partner).get((viewer.user_id, viewer.name), {})


def people_to_name(*, viewer: Viewer, partner: str) -> dict[int, str]:
    """People of the viewer's own side who sign in, by id."""
    own = User.objects.filter(is_active=True, side=viewer.side, partner=partner if viewer.side == Side.PARTNER else "")
    return dict(own.values_list("pk", "name")) if viewer.sees(partner) else {}


@dataclass(frozen=True)
class ReasonRow:
    """A reason as the page shows it."""

    stored: StoredReason
    own: Reason
    weight: float | None
    between: tuple[float, float] | None  # the smallest and the largest weight that one person gives it
    measure: Measure | None

    @property
    def lowest(self) -> float | None:
        """The smallest weight that one person gives it."""
        return self.between[0] if self.between is not None else None

    @property
    def highest(self) -> float | None:
        """The largest."""
        return self.between[1] if self.between is not None else None

    @property
    def has_range(self) -> bool:
        """Do the people who weighed differ by what a reader can see?"""
        return self.between is not None and self.between[1] - self.between[0] >= 0.005


def reason_rows(found: Charter, stored: Mapping[str, StoredReason]) -> list[ReasonRow]:
    """Reasons, the heaviest first."""
    shares = found.weights.by_reason
    ranges = {key: (low, high) for key, low, high in found.weights.ranges}
    rows = [
        ReasonRow(stored[r.key], r, shares.get(r.key), ranges.get(r.key), MEASURES.get(r.measure)) for r in found.reasons if r.key in stored
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -(row.weight or 0.0))


@dataclass(frozen=True)
class SponsorRow:
    """A sponsor in place, with what was said last."""

    stored: Sponsor
    own: Backer
    standing: Standing
    last: BuyIn | None
    is_mine: bool  # of the viewer's own side
    may_say: bool  # by the viewer: who signs in speaks for themselves


def sponsor_rows(found: Charter, stored: Mapping[str, Sponsor], viewer: Viewer) -> list[SponsorRow]:
    """Sponsors in place, the client's first, each side from the top."""
    rows = []
    order = list(Level)
    for side in (found.client, found.partner):
        for backer in sorted(side.here, key=lambda b: (order.index(b.level), b.since)):
            own = stored[backer.key]
            mine = own.side == viewer.side
            rows.append(
                SponsorRow(own, backer, side.standing(backer), max(own.said.all(), key=lambda s: (s.said_on, s.pk), default=None), mine,
                           mine and own.person_id in (None, viewer.user_id))
            )  # fmt: skip
    return rows


@dataclass(frozen=True)
class Overview:
    """One partner's charter in a row of the list."""

    partner: str
    name: str
    charter: Charter

    @property
    def to_renew(self) -> int:
        """Sponsors of both sides whose buy-in is missing or lapsed."""
        return len(self.charter.client.due) + len(self.charter.partner.due)


def overview(*, viewer: Viewer, on: dt.date) -> list[Overview]:
    """Every partner the viewer may know of, on one yardstick: the same statements, the same scale."""
    return [
        Overview(p.key, p.name, charter(viewer=viewer, partner=p.key, on=on)) for p in partners_known(viewer=viewer)
    ]
