"""What a viewer may see of signals. A partner's eyes end at its own key; comparing partners is the client's alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Q, QuerySet

from levelfield.agreement.terms import ConsecutiveTrigger, CountTrigger
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Measure
from levelfield.signals.chart import Chart
from levelfield.signals.false_discovery import false_per_year
from levelfield.signals.of_values import series_of
from levelfield.signals.outlook import Outlook
from levelfield.signals.together import together
from levelfield.signals.watch import PERIODS, Watch, scope_of
from levelfield_web.agreement.queries import agreements
from levelfield_web.fields.viewer import HOUSE, Side, Viewer
from levelfield_web.same_data.queries import current, estate
from levelfield_web.same_data.warehouse import store
from levelfield_web.settlement.account import account_of
from levelfield_web.signals.models import Review, Signal, SignalReading
from levelfield_web.signals.series import GRAIN, Watched, watched_of

MOST_CLOSED = 30


@dataclass(frozen=True)
class Row:
    """A signal in a list."""

    signal: Signal
    name: str
    chart: Chart | None
    aside: bool
    mine_to_see: bool
    with_it: tuple[Row, ...] = ()  # signals on lines of the same measure, told together with this one

    @property
    def line(self) -> str:
        """The line it is about, without the measure."""
        return self.signal.label.partition(", ")[2] or self.signal.label

    @property
    def numbers(self) -> list[float | None]:
        """The series for the sparkline."""
        return [d.value for d in self.chart.dots] if self.chart else []

    @property
    def low(self) -> float | None:
        """Lower end of what is usual."""
        return self.chart.usual.lower if self.chart and self.chart.usual else None

    @property
    def high(self) -> float | None:
        """Upper end of what is usual."""
        return self.chart.usual.upper if self.chart and self.chart.usual else None

    @property
    def address_query(self) -> str:
        """The slice as the measure's page has it."""
        return f"grain=week&{self.signal.scope}" if self.signal.scope else "grain=week"


def visible(*, viewer: Viewer) -> QuerySet[Signal]:
    """Every signal the viewer may see."""
    mine = Signal.objects.all()
    if viewer.is_client:
        return mine
    return mine.filter(partner=viewer.partner) if viewer.side == Side.PARTNER and viewer.partner else mine.none()


def signal(*, viewer: Viewer, signal_id: str) -> Signal | None:
    """One signal; None for nobody's and for somebody else's alike."""
    return visible(viewer=viewer).filter(public_id=signal_id).first()


LOOKS = ("worse", "changed", "better")


def open_signals(*, viewer: Viewer, on: dt.date, partner: str = "", aside: bool = False) -> list[Row]:
    """Open signals, the most pressing first; those set aside apart."""
    found = visible(viewer=viewer).filter(state="open")
    if partner:
        found = found.filter(partner=partner)
    waiting = Q(suppressed_until__gt=on)
    rows = rows_of(viewer=viewer, signals=list(found.filter(waiting) if aside else found.exclude(waiting)), on=on)
    return sorted(
        rows, key=lambda r: (LOOKS.index(r.signal.look) if r.signal.look in LOOKS else 9, r.name, r.signal.label)
    )


def grouped(rows: Sequence[Row]) -> list[Row]:
    """One row a measure of a partner: the signal on the whole where there is one, with those on its lines below it."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.signal.partner, row.signal.measure), []).append(row)
    result = []
    for own in found.values():
        first = next((r for r in own if "line=" not in r.signal.scope), own[0])
        result.append(replace(first, with_it=tuple(r for r in own if r is not first)))
    return result


def closed_signals(*, viewer: Viewer, on: dt.date, partner: str = "") -> list[Row]:
    """The signals closed last, newest first."""
    found = visible(viewer=viewer).filter(state="closed").order_by("-closed_at", "label")
    if partner:
        found = found.filter(partner=partner)
    return rows_of(viewer=viewer, signals=list(found[:MOST_CLOSED]), on=on, charts=False)


def rows_of(*, viewer: Viewer, signals: Sequence[Signal], on: dt.date, charts: bool = True) -> list[Row]:
    """Signals with their partners' names and charts."""
    names = estate(viewer=viewer)
    at_hand = {p: watched_of(p) for p in {s.partner for s in signals}} if charts else {}
    return [
        Row(
            s, names.name_of(s.partner), _chart(at_hand.get(s.partner), s),
            s.suppressed_until is not None and s.suppressed_until > on, not s.seen_by(viewer.side),
        )
        for s in signals
    ]  # fmt: skip


def _chart(found: Watched | None, own: Signal) -> Chart | None:
    if found is None or not found.weeks:
        return None
    match = next(((w, v) for w, v in found.series if w.key == own.series), None)
    return found.chart(*match, found.weeks[-1]) if match else None


def watch_of(*, viewer: Viewer, signal: Signal) -> tuple[Watch, Chart] | None:
    """The watched series of a signal with its chart; None where it is no longer watched."""
    if not viewer.sees(signal.partner):
        return None
    found = watched_of(signal.partner)
    if found is None or not found.weeks:
        return None
    match = next(((w, v) for w, v in found.series if w.key == signal.series), None)
    return (match[0], found.chart(*match, found.weeks[-1])) if match else None


@dataclass(frozen=True)
class Near:
    """A right that one more miss of the next window would give, and how likely that miss is."""

    sentence: str
    chance: float


def outlook_of(*, viewer: Viewer, signal: Signal) -> Outlook | None:
    """What the next window of the signal's target will bring."""
    if not viewer.sees(signal.partner):
        return None
    found = watched_of(signal.partner)
    match = next(((w, v) for w, v in found.series if w.key == signal.series), None) if found and found.weeks else None
    return found.outlook(*match) if found and match else None


def near_triggers(*, viewer: Viewer, partner: str, watch: Watch, seen: Outlook | None, on: dt.date) -> list[Near]:
    """Rights one miss away that this series decides, with the probability of that miss by the same model."""
    account = account_of(partner, on, only_at_hand=True) if viewer.sees(partner) and watch.target and seen else None
    last = account.last_complete if account is not None else None
    if account is None or last is None or watch.target is None or seen is None:
        return []
    if watch.scope != scope_of(watch.measure, watch.target):
        return []  # a line alone decides no right that was agreed over all of them
    levels = {
        t.key: t.level
        for t in account.latest.trigger
        if isinstance(t, CountTrigger | ConsecutiveTrigger) and (not t.targets or watch.target.key in t.targets)
    }
    chances = {"expected": seen.meets_expected, "minimum": seen.meets_minimum}
    found = []
    for state in last.triggers:
        met = chances.get(levels.get(state.key, ""))
        if state.away == 1 and not state.fired and met is not None:
            found.append(Near(state.sentence, 1.0 - met))
    return found


def readings(*, signal: Signal) -> list[SignalReading]:
    """Every reading of a signal, newest first."""
    return list(reversed(signal.readings.all()))


@dataclass(frozen=True)
class Watching:
    """How much is watched, and how many false signals that will bring."""

    partners: int
    series: int
    judged: int
    week: str
    false_a_year: float
    waiting: int  # partners whose newest publication was not looked at yet


def watching(*, viewer: Viewer) -> Watching:
    """The last look at every partner the viewer may see, together."""
    mine = current(viewer=viewer)
    last = [Review.objects.filter(partner=p).order_by("-id").first() for p in mine]
    done = [r for r in last if r is not None]
    fresh = sum(r.publication == mine[r.partner] for r in done)
    return Watching(
        len(mine), sum(r.watched for r in done), sum(r.judged for r in done), max((r.period for r in done), default=""),
        sum(false_per_year(r.judged) for r in done), len(mine) - fresh,
    )  # fmt: skip


@dataclass(frozen=True)
class MovedTogether:
    """Partners that moved the same way in the same weeks."""

    measure: Measure
    names: tuple[str, ...]
    rose: bool
    since: str
    p_value: float


def moved_together(*, viewer: Viewer) -> list[MovedTogether]:
    """Measures in which two or more partners moved together and which are not over; told to the client alone."""
    if not viewer.is_client:
        return []
    names = estate(viewer=viewer)
    mine = tuple(sorted(current(viewer=viewer).items()))
    return [
        MovedTogether(MEASURES[measure], tuple(sorted(names.name_of(p) for p in moving)), rose, since, p)
        for measure, moving, rose, since, p, _of in _together(str(store().home), mine, agreed(viewer=viewer))
        if moving
    ]


@dataclass(frozen=True)
class WithOthers:
    """A measure in which a partner moved as others did; the others are a number, never names."""

    measure: Measure
    others: int
    of: int
    rose: bool
    since: str


def moved_with_others(*, partner: str) -> tuple[list[WithOthers], int]:
    """Measures in which a partner moved together with others, and how many others could be judged.

    Nothing here names anybody. Whether a partner may be told even the number is asked by the caller, before it shows it.
    """
    mine = tuple(sorted(current(viewer=HOUSE).items()))
    found = _together(str(store().home), mine, agreed(viewer=HOUSE))
    others = max((of - 1 for *_rest, of in found), default=0)
    return [
        WithOthers(MEASURES[measure], len(moving) - 1, of - 1, rose, since)
        for measure, moving, rose, since, _p, of in found
        if partner in moving
    ], others


def agreed(*, viewer: Viewer) -> tuple[str, ...]:
    """The agreements in play; when one changes, what is watched changes."""
    return tuple(a.content for a in agreements(viewer=viewer))


@lru_cache(maxsize=8)
def _together(
    home: str, publications: tuple[tuple[str, str], ...], terms: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...], bool, str, float, int], ...]:
    """What moved together over some publications; kept, since publications never change."""
    by_measure: dict[str, dict[str, tuple[Watched, Watch, tuple[object, ...]]]] = {}
    for partner, _id in publications:
        found = watched_of(partner)
        if found is None or not found.weeks:
            continue
        for watch, values in found.series:
            if not any(name == "line" for name, _ in watch.scope):
                by_measure.setdefault(watch.measure.name, {}).setdefault(partner, (found, watch, values))
    result = []
    for measure_name, own in sorted(by_measure.items()):
        if len(own) < 2:
            continue
        last = min(found.weeks[-1] for found, _w, _v in own.values())
        weeks = sorted({w for found, _w, _v in own.values() for w in found.weeks if w <= last})[-PERIODS:]
        series = {
            p: series_of(watch.measure, [v for v in values if v.period in weeks], weeks, GRAIN)  # type: ignore[attr-defined,misc]
            for p, (_f, watch, values) in own.items()
        }
        seen = together(series)
        if seen.found and seen.onset is not None and seen.rose is not None:
            result.append((measure_name, seen.moving, seen.rose, weeks[seen.onset], seen.p_value, seen.of))
        else:
            result.append((measure_name, (), False, "", seen.p_value, seen.of))
    return tuple(result)
