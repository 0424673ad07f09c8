"""What the agreement itself does: goals that can be measured, one yardstick for all, room to succeed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from levelfield.own_house.duty import Found, Verdict

USUAL_MARGIN = (
    0.20  # at such a margin credits of 10 % of fees take half of it; https://clearviewlegal.co.uk/services-credits/
)


def same_goals(targets: Sequence[tuple[str, bool, bool]]) -> Found:
    """Agreed targets: title, does it carry money, did facts for it arrive?"""
    if not targets:
        return Found(Verdict.CANNOT_JUDGE, "No agreement with targets is in force.", None, 0)
    unmeasured = [title for title, _money, arrives in targets if not arrives]
    weighed = sum(money for _title, money, _arrives in targets)
    if unmeasured:
        return Found(
            Verdict.NOT_KEPT if len(unmeasured) * 2 > len(targets) else Verdict.PARTLY,
            f"{len(unmeasured)} of {len(targets)} agreed goals cannot be measured from what is delivered: {', '.join(unmeasured[:3])}.",
            float(len(unmeasured)), len(targets),
        )  # fmt: skip
    if not weighed:
        return Found(
            Verdict.PARTLY,
            f"All {len(targets)} agreed goals are measured; none of them carries money.",
            0.0,
            len(targets),
        )
    return Found(
        Verdict.KEPT,
        f"All {len(targets)} agreed goals are measured; {weighed} of them carry money.",
        float(weighed),
        len(targets),
    )


def yardstick(own: Mapping[str, str], others: Sequence[Mapping[str, str]]) -> Found:
    """Definitions by measure, of this partner and of the others that have an agreement."""
    if not own or not others:
        return Found(Verdict.CANNOT_JUDGE, "There is no second agreement to compare with.", None, 0)
    shared = sorted({m for m in own if any(m in other for other in others)})
    if not shared:
        return Found(Verdict.CANNOT_JUDGE, "No other agreement asks for the same measures.", None, 0)
    differ = [m for m in shared if any(other.get(m, own[m]) != own[m] for other in others)]
    if not differ:
        return Found(
            Verdict.KEPT,
            f"All {len(shared)} measures that others are judged by as well are defined alike.",
            0.0,
            len(shared),
        )
    return Found(
        Verdict.PARTLY,
        f"{len(differ)} of {len(shared)} measures are defined differently elsewhere: {', '.join(differ[:3])}.",
        float(len(differ)),
        len(shared),
    )


def room(credits_share: float | None, months: int) -> Found:
    """Credits as a share of fees over the last months."""
    if credits_share is None or not months:
        return Found(Verdict.CANNOT_JUDGE, "There is no statement with fees to take a share of.", None, months)
    said = f"Credits took {credits_share:.1%} of the fees over the last {months} months"
    if credits_share <= 0.01:
        return Found(Verdict.KEPT, f"{said}.", credits_share, months)
    part = credits_share / USUAL_MARGIN
    verdict = Verdict.PARTLY if part < 0.5 else Verdict.NOT_KEPT
    return Found(
        verdict,
        f"{said}: of a margin of {USUAL_MARGIN:.0%} that would be {part:.0%}. The margin itself is the partner's to tell.",
        credits_share,
        months,
    )
