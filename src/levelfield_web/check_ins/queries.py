"""What a viewer may see of check-ins: the next one, its agenda, how promises go, and the record of both sides."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from levelfield.check_ins import AgendaItem, Effect, Judged, OnTrack, Outcome, Track, TrackRecord, agenda, track_record
from levelfield.dialogue import State
from levelfield.plan import glide
from levelfield_web.check_ins.models import RUNNING, CalendarFeed, CheckIn, Saying, hashed
from levelfield_web.check_ins.reading import data_reach, effect_of, is_due, reading_of
from levelfield_web.dialogue.models import Case, Entry, Said
from levelfield_web.dialogue.queries import Row, case, name_of, partner_is_visible, rows, visible
from levelfield_web.dialogue.weeks import weekly
from levelfield_web.fields.viewer import HOUSE, Side, Viewer
from levelfield_web.own_house.queries import requests
from levelfield_web.people.models import User
from levelfield_web.plan.live import live_plan, promises_of
from levelfield_web.plan.models import PlanState, StoredPromise
from levelfield_web.plan.queries import promise
from levelfield_web.same_data.queries import current, publications
from levelfield_web.scenarios.queries import filed
from levelfield_web.signals import queries as signals

__all__ = ["case", "hashed", "name_of", "partner_is_visible", "promise"]

SOON = dt.timedelta(days=7)
MOST_ITEMS = 40
MOST_SHOWN = 26  # check-ins on the page: half a year of weeks


@dataclass(frozen=True)
class Line:
    """A promise at a check-in: by the data, and by both sides."""

    own: StoredPromise
    label: str
    reading: OnTrack
    mark: str
    said: tuple[Saying, ...]
    due: bool
    since_judged: str  # what a later publication says of a verdict; empty where it says the same
    preview: Effect | None  # what the data would say now; on the day it is the verdict
    whose: str


@dataclass(frozen=True)
class Page:
    """The check-in of a case."""

    case: Case
    name: str
    publication: str
    next_on: dt.date | None
    lines: tuple[Line, ...]
    agenda: tuple[AgendaItem, ...]
    held: tuple[CheckIn, ...]
    running: bool
    can_judge: bool
    all_judged: bool
    records: tuple[tuple[str, TrackRecord], ...]
    first_due: dt.date | None
    on: dt.date

    @property
    def next_is_over(self) -> bool:
        """Has the day of the next check-in passed without one?"""
        return self.next_on is not None and self.next_on < self.on

    @property
    def behind(self) -> int:
        """How many promises are behind."""
        return sum(line.reading.track is Track.BEHIND for line in self.lines)


def page(*, viewer: Viewer, own: Case, at: dt.datetime) -> Page:
    """The check-in as it stands on the current publication."""
    publication = current(viewer=viewer).get(own.partner, "")
    promises = promises_of(own) if live_plan(case=own) is not None and own.state not in _NOT_YET else []
    name = name_of(viewer=viewer, partner=own.partner)
    lines = tuple(_line(viewer, own, p, publication, promises, name) for p in promises)
    held = tuple(CheckIn.objects.filter(case=own)[:MOST_SHOWN])
    since = held[0].at.date() if held else None
    running = own.state in RUNNING
    return Page(
        own, name, publication, next_check_in(promises, held, at.date()) if running else None, lines, _agenda(viewer, own, lines, since, at) if promises and running else (), held,
        running, running and any(line.due for line in lines), bool(lines) and all(line.own.outcome for line in lines), records(viewer=viewer, partner=own.partner),
        min((p.judged_on for p in promises), default=None), at.date(),
    )  # fmt: skip


_NOT_YET = (State.RAISED, State.ACKNOWLEDGED, State.SESSION_HELD, State.CAUSE_AGREED, State.AGREED_TO_DIFFER, State.PLAN_PROPOSED)  # fmt: skip


def _line(viewer: Viewer, own: Case, stored: StoredPromise, publication: str, touched: list[StoredPromise], name: str) -> Line:  # fmt: skip
    found = reading_of(stored, publication)
    reach = data_reach(own.partner, publication, stored)
    latest: dict[str, Saying] = {}
    for saying in stored.sayings.all():
        latest.setdefault(saying.side, saying)
    series = weekly(own.partner, publication, stored.measure, stored.scope)
    mark = {Track.ON_TRACK: "agreed", Track.BEHIND: "open", Track.CANNOT_SAY: "waiting"}[found.track]
    begun = reach is not None and reach > stored.full_on
    whose = _("ours") if stored.owner_side == viewer.side else name if stored.owner_side == Side.PARTNER else _("the client")  # fmt: skip
    preview = effect_of(stored, publication, touched) if begun else None
    return Line(
        stored, series.label if series else stored.measure, found, mark, tuple(latest.values()), is_due(own.partner, publication, stored),
        _since_judged(stored, publication, preview), preview, whose,
    )  # fmt: skip


def _since_judged(own: StoredPromise, publication: str, now: Effect | None) -> str:
    """A verdict stands as it was judged; what today's publication would say otherwise is named beside it."""
    if not own.outcome or own.verdict_publication == publication or now is None or now.sentence == own.verdict_words:
        return ""
    return str(_("On publication %(id)s it would read: %(said)s") % {"id": publication[:12], "said": now.sentence})


def planned(own: StoredPromise) -> list[dt.date]:
    """The days of its check-ins, the day of the judgement last."""
    return [g.on for g in glide(own.baseline, own.target, own.path, own.rhythm_weeks, None)]


def next_check_in(promises: list[StoredPromise], held: tuple[CheckIn, ...], on: dt.date) -> dt.date | None:
    """The first planned day after the last check-in; a day that passed without one is still the next."""
    days = sorted({day for p in promises for day in planned(p)})
    last = held[0].at.date() if held else None
    ahead = [d for d in days if last is None or d > last]
    passed = [d for d in ahead if d <= on]
    return passed[-1] if passed else (ahead[0] if ahead else None)


def _agenda(viewer: Viewer, own: Case, lines: tuple[Line, ...], since: dt.date | None, at: dt.datetime) -> tuple[AgendaItem, ...]:  # fmt: skip
    on = at.date()
    began = min((line.own.begins_on for line in lines), default=on)
    since = since or began
    items: list[AgendaItem] = []
    for line in lines:
        behind = line.reading.track is Track.BEHIND
        items.append(AgendaItem("promise", f"{line.own.action}. {line.reading.sentence}", on, f"#{line.own.public_id}", behind))  # fmt: skip
    for asked in requests(viewer=viewer, partner=own.partner):
        if asked.given is None and asked.needed_on < on:
            words = _("The client owes “%(what)s” since %(day)s") % {"what": asked.what, "day": asked.needed_on}
            items.append(AgendaItem("overdue", words, asked.needed_on, reverse("own_house:house", args=[own.partner]), True))  # fmt: skip
    for row in publications(viewer=viewer, partner=own.partner, everything=True):
        day, n = row.record.published_at.date(), len(row.record.differences)
        address = reverse("same_data:publication", args=[own.partner, row.record.id])
        if n:
            items.append(AgendaItem("restatement", _("Published with %(n)s earlier values changed") % {"n": n}, day, address))  # fmt: skip
        else:
            items.append(AgendaItem("publication", _("New facts were published"), day, address))
    for signal in signals.visible(viewer=viewer).filter(partner=own.partner):
        address = reverse("signals:signal", args=[signal.public_id])
        items.append(AgendaItem("signal", signal.sentence, signal.opened_at.date(), address))
        if signal.closed_at is not None:
            items.append(AgendaItem("signal", _("Closed: %(label)s") % {"label": signal.label}, signal.closed_at.date(), address))  # fmt: skip
    for one in filed(viewer=viewer, partner=own.partner).filter(withdrawn_at=None):
        items.append(AgendaItem("circumstance", one.title, one.at.date(), reverse("scenarios:circumstances", args=[own.partner])))  # fmt: skip
    for entry in own.entries.filter(kind__in=(Said.ANSWER, Said.AGREEMENT, Said.EVIDENCE)):
        address = reverse("dialogue:case", args=[own.public_id]) + f"#{entry.kind}"
        items.append(AgendaItem("answer", f"{entry.by_name}: {entry.words[:200]}", entry.at.date(), address))
    return agenda(items, since)[:MOST_ITEMS]


def records(*, viewer: Viewer, partner: str) -> tuple[tuple[str, TrackRecord], ...]:
    """The record of the promises of each side in the work with one partner, by the name of the side."""
    if not viewer.sees(partner):
        return ()
    found = promises_on_record(viewer=viewer, partner=partner)
    names = ((Side.CLIENT, _("The client")), (Side.PARTNER, name_of(viewer=viewer, partner=partner)))
    return tuple((str(name), track_record([judged(p) for p in found if p.owner_side == side])) for side, name in names)


def promises_on_record(*, viewer: Viewer, partner: str) -> list[StoredPromise]:
    """Promises of agreed plans, newest first."""
    cases = visible(viewer=viewer).filter(partner=partner)
    found = StoredPromise.objects.filter(plan__case__in=cases, plan__state__in=(PlanState.AGREED, PlanState.ENDED), plan__answered_at__isnull=False)  # fmt: skip
    return list(found.select_related("plan__case").order_by("-judged_on", "id"))


def judged(own: StoredPromise) -> Judged:
    """A stored promise as the record counts it."""
    outcome = Outcome(own.outcome) if own.outcome else None
    newest = data_reach(own.plan.case.partner, current_publication(own.plan.case.partner), own)
    late = outcome is None and newest is not None and newest > own.judged_on
    return Judged(own.measure, own.target - own.baseline, outcome, own.estimate, late)


def current_publication(partner: str) -> str:
    """The current publication of a partner whose case the caller sees."""
    return current(viewer=HOUSE).get(partner, "")


@dataclass(frozen=True)
class Due:
    """Something that is due to a person's side."""

    case: Case
    words: str
    on: dt.date | None
    address: str
    overdue: bool


def due(*, viewer: Viewer, at: dt.datetime) -> list[Due]:
    """What waits for the viewer's side alone or by a day: moves of cases, check-ins, promises to be judged; overdue first."""
    return due_in(rows(viewer=viewer, at=at), viewer=viewer, at=at)


def due_in(cases: Sequence[Row], *, viewer: Viewer, at: dt.datetime) -> list[Due]:
    """The same among cases that were looked up already."""
    found: list[Due] = []
    unanswered = Entry.objects.filter(case__in=[r.case for r in cases], kind=Said.QUESTION, to_side=viewer.side, below__isnull=True)  # fmt: skip
    questions = Counter(unanswered.values_list("case_id", flat=True))
    for row in cases:
        own, clock = row.case, row.clock
        address = reverse("dialogue:case", args=[own.public_id])
        asked = questions[own.pk]
        if asked:
            words = ngettext("%(n)s question to answer", "%(n)s questions to answer", asked) % {"n": asked}
            found.append(Due(own, words, None, f"{address}#question", False))
        if own.state in RUNNING:
            promises = promises_of(own)
            held = tuple(CheckIn.objects.filter(case=own)[:1])
            on = next_check_in(promises, held, at.date())
            place = reverse("check_ins:check_ins", args=[own.public_id])
            if on is not None and on <= at.date() + SOON:
                found.append(Due(own, str(_("check-in")), on, place, on < at.date()))
        elif row.mine and clock is not None:
            found.append(Due(own, clock.waits.what, clock.until, address, clock.overdue))
    return sorted(found, key=lambda d: (not d.overdue, d.on or dt.date.max, d.case.title))


@dataclass(frozen=True)
class Event:
    """One day in a person's calendar."""

    key: str
    on: dt.date
    title: str
    about: str
    address: str


def calendar(*, viewer: Viewer, at: dt.datetime) -> list[Event]:
    """Check-ins, days of judgement and clocks of the cases the viewer sees."""
    found: list[Event] = []
    for row in rows(viewer=viewer, at=at):
        own = row.case
        address = reverse("dialogue:case", args=[own.public_id])
        if row.clock is not None and row.clock.until is not None:
            found.append(Event(f"{own.public_id}-clock", row.clock.until, f"{own.title}: {row.waits_for}", row.name, address))  # fmt: skip
        if own.state in (State.PLAN_AGREED, *RUNNING):
            place = reverse("check_ins:check_ins", args=[own.public_id])
            days: dict[dt.date, list[str]] = {}
            for stored in promises_of(own):
                for day in planned(stored):
                    days.setdefault(day, []).append(stored.action)
            for day, actions in sorted(days.items()):
                found.append(Event(f"{own.public_id}-{day:%Y%m%d}", day, str(_("Check-in: %(title)s") % {"title": own.title}), "\n".join(actions), place))  # fmt: skip
    return found


def reader_of(token: str) -> User | None:
    """Whose calendar address this is; None for nobody's, one taken back, and somebody's who may not sign in."""
    feed = CalendarFeed.objects.filter(token_sha256=hashed(token)).select_related("user").first()
    return feed.user if feed is not None and feed.user.is_active else None


def feed_of(user: Any) -> CalendarFeed | None:
    """The calendar address of a person."""
    return CalendarFeed.objects.filter(user_id=user.pk).first()
