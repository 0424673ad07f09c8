"""What a viewer should look at first."""

from __future__ import annotations

from dataclasses import dataclass

from levelfield.signals.chart import Reading, headline
from levelfield.words import Grain
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.queries import Row, card
from levelfield_web.parts.formats import told
from levelfield_web.same_data.queries import current

MOST = 12
ORDER = (Reading.WORSE, Reading.CHANGED, Reading.BETTER)


@dataclass(frozen=True)
class Change:
    """One measure of one partner that left its usual range."""

    partner: str
    name: str
    row: Row
    sentence: str
    period: str


def changes(*, viewer: Viewer, grain: Grain = Grain.WEEK) -> list[Change]:
    """Agreed measures that are not as usual in the last whole week, the most pressing first."""
    found = []
    for partner in current(viewer=viewer):
        own = card(viewer=viewer, partner=partner, grain=grain)
        for row in own.rows if own is not None else ():
            if row.chart.reading in ORDER:
                found.append(Change(partner, own.name if own else "", row, _sentence(row), own.period if own else ""))
    return sorted(found, key=lambda c: (ORDER.index(c.row.chart.reading), c.name, c.row.measure.label))


def judged(*, viewer: Viewer, grain: Grain = Grain.WEEK) -> bool:
    """Is there any agreed measure of which it is known what is usual?"""
    cards = [card(viewer=viewer, partner=partner, grain=grain) for partner in current(viewer=viewer)]
    return any(row.chart.usual is not None for own in cards if own is not None for row in own.rows)


def _sentence(row: Row) -> str:
    return headline(row.chart, lambda value: told(row.measure, value))
