"""Moves of a case: raise it, move it along the table, say, ask, answer, attach, note. Each made twice is made once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from levelfield.dialogue import MOVES, Move, State, other, step
from levelfield.dialogue.causes import DEEPEST, depth_of
from levelfield.measures.catalogue import MEASURES
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.audit.queries import PRIVATE
from levelfield_web.dialogue.attachments import keep, looked_at
from levelfield_web.dialogue.models import Case, CaseStep, Entry, PrivateNote, Rung, Said, Source
from levelfield_web.dialogue.standings import LONGEST_TITLE, LONGEST_WORDS, NEEDS_WORDS, PLAIN_MOVES, clock_of, whys_of
from levelfield_web.fields.texts import readable, written
from levelfield_web.fields.viewer import Viewer
from levelfield_web.parts.once import once as new_name
from levelfield_web.people.permissions import require
from levelfield_web.signals.models import Signal

LONGEST_PRESENT = 400
LONGEST_SCOPE = 400
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MOST_OPEN = 50  # cases that one side raised with one partner
MOST_ENTRIES = 250  # of one side in one case
MOST_FILES = 20  # of one side in one case
MOST_NOTES = 200  # of one side


def open_case(
    *, partner: str, source: str, title: str, words: str, signal: str = "", month: str = "", target: str = "", measure: str = "", scope: str = "", publication: str = "",
    once: str, by: Viewer, at: dt.datetime,
) -> Case:  # fmt: skip
    """Raise an issue. The same form sent twice, or a signal that has an open case, gives the case there is."""
    require(by, "raise_case")
    _theirs(by, partner)
    if source not in Source.values:
        raise Refusal(_("A case is opened from a signal, a statement or by hand"), next_step=_("Open it from there."))
    if measure and measure not in MEASURES:
        raise Refusal(_("There is no such measure"), where=measure[:40], next_step=_("Choose one of the list."))
    if month and not MONTH.fullmatch(month):
        raise Refusal(
            _("“%(month)s” is no month") % {"month": month[:10]},
            expected=_("such as 2026-03"),
            next_step=_("Open the case from the statement."),
        )
    _slice_fits(scope)
    told = written(
        " ".join(readable(title).split()), _("The title"), LONGEST_TITLE, next_step=_("Say it in a few words.")
    )
    said = written(words, _("What you see"), LONGEST_WORDS, next_step=_("Say what you see and send it again."))
    with transaction.atomic():
        wait_for_the_chain()
        same = Case.objects.filter(once=once, partner=partner, side=by.side, words=said).first()
        once = fresh(Case, once)
        if same is None and signal:
            same = Case.objects.filter(signal=signal, partner=partner).exclude(state=State.CLOSED).first()
        if same is not None:
            return same
        if Case.objects.filter(partner=partner, side=by.side).exclude(state=State.CLOSED).count() >= MOST_OPEN:
            raise Refusal(
                _("Your side has %(n)s open cases already") % {"n": MOST_OPEN}, where=told,
                next_step=_("Close some first: a list nobody can work through helps nobody."),
            )  # fmt: skip
        case = Case.objects.create(
            partner=partner, title=told, source=source, signal=signal, month=month, target=target, measure=measure, scope=scope, words=said,
            publication=publication, side=by.side, by_id=by.user_id, by_name=by.name, at=at, once=once, since_at=at,
        )  # fmt: skip
        CaseStep.objects.create(
            case=case, move="raise", before="", after=State.RAISED, words=said, publication=publication, side=by.side, by_id=by.user_id, by_name=by.name, at=at,
            once=fresh(CaseStep, once),
        )  # fmt: skip
        record(
            by=by, at=at, verb="raise_case", object_kind="case", object_id=case.public_id, partner=partner,
            sentence=_("%(who)s raised a case: %(title)s") % {"who": by.name, "title": told}, data={"source": source, "signal": signal, "measure": measure},
        )  # fmt: skip
    return case


def open_from_signal(*, signal: Signal, words: str, once: str, by: Viewer, at: dt.datetime) -> Case:
    """Raise an issue from a signal, pinned to the publication it was read on."""
    return open_case(
        partner=signal.partner, source=Source.SIGNAL, title=signal.label, words=words, signal=signal.public_id, measure=signal.measure, scope=signal.scope,
        publication=signal.publication, once=once, by=by, at=at,
    )  # fmt: skip


def move_case(*, case: Case, move: str, words: str = "", present: str = "", publication: str = "", once: str, by: Viewer, at: dt.datetime) -> Case:  # fmt: skip
    """One of the moves that need nothing but words."""
    known = Move(move) if move in set(Move) else None
    if known is None or known not in PLAIN_MOVES:
        raise Refusal(_("There is no such move"), where=move[:40], next_step=_("Use the buttons of the case."))
    if known is Move.HOLD_SESSION and not readable(present):
        raise Refusal(
            _("Nobody is named who was present"), expected=_("people of both sides"), next_step=_("Name them.")
        )
    return advance(
        case=case, move=known, words=words, present=present, publication=publication, once=once, by=by, at=at
    )


def advance(
    *, case: Case, move: Move, words: str = "", present: str = "", publication: str = "", outcome: State | None = None, all_of_client: bool = False,
    once: str, by: Viewer, at: dt.datetime, then: Callable[[Case], None] | None = None,
) -> Case:  # fmt: skip
    """Move a case along the table. What the table does not hold is refused in words; the same move again changes nothing.

    `then` is what the move brings with it in another room, in the same transaction.
    """
    require(by, "move_case")
    _theirs(by, case.partner)
    said = readable(words)[:LONGEST_WORDS]
    if move in NEEDS_WORDS and not said:
        raise Refusal(
            _("Nothing was written"), where=MOVES[move].words, expected=_("a few words that both sides can read later"),
            next_step=_("Write them and send it again."),
        )  # fmt: skip
    with transaction.atomic():
        wait_for_the_chain()
        case = Case.objects.select_for_update().get(pk=case.pk)
        if _made_already(case, move, said, once, by):
            return case
        before = case.standing
        clock = clock_of(case, at)
        after = step(
            before, move, by.side, outcome=outcome, all_of_client=all_of_client, overdue=clock is not None and clock.overdue,
            silence=clock.silence if clock is not None else "",
        )  # fmt: skip
        if move is Move.AGREE_CAUSE or move is Move.ACCEPT_TO_DIFFER:
            case.cause = case.pending_words
        case.stand(after)
        case.pending_words = said if after.pending is not None else ""
        if move is Move.ESCALATE:
            case.rung += 1
        if move is Move.GO_ON or move is Move.CLOSE:
            case.rung = 0
        case.since_at = at
        case.save()
        if then is not None:
            then(case)
        CaseStep.objects.create(
            case=case, move=move.value, before=before.state.value, after=after.state.value, words=said, present=readable(present)[:LONGEST_PRESENT],
            publication=publication, side=by.side, by_id=by.user_id, by_name=by.name, at=at, once=fresh(CaseStep, once),
        )  # fmt: skip
        record(
            by=by, at=at, verb=move.value, object_kind="case", object_id=case.public_id, partner=case.partner,
            sentence=_("%(who)s: %(move)s (%(title)s)") % {"who": by.name, "move": MOVES[move].words, "title": case.title},
            data={"before": before.state.value, "after": after.state.value, "words": said},
        )  # fmt: skip
    return case


def _made_already(case: Case, move: Move, words: str, once: str, by: Viewer) -> bool:
    """Was this very form sent before, or has somebody of the same side just made the same move in the same words?"""
    if CaseStep.objects.filter(case=case, once=once, move=move.value).exists():
        return True
    last = case.steps.order_by("-id").first()
    if last is None or move in (Move.ESCALATE, Move.JUDGE):
        return False
    return (last.move, last.side, last.words, last.after) == (move.value, by.side, words, case.state)


def say(
    *, case: Case, kind: str, words: str, parent: Entry | None = None, because: str = "", present: str = "", measure: str = "", scope: str = "", publication: str = "",
    once: str, by: Viewer, at: dt.datetime,
) -> Entry:  # fmt: skip
    """Say something that both sides read at once. Sent twice it is said once; two people at once are both heard."""
    require(by, "talk")
    _theirs(by, case.partner)
    if kind not in Said.values or kind == Said.FILE:
        raise Refusal(_("This is no kind of entry"), where=kind[:40], next_step=_("Use the forms of the case."))
    said = written(words, _("The text"), LONGEST_WORDS, next_step=_("Write it and send it again."))
    with transaction.atomic():
        wait_for_the_chain()
        case = Case.objects.select_for_update().get(pk=case.pk)
        same = Entry.objects.filter(case=case, once=once, kind=kind, words=said).first()
        if same is not None:
            return same
        once = fresh(Entry, once)
        _open(case)
        _room(case, by.side)
        _fits(case, kind, parent, present, measure, by.side)
        _slice_fits(scope)
        entry = Entry.objects.create(
            case=case, kind=kind, parent=parent, to_side=other(by.side) if kind == Said.QUESTION else "", words=said, because=readable(because)[:LONGEST_WORDS],
            present=readable(present)[:LONGEST_PRESENT], measure=measure, scope=scope, publication=publication, side=by.side, by_id=by.user_id, by_name=by.name,
            at=at, once=once,
        )  # fmt: skip
        record(
            by=by, at=at, verb=f"say_{kind}", object_kind="case", object_id=case.public_id, partner=case.partner,
            sentence=_("%(who)s, %(kind)s: %(words)s") % {"who": by.name, "kind": Said(kind).label, "words": said[:200]},
            data={"entry": entry.public_id, "kind": kind, "words": said},
        )  # fmt: skip
    return entry


def _fits(case: Case, kind: str, parent: Entry | None, present: str, measure: str, side: str) -> None:
    if parent is not None and parent.case_id != case.pk:
        raise Refusal(_("That entry is of another case"), next_step=_("Answer it there."))
    if kind == Said.ANSWER and (parent is None or parent.kind != Said.QUESTION):
        raise Refusal(_("There is no question to this answer"), next_step=_("Answer below a question."))
    if kind == Said.ANSWER and parent is not None and parent.to_side != side:
        raise Refusal(_("Your own side asked this"), expected=_("an answer of the other side"), next_step=_("Ask again, or make a point."), kind=RefusalKind.PERMISSION)  # fmt: skip
    if kind == Said.WHY and parent is not None:
        whys = whys_of(case.entries.filter(kind=Said.WHY).select_related("parent"))
        if parent.kind != Said.WHY or depth_of(whys, parent.public_id) >= DEEPEST:
            raise Refusal(
                _("The tree ends there"), expected=_("at most %(n)s times “why?”") % {"n": DEEPEST}, next_step=_("Act on what is there.")
            )  # fmt: skip
    if kind == Said.AGREEMENT and not readable(present):
        raise Refusal(_("Nobody is named who was present"), expected=_("the people who agreed it"), next_step=_("Name them."))  # fmt: skip
    if kind == Said.EVIDENCE and measure not in MEASURES:
        raise Refusal(_("Evidence shows a measure"), expected=_("a measure of the list"), next_step=_("Choose one."))


def answer_point(*, entry: Entry, agreed: bool, words: str = "", by: Viewer, at: dt.datetime) -> Entry:
    """The other side agrees to a point, or disputes it and says why. It may come to agree later, never silently back."""
    require(by, "talk")
    with transaction.atomic():
        wait_for_the_chain()
        entry = Entry.objects.select_for_update().select_related("case").get(pk=entry.pk)
        _theirs(by, entry.case.partner)
        _open(entry.case)
        if entry.kind not in (Said.POINT, Said.WHY, Said.AGREEMENT):
            raise Refusal(_("Only points are agreed or disputed"), where=entry.words[:60])
        if entry.side == by.side:
            raise Refusal(_("Your own side made this point"), where=entry.words[:60], expected=_("the other side"), kind=RefusalKind.PERMISSION)  # fmt: skip
        wanted = "agreed" if agreed else "disputed"
        if entry.stand == wanted:
            return entry
        if entry.stand == "agreed":
            raise Refusal(_("It was agreed by %(who)s and stays so") % {"who": entry.stand_by_name}, where=entry.words[:60], next_step=_("Make a new point."))  # fmt: skip
        said = readable(words)[:LONGEST_WORDS]
        if not agreed and not said:
            raise Refusal(_("A point is disputed with a reason"), where=entry.words[:60], expected=_("what you see instead"), next_step=_("Write it."))  # fmt: skip
        entry.stand, entry.stand_words, entry.stand_by_name, entry.stand_at = wanted, said, by.name, at
        entry.save()
        record(
            by=by, at=at, verb="agree_point" if agreed else "dispute_point", object_kind="case", object_id=entry.case.public_id, partner=entry.case.partner,
            sentence=(_("%(who)s agreed: %(words)s") if agreed else _("%(who)s disputed: %(words)s")) % {"who": by.name, "words": entry.words[:200]},
            data={"entry": entry.public_id, "words": said},
        )  # fmt: skip
    return entry


def attach(*, case: Case, name: str, body: bytes, words: str, once: str, by: Viewer, at: dt.datetime) -> Entry:
    """Attach a file that both sides can download. Its type is read from its content, its size is limited."""
    require(by, "talk")
    _theirs(by, case.partner)
    seen = looked_at(name, body)
    with transaction.atomic():
        wait_for_the_chain()
        case = Case.objects.select_for_update().get(pk=case.pk)
        same = Entry.objects.filter(case=case, once=once, file_sha256=seen.sha256).first()
        if same is not None:
            return same
        once = fresh(Entry, once)
        _open(case)
        if case.entries.filter(kind=Said.FILE, side=by.side).count() >= MOST_FILES:
            raise Refusal(_("%(n)s files are attached already") % {"n": MOST_FILES}, where=seen.name, next_step=_("Link to where the others are kept."))  # fmt: skip
        keep(seen, body)
        entry = Entry.objects.create(
            case=case, kind=Said.FILE, words=readable(words)[:LONGEST_WORDS], file_name=seen.name, file_type=seen.type, file_sha256=seen.sha256,
            file_size=len(body), side=by.side, by_id=by.user_id, by_name=by.name, at=at, once=once,
        )  # fmt: skip
        record(
            by=by, at=at, verb="attach_file", object_kind="case", object_id=case.public_id, partner=case.partner,
            sentence=_("%(who)s attached %(name)s") % {"who": by.name, "name": seen.name}, data={"sha256": seen.sha256, "size": len(body)},
        )  # fmt: skip
    return entry


def note(*, case: Case, words: str, once: str, by: Viewer, at: dt.datetime) -> PrivateNote:
    """Note something for one's own side. The trail says that a note was made to that side alone, never what it says."""
    require(by, "talk")
    _theirs(by, case.partner)
    said = written(words, _("The note"), LONGEST_WORDS, next_step=_("Write it and send it again."))
    with transaction.atomic():
        wait_for_the_chain()
        same = PrivateNote.objects.filter(case=case, once=once, side=by.side, words=said).first()
        if same is not None:
            return same
        once = fresh(PrivateNote, once)
        if PrivateNote.objects.filter(case=case, side=by.side).count() >= MOST_NOTES:
            raise Refusal(_("%(n)s notes are enough") % {"n": MOST_NOTES}, where=case.title)
        made = PrivateNote.objects.create(
            case=case, words=said, side=by.side, by_id=by.user_id, by_name=by.name, at=at, once=once
        )
        record(
            by=by, at=at, verb=PRIVATE, object_kind="case", object_id=case.public_id, partner=by.partner,
            sentence=_("%(who)s noted something for their own side") % {"who": by.name},
        )  # fmt: skip
    return made


def set_rung(*, partner: str, level: int, name: str, role: str, by: Viewer, at: dt.datetime) -> Rung:
    """Name who of one's own side is asked at a level of the ladder."""
    require(by, "set_ladder")
    _theirs(by, partner)
    if not 1 <= level <= 4:
        raise Refusal(_("A ladder has one to four rungs"), expected=_("1 to 4"), next_step=_("Choose one of them."))
    who = written(" ".join(readable(name).split()), _("The name"), 200)
    what = written(" ".join(readable(role).split()), _("The role"), 200)
    with transaction.atomic():
        wait_for_the_chain()
        rung = Rung.objects.filter(partner=partner, side=by.side, level=level).first()
        if rung is not None and (rung.name, rung.role) == (who, what):
            return rung
        rung, _made = Rung.objects.update_or_create(
            partner=partner, side=by.side, level=level, defaults={"name": who, "role": what, "by_id": by.user_id, "by_name": by.name, "at": at}
        )  # fmt: skip
        record(
            by=by, at=at, verb="set_ladder", object_kind="ladder", object_id=f"{partner}-{by.side}-{level}", partner=partner,
            sentence=_("%(who)s named %(name)s, %(role)s, at level %(level)s") % {"who": by.name, "name": who, "role": what, "level": level},
        )  # fmt: skip
    return rung


def fresh(model: type[Model], once: str) -> str:
    """The name a form gave to what it sends, or another one where that name is taken by something else: nothing is lost."""
    taken = model._default_manager.filter(once=once).exists()
    return new_name() if taken or not once else once


def _theirs(by: Viewer, partner: str) -> None:
    """Nobody moves in the cases of another partner."""
    if not by.sees(partner):
        raise Refusal(_("There is no such case"), kind=RefusalKind.PERMISSION)


def _open(case: Case) -> None:
    if case.state == State.CLOSED:
        raise Refusal(_("The case is closed"), where=case.title, next_step=_("Open another one."))


def _room(case: Case, side: str) -> None:
    """Each side has room of its own, so that neither can talk the other out of a case."""
    if case.entries.filter(side=side).count() >= MOST_ENTRIES:
        raise Refusal(
            _("Your side has written %(n)s entries in this case already") % {"n": MOST_ENTRIES}, where=case.title,
            next_step=_("Sit down together and record what was agreed."),
        )  # fmt: skip


def _slice_fits(scope: str) -> None:
    """A slice as long as it can be kept."""
    if len(scope) > LONGEST_SCOPE:
        raise Refusal(_("The line is too long"), where=scope[:40], next_step=_("Choose a line of the list."))
