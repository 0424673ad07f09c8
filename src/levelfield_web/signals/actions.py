"""Moves on signals: look at every series of a partner, acknowledge, set aside, close."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from levelfield.signals.chart import Chart
from levelfield.signals.telling import headline
from levelfield.signals.verdict import Kind
from levelfield.signals.watch import Watch, opened
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.fields.texts import written
from levelfield_web.fields.viewer import HOUSE, Side, Viewer
from levelfield_web.measures.queries import scope_query
from levelfield_web.parts.formats import told, told_change
from levelfield_web.people.permissions import require
from levelfield_web.same_data.warehouse import current_release
from levelfield_web.signals.models import BY_PEOPLE, Cause, Closed, Review, Signal, SignalReading, nothing_seen
from levelfield_web.signals.series import Watched, first_day, watched_of

LOOK_BACK = 13  # weeks that are caught up with when a partner was not looked at for long
LONGEST_WORDS = 2000
LONGEST_ASIDE = 183  # days


def review_next(*, at: dt.datetime, given_up: set[str] | None = None) -> bool:
    """Look at one partner whose current publication was not looked at; False where nothing is left to do.

    What is refused, such as facts that were removed on purpose, is given up.
    """
    given_up = set() if given_up is None else given_up
    for partner, publication in current_release()[0].current.items():
        if publication in given_up:
            continue
        newest = _newest_look(partner)
        if newest is None or newest.publication != publication:
            try:
                review(partner=partner, at=at)
            except Refusal:
                given_up.add(publication)
            return True
    return False


def _newest_look(partner: str) -> Review | None:
    """The look taken last; facts that are restated and then delivered as before have their first publication again."""
    return Review.objects.filter(partner=partner).order_by("-id").first()


def review(*, partner: str, at: dt.datetime) -> int:
    """Judge every watched series at the end of every week that was not looked at; the number of signals opened.

    A new publication of weeks already looked at is a restatement: the last of them is judged again, and what changed is
    said. Looking again at the same publication changes nothing.
    """
    found = watched_of(partner)
    if found is None:
        return 0
    last = Review.objects.filter(partner=partner).order_by("-period", "-id").first()
    if not found.weeks:
        with transaction.atomic():
            wait_for_the_chain()
            if not _looked_at(found, ""):
                _keep_look(found, "", _counts(at, found, 0, 0, 0))
        return 0
    weeks = list(found.weeks[-LOOK_BACK:])
    if last is not None and last.period:
        later = [w for w in weeks if w > last.period]
        weeks = [last.period, *later] if last.publication != found.publication and last.period in found.weeks else later
    count = 0
    with transaction.atomic():  # all weeks or none: what was begun is begun again
        wait_for_the_chain()
        for week in weeks or [found.weeks[-1]]:
            cause = Cause.RESTATEMENT if last is not None and week == last.period else Cause.WEEK
            count += _look(found, week, cause, at)
    return count


def _looked_at(found: Watched, week: str) -> bool:
    """Was this week looked at on this publication, and was no other one current since?"""
    newest = _newest_look(found.partner)
    own = Review.objects.filter(partner=found.partner, publication=found.publication, period=week)
    return newest is not None and newest.publication == found.publication and own.exists()


def _keep_look(found: Watched, week: str, counts: dict[str, object]) -> None:
    """Keep a look; the one taken when this publication was current before gives way to it."""
    Review.objects.filter(partner=found.partner, publication=found.publication, period=week).delete()
    Review.objects.create(partner=found.partner, publication=found.publication, period=week, **counts)


def _counts(at: dt.datetime, found: Watched, judged: int, changed: int, new: int) -> dict[str, object]:
    return {"at": at, "watched": len(found.series), "judged": judged, "changed": changed, "opened": new}


@dataclass(frozen=True)
class _Seen:
    """One series at one look."""

    watch: Watch
    chart: Chart
    chosen: bool

    @property
    def going_on(self) -> bool:
        """Is there a change that is not over?"""
        return self.chart.reading.changed and self.chart.reading.going_on is not False

    def day(self, index: int | None) -> dt.date:
        """The first day of a week of the chart."""
        return first_day(self.chart.dots[index or 0].label)

    @property
    def onset(self) -> tuple[dt.date, dt.date, dt.date]:
        """When the episode began: first, most likely, last."""
        reading = self.chart.reading
        first, last = reading.onset_range or (reading.onset, reading.onset)
        middle = self.day(reading.onset)
        return min(self.day(first), middle), middle, max(self.day(last), middle)

    @property
    def sentence(self) -> str:
        """What is said of it."""
        return headline(self.chart, lambda value: told(self.watch.measure, value))


def _look(found: Watched, week: str, cause: str, at: dt.datetime) -> int:
    """One look at all series of a partner, in one transaction."""
    charts = {watch.key: (watch, found.chart(watch, values, week)) for watch, values in found.series}
    picked = set(opened({key: chart.reading for key, (_w, chart) in charts.items()}))
    seen = {key: _Seen(watch, chart, key in picked) for key, (watch, chart) in charts.items()}
    with transaction.atomic():
        wait_for_the_chain()
        if _looked_at(found, week):
            return 0
        new = 0
        for signal in Signal.objects.filter(partner=found.partner, state="open"):
            own = seen.get(signal.series)
            if own is None:
                _close(signal, Closed.FOLLOWED, _("The series is no longer watched as it was agreed."), None, at)
            else:
                _update(signal, own, found, week, cause, at)
        still = set(Signal.objects.filter(partner=found.partner, state="open").values_list("series", flat=True))
        for key, own in seen.items():
            if own.chosen and key not in still:
                new += _open(own, found, week, cause, at)
        readings = [own.chart.reading for own in seen.values()]
        judged = sum(r.kind is not Kind.CANNOT_JUDGE for r in readings)
        changed = sum(own.going_on for own in seen.values())
        _keep_look(found, week, _counts(at, found, judged, changed, new))
    return new


def _same_episode(signal: Signal, own: _Seen) -> bool:
    """Did it begin while the signal was there already, and does it go the same way? Estimates of an onset may move."""
    known = signal.opened_period if signal.is_open else signal.period
    if own.onset[0] > first_day(known):
        return False
    before = signal.readings.filter(size__isnull=False).exclude(kind=str(Kind.MORE_VARIABLE)).last()
    now = own.chart.reading.rose
    return before is None or now is None or ((before.size or 0.0) > 0) == now


def _update(signal: Signal, own: _Seen, found: Watched, week: str, cause: str, at: dt.datetime) -> None:
    """A further look at an open signal: the same episode goes on, is over, or gave way to another one."""
    if own.going_on and not _same_episode(signal, own):
        if own.chosen:
            _close(signal, Closed.FOLLOWED, own.sentence, None, at)
            return
    elif not own.going_on and own.chart.reading.kind is not Kind.CANNOT_JUDGE:
        _read(signal, own, found, week, cause, at)
        if own.chart.reading.changed:
            _tell(signal, own, found, week)
        why = Closed.RESTATED if cause == Cause.RESTATEMENT else Closed.OVER
        _close(signal, why, own.sentence, None, at)
        return
    elif own.chart.reading.kind is Kind.CANNOT_JUDGE:
        rebased = [first_day(r.label) for r in own.chart.rebases]
        if rebased and max(rebased) > signal.onset_on:
            _close(signal, Closed.REBASED, own.chart.rebases[-1].reason, None, at)
        return
    _read(signal, own, found, week, cause, at)
    _tell(signal, own, found, week)
    signal.save()


def _tell(signal: Signal, own: _Seen, found: Watched, week: str) -> None:
    """The latest reading on the signal itself."""
    first, middle, last = own.onset
    signal.kind, signal.look, signal.sentence = str(own.chart.reading.kind), str(own.chart.look), own.sentence
    signal.onset_first_on, signal.onset_on, signal.onset_last_on = first, middle, last
    signal.period, signal.publication = week, found.publication


def _read(
    signal: Signal, own: _Seen, found: Watched, week: str, cause: str, at: dt.datetime, difference: str = ""
) -> None:
    """Keep a reading; after a restatement only where it changed something, with what it changed."""
    reading = own.chart.reading
    before = signal.readings.last()
    if cause == Cause.RESTATEMENT and before is not None and not difference:
        difference = _difference(before, own)
    if cause == Cause.RESTATEMENT and not difference:
        return
    first, middle, last = own.onset if reading.onset is not None else (None, None, None)
    low, high = reading.size_range or (None, None)
    SignalReading.objects.create(
        signal=signal, at=at, period=week, publication=found.publication, cause=cause, kind=str(reading.kind), sentence=own.sentence,
        p_value=_finite(reading.p_value), e_value=_finite(reading.e_value), probabilities=dict(reading.probabilities),
        onset_on=middle, onset_first_on=first, onset_last_on=last, size=reading.size, size_low=low, size_high=high,
        level_before=reading.level_before, level_after=reading.level_after, going_on=reading.going_on, n=reading.n, chosen=own.chosen,
        difference=difference,
    )  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _difference(before: SignalReading, own: _Seen) -> str:
    """What a restatement changed, in words; empty where it changed nothing people would see."""
    reading, said = own.chart.reading, []
    if before.kind != reading.kind:
        said.append(
            _("it read %(before)s and now reads %(after)s") % {"before": before.sentence, "after": own.sentence}
        )
    elif before.size is not None and reading.size is not None:
        was, now = told_change(own.watch.measure, before.size), told_change(own.watch.measure, reading.size)
        if was != now:
            said.append(_("its size was %(was)s and now is %(now)s") % {"was": was, "now": now})
    if before.chosen and not own.chosen:
        said.append(_("it would not be opened today"))
    return "; ".join(said)


def _open(own: _Seen, found: Watched, week: str, cause: str, at: dt.datetime) -> int:
    """Open a signal, once an episode: what people closed stays closed, what was over for a while opens again."""
    for closed in Signal.objects.filter(partner=found.partner, series=own.watch.key, state="closed"):
        if not _same_episode(closed, own):
            continue
        if closed.closed_side:
            return 0
        if closed.closed_why in (Closed.OVER, Closed.RESTATED):
            closed.state, closed.closed_why, closed.closed_words, closed.closed_by, closed.closed_at = (
                "open",
                "",
                "",
                "",
                None,
            )
            for name, value in nothing_seen().items():
                setattr(closed, name, value)
            _tell(closed, own, found, week)
            closed.save()
            again = _("it is there again") if cause == Cause.RESTATEMENT else ""
            _read(closed, own, found, week, cause, at, again)
            _record_opening(closed, at, _("opened again"))
            return 1
    signal = Signal(
        partner=found.partner, measure=own.watch.measure.name, definition=own.watch.definition.told, scope=scope_query(own.watch.only),
        series=own.watch.key, label=own.watch.label, opened_at=at, opened_period=week,
    )  # fmt: skip
    _tell(signal, own, found, week)
    signal.save()
    _read(signal, own, found, week, Cause.WEEK if cause == Cause.WEEK else cause, at)
    if not signal.readings.exists():  # opened by a restatement: there was no reading to differ from
        _read(signal, own, found, week, Cause.WEEK, at)
    _record_opening(signal, at, _("opened"))
    return 1


def _record_opening(signal: Signal, at: dt.datetime, verb: str) -> None:
    record(
        by=HOUSE, at=at, verb="open_signal", object_kind="signal", object_id=signal.public_id, partner=signal.partner,
        sentence=_("A signal was %(verb)s: %(sentence)s") % {"verb": verb, "sentence": signal.sentence},
        data={"period": signal.period, "publication": signal.publication},
    )  # fmt: skip


def _close(signal: Signal, why: str, words: str, by: Viewer | None, at: dt.datetime) -> None:
    signal.state, signal.closed_why, signal.closed_words, signal.closed_at = "closed", why, words, at
    signal.closed_by, signal.closed_side = (by.name, by.side) if by is not None else (HOUSE.name, "")
    signal.save()
    actor = by or HOUSE
    record(
        by=actor, at=at, verb="close_signal", object_kind="signal", object_id=signal.public_id, partner=signal.partner,
        sentence=_("%(who)s closed the signal on %(label)s: %(why)s")
        % {"who": actor.name, "label": signal.label, "why": Closed(why).label},
        data={"why": why, "words": words},
    )  # fmt: skip


def acknowledge(*, signal: Signal, by: Viewer, at: dt.datetime) -> Signal:
    """One side says that it has seen the signal. Saying it again changes nothing."""
    require(by, "acknowledge")
    with transaction.atomic():
        wait_for_the_chain()
        signal = _still_open(signal, by)
        if signal.seen_by(by.side):
            return signal
        if by.side == Side.CLIENT:
            signal.client_seen_by, signal.client_seen_at = by.name, at
        else:
            signal.partner_seen_by, signal.partner_seen_at = by.name, at
        signal.save()
        record(
            by=by, at=at, verb="acknowledge_signal", object_kind="signal", object_id=signal.public_id, partner=signal.partner,
            sentence=_("%(who)s acknowledged the signal on %(label)s") % {"who": by.name, "label": signal.label},
        )  # fmt: skip
    return signal


def suppress(*, signal: Signal, until: dt.date, reason: str, by: Viewer, at: dt.datetime) -> Signal:
    """Set a signal aside until a day, with the reason; it goes on being read. The same again changes nothing."""
    require(by, "suppress_signal")
    words = _written(reason)
    last = at.date() + dt.timedelta(days=LONGEST_ASIDE)
    if not at.date() < until <= last:
        raise Refusal(
            _("A signal cannot be set aside until %(day)s") % {"day": until},
            where=signal.label,
            expected=_("a day after today and not after %(last)s") % {"last": last},
            next_step=_("Choose another day, or close the signal."),
        )
    with transaction.atomic():
        wait_for_the_chain()
        signal = _still_open(signal, by)
        if (signal.suppressed_until, signal.suppressed_reason, signal.suppressed_side) == (until, words, by.side):
            return signal
        running = signal.suppressed_until is not None and signal.suppressed_until > at.date()
        if running and signal.suppressed_side != by.side:
            raise Refusal(
                _("The other side has set this signal aside until %(day)s") % {"day": signal.suppressed_until},
                where=signal.label,
                next_step=_("Take it up again first, or wait for that day."),
            )
        signal.suppressed_until, signal.suppressed_reason, signal.suppressed_at = until, words, at
        signal.suppressed_by, signal.suppressed_side = by.name, by.side
        signal.save()
        record(
            by=by, at=at, verb="suppress_signal", object_kind="signal", object_id=signal.public_id, partner=signal.partner,
            sentence=_("%(who)s set the signal on %(label)s aside until %(day)s")
            % {"who": by.name, "label": signal.label, "day": until},
            data={"reason": words},
        )  # fmt: skip
    return signal


def resume(*, signal: Signal, by: Viewer, at: dt.datetime) -> Signal:
    """Take a signal back from where it was set aside; either side may."""
    require(by, "suppress_signal")
    with transaction.atomic():
        wait_for_the_chain()
        signal = _still_open(signal, by)
        if signal.suppressed_until is None:
            return signal
        signal.suppressed_until, signal.suppressed_reason, signal.suppressed_at = None, "", None
        signal.suppressed_by, signal.suppressed_side = "", ""
        signal.save()
        record(
            by=by, at=at, verb="resume_signal", object_kind="signal", object_id=signal.public_id, partner=signal.partner,
            sentence=_("%(who)s took the signal on %(label)s up again") % {"who": by.name, "label": signal.label},
        )  # fmt: skip
    return signal


def close(*, signal: Signal, why: str, words: str, by: Viewer, at: dt.datetime) -> Signal:
    """Close a signal with a reason. Closing it again for the same reason changes nothing."""
    require(by, "close_signal")
    if why not in BY_PEOPLE:
        raise Refusal(
            _("“%(why)s” is not a reason to close a signal") % {"why": why[:40]},
            where=signal.label,
            expected=", ".join(str(one.label) for one in BY_PEOPLE),
            next_step=_("Choose one of them."),
        )
    told_words = _written(words)
    with transaction.atomic():
        wait_for_the_chain()
        now = _mine(signal, by)
        if not now.is_open and now.closed_why == why:
            return now
        now = _still_open(signal, by)
        _close(now, why, told_words, by, at)
    return now


def _mine(signal: Signal, by: Viewer) -> Signal:
    """The signal as it is now, locked; nobody moves on what it may not see."""
    found = Signal.objects.select_for_update().get(pk=signal.pk)
    if not by.sees(found.partner):
        raise Refusal(_("There is no such signal"), kind=RefusalKind.PERMISSION)
    return found


def _still_open(signal: Signal, by: Viewer) -> Signal:
    found = _mine(signal, by)
    if not found.is_open:
        raise Refusal(
            _("The signal was closed by %(who)s: %(why)s")
            % {"who": found.closed_by, "why": found.get_closed_why_display()},
            where=found.label,
            next_step=_("A closed signal stays as it is; a new change opens a new one."),
        )
    return found


def _written(text: str) -> str:
    return written(
        text, _("The reason"), LONGEST_WORDS, expected=_("one or two sentences, at most %(n)s characters"), next_step=_("Write it and send it again.")
    )  # fmt: skip
