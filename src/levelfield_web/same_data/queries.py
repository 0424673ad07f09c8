"""What a viewer may see of deliveries and publications. A partner's eyes end at its own key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from levelfield.same_data.estate import Estate
from levelfield.same_data.publication import Record
from levelfield.words import Refusal
from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.same_data.models import AT_WORK, Delivery, Seen, State
from levelfield_web.same_data.warehouse import current_release, store, visible_estate


def current(*, viewer: Viewer) -> dict[str, str]:
    """The current publication of every partner the viewer may see, sorted by the partner's name."""
    release, estate = current_release()
    visible = {p: i for p, i in release.current.items() if viewer.sees(p)}
    return dict(sorted(visible.items(), key=lambda item: estate.name_of(item[0]).casefold()))


def estate(*, viewer: Viewer) -> Estate:
    """The estate as far as the viewer may see it: a partner finds itself there, and nobody else."""
    _, whole = current_release()
    return visible_estate(whole, viewer)


@dataclass(frozen=True)
class PublicationRow:
    """One publication in a list."""

    record: Record
    partner_name: str
    is_current: bool
    seen: tuple[Seen, ...]

    @property
    def seen_sides(self) -> set[str]:
        """Which sides have somebody who has seen it."""
        return {s.side for s in self.seen}


def publications(*, viewer: Viewer, partner: str = "", everything: bool = False) -> list[PublicationRow]:
    """Publications, newest first."""
    own, names = store(), estate(viewer=viewer)
    rows = []
    for key, id_ in current(viewer=viewer).items():
        if partner and key != partner:
            continue
        records = own.records(key) if everything else [own.record(key, id_)]
        rows += [PublicationRow(r, names.name_of(key), r.id == id_, ()) for r in records]
    seen = _seen([r.record.id for r in rows])
    rows = [replace(r, seen=seen.get(r.record.id, ())) for r in rows]
    return sorted(rows, key=lambda r: r.record.published_at, reverse=True)


def publication(*, viewer: Viewer, partner: str, publication_id: str) -> PublicationRow | None:
    """One publication of a partner; None for nobody's and for somebody else's alike."""
    if not viewer.sees(partner) or partner not in current_release()[0].current:
        return None
    try:
        record = store().record(partner, publication_id)
    except Refusal:
        return None
    names = estate(viewer=viewer)
    seen = _seen([record.id]).get(record.id, ())
    return PublicationRow(record, names.name_of(partner), current(viewer=viewer).get(partner) == record.id, seen)


def _seen(ids: Iterable[str]) -> dict[str, tuple[Seen, ...]]:
    found: dict[str, tuple[Seen, ...]] = {}
    for seen in Seen.objects.filter(publication__in=list(ids)):
        found[seen.publication] = (*found.get(seen.publication, ()), seen)
    return found


def deliveries(*, viewer: Viewer) -> QuerySet[Delivery]:
    """Deliveries a viewer may see, newest first: the client all; a partner those of its own facts alone."""
    rows = Delivery.objects.order_by("-id")
    if viewer.side == Side.CLIENT:
        return rows
    if viewer.side == Side.PARTNER and viewer.partner:
        return rows.filter(partner=viewer.partner)
    return rows.none()


def delivery(*, viewer: Viewer, delivery_id: str) -> Delivery | None:
    """One delivery; None for nobody's and for somebody else's alike."""
    return deliveries(viewer=viewer).filter(public_id=delivery_id).first()


def waiting(*, viewer: Viewer) -> tuple[int, int]:
    """How many deliveries are at work, and how many wait for somebody to publish them."""
    rows = deliveries(viewer=viewer)
    return rows.filter(state__in=AT_WORK).count(), rows.filter(state=State.CHECKED).count()


def unseen(*, viewer: Viewer) -> list[PublicationRow]:
    """Current publications that nobody of the viewer's side has acknowledged."""
    return [r for r in publications(viewer=viewer) if viewer.side not in r.seen_sides]


def quarantine_file(delivery_: Delivery) -> Path | None:
    """The rows of a delivery that were kept out."""
    if not delivery_.quarantine:
        return None
    path = Path(settings.LEVELFIELD_HOME) / "quarantine" / Path(delivery_.quarantine).name
    return path if path.exists() else None
