"""Cases of the demo: one in each state, made by the moves people make. What worked is judged by the invented data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from levelfield.check_ins import Outcome, effect
from levelfield.dialogue import Move
from levelfield.plan import level_now
from levelfield.words import Refusal
from levelfield_web.check_ins import actions as check_ins
from levelfield_web.dialogue import actions as dialogue
from levelfield_web.dialogue.models import Case, Entry, Source
from levelfield_web.dialogue.weeks import Weekly, weekly
from levelfield_web.fields.viewer import HOUSE, Viewer
from levelfield_web.measures.queries import line_scope
from levelfield_web.plan import actions as plan
from levelfield_web.plan.live import kept_by
from levelfield_web.plan.models import StoredPromise
from levelfield_web.plan.testing import breaks_of, level_at, tested
from levelfield_web.same_data.queries import current
from levelfield_web.scenarios.queries import open_signals, places_of
from levelfield_web.signals.models import Signal

MEASURES = ("service_level", "aht", "abandonment")
BEGAN, FULL = 16, 3  # weeks before the end of the data at which a tried plan began; weeks until its full effect


@dataclass(frozen=True)
class Tried:
    """A series on which a plan was tried, and what the promise was."""

    own: Weekly
    target: float
    began: int  # weeks before the end of the data


def make_cases(ada: Viewer, noor: Viewer, at: dt.datetime) -> None:
    """One open case in each state with North; nothing where there are cases already."""
    publication = current(viewer=HOUSE).get("north")
    if publication is None or Case.objects.exists():
        return
    with transaction.atomic():
        _make(_People(ada, noor, at), publication)


def _make(people: _People, publication: str) -> None:
    ada, noor, at = people.ada, people.noor, people.now
    for side, level, name, role in (
        (ada, 1, "Ada", "vendor manager"), (noor, 1, "Noor", "account manager"), (ada, 2, "Eve", "head of service"), (noor, 2, "Ines", "country manager"),
    ):  # fmt: skip
        dialogue.set_rung(partner="north", level=level, name=name, role=role, by=side, at=at - dt.timedelta(days=90))
    signals = list(open_signals(viewer=HOUSE, partner="north"))
    lines = places_of(viewer=HOUSE, partner="north")[1]
    for n, until in enumerate(("raised", "acknowledged", "session", "cause", "differ", "proposed", "agreed", "progress", "escalated")):  # fmt: skip
        signal = signals[n] if n < len(signals) else None
        people.walk(until, n, signal, lines[n % len(lines)], publication)
    for outcome in (Outcome.WORKED, Outcome.DID_NOT, Outcome.CANNOT_SAY, None):
        found = _tried(publication, outcome or Outcome.WORKED, BEGAN if outcome is not None else BEGAN + 8)
        if found is not None:
            people.tried(found, close=outcome is None)


class _People:
    """Ada and Noor, and the days on which they moved."""

    def __init__(self, ada: Viewer, noor: Viewer, now: dt.datetime) -> None:
        self.ada, self.noor, self.now, self.number = ada, noor, now, 0

    def once(self) -> str:
        self.number += 1
        return f"demo-{self.number}"

    def days_ago(self, days: int) -> dt.datetime:
        return self.now - dt.timedelta(days=days)

    def walk(self, until: str, n: int, signal: object, line: str, publication: str) -> None:
        """A case up to a state, raised by either side in turn."""
        first, second = (self.noor, self.ada) if n % 3 == 2 else (self.ada, self.noor)
        start = 80 if until == "progress" else 34 - 2 * n  # a plan that is under way has weeks of data behind it
        case = self._raise(signal, line, publication, first, start)
        if until == "raised":
            return
        self._move(case, Move.ACKNOWLEDGE, second, start - 1)
        if until == "acknowledged":
            return
        self._talk(case, publication, start - 2)
        self._move(case, Move.HOLD_SESSION, first, start - 4, "What the explanation shows, part by part; the client's own house first.", "Ada and Noor, on the phone")  # fmt: skip
        if until == "session":
            self._move(case, Move.PROPOSE_CAUSE, self.noor, 3, "Absence in the evening shift since the summer; cover was planned too thin.")  # fmt: skip
            return
        if until == "differ":
            self._move(case, Move.PROPOSE_TO_DIFFER, self.ada, start - 6, "We see thin cover in the evening; North sees a release that was announced too late.")  # fmt: skip
            self._move(case, Move.ACCEPT_TO_DIFFER, self.noor, start - 7)
            return
        self._move(case, Move.PROPOSE_CAUSE, self.noor, start - 5, "Absence in the evening shift; cover was planned too thin.")  # fmt: skip
        self._move(case, Move.AGREE_CAUSE, self.ada, start - 6)
        if until == "cause":
            return
        if until == "escalated":
            self._move(case, Move.ESCALATE, self.ada, 2, "No plan has come although its clock ran out.")
            return
        if not self._plan(case, publication, start - 7):
            return
        if until == "proposed":
            return
        plan.agree_plan(case=case, once=self.once(), by=self.ada, at=self.days_ago(start - 10))
        if until == "agreed":
            return
        plan.begin(case=case, once=self.once(), by=self.noor, at=self.days_ago(start - 11))
        for own in StoredPromise.objects.filter(plan__case=case, owner_side="partner"):
            check_ins.say(promise=own, feeling="on track", words="The new rota runs since Monday.", by=self.noor, at=self.days_ago(1))  # fmt: skip

    def _raise(self, signal: object, line: str, publication: str, by: Viewer, ago: int) -> Case:
        if isinstance(signal, Signal):
            words = f"{signal.sentence}. We would like to find out where it comes from before anybody is blamed."
            return dialogue.open_from_signal(signal=signal, words=words, once=self.once(), by=by, at=self.days_ago(ago))
        return dialogue.open_case(
            partner="north", source=Source.HAND, title=f"Waiting in the evening, {line}", words=f"Customers of {line} wait longer after 18:00 since the summer.",
            measure="service_level", scope=line_scope(line), publication=publication, once=self.once(), by=by, at=self.days_ago(ago),
        )  # fmt: skip

    def _talk(self, case: Case, publication: str, ago: int) -> None:
        at = self.days_ago(ago)

        def say(kind: str, words: str, by: Viewer, **more: Any) -> Entry:
            return dialogue.say(case=case, kind=kind, words=words, once=self.once(), by=by, at=at, **more)

        asked = say(
            "question", "How many people were absent in the evenings of the last two weeks, and who covers?", self.ada
        )
        say(
            "answer", "Nine of thirty-one on the worst evening; the cover list had four names.", self.noor, parent=asked
        )
        shown = {"measure": case.measure or "service_level", "scope": case.scope, "publication": publication}
        say("evidence", "The weeks we talk about.", self.noor, **shown)
        top = say("why", "Too few people answered in the evening.", self.noor)
        below = say("why", "Absence was twice the usual and cover was planned for the usual.", self.noor, parent=top)
        point = say("point", "The release of that week was announced four days ahead, not ten.", self.noor)
        dialogue.answer_point(entry=top, agreed=True, by=self.ada, at=at)
        dialogue.answer_point(entry=below, agreed=True, by=self.ada, at=at)
        dialogue.answer_point(
            entry=point, agreed=False, words="Six days by our calendar; still too late.", by=self.ada, at=at
        )
        say("agreement", "North sends the cover list every Friday.", self.ada, present="Ada, Noor")
        dialogue.note(case=case, words="Ask finance what the evening contacts are worth.", once=self.once(), by=self.ada, at=at)  # fmt: skip
        dialogue.note(case=case, words="Two trainers could be lent from the other floor.", once=self.once(), by=self.noor, at=at)  # fmt: skip

    def _plan(self, case: Case, publication: str, ago: int) -> bool:
        """Two promises: one of the partner, one of the client, both judged some weeks from now."""
        at = self.days_ago(ago)
        monday = at.date() - dt.timedelta(days=at.date().weekday())
        for by, action, who, size in (
            (self.noor, "Cover list of eight names for every evening shift", "Noor", 1.0), (self.ada, "Announce releases ten working days ahead", "Ada", 0.8),
        ):  # fmt: skip
            own = weekly("north", publication, case.measure, case.scope)
            now = level_at(own, monday) if own is not None else None
            if own is None or now is None:
                return False
            made = plan.add_promise(
                case=case, action=action, owner_side=by.side, owner_name=who, measure=case.measure, scope=case.scope, target=_aim(own, now, size), begins_on=monday,
                full_on=monday + dt.timedelta(weeks=4), judged_on=monday + dt.timedelta(weeks=14), how="The list is in the case every Friday.", rhythm_weeks=2,
                once=self.once(), by=by, at=at,
            )  # fmt: skip
            self._word(made, at)
        plan.propose_plan(case=case, once=self.once(), by=self.noor, at=at)
        return True

    def _word(self, made: StoredPromise, at: dt.datetime) -> None:
        """Where a test says no, somebody says why the promise stands all the same; where it does not, nothing is said."""
        result = tested("north", made.baseline_publication, made, kept_by(partner="north", side=made.owner_side, measure=made.measure))  # fmt: skip
        if result is None or not result.passes:
            plan.overrule(promise=made, words="It is the first time both sides act on it together.", by=self.noor, at=at)  # fmt: skip

    def tried(self, found: Tried, *, close: bool) -> None:
        """A plan that was tried, and what the data say of it."""
        own = found.own
        begins, full = own.days[-found.began], own.days[FULL - found.began]
        end = own.days[-1] + dt.timedelta(days=7)
        ago = (self.now.date() - begins).days
        case = dialogue.open_case(
            partner="north", source=Source.HAND, title=own.label, words=f"{own.label} was where neither side wants it.", measure=own.measure.name, scope=own.scope,
            publication=own.publication, once=self.once(), by=self.noor, at=self.days_ago(ago + 14),
        )  # fmt: skip
        self._move(case, Move.ACKNOWLEDGE, self.ada, ago + 13)
        self._move(case, Move.HOLD_SESSION, self.noor, ago + 10, "The measure, week by week.", "Ada and Noor")
        self._move(case, Move.PROPOSE_CAUSE, self.noor, ago + 10, "Steps of the process that help nobody.")
        self._move(case, Move.AGREE_CAUSE, self.ada, ago + 9)
        made = plan.add_promise(
            case=case, action="Take three steps out of the process", owner_side="partner", owner_name="Noor", measure=own.measure.name, scope=own.scope,
            target=found.target, begins_on=begins, full_on=full, judged_on=end, rhythm_weeks=4, once=self.once(), by=self.noor, at=self.days_ago(ago + 8),
        )  # fmt: skip
        self._word(made, self.days_ago(ago + 8))
        plan.propose_plan(case=case, once=self.once(), by=self.noor, at=self.days_ago(ago + 7))
        plan.agree_plan(case=case, once=self.once(), by=self.ada, at=self.days_ago(ago + 4))
        plan.begin(case=case, once=self.once(), by=self.noor, at=self.days_ago(ago))
        check_ins.hold(case=case, present="Ada and Noor", words="The steps are gone; both look again in four weeks.", once=self.once(), by=self.ada, at=self.days_ago(ago - 28))  # fmt: skip
        case = check_ins.judge(case=case, once=self.once(), by=self.ada, at=self.days_ago(2))
        if close and case.state == "worked":
            self._move(case, Move.CLOSE, self.ada, 1, "Worked; the steps stay out.")

    def _move(self, case: Case, move: Move, by: Viewer, ago: int, words: str = "", present: str = "") -> None:
        dialogue.move_case(
            case=case, move=move, words=words, present=present, publication=case.publication, once=self.once(), by=by, at=self.days_ago(max(ago, 0))
        )  # fmt: skip


def _aim(own: Weekly, now: float, size: float) -> float:
    """A target that is an improvement of a size that could be seen: one and a half times the usual scatter."""
    values = own.values[-26:]
    step = 1.5 * size * float(np.nanstd(np.diff(values)) or abs(now) * 0.1)
    best = now - step if own.better == "lower" else now + step
    return min(best, 0.99) if str(own.measure.unit) == "share" else max(best, 0.0)


def _tried(publication: str, wanted: Outcome, began: int) -> Tried | None:
    """The first series of North on which a plan of that time ends as wanted, by the effect test itself."""
    for own in _series(publication):
        begin = len(own.weeks) - began
        before = own.until(own.days[begin])
        level = level_now(before.values, breaks_of(before))
        if level is None or np.isfinite(before.values).sum() < 26:
            continue
        for share in (0.03, 0.06, 0.1):
            step = share * level if own.better == "lower" else max(share * level, 0.02)
            target = level - step if own.better == "lower" else level + step
            if str(own.measure.unit) == "share" and not 0 < target < 1:
                continue
            try:
                result = effect(
                    own.values, begin=begin, full=begin + FULL, promised=target - level, written=own.told_change, breaks=breaks_of(before)
                )  # fmt: skip
            except Refusal:
                continue
            if result.outcome is wanted:
                return Tried(own, target, began)
    return None


def _series(publication: str) -> Iterator[Weekly]:
    for measure in MEASURES:
        for line in places_of(viewer=HOUSE, partner="north")[1]:
            own = weekly("north", publication, measure, line_scope(line))
            if own is not None and len(own.weeks) > BEGAN + 30 and own.better in ("higher", "lower"):
                yield own
