"""How old the files are that the client owes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from levelfield.own_house.duty import Found, Verdict


def feeds(last: Sequence[tuple[str, dt.date | None, int]], today: dt.date) -> Found | None:
    """Feeds the client owes: title, the last day they cover, how many days old they may be. None where none is owed."""
    if not last:
        return None
    late = [
        (title, None if day is None else (today - day).days)
        for title, day, most in last
        if day is None or (today - day).days > most
    ]
    if not late:
        return Found(
            Verdict.KEPT,
            "What the client owes is up to date: " + ", ".join(title for title, _day, _most in last) + ".",
            0.0,
            len(last),
        )
    named = ", ".join(f"{title} ({'never came' if age is None else f'{age} days old'})" for title, age in late[:3])
    return Found(
        Verdict.NOT_KEPT if len(late) * 2 > len(last) else Verdict.PARTLY,
        f"Of what the client owes {len(late)} of {len(last)} is late: {named}.",
        float(len(late)),
        len(last),
    )
