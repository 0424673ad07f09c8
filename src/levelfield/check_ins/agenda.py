"""The agenda of a check-in writes itself: what changed since the last one, most pressing first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

ORDER = ("promise", "overdue", "restatement", "signal", "circumstance", "answer", "publication")


@dataclass(frozen=True)
class AgendaItem:
    """One thing to talk about."""

    kind: str  # one of ORDER
    words: str
    on: dt.date
    address: str = ""
    pressing: bool = False  # a promise that is behind, a client action that is overdue


def agenda(items: Iterable[AgendaItem], since: dt.date | None) -> tuple[AgendaItem, ...]:
    """What happened on or after `since`, and what presses whenever it began; pressing first, then by kind and day."""
    kept = [i for i in items if i.pressing or since is None or i.on >= since]
    unknown = {i.kind for i in kept} - set(ORDER)
    if unknown:
        raise KeyError(f"not a kind of agenda item: {', '.join(sorted(unknown))}")
    return tuple(sorted(kept, key=lambda i: (not i.pressing, ORDER.index(i.kind), i.on, i.words)))
