"""A case of North, walked by Ada and Noor as far as a test wants it; every word in it carries North's mark."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from levelfield_web.check_ins import actions as check_ins
from levelfield_web.dialogue import actions as dialogue
from levelfield_web.dialogue.models import Case
from levelfield_web.fields.viewer import Viewer
from levelfield_web.plan import actions as plan
from levelfield_web.plan.models import StoredPromise
from levelfield_web.same_data.queries import current

MARK = "NNNNNNNNN"
NUMBERS = count()
WEEK = dt.timedelta(weeks=1)


def once() -> str:
    """Another form."""
    return f"form-{next(NUMBERS)}"


def raised(by: Viewer, at: dt.datetime, **more: str) -> Case:
    """A case by hand on a line of North."""
    told = {
        "title": f"{MARK} waits",
        "words": f"{MARK} waits longer.",
        "measure": "service_level",
        "scope": f"line={MARK}-Billing",
    }
    publication = current(viewer=by).get("north", "")
    return dialogue.open_case(partner="north", source="hand", publication=publication, once=once(), by=by, at=at, **told | more)  # fmt: skip


def moved(case: Case, move: str, by: Viewer, at: dt.datetime, words: str = f"{MARK} said", present: str = f"{MARK} people") -> Case:  # fmt: skip
    """One plain move."""
    return dialogue.move_case(case=case, move=move, words=words, present=present, once=once(), by=by, at=at)


def with_cause(ada: Viewer, noor: Viewer, at: dt.datetime) -> Case:
    """Up to an agreed cause."""
    case = raised(ada, at)
    moved(case, "acknowledge", noor, at, "")
    moved(case, "hold_session", ada, at)
    moved(case, "propose_cause", noor, at)
    return moved(case, "agree_cause", ada, at, "")


def promised(case: Case, by: Viewer, at: dt.datetime, **more: Any) -> StoredPromise:
    """A promise on the line; the begin lies within the delivered weeks."""
    begin = dt.date(2026, 2, 16)
    told: dict[str, Any] = {
        "action": f"{MARK} cover list", "owner_side": by.side, "owner_name": f"{MARK} Noor", "measure": "service_level", "scope": f"line={MARK}-Billing",
        "target": 0.97, "begins_on": begin, "full_on": begin + WEEK, "judged_on": begin + 8 * WEEK, "how": f"{MARK} list", "rhythm_weeks": 1,
    }  # fmt: skip
    return plan.add_promise(case=case, once=once(), by=by, at=at, **told | more)


def proposed(ada: Viewer, noor: Viewer, at: dt.datetime) -> Case:
    """Up to a proposed plan, its test overruled in writing."""
    case = with_cause(ada, noor, at)
    plan.overrule(promise=promised(case, noor, at), words=f"{MARK} all the same", by=noor, at=at)
    return plan.propose_plan(case=case, once=once(), by=noor, at=at)


def in_progress(ada: Viewer, noor: Viewer, at: dt.datetime) -> Case:
    """Up to a plan under way, with talk, files, private notes of both sides and a check-in."""
    case = proposed(ada, noor, at)
    plan.agree_plan(case=case, once=once(), by=ada, at=at)
    case = plan.begin(case=case, once=once(), by=noor, at=at)
    asked = dialogue.say(case=case, kind="question", words=f"{MARK} why?", once=once(), by=ada, at=at)
    dialogue.say(case=case, kind="answer", words=f"{MARK} because", parent=asked, once=once(), by=noor, at=at)
    dialogue.say(
        case=case,
        kind="evidence",
        words=f"{MARK} chart",
        measure="service_level",
        scope=case.scope,
        publication=case.publication,
        once=once(),
        by=noor,
        at=at,
    )
    dialogue.say(case=case, kind="point", words=f"{MARK} point", once=once(), by=noor, at=at)
    dialogue.say(case=case, kind="why", words=f"{MARK} cause", once=once(), by=noor, at=at)
    dialogue.say(case=case, kind="agreement", words=f"{MARK} agreed", present=f"{MARK}", once=once(), by=ada, at=at)
    dialogue.attach(
        case=case, name=f"{MARK}.csv", body=f"{MARK},1\n".encode(), words=f"{MARK} file", once=once(), by=noor, at=at
    )
    dialogue.note(case=case, words="the client alone", once=once(), by=ada, at=at)
    dialogue.note(case=case, words="the partner alone", once=once(), by=noor, at=at)
    dialogue.set_rung(partner="north", level=1, name=f"{MARK} Ines", role="country manager", by=noor, at=at)
    check_ins.hold(case=case, present=f"{MARK} both", words=f"{MARK} on we go", once=once(), by=ada, at=at)
    return case
