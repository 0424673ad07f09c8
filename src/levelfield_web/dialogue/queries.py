"""What a viewer may see of cases. Somebody else's case and no case at all are the same nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from levelfield.dialogue import (  # fmt: skip
    MOVES,
    Clocked,
    GuideQuestion,
    Initiative,
    Move,
    Point,
    State,
    allowed,
    guide,
    initiative,
    outline,
    summed_up,
)
from levelfield.measures.catalogue import MEASURES
from levelfield.scenarios import SCENARIOS
from levelfield.signals.telling import headline
from levelfield.words import Refusal
from levelfield_web.dialogue.attachments import kept
from levelfield_web.dialogue.models import Case, CaseStep, Entry, PrivateNote, Rung, Said
from levelfield_web.dialogue.standings import NEEDS_WORDS, PLAIN_MOVES, clock_of, stand_of, whys_of
from levelfield_web.dialogue.weeks import Weekly, restated, weekly
from levelfield_web.drill_down import queries as drill_down
from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.measures.queries import only_of
from levelfield_web.own_house import queries as own_house
from levelfield_web.parts.control_chart import drawn
from levelfield_web.same_data.queries import current, estate
from levelfield_web.same_data.queries import publication as publication_seen
from levelfield_web.same_data.warehouse import partner_visible
from levelfield_web.scenarios import queries as scenarios
from levelfield_web.signals import queries as signals
from levelfield_web.signals.models import Signal

__all__ = ["kept"]

MOST_CIRCUMSTANCES = 2


def visible(*, viewer: Viewer) -> QuerySet[Case]:
    """Cases the viewer's side takes part in."""
    if viewer.is_client:
        return Case.objects.all()
    if viewer.side == Side.PARTNER and viewer.partner:
        return Case.objects.filter(partner=viewer.partner)
    return Case.objects.none()


def case(*, viewer: Viewer, case_id: str) -> Case | None:
    """One case."""
    return visible(viewer=viewer).filter(public_id=case_id).first()


def case_of_signal(*, viewer: Viewer, signal: str) -> Case | None:
    """The open case of a signal."""
    return visible(viewer=viewer).filter(signal=signal).exclude(state=State.CLOSED).first()


def partner_is_visible(*, viewer: Viewer, partner: str) -> bool:
    """May the viewer see this partner, and is there one?"""
    return partner_visible(viewer=viewer, partner=partner)


def name_of(*, viewer: Viewer, partner: str) -> str:
    """What people call a partner."""
    return estate(viewer=viewer).name_of(partner)


@dataclass(frozen=True)
class Row:
    """A case in a list."""

    case: Case
    name: str
    clock: Clocked | None
    waits_for: str
    mine: bool
    mark: str
    returned: CaseStep | None = None  # the step that gave the plan back, while nothing came after it


def rows(*, viewer: Viewer, at: dt.datetime, partner: str = "", closed: bool = False) -> list[Row]:
    """Cases, those that wait for the viewer's side first, then by how long they have waited."""
    found = visible(viewer=viewer)
    found = found.filter(state=State.CLOSED) if closed else found.exclude(state=State.CLOSED)
    if partner:
        found = found.filter(partner=partner)
    listed = [row_of(viewer=viewer, own=own, at=at) for own in found]
    return sorted(
        listed, key=lambda r: (not (r.mine and r.clock is not None and r.clock.overdue), not r.mine, r.case.since_at)
    )


def row_of(*, viewer: Viewer, own: Case, at: dt.datetime) -> Row:
    """One case with who is waited for."""
    clock = clock_of(own, at)
    back = returned(own)
    if clock is not None and back is not None:
        clock = replace(clock, waits=replace(clock.waits, what="to improve the plan that came back"))
    name = name_of(viewer=viewer, partner=own.partner)
    mine = clock is not None and viewer.side in clock.waits.sides
    mark = "agreed" if clock is None else "open" if mine else "waiting"
    return Row(own, name, clock, waiting_words(viewer, name, clock), mine, mark, back)


def returned(own: Case) -> CaseStep | None:
    """The step that gave the plan back, while nothing came after it."""
    if own.state not in (State.CAUSE_AGREED, State.AGREED_TO_DIFFER):
        return None
    last = own.steps.order_by("-id").first()
    return last if last is not None and last.move == Move.RETURN_PLAN else None


def waiting_words(viewer: Viewer, name: str, clock: Clocked | None) -> str:
    """Who waits for whom, and until when, in one line."""
    if clock is None:
        return str(_("closed"))
    sides = {"client": _("the client"), "partner": name}
    if len(clock.waits.sides) > 1:
        whom = _("both sides")
    elif viewer.side in clock.waits.sides:
        whom = _("your side")
    else:
        whom = sides[clock.waits.sides[0]]
    said = _("waits for %(whom)s %(what)s") % {"whom": whom, "what": clock.waits.what}
    if clock.until is None:
        return said
    late = _("overdue since %(day)s") if clock.overdue else _("until %(day)s")
    return f"{said}, {late % {'day': f'{clock.until.day} {clock.until:%B}'}}"


@dataclass(frozen=True)
class Share:
    """Who raised the cases with one partner first."""

    name: str
    initiative: Initiative


def initiatives(*, viewer: Viewer) -> list[Share]:
    """Per partner, by name; a partner sees its own."""
    by_partner: dict[str, list[str]] = {}
    for partner, side in visible(viewer=viewer).values_list("partner", "side"):
        by_partner.setdefault(partner, []).append(side)
    return sorted((Share(name_of(viewer=viewer, partner=p), initiative(sides)) for p, sides in by_partner.items()), key=lambda s: s.name)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """Evidence as it is drawn: pinned to its publication, with what a later one says differently."""

    entry: Entry
    headline: str
    picture: SafeString
    difference: str


@dataclass(frozen=True)
class Asked:
    """A question with its answers."""

    entry: Entry
    answers: tuple[Entry, ...]


@dataclass(frozen=True)
class Button:
    """A move the viewer's side can make now."""

    move: str
    words: str
    needs_words: bool
    needs_people: bool
    primary: bool


@dataclass(frozen=True)
class Page:
    """Everything a case's page shows."""

    row: Row
    signal: Signal | None
    buttons: tuple[Button, ...]
    plan_moves: bool
    questions: tuple[Asked, ...]
    guide: tuple[GuideQuestion, ...]
    words: tuple[Entry, ...]
    agreements: tuple[Entry, ...]
    points: tuple[Entry, ...]
    points_said: str
    whys: tuple[tuple[int, Entry], ...]
    evidence: tuple[Shown, ...]
    files: tuple[Entry, ...]
    notes: tuple[PrivateNote, ...]
    steps: tuple[CaseStep, ...]
    ladder: tuple[Rung, ...]
    next_rung: tuple[Rung, ...]
    own_house_first: str
    path: tuple[tuple[str, str], ...]  # states with done, here or ahead
    as_of: str


PATH = (
    State.RAISED, State.ACKNOWLEDGED, State.SESSION_HELD, State.CAUSE_AGREED, State.PLAN_PROPOSED, State.PLAN_AGREED, State.IN_PROGRESS, State.WORKED,
    State.CLOSED,
)  # fmt: skip
PEOPLE = (Move.HOLD_SESSION,)
FIRST = (
    Move.ACKNOWLEDGE, Move.HOLD_SESSION, Move.AGREE_CAUSE, Move.ACCEPT_TO_DIFFER, Move.AGREE_TO_CLOSE, Move.PROPOSE_CAUSE, Move.GO_ON, Move.CLOSE,
)  # fmt: skip


def page(*, viewer: Viewer, own: Case, at: dt.datetime) -> Page:
    """The case as one side sees it."""
    row = row_of(viewer=viewer, own=own, at=at)
    entries = list(own.entries.select_related("parent"))
    by_kind: dict[str, list[Entry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    answers: dict[int | None, list[Entry]] = {}
    for entry in by_kind.get(Said.ANSWER, []):
        answers.setdefault(entry.parent_id, []).append(entry)
    questions = tuple(Asked(q, tuple(answers.get(q.pk, ()))) for q in by_kind.get(Said.QUESTION, ()))
    points = tuple(by_kind.get(Said.POINT, ()))
    by_id = {e.public_id: e for e in entries}
    mine = current(viewer=viewer).get(own.partner, "")
    can = [m for m in allowed(own.standing, viewer.side) if m in PLAIN_MOVES]
    first = next((m for m in FIRST if m in can), None)
    buttons = tuple(Button(m.value, MOVES[m].words, m in NEEDS_WORDS, m in PEOPLE, m is first) for m in can)
    rungs = tuple(ladder(viewer=viewer, partner=own.partner))
    asked_already = {q.entry.words for q in questions}
    found, first_house = _found(viewer, own, at)
    new = [q for q in found if q.words not in asked_already]
    asked_next = tuple(sorted(new, key=lambda q: q.to == viewer.side))  # what can be asked comes first
    return Page(
        row, signals.signal(viewer=viewer, signal_id=own.signal) if own.signal else None, buttons,
        own.state in (State.CAUSE_AGREED, State.AGREED_TO_DIFFER, State.PLAN_PROPOSED, State.PLAN_AGREED), questions,
        asked_next, tuple(by_kind.get(Said.WORD, ())), tuple(by_kind.get(Said.AGREEMENT, ())), points,
        summed_up([Point(p.words, p.side, stand_of(p)) for p in points]), tuple((depth, by_id[w.key]) for depth, w in outline(whys_of(by_kind.get(Said.WHY, ())))),
        tuple(s for e in by_kind.get(Said.EVIDENCE, ()) if (s := shown(viewer=viewer, entry=e, now=mine)) is not None), tuple(by_kind.get(Said.FILE, ())),
        tuple(notes(viewer=viewer, own=own)), tuple(own.steps.all()), rungs, tuple(r for r in rungs if r.level == own.rung + 1), first_house,
        _path(own), mine,
    )  # fmt: skip


def _path(own: Case) -> tuple[tuple[str, str], ...]:
    """The way of a case with where it is; what did not happen so is named as it happened."""
    state = State(own.state)
    if state is State.ESCALATED:
        state = State(own.escalated_from or State.RAISED)
    stands_for = {
        State.AGREED_TO_DIFFER: State.CAUSE_AGREED,
        State.DID_NOT: State.WORKED,
        State.CANNOT_SAY: State.WORKED,
    }
    here = PATH.index(stands_for.get(state, state))
    found = []
    for n, step in enumerate(PATH):
        words = str(step)
        if n == here and state in stands_for:
            words = str(state)
        elif step is State.CAUSE_AGREED and own.before_plan == State.AGREED_TO_DIFFER and n < here:
            words = str(State.AGREED_TO_DIFFER)
        elif step is State.WORKED and n > here:
            words = str(_("judged by the data"))
        found.append((words, "done" if n < here else "here" if n == here else "ahead"))
    return tuple(found)


def notes(*, viewer: Viewer, own: Case) -> QuerySet[PrivateNote]:
    """What the viewer's own side noted; the other side's notes are out of reach of every query."""
    return PrivateNote.objects.filter(case=own, case__in=visible(viewer=viewer), side=viewer.side)


def ladder(*, viewer: Viewer, partner: str) -> QuerySet[Rung]:
    """Who is asked at which level, of both sides."""
    found = Rung.objects.filter(partner=partner)
    return found if viewer.sees(partner) else found.none()


def entry(*, viewer: Viewer, own: Case, entry_id: str) -> Entry | None:
    """One entry of a case the viewer sees."""
    return Entry.objects.filter(case=own, case__in=visible(viewer=viewer), public_id=entry_id).first()


def shown(*, viewer: Viewer, entry: Entry, now: str) -> Shown | None:
    """Evidence on its publication."""
    own = series(viewer=viewer, partner=entry.case.partner, publication=entry.publication, measure=entry.measure, scope=entry.scope)  # fmt: skip
    if own is None:
        return None
    chart = own.chart
    said = headline(chart, own.told)
    later = weekly(own.partner, now, entry.measure, entry.scope) if now and now != entry.publication else None
    return Shown(entry, said, drawn(chart, own.told, said), restated(own, later) if later else "")


def series(*, viewer: Viewer, partner: str, publication: str, measure: str, scope: str) -> Weekly | None:
    """Weekly values on a publication of a partner the viewer may see."""
    if publication_seen(viewer=viewer, partner=partner, publication_id=publication) is None:
        return None
    try:
        return weekly(partner, publication, measure, scope)
    except Refusal:
        return None


def _found(viewer: Viewer, own: Case, at: dt.datetime) -> tuple[tuple[GuideQuestion, ...], str]:
    """The questions the data ask, and whether the client's own side must be looked at first."""
    if own.state in (State.CLOSED, State.WORKED):
        return (), ""
    explained = None
    if own.measure in {m.name for m in drill_down.explainable()}:
        try:
            explained = drill_down.explained(
                viewer=viewer, partner=own.partner, measure=MEASURES[own.measure], only=only_of(own.scope), scope=own.scope
            )  # fmt: skip
        except Refusal:
            explained = None
    if explained is not None:
        house = drill_down.client_first(viewer=viewer, partner=own.partner, on=at.date(), found=explained.found)
    else:
        house = own_house.looked(viewer=viewer, partner=own.partner, on=at.date())
    first = house.house.of("together") if house is not None and house.house.client_first else None
    fitting = _fitting(viewer, own)
    asked = guide(explained.found if explained else None, house.house.pressing if house else (), fitting)
    return asked, first.found.sentence if first is not None and first.found is not None else ""


def _fitting(viewer: Viewer, own: Case) -> list[tuple[str, str]]:
    signal = signals.signal(viewer=viewer, signal_id=own.signal) if own.signal else None
    if signal is None or not signal.is_open:
        return []
    known = scenarios.circumstances(viewer=viewer, partner=own.partner)
    fitted = scenarios.fitted(viewer=viewer, partner=own.partner, signal=signal, known=[k.own for k in known])
    if fitted is None:
        return []
    likely = [f for f in fitted.fits.ranked if f.probability > fitted.fits.none][:MOST_CIRCUMSTANCES]
    return [(f.circumstance.title, SCENARIOS[f.circumstance.scenario].ask) for f in likely]


def sliceable(*, viewer: Viewer, partner: str) -> tuple[list[str], list[str]]:
    """Sites and lines a case or evidence may be about."""
    return scenarios.places_of(viewer=viewer, partner=partner)


def open_signals(*, viewer: Viewer, partner: str) -> Sequence[Signal]:
    """Open signals without an open case."""
    taken = set(visible(viewer=viewer).exclude(state=State.CLOSED).exclude(signal="").values_list("signal", flat=True))
    return [s for s in scenarios.open_signals(viewer=viewer, partner=partner) if s.public_id not in taken]
