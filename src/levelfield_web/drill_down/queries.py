"""Explanations for a viewer: of one partner for both of its sides, over all partners for the client alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from levelfield.drill_down.explanation import Explanation, Span
from levelfield.drill_down.spans import around, days_of, span_of
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Form, Measure
from levelfield.signals.watch import definition_of
from levelfield.words import Grain, Refusal, RefusalKind
from levelfield_io.explaining import Wanted, explain
from levelfield_io.store import Store
from levelfield_web.agreement.queries import in_force
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.measures.queries import available_labels
from levelfield_web.own_house import queries as own_house
from levelfield_web.own_house.queries import partners, visible
from levelfield_web.same_data.queries import current, estate
from levelfield_web.same_data.warehouse import store
from levelfield_web.signals.models import Signal
from levelfield_web.signals.queries import visible as visible_signals

__all__ = ["partners", "visible"]

LONGEST = dt.timedelta(days=371)  # fifty-three weeks

Scope = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Explained:
    """An explanation with what its page needs around it."""

    partner: str  # empty over all partners
    name: str
    measure: Measure
    found: Explanation
    only: Scope
    signal: Signal | None
    weeks: tuple[str, ...]  # that can be chosen


def explainable() -> list[Measure]:
    """The measures whose change has parts that add up."""
    return [m for m in MEASURES.values() if m.form in (Form.RATIO, Form.SUM) and not m.denominator_sheet]


def signal_of(*, viewer: Viewer, partner: str, measure: str, scope: str) -> Signal | None:
    """The open signal on a measure and slice, which says between what the change lies."""
    return visible_signals(viewer=viewer).filter(partner=partner, measure=measure, scope=scope, state="open").first()


def explained(
    *, viewer: Viewer, partner: str, measure: Measure, only: Scope, scope: str, before: str = "", after: str = ""
) -> Explained | None:
    """The explanation of a measure of one partner; None when the viewer may not see it or there is nothing to explain.

    Without spans: around the onset of the open signal, else the last four weeks beside the eight before them.
    Refuses: spans that are none, overlap or hold nothing.
    """
    mine = current(viewer=viewer)
    if partner not in mine:
        return None
    own = {partner: mine[partner]}
    signal = signal_of(viewer=viewer, partner=partner, measure=measure.name, scope=scope)
    labels = available_labels(own, Grain.WEEK)
    spans = _spans(labels, signal, before, after)
    if spans is None:
        return None
    agreement = in_force(viewer=viewer, partner=partner, on=days_of(spans[1]).start)
    target = next((t for t in agreement.targets if t.measure == measure.name), None) if agreement is not None else None
    currency = agreement.currency if agreement is not None else estate(viewer=viewer).currency
    found = _explained(
        str(store().home), tuple(own.items()), measure.name, definition_of(target, currency), spans, tuple((k, tuple(v)) for k, v in sorted(only.items())),
        agreement.lock_days if agreement is not None else 10,
    )  # fmt: skip
    return Explained(partner, estate(viewer=viewer).name_of(partner), measure, found, only, signal, tuple(labels))


def explained_together(*, viewer: Viewer, measure: Measure, before: str = "", after: str = "") -> Explained | None:
    """The explanation over all partners, by partner: for the client alone."""
    mine = current(viewer=viewer)
    if not viewer.is_client or not mine:
        return None
    labels = available_labels(mine, Grain.MONTH)
    if not before or not after:
        if len(labels) < 2:
            return None
        spans = (Span(labels[-2], labels[-2]), Span(labels[-1], labels[-1]))
    else:
        spans = (_named(before), _named(after))
    definition = Definition.from_data({"currency": estate(viewer=viewer).currency})
    found = _explained(str(store().home), tuple(sorted(mine.items())), measure.name, definition, spans, (), 10)
    return Explained("", "", measure, found, {}, None, tuple(labels))


def _named(text: str) -> Span:
    """A span that somebody named, of at most a year: before and after of longer ones are different worlds."""
    span = span_of(text)
    days = days_of(span)
    if days.end - days.start > LONGEST:
        raise Refusal(
            _("“%(span)s” has %(n)s days") % {"span": text[:60], "n": (days.end - days.start).days},
            expected=_("at most %(n)s days on each side") % {"n": LONGEST.days}, next_step=_("Name a shorter span."), kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    return span


def _spans(labels: Sequence[str], signal: Signal | None, before: str, after: str) -> tuple[Span, Span] | None:
    if before and after:
        return _named(before), _named(after)
    onset = Grain.WEEK.name_of(Grain.WEEK.start_of(signal.onset_on)) if signal is not None else None
    return around(labels, onset, None, Grain.WEEK)


@lru_cache(maxsize=256)
def _explained(
    home: str, publications: tuple[tuple[str, str], ...], measure: str, definition: Definition, spans: tuple[Span, Span],
    only: tuple[tuple[str, tuple[str, ...]], ...], lock_days: int,
) -> Explanation:  # fmt: skip
    """An explanation, made once: publications never change."""
    own = dict(publications)
    wanted = Wanted(MEASURES[measure], definition, *spans, dict(only), lock_days)
    return explain(Store(Path(home)), own, lambda asked: FIGURES.values(own, asked), wanted)


def client_first(*, viewer: Viewer, partner: str, on: dt.date, found: Explanation) -> own_house.Looked | None:
    """The client's own house over the weeks of the change, which is looked at before the partner is asked."""
    span = days_of(found.after)
    return own_house.looked(
        viewer=viewer, partner=partner, on=on, since=span.start.isoformat(), until=span.end.isoformat()
    )
