"""What a viewer should look at first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from levelfield.signals.chart import Look
from levelfield.signals.telling import headline
from levelfield.words import Grain
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.queries import Card, Row, card
from levelfield_web.parts.formats import told
from levelfield_web.same_data.queries import current

MOST = 12
ORDER = (Look.WORSE, Look.CHANGED, Look.BETTER)


@dataclass(frozen=True)
class Change:
    """One measure of one partner that left its usual range."""

    partner: str
    name: str
    row: Row
    sentence: str
    period: str


def cards_of(*, viewer: Viewer, grain: Grain = Grain.WEEK) -> list[Card]:
    """The scorecard of every partner the viewer sees, of the last whole week."""
    found = (card(viewer=viewer, partner=partner, grain=grain) for partner in current(viewer=viewer))
    return [own for own in found if own is not None]


def changes(cards: Iterable[Card]) -> list[Change]:
    """Agreed measures that are not as usual, the most pressing first."""
    found = [
        Change(own.partner, own.name, row, _sentence(row), own.period)
        for own in cards
        for row in own.rows
        if row.chart.look in ORDER
    ]
    return sorted(found, key=lambda c: (ORDER.index(c.row.chart.look), c.name, c.row.measure.label))


def judged(cards: Iterable[Card]) -> bool:
    """Is there any agreed measure of which it is known what is usual?"""
    return any(row.chart.look is not Look.CANNOT_JUDGE for own in cards for row in own.rows)


def _sentence(row: Row) -> str:
    return headline(row.chart, lambda value: told(row.measure, value))
