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


def due(*, viewer: Viewer, at: dt.datetime) -> list[Due]:
    """Moves of cases and check-ins that wait for the viewer's side, what is overdue first."""
    return check_ins.due(viewer=viewer, at=at)


def theirs(*, viewer: Viewer, at: dt.datetime) -> list[CaseRow]:
    """Cases in which the other side is waited for."""
    return [row for row in dialogue.rows(viewer=viewer, at=at) if not row.mine]
