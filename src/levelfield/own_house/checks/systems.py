"""Whether the client's systems worked, and what their failures took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from levelfield.own_house.duty import Found, Verdict

FEWEST_CONTACTS = 30
WORSE_BY = 0.02  # share of contacts: less worse than elsewhere counts as nothing
SLIGHT = 0.005  # share of paid time lost to systems that passes anywhere


@dataclass(frozen=True)
class Outage:
    """Minutes in which a system of the client's was down or slow, and what came in them."""

    title: str
    on: dt.date
    minutes: int
    offered: int
    late: int


def incidents(outages: Sequence[Outage], offered: int, late: int) -> Found:
    """Outages of the client against the share answered late at all other times.

    `offered` and `late` count the contacts outside of all outages in the same weeks.
    """
    if not outages:
        return Found(Verdict.KEPT, "No outage of the client's systems is on record in these weeks.", 0.0, offered)
    minutes = sum(o.minutes for o in outages)
    inside, inside_late = sum(o.offered for o in outages), sum(o.late for o in outages)
    named = ", ".join(f"{o.title} on {o.on:%-d %B}" for o in outages[:3])
    said = f"{len(outages)} outage{'s' if len(outages) != 1 else ''} of the client's systems, {minutes:,} minutes in opening hours: {named}."
    if inside < FEWEST_CONTACTS or not offered:
        return Found(
            Verdict.CANNOT_JUDGE, f"{said} Fewer than {FEWEST_CONTACTS} contacts came in them.", float(minutes), inside
        )
    there, elsewhere = inside_late / inside, late / offered
    worse = there - elsewhere
    sure = worse > 2 * (elsewhere * (1 - elsewhere) / inside) ** 0.5 and worse > WORSE_BY
    return Found(
        Verdict.NOT_KEPT if sure else Verdict.PARTLY,
        f"{said} In them {there:.1%} were answered late, at other times {elsewhere:.1%}: {inside_late:,} of {late + inside_late:,} late contacts.",
        worse, inside,
    )  # fmt: skip


def system_time(lost_before: float | None, lost_now: float | None, n: int) -> Found:
    """Share of paid time lost to systems, now against before."""
    if lost_now is None:
        return Found(Verdict.CANNOT_JUDGE, "Time lost to systems was not delivered.", None, n)
    before = f", {lost_before:.2%} in the weeks before" if lost_before is not None else ""
    more = lost_before is not None and lost_now > 2 * lost_before and lost_now - lost_before > SLIGHT / 2
    verdict = (
        Verdict.KEPT if lost_now <= SLIGHT else Verdict.NOT_KEPT if lost_now > 4 * SLIGHT or more else Verdict.PARTLY
    )
    return Found(
        verdict, f"{lost_now:.2%} of paid time was lost to systems that did not work{before}.", lost_now, n, lately=more
    )
