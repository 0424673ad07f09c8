"""What a viewer should look at first."""

from __future__ import annotations

import datetime as dt

from levelfield_web.check_ins import queries as check_ins
from levelfield_web.check_ins.queries import Due
from levelfield_web.dialogue import queries as dialogue
from levelfield_web.dialogue.queries import Row as CaseRow
from levelfield_web.fields.viewer import Viewer
from levelfield_web.signals import queries as signals
from levelfield_web.signals.queries import Row, Watching

MOST = 12


def changes(*, viewer: Viewer, on: dt.date) -> list[Row]:
    """Signals that are open and were not set aside, one row a measure of a partner, what is worse first."""
    return signals.grouped(signals.open_signals(viewer=viewer, on=on))


def watching(*, viewer: Viewer) -> Watching:
    """How much was looked at, so that silence can be told from not looking."""
    return signals.watching(viewer=viewer)


def cases(*, viewer: Viewer, at: dt.datetime) -> tuple[list[Due], list[CaseRow]]:
    """What waits for the viewer's side in cases and check-ins, what is overdue first; and cases in which the other side is waited for."""
    found = dialogue.rows(viewer=viewer, at=at)
    return check_ins.due_in(found, viewer=viewer, at=at), [row for row in found if not row.mine]
