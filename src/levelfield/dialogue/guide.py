"""The questions a joint session starts from: what the engine found, turned into questions to both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from levelfield.dialogue.standing import CLIENT, PARTNER
from levelfield.drill_down.explanation import Explanation, Owner
from levelfield.own_house.duty import Finding, Verdict

MOST = 6  # of each side: more is an interrogation, not a talk


@dataclass(frozen=True)
class GuideQuestion:
    """One question with what it stands on. The key stays the same while the question does."""

    key: str
    to: str
    words: str
    because: str


def guide(
    found: Explanation | None, pressing: Iterable[Finding] = (), circumstances: Iterable[tuple[str, str]] = ()
) -> tuple[GuideQuestion, ...]:
    """Questions to the client first, then to the partner, each at most `MOST`, none twice.

    `pressing` are duties of the client that are not kept; `circumstances` are (title, question) of what fits the change.
    """
    asked: list[GuideQuestion] = []
    for finding in pressing:
        because = finding.found.sentence if finding.found is not None and finding.is_measured else "one side says so"
        words = "What would have to change on our side?" if finding.verdict is Verdict.FIRST else finding.duty.question
        asked.append(_question(CLIENT, words or finding.duty.title, because))
    if found is not None:
        span = f"{found.before.name} against {found.after.name}"
        evidence = {c.driver: c.evidence for c in found.contributions}
        for question in found.questions:
            to = CLIENT if question.to is Owner.CLIENT else PARTNER
            why = next((e for e in evidence.values() if e and e[:40] in question.words), "") or span
            asked.append(_question(to, question.words, why))
    for title, words in circumstances:
        asked.append(_question(PARTNER, words, f"A circumstance that fits: {title}"))
    unique = {q.key: q for q in reversed(asked)}
    kept = [q for q in asked if unique.get(q.key) is q]
    return tuple(q for side in (CLIENT, PARTNER) for q in [k for k in kept if k.to == side][:MOST])


def _question(to: str, words: str, because: str) -> GuideQuestion:
    return GuideQuestion(hashlib.sha256(f"{to}|{words}".encode()).hexdigest()[:12], to, words, because)
