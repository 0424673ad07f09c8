"""What the charter says of the client's duties: reasons that still hold, one executive who stands behind it, shared goals."""

from __future__ import annotations

from collections.abc import Sequence

from levelfield.own_house.duty import Found, Verdict

MANY_DAYS = 30  # without an executive owner: longer than any escalation should wait


def reasons_hold(
    reasons: int, weighed_by: int, drifted: bool | None, drift: str, courses: Sequence[tuple[str, str]]
) -> Found | None:
    """Reasons on record, how many people weighed them, whether the money follows, and how each compares with its baseline.

    `drifted` is None where nobody can say, `drift` tells it in words; `courses` holds title and course: better, worse,
    about the same, cannot say. None where no reason is on record: then people are asked.
    """
    if not reasons:
        return None
    said = f"{reasons} {'reason is' if reasons == 1 else 'reasons are'} on record, weighed by {weighed_by} {'person' if weighed_by == 1 else 'people'}"
    known = [(title, course) for title, course in courses if course != "cannot say"]
    worse = [title for title, course in known if course == "worse"]
    measured = f"{len(known)} of {reasons} can be compared with {'its' if len(known) == 1 else 'their'} baseline"
    told = measured + (f", worse: {', '.join(worse)}" if worse else ", none is worse" if known else "")
    sentence = f"{said}. {drift} {told}.".replace("  ", " ")
    if drifted is None and not known:
        return Found(Verdict.CANNOT_JUDGE, sentence, None, reasons)
    if drifted or worse:
        both = bool(drifted) and bool(worse) and len(worse) * 2 > len(known)
        return Found(Verdict.NOT_KEPT if both else Verdict.PARTLY, sentence, float(len(worse)), reasons)
    return Found(Verdict.KEPT, sentence, float(len(worse)), reasons)


def one_owner(owners: Sequence[tuple[str, str]], days_without: int | None) -> Found | None:
    """Executives of the client in place, each with how the buy-in stands; days without one. None where no sponsor was ever named."""
    if days_without is None:
        return None
    gone = f" {days_without} {'day' if days_without == 1 else 'days'} passed without one." if days_without else ""
    if not owners:
        return Found(
            Verdict.NOT_KEPT, f"No executive of the client is named as the owner.{gone}", float(days_without), 0
        )
    told = ", ".join(f"{name} ({standing})" for name, standing in owners)
    if len(owners) > 1:
        return Found(
            Verdict.PARTLY,
            f"{len(owners)} executives are named, and one owner is asked for: {told}.{gone}",
            float(days_without),
            len(owners),
        )
    standing = owners[0][1]
    verdict = {
        "stands behind it": Verdict.KEPT,
        "no longer stands behind it": Verdict.NOT_KEPT,
    }.get(standing, Verdict.PARTLY)
    if verdict is Verdict.KEPT and days_without > MANY_DAYS:
        verdict = Verdict.PARTLY
    return Found(verdict, f"The executive owner is {told}.{gone}", float(days_without), 1)


def goals(agreed: Found | None, answered: bool, apart: Sequence[str], statements: int) -> Found | None:
    """Shared goals: what the agreement shows, and the survey's statements on goals on which the sides are apart.

    Until both sides have answered, the agreement alone counts. The worse of the two verdicts stands.
    """
    if not answered:
        return agreed
    if apart:
        verdict = Verdict.NOT_KEPT if len(apart) * 2 > statements else Verdict.PARTLY
        said = f"Of {statements} statements on goals the two sides are apart on {len(apart)}: {'; '.join(f'“{a}”' for a in apart)}."
    else:
        verdict, said = Verdict.KEPT, f"On {statements} statements on goals the two sides answer alike."
    if agreed is None or agreed.verdict is Verdict.CANNOT_JUDGE:
        return Found(verdict, said, float(len(apart)), statements)
    order = (Verdict.NOT_KEPT, Verdict.PARTLY, Verdict.KEPT)
    worse = min((verdict, agreed.verdict), key=order.index)
    return Found(worse, f"{agreed.sentence} {said}", agreed.value, agreed.n)
